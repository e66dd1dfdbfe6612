"""Is the form's own print really there? The gate that every registered page must pass.

The print of the blank is cut into cells; in each, recall is the share of that print where the page
has ink within 0.25 mm. A page full of text or dither has much ink everywhere, so the same is asked
with the page moved 1.5 mm aside (chance), and only what goes beyond chance counts:
lift = (recall - chance) / (1 - chance). Chance is taken once for moves to the left and right, once
for moves up and down, and the smaller lift counts: a ruling is found again wherever the page is
moved along it, so it says nothing about that direction. (With one chance for both, pages that lay
1.5 mm off reached a lift of 0.80 on forms of many rulings; so, they stay below 0.25.) A fit may be
wrong in one corner only, so the worst tenth of the cells counts as well as the whole.

The gate cannot tell two forms where one's print is nearly part of the other's: see `lookalikes`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import Pixels
from ballotscan.tone.paper import DARKEST_PAPER, PaperMap, squares_of
from ballotscan.tone.quantiles import quantile

Counts = NDArray[np.float64]
Bits = NDArray[np.bool_]

_CELL_PX = 79  # 20 mm at 100 dpi
_LEAST_PRINT_PX = 16  # 1 mm²: less print in a cell says nothing about it
PRINT_INK = 102  # 0.4 of black: a hairline of a blank at half size still counts
_ASIDE_PX = 6  # 1.5 mm
# Share of the page's own printed black that is ink, and the least of full black, whatever the page.
_INK_SHARE = 0.35
_LEAST_INK = 30
# Share of the print that must not be found again on the page moved aside, for a lift to be taken.
_LEAST_TELLING = 0.02
_LEAST_TELLING_IN_CELL = 0.15


class Verdict(Enum):
    """What the gate says of a fit."""

    FITS = "fits"
    DOUBTFUL = "doubtful"  # a person may look; it is not read
    OTHER = "other"  # another form, or nothing


@dataclass(frozen=True, slots=True)
class GateOptions:
    """Where the gate stands.

    Measured on the 153 right pages of nine sets of scanned forms (lift 0.71 and more, worst lift
    0.34 and more), on the same pages moved 1 to 2.3 mm (0.22 and 0.00 at most), and on pages laid on
    the blank of another page or style of their own family (0.63 and 0.05 at most, but for styles
    that differ by a digit). On the blank of a form that is no relation no page came that far.
    """

    least_lift: float = 0.65
    least_worst_lift: float = 0.2
    doubtful_lift: float = 0.35


@dataclass(frozen=True, slots=True)
class PrintRecall:
    """How much of the form's print is on a page, beyond chance.

    Attributes:
        lift: Of the whole page, 1 where all print is there, about 0 on any other page.
        worst_lift: Tenth percentile of the cells.
    """

    lift: float
    worst_lift: float


@dataclass(frozen=True, slots=True, eq=False)
class PrintCells:
    """The print of a blank, cut into cells of 20 mm.

    Attributes:
        size_px: (columns, rows) at 100 dpi.
        places: (N,) flat index of each printed pixel in a page with a margin of `_ASIDE_PX`.
        cells: (N,) number of the cell of each printed pixel.
        print_px: (C,) printed pixels of each cell.
    """

    size_px: tuple[int, int]
    places: NDArray[np.intp]
    cells: NDArray[np.intp]
    print_px: NDArray[np.intp]


def cut_cells(ink: Pixels) -> PrintCells:
    """Cut the print of a blank into cells.

    Args:
        ink: (rows, columns) ink of the blank at 100 dpi.
    """
    rows, columns = ink.shape
    y, x = np.nonzero(ink >= PRINT_INK)
    number = y // _CELL_PX * (columns // _CELL_PX + 1) + x // _CELL_PX
    enough = np.bincount(number, minlength=1) >= _LEAST_PRINT_PX
    kept = enough[number]
    renumbered = np.cumsum(enough) - 1
    places = np.column_stack([y, x])[kept]
    return group_print(places, renumbered[number[kept]], int(enough.sum()), (columns, rows))


def group_print(
    places: NDArray[np.intp], cells: NDArray[np.intp], count: int, size_px: tuple[int, int]
) -> PrintCells:
    """Make cells of printed pixels, for `cell_lifts`.

    Args:
        places: (N, 2) row and column of each printed pixel.
        cells: (N,) number of its cell.
        count: Number of cells.
        size_px: (columns, rows) of the page at 100 dpi.
    """
    width = size_px[0] + 2 * _ASIDE_PX
    return PrintCells(
        size_px=size_px,
        places=(places[:, 0] + _ASIDE_PX) * width + places[:, 1] + _ASIDE_PX,
        cells=cells,
        print_px=np.bincount(cells, minlength=count),
    )


def print_places(cells: PrintCells) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the printed pixels of cells."""
    y, x = np.divmod(cells.places, cells.size_px[0] + 2 * _ASIDE_PX)
    return y - _ASIDE_PX, x - _ASIDE_PX


def print_recall(page_ink: Pixels, cells: PrintCells) -> PrintRecall:
    """Measure how much of the form's print is on a page.

    Args:
        page_ink: (rows, columns) ink of the page laid flat on the template at 100 dpi, of the
            size of the blank (`paper.measure_ink` of the grey page).
        cells: The print of the blank.
    """
    if len(cells.places) == 0:
        return PrintRecall(0.0, 0.0)
    return _summarise(_count_in_ink(page_ink, cells), cells)


def print_recall_of_page(page: Pixels, paper: PaperMap, cells: PrintCells) -> PrintRecall:
    """The same from the grey page, asked only where the form has print: a third of the work.

    Args:
        page: (rows, columns) page laid flat on the template at 100 dpi, of the size of the blank.
        paper: The level of its bare paper.
        cells: The print of the blank.
    """
    if len(cells.places) == 0:
        return PrintRecall(0.0, 0.0)
    squares = _squares_of_print(cells, paper.shrink, paper.levels.shape)
    levels = np.maximum(paper.levels.take(squares), np.float32(DARKEST_PAPER))
    margin = _ASIDE_PX
    # Beyond the page there is no ink, as dark as its paper may be.
    near = np.full([size + 2 * margin for size in page.shape], 255, dtype=np.uint8)
    inside = near[margin:-margin, margin:-margin]
    cv2.erode(page, np.ones((3, 3), dtype=np.uint8), dst=inside)
    flat = near.ravel()
    ink = 255 - flat.take(cells.places) * (np.float32(255) / levels)
    # The same limit for every move, as the grey of each pixel at which its ink reaches it.
    greys = np.floor(levels * np.float32(1 - _ink_limit(ink) / 255)).astype(np.uint8)

    def is_ink(move: int) -> Bits:
        return np.asarray(flat.take(cells.places + move) <= greys)

    return _summarise(_count_hits(is_ink, near.shape[1], cells), cells)


@lru_cache(maxsize=64)
def _squares_of_print(cells: PrintCells, shrink: int, shape: tuple[int, int]) -> NDArray[np.intp]:
    """The square of the paper map that each printed pixel lies in; the same on every page."""
    return squares_of(*print_places(cells), shrink, shape)


def cell_lifts(page_ink: Pixels, cells: PrintCells) -> NDArray[np.float64]:
    """Measure how much of the print of each cell is on a page, beyond chance.

    Args:
        page_ink: As for `print_recall`.
        cells: C cells of print.

    Returns:
        (C,) lifts; NaN for a cell that cannot tell, because it has no print, or because whatever is
        printed there is found again on the page moved aside.
    """
    if len(cells.places) == 0:
        return np.full(len(cells.print_px), np.nan)
    return _lift_cells(_count_in_ink(page_ink, cells), cells)


@dataclass(frozen=True, slots=True, eq=False)
class _Hits:
    """Printed pixels of each cell where the page has ink.

    Attributes:
        found: (C,) as the page lies.
        moved: (C,) means over the page moved left and right, and moved up and down.
    """

    found: Counts
    moved: tuple[Counts, Counts]


def _count_in_ink(page_ink: Pixels, cells: PrintCells) -> _Hits:
    near = cv2.dilate(page_ink, np.ones((3, 3), dtype=np.uint8))
    margin = _ASIDE_PX
    near = cv2.copyMakeBorder(near, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(0,))
    flat = near.ravel()
    limit = _ink_limit(flat[cells.places])
    return _count_hits(lambda move: flat[cells.places + move] >= limit, near.shape[1], cells)


def _ink_limit(ink: NDArray[np.floating | np.integer]) -> float:
    """What counts as ink, by the ink at the form's print as the page lies.

    Print that is pale on this page (a photograph in shadow, a worn drum) is print all the same.
    """
    return max(_LEAST_INK, _INK_SHARE * quantile(ink, 0.7))


def _count_hits(is_ink: Callable[[int], Bits], width: int, cells: PrintCells) -> _Hits:
    """Count; `is_ink` tells where the form's print, moved by so many flat indices, is ink."""

    def count(move: int) -> Counts:
        hits: Counts = np.bincount(cells.cells[is_ink(move)], minlength=len(cells.print_px)).astype(
            np.float64
        )
        return hits

    across, down = ((count(way) + count(-way)) / 2 for way in (_ASIDE_PX, _ASIDE_PX * width))
    return _Hits(found=count(0), moved=(across, down))


def _lift_cells(hits: _Hits, cells: PrintCells) -> NDArray[np.float64]:
    lowest = np.full(len(cells.print_px), np.nan)
    for moved in hits.moved:
        telling = cells.print_px - moved
        tells = telling >= np.maximum(_LEAST_PRINT_PX, _LEAST_TELLING_IN_CELL * cells.print_px)
        lift = (hits.found - moved) / np.maximum(telling, 1)
        lowest = np.where(tells, np.fmin(lowest, lift), lowest)
    return lowest


def _summarise(hits: _Hits, cells: PrintCells) -> PrintRecall:
    lifts = []
    for moved in hits.moved:
        telling = float((cells.print_px - moved).sum())
        if telling >= _LEAST_TELLING * float(cells.print_px.sum()):
            lifts.append(float((hits.found - moved).sum()) / telling)
    by_cell = _lift_cells(hits, cells)
    by_cell = by_cell[~np.isnan(by_cell)]
    return PrintRecall(
        lift=min(lifts, default=0.0),
        worst_lift=quantile(by_cell, 0.1) if len(by_cell) else 0.0,
    )


def judge(recall: PrintRecall, options: GateOptions) -> Verdict:
    """Say whether a page is the form."""
    if recall.lift >= options.least_lift and recall.worst_lift >= options.least_worst_lift:
        return Verdict.FITS
    return Verdict.DOUBTFUL if recall.lift >= options.doubtful_lift else Verdict.OTHER
