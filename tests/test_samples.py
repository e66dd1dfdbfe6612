"""Every folder of samples/ is read as it was planned before it was drawn.

expected.csv has one line a sheet, expected_totals.csv one line a candidate. Both are made from the
plan of the sample (scripts/make_samples), never from what the program found.
"""

import csv
import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.cli.review import ReviewedCount
from ballotscan.cli.workspace import open_workspace
from ballotscan.review.desk import Desk, Source
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FOLDERS = sorted(path.parent for path in SAMPLES.glob("*/expected.csv"))


def read_table(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read_ballots(path):
    """ballots.csv in the columns of expected.csv, by file and page."""
    found = {}
    for line in read_table(path):
        rows = [line[f"row_{number}"] for number in range(1, 100) if line.get(f"row_{number}")]
        is_judged = bool(line["contest"])
        reasons = line["contest_reasons"] if is_judged else line["ballot_reasons"]
        found[Path(line["files"]).name, line["pages"]] = (
            line["contest"],
            line["contest_status"] if is_judged else line["ballot_status"],
            ";".join(sorted(reasons.split())),
            " ".join(rows),
        )
    return found


def read_expected(path):
    return {
        (line["file"], line["page"]): (
            line["contest"],
            line["status"],
            line["reasons"],
            line["rows"],
        )
        for line in read_table(path)
    }


COUNTED = ("votes", "disagree", "not_counted", "valid", "invalid", "review")


def read_totals(path, counted=COUNTED):
    return {
        (line["contest"], line["candidate" if "candidate" in line else "number"], line["name"]): [
            int(line[name]) for name in counted
        ]
        for line in read_table(path)
    }


def differences(found, expected):
    """The lines that differ, so that a failure names them and not a hundred others."""
    return {
        key: {"found": found.get(key), "expected": expected.get(key)}
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key)
    }


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The election folder of each sample, counted once; not to be written to."""
    made = {}

    def count(folder):
        if folder not in made:
            election = tmp_path_factory.mktemp(folder.name) / "election"
            shutil.copytree(folder / "ballots", election / "ballots")
            shutil.copy(folder / "election.toml", election)
            command = ["count", str(folder / "scans"), "--election", str(election)]
            flags = ["--workers", "1", "--quiet", "--show-totals"]
            result = CliRunner().invoke(app, [*command, *flags], catch_exceptions=False)
            assert result.exit_code == 0
            made[folder] = election
        return made[folder]

    return count


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sheet_of_a_sample_counts_as_it_was_planned(folder, counted):
    results = counted(folder) / "results"

    sheets = read_ballots(results / "ballots.csv")
    assert differences(sheets, read_expected(folder / "expected.csv")) == {}
    totals = read_totals(results / "totals.csv")
    assert differences(totals, read_totals(folder / "expected_totals.csv")) == {}


DECIDED = sorted(path.parent for path in SAMPLES.glob("*/decisions.csv"))


@pytest.mark.parametrize("folder", DECIDED, ids=lambda folder: folder.name)
def test_what_people_decide_about_a_sample_adds_up_as_it_was_planned(folder, counted, tmp_path):
    election = tmp_path / "election"
    shutil.copytree(counted(folder), election)
    plan = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("sample_decisions.py"))))
    decisions = plan.read_decisions(folder / "decisions.csv")
    workspace = open_workspace(election)
    with (
        Ledger.consult(workspace.folder.ledger, workspace.owner) as ledger,
        AdjudicationBook.open(workspace.folder.ledger, workspace.owner) as book,
    ):
        counter = ReviewedCount(workspace, ledger, book, election / "results")
        desk = Desk(Source(counter.read, ledger.last_page), book)
        waiting = plan.decide_all(desk, decisions)
        counter.write()

    assert waiting == 0
    counted_as = ("votes", "disagree", "not_counted", "valid", "invalid", "review", "set_aside")
    totals = read_totals(election / "results" / "totals.csv", counted_as)
    expected = read_totals(folder / "expected_final_totals.csv", counted_as)
    assert differences(totals, expected) == {}
    apart = [line for line in read_table(election / "results" / "ballots.csv") if line["decisions"]]
    assert len(apart) == len({(line["file"], line["page"]) for line in decisions})
    assert {line["decided_by"] for line in apart} == {"Lê Văn Ất + Trần Thị Bính"}
    assert {line["machine_status"] for line in apart} == {"review", "invalid"}


@pytest.mark.parametrize("folder", DECIDED, ids=lambda folder: folder.name)
def test_two_people_empty_the_queue_of_a_sample_with_keys_alone(folder, counted, tmp_path, browser):
    election = tmp_path / "election"
    shutil.copytree(counted(folder), election)
    hall = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("review_browser.py"))))
    command = ("-m", "ballotscan", "--language", "en", "review", election, "--no-browser")
    with hall.run_server(*command) as address:
        people = [hall.Person(browser, address, name) for name in ("Lê Văn Ất", "Trần Thị Bính")]
        # What two people settled may raise a further question, which the first one answers later.
        while any(person.empty_the_queue() for person in people):
            pass
        assert "Nothing waits any more" in people[-1].text
        assert [person.problems for person in people] == [[], []]


def test_there_is_a_sample():
    assert FOLDERS
