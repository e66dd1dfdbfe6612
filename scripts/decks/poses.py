"""Where a page lies on a scan: drawn by chance, known exactly.

A point q of an ideally flat, evenly fed page lies at `matrix` applied to q. The paper that is seen
there is that of q + bend(q): waves along and across the feed, and slips of the feed. So the scan is
one `cv2.remap` of the printed page, and the truth of a point p of the paper is found by solving
q + bend(q) = p. Nothing of the reader takes part.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]
MM_PER_INCH = 25.4

_NODE_PX = 16  # the map is computed at every 16th pixel; between them it is flat to 0.01 mm
_STRIP = 8  # nodes
_SOLVE = 60  # rounds of fixed-point iteration at most: waves halve the miss each time, and more
_SOLVED_MM = 1e-5


@dataclass(frozen=True, slots=True)
class Wave:
    """The feed runs ahead and behind.

    Attributes:
        along_mm: How far, along the feed.
        across_mm: How far aside.
        period_mm: Paper from one crest to the next.
        phase: Where it begins, radians.
    """

    along_mm: float
    across_mm: float
    period_mm: float
    phase: float


@dataclass(frozen=True, slots=True)
class Slip:
    """At some place the feed slips: so much paper is lost, or seen twice as long."""

    at_mm: float
    by_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where the paper lies on the scan.

    Attributes:
        matrix: (3, 3) from mm on the flat page to scan pixels; pixel centres are whole.
        size_px: Columns and rows of the scan.
        dpi: Resolution of the scan.
        skew_deg: How crooked, beyond the quarter turns.
        scale: Size against the printed size.
        stretch: Scale along against scale across.
        shear_deg: Departure from a right angle.
    """

    matrix: NDArray[np.float64]
    size_px: tuple[int, int]
    dpi: int
    skew_deg: float
    scale: float
    stretch: float
    shear_deg: float
    waves: tuple[Wave, ...] = ()
    slips: tuple[Slip, ...] = ()

    def bend(self, flat_mm: Points) -> Points:
        """(N, 2) what lies at flat points q is the paper of q + this."""
        moved = np.zeros_like(flat_mm)
        for wave in self.waves:
            turn = 2 * np.pi * flat_mm[:, 1] / wave.period_mm + wave.phase
            moved[:, 1] += wave.along_mm * np.sin(turn)
            moved[:, 0] += wave.across_mm * np.sin(0.7 * turn)
        for slip in self.slips:
            # Over a few millimetres, so that paper never runs backwards.
            span_mm = max(3.0, 2 * abs(slip.by_mm))
            moved[:, 1] += slip.by_mm * np.clip((flat_mm[:, 1] - slip.at_mm) / span_mm, 0, 1)
        return moved

    def locate(self, paper_mm: Points) -> Points:
        """Map (N, 2) points of the paper, in mm, to scan pixels (x, y)."""
        flat = paper_mm.astype(np.float64)
        if self.waves or self.slips:
            for _ in range(_SOLVE):
                before = flat
                flat = paper_mm - 0.5 * self.bend(before) - 0.5 * (paper_mm - before)
                if np.abs(flat - before).max() < _SOLVED_MM:
                    break
        located: Points = cv2.perspectiveTransform(flat[None], self.matrix)[0]
        return located


def lay(size_mm: tuple[float, float], centre_px: Points, linear: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
    """The matrix that puts the middle of the page at a pixel, and turns the page by `linear`."""
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = centre_px - linear @ (np.array(size_mm) / 2)
    return matrix


def photograph(page: Pixels, page_dpi: float, pose: Pose, background: int) -> Pixels:
    """See the page as it lies.

    Args:
        page: (rows, columns) printed page.
        page_dpi: Its resolution.
        pose: How it lies.
        background: Grey of what lies beside it.
    """
    columns, rows = pose.size_px
    across, down = (-(-side // _NODE_PX) + 2 for side in (columns, rows))
    x = (np.arange(across) - 0.5) * _NODE_PX - 0.5
    y = (np.arange(down) - 0.5) * _NODE_PX - 0.5
    nodes = np.stack(np.meshgrid(x, y), axis=-1).reshape(1, -1, 2)
    flat = cv2.perspectiveTransform(nodes, np.linalg.inv(pose.matrix))[0]
    per_mm = page_dpi / MM_PER_INCH
    seen = ((flat + pose.bend(flat)) * per_mm - 0.5).astype(np.float32).reshape(down, across, 2)
    scan = np.empty((rows, columns), dtype=np.uint8)
    # In strips, so that the map of a strip is still in the cache when it is used: twice as fast.
    for first in range(0, down - 2, _STRIP):
        part = seen[first : first + _STRIP + 2]
        size = (across * _NODE_PX, len(part) * _NODE_PX)
        wide = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
        top = first * _NODE_PX
        count = min(_STRIP * _NODE_PX, rows - top)
        scan[top : top + count] = cv2.remap(
            page,
            wide[_NODE_PX : _NODE_PX + count, _NODE_PX : _NODE_PX + columns],
            None,  # type: ignore[call-overload]
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(background,) * 3,
        )
    return scan


def solve_misses(pose: Pose, paper_mm: Points) -> float:
    """How far `locate` is from the truth, in mm, at most: for the tests of this file."""
    located = pose.locate(paper_mm)
    flat = cv2.perspectiveTransform(located[None], np.linalg.inv(pose.matrix))[0]
    return float(np.abs(flat + pose.bend(flat) - paper_mm).max())
