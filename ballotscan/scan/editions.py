"""Is a page the very edition of a form: the same names beside the boxes, and nothing printed more?

A page of another ward or another edition may have the same rulings, headings and boxes, and pass the
gate, which judges the page as a whole; and a blank may differ from the paper where it does not matter
(a date, a picture, instructions). Two things give it away: where another name stands beside a box,
the form's print is there by chance only; and where more is printed than on the form, there
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
_REACH_MM = 120.0  # to either side of a box, or to the next box: names may stand far from theirs
_NAME_MM = 45.0
_PIECE_MM = 16.0
_PIECE_PX = 50  # 3 mm²: less print says nothing
_ROW_MARGIN_MM = 0.5  # above and below a box
_LEAST_ROW_MM = 3.0
_BOX_MARGIN_MM = 0.8  # a mark beside the box is not the form's print
_LARGEST_LETTER_PX = 30  # 8 mm
_MARK_MARGIN_MM = 3.0  # marks run out of their boxes
_RIM_PX = 40  # 10 mm: the edge of the sheet, its shadow, streaks of the scanner
_PRINT_MARGIN_PX = 3
_STRANGE_INK = 90
_LETTER_PX = 24  # 6 mm


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """When a page is taken for the very edition.

    Measured on 153 right pages of nine sets: the worst piece of any name beside a box had a lift of
    0.82 and more, and of 0.13 and less where another name is printed; ink that neither the form nor
    a mark explains came to 110 mm² at most, to 500 mm² and more on pages of a style with more
    contests. A name written by hand is about 30 mm².

    Attributes:
        least_row_lift: Least share, beyond chance, of any piece of the name beside a box.
        most_strange_mm2: Most ink, in pieces of the size of letters, away from the form's print
            and from its boxes.
        least_print_mm2: A blank with less print than this is no picture of the whole form; then
            ink that it does not explain says nothing.
    """

    least_row_lift: float = 0.5
    most_strange_mm2: float = 250.0
    least_print_mm2: float = 800.0


@dataclass(frozen=True, slots=True, eq=False)
class EditionReference:
    """What is known of the print beside the boxes, and of bare paper.

    Attributes:
        pieces: The names beside the boxes, cut into pieces of 16 mm, a cell a piece.
        boxes: (C,) number of the box beside which each piece stands.
        box_count: Number of boxes.
        bare: (rows, columns) 255 where neither print nor marks are expected, else 0.
    """

    pieces: PrintCells
    boxes: NDArray[np.intp]
    box_count: int
    bare: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What speaks for a page's being the very edition.

    Attributes:
        row_lifts: (P,) share, beyond chance, of the name beside each box, of its worst piece; NaN
            where there is none.
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
    letters = keep_letters(is_print)
    names = [
        piece
        for number in range(len(half))
        for piece in _cut_up(_name_beside(letters, half, number), number)
    ]
    counts = [len(piece.places) for piece in names]
    rows, columns = ink.shape
    return EditionReference(
        pieces=group_print(
            np.concatenate([np.zeros((0, 2), dtype=np.intp), *(piece.places for piece in names)]),
            np.repeat(np.arange(len(names)), counts),
            len(names),
            (columns, rows),
        ),
        boxes=np.array([piece.box for piece in names], dtype=np.intp),
        box_count=len(half),
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
    pieces = _keep_seen(reference.pieces, on_scan)
    by_piece = cell_lifts(page_ink, pieces)
    by_piece[pieces.print_px < _PIECE_PX] = np.nan
    lifts = np.full(reference.box_count, np.nan)
    np.fmin.at(lifts, reference.boxes, by_piece)
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


def _keep_seen(pieces: PrintCells, on_scan: NDArray[np.bool_]) -> PrintCells:
    if on_scan.all():
        return pieces
    y, x = print_places(pieces)
    pitch = MESH_PITCH_PX // 2
    kept = on_scan[(y + pitch // 2) // pitch, (x + pitch // 2) // pitch]
    places = np.column_stack([y[kept], x[kept]])
    return group_print(places, pieces.cells[kept], len(pieces.print_px), pieces.size_px)


def is_edition(edition: Edition, options: EditionOptions) -> bool:
    """Say whether a page may be read as this form."""
    is_other = edition.row_lifts < options.least_row_lift  # never where it is NaN
    return not is_other.any() and edition.strange_mm2 <= options.most_strange_mm2


def keep_letters(is_print: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Print in pieces of the size of letters: no rulings, frames or pictures.

    Args:
        is_print: (rows, columns) print of a blank at 100 dpi.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        is_print.astype(np.uint8), connectivity=8
    )
    sizes = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_small = sizes <= _LARGEST_LETTER_PX
    is_small[0] = False
    letters: NDArray[np.bool_] = is_small[labels]
    return letters


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A piece of the name beside a box: (N, 2) rows and columns of its print."""

    places: NDArray[np.intp]
    box: int


def _name_beside(letters: NDArray[np.bool_], half: Points, number: int) -> NDArray[np.intp]:
    """(N, 3) rows, columns and distances (px) of the nearest text on the nearer side of a box."""
    left, top, width, height = half[number]
    aside = _BOX_MARGIN_MM * _HALF_PX_PER_MM
    middle = top + height / 2
    row_height = max(height, _LEAST_ROW_MM * _HALF_PX_PER_MM) + 2 * _ROW_MARGIN_MM * _HALF_PX_PER_MM
    others = np.delete(half, number, axis=0)
    others = others[np.abs(others[:, 1] + others[:, 3] / 2 - middle) < row_height / 2]
    before = others[others[:, 0] < left]
    behind = others[others[:, 0] > left]
    reach = _REACH_MM * _HALF_PX_PER_MM
    start = max([0.0, left - reach, *(before[:, 0] + before[:, 2] + aside)])
    end = min([left + width + reach, *(behind[:, 0] - aside)])
    y0, y1 = max(0, int(middle - row_height / 2)), int(middle + row_height / 2) + 1
    y, x = np.nonzero(letters[y0:y1])
    sides = []
    for distance in (left - aside - x, x - (left + width + aside)):
        on_side = (distance >= 0) & (x >= start) & (x < end)
        if np.count_nonzero(on_side) >= _PIECE_PX:
            away = distance[on_side] - distance[on_side].min()
            found = np.column_stack([y[on_side] + y0, x[on_side], away.astype(np.intp)])
            sides.append((float(distance[on_side].min()), found))
    if not sides:
        return np.zeros((0, 3), dtype=np.intp)
    _, nearest = min(sides, key=lambda side: side[0])
    name: NDArray[np.intp] = nearest[nearest[:, 2] <= _NAME_MM * _HALF_PX_PER_MM]
    return name


def _cut_up(name: NDArray[np.intp], box: int) -> list[_Piece]:
    """Cut a name into pieces, so that one other word in it tells."""
    numbers = (name[:, 2] / (_PIECE_MM * _HALF_PX_PER_MM)).astype(np.intp)
    pieces = (name[numbers == number, :2] for number in np.unique(numbers))
    return [_Piece(places, box) for places in pieces if len(places) >= _PIECE_PX]
