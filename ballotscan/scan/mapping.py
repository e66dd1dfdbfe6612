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
_REMAP_LIMIT = 32_000


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
        if len(points) == 0:
            return points.astype(np.float64)
        if self.mesh is not None:
            nodes = (points / MESH_PITCH_PX).astype(np.float32)
            shifts = [
                cv2.remap(
                    self.mesh,
                    part[:, None, 0],
                    part[:, None, 1],
                    cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                ).reshape(-1, 2)
                # cv2.remap takes no side of 32768 or more.
                for part in np.split(nodes, range(_REMAP_LIMIT, len(nodes), _REMAP_LIMIT))
            ]
            points = points + np.concatenate(shifts)
        mapped: Points = cv2.perspectiveTransform(points[None].astype(np.float64), self.matrix)[0]
        return mapped


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
