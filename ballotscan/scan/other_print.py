"""Is every letter of the form on the page? A form that is not loaded may differ from it in a digit.

The gate judges a page as a whole, and `editions` the names beside the boxes; a page of another ward's
form, with another number in its title and the same names, passes both. So every connected piece of
the blank's print of the size of letters is looked for by itself, where it fits best: what of it is
missing on the page, and what stands in its rectangle that is not it. How much of that is the paper's,
the printer's or the scanner's doing is told by the pieces around it and by those of the whole page.
Where a piece goes far beyond them, or loses a part and has something else in its place, another
thing is printed there.

What people write only adds ink, and so does dirt; so added ink alone tells nothing, and a letter that
is another one with a stroke more (8 for 3, E for F, an i for one without its dot) is not noticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.scan.mapping import PageMapping, Pixels, Points
from ballotscan.scan.paper import drop_edges, lay_flat, measure_ink

_BLANK_DPI = 200.0
_MM2_PER_PX = 1 / PX_PER_MM**2
_PRINT_INK = 115  # of 255
_LEAST_MM, _LARGEST_MM = 1.0, 12.0  # a letter; a heading's, or a printed block
_LEAST_PIECE_MM2 = 0.25  # a digit of 7 points has 0.5
_BOX_MARGIN_MM = 1.0  # outlines of boxes are looked for by `outlines`, and marks lie over them
_LEAST_THICK_PX = 3  # dotted lines come and go
_RIM_MM = 8.0  # the edge of a sheet is cut off, folded and bent
_AROUND = 24  # three or four words, of which one may be another
_MOST_AROUND = 0.3  # where more is missing all around, that is to be asked as well
_USUAL_SHARE = 75  # percent of the pieces of a page: one in four may be another
_MOST_GONE, _MOST_OTHER = 0.5, 0.25  # shares that are asked on any page
_SAMPLE = 5  # each fifth piece tells that
_REACH_PX = 3  # 0.4 mm: the worst that pages of real scans are off beside their edges
# Ink as in the gate: print that is pale on this page is print all the same.
_INK_SHARE, _LEAST_INK = 0.35, 30
_BLACK_SHARE, _LEAST_BLACK = 0.5, 40
_NEAR_PRINT_INK = 60
_DOUBTFUL_SHARE = 0.05  # of a piece missing as the page lies, before it is looked at closely
_JOIN_MM = 6.0


@dataclass(frozen=True, slots=True)
class OtherPrintOptions:
    """When a page has other print than its form.

    Shares are of a piece, beyond what its surroundings miss. Measured on the 153 right pages of nine
    sets of real scans: of 145 whose paper is of the same edition as the blank 3 have such a piece, all
    of them pages stretched on purpose; of 8 whose paper is not (another ward and date, another code) 8,
    of 18 pages laid on a sibling form 18. On drawn scans of a sibling with one other digit
    (`scripts/accuracy existing`, seeds 4423 and 9137) all of 53 with the digit in the title were asked
    about or refused, and 41 of 52 with it at the foot, in 9 points; not noticed are those where little
    goes (3 for 8, 5 for 6, 8 for 0).

    Attributes:
        gone_share: Least share that is missing.
        gone_mm: Least ink of it: that of a stroke so wide, as long as the piece (the root of its ink).
        other_share: Least share that is missing, and least that stands there instead.
        other_mm: Likewise ink.
        times_usual: All must be so many times what three in four pieces of the page have.
    """

    gone_share: float = 0.08
    gone_mm: float = 0.15
    other_share: float = 0.03
    other_mm: float = 0.06
    times_usual: float = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class PrintPieces:
    """The letters of a blank, in template pixels.

    Attributes:
        size_px: (columns, rows) of the blank.
        bounds: (N, 4) left, top, width and height of each piece.
        areas: (N,) its pixels.
        around: (N, K) the nearest other pieces.
        places: (M,) flat index of every pixel of print, in a page with a margin of `_REACH_PX`.
        of_place: (M,) number of its piece.
        bare: (L,) flat index of every pixel in the rectangle of a piece, away from all print.
        of_bare: (L,) number of its piece.
    """

    size_px: tuple[int, int]
    bounds: NDArray[np.intp]
    areas: NDArray[np.intp]
    around: NDArray[np.intp]
    places: NDArray[np.intp]
    of_place: NDArray[np.intp]
    bare: NDArray[np.intp]
    of_bare: NDArray[np.intp]


def cut_pieces(blank: Pixels, boxes: Points) -> PrintPieces:
    """Find the letters of a blank.

    Args:
        blank: (rows, columns) grey picture of the blank page in template pixels (200 dpi).
        boxes: (P, 4) left, top, width and height of each box in template pixels.
    """
    ink = drop_edges(measure_ink(blank, _BLANK_DPI))
    is_print = (ink >= _PRINT_INK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_print, connectivity=8)
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) / PX_PER_MM
    is_piece = (longest >= _LEAST_MM) & (longest <= _LARGEST_MM)
    is_piece &= stats[:, cv2.CC_STAT_AREA] * _MM2_PER_PX >= _LEAST_PIECE_MM2
    is_piece &= stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1) >= _LEAST_THICK_PX
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
    width = columns + 2 * _REACH_PX
    return PrintPieces(
        size_px=(columns, rows),
        bounds=bounds,
        areas=stats[is_piece, cv2.CC_STAT_AREA].astype(np.intp),
        around=_nearest(bounds),
        places=(y + _REACH_PX) * width + x + _REACH_PX,
        of_place=pieces[y, x].astype(np.intp),
        bare=(bare_y + _REACH_PX) * width + bare_x + _REACH_PX,
        of_bare=of_bare,
    )


def find_other_print(
    grey: Pixels, mapping: PageMapping, pieces: PrintPieces, options: OtherPrintOptions
) -> tuple[Rect, ...]:
    """Find where another thing is printed than on the form.

    Args:
        grey: (rows, columns) scan.
        mapping: From template pixels to the scan.
        pieces: Of the form.
        options: When it is another thing.

    Returns:
        Rectangles on the template, in mm; pieces that lie together in one.
    """
    if len(pieces.bounds) == 0:
        return ()
    page_ink = measure_ink(lay_flat(grey, mapping, pieces.size_px), _BLANK_DPI)
    look = _Look(page_ink, pieces)
    every = np.ones(len(pieces.bounds), dtype=bool)
    at_once, _ = look.count(every, [(0, 0)])
    doubtful = at_once >= _DOUBTFUL_SHARE * pieces.areas
    doubtful &= _are_on_scan(pieces.bounds, mapping, grey.shape)
    if not doubtful.any():
        return ()
    asked = doubtful.copy()
    asked[pieces.around[doubtful]] = True
    asked[::_SAMPLE] = True
    moves = [
        (x, y) for x in range(-_REACH_PX, _REACH_PX + 1) for y in range(-_REACH_PX, _REACH_PX + 1)
    ]
    closely = look.count(asked, moves)
    missing, other = (_beyond_around(each / pieces.areas, pieces.around, asked) for each in closely)
    areas_mm2 = pieces.areas * _MM2_PER_PX
    sides_mm = np.sqrt(areas_mm2)
    both = np.minimum(missing, other)
    lost, added = (
        options.times_usual * max(float(np.percentile(each[asked], _USUAL_SHARE)), 0.0)
        for each in (missing, other)
    )
    least_gone = min(max(options.gone_share, lost), _MOST_GONE)
    least_other = min(max(options.other_share, min(lost, added)), _MOST_OTHER)
    is_gone = (missing >= least_gone) & (missing * areas_mm2 >= options.gone_mm * sides_mm)
    is_other = (both >= least_other) & (both * areas_mm2 >= options.other_mm * sides_mm)
    return _join(pieces.bounds[doubtful & (is_gone | is_other)])


def _beyond_around(
    shares: NDArray[np.float64], around: NDArray[np.intp], asked: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(N,) shares beyond what half of the pieces around have; 0 of what is not asked."""
    usual = np.median(shares[around], axis=1) if around.shape[1] else np.zeros(len(shares))
    beyond: NDArray[np.float64] = np.where(asked, shares - np.minimum(usual, _MOST_AROUND), 0.0)
    return beyond


class _Look:
    """Counts what is missing and what is added on one page."""

    def __init__(self, page_ink: Pixels, pieces: PrintPieces) -> None:
        self._pieces = pieces
        margin = (_REACH_PX,) * 4
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        near = cv2.copyMakeBorder(
            cv2.dilate(page_ink, cross), *margin, cv2.BORDER_CONSTANT, value=(0,)
        )
        ink = cv2.copyMakeBorder(page_ink, *margin, cv2.BORDER_CONSTANT, value=(0,))
        self._width = near.shape[1]
        black = float(np.percentile(near.ravel()[pieces.places], 70))
        self._is_bare = near.ravel() < max(_LEAST_INK, _INK_SHARE * black)
        self._is_black = ink.ravel() >= max(_LEAST_BLACK, _BLACK_SHARE * black)

    def count(
        self, asked: NDArray[np.bool_], moves: Sequence[tuple[int, int]]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """(N,) pixels of each piece that are missing, and (N,) that are there instead.

        Args:
            asked: (N,) pieces to be counted; of the others nothing is missing.
            moves: How far the page may lie off there, (x, y) in pixels; each piece is counted where
                it fits best.
        """
        pieces, count = self._pieces, len(asked)
        printed, bare = asked[pieces.of_place], asked[pieces.of_bare]
        at, of_place = pieces.places[printed], pieces.of_place[printed]
        beside, of_beside = pieces.bare[bare], pieces.of_bare[bare]
        missing = np.zeros(count, dtype=np.intp)
        other = np.zeros(count, dtype=np.intp)
        least = np.full(count, np.iinfo(np.intp).max)
        for x, y in moves:
            by = y * self._width + x
            lost = np.bincount(of_place[self._is_bare[at + by]], minlength=count)
            added = np.bincount(of_beside[self._is_black[beside + by]], minlength=count)
            is_better = lost + added < least
            missing = np.where(is_better, lost, missing)
            other = np.where(is_better, added, other)
            least = np.where(is_better, lost + added, least)
        return missing, other


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


def _are_on_scan(
    bounds: NDArray[np.intp], mapping: PageMapping, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """(N,) whether all of each piece lies on the scan, a little away from its edge."""
    margin = PX_PER_MM / 2
    on_scan = np.ones(len(bounds), dtype=bool)
    for right in (0, 1):
        for down in (0, 1):
            corners = bounds[:, :2] + bounds[:, 2:] * (right, down)
            corners = corners + margin * np.array([2 * right - 1, 2 * down - 1])
            there = mapping.apply(corners.astype(np.float64))
            on_scan &= ((there >= 0) & (there <= np.array([shape[1], shape[0]]) - 1)).all(axis=1)
    return on_scan


def _join(bounds: NDArray[np.intp]) -> tuple[Rect, ...]:
    """The rectangles around pieces that lie together, in mm."""
    rects = [
        [left, top, left + width, top + height] for left, top, width, height in bounds.tolist()
    ]
    joined: list[list[int]] = []
    reach = _JOIN_MM * PX_PER_MM
    for rect in rects:
        for other in [
            each
            for each in joined
            if each[0] - reach <= rect[2]
            and rect[0] <= each[2] + reach
            and each[1] - reach <= rect[3]
            and rect[1] <= each[3] + reach
        ]:
            joined.remove(other)
            rect[:2] = [min(a, b) for a, b in zip(rect[:2], other[:2], strict=True)]
            rect[2:] = [max(a, b) for a, b in zip(rect[2:], other[2:], strict=True)]
        joined.append(rect)
    return tuple(
        Rect(*(round(side / PX_PER_MM, 1) for side in (x0, y0, x1 - x0, y1 - y0)))
        for x0, y0, x1, y1 in joined
    )
