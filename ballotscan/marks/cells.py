"""What is asked of cells with ink: along a stroke, around it, and what is left without it."""

import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.letters import Bits

BESIDE = 3  # cells above and below a stroke that belong to it


def any_way(of_ways: Bits) -> Bits:
    """(B, columns) where any of (ways, B, columns) is set."""
    return np.asarray(of_ways.any(axis=0))


def along(cells: Bits, rows: NDArray[np.int64]) -> Bits:
    """(B, columns) what (B, rows, columns) cells hold in one row of each column."""
    return np.asarray(np.take_along_axis(cells, rows[:, None], axis=1)[:, 0])


def wipe(
    seen: Bits, rows: NDArray[np.int64], is_on: Bits, reach: NDArray[np.int64] | None = None
) -> Bits:
    """Take strokes away: their cells, and those a little above and below.

    Args:
        seen: (B, rows, columns) cells with ink.
        rows: (B, columns) the row of each stroke.
        is_on: (B, columns) where it is.
        reach: (2, B) how many cells above and below belong to it.
    """
    rest = seen.copy()
    line, column = np.nonzero(is_on)
    row = rows[line, column]
    above, below = np.full((2, len(seen)), BESIDE) if reach is None else reach
    for step in range(-int(above.max()), int(below.max()) + 1):
        here = (step >= -above[line]) & (step <= below[line])
        at = np.clip(row[here] + step, 0, seen.shape[1] - 1)
        rest[line[here], at, column[here]] = False
    return rest


def find_fringe(seen: Bits, bare: Bits) -> Bits:
    """(B, rows, columns) cells with ink between print above and paper below, or the other way round.

    A letter that lies a little off its place leaves such a seam along its feet or its head.
    """
    printed = ~seen & ~bare
    fringe = np.zeros_like(seen)
    fringe[:, 1:-1] = printed[:, :-2] & bare[:, 2:]
    fringe[:, 1:-1] |= bare[:, :-2] & printed[:, 2:]
    return np.asarray(fringe & seen)


def spread(bits: Bits, reach: int) -> Bits:
    """(B, columns) columns within `reach` of a set one."""
    sums = np.pad(np.cumsum(bits, axis=1), ((0, 0), (reach + 1, reach)), mode="edge")
    sums[:, : reach + 1] = 0
    return np.asarray(sums[:, 2 * reach + 1 :] > sums[:, : -2 * reach - 1])
