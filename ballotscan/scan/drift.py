"""From shifts at single places to a mesh: how the feed and the paper moved what lies between.

Boxes are found one by one, but names, the audit image and the gate need the whole page. A feed that
slips moves whole lines of the scan, so what discs and sure boxes say is averaged over 60 mm across
the feed and 4 mm along it (a Gaussian kernel); far from all of them nothing moves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.mapping import MESH_PITCH_PX, Points

_ALONG_MM = 4.0
_ACROSS_MM = 60.0
# A place that moved counts as this many places that did not, at the centre of the kernel.
_STILL_WEIGHT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class DriftReference:
    """Weights of the places of a page at the nodes of its mesh.

    Attributes:
        upright: (rows, columns, N) of each place at each node, for a page fed top or bottom first.
        sideways: Likewise for a page fed left or right side first.
    """

    upright: NDArray[np.float32]
    sideways: NDArray[np.float32]


def prepare_drift(size_px: tuple[int, int], places: Points) -> DriftReference:
    """Compute the weights.

    Args:
        size_px: (columns, rows) of the page in template pixels.
        places: (N, 2) places (x, y) in template pixels.
    """
    x = np.arange(int(np.ceil(size_px[0] / MESH_PITCH_PX)) + 1) * float(MESH_PITCH_PX)
    y = np.arange(int(np.ceil(size_px[1] / MESH_PITCH_PX)) + 1) * float(MESH_PITCH_PX)
    return DriftReference(
        upright=_weigh(x, y, places, _ACROSS_MM * PX_PER_MM, _ALONG_MM * PX_PER_MM),
        sideways=_weigh(x, y, places, _ALONG_MM * PX_PER_MM, _ACROSS_MM * PX_PER_MM),
    )


def _weigh(
    x: NDArray[np.floating], y: NDArray[np.floating], places: Points, reach_x: float, reach_y: float
) -> NDArray[np.float32]:
    across = np.exp(-((x[:, None] - places[None, :, 0]) ** 2) / (2 * reach_x**2))
    down = np.exp(-((y[:, None] - places[None, :, 1]) ** 2) / (2 * reach_y**2))
    weights: NDArray[np.float32] = (down[:, None, :] * across[None, :, :]).astype(np.float32)
    return weights


def draw_mesh(
    reference: DriftReference,
    shifts: NDArray[np.float32],
    is_known: NDArray[np.bool_],
    *,
    is_sideways: bool,
) -> NDArray[np.float32]:
    """Average what is known.

    Args:
        reference: Of the places.
        shifts: (N, 2) shift (x, y) of each place in template pixels.
        is_known: (N,) whether it counts.
        is_sideways: Whether the paper was fed left or right side first.

    Returns:
        (rows, columns, 2) mesh for `PageMapping`.
    """
    weights = (reference.sideways if is_sideways else reference.upright)[:, :, is_known]
    known = shifts[is_known]
    # einsum and not @: a matrix product of this size wakes the threads of the BLAS library, which
    # then spin beside the other workers.
    moved = np.einsum("ijn,nk->ijk", weights, known)
    total = weights.sum(axis=2)[:, :, None] + np.float32(_STILL_WEIGHT)
    mesh: NDArray[np.float32] = (moved / total).astype(np.float32)
    return mesh
