"""Where the names of a list seem to be: a column of text with as many rows as there are candidates.

Voters strike such names out, so what is wanted is the extent of the letters of each name, line by
line, without the number before it. As with boxes, a person sees and corrects what is proposed.
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
_PADDING_MM = 2.0  # between the letters in a cell and its line; Word leaves 1.9
_SAME_WEIGHT = 0.85  # bold letters and light ones, or larger and smaller ones, have less in common

_TABLE, _NUMBERED, _PLAIN = range(3)  # which column is believed first

Row = Extent  # the letters of one printed line, in pixels
Name = list[Row]  # from the first line down
Cell = list[tuple[Row, int]]  # lines that may be one name, with how many words each has


@dataclass(frozen=True, slots=True)
class ProposedNames:
    """The names of one list: the page they stand on, from 1, and the lines of each."""

    page: int
    names: tuple[tuple[Rect, ...], ...]


def propose_names(
    blanks: Sequence[Grey], lists: Sequence[Sequence[str]]
) -> list[ProposedNames | None]:
    """Find the names of each list on a blank.

    A column of a table is believed first, then a numbered list, then lines that only begin one under
    the other: a heading or a rule for voters may have as many of those as there are candidates.

    Args:
        blanks: (rows, columns) grey picture of each page, in template pixels.
        lists: The names of the candidates of each list, in the order of the pages. How many words a
            name has tells where it ends, when as plain letters below it say where somebody works.

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
    for people in lists:
        for _, page, column in columns:
            names = _names(column, people, [row for number, row in used if number == page])
            if names:
                used += [(page, row) for name in names for row in name]
                found.append(ProposedNames(page, tuple(tuple(map(_rect, name)) for name in names)))
                break
        else:
            found.append(None)
    return found


def _columns(blank: Grey) -> Iterator[tuple[int, list[Cell]]]:
    """Every column of text on a page, with how soon it is believed to be the names."""
    print_ = ink_of_blank(blank, PX_PER_MM) > _INK
    cells = _find_cells(print_)
    for column in _table_columns(print_, cells):
        yield _TABLE, column
    letters = _without_rulings(print_)
    for left, top, width, height in (cell.outer for cell in cells):
        letters[top : top + height, left : left + width] = False
    for lines in _plain_columns(letters):
        numbered = _without_numbers(letters, lines)
        yield (
            _PLAIN if numbered is None else _NUMBERED,
            [[(line, _word_count(letters, line))] for line in numbered or lines],
        )


def _names(column: Sequence[Cell], people: Sequence[str], used: Sequence[Row]) -> list[Name]:
    """The names of a column, where it has as many rows, or one more for its heading."""
    cells = column[1:] if len(column) == len(people) + 1 else column
    if len(cells) != len(people):
        return []
    names = [_cut(cell, len(name.split())) for cell, name in zip(cells, people, strict=True)]
    fits = float(np.median([name[0][2] for name in names])) >= _px(_NAME_MM)
    rows = [row for name in names for row in name]
    return names if fits and not any(_meet(row, other) for row in rows for other in used) else []


def _cut(cell: Cell, words: int) -> Name:
    """The first line, and those after it until all words of the name are there."""
    name: Name = []
    for row, count in cell:
        if name and words <= 0:
            break
        name.append(row)
        words -= count
    return name


def _find_cells(print_: Bits) -> list[Hole]:
    limits = HoleLimits(
        least=_px(_CELL_MM[0]), most=(_px(_CELL_MM[2]), _px(_CELL_MM[3])), line=_px(1.0), beside=0.3
    )
    return [hole for hole in find_holes(print_, limits) if hole.fill > 0.9 and not hole.is_alone]  # noqa: PLR2004


def _table_columns(print_: Bits, cells: Sequence[Hole]) -> list[list[Cell]]:
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
        texts = [_name_in(print_, cell.extent) for cell in column]
        found.append([text for text in texts if text])
    return found


def _in_column(one: Hole, other: Hole) -> bool:
    return (
        one.piece == other.piece
        and abs(one.extent[0] - other.extent[0]) <= _px(0.6)
        and abs(one.extent[2] - other.extent[2]) <= _px(0.8)
    )


def _name_in(print_: Bits, cell: Extent) -> Cell:
    """The lines in a cell that may be a name; below them there may be where one works.

    A name goes on in the next line where both together would not have fitted into one, and where
    the letters are as large and as bold.
    """
    lines = list(_lines_in(print_, cell))
    name = lines[:1]
    padding = min([_px(_PADDING_MM), *(line[0] - cell[0] for line in lines)])
    for line in lines[1:]:
        together = name[-1][2] + _px(_SPACE_MM) + line[2]
        weights = _weight(print_, name[-1]), _weight(print_, line)
        if together <= cell[2] - 2 * padding or min(weights) < _SAME_WEIGHT * max(weights):
            break
        name.append(line)
    return [(line, _word_count(print_, line)) for line in name]


def _lines_in(print_: Bits, cell: Extent) -> Iterator[Row]:
    """The lines of letters in a cell, from the top down."""
    left, top, width, height = cell
    inset = 2
    window = print_[top + inset : top + height - inset, left + inset : left + width - inset]
    for first, last in _bands(np.asarray(window.any(axis=1))):
        columns = np.flatnonzero(window[first:last].any(axis=0))
        if last - first >= _px(_LETTER_MM[0]):
            row = (left + inset + int(columns[0]), top + inset + first)
            yield (*row, int(columns[-1] - columns[0]) + 1, last - first)


def _word_count(print_: Bits, row: Row) -> int:
    left, top, width, height = row
    printed = np.flatnonzero(print_[top : top + height, left : left + width].any(axis=0))
    return int((np.diff(printed) > _px(_SPACE_MM)).sum()) + 1


def _weight(print_: Bits, row: Row) -> float:
    """How broad the strokes of letters are: their ink over the length of its edge, in pixels."""
    left, top, width, height = row
    letters = np.pad(print_[top : top + height, left : left + width], 1).astype(np.uint8)
    inner = cv2.erode(letters, np.ones((3, 3), np.uint8))
    return float(letters.sum() / max(int(letters.sum() - inner.sum()), 1))


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
