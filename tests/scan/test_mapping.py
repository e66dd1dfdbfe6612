import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.mapping import (
    MESH_PITCH_PX,
    PageMapping,
    sample_patches,
    sample_window,
    template_px,
)

MATRIX = np.array([[0.99, 0.05, 12.0], [-0.04, 1.02, 30.0], [1e-6, -2e-6, 1.0]])

RAMP_X, RAMP_Y = (
    ramp.round().astype(np.uint8)
    for ramp in np.meshgrid(np.arange(1250) * 0.2, np.arange(1700) * 0.15)
)


@pytest.fixture(scope="module")
def mesh():
    return np.random.default_rng(3).normal(0, 2, (43, 31, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def scan():
    grain = np.random.default_rng(5).integers(0, 256, (1700, 1250), dtype=np.uint8)
    return cv2.GaussianBlur(grain, (0, 0), 3)


def test_the_first_pixel_begins_at_the_edge_of_the_paper():
    assert template_px(0, 0) == (-0.5, -0.5)
    assert template_px(25.4, 12.7) == pytest.approx((199.5, 99.5))


def test_at_a_node_the_mesh_adds_its_shift(mesh):
    mapping = PageMapping(np.eye(3), mesh)
    nodes = np.array([(3, 5), (0, 0), (30, 42)])

    mapped = mapping.apply(nodes * float(MESH_PITCH_PX))

    assert np.abs(mapped - nodes * MESH_PITCH_PX - mesh[nodes[:, 1], nodes[:, 0]]).max() < 1e-3


@pytest.mark.parametrize("count", [0, 1, 1023, 1025, 70_000])
def test_any_number_of_points_is_mapped(mesh, count):
    points = np.random.default_rng(1).uniform(0, 1200, (count, 2))

    mapped = PageMapping(MATRIX, mesh).apply(points)

    assert mapped.shape == (count, 2)
    assert np.array_equal(mapped[-3:], PageMapping(MATRIX, mesh).apply(points[-3:]))


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 900), st.floats(60, 1300))
def test_a_window_shows_what_is_where_the_mapping_says(x, y):
    column = sample_window(RAMP_X, PageMapping(MATRIX), (x, y), (9, 7))
    row = sample_window(RAMP_Y, PageMapping(MATRIX), (x, y), (9, 7))

    where = PageMapping(MATRIX).apply(np.array([(x + 4, y + 3)]))[0]

    assert abs(column[3, 4] - 0.2 * where[0]) <= 1.6
    assert abs(row[3, 4] - 0.15 * where[1]) <= 1.6


@pytest.mark.parametrize("step_px", [1.0, 2.0])
@pytest.mark.parametrize("is_bent", [False, True])
def test_patches_are_windows_cut_at_once(scan, mesh, step_px, is_bent):
    # A mesh as smooth as paper is: a patch takes it for flat.
    smooth = cv2.GaussianBlur(mesh, (0, 0), 4)
    mapping = PageMapping(MATRIX, smooth if is_bent else None)
    corners = np.random.default_rng(2).uniform(100, 1000, (7, 2))

    patches = sample_patches(scan, mapping, corners, (40, 30), step_px=step_px)

    for patch, corner in zip(patches, corners, strict=True):
        window = sample_window(scan, mapping, tuple(corner), (40, 30), step_px=step_px)
        assert np.abs(patch.astype(int) - window).max() <= (9 if is_bent else 2)


def test_patches_of_a_colour_scan_have_colour(scan):
    colour = np.stack([scan, scan // 2, scan // 3], axis=-1)

    patches = sample_patches(colour, PageMapping(MATRIX), np.array([(99.0, 99.0)]), (20, 20))

    assert patches.shape == (1, 20, 20, 3)
    assert patches[0, :, :, 0].mean() > patches[0, :, :, 1].mean() > patches[0, :, :, 2].mean()


def test_no_patches_are_cut_where_none_are_asked_for(scan):
    assert sample_patches(scan, PageMapping(MATRIX), np.zeros((0, 2)), (5, 4)).shape == (0, 4, 5)


def test_many_patches_are_cut_in_parts(scan):
    corners = np.random.default_rng(4).uniform(100, 1000, (450, 2))

    patches = sample_patches(scan, PageMapping(MATRIX), corners, (20, 20))

    last = sample_patches(scan, PageMapping(MATRIX), corners[-1:], (20, 20))
    assert np.array_equal(patches[-1:], last)


def test_beyond_the_scan_there_is_white_paper(scan):
    patches = sample_patches(scan, PageMapping(np.eye(3)), np.array([(-99.0, -99.0)]), (9, 9))

    assert (patches == 255).all()
