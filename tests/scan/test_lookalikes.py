import cv2
import numpy as np
import pytest

from ballotscan.scan.lookalikes import (
    FormDifference,
    LookalikeOptions,
    Side,
    difference_prints,
    tell_apart,
)
from ballotscan.scan.paper import measure_ink, reduce_page

OPTIONS = LookalikeOptions()


def ink_of(form):
    return measure_ink(reduce_page(form.blank, 2), 100)


@pytest.fixture(scope="module")
def ours(form):
    return ink_of(form)


@pytest.fixture(scope="module")
def theirs(scanner):
    """The same ballot in the next ward: other names."""
    return ink_of(scanner.draw_form(scanner.names[5:] + scanner.names[:5]))


@pytest.fixture(scope="module")
def difference(ours, theirs):
    return difference_prints(ours, theirs)


def test_only_the_names_that_differ_distinguish_the_forms(ours, difference):
    rows, columns = np.divmod(difference.only_first, ours.shape[1])

    assert rows.min() * 0.254 > 55
    assert columns.max() * 0.254 < 90
    assert difference.tells(OPTIONS)


def test_a_page_of_the_first_form_is_the_first(ours, difference):
    assert tell_apart(ours, difference, OPTIONS) is Side.FIRST


def test_a_page_of_the_second_form_is_the_second(theirs, difference):
    assert tell_apart(theirs, difference, OPTIONS) is Side.SECOND


def test_a_page_with_the_print_of_both_is_undecided(ours, theirs, difference):
    assert tell_apart(np.maximum(ours, theirs), difference, OPTIONS) is Side.UNDECIDED


def test_a_page_with_the_print_of_neither_is_undecided(ours, difference):
    assert tell_apart(np.zeros_like(ours), difference, OPTIONS) is Side.UNDECIDED


def test_crosses_do_not_change_the_answer(ours, difference):
    marked = ours.copy()
    for row in range(230, 740, 51):
        cv2.line(marked, (370, row), (420, row + 40), (200,), 4)

    assert tell_apart(marked, difference, OPTIONS) is Side.FIRST


def test_a_page_of_pale_print_is_told_all_the_same(ours, difference):
    assert tell_apart((ours * 0.7).astype(np.uint8), difference, OPTIONS) is Side.FIRST


def test_a_form_with_more_print_is_told_from_the_form_it_contains(form, ours):
    more = ink_of(form.write("and a second vote for the council of the ward", 20, 198, 4))

    difference = difference_prints(ours, more)

    assert len(difference.only_first) == 0
    assert tell_apart(ours, difference, OPTIONS) is Side.FIRST
    assert tell_apart(more, difference, OPTIONS) is Side.SECOND


def test_forms_that_differ_by_a_digit_cannot_be_told_apart(form, ours):
    numbered = ink_of(form.write("1", 130, 200))

    difference = difference_prints(ours, numbered)

    assert not difference.tells(OPTIONS)
    assert tell_apart(ours, difference, OPTIONS) is Side.UNDECIDED


def test_a_form_is_not_told_from_itself(ours):
    difference = difference_prints(ours, ours)

    assert difference.area_mm2 == 0
    assert tell_apart(ours, difference, OPTIONS) is Side.UNDECIDED


def test_print_that_is_swollen_or_shifted_by_a_hair_is_no_difference(ours):
    swollen = cv2.dilate(ours, np.ones((2, 2), dtype=np.uint8))

    assert difference_prints(ours, swollen).area_mm2 < 3


def test_specks_of_dirt_are_no_difference(ours):
    dirty = ours.copy()
    random = np.random.default_rng(6)
    for x, y in zip(random.integers(0, 580, 60), random.integers(0, 820, 60), strict=True):
        dirty[y : y + 2, x : x + 2] = 255

    assert difference_prints(ours, dirty).area_mm2 < 3


def test_the_area_is_that_of_both_sides():
    difference = FormDifference(np.arange(100), np.arange(60))

    assert difference.area_mm2 == pytest.approx(160 * 0.254**2)
