import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.field import Sighting, draw_field, place_anchors
from ballotscan.scan.mapping import MESH_PITCH_PX, PageMapping
from ballotscan.scan.paper import enlargement, measure_ink, reduce_page
from ballotscan.scan.stretch import (
    StretchOptions,
    bend,
    follow_paper,
    measure_strain,
    prepare_stretch,
    see_anchors,
    smooth_ink,
)

SIZE_PX = (580, 820)
OPTIONS = StretchOptions()
TO_HALF = PageMapping(np.linalg.inv(enlargement(2)))


@pytest.fixture(scope="module")
def ink(form):
    return measure_ink(reduce_page(form.blank, 2), 100)


@pytest.fixture(scope="module")
def stretch(ink):
    return prepare_stretch(ink)


@pytest.fixture(scope="module")
def grid():
    x, y = np.meshgrid(np.arange(20, 570, 24), np.arange(20, 810, 24))
    anchors = np.column_stack([x.ravel(), y.ravel()]).astype(np.float32)
    return place_anchors(anchors, SIZE_PX)


def at_nodes(grid, function):
    rows, columns = grid.nodes
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    return function(x * MESH_PITCH_PX / 2 - 0.25, y * MESH_PITCH_PX / 2 - 0.25)


def bow(x, y):
    return np.stack([4 * (x / 580) ** 2 - 1, 3 * (y / 820) ** 3 + x / 300], axis=-1)


def seen(shifts):
    return Sighting(shifts.astype(np.float32), np.ones(len(shifts), dtype=bool))


def inner(mesh):
    """Away from the border, where there are anchors on all sides."""
    return mesh[3:-3, 3:-3]


def test_a_bow_over_the_page_is_found(grid):
    shifts = bow(*grid.anchors.T)

    field = draw_field(seen(shifts), grid, reach_mm=15, is_wide=True)

    assert np.abs(inner(field.mesh - at_nodes(grid, bow))).max() < 0.15
    assert np.nanmax(field.misses_px) < 0.3


def test_a_third_of_wrong_sightings_is_outvoted(grid):
    shifts = bow(*grid.anchors.T)
    shifts[::3] += np.random.default_rng(2).uniform(-12, 12, shifts[::3].shape)

    field = draw_field(seen(shifts), grid, reach_mm=15, is_wide=True)

    assert np.abs(inner(field.mesh - at_nodes(grid, bow))).max() < 0.6


def test_what_was_not_seen_does_not_count(grid):
    shifts = np.full((len(grid.anchors), 2), 2.0)
    shifts[::2] = -40
    is_seen = np.arange(len(shifts)) % 2 == 1

    field = draw_field(
        Sighting(shifts.astype(np.float32), is_seen), grid, reach_mm=15, is_wide=True
    )

    assert np.abs(inner(field.mesh) - 2).max() < 0.1
    assert np.isnan(field.misses_px[~is_seen]).all()


def test_where_nothing_is_printed_a_local_field_does_nothing(grid):
    is_seen = grid.anchors[:, 1] < 200

    field = draw_field(
        Sighting(np.ones((len(is_seen), 2), dtype=np.float32), is_seen),
        grid,
        reach_mm=5,
        is_wide=False,
    )

    assert np.abs(field.mesh[25:]).max() < 0.01
    assert field.mesh[5, 10] == pytest.approx([1, 1], abs=0.1)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.booleans())
def test_a_field_seen_on_a_page_laid_flat_goes_into_the_mapping(seed, has_mesh):
    random = np.random.default_rng(seed)
    smooth = [
        cv2.GaussianBlur(random.normal(0, 8, (20, 15, 2)), (0, 0), 3).astype(np.float32)
        for _ in range(2)
    ]
    before = PageMapping(np.diag([1.1, 0.9, 1.0]), smooth[0] if has_mesh else None)
    points = random.uniform(100, 500, (30, 2))

    after = bend(before, smooth[1] / 2)

    own = PageMapping(np.eye(3), smooth[1])
    assert np.abs(after.apply(points) - before.apply(own.apply(points))).max() < 0.3


def test_an_anchor_is_seen_where_the_page_was_moved_to(ink, stretch):
    page = smooth_ink(cv2.warpAffine(ink, np.array([[1, 0, 3.0], [0, 1, -2.0]]), ink.shape[::-1]))

    sighting = see_anchors(page, stretch.ink, stretch.grid, levels=2)

    assert sighting.is_seen.mean() > 0.9
    assert np.abs(np.median(sighting.shifts[sighting.is_seen], axis=0) - (3, -2)).max() < 0.05


def test_on_an_empty_page_nothing_is_followed(ink, stretch):
    assert follow_paper(np.zeros_like(ink), TO_HALF, stretch, OPTIONS) is None


def test_a_blank_without_print_is_followed_nowhere(ink):
    empty = prepare_stretch(np.zeros_like(ink))

    assert follow_paper(smooth_ink(ink), TO_HALF, empty, OPTIONS) is None


def test_a_page_of_another_form_is_not_followed(scanner, stretch):
    other = np.rot90(scanner.draw_form(("x",) * 3, "Y").blank, 2)
    ink = measure_ink(reduce_page(np.ascontiguousarray(other), 2), 100)

    bent = follow_paper(smooth_ink(ink), TO_HALF, stretch, OPTIONS)

    assert bent is None or np.mean(bent.misses_px < 1) < 0.5


@pytest.mark.parametrize("amplitude_px", [1.0, 3.0, 6.0])
def test_a_wave_of_the_feed_is_followed(ink, stretch, amplitude_px):
    rows, columns = ink.shape
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    wave = amplitude_px * np.sin(y / 75)
    page = cv2.remap(ink, x, y + wave.astype(np.float32), cv2.INTER_LINEAR)

    bent = follow_paper(smooth_ink(page), TO_HALF, stretch, OPTIONS)

    places = stretch.anchors.astype(np.float64)
    found = bent.mapping.apply(places * 2 + 0.5)
    misses_px = np.abs(found[:, 1] + amplitude_px * np.sin(found[:, 1] / 75) - places[:, 1])
    assert np.percentile(misses_px, 95) < 0.6  # 0.15 mm
    assert misses_px.max() < 1.5


def test_what_bends_the_whole_page_does_not_pull_it_and_a_slip_does():
    rows, columns = 43, 30
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    bow = np.stack([0.05 * y * y, 0.8 * x], axis=-1)
    slip = bow.copy()
    slip[20:, :, 1] += 8  # a millimetre
    points = np.array([(600.0, row * MESH_PITCH_PX) for row in (5, 20, 35)])

    still = measure_strain(PageMapping(np.eye(3), bow), points)
    pulled = measure_strain(PageMapping(np.eye(3), slip), points)

    assert still.max() < 1e-3
    assert pulled[1] > 0.15
    assert pulled[[0, 2]].max() < 0.05
    assert not measure_strain(PageMapping(np.eye(3)), points).any()
