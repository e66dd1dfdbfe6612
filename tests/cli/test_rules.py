import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.election.rules import list_rules


def run(*words):
    return CliRunner().invoke(app, ["--language", "en", "rules", *words])


def test_every_preset_is_listed():
    found = run().stdout

    assert all(f"\n{name} " in f"\n{found}" for name in list_rules())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("preset", list_rules())
def test_every_preset_is_explained_in_both_languages(preset, language):
    found = run("explain", preset, "--language", language)

    assert found.exit_code == 0
    assert ("the committee decides" in found.stdout) == (language == "en")
    assert ("Ban kiểm phiếu quyết định" in found.stdout) == (language == "vi")


def test_the_party_is_told_what_half_is_taken_of():
    assert "Shares are taken of: people convened." in run("explain", "vn-dang").stdout


def test_unions_are_told_what_is_no_strike():
    found = " ".join(run("explain", "vn-congdoan").stdout.split())

    assert "Not struck out: a line below the name; a line that leaves the given name out." in found


def test_rules_of_ones_own_are_explained_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our.toml").write_text(
        'id = "ours"\ntitle_en = "Ours"\ntitle_vi = "Của ta"\nsource = "Us"\nmarkings = ["choose"]\n'
        'overvote = "invalid"\nbase = "valid"\nthreshold = "none"\ntie = "lot"\ntwo_people = false\n'
        'totals_while_waiting = true\ninvalid_reasons = ["OVERVOTE"]\n',
        "utf-8",
    )

    assert "Ours (ours)" in run("explain", "our.toml").stdout


def test_rules_that_are_not_there_are_named():
    found = run("explain", "vn-dảng")

    assert "vn-dang" in str(found.exception)
