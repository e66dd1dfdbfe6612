"""What the blank says about the boxes."""

import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM
from ballotscan.errors import TemplateError
from ballotscan.marks.boxes import OTHER, OWN, RING, ScoringOptions, pack_rows, prepare_boxes


def region_of(reference, place):
    for group in reference.groups:
        if place in group.places:
            return group.region[group.places.tolist().index(place)]
    raise AssertionError(place)


def test_patches_hold_their_boxes_and_the_margin(reference, rects_px):
    ends = reference.corners_px + reference.sizes_px

    assert np.all(np.abs(reference.corners_px - (rects_px[:, :2] - 20)) <= 0.5)
    assert np.all(ends >= rects_px[:, :2] + rects_px[:, 2:] + 20 - 0.5)


def test_boxes_of_about_one_size_share_an_array(blank):
    tops = np.linspace(5, 45, 5) * PX_PER_MM + np.array([0, 0.1, 0.3, 0.6, 0.9])
    rects = np.stack([np.full(5, 830.0), tops, np.full(5, 33.4), np.full(5, 33.4)], axis=-1)
    rects[:, 0] = 90 * PX_PER_MM

    reference = prepare_boxes(blank, rects, 20)

    assert len(reference.groups) == 1


def test_the_outline_of_a_box_is_not_asked(reference, places):
    region = region_of(reference, places["square"])
    own = np.argwhere(region == OWN)

    # 6 mm less the outline of 0.3 mm and 0.25 mm inside it, on both sides
    assert np.ptp(own, axis=0) / PX_PER_MM == pytest.approx([4.9, 4.9], abs=0.4)


def test_a_table_cell_keeps_half_a_millimetre_from_its_rulings(reference, places):
    own = np.argwhere(region_of(reference, places["cell"]) == OWN)

    assert np.ptp(own, axis=0) / PX_PER_MM == pytest.approx([11 - 1.6, 23 - 1.6], abs=0.35)


def test_a_bubble_with_a_letter_keeps_some_white(reference, places):
    own = region_of(reference, places["letter"]) == OWN

    assert np.count_nonzero(own) / PX_PER_MM**2 > 1.5


def test_the_paper_between_two_boxes_belongs_to_the_nearer_one(reference, places):
    left = region_of(reference, places["left"])
    middle_row = left[left.shape[0] // 2]
    beside_right = np.flatnonzero(middle_row == RING)
    beside_right = beside_right[beside_right > left.shape[1] // 2]

    # the boxes are 3 mm apart: half of that, less what the outline hides
    assert np.ptp(beside_right) / PX_PER_MM == pytest.approx(1.5 - 0.5, abs=0.3)


def test_the_inside_of_another_box_is_not_beside(reference, places):
    region = region_of(reference, places["cell_below"])

    assert np.all(region[:12, 60:150] != RING)
    assert np.any(region[:12, 60:150] == OTHER)


@pytest.mark.parametrize(
    "rect_mm",
    [(-1, 5, 5, 5), (5, 57, 5, 5), (108, 5, 5, 5), (5, 5, 0, 5)],
    ids=["left of it", "below it", "right of it", "no width"],
)
def test_a_box_that_is_not_on_the_page_is_refused(blank, rect_mm):
    with pytest.raises(TemplateError, match="box 1 does not lie on the page"):
        prepare_boxes(blank, np.array([rect_mm]) * PX_PER_MM, 20)


def test_a_box_on_solid_print_is_refused():
    blank = np.full((400, 400), 255, dtype=np.uint8)
    blank[100:140, 100:140] = 0

    with pytest.raises(TemplateError, match="box 1 leaves no white"):
        prepare_boxes(blank, np.array([[100.0, 100.0, 40.0, 40.0]]), 20)


def test_a_margin_narrower_than_the_shift_is_a_mistake(blank, rects_px):
    with pytest.raises(ValueError, match="margin_px is 1"):
        prepare_boxes(blank, rects_px, 1, ScoringOptions(shift_px=2))


def test_a_narrow_margin_only_narrows_the_ring(blank, rects_px, reference):
    narrow = prepare_boxes(blank, rects_px, 8)

    assert [g.white_px.tolist() for g in narrow.groups] == [
        g.white_px.tolist() for g in reference.groups
    ]


@pytest.mark.parametrize("columns", [1, 8, 63, 64, 65, 200])
def test_packed_rows_hold_the_same_pixels(columns):
    bits = np.random.default_rng(columns).random((3, 5, columns)) < 0.5

    counts = np.bitwise_count(pack_rows(bits)).sum(axis=-1)

    assert counts.tolist() == bits.sum(axis=-1).tolist()
