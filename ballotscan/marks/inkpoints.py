"""The ink on a half-size page that print does not hide, as a list of points.

A page has a million pixels of 0.25 mm and a few thousand of them are new ink: once they are
listed, everything that is asked of them costs next to nothing.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.ink import BLACK_PERCENTILE, PALEST_BLACK, Grey
from ballotscan.tone.paper import DARKEST_PAPER, PaperMap
from ballotscan.tone.quantiles import quantile

Bits = NDArray[np.bool_]
Ints = NDArray[np.intp]

HALF_PX_PER_MM = PX_PER_MM / 2
MM2 = 1 / HALF_PX_PER_MM**2  # area of a pixel
CELL_PX = 2  # points are joined in cells of half a millimetre


@dataclass(frozen=True, slots=True, eq=False)
class InkPoints:
    """N pixels of ink.

    Attributes:
        rows: (N,) in pixels of the half-size page.
        columns: Likewise.
        ink: (N,) float32, 1 is as dark as the page's own print.
        zones: (N,) uint8, what the pixel lies in; see `zones`.
    """

    rows: Ints
    columns: Ints
    ink: NDArray[np.float32]
    zones: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, which: Bits | Ints) -> "InkPoints":
        """Some of the points."""
        return InkPoints(self.rows[which], self.columns[which], self.ink[which], self.zones[which])

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels; right and bottom lie outside."""
        left, top = int(self.columns.min()), int(self.rows.min())
        return left, top, int(self.columns.max()) + 1, int(self.rows.max()) + 1

    @property
    def area_mm2(self) -> float:
        """How much ink they are."""
        return float(len(self) * MM2)


@dataclass(frozen=True, slots=True, eq=False)
class HalfPage:
    """A page at half size, how light its paper is, and how dark its print.

    Attributes:
        grey: (rows, columns) darkest channel.
        paper: The level of its bare paper; nowhere darker than paper can be.
        black: Ink of the page's own print, 0.5 to 1.
    """

    grey: Grey
    paper: PaperMap
    black: float

    def ink_at(self, rows: Ints, columns: Ints) -> NDArray[np.float32]:
        """The ink at pixels, 1 is as dark as the page's own print."""
        ink = 1 - self.grey[rows, columns] / self.paper.near(rows, columns)
        return np.asarray(ink / np.float32(self.black), dtype=np.float32)

    def dark(self, ink: float) -> Grey:
        """(rows, columns) 255 where there is so much ink, else 0."""
        rows, columns = self.grey.shape
        cut = np.asarray(self.paper.levels * np.float32(1 - ink * self.black), dtype=np.uint8)
        whole = cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.compare(self.grey, whole, cv2.CMP_LE), dtype=np.uint8)


def measure_page(grey: Grey, paper: PaperMap, solid: Ints) -> HalfPage:
    """Find out how dark the print of a page is.

    Args:
        grey: (rows, columns) darkest channel, at half size.
        paper: The level of its bare paper.
        solid: Flat indices of pixels where the blank has solid print.
    """
    levels = np.maximum(paper.levels, np.float32(DARKEST_PAPER))
    page = HalfPage(grey, replace(paper, levels=levels), 1.0)
    if not solid.size:
        return page
    ink = page.ink_at(*np.divmod(solid, grey.shape[1]))
    black = quantile(ink, BLACK_PERCENTILE / 100)
    return replace(page, black=min(max(black, PALEST_BLACK), 1.0))


def label_points(points: InkPoints, shape: tuple[int, ...]) -> Ints:
    """Tell which points belong together: those no more than about a millimetre apart.

    Args:
        points: Of a page of this shape.
        shape: (rows, columns) of the half-size page.

    Returns:
        (N,) the part of each point, from 1.
    """
    return label_pixels(points.rows, points.columns, shape)


def label_pixels(rows: Ints, columns: Ints, shape: tuple[int, ...]) -> Ints:
    """The same for pixels of which only the place is known."""
    cells = np.zeros((shape[0] // CELL_PX + 1, shape[1] // CELL_PX + 1), dtype=np.uint8)
    at = rows // CELL_PX, columns // CELL_PX
    cells[at] = 1
    grown = cv2.dilate(cells, np.ones((3, 3), dtype=np.uint8))
    # Faster here than the algorithm that OpenCV would choose; see `parts`.
    _, labels = cv2.connectedComponentsWithAlgorithm(grown, 8, cv2.CV_32S, cv2.CCL_GRANA)
    return labels[at].astype(np.intp)
