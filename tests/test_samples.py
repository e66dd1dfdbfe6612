"""Every folder of samples/ is read as it was planned before it was drawn.

expected.csv has one line a sheet, expected_totals.csv one line a candidate. Both are made from the
plan of the sample (scripts/make_samples), never from what the program found.
"""

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app

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


def read_totals(path):
    counted = ("votes", "disagree", "not_counted", "valid", "invalid", "review")
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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sheet_of_a_sample_counts_as_it_was_planned(folder, tmp_path):
    election = tmp_path / "election"
    shutil.copytree(folder / "ballots", election / "ballots")
    shutil.copy(folder / "election.toml", election)

    result = CliRunner().invoke(
        app,
        [
            "count",
            str(folder / "scans"),
            "--election",
            str(election),
            "--workers",
            "1",
            "--quiet",
            "--show-totals",
        ],
        catch_exceptions=False,
    )

    assert result.exit_code == 0
    results = election / "results"
    sheets = read_ballots(results / "ballots.csv")
    assert differences(sheets, read_expected(folder / "expected.csv")) == {}
    totals = read_totals(results / "totals.csv")
    assert differences(totals, read_totals(folder / "expected_totals.csv")) == {}


def test_there_is_a_sample():
    assert FOLDERS
