"""Ink in the same place on most sheets."""

from types import SimpleNamespace

import numpy as np
import pytest

from ballotscan.count.residue import doubt_residue, find_beside
from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.records import MarkStatus
from ballotscan.election.template import MarkBox, Rect
from ballotscan.marks.scoring import Feature

EMPTY, MARGINAL, MARKED = MarkStatus.EMPTY, MarkStatus.MARGINAL, MarkStatus.MARKED
SHEETS = 40


@pytest.fixture
def template():
    """A ballot of one page with two boxes."""
    boxes = tuple(
        MarkBox(f"box-{number}", Rect(20 * number, 30, 5, 5), None, None, None) for number in (1, 2)
    )
    page = SimpleNamespace(number=1, boxes=boxes, names=(), columns=boxes)
    return SimpleNamespace(ballot_id="ballot", pages=(page,), columns=boxes)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def nothing(template):
    """Features and statuses of sheets on which nothing is marked."""
    boxes = len(template.columns)
    features = np.zeros((SHEETS, boxes, len(Feature)), dtype=np.float32)
    return features, np.full((SHEETS, boxes), EMPTY, dtype=np.int8)


def print_flaw(features, place, sheets, rng, ink_mm2):
    """The same spot on some sheets, measured as exactly as scans allow."""
    count = len(features[sheets])
    features[sheets, place, Feature.INK_MM2] = ink_mm2 * rng.normal(1, 0.05, count)
    features[sheets, place, Feature.EXTENT_MM] = 2 + rng.normal(0, 0.1, count)
    features[sheets, place, Feature.MIDDLE_X] = 0.4 + rng.normal(0, 0.02, count)
    features[sheets, place, Feature.MIDDLE_Y] = -0.3 + rng.normal(0, 0.02, count)


def crosses(features, place, sheets, rng):
    """Marks of different hands."""
    count = len(features[sheets])
    features[sheets, place, Feature.INK_MM2] = rng.uniform(2, 6, count)
    features[sheets, place, Feature.EXTENT_MM] = rng.uniform(4, 7, count)
    features[sheets, place, Feature.MIDDLE_X] = rng.normal(0, 0.15, count)
    features[sheets, place, Feature.MIDDLE_Y] = rng.normal(0, 0.15, count)


def test_a_spot_in_the_same_place_on_most_sheets_is_reported(template, nothing, rng):
    features, statuses = nothing
    print_flaw(features, 1, np.arange(30), rng, 0.3)

    (residue,) = doubt_residue(statuses, features, template)

    assert residue.position == template.columns[1].position
    assert (residue.sheets, residue.of_sheets) == (30, SHEETS)
    assert set(statuses.ravel().tolist()) == {EMPTY}


def test_a_flaw_that_was_read_as_a_mark_goes_to_people(template, nothing, rng):
    features, statuses = nothing
    print_flaw(features, 1, np.arange(SHEETS), rng, 3.0)
    statuses[:, 1] = MARKED

    residue = doubt_residue(statuses, features, template)

    assert len(residue) == 1
    assert set(statuses[:, 1].tolist()) == {MARGINAL}
    assert set(statuses[:, 0].tolist()) == {EMPTY}


def test_a_mark_over_a_small_flaw_stays_a_mark(template, nothing, rng):
    features, statuses = nothing
    print_flaw(features, 1, np.arange(SHEETS), rng, 0.3)
    crosses(features, 1, np.arange(10), rng)
    statuses[:10, 1] = MARKED

    doubt_residue(statuses, features, template)

    assert set(statuses[:10, 1].tolist()) == {MARKED}


def test_a_landslide_is_no_flaw(template, nothing, rng):
    features, statuses = nothing
    crosses(features, 0, np.arange(SHEETS), rng)
    statuses[:, 0] = MARKED

    assert doubt_residue(statuses, features, template) == ()
    assert set(statuses[:, 0].tolist()) == {MARKED}


def test_the_same_spot_on_few_sheets_is_chance(template, nothing, rng):
    features, statuses = nothing
    print_flaw(features, 1, np.arange(15), rng, 0.3)

    assert doubt_residue(statuses, features, template) == ()


def test_writing_in_the_same_place_on_most_sheets_is_reported(template, rng):
    sheets = [
        {
            1: [
                Finding(
                    FindingKind.WRITING,
                    *(20 + rng.normal(0, 0.2), 90 + rng.normal(0, 0.2)),
                    *(12.0, 4.0, 6.0),
                )
            ]
            if number % 3
            else []
        }
        for number in range(SHEETS)
    ]

    (residue,) = find_beside(sheets, template)

    assert residue.position is None
    assert residue.rect.left_mm == pytest.approx(20, abs=0.3)
    assert residue.of_sheets == SHEETS


def test_writing_in_different_places_is_none(template, rng):
    sheets = [
        {
            1: [
                Finding(
                    FindingKind.WRITING,
                    *(rng.uniform(10, 150), rng.uniform(10, 200)),
                    *(12.0, 4.0, 6.0),
                )
            ]
        }
        for _ in range(SHEETS)
    ]

    assert find_beside(sheets, template) == ()
