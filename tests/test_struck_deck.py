"""The deck of struck names: what its labels say of a drawing, before anything reads it."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from decks import struck_kinds as kinds  # noqa: E402 - scripts are no package
from decks.struck_designs import PrintedName  # noqa: E402
from decks.struck_drawing import draw_names  # noqa: E402
from decks.struck_judging import StruckRow, _cells, _read_record  # noqa: E402
from decks.struck_kinds import Outcome, may_be  # noqa: E402
from decks.struck_names import report_strikes  # noqa: E402
from decks.struck_truth import are_clear, runs_along, touches  # noqa: E402

from ballotscan.design.hands import Hand  # noqa: E402
from ballotscan.design.pens import PENS, Stroke  # noqa: E402
from ballotscan.election.template import Rect  # noqa: E402

LINE = Rect(20.0, 50.0, 30.0, 4.0)
STRUCK_OR_ASKED = {Outcome.STRUCK, Outcome.ASKED}
KEPT_OR_ASKED = {Outcome.KEPT, Outcome.ASKED}


def stroke(start, end, *, height=52.0, drop=0.0):
    x = np.linspace(start, end, 200)
    return Stroke(np.column_stack([x, np.linspace(height, height + drop, 200)]), np.ones(200))


@pytest.mark.parametrize(
    ("drawn", "is_clear"),
    [
        ([stroke(19, 51)], True),
        ([stroke(19, 51), stroke(19, 51, height=52.6)], True),
        ([stroke(19, 44)], False),
        ([stroke(19, 51, height=54.5)], False),
        ([stroke(19, 51, height=50.2, drop=3.6)], False),
        ([stroke(19, 51), stroke(19, 30)], False),
    ],
)
def test_a_clear_line_runs_along_all_of_the_name_through_its_middle(drawn, is_clear):
    assert are_clear(drawn, [LINE]) == is_clear


def test_both_lines_of_a_name_must_be_struck_clearly():
    second = Rect(20.0, 56.0, 40.0, 4.0)

    assert not are_clear([stroke(19, 51)], [LINE, second])
    assert are_clear([stroke(19, 51), stroke(19, 61, height=58.0)], [LINE, second])


def test_ink_along_half_a_word_runs_through_it_and_a_little_ink_does_not():
    assert runs_along([stroke(18, 38)], LINE)
    assert not runs_along([stroke(18, 30)], LINE)
    assert not runs_along([stroke(18, 51, height=54.2)], LINE)


def test_a_stroke_that_ends_before_a_word_does_not_touch_it():
    given = Rect(40.0, 50.0, 10.0, 4.0)

    assert touches(stroke(19, 41), given)
    assert not touches(stroke(19, 39), given)


@pytest.mark.parametrize("rules", [kinds.PARTY, kinds.ASSEMBLY, kinds.UNION])
@pytest.mark.parametrize("kind", [*kinds.SHARES, kinds.BLOCK_WAVE, kinds.BLOCK_BRACKET])
def test_every_drawing_may_be_asked_about(kind, rules):
    assert Outcome.ASKED in may_be(kind, rules, is_through=False, touches_given=True)


@pytest.mark.parametrize(
    ("kind", "rules", "touches_given", "allowed"),
    [
        (kinds.UNTOUCHED, kinds.PARTY, False, KEPT_OR_ASKED),
        (kinds.LINE, kinds.UNION, True, STRUCK_OR_ASKED),
        (kinds.CROSSED, kinds.PARTY, True, {Outcome.ASKED}),
        (kinds.CROSSED, kinds.ASSEMBLY, True, STRUCK_OR_ASKED),
        (kinds.BELOW, kinds.UNION, False, KEPT_OR_ASKED),
        (kinds.BELOW, kinds.ASSEMBLY, False, {Outcome.ASKED}),
        (kinds.FAMILY, kinds.UNION, False, KEPT_OR_ASKED),
        (kinds.FAMILY, kinds.UNION, True, {Outcome.ASKED}),
        (kinds.FAMILY, kinds.PARTY, False, {Outcome.ASKED}),
        (kinds.RINGED, kinds.ASSEMBLY, True, {Outcome.ASKED}),
        (kinds.WIPED, kinds.ASSEMBLY, True, {Outcome.ASKED}),
    ],
)
def test_what_a_drawing_may_be_follows_from_the_rules(kind, rules, touches_given, allowed):
    found = may_be(kind, rules, is_through=False, touches_given=touches_given)

    assert found == allowed


def test_the_same_seed_draws_the_same_strokes():
    name = PrintedName((LINE,), (Rect(20, 50, 12, 4), Rect(35, 50, 15, 4)), 0, 2)
    hand = Hand(PENS["ball-blue"])

    first, second = (draw_names([name] * 8, hand, np.random.default_rng(3)) for _ in range(2))

    assert first[0] == second[0]
    for one, other in zip(first[1], second[1], strict=True):
        assert [s.path_mm.tolist() for s in one] == [s.path_mm.tolist() for s in other]


def a_row(kind, outcome, **changes):
    outcomes = dict.fromkeys((kinds.PARTY, kinds.ASSEMBLY, kinds.UNION), outcome)
    row = {"number": 1, "place": 0, "design": "a", "pen": "ball-blue", "dpi": 200, "mode": "grey"}
    row |= {"cut": 0.0, "event": "nothing", "kind": kind, "is_clear": kind == kinds.LINE}
    row |= {"is_through": True, "touches_given": True, "damage": "nothing", "outcomes": outcomes}
    return StruckRow(**row | changes)


def test_the_record_gives_back_what_was_judged(tmp_path):
    rows = [a_row(kinds.LINE, Outcome.STRUCK), a_row(kinds.UNTOUCHED, Outcome.KEPT, place=1)]
    record = tmp_path / "record.csv"
    with record.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(map(_cells, rows))

    assert list(_read_record(record)) == rows


def test_a_ring_read_as_struck_is_reported_as_wrong_and_breaks_the_claim():
    rows = [a_row(kinds.RINGED, Outcome.STRUCK), a_row(kinds.LINE, Outcome.STRUCK)]

    section = report_strikes(rows, "today", "no harm")

    assert [claim.is_met for claim in section.claims[:3]] == [False, False, False]
    assert any("ring around the letters" in finding for finding in section.findings)


def test_names_of_a_refused_page_are_asked_about_and_not_wrong():
    rows = [a_row(kinds.LINE, Outcome.STRUCK, outcomes={}, refused="torn"), a_row(kinds.LINE, Outcome.STRUCK)]  # fmt: skip

    section = report_strikes(rows, "today", "no harm")

    # No line of light pencil is among them, and none in black and white.
    assert [claim.is_met for claim in section.claims] == [True] * 5 + [None] * 2
    assert "1 pages with 1 names" in section.text[-1]
