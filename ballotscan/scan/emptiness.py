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
    if np.percentile(small, 50) < 128:  # noqa: PLR2004 - not paper, whatever it is
        return False
    dark = (measure_ink(small, _DPI) >= _DARK_INK).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    edge = _EDGE_MM * _PX_PER_MM
    rows, columns = small.shape
    for left, top, width, height, area in stats[1:count]:
        if area < _LEAST_MM2 * _PX_PER_MM**2:
            continue
        is_at_edge = (
            left + width <= edge
            or top + height <= edge
            or left >= columns - edge
            or top >= rows - edge
        )
        touches = left == 0 or top == 0 or left + width == columns or top + height == rows
        if not (is_at_edge and touches):
            return False
    return True
