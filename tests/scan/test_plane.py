from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.plane import PlaneOptions, Sights, find_misshape, fit_plane

OPTIONS = PlaneOptions()
PX_PER_MM = 200 / 25.4
DISCS = np.array([(140, 9), (8, 66), (140, 80), (8, 140), (8, 202), (80, 202), (140, 202.0)])
DISCS *= PX_PER_MM
SETS_OF_DISCS = [each for count in range(3, 8) for each in combinations(range(7), count)]
CORNERS = np.array([(0, 0), (14, 0), (14, 14), (0, 14.0)])
CODES = (np.array([(112, 8), (22, 188)])[:, None] + CORNERS).reshape(-1, 2) * PX_PER_MM
SIZE_PX = (1165, 1654)

matrices = st.builds(
    lambda turn, size, stretch, x, y: np.array(
        [
            [size * np.cos(turn), -size * np.sin(turn), x],
            [size * stretch * np.sin(turn), size * stretch * np.cos(turn), y],
            [0, 0, 1],
        ]
    ),
    st.floats(-3.1, 3.1),
    st.floats(0.7, 3.0),
    st.floats(0.99, 1.01),
    st.floats(-500, 2500),
    st.floats(-500, 2500),
)
MATRIX = np.array([[1.01, 0.02, 40], [-0.02, 1.0, 70], [0, 0, 1]])


def put(matrix, points):
    flat = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return flat[:, :2] / flat[:, 2:]


def see(matrix, chosen=range(7), misses=None):
    chosen = list(chosen)
    seen = put(matrix, DISCS[chosen])
    if misses is not None:
        seen = seen + misses
    return Sights(DISCS[chosen], seen, CODES, put(matrix, CODES))


@settings(max_examples=8, deadline=None)
@given(matrices)
def test_the_true_plane_is_given_back_by_any_three_discs_and_more(matrix):
    for chosen in SETS_OF_DISCS:
        fit = fit_plane(see(matrix, chosen), OPTIONS)

        assert fit is not None
        assert np.abs(put(fit.matrix, DISCS) - put(matrix, DISCS)).max() < 1e-4
        assert fit.is_used.all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 6), st.floats(0, 6.28), st.floats(9, 60))
def test_one_disc_that_lies_is_not_used(liar, way, far_px):
    misses = np.zeros((7, 2))
    misses[liar] = far_px * np.array([np.cos(way), np.sin(way)])

    fit = fit_plane(see(MATRIX, misses=misses), OPTIONS)

    assert fit is not None
    assert fit.is_used.tolist() == [index != liar for index in range(7)]
    assert np.abs(put(fit.matrix, DISCS) - put(MATRIX, DISCS)).max() < 1e-4


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3), st.floats(0, 6.28), st.floats(18, 60))
def test_among_four_discs_the_codes_tell_which_one_lies(liar, way, far_px):
    misses = np.zeros((4, 2))
    misses[liar] = far_px * np.array([np.cos(way), np.sin(way)])

    fit = fit_plane(see(MATRIX, (0, 1, 4, 6), misses), OPTIONS)

    if fit is not None:
        assert np.abs(put(fit.matrix, DISCS) - put(MATRIX, DISCS)).max() < 1.5 * 9


def test_two_discs_are_too_few():
    assert fit_plane(see(MATRIX, (0, 4)), OPTIONS) is None


def test_three_discs_that_deny_the_codes_are_refused():
    misses = np.array([(0, 0), (0, 0), (60.0, 0)])

    assert fit_plane(see(MATRIX, (0, 1, 4), misses), OPTIONS) is None


def test_three_discs_on_one_line_lean_on_the_codes():
    fit = fit_plane(see(MATRIX, (1, 3, 4)), OPTIONS)

    assert fit is not None
    assert np.abs(put(fit.matrix, DISCS) - put(MATRIX, DISCS)).max() < 1e-4


def test_the_fit_to_a_slipping_feed_misses_by_what_slipped():
    misses = np.array([(0, 3.0), (0, -3), (0, 1), (0, 2), (0, -1), (0, -1), (0, -1)])

    fit = fit_plane(see(np.eye(3), misses=misses), OPTIONS)

    assert fit is not None
    assert fit.is_used.all()
    assert 0.5 < fit.residual_px < 3.0
    assert np.abs(put(fit.matrix, DISCS) + fit.misses_px - (DISCS + misses)).max() < 0.01


def test_perspective_is_taken_where_it_explains_the_discs():
    matrix = np.array([[1.0, 0, 0], [0, 1, 0], [4e-6, 6e-6, 1]])

    fit = fit_plane(see(matrix), OPTIONS)

    assert fit is not None
    assert fit.matrix[2, 0] != 0
    assert fit.residual_px < 1e-3


@pytest.mark.parametrize(
    ("matrix", "dpi", "word"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], 200, None),
        ([[0, -1.5, 2000], [1.5, 0, 9], [0, 0, 1]], 300, None),
        ([[1.5, 0, 0], [0, 1.5, 0], [0, 0, 1]], None, None),
        ([[-1, 0, 1165], [0, 1, 0], [0, 0, 1]], 200, "mirror"),
        ([[1.04, 0, 0], [0, 1, 0], [0, 0, 1]], 200, "stretched"),
        ([[1, 0.03, 0], [0, 1, 0], [0, 0, 1]], 200, "square"),
        ([[0.8, 0, 0], [0, 0.8, 0], [0, 0, 1]], 200, "size"),
        ([[1.5, 0, 0], [0, 1.5, 0], [0, 0, 1]], 200, "size"),
    ],
)
def test_what_paper_cannot_do_is_named(matrix, dpi, word):
    misshape = find_misshape(np.array(matrix, dtype=float), SIZE_PX, dpi, OPTIONS)

    assert misshape is None if word is None else word in str(misshape)
