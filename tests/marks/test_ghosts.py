"""Print that was printed twice, and pens that drew beside print."""

import cv2
import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.ghosts import share_of_ghost

SIZE = (96, 96)
CENTRE = np.array([48, 48])


def outline(moved_mm=(0.0, 0.0)):
    """An oval as it is printed, moved."""
    page = np.zeros(SIZE, np.uint8)
    middle = CENTRE + np.round(np.array(moved_mm) * PX_PER_MM).astype(int)
    cv2.ellipse(page, middle.tolist(), (20, 13), 0, 0, 360, 255, 2, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("moved_mm", [(0.4, 0.6), (-0.7, 0.3), (0.0, -1.0)])
def test_an_outline_printed_twice_is_a_ghost(moved_mm):
    ink = (outline(moved_mm) > 127) & (cv2.dilate(outline(), np.ones((5, 5))) < 64)

    assert share_of_ghost(ink[None], outline()[None])[0] > 0.9


def test_a_cross_and_a_ring_of_another_size_are_none():
    cross = np.zeros(SIZE, np.uint8)
    cv2.line(cross, (33, 38), (63, 58), 255, 2)
    cv2.line(cross, (33, 58), (63, 38), 255, 2)
    ring = np.zeros(SIZE, np.uint8)
    cv2.ellipse(ring, CENTRE.tolist(), (9, 8), 0, 0, 360, 255, 2)
    ink = np.stack([cross, ring]) > 127

    assert share_of_ghost(ink, np.stack([outline()] * 2)).max() < 0.7


def test_without_ink_there_is_no_ghost():
    nothing = np.zeros((1, *SIZE), dtype=bool)

    assert share_of_ghost(nothing, outline()[None]).tolist() == [0.0]
