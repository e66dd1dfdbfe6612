"""Ink: how dark a pixel is against its paper, in parts of the page's own printed black.

Three things differ from scan to scan and none of them is the voter's doing: the tone of the paper
and the light on it, the darkness that the scanner gives to printer's black, and colour. So ink is
measured as `(1 - grey / paper) / black`, where `paper` is the level of the bare paper round about
(`tone.paper`) and `black` the ink of the page's own print. Both come from the page alone, never
from other ballots.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.tone.paper import DARKEST_PAPER, paper_map
from ballotscan.tone.quantiles import quantile

Grey = NDArray[np.uint8]

# Printed black measured on real pages: 0.76 (phone photos) to 1. Below the first number the print
# is too pale, or the place wrong, for "a quarter of printed black" to mean anything.
PALEST_BLACK = 0.5
BLACK_PERCENTILE = 70  # edges of the print are half paper; its upper third is print


def ink_of_blank(blank: Grey, px_per_mm: float) -> NDArray[np.float32]:
    """Give the ink of a blank page, 0 bare paper to 1 black, whether it was drawn or scanned.

    Args:
        blank: (rows, columns) grey.
        px_per_mm: Pixels a millimetre.
    """
    paper = paper_map(blank, px_per_mm)
    rows, columns = blank.shape
    levels = cv2.resize(paper.levels, (columns, rows), interpolation=cv2.INTER_LINEAR)
    np.maximum(levels, np.float32(DARKEST_PAPER), out=levels)
    # In one array: a page of these is 15 MB, and memory is what takes the time.
    ink: NDArray[np.float32] = blank.astype(np.float32)
    np.divide(ink, levels, out=ink)
    np.subtract(np.float32(1), ink, out=ink)
    return np.clip(ink, np.float32(0), np.float32(1), out=ink)


def printed_black(ink: NDArray[np.floating]) -> float:
    """Say how dark the page's own print is.

    Args:
        ink: Ink (1 - grey / paper) of the pixels where the blank has solid print; NaN is left out.

    Returns:
        The ink of printed black, `PALEST_BLACK` to 1. NaN where it cannot be known: nothing is
        printed there, or the print is too pale. A page without printed black is not read.
    """
    known = ink[np.isfinite(ink)]
    if not known.size:
        return float("nan")
    black = quantile(known, BLACK_PERCENTILE / 100)
    return min(black, 1.0) if black >= PALEST_BLACK else float("nan")
