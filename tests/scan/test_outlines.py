import cv2
import numpy as np
import pytest

from ballotscan.election.template import TemplatePage
from ballotscan.scan.mapping import PageMapping
from ballotscan.scan.outlines import OutlineOptions, prepare_outlines, soften
from ballotscan.scan.paper import enlargement
from ballotscan.scan.sightings import find_boxes

OPTIONS = OutlineOptions()
TO_HALF = PageMapping(np.linalg.inv(enlargement(2)))


def halve(page):
    rows, columns = (size // 2 * 2 for size in page.shape)
    return soften(cv2.resize(page[:rows, :columns], None, fx=0.5, fy=0.5))


def moved(blank, shift):
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], dtype=float)
    return cv2.warpAffine(blank, matrix, blank.shape[::-1], borderValue=(255,))


@pytest.fixture(scope="module")
def outlines(ballot):
    return prepare_outlines(ballot.page, ballot.blank, OPTIONS)


@pytest.mark.parametrize("shift", [(0, 0), (1, -1), (0.5, 2.5), (-4.3, 3.7), (5, 0)])
def test_the_shift_of_a_page_is_the_shift_of_its_boxes(ballot, outlines, shift):
    seen = find_boxes(halve(moved(ballot.blank, shift)), TO_HALF, outlines, OPTIONS)

    assert np.abs(seen.shifts - shift).max() < 0.35
    assert seen.is_sure.all()
    assert seen.correlations.min() > 0.8


def test_a_shift_beyond_the_search_is_not_believed(ballot, outlines):
    seen = find_boxes(halve(moved(ballot.blank, (12, 0))), TO_HALF, outlines, OPTIONS)

    assert not seen.is_sure.any()
    assert np.abs(seen.shifts).max() == 0


def test_a_filled_box_moves_with_its_neighbours(ballot, outlines):
    page = moved(ballot.blank, (2, -3))
    for x, y in ballot.box_centres[::3]:
        page[round(y - 27) : round(y + 21), round(x - 20) : round(x + 29)] = 40

    seen = find_boxes(halve(page), TO_HALF, outlines, OPTIONS)

    assert np.abs(seen.shifts - (2, -3)).max() < 0.6
    assert not seen.is_sure[::3].any()


def test_where_all_boxes_are_filled_the_page_stays_where_it_is(ballot, outlines):
    page = ballot.blank.copy()
    for x, y in ballot.box_centres:
        page[round(y - 26) : round(y + 26), round(x - 26) : round(x + 26)] = 40

    seen = find_boxes(halve(page), TO_HALF, outlines, OPTIONS)

    assert np.abs(seen.shifts).max() < 1.5


def test_a_single_box_that_jumps_is_not_believed(ballot, outlines):
    page = ballot.blank.copy()
    x, y = (int(value) for value in ballot.box_centres[9])
    page[y - 40 : y + 40, x - 40 : x + 40] = np.roll(
        page[y - 40 : y + 40, x - 40 : x + 40], 5, axis=1
    )

    seen = find_boxes(halve(page), TO_HALF, outlines, OPTIONS)

    assert not seen.is_sure[9]
    assert np.abs(seen.shifts[9]).max() < 0.5
    assert seen.correlations[9] > 0.9


def test_a_box_that_was_wiped_off_does_not_correlate(ballot, outlines):
    page = ballot.blank.copy()
    x, y = (int(value) for value in ballot.box_centres[4])
    page[y - 34 : y + 34, x - 34 : x + 34] = 255

    seen = find_boxes(halve(page), TO_HALF, outlines, OPTIONS)

    assert seen.correlations[4] < 0.3
    assert seen.correlations[np.arange(20) != 4].min() > 0.9


def test_a_page_without_boxes_has_none():
    page = TemplatePage(2, 148, 210, "page-2.png", "0" * 64)
    blank = np.full((1654, 1165), 255, dtype=np.uint8)
    reference = prepare_outlines(page, blank, OPTIONS)

    seen = find_boxes(halve(blank), TO_HALF, reference, OPTIONS)

    assert seen.shifts.shape == (0, 2)


def test_a_single_box_trusts_itself(ballot):
    page = TemplatePage(1, 148, 210, "page-1.png", "0" * 64, boxes=ballot.page.boxes[:1])
    reference = prepare_outlines(page, ballot.blank, OPTIONS)

    seen = find_boxes(halve(moved(ballot.blank, (2, 1))), TO_HALF, reference, OPTIONS)

    assert np.abs(seen.shifts - (2, 1)).max() < 0.4
