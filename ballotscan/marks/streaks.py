"""Straight lines that run through a box and out of it on both sides.

A fold, or dust in the scanner, draws such a line, and it can vote for everybody at once; a voter's
dash seldom does. Folds were counted as marks on some 400 ballots in Windham, New Hampshire, in
2020. What is measured here is how much of the ink in a box lies on one such line.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import HIDDEN, OWN, Bits

SEEN_SHARE = 0.7  # of the line's way through the box, and of that on either side of it
LEAST_SEEN_MM = 1.0  # of paper on either side that print does not hide
WAVER_PX = 2  # how far a line may be off its column, in each of the three parts of its way
# How far it may lean from one part to the next: the 3 degrees that a page may have lain askew.
LEANS_PX = (0, -2, 2, -4, 4)


def measure_through(
    ink: Bits, region: NDArray[np.uint8], box_rows: slice, box_columns: slice
) -> NDArray[np.float64]:
    """Say how much of the ink in each box lies on a line that runs through it.

    Args:
        ink: (N, rows, columns) new ink that is not hidden by print.
        region: Of the same shape: OWN, RING, OTHER or HIDDEN.
        box_rows: Rows that hold the boxes.
        box_columns: Columns that hold the boxes.

    Returns:
        (N,) shares, 0 where no line runs through.
    """
    shares = np.zeros(len(ink))
    ways = ((ink, region, box_rows), (ink.swapaxes(1, 2), region.swapaxes(1, 2), box_columns))
    for of_ink, of_region, box in ways:
        # Few marks leave their box on both sides; in the others there is nothing to look for.
        some = np.flatnonzero(_leaves(of_ink, box))
        if some.size:
            share = _share_on_line(of_ink[some], of_region[some], box)
            shares[some] = np.maximum(shares[some], share)
    return shares


def _leaves(ink: Bits, box_rows: slice) -> Bits:
    """(N,) whether there is ink on so many rows both above and below a box as a line must have."""
    rows: Bits = np.asarray(ink.any(axis=2))
    above, below = rows[:, : box_rows.start].sum(axis=1), rows[:, box_rows.stop :].sum(axis=1)
    return np.asarray(np.minimum(above, below) >= SEEN_SHARE * LEAST_SEEN_MM * PX_PER_MM)


def _share_on_line(ink: Bits, region: NDArray[np.uint8], box_rows: slice) -> NDArray[np.float64]:
    """The same for lines that run from the first row to the last."""
    boxes, _, columns = ink.shape
    tall = np.ascontiguousarray(ink).view(np.uint8).reshape(-1, columns)
    wide = cv2.dilate(tall, np.ones((1, 2 * WAVER_PX + 1), dtype=np.uint8)).reshape(ink.shape)
    asked = region != HIDDEN
    # above, in and below the box
    starts = [0, box_rows.start, box_rows.stop]
    way = np.add.reduceat(asked, starts, axis=1, dtype=np.int32)
    seen = np.add.reduceat((wide > 0) & asked, starts, axis=1, dtype=np.int32)
    found = (seen >= SEEN_SHARE * way) & (way >= LEAST_SEEN_MM * PX_PER_MM)
    above, within, below = found.swapaxes(0, 1)
    through = np.zeros((boxes, columns), dtype=np.bool_)
    column = np.arange(columns)
    for lean in LEANS_PX:
        # As `np.roll` does it, in half the time.
        through |= above.take((column - lean) % columns, axis=1) & below.take(
            (column + lean) % columns, axis=1
        )
    through &= within

    own = (ink & (region == OWN)).sum(axis=1).astype(np.float32)
    # The line leans in the box as well as beside it.
    band = np.ones((1, 2 * (WAVER_PX + max(LEANS_PX)) + 1), dtype=np.float32)
    on_line = cv2.filter2D(own, -1, band, borderType=cv2.BORDER_CONSTANT)
    most: NDArray[np.float32] = (on_line * through).max(axis=1)
    return np.asarray(most / np.maximum(own.sum(axis=1), 1), dtype=np.float64)
