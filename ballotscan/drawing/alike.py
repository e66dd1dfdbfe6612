"""More of the same: places on a blank that look like boxes that are known already.

An outline that touches a letter, or has a gap, is no closed line any more; a person still sees at
once that it is one more of the boxes beside it. One box that a person has drawn finds the others in
the same way.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, Rect

Ink = NDArray[np.float32]

# Chosen on the 40 blanks of nine public sets (2,017 boxes): with correlation alone, 2,016 boxes are
# found and some 2,900 letters with them; with the other two, 2,003 boxes and 32 other places.
MIN_CORRELATION = 0.6
MIN_LINE = 0.6  # share of the line that must be there
MIN_BARE = 0.92  # share of the paper within that must be bare
_INK = 0.25
_MARGIN_PX = 1
_MAX_SHARED = 0.2


def find_alike(ink: Ink, examples: Sequence[Rect]) -> list[Rect]:
    """Find the places that look like the examples, the examples among them.

    Args:
        ink: (rows, columns) ink of the blank in template pixels, 0 to 1.
        examples: Outer edges of boxes of one size and look.

    Returns:
        Outer edges of the examples' median size, best first; none lies on another.
    """
    width = _median_px([rect.width_mm for rect in examples]) + 2 * _MARGIN_PX
    height = _median_px([rect.height_mm for rect in examples]) + 2 * _MARGIN_PX
    patches = [_cut(ink, rect, width, height) for rect in examples]
    whole = [patch for patch in patches if patch.shape == (height, width)]
    if not whole or height >= ink.shape[0] or width >= ink.shape[1]:
        return []
    example: Ink = np.asarray(np.mean(whole, axis=0), dtype=np.float32)
    if float(example.std()) < 0.01:  # bare paper correlates with everything  # noqa: PLR2004
        return []
    match = cv2.matchTemplate(ink, example, cv2.TM_CCOEFF_NORMED)
    highest = cv2.dilate(match, np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero((match >= MIN_CORRELATION) & (match >= highest))
    order = np.argsort(-match[rows, columns], kind="stable")
    corners = np.stack([columns, rows], axis=1)[order]
    found: list[Rect] = []
    taken = np.empty((0, 2), dtype=np.int64)
    for corner in corners:
        left, top = corner.tolist()
        across = np.maximum(width - np.abs(taken[:, 0] - left), 0)
        down = np.maximum(height - np.abs(taken[:, 1] - top), 0)
        is_free = not (across * down > _MAX_SHARED * width * height).any()
        if is_free and _looks_like(ink[top : top + height, left : left + width], example):
            taken = np.vstack([taken, corner])
            sides = (left + _MARGIN_PX, top + _MARGIN_PX, width - 2 * _MARGIN_PX, height - 2 * _MARGIN_PX)  # fmt: skip
            found.append(Rect(*(round(side / PX_PER_MM, 3) for side in sides)))
    return found


def _median_px(sides_mm: Sequence[float]) -> int:
    return round(float(np.median(sides_mm)) * PX_PER_MM)


def _cut(ink: Ink, rect: Rect, width: int, height: int) -> Ink:
    left = round(rect.left_mm * PX_PER_MM) - _MARGIN_PX
    top = round(rect.top_mm * PX_PER_MM) - _MARGIN_PX
    return ink[max(top, 0) : top + height, max(left, 0) : left + width]


def _looks_like(patch: Ink, example: Ink) -> bool:
    """Whether the line is there and the paper within is bare."""
    line, bare = patch[example > 0.5], patch[example < 0.1]  # noqa: PLR2004 - surely line, surely bare
    return bool(
        (line.size == 0 or (line > _INK).mean() >= MIN_LINE)
        and (bare.size == 0 or (bare < _INK).mean() >= MIN_BARE)
    )
