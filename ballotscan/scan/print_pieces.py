"""The letters of a blank: each connected piece of its print that can be looked for by itself.

Too small and too large pieces are left out, and all that may come out otherwise on a right page: what
lies under boxes and at the edge of the sheet, rulings, which black and white may lose, and halftone,
which every scanner shows otherwise.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.mapping import Pixels, Points
from ballotscan.scan.paper import drop_edges, measure_ink

REACH_PX = 3  # 0.4 mm: the worst that pages of real scans are off beside their edges
PRINT_INK = 115  # of 255
MM2_PER_PX = 1 / PX_PER_MM**2
BLANK_PRINT_DPI = 200.0
_LEAST_MM, _LARGEST_MM = 1.0, 12.0  # a letter; a heading's, or a printed block
_LEAST_PIECE_MM2 = 0.25  # a digit of 7 points has 0.5
_BOX_MARGIN_MM = 1.0  # outlines of boxes are looked for by `outlines`, and marks lie over them
_LEAST_THICK_PX = 3  # dotted lines come and go
_MOST_LONG = 10.0  # times as long as broad: a ruling; no letter is
# Halftone has 2 dots and holes a mm² and more, text of 7 points 0.3 (holes, accents and points).
_DOTS_A_MM2, _HALFTONE_MM = 1.0, 5.0
_RIM_MM = 8.0  # the edge of a sheet is cut off, folded and bent
_AROUND = 24  # three or four words, of which one may be another
_NEAR_PRINT_INK = 60


@dataclass(frozen=True, slots=True, eq=False)
class PrintPieces:
    """The letters of a blank, in template pixels.

    Attributes:
        size_px: (columns, rows) of the blank.
        bounds: (N, 4) left, top, width and height of each piece.
        areas: (N,) its pixels.
        around: (N, K) the nearest other pieces.
        places: (M,) flat index of every pixel of print, in a page with a margin of `REACH_PX`.
        of_place: (M,) number of its piece.
        bare: (L,) flat index of every pixel in the rectangle of a piece, away from all print.
        of_bare: (L,) number of its piece.
        ink: (rows, columns) ink of the blank.
    """

    size_px: tuple[int, int]
    bounds: NDArray[np.intp]
    areas: NDArray[np.intp]
    around: NDArray[np.intp]
    places: NDArray[np.intp]
    of_place: NDArray[np.intp]
    bare: NDArray[np.intp]
    of_bare: NDArray[np.intp]
    ink: Pixels


def cut_pieces(blank: Pixels, boxes: Points) -> PrintPieces:
    """Find the letters of a blank.

    Args:
        blank: (rows, columns) grey picture of the blank page in template pixels (200 dpi).
        boxes: (P, 4) left, top, width and height of each box in template pixels.
    """
    ink = drop_edges(measure_ink(blank, BLANK_PRINT_DPI))
    is_print = (ink >= PRINT_INK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_print, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    longest = sides.max(axis=1) / PX_PER_MM
    is_piece = (longest >= _LEAST_MM) & (longest <= _LARGEST_MM)
    is_piece &= stats[:, cv2.CC_STAT_AREA] * MM2_PER_PX >= _LEAST_PIECE_MM2
    is_piece &= sides.min(axis=1) >= _LEAST_THICK_PX
    is_piece &= longest <= _MOST_LONG * sides.min(axis=1) / PX_PER_MM
    is_piece &= ~_is_halftone(is_print, np.asarray(stats, dtype=np.intp))
    is_piece &= _is_within(np.asarray(stats, dtype=np.intp), blank.shape)
    is_piece[0] = False
    is_piece &= ~_touch_boxes(np.asarray(stats[:, :4], dtype=np.intp), boxes)
    number = np.cumsum(is_piece) - 1
    number[~is_piece] = -1
    pieces = number[labels]
    y, x = np.nonzero(pieces >= 0)
    bounds = stats[is_piece, :4].astype(np.intp)
    rows, columns = blank.shape
    near = cv2.dilate(ink, np.ones((3, 3), dtype=np.uint8)) >= _NEAR_PRINT_INK
    bare_y, bare_x, of_bare = _bare_within(near, bounds)
    width = columns + 2 * REACH_PX
    return PrintPieces(
        size_px=(columns, rows),
        bounds=bounds,
        areas=stats[is_piece, cv2.CC_STAT_AREA].astype(np.intp),
        around=_nearest(bounds),
        places=(y + REACH_PX) * width + x + REACH_PX,
        of_place=pieces[y, x].astype(np.intp),
        bare=(bare_y + REACH_PX) * width + bare_x + REACH_PX,
        of_bare=of_bare,
        ink=ink,
    )


def _is_halftone(is_print: Pixels, stats: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(N,) whether there are more dots and holes around each connected part than text has."""
    dots = np.zeros(is_print.shape, dtype=np.float32)
    outlines, levels = cv2.findContours(is_print, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if levels is not None:
        for outline, (_, _, _, outer) in zip(outlines, levels[0].tolist(), strict=True):
            if outer >= 0:
                x, y = outline[0, 0]
                dots[y, x] += 1
    middles = (stats[:, :2] + stats[:, 2:4] // 2)[:, ::-1]
    is_dot = stats[:, cv2.CC_STAT_AREA] * MM2_PER_PX < _LEAST_PIECE_MM2
    np.add.at(dots, tuple(middles[is_dot].T), 1)
    side = round(_HALFTONE_MM * PX_PER_MM)
    dense = cv2.boxFilter(dots, -1, (side, side), borderType=cv2.BORDER_CONSTANT) / MM2_PER_PX
    return np.asarray(dense[tuple(middles.T)] >= _DOTS_A_MM2)


def _is_within(stats: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) whether each piece lies away from the edge of the sheet."""
    rim = _RIM_MM * PX_PER_MM
    left, top, width, height = (stats[:, column] for column in range(4))
    rows, columns = shape[:2]
    inside = (left >= rim) & (top >= rim)
    return np.asarray(inside & (left + width <= columns - rim) & (top + height <= rows - rim))


def _touch_boxes(bounds: NDArray[np.intp], boxes: Points) -> NDArray[np.bool_]:
    margin = _BOX_MARGIN_MM * PX_PER_MM
    left, top, width, height = bounds.T
    touched = np.zeros(len(bounds), dtype=bool)
    for x, y, across, down in boxes:
        touched |= (
            (left < x + across + margin)
            & (left + width > x - margin)
            & (top < y + down + margin)
            & (top + height > y - margin)
        )
    return touched


def _bare_within(
    near_print: NDArray[np.bool_], bounds: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Rows, columns and pieces of the pixels in the rectangle of a piece that are not near print."""
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]] = [
        (np.zeros(0, dtype=np.intp),) * 3
    ]
    for number, (left, top, width, height) in enumerate(bounds.tolist()):
        x0, y0 = max(left - 1, 0), max(top - 1, 0)
        y, x = np.nonzero(~near_print[y0 : top + height + 1, x0 : left + width + 1])
        found.append((y + y0, x + x0, np.full(len(y), number)))
    rows, columns, of_piece = (np.concatenate(each) for each in zip(*found, strict=True))
    return rows, columns, of_piece


def _nearest(bounds: NDArray[np.intp]) -> NDArray[np.intp]:
    """(N, K) the nearest other pieces of each."""
    middles = (bounds[:, :2] + bounds[:, 2:] / 2).astype(np.float32)
    count = min(_AROUND, max(len(bounds) - 1, 0))
    nearest = np.zeros((len(bounds), count), dtype=np.intp)
    for place, middle in enumerate(middles):
        apart = np.square(middles - middle).sum(axis=1)
        apart[place] = np.inf
        nearest[place] = np.argsort(apart, kind="stable")[:count]
    return nearest
