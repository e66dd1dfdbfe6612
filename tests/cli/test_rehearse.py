"""A rehearsal marks this election's own ballots, counts them apart and is written down."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.errors import ExitCode, ScanError

# Thresholds under which no ink is a mark, and nothing is asked about.
BLIND = """\
[thresholds]
marginal = 0.99
definite = 1.0
faint = 1.0
outline = 0.001
dot_mm2 = 500
trace_mm2 = 500
beside_mm2 = 500
beside_cross_mm2 = 500
"""


def run(*words):
    return CliRunner().invoke(app, ["--language", "en", *map(str, words)])


@pytest.fixture(scope="module")
def rehearsed_once(printed_election, tmp_path_factory):
    root = tmp_path_factory.mktemp("rehearsed") / "Diễn tập"
    shutil.copytree(printed_election, root)
    result = run("rehearse", root, "--workers", 1)
    assert result.exit_code == ExitCode.DONE, result.output
    return root, result.stdout


@pytest.fixture
def rehearsed(rehearsed_once, tmp_path):
    root = tmp_path / "e"
    shutil.copytree(rehearsed_once[0], root)
    return root


def test_a_rehearsal_says_its_verdict(rehearsed_once):
    _, said = rehearsed_once

    assert "has passed" in said
    assert "without a question: 0" in said


def test_the_election_itself_stays_uncounted(rehearsed):
    assert not (rehearsed / "ledger.sqlite3").exists()
    assert not (rehearsed / "results").exists()
    assert (rehearsed / "rehearsal" / "results" / "index.html").is_file()


def test_its_results_are_called_a_rehearsal(rehearsed):
    totals = json.loads((rehearsed / "rehearsal" / "results" / "totals.json").read_text("utf-8"))

    assert totals["election"]["title"].startswith("DIỄN TẬP")


def test_check_wants_a_rehearsal(printed_election):
    result = run("check", printed_election)

    assert result.exit_code == ExitCode.DEFINITION
    assert "ballotscan rehearse" in result.stdout


def test_check_is_content_after_it(rehearsed):
    result = run("check", rehearsed)

    assert result.exit_code == ExitCode.DONE, result.stdout
    assert "the rehearsal passed" in result.stdout


def test_check_says_what_has_changed_since(rehearsed):
    (rehearsed / "ballotscan.toml").write_text("[strikes]\n", encoding="utf-8")
    definition = rehearsed / "election.toml"
    text = definition.read_text("utf-8").replace("Đại hội thử nghiệm", "Đại hội")
    definition.write_text(text, encoding="utf-8")

    result = run("check", rehearsed)

    assert result.exit_code == ExitCode.DEFINITION
    assert "these changed: the definition of the election." in result.stdout


def test_numbers_of_the_day_do_not_make_it_out_of_date(rehearsed):
    definition = rehearsed / "election.toml"
    text = definition.read_text("utf-8").replace("collected = 6", "collected = 5")
    definition.write_text(text, encoding="utf-8")

    assert run("check", rehearsed).exit_code == ExitCode.DONE


def test_its_ballots_are_never_counted_with_those_of_the_election(rehearsed, tmp_path):
    copied = tmp_path / "scans of today"
    copied.mkdir()
    first = min((rehearsed / "rehearsal" / "scans").iterdir())
    shutil.copy(first, copied / "0001.jpg")

    result = run("count", copied, "-e", rehearsed)

    assert isinstance(result.exception, ScanError)
    assert "rehearsal" in str(result.exception)


def test_settings_that_read_crosses_as_nothing_do_not_pass(rehearsed):
    (rehearsed / "ballotscan.toml").write_text(BLIND, encoding="utf-8")

    result = run("rehearse", rehearsed, "--workers", 1)

    assert result.exit_code == ExitCode.REHEARSAL
    assert "has NOT passed" in result.stdout
    assert "planned agree, read no box marked" in result.stdout
    assert "NOT OK" in run("check", rehearsed).stdout


def test_the_verdict_is_told_as_json(rehearsed):
    result = run("rehearse", rehearsed, "--workers", 1, "--json")

    found = json.loads(result.stdout)
    assert (found["passed"], found["wrong"], found["lost"]) == (True, [], [])
    assert found["rows"] == 4 * found["ballots"]
