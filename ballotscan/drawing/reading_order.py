"""In which order people read what stands on a page: rows, columns of rows, from the top."""

from collections.abc import Sequence

from ballotscan.drawing.draft import Shape

Row = list[Shape]

_SAME_LINE = 0.5  # of the lower one's height must be shared
_SAME_COLUMN_MM = 12.0  # boxes of a column begin within this


def find_lines(shapes: Sequence[Shape]) -> list[Row]:
    """What stands side by side on one page, from the top down, each line from the left."""
    lines: list[Row] = []
    for shape in sorted(shapes, key=lambda shape: (shape.page, shape.top, shape.left)):
        line = next((line for line in reversed(lines[-3:]) if _are_beside(line[0], shape)), None)
        if line is None:
            lines.append([shape])
        else:
            line.append(shape)
    return [sorted(line, key=lambda shape: shape.left) for line in lines]


def find_rows(shapes: Sequence[Shape], width: int) -> list[Row]:
    """Rows of `width` shapes, in reading order.

    A line that holds several rows is one of a page with columns: those are read one after the other
    where they stand side by side, and one below the other where they do.

    Returns:
        Rows in reading order; one that has another width stands where it stands.
    """
    rows = [
        line[start : start + width]
        for line in find_lines(shapes)
        for start in range(0, len(line), width)
    ]
    columns: list[list[Row]] = []
    for row in rows:
        column = next((column for column in columns if _is_below(column[-1], row)), None)
        if column is None:
            columns.append([row])
        else:
            column.append(row)
    return [row for column in _in_order(columns) for row in column]


def _are_beside(one: Shape, other: Shape) -> bool:
    shared = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return one.page == other.page and shared >= _SAME_LINE * min(one.height, other.height)


def _is_below(last: Row, row: Row) -> bool:
    return last[0].page == row[0].page and abs(last[0].left - row[0].left) <= _SAME_COLUMN_MM


def _in_order(columns: Sequence[list[Row]]) -> list[list[Row]]:
    """Columns from the left, but never one before another that ends above it."""
    left = sorted(columns, key=lambda column: (column[0][0].page, column[0][0].left))
    ordered: list[list[Row]] = []
    while left:
        free = [
            column
            for column in left
            if not any(_ends_above(other, column) for other in left if other is not column)
        ]
        ordered.append(free[0] if free else left[0])
        left.remove(ordered[-1])
    return ordered


def _ends_above(one: list[Row], other: list[Row]) -> bool:
    if one[0][0].page != other[0][0].page:
        return one[0][0].page < other[0][0].page
    lowest = max(shape.top + shape.height for shape in one[-1])
    return lowest <= other[0][0].top
