"""Where a point of the template lies on the scan: a plane transform plus what the paper stretched.

A template point t (in template pixels, 200 dpi) lies at `matrix` applied to t + mesh(t). Pixel
centres have whole coordinates, as in OpenCV.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]

MESH_PITCH_PX = 40  # 5 mm: finer than any feed error seen, coarser than a letter


def template_px(x_mm: float, y_mm: float) -> tuple[float, float]:
    """The template pixel (x, y) of a place on the page in millimetres.

    Half a pixel lies between the two: the page begins at the edge of its first pixel, whole
    coordinates are in the middle of one.
    """
    return x_mm * PX_PER_MM - 0.5, y_mm * PX_PER_MM - 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PageMapping:
    """From template pixels to scan pixels.

    Attributes:
        matrix: (3, 3) plane transform.
        mesh: (rows, columns, 2) shifts (x, y) in template pixels at nodes `MESH_PITCH_PX` apart,
            the first at the template's origin; None where the paper did not stretch.
    """

    matrix: NDArray[np.float64]
    mesh: NDArray[np.float32] | None = None

    def apply(self, points: Points) -> Points:
        """Map (N, 2) template points (x, y) to scan points."""
        points = points.astype(np.float64)
        if len(points) == 0:
            return points
        if self.mesh is not None:
            points = points + self.shifts_at(points)
        mapped: Points = cv2.perspectiveTransform(points[None], self.matrix)[0]
        return mapped

    def shifts_at(self, points: Points) -> NDArray[np.float32]:
        """What the mesh adds to (N, 2) template points."""
        if self.mesh is None or len(points) == 0:
            return np.zeros((len(points), 2), dtype=np.float32)
        nodes = (points / MESH_PITCH_PX).astype(np.float32)
        # OpenCV's maps end at 32767 rows, so the points lie in rows of 1024.
        count = len(nodes)
        columns = min(count, 1024)
        rows = -(-count // columns)
        padded = np.zeros((rows * columns, 2), dtype=np.float32)
        padded[:count] = nodes
        shifts = cv2.remap(
            self.mesh,
            padded[:, 0].reshape(rows, columns),
            padded[:, 1].reshape(rows, columns),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(shifts.reshape(-1, 2)[:count], dtype=np.float32)


def sample_window(
    pixels: Pixels,
    mapping: PageMapping,
    corner_px: tuple[float, float],
    size_px: tuple[int, int],
    *,
    step_px: float = 1.0,
) -> Pixels:
    """Cut one upright window of the template out of the scan.

    Args:
        pixels: (rows, columns) or (rows, columns, 3) scan.
        mapping: Where the template lies on it.
        corner_px: Template point (x, y) of the centre of the window's first pixel.
        size_px: (columns, rows) of the result.
        step_px: Template pixels a result pixel; 2 gives half size.

    Returns:
        The window, white where it leaves the scan.
    """
    columns, rows = size_px
    if mapping.mesh is None:
        to_template = np.array(
            [[step_px, 0, corner_px[0]], [0, step_px, corner_px[1]], [0, 0, 1]], dtype=np.float64
        )
        return _warp(pixels, mapping.matrix.dot(to_template), size_px)
    x = corner_px[0] + step_px * np.arange(columns, dtype=np.float64)
    y = corner_px[1] + step_px * np.arange(rows, dtype=np.float64)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    where = mapping.apply(grid).astype(np.float32).reshape(rows, columns, 2)
    return np.asarray(
        cv2.remap(
            pixels,
            where,
            None,  # type: ignore[call-overload]
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        ),
        dtype=np.uint8,
    )


def sample_patches(
    pixels: Pixels,
    mapping: PageMapping,
    corners_px: Points,
    size_px: tuple[int, int],
    *,
    step_px: float = 1.0,
) -> Pixels:
    """Cut many small upright windows of one size out of the scan.

    Within a window the page is taken to be flat (an affinity at its middle): over 15 mm the worst
    feed error known, 0.45 mm over 30 mm of paper, bends it by 0.05 mm.

    Args:
        pixels: (rows, columns) or (rows, columns, 3) scan.
        mapping: Where the template lies on it.
        corners_px: (N, 2) template points (x, y) of the centre of each window's first pixel.
        size_px: (columns, rows) of each window.
        step_px: Template pixels a result pixel; 2 gives half size.

    Returns:
        (N, rows, columns) or (N, rows, columns, 3) windows, white where they leave the scan.
    """
    columns, rows = size_px
    windows = np.empty((len(corners_px), rows, columns, *pixels.shape[2:]), dtype=np.uint8)
    reach = np.array([columns - 1, rows - 1]) * (step_px / 2)
    middles = corners_px + reach
    # Three points of each window give its affinity.
    reaches = np.array([[0, 0], [reach[0], 0], [0, reach[1]]])
    where = mapping.apply((reaches[:, None] + middles[None]).reshape(-1, 2))
    middle, along, down = where.reshape(3, len(middles), 2)
    affinities = np.empty((len(middles), 2, 3))
    affinities[:, :, 0] = (along - middle) * (2 / max(columns - 1, 1))
    affinities[:, :, 1] = (down - middle) * (2 / max(rows - 1, 1))
    affinities[:, :, 2] = 3 * middle - along - down  # where the first pixel lies
    for window, affinity in zip(windows, affinities, strict=True):
        # Half the time of one map of all windows: an affinity needs none.
        cv2.warpAffine(
            pixels,
            affinity,
            size_px,
            dst=window,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        )
    return windows


def _warp(pixels: Pixels, matrix: NDArray[np.float64], size_px: tuple[int, int]) -> Pixels:
    return np.asarray(
        cv2.warpPerspective(
            pixels,
            matrix,
            size_px,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        ),
        dtype=np.uint8,
    )
