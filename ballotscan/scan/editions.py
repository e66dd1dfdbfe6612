"""Is a page the very edition of a form: the same names beside the boxes, and nothing printed more?

A page of another ward or another edition may have the same rulings, headings and boxes, and pass the
gate, which judges the page as a whole. Two things give it away: in a row where another name is
printed, the form's print is there by chance only; and where more is printed than on the form, there
is more ink in pieces of the size of letters than people write.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.gate import PRINT_INK, PrintCells, cell_lifts, group_print, print_places
from ballotscan.scan.mapping import MESH_PITCH_PX, Pixels, Points

_HALF_PX_PER_MM = 100 / 25.4
_MM2_PER_PX = 0.254**2
_ROW_REACH_MM = 60.0  # to either side of a box, or to the next box
_ROW_MARGIN_MM = 0.5  # above and below it
_LEAST_ROW_MM = 3.0
_BOX_MARGIN_MM = 0.8  # a mark beside the box is not the form's print
_ROW_PRINT_PX = 100  # 6.5 mm²: less print beside a box says nothing
_MARK_MARGIN_MM = 3.0  # marks run out of their boxes
_RIM_PX = 40  # 10 mm: the edge of the sheet, its shadow, streaks of the scanner
_PRINT_MARGIN_PX = 3
_STRANGE_INK = 90
_LETTER_PX = 24  # 6 mm


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """When a page is taken for the very edition.

    Measured on 153 right pages of nine sets: where a name stands beside a box its lift was 0.51 and
    more (0.73 but on one page), beside boxes with another name 0.21 and less; ink that neither the form nor a mark
    explains came to 90 mm² at most, to 500 mm² and more on pages of a style with more contests. A
    name written by hand is about 30 mm².

    Attributes:
        least_row_lift: Least share, beyond chance, of the print beside each box.
        most_strange_mm2: Most ink, in pieces of the size of letters, away from the form's print
            and from its boxes.
        least_print_mm2: A blank with less print than this is no picture of the whole form; then
            ink that it does not explain says nothing.
    """

    least_row_lift: float = 0.4
    most_strange_mm2: float = 250.0
    least_print_mm2: float = 800.0


@dataclass(frozen=True, slots=True, eq=False)
class EditionReference:
    """What is known of the print beside the boxes, and of bare paper.

    Attributes:
        rows: The print beside each box, a cell a box.
        bare: (rows, columns) 255 where neither print nor marks are expected, else 0.
    """

    rows: PrintCells
    bare: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What speaks for a page's being the very edition.

    Attributes:
        row_lifts: (P,) share beyond chance of the print beside each box; NaN where there is too
            little.
        strange_mm2: Ink away from print and boxes, in pieces of the size of letters; 0 where the
            blank cannot tell.
    """

    row_lifts: NDArray[np.float64]
    strange_mm2: float


def prepare_edition(ink: Pixels, boxes: Points, options: EditionOptions) -> EditionReference:
    """Find the print beside each box of a blank, and its bare paper.

    Args:
        ink: (rows, columns) ink of the blank at 100 dpi.
        boxes: (P, 4) left, top, width and height of each box in template pixels.
        options: What a complete blank is.
    """
    half = boxes / 2
    is_print = ink >= PRINT_INK
    print_mm2 = float(is_print.sum()) * _MM2_PER_PX
    size = 2 * _PRINT_MARGIN_PX + 1
    near_print = cv2.dilate(ink, np.ones((size, size), dtype=np.uint8)) >= PRINT_INK // 2
    bare = np.full(ink.shape, 255, dtype=np.uint8)
    bare[near_print] = 0
    bare[:_RIM_PX] = bare[-_RIM_PX:] = 0
    bare[:, :_RIM_PX] = bare[:, -_RIM_PX:] = 0
    margin = _MARK_MARGIN_MM * _HALF_PX_PER_MM
    for left, top, width, height in half:
        across = slice(max(0, int(left - margin)), int(left + width + margin))
        bare[max(0, int(top - margin)) : int(top + height + margin), across] = 0
    if print_mm2 < options.least_print_mm2:
        bare[:] = 0
    beside = [_print_beside(is_print, half, number) for number in range(len(half))]
    counts = [len(places) for places in beside]
    rows, columns = ink.shape
    return EditionReference(
        rows=group_print(
            np.concatenate([np.zeros((0, 2), dtype=np.intp), *beside]),
            np.repeat(np.arange(len(half)), counts),
            len(half),
            (columns, rows),
        ),
        bare=bare,
    )


def check_edition(
    page_ink: Pixels, reference: EditionReference, on_scan: NDArray[np.bool_]
) -> Edition:
    """Measure what speaks for a page's being the very edition of a form.

    Args:
        page_ink: (rows, columns) ink of the page, laid on the form at 100 dpi.
        reference: The form.
        on_scan: (rows, columns) whether each node of the mesh lies on the scan; print that was cut
            off says nothing about the edition.
    """
    rows = _keep_seen(reference.rows, on_scan)
    lifts = cell_lifts(page_ink, rows)
    lifts[rows.print_px < _ROW_PRINT_PX] = np.nan
    strange = (cv2.bitwise_and(page_ink, reference.bare) >= _STRANGE_INK).astype(np.uint8)
    return Edition(lifts, _area_like_text(strange) * _MM2_PER_PX)


def _area_like_text(strange: Pixels) -> int:
    """Pixels of strange ink in pieces of the size of letters; strokes across the page are larger."""
    if not strange.any():
        return 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(strange, connectivity=8)
    is_small = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) <= _LETTER_PX
    is_small[0] = False
    return int(stats[is_small, cv2.CC_STAT_AREA].sum())


def _keep_seen(rows: PrintCells, on_scan: NDArray[np.bool_]) -> PrintCells:
    if on_scan.all():
        return rows
    y, x = print_places(rows)
    pitch = MESH_PITCH_PX // 2
    kept = on_scan[(y + pitch // 2) // pitch, (x + pitch // 2) // pitch]
    places = np.column_stack([y[kept], x[kept]])
    return group_print(places, rows.cells[kept], len(rows.print_px), rows.size_px)


def is_edition(edition: Edition, options: EditionOptions) -> bool:
    """Say whether a page may be read as this form."""
    is_other = edition.row_lifts < options.least_row_lift  # never where it is NaN
    return not is_other.any() and edition.strange_mm2 <= options.most_strange_mm2


def _print_beside(is_print: NDArray[np.bool_], half: Points, number: int) -> NDArray[np.intp]:
    """(N, 2) rows and columns of print left and right of a box, as far as the next box."""
    left, top, width, height = half[number]
    reach, aside = _ROW_REACH_MM * _HALF_PX_PER_MM, _BOX_MARGIN_MM * _HALF_PX_PER_MM
    middle = top + height / 2
    row_height = max(height, _LEAST_ROW_MM * _HALF_PX_PER_MM) + _ROW_MARGIN_MM * _HALF_PX_PER_MM * 2
    others = np.delete(half, number, axis=0)
    others = others[np.abs(others[:, 1] + others[:, 3] / 2 - middle) < row_height / 2]
    start = max([0.0, left - reach, *(others[others[:, 0] < left][:, [0, 2]].sum(axis=1) + aside)])
    end = min([left + width + reach, *(others[others[:, 0] > left][:, 0] - aside)])
    y0, y1 = max(0, int(middle - row_height / 2)), int(middle + row_height / 2) + 1
    row = is_print[y0:y1].copy()
    row[:, : int(start)] = row[:, max(0, int(end)) :] = False
    row[:, max(0, int(left - aside)) : int(left + width + aside) + 1] = False
    y, x = np.nonzero(row)
    return np.column_stack([y + y0, x])
