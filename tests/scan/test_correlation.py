"""Correlations of many pictures at once, against OpenCV's one by one."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.correlation import correlate, prepare_prints


def one_by_one(windows, pictures):
    return np.stack(
        [
            cv2.matchTemplate(window.astype(np.float32), picture, cv2.TM_CCOEFF_NORMED)
            for window, picture in zip(windows, pictures, strict=True)
        ]
    )


def some(seed, count, rows, columns, sigma=1.5):
    grain = np.random.default_rng(seed).integers(0, 256, (count, rows, columns), dtype=np.uint8)
    return np.stack([cv2.GaussianBlur(each, (0, 0), sigma) for each in grain])


# Single precision is enough for pictures of print; of 3 x 3 pixels either result is off by 4 in 1,000.
@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 99), st.integers(1, 5), st.tuples(st.integers(6, 40), st.integers(6, 60)),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)  # fmt: skip
def test_it_gives_what_opencv_gives(seed, count, size, room):
    windows = some(seed, count, size[0] + room[0], size[1] + room[1])
    pictures = some(seed + 100, count, *size).astype(np.float32)

    surfaces = correlate(windows, prepare_prints(pictures, windows.shape[1:]))

    assert surfaces == pytest.approx(one_by_one(windows, pictures), abs=2e-4)


def test_a_picture_fits_best_where_it_was_cut():
    windows = some(1, 3, 43, 51)
    pictures = windows[:, 5:40, 3:38].astype(np.float32)

    surfaces = correlate(windows, prepare_prints(pictures, (43, 51)))

    best = [np.unravel_index(surface.argmax(), surface.shape) for surface in surfaces]
    assert best == [(5, 3)] * 3
    assert surfaces[:, 5, 3] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("level", [0, 120, 255])
def test_bare_paper_fits_nothing(level):
    windows = np.full((2, 43, 43), level, dtype=np.uint8)

    surfaces = correlate(windows, prepare_prints(some(2, 2, 35, 35).astype(np.float32), (43, 43)))

    assert not surfaces.any()


def test_a_picture_of_bare_paper_fits_nowhere():
    pictures = np.full((2, 35, 35), 255, dtype=np.float32)

    surfaces = correlate(some(3, 2, 43, 43), prepare_prints(pictures, (43, 43)))

    assert not surfaces.any()


def test_a_few_of_many_are_looked_for_alone():
    windows, pictures = some(4, 5, 43, 43), some(5, 5, 35, 35).astype(np.float32)
    prints = prepare_prints(pictures, (43, 43))
    few = np.array([1, 3])

    assert correlate(windows[few], prints.only(few)) == pytest.approx(
        correlate(windows, prints)[few], abs=1e-6
    )
