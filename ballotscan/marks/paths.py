"""The best way for a pen from left to right through a strip of paper, by dynamic programming.

Print hides a stroke wherever it crosses a letter, so a stroke is seen in pieces; what joins the
pieces is that they lie on one way. A way gains where ink is seen, loses where bare paper is, and
loses next to nothing where print hides what is there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

# What a cell is worth to a way, and a step up or down.
SEEN, BARE, HIDDEN, STEEP = 1.0, -0.6, -0.02, -0.2
# What print hides between ink on both sides is likely ink; and in a broad stroke a way keeps to its
# middle rather than to an edge, where letters hide less of it.
LIKELY, DEEPER = 0.8, 0.1
_DEEPEST = 3  # cells from the edge of a stroke
_LETTER = 12  # cells in a row that letters hide


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The best way through each of N strips.

    Attributes:
        rows: (N, columns) the row of the way in each column, kept on to both sides of its ends.
        is_on: (N, columns) whether the way is there.
        is_seen: (N, columns) whether ink is seen on it.
    """

    rows: NDArray[np.int64]
    is_on: Bits
    is_seen: Bits


def trace_ways(seen: Bits, bare: Bits) -> Ways:
    """Find the best way through each strip.

    Args:
        seen: (N, rows, columns) cells with ink.
        bare: Of the same shape: cells of bare paper; the others are hidden.
    """
    count, rows, columns = seen.shape
    likely = find_likely(seen, bare)
    gains = np.where(seen, np.float32(SEEN), np.where(bare, np.float32(BARE), np.float32(HIDDEN)))
    gains[likely] = LIKELY
    ink = seen | likely
    for _ in range(_DEEPEST):
        ink[:, 1:-1] &= ink[:, :-2] & ink[:, 2:]
        ink[:, [0, -1]] = False
        gains += np.float32(DEEPER) * ink
    gains = np.ascontiguousarray(gains.transpose(2, 0, 1))
    # Worth of the best way that ends in a cell; before the first column, and beyond the edges, none.
    worth = np.zeros((columns + 1, count, rows + 2), dtype=np.float32)
    came = np.empty((count, rows), dtype=np.float32)
    steep, nothing = np.float32(STEEP), np.float32(0)
    for column in range(columns):
        before = worth[column]
        np.maximum(before[:, :-2], before[:, 2:], out=came)
        came += steep
        np.maximum(came, before[:, 1:-1], out=came)
        np.maximum(came, nothing, out=came)
        np.add(came, gains[column], out=worth[column + 1, :, 1:-1])
    return _walk_back(worth, seen)


def find_likely(seen: Bits, bare: Bits) -> Bits:
    """(N, rows, columns) cells that print hides in a row with ink on both sides and no paper between."""
    framed = np.zeros((*seen.shape[:2], seen.shape[2] + 2), dtype=np.int8)
    framed[:, :, 1:-1] = ~(seen | bare)
    turns = np.diff(framed.ravel(), prepend=np.int8(0))
    first, last = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1)
    ink = np.zeros(framed.shape, dtype=bool)
    ink[:, :, 1:-1] = seen
    ink = ink.ravel()
    is_likely = (last - first <= _LETTER) & ink[first - 1] & ink[last]
    marks = np.zeros(framed.size, dtype=np.int8)
    marks[first[is_likely]], marks[last[is_likely]] = 1, -1
    likely = np.cumsum(marks, dtype=np.int8).reshape(framed.shape)
    return np.asarray(likely[:, :, 1:-1], dtype=bool)


def _walk_back(worth: NDArray[np.float32], seen: Bits) -> Ways:
    """Follow the best way of each strip from its end.

    Args:
        worth: (columns + 1, N, rows + 2) from `trace_ways`, with a row of zeros above and below.
        seen: (N, rows, columns) cells with ink.
    """
    columns, count, rows = len(worth) - 1, worth.shape[1], worth.shape[2] - 2
    each = np.arange(count)
    of_columns = worth[1:].max(axis=2)
    last = of_columns.argmax(axis=0)
    row = worth[last + 1, each, 1:-1].argmax(axis=1)
    is_there = of_columns[last, each] > 0
    way = np.empty((columns, count), dtype=np.int64)
    is_on = np.zeros((columns, count), dtype=bool)
    going = np.zeros(count, dtype=bool)
    # The three cells that a way can have come from; those beyond the edges are worth nothing.
    around = each[:, None] * (rows + 2) + np.arange(3)
    level = each * 3
    steps = np.array([STEEP, 0, STEEP], dtype=np.float32)
    for column in range(columns - 1, -1, -1):
        going |= is_there & (last == column)
        way[column] = row
        is_on[column] = going
        came = worth[column].take(around + row[:, None]) + steps
        step = came.argmax(axis=1)
        going &= came.take(level + step) > 0
        row = row + going * (step - 1)
    rows_of_way = np.ascontiguousarray(way.T)
    is_on = np.ascontiguousarray(is_on.T)
    is_seen = is_on & np.take_along_axis(seen, rows_of_way[:, None], axis=1)[:, 0]
    return Ways(rows_of_way, is_on, is_seen)
