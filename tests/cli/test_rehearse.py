"""A rehearsal marks this election's own ballots, counts them apart and is written down."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import PdfImage
from typer.testing import CliRunner

from ballotscan.cli import rehearse
from ballotscan.cli.app import app
from ballotscan.cli.workspace import rehearse_command, typed
from ballotscan.design.paper import Sheet
from ballotscan.design.scanfiles import encode_jpeg
from ballotscan.design.scanner import scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.template import BLANK_DPI
from ballotscan.errors import ExitCode, ScanError, SettingsError

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


def test_ballots_asked_about_beyond_the_plan_are_named(printed_election, tmp_path, monkeypatch):
    root = tmp_path / "e"
    shutil.copytree(printed_election, root)
    plan, judge = rehearse.plan_rehearsal, rehearse.judge_rehearsal
    monkeypatch.setattr(rehearse, "plan_rehearsal", lambda *given: plan(*given)[:2])

    def ask_about_the_second(ballots, canvass, **kinds):
        return replace(judge(ballots, canvass, **kinds), asked_besides=(ballots[1].name,))

    monkeypatch.setattr(rehearse, "judge_rehearsal", ask_about_the_second)
    said = run("rehearse", root, "--workers", 1).stdout

    (line,) = [line for line in said.splitlines() if "beyond the plan" in line]
    assert "-0002;" in line


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
    assert f"ballotscan rehearse {typed(printed_election)}" in result.stdout


def test_the_command_to_rehearse_names_the_folder_unless_one_is_in_it():
    assert rehearse_command(Path(), "--print") == "ballotscan rehearse --print"
    assert rehearse_command(Path("Đại hội")) == 'ballotscan rehearse "Đại hội"'


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


def scan_deck(root, folder, *, skip=(), twice=()):
    """Print the test deck, shuffle the sheets, and scan them as an office scanner does."""
    assert run("rehearse", root, "--print").exit_code == ExitCode.DONE
    rng = np.random.default_rng(5)
    folder.mkdir()
    with pikepdf.open(root / "rehearsal" / "deck.pdf") as pdf:
        sheets = [
            np.asarray(PdfImage(page.Resources.XObject.Page).as_pil_image().convert("L"))
            for page in pdf.pages
        ]
    chosen = [number for number in range(len(sheets)) if number not in skip]
    for place, number in enumerate([*rng.permutation(chosen).tolist(), *twice]):
        scan = scan_page(Sheet(sheets[number], BLANK_DPI), random_scanner(rng), rng)
        (folder / f"{place}.jpg").write_bytes(encode_jpeg(scan))
    return len(sheets)


def test_the_printed_deck_is_compared_with_its_plan_in_whatever_order_it_is_scanned(
    printed_election, tmp_path
):
    root = tmp_path / "e"
    shutil.copytree(printed_election, root)
    number = scan_deck(root, tmp_path / "deck")

    result = run("rehearse", root, "--scans", tmp_path / "deck", "--workers", 1, "--json")

    verdict = json.loads(result.stdout)
    assert (result.exit_code, verdict["ballots"], verdict["wrong"]) == (ExitCode.DONE, number, [])
    assert (verdict["lost"], verdict["surplus"], verdict["totals_differ"]) == ([], 0, [])
    assert len(verdict["asked_besides"]) <= 2
    record = json.loads((root / "rehearsal" / "rehearsal.json").read_text("utf-8"))
    assert record["is_paper"]
    assert not (root / "ledger.sqlite3").exists()


def test_a_sheet_scanned_twice_and_a_missing_one_are_found(printed_election, tmp_path):
    root = tmp_path / "e"
    shutil.copytree(printed_election, root)
    scan_deck(root, tmp_path / "more", twice=[3])
    more = run("rehearse", root, "--scans", tmp_path / "more", "--workers", 1, "--json")
    scan_deck(root, tmp_path / "less", skip=[3])
    less = run("rehearse", root, "--scans", tmp_path / "less", "--workers", 1, "--json")

    assert (more.exit_code, less.exit_code) == (ExitCode.REHEARSAL, ExitCode.REHEARSAL)
    assert json.loads(more.stdout)["surplus"] == 1
    assert len(json.loads(less.stdout)["lost"]) == 1


def test_the_printed_deck_is_not_counted_with_the_election(printed_election, tmp_path):
    root = tmp_path / "e"
    shutil.copytree(printed_election, root)
    scan_deck(root, tmp_path / "deck")
    run("rehearse", root, "--scans", tmp_path / "deck", "--workers", 1)

    result = run("count", tmp_path / "deck", "--election", root, "--workers", 1)

    assert isinstance(result.exception, ScanError)
    assert "ballot of the rehearsal" in str(result.exception)


@pytest.mark.parametrize("named", ["rehearsal/scans", "rehearsal"])
def test_scans_that_a_rehearsal_would_delete_are_refused(printed_election, tmp_path, named):
    root = tmp_path / "e"
    shutil.copytree(printed_election, root)
    scan = root / "rehearsal" / "scans" / "1.jpg"
    scan.parent.mkdir(parents=True)
    scan.write_bytes(b"the only scan of the deck")

    result = run("rehearse", root, "--scans", root / named)

    assert isinstance(result.exception, SettingsError)
    assert scan.exists()
