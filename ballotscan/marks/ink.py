"""Ink: how dark a pixel is against its paper, in parts of the page's own printed black.

Three things differ from scan to scan and none of them is the voter's doing: the tone of the paper
and the light on it, the darkness that the scanner gives to printer's black, and colour. So ink is
measured as `(1 - grey / paper) / black`, where `paper` is the level of the bare paper round about
(a photo has shadows) and `black` the ink of the page's own print. Both come from the page alone,
never from other ballots.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

# The side of the square within which bare paper must show somewhere. Wider than any solid thing
# that is printed or filled in (the widest mark box seen is 11 mm high), narrower than a shadow.
BARE_PAPER_WITHIN_MM = 15.0
# Below this grey (of 255) there is no paper: the bed of the scanner, a table, a black page.
# Shadowed photos of white paper seen so far stay above 100.
DARKEST_PAPER = 64
# Printed black measured on real pages: 0.76 (phone photos) to 1. Below the first number the print
# is too pale, or the place wrong, for "a quarter of printed black" to mean anything.
PALEST_BLACK = 0.5
BLACK_PERCENTILE = 70  # edges of the print are half paper; its upper third is print


@dataclass(frozen=True, slots=True, eq=False)
class PaperMap:
    """The grey of the bare paper, everywhere on a scan.

    Attributes:
        levels: (rows, columns) float32, one level for each square of `shrink` scan pixels.
        shrink: Scan pixels along the side of that square.
        size_px: (columns, rows) of the scan.
    """

    levels: NDArray[np.float32]
    shrink: int
    size_px: tuple[int, int]

    def at(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Read the paper level at points of the scan.

        Args:
            points: (..., 2) scan points (x, y), pixel centres at whole coordinates.

        Returns:
            (...) levels; NaN outside the scan and where there is no paper.
        """
        flat = np.asarray(points, dtype=np.float32).reshape(-1, 2)
        cells = (flat + 0.5) / self.shrink - 0.5
        levels = np.full(len(flat), np.nan, dtype=np.float32)
        inside = np.all((flat >= 0) & (flat <= np.subtract(self.size_px, 1)), axis=1)
        if inside.any():
            levels[inside] = cv2.remap(
                self.levels,
                cells[inside, None, 0],
                cells[inside, None, 1],
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )[:, 0]
        levels[levels < DARKEST_PAPER] = np.nan
        return levels.reshape(np.shape(points)[:-1])


def darkest_channel(pixels: NDArray[np.uint8]) -> Grey:
    """Make a colour scan grey so that ink of every colour stays dark.

    Blue, red and green pens are dark in at least one channel, and grey made from luminance thins
    them out: on phone photos of ballots the weakest blue cross gains half as much ink again.
    Colour speaks only for ink this way, never against it.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3), channels in any order.

    Returns:
        (rows, columns) grey; the array itself where it was grey.
    """
    if pixels.ndim == 2:  # noqa: PLR2004  (rows, columns)
        return pixels
    first, second, third = cv2.split(pixels)
    return np.asarray(cv2.min(cv2.min(first, second), third), dtype=np.uint8)


def paper_map(pixels: Grey, px_per_mm: float) -> PaperMap:
    """Find the level of the bare paper all over a scan, shadows included.

    A square millimetre is averaged to one cell, everything dark that is narrower than
    `BARE_PAPER_WITHIN_MM` is closed over, and the rest is smoothed.

    Args:
        pixels: (rows, columns) grey scan.
        px_per_mm: Scan pixels a millimetre; a tenth off does no harm.
    """
    rows, columns = pixels.shape
    shrink = int(np.clip(round(px_per_mm), 1, max(1, min(rows, columns) // 8)))
    # Whole cells only: an integer ratio is several times faster to average.
    whole = pixels[: rows // shrink * shrink, : columns // shrink * shrink]
    size = (columns // shrink, rows // shrink)
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    side = 2 * round(BARE_PAPER_WITHIN_MM * px_per_mm / shrink / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    levels = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), side / 3)
    return PaperMap(np.asarray(levels, dtype=np.float32), shrink, (columns, rows))


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
    black = float(np.percentile(known, BLACK_PERCENTILE))
    return min(black, 1.0) if black >= PALEST_BLACK else float("nan")
