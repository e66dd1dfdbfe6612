"""Is there anything at all on this page? The back of a ballot printed on one side has nothing."""

import cv2
import numpy as np

from ballotscan.scan.mapping import Pixels
from ballotscan.scan.paper import measure_ink, reduce_page

_DPI = 50.0
# Ink from which a point is dark: show-through of a marker on 60 g paper reaches a tenth of black.
_DARK_INK = 64
_LEAST_MM2 = 1.5  # smaller spots are dust
_EDGE_MM = 8.0  # shadows of the lid and of the paper's edge end within this
_PX_PER_MM = _DPI / 25.4


def is_empty(pixels: Pixels, long_side_mm: float) -> bool:
    """Say whether a page is bare paper. In doubt it is not.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) scan.
        long_side_mm: Length of the paper, roughly.
    """
    px_per_mm = max(pixels.shape[:2]) / long_side_mm
    factor = max(1, round(px_per_mm / _PX_PER_MM))
    small = reduce_page(pixels, factor)
    if small.ndim > 2:  # noqa: PLR2004
        small = np.asarray(small.min(axis=2), dtype=np.uint8)  # any colour is ink
    if min(small.shape) <= 3 * round(_EDGE_MM * _PX_PER_MM) or np.median(small) < 128:  # noqa: PLR2004 - not paper, whatever it is
        return False
    dark = (measure_ink(small, _DPI) >= _DARK_INK).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark, connectivity=8)
    least = _LEAST_MM2 * _PX_PER_MM**2
    edge = round(_EDGE_MM * _PX_PER_MM)
    inner = np.bincount(labels[edge:-edge, edge:-edge].ravel(), minlength=1)
    if (inner[1:] >= least).any():
        return False
    areas = np.bincount(labels.ravel())
    # A shadow hangs on the edge of the scan; what stands free near it is print.
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    areas[0] = 0
    areas[rim] = 0
    return not (areas >= least).any()
