"""The ink of blanks, and printed black."""

import math

import numpy as np
import pytest

from ballotscan.marks.ink import ink_of_blank, printed_black

PX_PER_MM = 8.0


def a_page(paper=255):
    """A page of text lines and one solid block of 11 x 20 mm."""
    page = np.full((1600, 1200), paper, dtype=np.uint8)
    for top in range(200, 1000, 40):
        for left in range(160, 1000, 24):
            page[top : top + 16, left : left + 10] = 0
    page[1200:1288, 200:360] = 0
    return page


def test_the_blank_of_a_shadowed_scan_has_no_ink_on_its_paper():
    light = np.linspace(150, 250, 1200)
    blank = np.round(a_page() / 255 * light).astype(np.uint8)

    ink = ink_of_blank(blank, PX_PER_MM)

    assert ink[a_page() == 255].max() < 0.05
    assert ink[a_page() == 0].min() > 0.9


def test_black_is_the_upper_third_of_the_print():
    assert printed_black(np.array([0.2] * 60 + [0.8] * 40)) == pytest.approx(0.8)


@pytest.mark.parametrize(
    "ink",
    [[], [math.nan], [0.0] * 9, [0.49] * 9],
    ids=["no print", "no paper", "a white page", "too pale"],
)
def test_a_page_without_printed_black_is_refused(ink):
    assert math.isnan(printed_black(np.array(ink)))
