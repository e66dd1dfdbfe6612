"""Where the names of a list seem to be: a column of text with as many rows as there are candidates.

Voters strike such names out, so what is wanted is the extent of the letters of each name, without
the number before it. As with boxes, a person sees and corrects what is proposed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ballotscan.drawing.holes import Bits, Extent, Hole, HoleLimits, find_holes
from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.marks.ink import Grey, ink_of_blank

_INK = 0.4
_RULING_MM = 12.0  # no letter has a straight stroke of this length
_CELL_MM = (2.5, 3.0, 190.0, 60.0)  # least width and height, most width and height
_JOINED_MM = 3.0  # words of one line stand nearer
_ACCENT_MM = 0.5  # an accent is no line of its own
_LETTER_MM = (1.4, 10.0)  # height of a line of letters, accents and tails included
_NAME_MM = 12.0  # a column whose rows are mostly shorter holds numbers
_NUMBER_MM = 9.0  # a number before a name is no wider
_SPACE_MM = 0.8  # between a number and the name behind it
_ALIGNED_MM = 1.5

_TABLE, _NUMBERED, _PLAIN = range(3)  # which column is believed first

Row = Extent  # the letters of one row, in pixels


@dataclass(frozen=True, slots=True)
class ProposedNames:
    """The names of one list: the page they stand on, from 1, and the extent of each."""

    page: int
    names: tuple[Rect, ...]


def propose_names(blanks: Sequence[Grey], counts: Sequence[int]) -> list[ProposedNames | None]:
    """Find the names of each list on a blank.

    A column of a table is believed first, then a numbered list, then lines that only begin one under
    the other: a heading or a rule for voters may have as many of those as there are candidates.

    Args:
        blanks: (rows, columns) grey picture of each page, in template pixels.
        counts: How many candidates each list has, in the order of the pages.

    Returns:
        For each list its names, from the top down; None where no column has so many rows.
    """
    columns = [
        (rank, page, column)
        for page, blank in enumerate(blanks, start=1)
        for rank, column in _columns(blank)
    ]
    columns.sort(key=lambda found: found[:2])
    used: list[tuple[int, Row]] = []
    found: list[ProposedNames | None] = []
    for count in counts:
        for _, page, column in columns:
            names = _names(column, count, [row for number, row in used if number == page])
            if names:
                used += [(page, row) for row in names]
                found.append(ProposedNames(page, tuple(map(_rect, names))))
                break
        else:
            found.append(None)
    return found


def _columns(blank: Grey) -> Iterator[tuple[int, list[Row]]]:
    """Every column of text on a page, with how soon it is believed to be the names."""
    print_ = ink_of_blank(blank, PX_PER_MM) > _INK
    cells = _find_cells(print_)
    for column in _table_columns(print_, cells):
        yield _TABLE, column
    letters = _without_rulings(print_)
    for left, top, width, height in (cell.outer for cell in cells):
        letters[top : top + height, left : left + width] = False
    for column in _plain_columns(letters):
        names = _without_numbers(letters, column)
        yield (_PLAIN, column) if names is None else (_NUMBERED, names)


def _names(column: Sequence[Row], count: int, used: Sequence[Row]) -> list[Row]:
    """The names of a column, where it has as many rows, or one more for its heading."""
    rows = list(column[1:] if len(column) == count + 1 else column)
    widths = [width for _, _, width, _ in rows]
    fits = len(rows) == count and float(np.median(widths)) >= _px(_NAME_MM)
    return rows if fits and not any(_meet(row, other) for row in rows for other in used) else []


def _find_cells(print_: Bits) -> list[Hole]:
    limits = HoleLimits(
        least=_px(_CELL_MM[0]), most=(_px(_CELL_MM[2]), _px(_CELL_MM[3])), line=_px(1.0), beside=0.3
    )
    return [hole for hole in find_holes(print_, limits) if hole.fill > 0.9 and not hole.is_alone]  # noqa: PLR2004


def _table_columns(print_: Bits, cells: Sequence[Hole]) -> list[list[Row]]:
    """Columns of text cells, tables from the top down, columns from the left."""
    columns: dict[tuple[int, int], list[Hole]] = {}
    for cell in sorted(cells, key=lambda cell: cell.extent[1]):
        key = next((key for key in columns if _in_column(columns[key][0], cell)), None)
        columns.setdefault(key or (cell.piece, cell.extent[0]), []).append(cell)
    tops = {
        piece: min(cell.extent[1] for cell in cells if cell.piece == piece)
        for piece in {cell.piece for cell in cells}
    }
    found = []
    for _, column in sorted(columns.items(), key=lambda item: (tops[item[0][0]], item[0][1])):
        lines = [_first_line(print_, cell.extent) for cell in column]
        found.append([line for line in lines if line is not None])
    return found


def _in_column(one: Hole, other: Hole) -> bool:
    return (
        one.piece == other.piece
        and abs(one.extent[0] - other.extent[0]) <= _px(0.6)
        and abs(one.extent[2] - other.extent[2]) <= _px(0.8)
    )


def _first_line(print_: Bits, cell: Extent) -> Row | None:
    """The letters of the first line in a cell: the name; below it there may be where one works."""
    left, top, width, height = cell
    inset = 2
    window = print_[top + inset : top + height - inset, left + inset : left + width - inset]
    for first, last in _bands(np.asarray(window.any(axis=1))):
        columns = np.flatnonzero(window[first:last].any(axis=0))
        if last - first >= _px(_LETTER_MM[0]):
            row = (left + inset + int(columns[0]), top + inset + first)
            return (*row, int(columns[-1] - columns[0]) + 1, last - first)
    return None


def _bands(has_print: Bits) -> Iterator[tuple[int, int]]:
    """First and last row (not included) of each line; an accent belongs to the line beside it."""
    rows = np.flatnonzero(has_print)
    if not rows.size:
        return
    breaks = np.flatnonzero(np.diff(rows) > max(_px(_ACCENT_MM), 1))
    starts = [0, *(breaks + 1).tolist()]
    ends = [*breaks.tolist(), rows.size - 1]
    for start, end in zip(starts, ends, strict=True):
        yield int(rows[start]), int(rows[end]) + 1


def _plain_columns(letters: Bits) -> list[list[Row]]:
    """Lines of text that begin one under the other."""
    rows = sorted(_text_lines(letters), key=lambda row: row[1])
    columns: list[list[Row]] = []
    for row in rows:
        column = next(
            (
                column
                for column in columns
                if abs(column[-1][0] - row[0]) <= _px(_ALIGNED_MM) and _follows(column, row)
            ),
            None,
        )
        if column is None:
            columns.append([row])
        else:
            column.append(row)
    return columns


def _follows(column: Sequence[Row], row: Row) -> bool:
    """Whether a line stands as far below the last one as that below the one before."""
    if len(column) == 1:
        return row[1] - column[-1][1] <= 4 * max(column[-1][3], row[3])
    pitch = column[-1][1] - column[-2][1]
    return abs(row[1] - column[-1][1] - pitch) <= 0.35 * pitch


def _without_rulings(print_: Bits) -> Bits:
    picture = print_.astype(np.uint8)
    length = _px(_RULING_MM)
    for size in ((1, length), (length, 1)):
        rulings = cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones(size, np.uint8))
        picture[cv2.dilate(rulings, np.ones((3, 3), np.uint8)) > 0] = 0
    return np.asarray(picture > 0)


def _text_lines(letters: Bits) -> Iterator[Row]:
    joined = cv2.morphologyEx(
        letters.astype(np.uint8),
        cv2.MORPH_CLOSE,
        np.ones((max(_px(_ACCENT_MM), 1), _px(_JOINED_MM)), np.uint8),
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for left, top, width, height in stats[1:, :4].tolist():
        if _px(_LETTER_MM[0]) <= height <= _px(_LETTER_MM[1]) and width >= _px(_NAME_MM):
            yield left, top, width, height


def _without_numbers(letters: Bits, column: Sequence[Row]) -> list[Row] | None:
    """The rows without the number that each begins with; None where one does not."""
    names = []
    for left, top, width, height in column:
        line = letters[top : top + height, left : left + width]
        printed = np.flatnonzero(line.any(axis=0))
        gaps = np.flatnonzero(np.diff(printed) > _px(_SPACE_MM))
        if not gaps.size or printed[gaps[0]] > _px(_NUMBER_MM):
            return None
        start = int(printed[gaps[0] + 1])
        rows = np.flatnonzero(line[:, start:].any(axis=1))
        names.append((left + start, top + int(rows[0]), width - start, int(rows[-1] - rows[0]) + 1))
    starts = [left for left, *_ in names]
    return names if max(starts) - min(starts) <= _px(_ALIGNED_MM) else None


def _meet(one: Row, other: Row) -> bool:
    return all(
        max(one[side], other[side]) < min(one[side] + one[side + 2], other[side] + other[side + 2])
        for side in (0, 1)
    )


def _px(length_mm: float) -> int:
    return round(length_mm * PX_PER_MM)


def _rect(row: Row) -> Rect:
    return Rect(*(round(side / PX_PER_MM, 3) for side in row))
