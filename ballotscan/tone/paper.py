"""The grey of the bare paper, everywhere on a scan: what ink is measured against.

The tone of the paper and the light on it differ from scan to scan, and a photo has shadows; so the
level is found all over the page, from the page alone, never from other ballots.
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

    def near(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
        """Read the level of the square that each of some pixels lies in.

        Args:
            rows: (...) of the pixels.
            columns: Likewise.

        Returns:
            (...) levels, however dark.
        """
        return self.levels.take(squares_of(rows, columns, self.shrink, self.levels.shape))

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


def squares_of(
    rows: NDArray[np.intp], columns: NDArray[np.intp], shrink: int, shape: tuple[int, ...]
) -> NDArray[np.intp]:
    """The square of a paper map that each of some pixels lies in, as a flat index.

    Args:
        rows: (...) of the pixels.
        columns: Likewise.
        shrink: Pixels along the side of a square.
        shape: (rows, columns) of the map; what is left over beyond them goes to the last.
    """
    row = np.minimum(rows // shrink, shape[0] - 1)
    return np.asarray(row * shape[1] + np.minimum(columns // shrink, shape[1] - 1))


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
    small = _average(pixels, shrink)
    side = 2 * round(BARE_PAPER_WITHIN_MM * px_per_mm / shrink / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    # Three standard deviations on either side hold all but a four-hundredth of a Gaussian; OpenCV
    # takes four of its own accord, and two thirds more time.
    reach = (2 * side + 1,) * 2
    levels = cv2.GaussianBlur(closed.astype(np.float32), reach, side / 3)
    return PaperMap(np.asarray(levels, dtype=np.float32), shrink, (columns, rows))


def _average(pixels: Grey, factor: int) -> Grey:
    """Make an image smaller by a whole factor; what is left over at its right and bottom goes.

    By two as long as that is possible: OpenCV has a fast path for it, six times as fast as for four.
    """
    rows, columns = (size // factor for size in pixels.shape)
    small = pixels[: rows * factor, : columns * factor]
    while factor > 1:
        factor //= 2 if factor % 2 == 0 else factor
        size = (columns * factor, rows * factor)
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return small
