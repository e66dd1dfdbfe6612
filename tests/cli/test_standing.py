"""ballotscan alone says where one stands and what comes next."""

import shutil

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.cli.workspace import open_workspace
from ballotscan.errors import BallotscanError, ExitCode


@pytest.fixture
def stand(monkeypatch):
    """Type ballotscan alone in a folder."""

    def run(root, *flags):
        monkeypatch.chdir(root)
        return CliRunner().invoke(app, [*(flags or ("--language", "en"))])

    return run


def following(result):
    assert result.exit_code == ExitCode.DONE, result.output
    return result.stdout.partition("Next: ")[2]


def test_an_empty_folder_says_how_to_begin(stand, tmp_path):
    result = stand(tmp_path)

    assert result.exit_code == ExitCode.DONE
    assert "ballotscan new my-election" in result.stdout


def test_elections_in_folders_below_are_named(stand, tmp_path):
    (tmp_path / "Đại hội xã").mkdir()
    (tmp_path / "Đại hội xã" / "election.toml").touch()

    assert 'cd "Đại hội xã"' in stand(tmp_path).stdout


def test_before_the_ballots_are_made_they_come_next(stand, printed_election, tmp_path):
    shutil.copy(printed_election / "election.toml", tmp_path)

    assert "ballotscan design" in following(stand(tmp_path))


def test_with_ballots_the_rehearsal_comes_next(stand, printed_election, tmp_path):
    shutil.copytree(printed_election, tmp_path / "e")

    assert "ballotscan rehearse" in following(stand(tmp_path / "e"))


def test_with_scans_counting_comes_next_and_after_it_not_again(stand, election_folder):
    before = following(stand(election_folder))
    CliRunner().invoke(app, ["count", "scans", "-q", "-w", "1"])
    shutil.copy(election_folder / "scans" / "0001.jpg", election_folder / "scans" / "again.jpg")
    after = stand(election_folder)

    assert "ballotscan count scans" in before
    assert "7 files in the folder scans, not counted 0" in after.stdout


def test_while_a_count_runs_one_is_told_to_wait_for_it(stand, election_folder):
    with open_workspace(election_folder).open_ledger():
        result = stand(election_folder)

    assert "[ ] a count is running" in result.stdout
    assert following(result).strip() == "type ballotscan again when it is done"


def test_a_new_pile_is_seen(stand, election_folder):
    shutil.move(election_folder / "scans" / "0006.jpg", election_folder / "0006.jpg")
    monkey = stand(election_folder)
    assert monkey.exit_code == ExitCode.DONE
    CliRunner().invoke(app, ["count", "scans", "-q", "-w", "1"])
    shutil.move(election_folder / "0006.jpg", election_folder / "scans" / "0006.jpg")

    assert "6 files in the folder scans, not counted 1" in stand(election_folder).stdout


def test_a_broken_definition_is_an_error_that_names_the_line(stand, tmp_path):
    (tmp_path / "election.toml").write_text('id = "x\n', encoding="utf-8")

    result = stand(tmp_path)

    assert isinstance(result.exception, BallotscanError)
    assert "line 1" in str(result.exception)


def test_it_speaks_the_language_of_the_election(stand, printed_election):
    said = stand(printed_election, "--language", "vi").stdout

    assert "Việc tiếp theo" in said


def test_when_nothing_waits_the_minutes_come_next_and_then_all_is_done(stand, election_folder):
    CliRunner().invoke(
        app, ["count", str(election_folder / "scans"), "-e", str(election_folder), "-q"]
    )
    text = stand(election_folder).stdout

    assert "[ ] minutes made: 0 of 1" in text

    (election_folder / "minutes").mkdir()
    (election_folder / "minutes" / "ban-chap-hanh.pdf").touch()

    assert "[x] minutes made: 1 of 1" in stand(election_folder).stdout
