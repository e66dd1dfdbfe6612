import cv2
import numpy as np
import pytest

from ballotscan.scan.editions import (
    Edition,
    EditionOptions,
    check_edition,
    is_edition,
    prepare_edition,
)
from ballotscan.scan.paper import measure_ink, reduce_page

OPTIONS = EditionOptions()


def ink_of(form):
    return measure_ink(reduce_page(form.blank, 2), 100)


@pytest.fixture(scope="module")
def ink(form):
    return ink_of(form)


@pytest.fixture(scope="module")
def edition(form, ink):
    return prepare_edition(ink, form.boxes, OPTIONS)


@pytest.fixture(scope="module")
def on_scan(ink):
    return np.ones((ink.shape[0] // 20 + 2, ink.shape[1] // 20 + 2), dtype=bool)


def test_the_form_itself_is_the_very_edition(ink, edition, on_scan):
    found = check_edition(ink, edition, on_scan)

    assert np.nanmin(found.row_lifts) == pytest.approx(1)
    assert found.strange_mm2 == 0
    assert is_edition(found, OPTIONS)


def test_the_name_left_of_the_first_box_of_each_row_is_asked_for(ink, edition, on_scan):
    found = check_edition(ink, edition, on_scan)

    assert not np.isnan(found.row_lifts[::2]).any()


def test_where_nothing_is_printed_beside_a_box_nothing_is_asked(ink, edition, on_scan):
    # Between the second box of a row and the first there is bare paper.
    found = check_edition(ink, edition, on_scan)

    assert np.isnan(found.row_lifts[1::2]).all()


def test_one_other_name_is_another_edition(scanner, edition, on_scan):
    names = [*scanner.names]
    names[4] = "Kim Bich Ngoc"

    found = check_edition(ink_of(scanner.draw_form(names)), edition, on_scan)

    # The name stands beside the first box of its row.
    assert np.flatnonzero(found.row_lifts < OPTIONS.least_row_lift).tolist() == [8]
    assert not is_edition(found, OPTIONS)


def test_what_stands_away_from_the_names_may_differ(form, edition, on_scan):
    paper = form.blank.copy()
    paper[:420] = 255  # no title, no instructions

    found = check_edition(measure_ink(reduce_page(paper, 2), 100), edition, on_scan)

    assert is_edition(found, OPTIONS)


def test_another_contest_below_is_another_edition(form, edition, on_scan):
    more = form
    for line in range(3):
        more = more.write("For the council of the ward vote for two", 14, 192 + 5 * line, 4)

    found = check_edition(ink_of(more), edition, on_scan)

    assert found.strange_mm2 > OPTIONS.most_strange_mm2
    assert not is_edition(found, OPTIONS)


def test_crosses_and_a_struck_out_name_are_the_same_edition(ink, edition, on_scan):
    marked = ink.copy()
    for row in range(9):
        y = 228 + 51 * row
        cv2.line(marked, (375, y), (400, y + 20), (220,), 3)
    cv2.line(marked, (60, 290), (300, 285), (230,), 3)

    assert is_edition(check_edition(marked, edition, on_scan), OPTIONS)


def test_a_scribble_over_the_page_is_not_print(ink, edition, on_scan):
    marked = ink.copy()
    for step in range(12):
        cv2.line(marked, (40 + 40 * step, 740), (80 + 40 * step, 810), (255,), 4)
        cv2.line(marked, (80 + 40 * step, 740), (80 + 40 * step, 810), (255,), 4)

    assert is_edition(check_edition(marked, edition, on_scan), OPTIONS)


def test_a_name_cut_off_by_the_scanner_is_not_another_name(ink, edition, on_scan):
    cut = ink.copy()
    cut[:, :200] = 0
    seen = on_scan.copy()
    seen[:, :12] = False

    found = check_edition(cut, edition, seen)

    assert not (found.row_lifts < OPTIONS.least_row_lift).any()


def test_a_blank_of_little_print_cannot_tell_what_is_strange(form, on_scan):
    outlines = np.full_like(form.blank, 255)
    for left, top, width, height in form.boxes.astype(int):
        cv2.rectangle(outlines, (left, top), (left + width, top + height), (0,), 2)
    ink = measure_ink(reduce_page(outlines, 2), 100)

    found = check_edition(ink_of(form), prepare_edition(ink, form.boxes, OPTIONS), on_scan)

    assert found.strange_mm2 == 0


def test_without_boxes_only_the_bare_paper_is_asked(ink, on_scan):
    found = check_edition(ink, prepare_edition(ink, np.zeros((0, 4)), OPTIONS), on_scan)

    assert found.row_lifts.shape == (0,)
    assert is_edition(found, OPTIONS)


@pytest.mark.parametrize(
    ("row_lifts", "strange_mm2", "is_it"),
    [
        ([0.5, np.nan], 250.0, True),
        ([0.49, 1.0], 0.0, False),
        ([1.0, 1.0], 251.0, False),
        ([np.nan, np.nan], 0.0, True),
    ],
)
def test_every_row_and_the_bare_paper_must_agree(row_lifts, strange_mm2, is_it):
    assert is_edition(Edition(np.array(row_lifts), strange_mm2), OPTIONS) is is_it
