import cv2
import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.landmarks import LandmarkOptions, fit_page, prepare_reference
from ballotscan.scan.other_print import OtherPrintOptions, find_other_print
from ballotscan.scan.print_pieces import cut_pieces

TITLE = "PHIEU BAU KHU VUC SO 2"


class Reading:
    """Pages looked at against one form."""

    def __init__(self, form):
        self.reference = prepare_reference(form.blank, form.boxes)
        self.pieces = cut_pieces(form.blank, form.boxes)

    def find(self, scan):
        fit = fit_page(scan, self.reference, LandmarkOptions())
        return find_other_print(scan, fit.mapping, self.pieces, OtherPrintOptions())


@pytest.fixture(scope="module")
def ours(scanner):
    return scanner.draw_form(scanner.names, TITLE)


@pytest.fixture(scope="module")
def reading(ours):
    return Reading(ours)


def taken(form, scanner, **lies):
    matrix, canvas_px = scanner.pose(**lies)
    return form.scan(matrix, canvas_px)


LIES = [{}, {"angle_deg": 0.8}, {"quarters": 2, "dpi": 300}, {"dpi": 150, "angle_deg": -1.0}]


@pytest.mark.parametrize("lies", LIES, ids=str)
def test_on_its_own_form_nothing_is_otherwise(ours, reading, scanner, lies):
    assert reading.find(taken(ours, scanner, **lies)) == ()


@pytest.mark.parametrize("lies", LIES, ids=str)
@pytest.mark.parametrize("number", ["1", "3", "5", "7"])
def test_another_digit_in_the_title_is_found_where_it_stands(reading, scanner, number, lies):
    sibling = scanner.draw_form(scanner.names, TITLE[:-1] + number)

    (rect,) = reading.find(taken(sibling, scanner, **lies))

    assert 15 < rect.top_mm < 20
    assert rect.width_mm < 5
    assert rect.left_mm > 60


def test_a_whole_other_word_is_found(reading, scanner):
    sibling = scanner.draw_form(scanner.names, "PHIEU BAU HUYEN XA SO 2")

    assert reading.find(taken(sibling, scanner))


def test_print_in_black_and_white_is_compared_as_well(ours, reading, scanner):
    sibling = scanner.draw_form(scanner.names, TITLE[:-1] + "7")

    found = [
        reading.find(np.where(taken(form, scanner, angle_deg=0.6) < 140, 0, 255).astype(np.uint8))
        for form in (ours, sibling)
    ]

    assert found[0] == ()
    assert found[1]


def test_strokes_through_print_are_no_other_print(ours, reading, scanner):
    scan = taken(ours, scanner, angle_deg=0.5)
    for row in range(10):
        at = round((60 + 13 * row) * PX_PER_MM)
        cv2.line(scan, (100, at), (700, at + 12), (60,), 4)

    assert reading.find(scan) == ()


def test_a_covered_word_is_shown(ours, reading, scanner):
    scan = taken(ours, scanner)
    columns = slice(round(60 * PX_PER_MM), round(80 * PX_PER_MM))
    scan[round(15 * PX_PER_MM) : round(22 * PX_PER_MM), columns] = 255

    assert reading.find(scan)


def test_print_that_was_cut_off_is_not_missed(ours, reading, scanner):
    scan = taken(ours, scanner)

    assert reading.find(scan[round(18 * PX_PER_MM) :]) == ()


def test_a_blank_without_print_has_nothing_to_compare():
    page = np.full((1000, 800), 255, dtype=np.uint8)
    pieces = cut_pieces(page, np.zeros((0, 4)))

    assert len(pieces.bounds) == 0


def test_what_varies_is_not_compared(ours, scanner):
    place = np.array([[60, 14, 40, 8]]) * PX_PER_MM
    pieces = cut_pieces(ours.blank, np.vstack([ours.boxes, place]))
    sibling = scanner.draw_form(scanner.names, TITLE[:-1] + "7")
    scan = taken(sibling, scanner)
    fit = fit_page(scan, prepare_reference(ours.blank, ours.boxes), LandmarkOptions())

    found = find_other_print(scan, fit.mapping, pieces, OtherPrintOptions())

    assert all(rect.top_mm > 22 for rect in found)


def stretched(page, top_mm, bottom_mm, by):
    """The page with a band of it pulled longer, and all below moved down."""
    rows = np.arange(page.shape[0], dtype=np.float32)
    top, bottom = top_mm * PX_PER_MM, bottom_mm * PX_PER_MM
    inside = top + (rows - top) / by
    end = top + (bottom - top) * by
    source = np.where(rows < top, rows, np.where(rows < end, inside, rows - (end - bottom)))
    columns = np.arange(page.shape[1], dtype=np.float32)
    x, y = np.meshgrid(columns, source.astype(np.float32))
    return cv2.remap(page, x, y, cv2.INTER_LINEAR, borderValue=(255,))


def test_print_that_the_feed_pulled_longer_is_the_same_print(ours, reading, scanner):
    scan = stretched(taken(ours, scanner), 14, 22, 1.15)

    assert reading.find(scan) == ()


@pytest.mark.parametrize("number", ["1", "7"])
def test_another_digit_pulled_longer_is_another_digit(reading, scanner, number):
    sibling = scanner.draw_form(scanner.names, TITLE[:-1] + number)
    scan = stretched(taken(sibling, scanner), 14, 22, 1.15)

    assert reading.find(scan)


def test_halftone_is_no_print_to_compare():
    page = np.full((800, 800), 255, dtype=np.uint8)
    y, x = np.mgrid[:80, :80]
    page[200:280, 200:280][((x // 2 + y // 2) % 2 == 0) & (np.hypot(x - 40, y - 40) < 38)] = 0
    cv2.putText(page, "PHIEU 8", (200, 500), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0,), 3)

    pieces = cut_pieces(page, np.zeros((0, 4)))

    assert len(pieces.bounds) >= 6
    assert (pieces.bounds[:, 1] > 400).all()
