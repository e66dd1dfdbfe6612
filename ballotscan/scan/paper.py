"""A scanned page made smaller, made flat, and cleaned of shadow: what every fit starts from.

Ink is uint8, 0 where the page is as light as the paper around it, 255 where it is black. A point in
the middle of a pixel has whole coordinates, as in OpenCV; so a pixel of an image reduced k times
lies at k * x + (k - 1) / 2 of the large one.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import PageMapping, Pixels

Matrix = NDArray[np.float64]

# Paper is looked for in windows of this size: wider than any letter, narrower than most shadows.
_PAPER_WINDOW_MM = 9.0
_PAPER_DPI = 25
# Nothing darker than this share of the page's brightest paper is called paper: a solid black bar
# wider than the window stays ink, and a photograph's shadow (down to 0.4 measured) stays paper.
_DARKEST_PAPER = 0.35
_EDGE_INK = 90  # of 255
_RIM_PX = 40  # 10 mm at 100 dpi
_WARP_PITCH = 16  # pixels between the points whose place is computed; between them it is linear


def reduce_page(pixels: Pixels, factor: int) -> Pixels:
    """Make an image smaller by a whole factor, each pixel the mean of factor x factor."""
    if factor <= 1:
        return pixels
    rows, columns = (size // factor * factor for size in pixels.shape[:2])
    # A size that the factor divides keeps OpenCV on its fast path (10 times faster).
    return np.asarray(
        cv2.resize(
            pixels[:rows, :columns],
            (columns // factor, rows // factor),
            interpolation=cv2.INTER_AREA,
        ),
        dtype=np.uint8,
    )


def enlargement(factor: int) -> Matrix:
    """Matrix from pixels of an image reduced `factor` times to pixels of the large one."""
    middle = (factor - 1) / 2
    return np.array([[factor, 0, middle], [0, factor, middle], [0, 0, 1]], dtype=np.float64)


def find_paper(grey: Pixels, dpi: float) -> tuple[Pixels, int]:
    """The grey of the bare paper: the page with everything narrow closed, smoothed.

    So a shadow or grey paper is not ink; narrow is less than `_PAPER_WINDOW_MM`.

    Args:
        grey: (rows, columns) page.
        dpi: Its resolution, roughly.

    Returns:
        A small map of levels, and how many page pixels a side of its pixels has.
    """
    factor = max(1, round(dpi / _PAPER_DPI))
    small = reduce_page(grey, factor)
    size = max(3, round(_PAPER_WINDOW_MM * dpi / factor / 25.4)) | 1
    window = np.ones((size, size), dtype=np.uint8)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, window)
    paper = cv2.GaussianBlur(paper, (size, size), 0)
    # The 95th percentile, counted: several times faster than sorting.
    below = np.cumsum(np.bincount(np.asarray(paper, dtype=np.uint8).ravel(), minlength=256))
    darkest = _DARKEST_PAPER * float(np.searchsorted(below, 0.95 * below[-1]))
    levels = cv2.max(paper, max(1.0, darkest))  # type: ignore[call-overload]
    return np.asarray(levels, dtype=np.uint8), factor


def measure_ink(grey: Pixels, dpi: float) -> Pixels:
    """Say how dark each point is, compared with the paper around it.

    Args:
        grey: (rows, columns) page.
        dpi: Its resolution, roughly.

    Returns:
        (rows, columns) ink.
    """
    paper, factor = find_paper(grey, dpi)
    rows, columns = grey.shape
    large = cv2.resize(paper, (paper.shape[1] * factor, paper.shape[0] * factor))
    if large.shape != grey.shape:
        bottom, right = rows - large.shape[0], columns - large.shape[1]
        large = cv2.copyMakeBorder(large, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.bitwise_not(cv2.divide(grey, large, scale=255)), dtype=np.uint8)


def drop_edges(ink: Pixels) -> Pixels:
    """Take away ink that runs in from the edge of a blank: the shadow of a scanned sheet's edge.

    It is not print, and lies elsewhere on every scan.

    Args:
        ink: (rows, columns) ink of a blank at 100 dpi.
    """
    is_dark = (ink > _EDGE_INK).astype(np.uint8)
    _, labels = cv2.connectedComponents(is_dark, connectivity=8)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    at_edge = np.zeros(int(labels.max()) + 1, dtype=bool)
    at_edge[rim] = True
    at_edge[0] = False
    dropped = at_edge[labels] & (is_dark > 0)
    # What it leaves behind is its own soft border.
    dropped = cv2.dilate(dropped.astype(np.uint8), np.ones((5, 5), dtype=np.uint8)) > 0
    # Print that is joined to the edge is print all the same, further in.
    dropped[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX] = False
    kept: Pixels = np.where(dropped, np.uint8(0), ink)
    return kept


def lay_flat(
    pixels: Pixels,
    mapping: PageMapping,
    size_px: tuple[int, int],
    *,
    step_px: float = 1.0,
    outside: int = 255,
) -> Pixels:
    """Resample a whole page so that it lies on its template.

    Faster than asking `sample_window` for the whole page: the place of a pixel is computed at
    every sixteenth pixel and is linear between (a perspective bends by less than 0.01 px there).

    Args:
        pixels: (rows, columns) or (rows, columns, 3) scan.
        mapping: Where the template lies on it.
        size_px: (columns, rows) of the result.
        step_px: Template pixels a result pixel; result pixels are cells of that size, the first
            one at the template's upper left corner, so 2 gives the page reduced 2 times.
        outside: Value where the template leaves the scan.

    Returns:
        (rows, columns) or (rows, columns, 3) page.
    """
    columns, rows = size_px
    # cv2.resize puts node n at pixel pitch * n + (pitch - 1) / 2; one node more on every side.
    nodes_x = (np.arange(-1, columns // _WARP_PITCH + 2) + 0.5) * _WARP_PITCH - 0.5
    nodes_y = (np.arange(-1, rows // _WARP_PITCH + 2) + 0.5) * _WARP_PITCH - 0.5
    grid = np.stack(np.meshgrid(nodes_x, nodes_y), axis=-1).reshape(-1, 2)
    where = mapping.apply(grid * step_px + (step_px - 1) / 2).astype(np.float32)
    where = where.reshape(len(nodes_y), len(nodes_x), 2)
    wide = cv2.resize(where, (len(nodes_x) * _WARP_PITCH, len(nodes_y) * _WARP_PITCH))
    return np.asarray(
        cv2.remap(
            pixels,
            wide[_WARP_PITCH : _WARP_PITCH + rows, _WARP_PITCH : _WARP_PITCH + columns],
            None,  # type: ignore[call-overload]
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(outside, outside, outside),
        ),
        dtype=np.uint8,
    )
