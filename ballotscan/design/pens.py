"""Pens: strokes of ink, and how they look on a page.

A stroke is a path in millimetres with the pressure of the pen along it. It is drawn at
`FINE_DPI` and averaged down, so that a page of any resolution gets the edges a lens would see.
Ink lets light through: two strokes over each other, or a stroke over print, are darker than one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

FINE_DPI = 1200  # a line of 0.2 mm is ten pixels wide here: its edge is smooth, its width exact
MM_PER_INCH = 25.4
COLOUR_AXES = 3  # a colour page is (rows, columns, 3), a grey one (rows, columns)
GREY_WEIGHTS = (0.114, 0.587, 0.299)  # ITU-R BT.601, as scanner drivers make grey of colour

_STEP = 0.25  # distance of two dabs of the pen, in widths: closer changes nothing visible
_SUBPIXEL_BITS = 4  # as cv2.circle takes its centre
_GRAIN_MM = 0.09  # the tooth of office paper
_SMEAR_MM = 0.7  # length over which a ball pen runs dry and wet


@dataclass(frozen=True, slots=True)
class Pen:
    """What a pen leaves on white paper.

    Attributes:
        colour: What is left of the light under full ink, (blue, green, red), each 0..1.
        width_mm: Width of the line at full pressure.
        patchiness: Share of the ink that the tooth of the paper can take away, 0..1.
        dryness: Share of the ink that comes and goes along the line, 0..1.
    """

    colour: tuple[float, float, float]
    width_mm: float
    patchiness: float = 0.1
    dryness: float = 0.1


PENS: dict[str, Pen] = {
    "ball-blue": Pen((0.60, 0.30, 0.22), 0.40, patchiness=0.25, dryness=0.25),
    "ball-black": Pen((0.24, 0.23, 0.23), 0.40, patchiness=0.25, dryness=0.25),
    "ball-red": Pen((0.28, 0.24, 0.80), 0.40, patchiness=0.25, dryness=0.25),
    "gel-blue": Pen((0.52, 0.20, 0.13), 0.50),
    "gel-black": Pen((0.12, 0.11, 0.11), 0.50),
    "thin-blue": Pen((0.62, 0.34, 0.26), 0.25, patchiness=0.2, dryness=0.2),
    "felt-black": Pen((0.10, 0.09, 0.10), 1.0, patchiness=0.03, dryness=0.03),
    "felt-blue": Pen((0.48, 0.18, 0.10), 0.9, patchiness=0.03, dryness=0.03),
    "pencil": Pen((0.36, 0.36, 0.37), 0.50, patchiness=0.55, dryness=0.1),
    "light-pencil": Pen((0.58, 0.58, 0.59), 0.45, patchiness=0.6, dryness=0.15),
}


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """The path of the pen from touching the paper to leaving it.

    Attributes:
        path_mm: (N, 2) points (x, y) on the page.
        pressures: (N,) 0 where the pen just touches, 1 where it is pressed.
    """

    path_mm: NDArray[np.float64]
    pressures: NDArray[np.float64]


def draw_strokes(
    page: Pixels, dpi: float, strokes: Iterable[Stroke], pen: Pen, rng: np.random.Generator
) -> Pixels:
    """Draw strokes on a page.

    Args:
        page: (rows, columns) grey or (rows, columns, 3) blue, green, red.
        dpi: Resolution of the page; its top left corner is the origin of the strokes.
        strokes: What to draw; parts beside the page are lost.
        pen: What to draw it with.
        rng: Where the grain of paper and ink comes from.

    Returns:
        The page with the strokes on it; the given page is not changed.
    """
    drawn = page.copy()
    for stroke in strokes:
        _draw(drawn, dpi, stroke, pen, rng)
    return drawn


def _draw(page: Pixels, dpi: float, stroke: Stroke, pen: Pen, rng: np.random.Generator) -> None:
    """Draw one stroke into the page."""
    px_per_mm = dpi / MM_PER_INCH
    reach_mm = pen.width_mm + 1 / px_per_mm
    low = np.floor((stroke.path_mm.min(axis=0) - reach_mm) * px_per_mm).astype(int)
    high = np.ceil((stroke.path_mm.max(axis=0) + reach_mm) * px_per_mm).astype(int)
    fine = max(2, round(FINE_DPI / dpi))
    columns, rows = (high - low).tolist()
    cover = _dab(stroke, pen, low / px_per_mm, px_per_mm * fine, (columns * fine, rows * fine))
    cover *= _grain(cover.shape, px_per_mm * fine, pen, rng)
    cover = np.asarray(
        cv2.resize(cover, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.float32
    )

    # The part of the window that lies on the page.
    left, top = np.maximum(low, 0).tolist()
    right, bottom = np.minimum(high, (page.shape[1], page.shape[0])).tolist()
    if left >= right or top >= bottom:
        return
    cover = cover[top - low[1] : bottom - low[1], left - low[0] : right - low[0]]
    colour = np.array(pen.colour, dtype=np.float32)
    if page.ndim == COLOUR_AXES:
        passed = 1 - cover[:, :, None] * (1 - colour)
    else:
        passed = 1 - cover * (1 - float(colour.dot(np.array(GREY_WEIGHTS))))
    window = page[top:bottom, left:right]
    window[:] = np.rint(window * passed).astype(np.uint8)


def _dab(
    stroke: Stroke,
    pen: Pen,
    origin_mm: NDArray[np.float64],
    px_per_mm: float,
    size_px: tuple[int, int],
) -> NDArray[np.float32]:
    """Set dabs of the pen along the path: (rows, columns) share of ink, 0..1."""
    steps = np.hypot(*np.diff(stroke.path_mm, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    wanted = np.linspace(0, along[-1], max(2, int(along[-1] / (pen.width_mm * _STEP)) + 1))
    x = np.interp(wanted, along, stroke.path_mm[:, 0]) - origin_mm[0]
    y = np.interp(wanted, along, stroke.path_mm[:, 1]) - origin_mm[1]
    pressure = np.clip(np.interp(wanted, along, stroke.pressures), 0, 1)
    unit = px_per_mm * (1 << _SUBPIXEL_BITS)
    # Centres of pixels have whole coordinates in OpenCV, the edge of the page is half a pixel off.
    centres_x = np.rint(x * unit - (1 << _SUBPIXEL_BITS) / 2).astype(int).tolist()
    centres_y = np.rint(y * unit - (1 << _SUBPIXEL_BITS) / 2).astype(int).tolist()
    radii = np.rint(pen.width_mm / 2 * (0.55 + 0.45 * pressure) * unit).astype(int).tolist()
    shades = np.rint(255 * (0.6 + 0.4 * pressure)).astype(int).tolist()
    cover = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    for centre_x, centre_y, radius, shade in zip(centres_x, centres_y, radii, shades, strict=True):
        cv2.circle(
            cover, (centre_x, centre_y), radius, shade, cv2.FILLED, cv2.LINE_8, _SUBPIXEL_BITS
        )
    return cover.astype(np.float32) / np.float32(255)


def _grain(
    shape: tuple[int, ...], px_per_mm: float, pen: Pen, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Share of the ink that stays, (rows, columns), uneven as paper and pen are."""
    rows, columns = shape
    stays = np.ones((rows, columns), dtype=np.float32)
    for pitch_mm, share in ((_GRAIN_MM, pen.patchiness), (_SMEAR_MM, pen.dryness)):
        pitch = pitch_mm * px_per_mm
        nodes = rng.random((int(rows / pitch) + 2, int(columns / pitch) + 2), dtype=np.float32)
        stays *= 1 - share * cv2.resize(nodes, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return np.clip(stays, 0, 1)
