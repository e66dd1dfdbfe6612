import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.scan.mapping import PageMapping, sample_window
from ballotscan.scan.paper import drop_edges, enlargement, lay_flat, measure_ink, reduce_page

SLANTED = np.array([[0.9, 0.04, 20.0], [-0.03, 1.1, 35.0], [2e-5, -1e-5, 1.0]])


@pytest.fixture(scope="module")
def scan():
    grain = np.random.default_rng(5).integers(0, 256, (700, 500), dtype=np.uint8)
    return cv2.GaussianBlur(grain, (0, 0), 4)


@pytest.fixture(scope="module")
def mesh():
    return np.random.default_rng(3).normal(0, 1.5, (18, 14, 2)).astype(np.float32)


@given(st.integers(1, 6), st.integers(0, 100))
def test_a_reduced_pixel_lies_in_the_middle_of_those_it_is_made_of(factor, column):
    middle = np.mean(np.arange(column * factor, (column + 1) * factor))

    assert (enlargement(factor) @ [column, 0, 1])[0] == pytest.approx(middle)


def test_a_reduced_pixel_is_the_mean_of_those_it_is_made_of():
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)

    assert reduce_page(pixels, 2)[1, 2] == pytest.approx(pixels[2:4, 4:6].mean(), abs=0.5)


def test_what_a_whole_factor_leaves_over_is_cut_off():
    assert reduce_page(np.zeros((101, 67), dtype=np.uint8), 3).shape == (33, 22)


def test_bare_paper_has_no_ink_however_grey_it_is():
    assert measure_ink(np.full((200, 200), 140, dtype=np.uint8), 100).max() == 0


def test_a_shadow_is_not_ink():
    shadow = np.linspace(250, 110, 400)[None, :].repeat(300, axis=0).astype(np.uint8)

    assert measure_ink(shadow, 100).max() < 30


def test_a_letter_in_the_shadow_is_as_dark_as_one_in_the_light():
    page = np.linspace(250, 120, 400)[None, :].repeat(300, axis=0)
    for column in (40, 340):
        page[100:130, column : column + 3] *= 0.2

    ink = measure_ink(page.astype(np.uint8), 100)

    assert int(ink[115, 41]) == pytest.approx(int(ink[115, 341]), abs=12)
    assert ink[115, 41] > 180


def test_a_large_black_bar_is_ink():
    page = np.full((400, 400), 240, dtype=np.uint8)
    page[100:200, 50:350] = 10

    assert measure_ink(page, 100)[150, 200] > 200


@pytest.mark.parametrize("step_px", [1.0, 2.0])
def test_laying_flat_agrees_with_sampling_every_pixel_by_itself(scan, mesh, step_px):
    mapping = PageMapping(SLANTED, mesh)
    size = (300, 260)
    corner = (step_px - 1) / 2

    slowly = sample_window(scan, mapping, (corner, corner), size, step_px=step_px)

    differences = np.abs(lay_flat(scan, mapping, size, step_px=step_px).astype(int) - slowly)
    assert np.percentile(differences, 99) <= 6
    assert differences.mean() < 1


def test_a_page_laid_flat_at_two_pixels_a_step_is_the_page_reduced(scan):
    smooth = cv2.GaussianBlur(scan, (0, 0), 3)

    flat = lay_flat(smooth, PageMapping(np.eye(3)), (250, 350), step_px=2)

    assert np.abs(flat.astype(int) - reduce_page(smooth, 2)).max() <= 3


def test_beyond_the_scan_a_page_laid_flat_has_the_value_asked_for(scan):
    away = np.array([[1, 0, 10_000.0], [0, 1, 0], [0, 0, 1]])

    assert (lay_flat(scan, PageMapping(away), (50, 50), outside=7) == 7).all()


def test_colours_stay_when_a_page_is_laid_flat(scan):
    colour = np.dstack([scan, 255 - scan, scan])

    flat = lay_flat(colour, PageMapping(SLANTED), (200, 200))

    assert flat.shape == (200, 200, 3)
    assert (
        np.abs(flat[..., 1].astype(int) - (255 - flat[..., 0].astype(int)))[:150, :150].max() <= 1
    )


def test_the_shadow_of_the_sheets_edge_is_no_print():
    ink = np.zeros((300, 200), dtype=np.uint8)
    ink[:, :12] = 200
    ink[100:110, 60:120] = 255

    kept = drop_edges(ink)

    assert kept[:, :14].max() == 0
    assert kept[105, 90] == 255


def test_print_joined_to_the_edge_stays_further_in():
    ink = np.zeros((300, 200), dtype=np.uint8)
    ink[150:153] = 255

    kept = drop_edges(ink)

    assert kept[151, 100] == 255
    assert kept[151, 5] == 0
