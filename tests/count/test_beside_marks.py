"""What is beside the marks of printed, scanned ballots, from the scan to the table."""

import csv
import dataclasses
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.design.box_marks import MarkKind
from ballotscan.design.hands import Hand
from ballotscan.design.name_strokes import StrikeKind
from ballotscan.design.paper import Fold, Paper, Seal
from ballotscan.design.pens import PENS
from ballotscan.design.scanner import ColourMode, Scanner, Streak
from ballotscan.design.testdeck import PlannedBallot, load_printed, make_page
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.template import Rect
from ballotscan.election.template_files import load_template

CLEAN = Scanner(noise=1.0, dust=6, margin_mm=(1, 1, 1, 1))
COLOUR = dataclasses.replace(CLEAN, mode=ColourMode.COLOUR)
SEAL = Seal("ĐẢNG BỘ XÃ THỬ", "BAN CHẤP HÀNH", 28, 28)
WORDS = Rect(30, 178, 40, 7)
CONTEST = "ban-chap-hanh"


@pytest.fixture(scope="session")
def template(printed_election):
    return load_template(ElectionFolder(printed_election).ballot(CONTEST))


@pytest.fixture(scope="session")
def all_agreed(template):
    boxes = template.pages[0].boxes
    return {box.position: MarkKind.CROSS for box in boxes[:-2] if box.role == "agree"}


def box_of(template, candidate, role):
    return next(
        box.rect
        for box in template.pages[0].boxes
        if (box.candidate, box.role) == (candidate, role)
    )


@pytest.fixture(scope="session")
def plans(template, all_agreed):
    """Sheets by what is on them; all are marked alike: three agreed, the last row left empty."""
    pen = Hand(PENS["gel-blue"], size=0.85)
    plain = PlannedBallot(hand=pen, marks=all_agreed, paper=Paper(seal=SEAL), scanner=CLEAN)
    empty = box_of(template, 4, "agree")
    over_empty = dataclasses.replace(
        SEAL, x_mm=empty.left_mm + 3, y_mm=empty.top_mm + 3 + 12.5, strength=1.0
    )
    marked = box_of(template, 1, "agree")
    over_marks = dataclasses.replace(SEAL, x_mm=marked.left_mm + 3, y_mm=marked.top_mm - 9)

    def plan(**changes):
        return dataclasses.replace(plain, **changes)

    return {
        "clean": plan(),
        "clean-colour": plan(scanner=COLOUR),
        "no-seal": plan(paper=Paper()),
        "signed": plan(writing=((1, WORDS),)),
        "signed-colour": plan(writing=((1, WORDS),), scanner=COLOUR),
        "fold": plan(
            paper=Paper(seal=SEAL, folds=(Fold(0.44, depth=0.4), Fold(0.3, is_upright=True)))
        ),
        "streak": plan(scanner=dataclasses.replace(CLEAN, streaks=(Streak(30.0, 0.3, 0.2),))),
        "holes": plan(
            paper=Paper(seal=SEAL, holes_mm=((11, 60), (11, 140)), staples_mm=((14, 8),)),
            scanner=dataclasses.replace(CLEAN, background=10, margin_mm=(3, 3, 3, 3)),
        ),
        "pink": plan(paper=Paper(seal=SEAL, tone=(0.86, 0.80, 0.98)), scanner=COLOUR),
        "show-through": plan(paper=Paper(seal=SEAL, show_through=0.12)),
        "seal-on-empty-box-colour": plan(paper=Paper(seal=over_empty), scanner=COLOUR),
        "seal-on-empty-box-grey": plan(paper=Paper(seal=over_empty)),
        "seal-on-marks-colour": plan(paper=Paper(seal=over_marks), scanner=COLOUR),
        "seal-on-disc": plan(
            paper=Paper(seal=dataclasses.replace(SEAL, x_mm=57.7, y_mm=12.0)), scanner=COLOUR
        ),
    }


@pytest.fixture(scope="session")
def ballots(printed_election, template, plans, tmp_path_factory):
    """ballots.csv of a count of them, by name of the sheet, and what the count printed."""
    return count_plans(printed_election, template, plans, tmp_path_factory.mktemp("beside"))


def count_plans(printed_election, template, plans, root):
    election, scans = root / "election", root / "scans"
    shutil.copytree(printed_election, election)
    scans.mkdir()
    printed = load_printed(template)[0]
    for number, (name, plan) in enumerate(plans.items()):
        rng = np.random.default_rng([7, number])
        scan = make_page(printed, template.pages[0], plan, rng)
        content = cv2.imencode(".jpg", scan.pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
        (scans / f"{name}.jpg").write_bytes(content.tobytes())
    result = CliRunner().invoke(
        app, ["count", str(scans), "-e", str(election), "-w", "1"], catch_exceptions=False
    )
    with (election / "results/ballots.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = {line["files"].rpartition("/")[2][:-4]: line for line in csv.DictReader(stream)}
    return lines, result.stdout


def reading(ballots, name):
    line = ballots[0][name]
    rows = [line[f"row_{number}"] for number in range(1, 5)]
    return line["ballot_status"], line["ballot_reasons"], rows


THREE = ["agree", "agree", "agree", "neither"]


@pytest.mark.parametrize(
    "name",
    [
        "clean", "clean-colour", "no-seal", "fold", "streak", "holes", "pink", "show-through",
        "seal-on-empty-box-colour", "seal-on-marks-colour", "seal-on-disc",
    ],
)  # fmt: skip
def test_a_sheet_without_writing_is_valid_whatever_happened_to_it(ballots, name):
    assert reading(ballots, name) == ("valid", "", THREE)


@pytest.mark.parametrize("name", ["signed", "signed-colour"])
def test_a_signed_sheet_waits_with_the_reason_suggested(ballots, name):
    assert reading(ballots, name) == ("review", "ADDED_TEXT", THREE)
    assert ballots[0][name]["votes"] == "0"


def test_a_box_under_a_seal_without_colour_is_asked_about_if_it_may_be_marked(ballots):
    status, reasons, rows = reading(ballots, "seal-on-empty-box-grey")

    assert rows[:3] == THREE[:3]
    assert (status, reasons, rows[3]) in {
        ("review", "UNCLEAR", "unclear"),
        ("valid", "", "neither"),
    }


def test_what_was_found_stands_in_the_table(ballots):
    lines, _ = ballots

    assert "red seal: page 1 at" in lines["clean-colour"]["findings"]
    assert lines["clean"]["findings"].startswith("seal: page 1 at")
    assert "seal" not in lines["no-seal"]["findings"]
    assert "writing: page 1 at" in lines["signed"]["findings"]
    assert "fold" in lines["fold"]["findings"]


def test_a_streak_is_named_with_its_place_on_the_glass(ballots):
    _, printed = ballots

    assert "30 mm" in " ".join(printed.split())
    assert "lau kính máy quét" in " ".join(printed.split())


# --- a list to strike out ----------------------------------------------------------------------

STRIKE_LIST = Path(__file__).parents[2] / "templates" / "delegates-strike-out"


@pytest.fixture(scope="session")
def struck(tmp_path_factory):
    """A strike-out list on which the second and the fifth name are struck, with other things."""
    (folder,) = (STRIKE_LIST / "ballots").iterdir()
    template = load_template(folder)
    names = template.pages[0].names
    lines = [name.lines[0] for name in names]
    middle = dataclasses.replace(SEAL, x_mm=lines[7].left_mm + 15, y_mm=lines[7].top_mm + 6)
    over_struck = dataclasses.replace(SEAL, x_mm=lines[1].left_mm + 15, y_mm=lines[1].top_mm + 6)
    third = (lines[2].top_mm + lines[2].height_mm / 2) / template.pages[0].height_mm
    plain = PlannedBallot(
        hand=Hand(PENS["gel-blue"]),
        strikes={name.position: StrikeKind.MIDDLE for name in names if name.candidate in {2, 5}},
        scanner=CLEAN,
    )
    plans = {
        "clean": {},
        "seal-over-names": {"paper": Paper(seal=middle), "scanner": COLOUR},
        "seal-over-struck": {"paper": Paper(seal=over_struck), "scanner": COLOUR},
        "seal-over-names-grey": {"paper": Paper(seal=middle)},
        "fold": {"paper": Paper(folds=(Fold(third, depth=0.45),))},
        "number": {"writing": ((1, Rect(lines[5].left_mm - 8, lines[5].top_mm, 4, 4)),)},
    }
    plans = {name: dataclasses.replace(plain, **changes) for name, changes in plans.items()}
    lines, _ = count_plans(STRIKE_LIST, template, plans, tmp_path_factory.mktemp("struck"))
    return {
        name: [line[f"row_{number}"] for number in range(1, len(names) + 1)]
        for name, line in lines.items()
    }


def places(rows, state):
    return {number for number, found in enumerate(rows, start=1) if found == state}


@pytest.mark.parametrize("name", ["clean", "seal-over-names", "seal-over-struck"])
def test_names_are_read_under_a_red_seal(struck, name):
    assert places(struck[name], "struck") == {2, 5}
    assert places(struck[name], "kept") == set(range(1, len(struck[name]) + 1)) - {2, 5}


def test_names_under_a_seal_without_colour_are_never_struck_by_it(struck):
    rows = struck["seal-over-names-grey"]

    assert places(rows, "struck") <= {2, 5}
    assert {8, 9} <= places(rows, "unclear")


def test_a_fold_through_a_name_strikes_nobody_out(struck):
    assert places(struck["fold"], "struck") == {2, 5}
    assert 3 in places(struck["fold"], "unclear")


def test_a_number_beside_a_name_strikes_nobody_out(struck):
    assert places(struck["number"], "struck") == {2, 5}
