"""Print, mark, harm, scan, count: the rows that were planned come out, or people are asked.

Each harm is drawn on ballots that are good otherwise. Everyday harm must not change a reading;
whatever is worse may make the program ask or refuse the page, but never read another vote.
"""

import csv
import dataclasses
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.design.box_marks import MarkKind
from ballotscan.design.hands import random_hand
from ballotscan.design.paper import Fold, Paper, Seal, Tear
from ballotscan.design.pens import PENS
from ballotscan.design.scanfiles import encode_jpeg, encode_tiff
from ballotscan.design.scanner import ColourMode, Scanner, Streak
from ballotscan.design.testdeck import expect_rows, load_printed, make_page, plan_ballot
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.template_files import load_template

BALLOT = "ban-chap-hanh"
PENS_USED = ("ball-blue", "gel-black", "gel-blue")  # felt crosses may look like blots
SEAL = Seal("ĐẢNG BỘ XÃ THỬ", "BAN CHẤP HÀNH", 28.0, 28.0)
WITHIN_THE_BOX = {"joined": False, "tail_mm": 0.3, "offset_mm": (0, 0), "offset_spread_mm": 0.15}
ONE_BIT = Scanner(mode=ColourMode.BILEVEL, threshold=0.75)
TURNED = Scanner(quarter_turns=2)

EVERYDAY = {
    "nothing": (Paper(), Scanner()),
    "upside down": (Paper(), TURNED),
    "on its side": (Paper(), Scanner(quarter_turns=1)),
    "skewed": (Paper(), Scanner(skew_deg=6, margin_mm=(9, 9, 9, 9))),
    "printed smaller": (Paper(), Scanner(scale=(0.98, 0.98))),
    "uneven feed": (Paper(), Scanner(wobble_mm=0.4)),
    "150 dpi": (Paper(), Scanner(dpi=150)),
    "300 dpi": (Paper(), Scanner(dpi=300)),
    "colour": (Paper(), Scanner(mode=ColourMode.COLOUR)),
    "1-bit": (Paper(), ONE_BIT),
    "sealed": (Paper(seal=SEAL), Scanner()),
    "sealed over a code": (
        Paper(seal=dataclasses.replace(SEAL, x_mm=130.0, strength=1.0)),
        Scanner(),
    ),
    "folded in four": (Paper(folds=(Fold(0.5), Fold(0.5, is_upright=True))), Scanner()),
    "crumpled": (Paper(crumple=1.0), Scanner()),
    "yellow paper": (Paper(tone=(0.75, 0.93, 0.97)), Scanner()),
    "the back shines through": (Paper(show_through=0.12), Scanner()),
    "noisy": (Paper(), Scanner(noise=10)),
    "dusty": (Paper(), Scanner(dust=150)),
    "dark": (Paper(), Scanner(white=170)),
    "badly lit": (Paper(), Scanner(light_fall=0.3)),
    "streak beside the boxes": (Paper(), Scanner(streaks=(Streak(40.0, 0.3, 0.2),))),
    "black backing": (Paper(), Scanner(background=10, margin_mm=(4, 4, 4, 4), skew_deg=1)),
}


def worse(disagree_mm, row_mm, height_mm):
    """Harm to the very places where votes are: the column of "disagree" and one row."""
    fold = Fold(row_mm / height_mm, depth=0.8)
    return {
        "streak through the boxes": (Paper(), Scanner(streaks=(Streak(disagree_mm, 0.2, 0.2),))),
        "wide streak": (Paper(), Scanner(streaks=(Streak(disagree_mm, 1.5, 0.4),))),
        "streak along the outlines": (
            Paper(),
            Scanner(streaks=(Streak(disagree_mm - 2.7, 0.3, 0.2),)),
        ),
        "deep fold through a row": (Paper(folds=(fold,)), Scanner()),
        "deep fold, 1-bit": (Paper(folds=(fold,)), ONE_BIT),
        "slipping feed": (Paper(), Scanner(jumps_mm=((row_mm, 3.0),))),
        "running feed": (Paper(), Scanner(jumps_mm=((row_mm, -3.0),))),
        "torn in half": (Paper(tears=(Tear(74.0, row_mm, 90.0),)), Scanner()),
        "torn, on black": (Paper(tears=(Tear(disagree_mm, row_mm, 0.0),)), Scanner(background=10)),
        "hole through a box": (Paper(holes_mm=((disagree_mm, row_mm),)), Scanner(background=10)),
        "cropped": (Paper(), Scanner(margin_mm=(-14, -14, -14, -14))),
        "out of focus": (Paper(), Scanner(blur_mm=0.3)),
        "very noisy": (Paper(), Scanner(noise=35)),
        "filthy": (Paper(), Scanner(dust=1500)),
        "hardly any contrast": (Paper(), Scanner(black=170)),
        "too coarse": (Paper(), Scanner(dpi=90)),
    }


WORSE = tuple(worse(0.0, 0.0, 1.0))


@pytest.fixture(scope="module")
def counted(printed_election, tmp_path_factory):
    """For each harm, the planned and the found state of every row; None where a page is refused."""
    root = tmp_path_factory.mktemp("decks") / "election"
    shutil.copytree(printed_election, root)
    template = load_template(ElectionFolder(root).ballot(BALLOT))
    page, sheet = template.pages[0], load_printed(template)[0]
    box = next(box for box in page.boxes if box.position == f"{BALLOT}/2/disagree").rect
    middle = (box.left_mm + box.width_mm / 2, box.top_mm + box.height_mm / 2)
    planned = {}
    (root / "scans").mkdir()
    for harm, (paper, scanner) in {**EVERYDAY, **worse(*middle, page.height_mm)}.items():
        for pen in PENS_USED:
            rng = np.random.default_rng(len(planned))
            plan = plan_ballot(template, rng, kinds={MarkKind.CROSS: 1.0}, double_rows=0.1)
            # A hand that stays within the box: what is tested is the harm.
            hand = dataclasses.replace(random_hand(rng, PENS[pen]), **WITHIN_THE_BOX)
            plan = dataclasses.replace(plan, hand=hand, paper=paper, scanner=scanner)
            scan = make_page(sheet, page, plan, rng)
            is_bilevel = scanner.mode is ColourMode.BILEVEL
            name = f"{len(planned):03}.{'tif' if is_bilevel else 'jpg'}"
            content = encode_tiff([scan]) if is_bilevel else encode_jpeg(scan)
            (root / "scans" / name).write_bytes(content)
            rows = [state.name.lower() for state in expect_rows(template, plan).values()]
            planned[f"scans/{name}"] = (harm, rows)

    scans = [str(root / "scans"), "--election", str(root), "--workers", "1", "--quiet"]
    CliRunner().invoke(app, ["count", *scans], catch_exceptions=False)

    found = {}
    with (root / "results" / "ballots.csv").open(encoding="utf-8-sig", newline="") as stream:
        for line in csv.DictReader(stream):
            harm, rows = planned[line["files"]]
            read = [line[f"row_{number + 1}"] for number in range(len(rows))]
            found.setdefault(harm, []).append((rows, None if line["faults"] else read))
    return found


@pytest.mark.parametrize("harm", EVERYDAY)
def test_everyday_harm_does_not_change_a_reading(counted, harm):
    assert len(counted[harm]) == len(PENS_USED)
    for planned, read in counted[harm]:
        assert read == planned


@pytest.mark.parametrize("harm", WORSE)
def test_worse_harm_makes_no_other_vote(counted, harm):
    assert len(counted[harm]) == len(PENS_USED)
    for planned, read in counted[harm]:
        for state, row in zip(planned, read or planned, strict=True):
            assert row in {state, "unclear", "unread"}
