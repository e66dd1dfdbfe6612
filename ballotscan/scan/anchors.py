"""Places of a blank page that are found again surely: what carries a page between its boxes."""

import cv2
import numpy as np

from ballotscan.election.template import Rect, TemplatePage
from ballotscan.scan.mapping import Pixels
from ballotscan.scan.paper import reduce_page

_PX_PER_MM = 100 / 25.4
_SIZE_MM = 4.0
_CELL_MM = (35.0, 11.0)  # across and down: a feed moves lines, so lines want more of them
_CLEAR_MM = 2.5  # from what is written or stamped on
# Least eigenvalue of the structure tensor, grey levels squared: two letters have 300 and more, a
# smooth ruling under 20.
_LEAST_CORNER = 120.0


def choose_anchors(page: TemplatePage, blank: Pixels) -> list[Rect]:
    """Choose the place with the sharpest corners in each cell of the page.

    Args:
        page: The template page.
        blank: (rows, columns) picture of it in template pixels.

    Returns:
        Squares of 4 mm, away from boxes, names, the seal, and the marks of which some may be missing.
    """
    half = reduce_page(blank, 2)
    window = round(_SIZE_MM * _PX_PER_MM)
    across = cv2.Sobel(half, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(half, cv2.CV_32F, 0, 1, scale=0.125)
    xx, xy, yy = (
        cv2.boxFilter(product, cv2.CV_32F, (window, window))
        for product in (across * across, across * down, down * down)
    )
    corners = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    for rect in _taken(page):
        _clear(corners, rect)
    margin = window
    corners[:margin] = corners[-margin:] = 0
    corners[:, :margin] = corners[:, -margin:] = 0
    anchors = []
    width, height = (round(mm * _PX_PER_MM) for mm in _CELL_MM)
    for top in range(0, corners.shape[0], height):
        for left in range(0, corners.shape[1], width):
            cell = corners[top : top + height, left : left + width]
            y, x = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[y, x] >= _LEAST_CORNER:
                x_mm = (left + float(x) + 0.5) / _PX_PER_MM - _SIZE_MM / 2
                y_mm = (top + float(y) + 0.5) / _PX_PER_MM - _SIZE_MM / 2
                anchors.append(Rect(x_mm, y_mm, _SIZE_MM, _SIZE_MM))
                # The next cell must not choose the same letters.
                _clear(corners, anchors[-1])
    return anchors


def _taken(page: TemplatePage) -> list[Rect]:
    names = [line for name in page.names for line in name.lines]
    discs = [disc.rect for disc in page.fiducials]
    seal = [page.seal] if page.seal else []
    return [*(box.rect for box in page.boxes), *names, *page.codes, *discs, *seal]


def _clear(corners: np.ndarray, rect: Rect) -> None:
    clear = _CLEAR_MM + _SIZE_MM / 2
    top, left = (max(0, int((mm - clear) * _PX_PER_MM)) for mm in (rect.top_mm, rect.left_mm))
    bottom = int((rect.top_mm + rect.height_mm + clear) * _PX_PER_MM)
    right = int((rect.left_mm + rect.width_mm + clear) * _PX_PER_MM)
    corners[top:bottom, left:right] = 0
