import csv
import re
from pathlib import Path

import pytest

from ballotscan.election.records import PageFault, Reason, RowState
from ballotscan.export.tables import totals_document, write_ballots_csv, write_totals_csv
from ballotscan.tabulation.outcome import Remark
from ballotscan.tabulation.standings import Standing, StandingReason

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", TEXT))


def section(title):
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def columns_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream))


@pytest.mark.parametrize("write", [write_totals_csv, write_ballots_csv])
def test_every_column_is_described_in_its_section(canvass, tmp_path, write):
    title = {write_totals_csv: "totals.csv", write_ballots_csv: "ballots.csv"}[write]
    write(canvass, tmp_path / title)

    first_cells = re.findall(r"^\| (.*?) \|", section(title), re.MULTILINE)
    described = set(re.findall(r"`(\w+)`", " ".join(first_cells)))
    assert set(columns_of(tmp_path / title)) - {"row_3", "certainty_3"} <= described


def test_every_key_of_the_json_is_described(canvass):
    document = totals_document(canvass)
    described = set(re.findall(r"\w+", section("totals.json") + section("totals.csv")))

    keys = document.keys() | document["ballots"].keys() | document["contests"][0].keys()
    keys |= document["contests"][0]["candidates"][0].keys() | document["discrepancies"][0].keys()
    assert keys - {"id", "round", "marking", "candidates", "file", "reason"} <= described


@pytest.mark.parametrize(
    "codes",
    [
        [reason.name for reason in Reason],
        [fault.value for fault in PageFault],
        [state.name.lower() for state in RowState],
        [standing.value for standing in Standing],
        [reason.value for reason in StandingReason],
        [remark.value for remark in Remark],
    ],
    ids=["reasons", "faults", "row states", "standings", "standing reasons", "remarks"],
)
def test_every_code_is_described(codes):
    assert set(codes) <= WORDS
