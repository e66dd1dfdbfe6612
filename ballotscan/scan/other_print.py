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

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.paper import lay_flat, measure_ink
from ballotscan.scan.print_again import PieceLook, lay_piece
from ballotscan.scan.print_pieces import (
    BLANK_PRINT_DPI,
    MM2_PER_PX,
    PRINT_INK,
    REACH_PX,
    PrintPieces,
)

_MOST_AROUND = 0.3  # where more is missing all around, that is to be asked as well
_USUAL_SHARE = 75  # percent of the pieces of a page: one in four may be another
_MOST_GONE, _MOST_OTHER = 0.5, 0.25  # shares that are asked on any page
_SAMPLE = 5  # each fifth piece tells that
_SHARE_BLACK = 70  # percent of print that may be paler
_LEAST_MOVED_AROUND = 2
_MOST_AGAIN = 60  # pieces; where more seem to be others, the page is another one
_AROUND_AGAIN = 12
_AROUND_BLACK = 7  # a word
_MOST_GONE_AROUND = 0.3  # missing from most pieces around: the paper lies elsewhere there
_FAR_PX = round(4 * PX_PER_MM)
# Ink as in the gate: print that is pale on this page is print all the same.
_INK_SHARE, _LEAST_INK = 0.35, 30
_BLACK_SHARE, _LEAST_BLACK = 0.5, 40
_DOUBTFUL_SHARE = 0.05  # of a piece missing as the page lies, before it is looked at closely
_JOIN_MM = 6.0


@dataclass(frozen=True, slots=True)
class OtherPrintOptions:
    """When a page has other print than its form.

    Shares are of a piece, beyond what its surroundings miss. Measured on the 153 right pages of nine
    sets of real scans: of 145 whose paper is of the same edition as the blank none has such a piece once
    it is laid with its surroundings (3 without, stretched on purpose); of 8 whose paper is not (another
    ward and date, another code) 8, of 18 pages laid on a sibling form 18. Of 90 drawn scans of a sibling
    with one other digit (`scripts/accuracy existing`, seed 9137) all were asked about, 46 of them with
    the digit at the foot, in 9 points (30 of these while `gone_mm` was 0.15: 7 for 2 misses 0.131); of
    64 drawn right pages none.

    Attributes:
        gone_share: Least share that is missing.
        gone_mm: Least ink of it: that of a stroke so wide, as long as the piece (the root of its ink).
        other_share: Least share that is missing, and least that stands there instead.
        other_mm: Likewise ink.
        times_usual: All must be so many times what three in four pieces of the page have.
    """

    gone_share: float = 0.08
    gone_mm: float = 0.12
    other_share: float = 0.03
    other_mm: float = 0.06
    times_usual: float = 8.0


_Shares = tuple[NDArray[np.float64], NDArray[np.float64]]  # (N,) missing, (N,) added


class _Look:
    """Counts what is missing and what is added on one page."""

    def __init__(self, page_ink: Pixels, pieces: PrintPieces) -> None:
        self.pieces = pieces
        self._page_ink = page_ink
        margin = (REACH_PX,) * 4
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        near = cv2.copyMakeBorder(
            cv2.dilate(page_ink, cross), *margin, cv2.BORDER_CONSTANT, value=(0,)
        )
        ink = cv2.copyMakeBorder(page_ink, *margin, cv2.BORDER_CONSTANT, value=(0,))
        self._width = near.shape[1]
        black = float(np.percentile(near.ravel()[pieces.places], _SHARE_BLACK))
        self._black = black
        self._near = near.ravel()
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
        pieces, count = self.pieces, len(asked)
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

    def again(self, piece: int, *, is_far: bool) -> tuple[float, float]:
        """Shares of a piece that are missing and added once its surroundings are laid on the blank."""
        pieces = self.pieces
        left, top, width, height = pieces.bounds[piece].tolist()
        reach = _FAR_PX if is_far else max(REACH_PX, min(width, height) // 2)
        look = PieceLook(pieces.ink, self._page_ink, (left, top, width, height), reach)
        laid, (x0, y0) = lay_piece(look, PRINT_INK)
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        near = np.asarray(cv2.dilate(laid, cross), dtype=np.uint8)
        columns = pieces.size_px[0]
        own, bare = pieces.of_place == piece, pieces.of_bare == piece

        def there(places: NDArray[np.intp], ink: Pixels) -> NDArray[np.uint8]:
            y, x = np.divmod(places, columns + 2 * REACH_PX)
            y, x = y - REACH_PX, x - REACH_PX
            values: NDArray[np.uint8] = ink[y - y0, x - x0]
            return values

        seen = there(pieces.places[own], near)
        # How black print is just here: pale print is print all the same.
        blacks = [
            float(np.percentile(self._near[pieces.places[pieces.of_place == other]], _SHARE_BLACK))
            for other in pieces.around[piece, :_AROUND_BLACK].tolist()
        ]
        black = min([self._black, float(np.median(blacks))] if blacks else [self._black])
        lost = seen < max(_LEAST_INK, _INK_SHARE * black)
        added = there(pieces.bare[bare], laid) >= max(_LEAST_BLACK, _BLACK_SHARE * black)
        area = float(pieces.areas[piece])
        return np.count_nonzero(lost) / area, np.count_nonzero(added) / area


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
    page_ink = measure_ink(lay_flat(grey, mapping, pieces.size_px), BLANK_PRINT_DPI)
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
    moves = [(x, y) for x in range(-REACH_PX, REACH_PX + 1) for y in range(-REACH_PX, REACH_PX + 1)]
    closely = look.count(asked, moves)
    shares = closely[0] / pieces.areas, closely[1] / pieces.areas
    usual = _usual_around(shares[0], pieces.around), _usual_around(shares[1], pieces.around)
    beyond = [each[asked] - of[asked] for each, of in zip(shares, usual, strict=True)]
    limits = _limits(beyond[0], beyond[1], options)
    found = doubtful & _is_otherwise(shares, usual, pieces, limits, options)
    if found.any() and np.count_nonzero(found) <= _MOST_AGAIN:
        found = _look_again(look, found, shares, lambda each: _is_otherwise(each, usual, pieces, limits, options))  # fmt: skip
    return _join(pieces.bounds[found])


def _look_again(
    look: _Look,
    found: NDArray[np.bool_],
    shares: _Shares,
    judge: Callable[[_Shares], NDArray[np.bool_]],
) -> NDArray[np.bool_]:
    """(N,) which pieces are otherwise even where their surroundings are laid on the blank.

    No letter may be moved so far that it lies on its neighbour, but for paper that moved there: most
    pieces around are gone as well, or were found where they had moved.
    """
    around = look.pieces.around[:, :_AROUND_AGAIN]
    again = shares[0].copy(), shares[1].copy()
    moved = np.zeros(len(found), dtype=bool)
    may_move = np.zeros(len(found), dtype=bool)
    if around.shape[1]:
        may_move = np.median(shares[0][around], axis=1) >= _MOST_GONE_AROUND
    asked = found.copy()
    while asked.any():
        for piece in np.flatnonzero(asked).tolist():
            again[0][piece], again[1][piece] = look.again(piece, is_far=bool(may_move[piece]))
        still = found & judge(again)
        moved |= asked & may_move & ~still
        asked = still & ~may_move & (moved[around].sum(axis=1) >= _LEAST_MOVED_AROUND)
        may_move |= asked
        found = still
    return found


def _usual_around(shares: NDArray[np.float64], around: NDArray[np.intp]) -> NDArray[np.float64]:
    """(N,) what half of the pieces around have."""
    if not around.shape[1]:
        return np.zeros(len(shares))
    return np.minimum(np.median(shares[around], axis=1), _MOST_AROUND)


def _limits(
    missing: NDArray[np.float64], other: NDArray[np.float64], options: OtherPrintOptions
) -> tuple[float, float]:
    """From which share a piece of this page is gone, and from which it is another."""
    lost, added = (
        options.times_usual * max(float(np.percentile(each, _USUAL_SHARE)), 0.0)
        for each in (missing, other)
    )
    return (
        min(max(options.gone_share, lost), _MOST_GONE),
        min(max(options.other_share, min(lost, added)), _MOST_OTHER),
    )


def _is_otherwise(
    shares: _Shares,
    usual: _Shares,
    pieces: PrintPieces,
    limits: tuple[float, float],
    options: OtherPrintOptions,
) -> NDArray[np.bool_]:
    """(N,) whether a piece is gone, or another stands in its place."""
    areas_mm2 = pieces.areas * MM2_PER_PX
    sides_mm = np.sqrt(areas_mm2)
    missing = shares[0] - usual[0]
    both = np.minimum(missing, shares[1] - usual[1])
    is_gone = (missing >= limits[0]) & (missing * areas_mm2 >= options.gone_mm * sides_mm)
    is_other = (both >= limits[1]) & (both * areas_mm2 >= options.other_mm * sides_mm)
    return np.asarray(is_gone | is_other)


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
