"""What befalls a page before and while it is scanned: marks lost, light, noise, JPEG, black and white."""

from collections.abc import Sequence

import cv2
import numpy as np
from decks.poses import MM_PER_INCH, Pixels
from decks.reading import through_jpeg

from ballotscan.election.template import Rect

_GRAIN_PX = 1024


def make_grain(seed: int) -> Pixels:
    """(rows, columns) noise around 128 of standard deviation 20, to be scaled and moved."""
    rng = np.random.default_rng(seed)
    grain = rng.normal(128, 20, (2 * _GRAIN_PX, 2 * _GRAIN_PX))
    return np.clip(np.rint(grain), 0, 255).astype(np.uint8)


def lose_mark(page: Pixels, dpi: float, rect: Rect, rng: np.random.Generator) -> None:
    """Cover a printed mark in the page: with paint, with ink, by scratching, or half of it."""
    k = dpi / MM_PER_INCH
    more = rng.uniform(0.5, 1.5)
    left, top = ((mm - more) * k for mm in (rect.left_mm, rect.top_mm))
    right = (rect.left_mm + rect.width_mm + more) * k
    bottom = (rect.top_mm + rect.height_mm + more) * k
    near, far = (round(left), round(top)), (round(right), round(bottom))
    match int(rng.integers(4)):
        case 0:
            cv2.rectangle(page, near, far, (255, 255, 255), cv2.FILLED)
        case 1:
            shade = float(rng.uniform(10, 80))
            cv2.rectangle(page, near, far, (shade, shade, shade), cv2.FILLED)
        case 2:
            for _ in range(14):
                ends = rng.uniform((left, top), (right, bottom), (2, 2))
                start, end = (tuple(np.rint(point).astype(int).tolist()) for point in ends)
                white = 255 * int(rng.integers(2))
                cv2.line(page, start, end, (white, white, white), max(1, round(0.6 * k)))
        case _:
            # One side of it only, as a tear or a sticker does.
            middle = (left + right) / 2, (top + bottom) / 2
            slip = rng.uniform(-0.1, 0.1, 2) * (right - left)
            x, y = (round(mm) for mm in np.array(middle) + slip)
            side = int(rng.integers(4))
            near = (x, near[1]) if side == 0 else (near[0], y) if side == 1 else near
            far = (x, far[1]) if side == 2 else (far[0], y) if side == 3 else far  # noqa: PLR2004
            cv2.rectangle(page, near, far, (255, 255, 255), cv2.FILLED)


def take_light(scan: Pixels, rng: np.random.Generator, *, fall: float) -> Pixels:
    """Light that falls off to some side."""
    corners = (255 * (1 - fall * rng.random((3, 3)))).astype(np.float32)
    field = cv2.resize(corners, scan.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    lit = cv2.multiply(scan, field.astype(np.uint8), scale=1 / 255)
    return np.asarray(lit, dtype=np.uint8)


def add_grain(scan: Pixels, grain: Pixels, deviation: float, rng: np.random.Generator) -> Pixels:
    """Noise of the sensor."""
    rows, columns = scan.shape[:2]
    top, left = rng.integers(0, _GRAIN_PX, 2).tolist()
    piece = grain[top : top + _GRAIN_PX, left : left + _GRAIN_PX]
    times = (-(-rows // _GRAIN_PX), -(-columns // _GRAIN_PX))
    tiled = np.tile(piece, times)[:rows, :columns]
    share = deviation / 20
    return np.asarray(cv2.addWeighted(scan, 1.0, tiled, share, -128 * share), dtype=np.uint8)


def expose(scan: Pixels, black: float, white: float) -> Pixels:
    """What the sensor says of full black and full white."""
    levels = np.clip(np.rint(np.linspace(black, white, 256)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(scan, levels), dtype=np.uint8)


def spoil(  # noqa: PLR0913 - each is one thing that a scanner does
    scan: Pixels,
    grain: Pixels,
    rng: np.random.Generator,
    *,
    dpi: int,
    blur_mm: float,
    noise: float,
    levels: Sequence[float],
    fall: float,
    threshold: float | None,
    quality: int | None,
) -> Pixels:
    """The scan as a scanner of that kind delivers it.

    Args:
        scan: (rows, columns) grey.
        grain: As made by `make_grain`.
        rng: Where the chance comes from.
        dpi: Resolution.
        blur_mm: Softness of the lens (standard deviation).
        noise: Standard deviation of the sensor's noise.
        levels: What it says of full black and of full white.
        fall: How much darker the darkest corner is.
        threshold: Cut between black and white as a share of white, for 1-bit scans.
        quality: Of JPEG; None for a file that loses nothing.
    """
    if blur_mm:
        scan = np.asarray(cv2.GaussianBlur(scan, (0, 0), max(0.3, blur_mm * dpi / MM_PER_INCH)))
    if fall:
        scan = take_light(scan, rng, fall=fall)
    scan = add_grain(expose(scan, *levels), grain, noise, rng)
    if threshold is not None:
        cut = threshold * levels[1]
        return np.where(scan < cut, np.uint8(0), np.uint8(255))
    return scan if quality is None else through_jpeg(scan, quality)
