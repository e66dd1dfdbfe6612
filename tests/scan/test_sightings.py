import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.outlines import OutlineOptions, prepare_outlines
from ballotscan.scan.sightings import BoxSighting, find_strays

OPTIONS = OutlineOptions()
PULLED, AT_REST = 0.06, 0.02


@pytest.fixture(scope="module")
def outlines(ballot):
    return prepare_outlines(ballot.page, ballot.blank, OPTIONS)


def seen(outlines, covered):
    """Boxes that stand where the bent page puts them, some of them covered by marks."""
    count = len(outlines.centres_px)
    is_covered = np.isin(np.arange(count), covered)
    return BoxSighting(
        shifts=np.zeros((count, 2), dtype=np.float32),
        correlations=np.where(is_covered, 0.6, 0.97).astype(np.float32),
        is_sure=np.ones(count, dtype=bool),
        is_lost=np.zeros(count, dtype=bool),
        is_alone=np.zeros(count, dtype=bool),
        is_sideways=False,
    )


def bent_at(outlines, place, by_mm):
    bent = np.zeros((len(outlines.centres_px), 2), dtype=np.float32)
    bent[place, 1] = by_mm * PX_PER_MM
    return bent


def strain(outlines, value):
    return np.full(len(outlines.centres_px), value, dtype=np.float32)


@pytest.mark.parametrize("by_mm", [0.7, -1.1])
@pytest.mark.parametrize("pulled", [PULLED, AT_REST])
def test_a_covered_box_to_which_the_page_was_bent_is_a_stray(outlines, by_mm, pulled):
    places, bent = seen(outlines, [4]), bent_at(outlines, 4, by_mm)

    strays = find_strays(places, bent, strain(outlines, pulled), outlines, OPTIONS)

    assert np.flatnonzero(strays).tolist() == [4]


def test_a_box_that_is_seen_clearly_is_no_stray(outlines):
    places, bent = seen(outlines, []), bent_at(outlines, 4, 0.5)

    assert not find_strays(places, bent, strain(outlines, PULLED), outlines, OPTIONS).any()


def test_a_covered_box_is_no_stray_where_the_page_is_bent_evenly(outlines):
    places = seen(outlines, [0, 3, 4])
    bent = (outlines.centres_px * 0.02).astype(np.float32)

    assert not find_strays(places, bent, strain(outlines, PULLED), outlines, OPTIONS).any()
