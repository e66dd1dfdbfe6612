"""A second look at print that seems to be another: does it fit once the paper around it is laid on it?

The mapping follows the paper within a fraction of a millimetre where there is print to hold it. Near
the edges, on stretched scans and on photographs a letter may be a little larger there than on the
blank, or paler, and a block that stands alone may lie farther off. So the surroundings of such a piece
are laid on the blank by an affinity of their own (enhanced correlation, Evangelidis and Psarakis 2008),
and its ink is compared with that of its surroundings. Only what is around it tells the affinity: were the
piece itself asked, a 7 would be bent to lie on a 2.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.mapping import Pixels

_CONTEXT_PX = round(6 * PX_PER_MM)  # three or four letters to each side
# What a feed that jumps does to a line of text: a fifth on scans that were stretched on purpose.
_MOST_BENT = 0.2
_LEAST_CONTEXT = 2.0  # times the ink of the piece: a digit alone must not be bent to fit
_MOST_MOVED_PX = 3.0  # by the affinity, after the best whole move
_STEPS = 40
_SMOOTH = 5
_CONVERGED = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class PieceLook:
    """One piece of print and its surroundings.

    Attributes:
        blank_ink: (rows, columns) ink of the blank.
        page_ink: (rows, columns) ink of the page laid flat.
        bounds: Left, top, width and height of the piece.
        reach_px: How far it may lie off.
    """

    blank_ink: Pixels
    page_ink: Pixels
    bounds: tuple[int, int, int, int]
    reach_px: int


def lay_piece(look: PieceLook, print_ink: int) -> tuple[Pixels, tuple[int, int]]:
    """Lay the surroundings of a piece on the blank.

    Args:
        look: The piece.
        print_ink: Ink from which the blank is print.

    Returns:
        (rows, columns) ink of the page there, and the template pixel (x, y) of its first pixel.
    """
    left, top, width, height = look.bounds
    rows, columns = look.blank_ink.shape
    x0, y0 = max(left - _CONTEXT_PX, 0), max(top - _CONTEXT_PX, 0)
    x1 = min(left + width + _CONTEXT_PX, columns)
    y1 = min(top + height + _CONTEXT_PX, rows)
    printed = look.blank_ink[y0:y1, x0:x1]
    reach = look.reach_px
    padded = cv2.copyMakeBorder(
        look.page_ink[max(y0 - reach, 0) : y1 + reach, max(x0 - reach, 0) : x1 + reach],
        max(reach - y0, 0),
        max(y1 + reach - rows, 0),
        max(reach - x0, 0),
        max(x1 + reach - columns, 0),
        cv2.BORDER_CONSTANT,
        value=(0,),
    )
    here = np.asarray(cv2.GaussianBlur(printed, (_SMOOTH, _SMOOTH), 0), dtype=np.uint8)
    there = np.asarray(cv2.GaussianBlur(padded, (_SMOOTH, _SMOOTH), 0), dtype=np.uint8)
    fits = cv2.matchTemplate(there, here, cv2.TM_CCOEFF_NORMED)
    _, _, _, (move_x, move_y) = cv2.minMaxLoc(fits)
    way = np.array([[1, 0, move_x], [0, 1, move_y]], dtype=np.float32)
    own = look.blank_ink[top : top + height, left : left + width]
    if np.sum(printed >= print_ink) >= (1 + _LEAST_CONTEXT) * np.sum(own >= print_ink):
        around = np.full(there.shape, 255, dtype=np.uint8)
        own_x, own_y = left - x0 + move_x, top - y0 + move_y
        wide = _SMOOTH // 2
        around[
            max(own_y - wide, 0) : own_y + height + wide,
            max(own_x - wide, 0) : own_x + width + wide,
        ] = 0
        way = _bend(here, there, way, around)
    laid = np.asarray(
        cv2.warpAffine(
            padded, way, here.shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        ),
        dtype=np.uint8,
    )
    return laid, (x0, y0)


def _bend(
    here: Pixels, there: Pixels, plain: NDArray[np.float32], around: Pixels
) -> NDArray[np.float32]:
    """The affinity from the blank to the page; the whole move where none is found that paper can do."""
    ends = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _CONVERGED)
    try:
        _, found = cv2.findTransformECC(here, there, plain.copy(), cv2.MOTION_AFFINE, ends, around)
    except cv2.error:  # it did not converge
        return plain
    way = np.asarray(found, dtype=np.float32)
    middle = np.array([here.shape[1] / 2, here.shape[0] / 2, 1])
    moved = np.abs((way - plain) @ middle).max()
    bent = np.abs(way[:, :2] - np.eye(2)).max()
    return way if moved <= _MOST_MOVED_PX and bent <= _MOST_BENT else plain
