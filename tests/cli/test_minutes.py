"""minutes makes a PDF of each contest, a draft while anything is open."""

from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.errors import BallotscanError, ExitCode, SettingsError


def run(*words):
    return CliRunner().invoke(app, ["--language", "en", *map(str, words)])


def test_before_anything_is_counted_there_are_none(printed_election):
    result = run("minutes", printed_election)

    assert isinstance(result.exception, BallotscanError)
    assert "ballotscan count" in str(result.exception)


def test_a_counted_election_gets_its_minutes_and_a_file_for_names(election_folder):
    run("count", election_folder / "scans", "-e", election_folder, "-q", "-w", 1)

    result = run("minutes", election_folder)

    assert result.exit_code == ExitCode.DONE, result.output
    made = [path.name for path in (election_folder / "minutes").iterdir()]
    assert len(made) == 1
    assert made[0].startswith("ban-chap-hanh")
    assert (election_folder / "minutes.toml").is_file()


def test_what_people_wrote_into_the_file_for_names_stays(election_folder):
    (election_folder / "minutes.toml").write_text('head = "Lê An"\n', encoding="utf-8")
    run("count", election_folder / "scans", "-e", election_folder, "-q", "-w", 1)

    run("minutes", election_folder)

    assert (election_folder / "minutes.toml").read_text("utf-8") == 'head = "Lê An"\n'


def test_only_one_of_draft_and_final_lies_there(election_folder):
    run("count", election_folder / "scans", "-e", election_folder, "-q", "-w", 1)
    run("minutes", election_folder)
    before = {path.name for path in (election_folder / "minutes").iterdir()}
    (election_folder / "scans" / "0001.jpg").rename(election_folder / "scans" / "1.jpg")
    definition = election_folder / "election.toml"
    text = definition.read_text("utf-8").replace("collected = 6", "collected = 5")
    definition.write_text(text, encoding="utf-8")

    run("minutes", election_folder)

    after = {path.name for path in (election_folder / "minutes").iterdir()}
    assert len(before) == len(after) == 1
    assert after == {"ban-chap-hanh-draft.pdf"}


def test_a_contest_that_is_not_there_is_answered_with_those_that_are(election_folder):
    result = run("minutes", election_folder, "--contest", "bi-thu")

    assert isinstance(result.exception, SettingsError)
    assert "ban-chap-hanh" in str(result.exception)
