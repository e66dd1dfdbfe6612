"""The level of the bare paper, and one grey from three colours."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.tone.paper import darkest_channel, paper_map

PX_PER_MM = 8.0


def a_page(paper=255):
    """A page of text lines and one solid block of 11 x 20 mm."""
    page = np.full((1600, 1200), paper, dtype=np.uint8)
    for top in range(200, 1000, 40):
        for left in range(160, 1000, 24):
            page[top : top + 16, left : left + 10] = 0
    page[1200:1288, 200:360] = 0
    return page


def test_the_paper_under_a_solid_block_is_the_paper_around_it():
    levels = paper_map(a_page(240), PX_PER_MM).at(np.array([[280.0, 1244.0], [600.0, 600.0]]))

    assert levels == pytest.approx([240, 240], abs=2)


@given(st.floats(110, 255), st.floats(110, 255))
@settings(max_examples=25, deadline=None)
def test_the_paper_follows_a_shadow_across_the_page(left, right):
    light = np.linspace(left, right, 1200)
    page = np.round(a_page() / 255 * light).astype(np.uint8)
    x = np.linspace(150, 1050, 7)

    levels = paper_map(page, PX_PER_MM).at(np.stack([x, np.full(7, 620.0)], axis=-1))

    assert levels == pytest.approx(light[x.astype(int)], rel=0.05)


def test_there_is_no_paper_outside_the_scan():
    paper = paper_map(a_page(), PX_PER_MM)

    levels = paper.at(np.array([[-1.0, 5.0], [5.0, 1600.0], [1199.0, 1599.0]]))

    assert np.isnan(levels).tolist() == [True, True, False]


def test_there_is_no_paper_on_the_black_bed_of_a_scanner():
    page = np.hstack([a_page(), np.zeros((1600, 400), dtype=np.uint8)])

    level = paper_map(page, PX_PER_MM).at(np.array([1500.0, 700.0]))

    assert np.isnan(level)


def test_paper_levels_keep_the_shape_of_the_points():
    assert paper_map(a_page(), PX_PER_MM).at(np.full((3, 4, 2), 50.0)).shape == (3, 4)


@pytest.mark.parametrize("px_per_mm", [4.0, 8.0, 11.8, 23.6])
def test_paper_is_found_at_every_resolution(px_per_mm):
    ratio = px_per_mm / PX_PER_MM
    page = cv2.resize(a_page(200), None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)

    level = paper_map(page, px_per_mm).at(np.array([600.0, 600.0]) * ratio)

    assert level == pytest.approx(200, abs=2)


@pytest.mark.parametrize("ink_bgr", [(200, 60, 60), (60, 60, 200), (60, 160, 60), (90, 90, 90)])
def test_ink_of_every_colour_is_dark(ink_bgr):
    page = np.full((20, 20, 3), 250, dtype=np.uint8)
    page[5:9] = ink_bgr

    assert darkest_channel(page)[6, 6] == min(ink_bgr)


def test_a_grey_page_is_not_copied():
    page = a_page()

    assert darkest_channel(page) is page
