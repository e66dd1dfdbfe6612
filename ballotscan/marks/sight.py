"""How pale a thin stroke may be that a scan still shows, known from the form's own print.

A scan in black and white loses what is paler than its cut, and nobody told the program where that
cut lies: a thin stroke, or a light one, then leaves a few dots or nothing at all. But the print of
the form has edges, and where the cut lies low they come out wide, where it lies high they come out
narrow. So the area of the form's own print, away from the names, says where the cut is; what voters
drew has no part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, NameField, Rect
from ballotscan.marks.ink import Grey

# Windows of print that are looked at, and how far they keep from all that is marked.
_WINDOW_MM = 8.0
_WINDOWS = 80
_ASIDE_MM = 5.0
_EDGE_MM = 8.0
_LEAST_MM2 = 1.0  # of print in a window
_FEWEST = 6
# The lens of an office scanner softens by about so much (standard deviation); a pixel adds its own
# width, which its blank, at the template's resolution, has already.
_LENS_MM = 0.06
_PX_MM = (25.4 / 300, 25.4 / 200, 25.4 / 150)
_CUTS = np.linspace(0.15, 0.75, 13)
# Grey levels that a scan in black and white has: two, or five where it was halved.
_MOST_LEVELS = 6
_SAMPLED = 11  # every so manieth pixel across and down


@dataclass(frozen=True, slots=True, eq=False)
class PrintSample:
    """Print of the blank away from names, and how wide it comes out.

    Attributes:
        at: (K,) pixels of the page at half size, counted row by row.
        areas: (sizes, cuts) share of them that is black, by the size of a scan's pixels (`_PX_MM`)
            and by the cut (`_CUTS`).
    """

    at: NDArray[np.int64]
    areas: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a scan shows.

    Attributes:
        is_bilevel: Whether it is in black and white.
        px_mm: Side of one of its pixels.
        cut: Ink, in parts of printed black, from which it turns black; 0 where it has greys, NaN
            where that cannot be known.
    """

    is_bilevel: bool
    px_mm: float
    cut: float


GREYS = Sight(is_bilevel=False, px_mm=1 / PX_PER_MM, cut=0.0)


def sample_print(
    ink: NDArray[np.float32], names: Sequence[NameField], others: Sequence[Rect]
) -> PrintSample:
    """Choose print of the blank, and work out how wide it comes out.

    Args:
        ink: (rows, columns) of the blank at template resolution, 0 to 1.
        names: The names of the page.
        others: Places that are marked for other reasons: boxes, seal, codes.
    """
    side = round(_WINDOW_MM * PX_PER_MM / 2) * 2
    rows, columns = (size // side for size in ink.shape)
    windows = ink[: rows * side, : columns * side].reshape(rows, side, columns, side)
    printed = windows.sum(axis=(1, 3)) / PX_PER_MM**2
    printed[~_is_free((rows, columns), side, names, others)] = 0
    order = np.argsort(-printed, axis=None, kind="stable")[:_WINDOWS]
    chosen = [divmod(int(at), columns) for at in order if printed.flat[at] >= _LEAST_MM2]
    half, width = side // 2, ink.shape[1] // 2
    within = np.arange(half)[:, None] * width + np.arange(half)
    at = np.array([row * half * width + column * half for row, column in chosen], dtype=np.int64)
    if len(chosen) < _FEWEST:
        return PrintSample(np.empty(0, np.int64), np.zeros((len(_PX_MM), len(_CUTS))))
    cut_out = np.stack([windows[row, :, column] for row, column in chosen])
    areas = np.array([_areas(cut_out, px_mm) for px_mm in _PX_MM])
    return PrintSample((at[:, None, None] + within).ravel(), areas)


def _is_free(
    shape: tuple[int, int], side: int, names: Sequence[NameField], others: Sequence[Rect]
) -> NDArray[np.bool_]:
    """Which windows lie away from all that is marked, and from the edges of the page."""
    free = np.ones(shape, dtype=bool)
    k = PX_PER_MM / side
    edge = int(np.ceil(_EDGE_MM * k))
    free[:edge], free[-edge:], free[:, :edge], free[:, -edge:] = False, False, False, False
    for rect in [*others, *(line for name in names for line in name.lines)]:
        left, top = (int(max(mm - _ASIDE_MM, 0) * k) for mm in (rect.left_mm, rect.top_mm))
        right = int((rect.left_mm + rect.width_mm + _ASIDE_MM) * k) + 1
        bottom = int((rect.top_mm + rect.height_mm + _ASIDE_MM) * k) + 1
        free[top:bottom, left:right] = False
    return free


def _areas(windows: NDArray[np.float32], px_mm: float) -> NDArray[np.float64]:
    """Share of (N, side, side) windows that comes out black at each of the cuts."""
    own = (1 / PX_PER_MM) ** 2 / 12
    soft_px = float(np.sqrt(max(_LENS_MM**2 + px_mm**2 / 12 - own, 0))) * PX_PER_MM
    finer = 2  # between the pixels of the blank the edges of print are straight
    black = np.zeros(len(_CUTS))
    for window in windows:
        soft = cv2.GaussianBlur(window, (0, 0), max(soft_px, 0.2), borderType=cv2.BORDER_REPLICATE)
        soft = cv2.resize(soft, None, fx=finer, fy=finer, interpolation=cv2.INTER_LINEAR)
        black += [np.count_nonzero(soft >= cut) for cut in _CUTS]
    return black / windows.size / finer**2


def measure_sight(
    pixels: NDArray[np.uint8], px_per_mm: float, half_page: Grey, sample: PrintSample
) -> Sight:
    """Say what a scan shows.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3): the scan.
        px_per_mm: Its pixels a millimetre.
        half_page: (rows, columns) grey: the page laid flat, at half the template's resolution.
        sample: Print of the blank.
    """
    px_mm = 1 / px_per_mm
    levels = np.bincount(pixels[::_SAMPLED, ::_SAMPLED].ravel(), minlength=256)
    if np.count_nonzero(levels) > _MOST_LEVELS:
        return Sight(is_bilevel=False, px_mm=px_mm, cut=0.0)
    if not len(sample.at):
        return Sight(is_bilevel=True, px_mm=px_mm, cut=float("nan"))
    black = 1.0 - float(half_page.ravel()[sample.at].mean()) / 255
    size = np.interp(px_mm, _PX_MM, np.arange(len(_PX_MM)))
    low, share = int(size), size - int(size)
    high = min(low + 1, len(_PX_MM) - 1)
    areas = (1 - share) * sample.areas[low] + share * sample.areas[high]
    cut = float(np.interp(black, areas[::-1], _CUTS[::-1]))
    return Sight(is_bilevel=True, px_mm=px_mm, cut=cut)
