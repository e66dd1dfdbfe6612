"""Ink that is the form's own print once more, a little beside its place: a ghost of the press."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import Bits

REACH_MM = 1.2  # farther away, the second print of an outline lies in the neighbour's row
CELL_PX = 2
_PRINTED = 64  # ink of the blank, 255 is black, from which a pixel is print


def share_of_ghost(ink: Bits, blank: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Say how much of the ink in and around each box the blank's print covers, moved as fits best.

    Args:
        ink: (N, rows, columns) new ink that is not hidden by print.
        blank: Of the same shape: ink of the blank, 255 is black.

    Returns:
        (N,) shares; 0 where there is no ink.
    """
    reach = round(REACH_MM * PX_PER_MM / CELL_PX)
    shares = np.zeros(len(ink))
    for at, (new, print_) in enumerate(zip(ink, blank, strict=True)):
        rows, columns = (side // CELL_PX for side in new.shape)
        size = (columns, rows)
        cells = cv2.resize(new.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        printed = (print_ >= _PRINTED).astype(np.uint8)
        lines = cv2.resize(cv2.dilate(printed, np.ones((3, 3), np.uint8)), size, interpolation=cv2.INTER_AREA)  # fmt: skip
        total = float(cells.sum())
        if total <= 0 or not lines.any():
            continue
        framed = np.pad(cells, reach)
        covered = cv2.matchTemplate(framed, (lines > 0).astype(np.float32), cv2.TM_CCORR)
        shares[at] = min(float(covered.max()) / total, 1.0)
    return shares
