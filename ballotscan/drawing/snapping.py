"""A roughly drawn place, laid on what is printed there: the outline of a box, the letters of a name."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.drawing.holes import HoleLimits, find_holes
from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.marks.ink import Grey, ink_of_blank

_REACH_MM = 5.0  # what is farther away is not meant
_LEVELS = (0.5, 0.25)  # ink that makes a line; a pale outline closes only at the lower one
_MIN_SHARED = 0.25  # of both together (intersection over union)
_LETTER_INK = 0.4
_RULING_MM = 12.0  # no letter has a straight stroke of this length
_TALL = 0.85  # a stroke through so much of the height is the side of a box or table


def snap_box(blank: Grey, rect: Rect) -> Rect:
    """The outer edge of the outline that a rectangle was drawn around; itself where there is none."""
    window, left, top = _window(blank, rect, _REACH_MM)
    ink = ink_of_blank(window, PX_PER_MM)
    rows, columns = window.shape
    limits = HoleLimits(least=8, most=(columns, rows), line=round(PX_PER_MM), beside=0.0)
    drawn = np.array([rect.left_mm, rect.top_mm, rect.width_mm, rect.height_mm]) * PX_PER_MM
    drawn[:2] -= (left, top)
    best, most = rect, _MIN_SHARED
    for level in _LEVELS:
        for hole in find_holes(ink > level, limits):
            shared = _shared(drawn, np.array(hole.outer, dtype=np.float64))
            if shared > most:
                best, most = _rect(hole.outer, left, top), shared
    return best


def snap_name(blank: Grey, rect: Rect) -> Rect:
    """The extent of the letters in a rectangle; itself where there are none."""
    window, left, top = _window(blank, rect, 0.0)
    letters = (ink_of_blank(window, PX_PER_MM) > _LETTER_INK).astype(np.uint8)
    length = round(_RULING_MM * PX_PER_MM)
    tall = max(round(_TALL * window.shape[0]), 3)
    for size in ((1, length), (tall, 1)):
        if window.shape[1] >= size[1]:
            ruling = cv2.morphologyEx(letters, cv2.MORPH_OPEN, np.ones(size, np.uint8))
            letters[cv2.dilate(ruling, np.ones((3, 3), np.uint8)) > 0] = 0
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    if not rows.size:
        return rect
    width, height = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
    return _rect((int(columns[0]), int(rows[0]), width, height), left, top)


def _window(blank: Grey, rect: Rect, reach_mm: float) -> tuple[Grey, int, int]:
    """The blank round about a place, and its first column and row."""
    rows, columns = blank.shape
    left = max(round((rect.left_mm - reach_mm) * PX_PER_MM), 0)
    top = max(round((rect.top_mm - reach_mm) * PX_PER_MM), 0)
    right = min(round((rect.left_mm + rect.width_mm + reach_mm) * PX_PER_MM), columns)
    bottom = min(round((rect.top_mm + rect.height_mm + reach_mm) * PX_PER_MM), rows)
    if right - left < _REACH_MM or bottom - top < _REACH_MM:  # beside the page, or nearly nothing
        return np.full((16, 16), 255, np.uint8), left, top
    return blank[top:bottom, left:right], left, top


def _shared(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    sides = np.minimum(one[:2] + one[2:], other[:2] + other[2:]) - np.maximum(one[:2], other[:2])
    common = float(np.maximum(sides, 0).prod())
    return common / float(one[2:].prod() + other[2:].prod() - common)


def _rect(extent: tuple[int, int, int, int], left: int, top: int) -> Rect:
    sides = (extent[0] + left, extent[1] + top, extent[2], extent[3])
    return Rect(*(round(side / PX_PER_MM, 3) for side in sides))
