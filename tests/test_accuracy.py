"""The decks of scripts/accuracy: their truth is the truth, and small ones hold what the large ones must."""

import math
import re
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from decks.marginal import report_marks  # noqa: E402 - scripts are no package
from decks.poses import Pose, Slip, Wave, lay, photograph, solve_misses  # noqa: E402
from decks.report import Claim, Section, merge_page, to_markdown, upper_bound  # noqa: E402
from decks.steadiness import Pasted, keep_record  # noqa: E402

SIZE_MM = (148.0, 210.0)
DPI = 200


def a_pose(*, waves=(), slips=(), skew_deg=7.0):
    turn = np.radians(90 + skew_deg)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = DPI / 25.4 * np.array([[1.02, 0.005], [0, 0.99]]) @ turned
    size = (1800, 1400)
    matrix = lay(SIZE_MM, (np.array(size) - 1) / 2, linear)
    return Pose(matrix, size, DPI, skew_deg, 1.0, 1.03, 0.3, waves, slips)


POSES = {
    "flat": a_pose(),
    "wavy": a_pose(waves=(Wave(0.45, 0.2, 80.0, 1.0),)),
    "very wavy": a_pose(waves=(Wave(2.0, 1.0, 40.0, 2.0),)),
    "slipping": a_pose(slips=(Slip(60.0, 4.0), Slip(120.0, -4.0)), waves=(Wave(0.2, 0, 200, 0),)),
}
# Away from the places where the feed slips: there a disc is drawn crooked.
PLACES_MM = np.array([(20.0, 30.0), (74.0, 105.0), (130.0, 180.0), (120.0, 45.0), (25.0, 160.0)])


@pytest.mark.parametrize("pose", POSES.values(), ids=POSES)
def test_the_truth_is_solved_to_a_micrometre(pose):
    assert solve_misses(pose, PLACES_MM) < 1e-3


@pytest.mark.parametrize("pose", POSES.values(), ids=POSES)
def test_what_is_drawn_is_seen_where_the_truth_says(pose):
    k = DPI / 25.4
    page = np.full([round(side * k) for side in SIZE_MM[::-1]], 255, dtype=np.uint8)
    for x, y in PLACES_MM:
        centre = tuple(round((mm * k - 0.5) * 16) for mm in (x, y))
        cv2.circle(page, centre, round(0.6 * k * 16), (0,), cv2.FILLED, cv2.LINE_AA, 4)

    scan = photograph(page, DPI, pose, 255)

    for x, y in pose.locate(PLACES_MM):
        left, top = round(x) - 14, round(y) - 14
        ink = 255.0 - scan[top : top + 29, left : left + 29]
        rows, columns = np.mgrid[top : top + 29, left : left + 29]
        seen = (ink * columns).sum() / ink.sum(), (ink * rows).sum() / ink.sum()
        assert math.dist(seen, (x, y)) / k < 0.03


def test_with_nothing_wrong_the_bound_is_three_over_the_cases():
    assert upper_bound(0, 20_000) == pytest.approx(3 / 20_000, rel=0.01)
    assert upper_bound(1, 20_000) > upper_bound(0, 20_000)
    assert upper_bound(5, 5) == 1.0


def test_decks_that_were_not_run_keep_their_sections(tmp_path):
    page = tmp_path / "accuracy.md"
    old = [Section("One", "old", skipped="no"), Section("Two", "old", skipped="no")]
    page.write_text(merge_page(page, "# Intro", old, ["One", "Two"]), "utf-8")

    merged = merge_page(page, "# Intro", [Section("Two", "new", skipped="no")], ["One", "Two"])

    assert re.findall(r"## (\w+)\n\n\*(\w+)\*", merged) == [("One", "old"), ("Two", "new")]


def test_a_claim_that_is_not_met_says_so():
    section = Section("Deck", "today", claims=(Claim("nothing is wrong", "1 of 5", is_met=False),))

    assert "| nothing is wrong | 1 of 5 | **not met** |" in to_markdown(section)


def test_a_deck_without_cases_claims_nothing_of_lines():
    section = report_marks([], "today")

    assert [claim.is_met for claim in section.claims] == [True, None, None, None, None]


def test_a_deck_that_was_stopped_goes_on_with_its_last_sheet(tmp_path):
    record, made = tmp_path / "pasted.csv", []

    def paste(first):
        made.append(first)
        for number in range(first, 4):
            yield Pasted(number, "clear", "A4", 1, 2, 3, 0.5, -1.0)

    stopped = keep_record(record, Pasted, paste)
    begun = [next(stopped), next(stopped)]
    stopped.close()

    whole = list(keep_record(record, Pasted, paste))

    assert made == [0, 1]
    assert whole[:2] == begun
    assert [each.number for each in whole] == [0, 1, 2, 3]


@pytest.fixture
def quick_page(tmp_path, monkeypatch):
    """What some quick decks write."""
    import accuracy  # noqa: PLC0415 - a script; it draws the decks

    def run(*decks):
        page = tmp_path / "accuracy.md"
        flags = ["--quick", "--work", str(tmp_path / "work"), "-o", str(page)]
        monkeypatch.setattr(sys, "argv", ["accuracy", *decks, *flags])
        accuracy.main()
        return page.read_text("utf-8")

    return run


@pytest.mark.slow
def test_no_wrong_registration_is_accepted(quick_page):
    page = quick_page("registration", "existing")

    claims = re.findall(r"\| no wrong registration is accepted \| (0 of \d+) .*\| met \|", page)
    assert claims == ["0 of 100", "0 of 8"]


@pytest.mark.slow
def test_no_line_of_a_millimetre_is_missed_and_no_fold_or_speck_is_a_mark(quick_page):
    page = quick_page("marks")

    for claim in ("a line of 1 mm", "where any mark counts", "no fold, streak, speck or flaw"):
        assert re.search(rf"\| {claim}[^|]*\| 0 of [^|]*\| met \|", page)
