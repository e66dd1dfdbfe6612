"""Scanners: from a sheet of paper to the picture that a scanner delivers.

The sheet is fed crooked and not quite evenly, lit not quite evenly, seen through a soft lens and a
noisy sensor, with dust on the glass. Where every point of the paper ended up is known exactly and
returned with the picture, so that registration can be tested against the truth.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.design.paper import Sheet
from ballotscan.design.pens import COLOUR_AXES, MM_PER_INCH, Pixels

Points = NDArray[np.float64]
Matrix = NDArray[np.float64]
Field = NDArray[np.float32]

_FEED_STEP_MM = 0.5
_EDGE_SHADOW_MM = 0.7


class ColourMode(StrEnum):
    """What the scanner delivers."""

    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "1-bit"


@dataclass(frozen=True, slots=True)
class Streak:
    """A line along the feed: dust on the glass of a sheet-fed scanner.

    Attributes:
        x_mm: Where on the glass.
        width_mm: How wide.
        shade: What it leaves of the light, 0 black, 1 nothing to see.
    """

    x_mm: float
    width_mm: float = 0.15
    shade: float = 0.4


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner, and how it took one sheet.

    Attributes:
        dpi: Resolution.
        quarter_turns: How the sheet was put in, counter-clockwise: 2 is upside down.
        skew_deg: How crooked it was fed; positive is clockwise.
        scale: Size of the picture against the paper, across and along the feed.
        shear: Shift to the right per length of feed.
        shift_mm: Where the paper lies against the glass (right, down).
        margin_mm: Glass seen beside the paper (left, top, right, bottom); negative cuts paper off.
        wobble_mm: How far the feed runs ahead and behind.
        jumps_mm: Places along the feed where it slips, and by how much.
        background: What is seen beside the paper and through holes, 0..255.
        blur_mm: Softness of the lens (standard deviation).
        black: What the sensor says of full black.
        white: What it says of full white; above 255 the paper burns out, as in office scanners.
        light_fall: How much darker the darkest corner is, 0..1.
        noise: Standard deviation of the sensor's noise.
        dust: Number of specks on the glass and the paper.
        fibres: Share of them that are fibres of some 3 mm.
        threshold: Cut between black and white as a share of white, in 1-bit mode.
    """

    dpi: int = 200
    mode: ColourMode = ColourMode.GREY
    quarter_turns: int = 0
    skew_deg: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    shear: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    margin_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    wobble_mm: float = 0.0
    jumps_mm: tuple[tuple[float, float], ...] = ()
    background: int = 255
    blur_mm: float = 0.06
    black: float = 20.0
    white: float = 255.0
    light_fall: float = 0.03
    noise: float = 1.5
    dust: int = 5
    fibres: float = 0.1
    streaks: tuple[Streak, ...] = ()
    threshold: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class ScanTruth:
    """Where the paper lies on the scan.

    Attributes:
        to_glass: (3, 3) from mm on the paper to mm on the glass, had the feed been even.
        feed_mm: (N, 2) place along an even feed, and how far the true feed is ahead of it there.
        to_pixels: (3, 3) from mm on the glass to pixels of the scan; pixel centres are whole.
    """

    to_glass: Matrix
    feed_mm: Points
    to_pixels: Matrix

    @property
    def matrix(self) -> Matrix:
        """From mm on the paper to pixels of the scan; exact where the feed is even."""
        product: Matrix = self.to_pixels.dot(self.to_glass)
        return product

    def locate(self, points_mm: Points) -> Points:
        """Map (N, 2) points of the paper, in mm, to pixels of the scan (x, y)."""
        glass = cv2.perspectiveTransform(points_mm[None].astype(np.float64), self.to_glass)[0]
        glass[:, 1] += np.interp(glass[:, 1], self.feed_mm[:, 0], self.feed_mm[:, 1])
        located: Points = cv2.perspectiveTransform(glass[None], self.to_pixels)[0]
        return located


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One scanned page.

    Attributes:
        pixels: (rows, columns) grey, or (rows, columns, 3) blue, green, red; 1-bit scans are grey
            of 0 and 255 alone.
        dpi: Resolution.
        truth: Where the paper lies on it.
    """

    pixels: Pixels
    dpi: int
    truth: ScanTruth


def scan_page(sheet: Sheet, scanner: Scanner, rng: np.random.Generator) -> Scan:
    """Scan one side of a sheet.

    Args:
        sheet: The paper; best at the resolution of the scan or above.
        scanner: How it is scanned.
        rng: Where noise, dust and the wobble of the feed come from.

    Returns:
        The scan, and where the paper lies on it.
    """
    truth, size_px = _place(sheet, scanner, rng)
    px_per_mm = scanner.dpi / MM_PER_INCH
    seen = _expose(sheet, scanner, truth, size_px)
    soft = cv2.GaussianBlur(seen, (0, 0), max(0.2, scanner.blur_mm * px_per_mm))
    field = soft.astype(np.float32)
    _add_dust(field, px_per_mm, scanner, rng)
    shade = _illumination(field.shape, scanner, rng)
    for streak in scanner.streaks:
        shade *= _streak(field.shape[1], px_per_mm, streak)
    shade *= np.float32((scanner.white - scanner.black) / 255)
    field *= shade[:, :, None] if field.ndim == COLOUR_AXES else shade
    field += np.float32(scanner.black)
    field += scanner.noise * rng.standard_normal(field.shape, dtype=np.float32)
    if scanner.mode is ColourMode.BILEVEL:
        pixels = np.where(field < 255 * scanner.threshold, np.uint8(0), np.uint8(255))
    else:
        pixels = np.clip(np.rint(field), 0, 255).astype(np.uint8)
    return Scan(np.ascontiguousarray(np.rot90(pixels, scanner.quarter_turns)), scanner.dpi, truth)


def _place(
    sheet: Sheet, scanner: Scanner, rng: np.random.Generator
) -> tuple[ScanTruth, tuple[int, int]]:
    """Where the paper lies, and the size (columns, rows) of the scan before it is turned."""
    width, height = sheet.size_mm
    left, top, right, bottom = scanner.margin_mm
    angle = np.radians(scanner.skew_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.array([[scanner.scale[0], scanner.shear], [0.0, scanner.scale[1]]])
    linear = stretch @ turn
    centre = np.array([width / 2, height / 2])
    to_glass = np.eye(3)
    to_glass[:2, :2] = linear
    to_glass[:2, 2] = centre - linear @ centre + scanner.shift_mm + (left, top)

    px_per_mm = scanner.dpi / MM_PER_INCH
    columns = round((width + left + right) * px_per_mm)
    rows = round((height + top + bottom) * px_per_mm)
    to_pixels = np.array([[px_per_mm, 0, -0.5], [0, px_per_mm, -0.5], [0, 0, 1]])
    for _ in range(scanner.quarter_turns % 4):
        turned = (rows, columns)
        to_pixels = np.array([[0, 1, 0], [-1, 0, columns - 1], [0, 0, 1.0]]) @ to_pixels
        columns, rows = turned
    size = (columns, rows) if scanner.quarter_turns % 2 == 0 else (rows, columns)
    return ScanTruth(to_glass, _feed(height + top + bottom, scanner, rng), to_pixels), size


def _feed(length_mm: float, scanner: Scanner, rng: np.random.Generator) -> Points:
    """How far the feed is ahead, along the glass: slow waves and slips."""
    along = np.arange(-20, length_mm + 20, _FEED_STEP_MM)
    ahead = np.zeros_like(along)
    for period_mm, share in ((190.0, 0.6), (85.0, 0.3), (37.0, 0.1)):
        phase = rng.uniform(0, 2 * np.pi)
        ahead += scanner.wobble_mm * share * np.sin(2 * np.pi * along / period_mm + phase)
    for place_mm, slip_mm in scanner.jumps_mm:
        # A slip takes a few millimetres of paper; the paper never runs backwards.
        span_mm = max(3.0, 2 * abs(slip_mm))
        ahead += slip_mm * np.clip((along - place_mm) / span_mm, 0, 1)
    return np.column_stack([along, ahead])


def _expose(sheet: Sheet, scanner: Scanner, truth: ScanTruth, size_px: tuple[int, int]) -> Pixels:
    """Lay the sheet on the glass: the light that each pixel gets from it, 0..255."""
    page, paper = sheet.pixels, _outline(sheet)
    if (scanner.mode is ColourMode.COLOUR) != (page.ndim == COLOUR_AXES):
        way = cv2.COLOR_GRAY2BGR if page.ndim != COLOUR_AXES else cv2.COLOR_BGR2GRAY
        page = np.asarray(cv2.cvtColor(page, way), dtype=np.uint8)
    # Averaged down first, because sampling alone would skip pixels.
    shrink = min(1.0, scanner.dpi / sheet.dpi)
    if shrink < 1:
        size = (round(page.shape[1] * shrink), round(page.shape[0] * shrink))
        page, paper = (
            np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            for whole in (page, paper)
        )
    width_mm, height_mm = sheet.size_mm
    columns, rows = size_px
    px_per_mm = scanner.dpi / MM_PER_INCH
    glass_x = (np.arange(columns) + 0.5) / px_per_mm
    fed = (np.arange(rows) + 0.5) / px_per_mm
    even, ahead = truth.feed_mm.T
    glass_y = np.interp(fed, even + ahead, even)
    back = np.linalg.inv(truth.to_glass)
    per_mm = np.array([page.shape[1] / width_mm, page.shape[0] / height_mm])
    x = back[0, 0] * glass_x + (back[0, 1] * glass_y + back[0, 2])[:, None]
    y = back[1, 0] * glass_x + (back[1, 1] * glass_y + back[1, 2])[:, None]
    map_x = (x * per_mm[0] - 0.5).astype(np.float32)
    map_y = (y * per_mm[1] - 0.5).astype(np.float32)
    seen = cv2.remap(page, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.remap(paper, map_x, map_y, cv2.INTER_LINEAR, borderValue=0)
    beside = share < 255  # noqa: PLR2004 - fully paper
    if beside.any():
        # The edge of the paper throws a shadow on the backing.
        near = cv2.GaussianBlur(share, (0, 0), _EDGE_SHADOW_MM * px_per_mm)[beside] / 255.0
        backing = scanner.background * (1 - 0.5 * near)
        weight = share[beside] / 255.0
        if seen.ndim == COLOUR_AXES:
            backing, weight = backing[:, None], weight[:, None]
        seen[beside] = np.rint(weight * seen[beside] + (1 - weight) * backing)
    return seen.astype(np.uint8, copy=False)


def _outline(sheet: Sheet) -> Pixels:
    """(rows, columns) 255 where there is paper."""
    if sheet.gone is None:
        return np.full(sheet.pixels.shape[:2], 255, dtype=np.uint8)
    return np.where(sheet.gone, np.uint8(0), np.uint8(255))


def _illumination(shape: tuple[int, ...], scanner: Scanner, rng: np.random.Generator) -> Field:
    """(rows, columns) share of the light, falling slowly towards one side."""
    corners = 1 - scanner.light_fall * rng.random((3, 3), dtype=np.float32)
    share = cv2.resize(corners, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(share, dtype=np.float32)


def _streak(columns: int, px_per_mm: float, streak: Streak) -> Field:
    """(columns,) share of the light under a streak."""
    x_mm = (np.arange(columns) + 0.5) / px_per_mm
    inside = np.clip((streak.width_mm / 2 - np.abs(x_mm - streak.x_mm)) * px_per_mm + 0.5, 0, 1)
    return np.asarray(1 - (1 - streak.shade) * inside, dtype=np.float32)


def _add_dust(light: Field, px_per_mm: float, scanner: Scanner, rng: np.random.Generator) -> None:
    """Specks of 0.1 to 0.5 mm, and now and then a fibre of 3 mm."""
    rows, columns = light.shape[:2]
    bits = 4
    for _ in range(scanner.dust):
        x, y = rng.uniform(0, columns), rng.uniform(0, rows)
        shade = float(rng.uniform(40, 170))
        colour = (shade, shade, shade)
        if rng.random() < scanner.fibres:
            turns = np.cumsum(rng.normal(0, 0.5, 12))
            steps = 0.25 * px_per_mm * np.column_stack([np.cos(turns), np.sin(turns)])
            path = np.rint((np.cumsum(steps, axis=0) + np.array([x, y])) * (1 << bits)).astype(
                np.int32
            )
            cv2.polylines(light, [path], isClosed=False, color=colour, shift=bits)
            continue
        radius = rng.uniform(0.05, 0.25) * px_per_mm
        centre = (round(x * (1 << bits)), round(y * (1 << bits)))
        cv2.circle(
            light, centre, round(radius * (1 << bits)), colour, cv2.FILLED, cv2.LINE_AA, bits
        )
