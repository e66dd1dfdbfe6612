"""A smooth field of shifts over a page, drawn through many sightings of which some are wrong.

First a cubic over the page that outliers cannot pull (Cauchy weights), where shifts may be large;
then what is left of each sighting, averaged over its neighbourhood, the outliers weighted down
again. Where nothing is printed the field runs out towards the cubic.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import MESH_PITCH_PX

HALF_PX_PER_MM = 100 / 25.4
_PITCH_PX = MESH_PITCH_PX / 2  # half template pixels


@dataclass(frozen=True, slots=True, eq=False)
class AnchorGrid:
    """The anchors of a form among the nodes of its mesh.

    Attributes:
        anchors: (N, 2) in half template pixels.
        nodes: (rows, columns) of the mesh.
        terms: (N, 10) cubic terms at the anchors.
        node_terms: (M, 10) cubic terms at the nodes.
    """

    anchors: NDArray[np.float32]
    nodes: tuple[int, int]
    terms: NDArray[np.float64]
    node_terms: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Where the anchors were seen in one pass.

    Attributes:
        shifts: (N, 2) shifts in half template pixels.
        is_seen: (N,) whether the anchor came back to where it started.
    """

    shifts: NDArray[np.float32]
    is_seen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of shifts drawn through what the anchors say.

    Attributes:
        mesh: (rows, columns, 2) shifts at the nodes, in half template pixels.
        misses_px: (N,) how far each anchor is from the field, in half template pixels; NaN where
            it was not seen.
    """

    mesh: NDArray[np.float32]
    misses_px: NDArray[np.float32]


def place_anchors(anchors: NDArray[np.float32], size_px: tuple[int, int]) -> AnchorGrid:
    """Place anchors among the nodes of the mesh of a page.

    Args:
        anchors: (N, 2) in half template pixels.
        size_px: (columns, rows) of the page in half template pixels.
    """
    columns, rows = (int(np.ceil(size / _PITCH_PX)) + 1 for size in size_px)
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    # Node 0 lies at template pixel 0, which is a quarter of a half pixel before half pixel 0.
    nodes = np.stack([x, y], axis=-1).reshape(-1, 2) * _PITCH_PX - 0.25
    return AnchorGrid(anchors, (rows, columns), _cubic(anchors, size_px), _cubic(nodes, size_px))


def _cubic(points: NDArray[np.floating], size_px: tuple[int, int]) -> NDArray[np.float64]:
    """(N, 10) terms up to the third degree, of places scaled to -1..1."""
    x, y = (2 * points.astype(np.float64) / np.array(size_px) - 1).T
    terms = [x**i * y**j for i in range(4) for j in range(4 - i)]
    return np.stack(terms, axis=1)


def draw_field(
    sighting: Sighting,
    grid: AnchorGrid,
    *,
    reach_mm: float,
    is_wide: bool,
    rounds: int = 4,
) -> Field:
    """Draw a smooth field of shifts through the anchors, whatever single ones say.

    Args:
        sighting: What was seen.
        grid: The anchors.
        reach_mm: Standard deviation of the neighbourhood over which shifts are averaged.
        is_wide: Whether a cubic over the page is fitted first; then a shift may be large.
        rounds: How often outliers are weighted down anew.
    """
    shifts = sighting.shifts.astype(np.float64)
    seen = sighting.is_seen.astype(np.float64)
    plain = np.zeros_like(shifts)
    node_plain = np.zeros((len(grid.node_terms), 2))
    if is_wide:
        coefficients = _fit_cubic(grid.terms, shifts, seen)
        plain = grid.terms.dot(coefficients)
        node_plain = grid.node_terms.dot(coefficients)
    rest = (shifts - plain).astype(np.float32)
    spread = _Spread(grid)
    weights = seen * _cauchy(rest, 1.5 if is_wide else 1.0)
    local = np.zeros((*grid.nodes, 2), dtype=np.float32)
    misses = rest
    for _ in range(rounds):
        local = spread.average(rest, weights, reach_mm)
        misses = rest - spread.at_anchors(local)
        weights = seen * _cauchy(misses, 0.5)
    mesh = local + node_plain.reshape(*grid.nodes, 2).astype(np.float32)
    distance = np.hypot(misses[:, 0], misses[:, 1])
    return Field(mesh, np.where(sighting.is_seen, distance, np.nan).astype(np.float32))


def _cauchy(misses: NDArray[np.float32], scale_px: float) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = 1 / (
        1 + (misses.astype(np.float64) ** 2).sum(axis=1) / scale_px**2
    )
    return weights


def _fit_cubic(
    terms: NDArray[np.float64], shifts: NDArray[np.float64], seen: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit (10, 2) coefficients; outliers are weighted down in ever narrower rounds."""
    # The higher terms are held back a little, so that they do not run away where nothing is printed.
    hold = np.diag([0.01, 0.01, 0.1, 0.1, 0.01, 0.1, 0.1, 0.1, 0.1, 0.1]) * 20
    weights = seen
    coefficients = np.zeros((10, 2))
    for scale_px in (8.0, 4.0, 2.0, 1.0, 1.0, 1.0):
        weighted = terms * weights[:, None]
        coefficients = np.linalg.solve(
            np.einsum("ni,nj->ij", weighted, terms) + hold, np.einsum("ni,nj->ij", weighted, shifts)
        )
        misses = (shifts - terms.dot(coefficients)).astype(np.float32)
        weights = seen * _cauchy(misses, scale_px)
    return coefficients


class _Spread:
    """Carries values between anchors and the nodes of the mesh (bilinear, both ways)."""

    def __init__(self, grid: AnchorGrid) -> None:
        self._nodes = grid.nodes
        place = (grid.anchors + np.float32(0.25)) / np.float32(_PITCH_PX)
        self._place = place[:, None, :]
        corner = np.floor(place).astype(np.intp)
        share = place - corner
        columns = grid.nodes[1]
        first = corner[:, 1] * columns + corner[:, 0]
        self._index = np.stack([first, first + 1, first + columns, first + columns + 1])
        x, y = share[:, 0], share[:, 1]
        self._share = np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y])

    def average(
        self, shifts: NDArray[np.float32], weights: NDArray[np.float64], reach_mm: float
    ) -> NDArray[np.float32]:
        """Average the shifts around each node; towards none where no anchor is near."""
        count = self._nodes[0] * self._nodes[1]
        sums = np.empty((*self._nodes, 3), dtype=np.float32)
        for layer, values in enumerate((weights, weights * shifts[:, 0], weights * shifts[:, 1])):
            spread = np.bincount(
                self._index.ravel(), (self._share * values).ravel(), minlength=count
            )
            sums[..., layer] = spread.reshape(self._nodes)
        sigma = reach_mm * HALF_PX_PER_MM / _PITCH_PX
        smooth = np.asarray(cv2.GaussianBlur(sums, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT))
        averages: NDArray[np.float32] = smooth[..., 1:] / (smooth[..., :1] + np.float32(0.02))
        return averages

    def at_anchors(self, mesh: NDArray[np.float32]) -> NDArray[np.float32]:
        """Read a mesh at the anchors."""
        values = cv2.remap(
            mesh,
            self._place[..., 0],
            self._place[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(values, dtype=np.float32).reshape(-1, 2)
