"""The best way for a pen from left to right through a strip of paper, by dynamic programming.

Print hides a stroke wherever it crosses a letter, so a stroke is seen in pieces; what joins the
pieces is that they lie on one way. A way gains where ink is seen, loses where bare paper is, and
loses next to nothing where print hides what is there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

SEEN, BARE, HIDDEN, STEEP = 1.0, -0.6, -0.02, -0.2
_START = 2  # in place of a step: the way begins here


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
    gains = np.where(seen, np.float32(SEEN), np.where(bare, np.float32(BARE), np.float32(HIDDEN)))
    gains = np.ascontiguousarray(gains.transpose(2, 0, 1))
    best = np.full((count, rows + 2), -np.inf, dtype=np.float32)
    best[:, 1:-1] = 0
    level, above, below = best[:, 1:-1], best[:, :-2], best[:, 2:]
    worth = np.empty((columns, count, rows), dtype=np.float32)
    steps = np.empty((columns, count, rows), dtype=np.int8)
    turn = np.empty((count, rows), dtype=np.float32)
    for column in range(columns):
        is_down = above < below
        np.maximum(above, below, out=turn)
        turn += np.float32(STEEP)
        is_level = turn <= level
        step = steps[column]
        np.multiply(is_down, 2, out=step)
        step -= 1
        step[is_level] = 0
        came = np.maximum(turn, level)
        step[came <= 0] = _START
        np.maximum(came, 0, out=came)
        came += gains[column]
        worth[column] = came
        level[:] = came
    return _walk_back(worth, steps, seen)


def _walk_back(worth: NDArray[np.float32], steps: NDArray[np.int8], seen: Bits) -> Ways:
    columns, count, rows = worth.shape
    each = np.arange(count)
    flat = worth.transpose(1, 0, 2).reshape(count, -1)
    end = flat.argmax(axis=1)
    last, row = np.divmod(end, rows)
    is_there = flat[each, end] > 0
    way = np.zeros((count, columns), dtype=np.int64)
    is_on = np.zeros((count, columns), dtype=bool)
    going = np.zeros(count, dtype=bool)
    for column in range(columns - 1, -1, -1):
        going |= is_there & (last == column)
        way[:, column] = row
        is_on[:, column] = going
        step = steps[column, each, row]
        going &= step != _START
        row = np.where(going, row + step, row)
    # Behind its end a way keeps the row it ended in: `row` starts there.
    is_seen = is_on & np.take_along_axis(seen, way[:, None, :], axis=1)[:, 0]
    return Ways(way, is_on, is_seen)
