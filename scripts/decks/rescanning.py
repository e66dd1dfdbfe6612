"""A real scan, scanned again: laid otherwise, at another resolution, by another and worse scanner.

Nothing here knows of templates, boxes or the reader. What is done leaves a page that a person still
reads: print and marks keep at least 60 % of their contrast, nothing is bleached or drowned, print is
nowhere cut off, and a page keeps at least 100 dpi. Only black and white can lose pale strokes; it is
cut light (65 to 78 % of the paper), as a clerk sets it who looks at the picture. Photographs are not
made black and white: one cut for all of the picture loses what lies in shadow.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from decks.degradation import QUICK
from decks.reading import through_jpeg
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Degrade = Callable[[Pixels, str, int], Pixels]

MILD, STRONG, BILEVEL = "mild", "strong", "black and white"
DUST, STREAK, BORDER, AUGRAPHY = "dust", "streak", "black border", "Augraphy"
KINDS = {
    MILD: 0.48,
    STRONG: 0.14,
    BILEVEL: 0.12,
    DUST: 0.06,
    STREAK: 0.08,
    BORDER: 0.06,
    AUGRAPHY: 0.06,
}
LEAST_DPI = 100.0
_MM = 25.4
_KEPT_MM = 2.0  # bare paper that is kept around print when margins are cut
_DARK = 0.6  # of the paper: print
_BORDER = 24  # what a scanner shows where no paper lies


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A page that was scanned again.

    Attributes:
        dpi: What its file says; None where it says nothing.
        told: What was done to it, in words.
    """

    pixels: Pixels
    dpi: float | None
    told: str


def choose_kind(rng: np.random.Generator, *, is_photo: bool, has_augraphy: bool) -> str:
    """What is done to the next page."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    left_out = (kind == AUGRAPHY and not has_augraphy) or (kind == BILEVEL and is_photo)
    return MILD if left_out else kind


def scan_again(  # noqa: PLR0913 - what, how, by whom
    pixels: Pixels,
    true_dpi: float,
    kind: str,
    rng: np.random.Generator,
    *,
    says_dpi: bool,
    degrade: Degrade | None,
) -> Again:
    """Scan a page again.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR scan.
        true_dpi: Its resolution, measured on the paper.
        kind: One of `KINDS`.
        rng: Draws all that is left to chance.
        says_dpi: Whether the file says its resolution.
        degrade: Harm by Augraphy.
    """
    is_bilevel = pixels.ndim == 2 and np.isin(pixels[::3, ::3], (0, 255)).all()  # noqa: PLR2004
    if pixels.ndim == 3 and rng.random() < 0.3:  # noqa: PLR2004
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    scale = max(float(rng.uniform(0.7, 1.4)), LEAST_DPI / true_dpi)
    if kind == MILD:
        scale = max(float(rng.uniform(0.85, 1.2)), LEAST_DPI / true_dpi)
    angle = float(rng.uniform(-3, 3) if kind != MILD else rng.uniform(-1.5, 1.5))
    turns = int(rng.choice([0, 1, 2, 3], p=[0.55, 0.1, 0.25, 0.1]))
    outside = float(_BORDER) if kind == BORDER else _paper_level(pixels)
    dpi = true_dpi * scale
    laid = _lay(pixels, scale, angle, outside, dpi, rng)
    told = f"{kind}, {dpi:.0f} dpi, {angle:+.1f}°, turned by {90 * turns}°"
    if kind == DUST:
        laid = _dust(laid, dpi, rng)
    if kind == STREAK:
        laid = _streak(laid, dpi, rng)
    if kind == BILEVEL or is_bilevel:
        soft = np.asarray(cv2.GaussianBlur(laid, (0, 0), 0.6), dtype=np.uint8)
        laid = _cut(soft, float(rng.uniform(0.65, 0.78)))
    else:
        laid = _expose(laid, dpi, rng, is_strong=kind == STRONG)
        if kind == AUGRAPHY and degrade is not None:
            harm = str(rng.choice(QUICK))
            laid = degrade(laid, harm, int(rng.integers(1 << 30)))
            told += f", {harm}"
        quality = int(rng.integers(40, 66) if kind == STRONG else rng.integers(60, 91))
        laid = through_jpeg(laid, quality)
        told += f", JPEG {quality}"
    laid = np.ascontiguousarray(np.rot90(laid, turns))
    return Again(laid, dpi if says_dpi and rng.random() < 0.9 else None, told)  # noqa: PLR2004


def _paper_level(pixels: Pixels) -> float:
    return float(np.percentile(pixels[::7, ::7], 80))


def _lay(  # noqa: PLR0913, PLR0917 - one mapping, all of it
    pixels: Pixels,
    scale: float,
    angle: float,
    outside: float,
    dpi: float,
    rng: np.random.Generator,
) -> Pixels:
    """Lay the page down anew: turned, scaled, a little stretched and sheared, margins cut or added."""
    turn = np.deg2rad(angle)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    stretch, shear = rng.uniform(-0.005, 0.005, 2)  # 1 % at most in all
    matrix = matrix @ np.array([[1 + stretch, shear], [0, 1 - stretch]])
    rows, columns = pixels.shape[:2]
    corners = np.array([[0, 0], [columns, 0], [0, rows], [columns, rows]], dtype=np.float64)
    sheet = corners @ matrix.T
    left, top, right, bottom = _print_bounds(pixels)
    inner = np.array([[left, top], [right, top], [left, bottom], [right, bottom]]) @ matrix.T
    keep = _KEPT_MM * dpi / _MM
    first, last = sheet.min(axis=0), sheet.max(axis=0)
    inner_first = np.maximum(inner.min(axis=0) - keep, first)
    inner_last = np.minimum(inner.max(axis=0) + keep, last)
    # From all of the sheet and 5 mm more, to the print alone.
    cut = np.clip(rng.uniform(-0.3, 0.9, (2, 2)), None, 0.9)
    more = 5 * dpi / _MM
    start = first + np.where(cut[0] > 0, cut[0] * (inner_first - first), cut[0] * more)
    end = last - np.where(cut[1] > 0, cut[1] * (last - inner_last), cut[1] * more)
    size = np.ceil(end - start).astype(int)
    way = np.hstack([matrix, -start[:, None]])
    if scale < 1:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.45 / scale), dtype=np.uint8)
    return np.asarray(
        cv2.warpAffine(
            pixels,
            way,
            (int(size[0]), int(size[1])),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(outside,) * 3,
        ),
        dtype=np.uint8,
    )


def _print_bounds(pixels: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is printed or written."""
    grey = pixels if pixels.ndim == 2 else pixels.min(axis=2)  # noqa: PLR2004
    dark = cv2.medianBlur(np.ascontiguousarray(grey), 3) < _DARK * _paper_level(pixels)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return 0, 0, pixels.shape[1], pixels.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _cut(pixels: Pixels, share: float) -> Pixels:
    """Black and white, cut at a share of the paper around."""
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004
    return np.where(grey >= share * _paper_level(np.asarray(grey)), 255, 0).astype(np.uint8)


def _expose(pixels: Pixels, dpi: float, rng: np.random.Generator, *, is_strong: bool) -> Pixels:
    """Sharpness, tone, lamp and noise of another scanner."""
    blur_mm = float(rng.uniform(0, 0.1 if is_strong else 0.05))
    sigma = blur_mm * dpi / _MM
    if sigma > 0.2:  # noqa: PLR2004
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8)
    level = np.asarray(pixels, dtype=np.float32) / 255
    level = level ** rng.uniform(*((0.75, 1.4) if is_strong else (0.9, 1.15)))
    low, high = (rng.uniform(0, 50), rng.uniform(205, 255)) if is_strong else (rng.uniform(0, 20), rng.uniform(235, 255))  # fmt: skip
    level = low + (high - low) * level
    if pixels.ndim == 3:  # noqa: PLR2004
        level *= rng.uniform(0.94, 1.0, 3)
    rows, columns = pixels.shape[:2]
    dark = rng.uniform(0, 0.25 if is_strong else 0.08)
    down, across = rng.uniform(-1, 1, 2)
    y, x = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None]
    lamp = (1 - dark * np.clip((down * y + across * x + 1) / 2, 0, 1)).astype(np.float32)
    level *= lamp if pixels.ndim == 2 else lamp[:, :, None]  # noqa: PLR2004
    level += rng.normal(0, rng.uniform(0, 8 if is_strong else 3), pixels.shape).astype(np.float32)
    return np.clip(np.rint(level), 0, 255).astype(np.uint8)


def _dust(pixels: Pixels, dpi: float, rng: np.random.Generator) -> Pixels:
    """10 to 80 dark specks of 0.1 to 0.35 mm."""
    drawn = pixels.copy()
    rows, columns = pixels.shape[:2]
    for _ in range(int(rng.integers(10, 81))):
        x, y = rng.uniform(0, columns), rng.uniform(0, rows)
        radius = rng.uniform(0.05, 0.175) * dpi / _MM
        level = float(rng.uniform(0, 110))
        centre, axes = (round(16 * x), round(16 * y)), (round(16 * radius), round(12 * radius))
        turned = float(rng.uniform(0, 180))
        cv2.ellipse(drawn, centre, axes, turned, 0, 360, (level,) * 3, -1, cv2.LINE_AA, 4)
    return drawn


def _streak(pixels: Pixels, dpi: float, rng: np.random.Generator) -> Pixels:
    """One to three lines of 0.08 to 0.25 mm all down the scan, dark or pale."""
    drawn = pixels.astype(np.float32)
    columns = pixels.shape[1]
    at = np.arange(columns)
    for _ in range(int(rng.integers(1, 4))):
        middle = rng.uniform(0.03, 0.97) * columns
        half = rng.uniform(0.04, 0.125) * dpi / _MM
        share = np.clip(half + 0.5 - np.abs(at - middle), 0, 1) * rng.uniform(0.3, 0.9)
        share = share[None, :, None] if pixels.ndim == 3 else share[None]  # noqa: PLR2004
        level = rng.uniform(0, 120) if rng.random() < 0.75 else 255.0  # noqa: PLR2004
        drawn += (level - drawn) * share
    return np.clip(np.rint(drawn), 0, 255).astype(np.uint8)
