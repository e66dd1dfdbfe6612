"""Round seals: a ring of ink, found by three points of it and proved all around.

A seal is seldom printed whole: it lies over letters, fades on one side, and grey scans show red
ink pale. So a ring is guessed from few dark pixels and then looked for, all around, at a level of
ink much lower than that from which a pixel counts.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.inkpoints import HALF_PX_PER_MM, MM2, Bits, HalfPage, InkPoints, Ints

Floats = NDArray[np.float64]
Space = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True, slots=True)
class SealOptions:
    """What a seal looks like.

    Attributes:
        least_mm: Smallest diameter. Vietnamese bodies have seals of 28 to 42 mm (Thông tư
            21/2012/TT-BCA of the Ministry of Public Security); a little is left on both sides.
        largest_mm: Largest diameter.
        ring_ink: Ink from which the ring counts as seen.
        ring_share: Share of the ring that is seen where it is whole: 0.95 and more on grey and
            colour scans of even the palest seals, 0.6 of the roundest face that a voter drew.
        beside_share: How much less must be seen just outside.
        arc_share: Share of the ring that is seen in arcs of 25 degrees or more where it is not
            whole, as on black-and-white scans: that face had 0.26.
        arc_share_in_space: The same where the ballot has a space for the seal, and it lies there.
        red_ink: Ink in red light from which a pen is told from a red seal on a colour scan.
        stray_share: Share of the places where such a ring is not seen and something is beside it.
        darker: How much darker than its ring a pen is, to be told from a seal without colour.
        rim_mm: Width around the ring that still belongs to it: smears.
    """

    least_mm: float = 22.0
    largest_mm: float = 46.0
    ring_ink: float = 0.10
    ring_share: float = 0.8
    beside_share: float = 0.3
    arc_share: float = 0.35
    arc_share_in_space: float = 0.25
    stray_share: float = 0.15
    red_ink: float = 0.4
    darker: float = 0.25
    rim_mm: float = 1.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A seal on the page, in pixels of the half-size page.

    Attributes:
        share: How much of it was seen.
    """

    x: float
    y: float
    radius: float
    share: float

    def holds(self, points: InkPoints, rim_px: float) -> Bits:
        """Which points lie in it or on its rim."""
        away = (points.columns - self.x) ** 2 + (points.rows - self.y) ** 2
        inside: Bits = away <= (self.radius + rim_px) ** 2
        return inside

    def is_on(self, points: InkPoints, within_px: float) -> Bits:
        """Which points lie on its rim."""
        away = np.hypot(points.columns - self.x, points.rows - self.y)
        on_rim: Bits = np.abs(away - self.radius) <= within_px
        return on_rim


# Guesses a part: with half of its points on the ring one in eight is right. Where much is written
# over a seal, one in a hundred is; more are made where there is so much ink. Chance that is the same
# for every page.
_QUICK = np.random.default_rng(1).random((3, 64))
_THOROUGH = np.random.default_rng(2).random((3, 640))
_MUCH_INK_MM2 = 25.0
_PARTS = 6  # parts that are tried, the largest ones
_LEAST_EXTENT_MM = 4.0  # a shorter arc says nothing about its circle
_SEEDS = 2  # parts around which points of all parts are tried together
_KEPT = 4  # guesses that are looked at closely
_SLACK_PX, _EXACT = np.array([-1.0, 0.0, 1.0]), np.zeros(1)
_STEPS = np.stack(np.meshgrid(*[np.arange(-1, 2)] * 3), axis=-1).reshape(-1, 3)
_COARSE, _FINE = 24, 72  # places around the ring that are looked at
_OUTSIDE_MM = 1.6
_AROUND_MM = np.array([-2.5, -2.0, -1.5, -1.1, 0.9, 1.3, 1.7, 2.1, 2.5])
_LEAST_ARC = 5  # of the fine places: 25 degrees


def find_ring(
    points: InkPoints,
    parts: Ints,
    page: HalfPage,
    options: SealOptions,
    space: Space | None = None,
) -> Ring | None:
    """Find the seal that is seen best.

    Args:
        points: Where it may be.
        parts: (N,) which part each point belongs to.
        page: The page.
        options: What a seal looks like.
        space: Left, top, right and bottom of the space left for the seal, in pixels, if any.
    """
    large = _large_parts(points, parts)
    if not large:
        return None
    circles = _guess_circles(points, parts, large, options, _QUICK)
    ring = _prove(circles, page, options, space)
    if ring is None and np.count_nonzero(parts == large[0]) * MM2 >= _MUCH_INK_MM2:
        circles = _guess_circles(points, parts, large[:_SEEDS], options, _THOROUGH)
        ring = _prove(circles, page, options, space)
    return ring


def _prove(
    circles: Floats, page: HalfPage, options: SealOptions, space: Space | None
) -> Ring | None:
    """Look for the best of some circles all around."""
    if not len(circles):
        return None
    seen = _seen(circles, _COARSE, _SLACK_PX, page, options)
    best = circles[np.argsort(-seen)[:_KEPT]]
    for step_px in (2.0, 1.0, 0.5):
        near = (best[:, None] + step_px * _STEPS).reshape(-1, 3)
        best = near[_seen(near, _FINE, _EXACT, page, options).argmax()][None]
    circle = best[0]
    ring = _dark_places(circle[None], _FINE, _EXACT, page, options)[0]
    outside = circle[None] + [0, 0, _OUTSIDE_MM * HALF_PX_PER_MM]
    beside = _dark_places(outside, _FINE, _EXACT, page, options)[0]
    share = float(ring.mean())
    x, y, radius = circle.tolist()
    is_whole = share >= options.ring_share and share - beside.mean() >= options.beside_share
    is_there = space is not None and space[0] < x < space[2] and space[1] < y < space[3]
    enough = options.arc_share_in_space if is_there else options.arc_share
    if is_whole or _is_faded(circle, ring, enough, page, options):
        return Ring(x, y, radius, share)
    return None


def _is_faded(
    circle: Floats, ring: Bits, enough: float, page: HalfPage, options: SealOptions
) -> bool:
    """Whether a ring is seen in long arcs, and where it is not seen nothing is.

    A circle drawn by hand lies here and there on its ring, and elsewhere beside it.
    """
    around = _dark_places(circle[None], _FINE, _AROUND_MM * HALF_PX_PER_MM, page, options)[0]
    in_arcs = float(_long_runs(ring & ~around, _LEAST_ARC).mean())
    strays = float((around & ~ring).mean())
    return in_arcs >= enough and strays <= options.stray_share


def _long_runs(seen: Bits, least: int) -> Bits:
    """Keep runs of at least so many places, around the circle."""
    opened = np.concatenate([seen[-least:], seen, seen[:least]]).astype(np.uint8)[None]
    kernel = np.ones((1, least), dtype=np.uint8)
    kept = cv2.morphologyEx(opened, cv2.MORPH_OPEN, kernel)[0, least:-least]
    return np.asarray(kept, dtype=np.bool_)


def _guess_circles(
    points: InkPoints, parts: Ints, large: list[int], options: SealOptions, chance: Floats
) -> Floats:
    """Circles through points of one part, and through points that lie near a part."""
    guesses = [_guess(points.only(parts == part), options, chance) for part in large]
    reach = options.largest_mm * HALF_PX_PER_MM
    for part in large[:_SEEDS]:
        of_part = parts == part
        away_x = np.abs(points.columns - np.mean(points.columns[of_part]))
        away_y = np.abs(points.rows - np.mean(points.rows[of_part]))
        guesses.append(_guess(points.only(np.maximum(away_x, away_y) < reach), options, chance))
    return np.concatenate([np.empty((0, 3)), *guesses])


def _large_parts(points: InkPoints, parts: Ints) -> list[int]:
    """The parts that may be arcs, the largest first."""
    sizes = np.bincount(parts, minlength=1)
    found = []
    for part in np.argsort(-sizes)[: 2 * _PARTS].tolist():
        if sizes[part] < _LEAST_EXTENT_MM * HALF_PX_PER_MM:
            break
        of_part = parts == part
        extent = max(np.ptp(points.rows[of_part]), np.ptp(points.columns[of_part]))
        if extent >= _LEAST_EXTENT_MM * HALF_PX_PER_MM:
            found.append(part)
    return found[:_PARTS]


def _guess(points: InkPoints, options: SealOptions, chance: Floats) -> Floats:
    """(K, 3) circles (x, y, radius) through three points each, of a size that seals have."""
    chosen = (chance * len(points)).astype(np.intp)
    x, y = points.columns[chosen].astype(np.float64), points.rows[chosen].astype(np.float64)
    ax, ay, bx, by = x[1] - x[0], y[1] - y[0], x[2] - x[0], y[2] - y[0]
    twice = 2 * (ax * by - ay * bx)
    flat = np.abs(twice) < 1
    twice = np.where(flat, 1, twice)
    a2, b2 = ax * ax + ay * ay, bx * bx + by * by
    ux, uy = (by * a2 - ay * b2) / twice, (ax * b2 - bx * a2) / twice
    radius = np.hypot(ux, uy)
    low, high = (mm / 2 * HALF_PX_PER_MM for mm in (options.least_mm, options.largest_mm))
    fits = ~flat & (radius >= low) & (radius <= high)
    circles: Floats = np.stack([ux + x[0], uy + y[0], radius], axis=1)[fits]
    return circles


def _seen(
    circles: Floats, places: int, slack: Floats, page: HalfPage, options: SealOptions
) -> Floats:
    """(K,) share of each circle that is dark."""
    dark = _dark_places(circles, places, slack, page, options)
    return np.asarray(dark.mean(axis=1), dtype=np.float64)


def _dark_places(
    circles: Floats, places: int, slack: Floats, page: HalfPage, options: SealOptions
) -> Bits:
    """(K, places) where each circle is dark; what lies beyond the page is not."""
    angles = np.linspace(0, 2 * np.pi, places, endpoint=False)
    radii = circles[:, 2, None, None] + slack[:, None]
    columns = np.rint(circles[:, 0, None, None] + radii * np.cos(angles)).astype(np.intp)
    rows = np.rint(circles[:, 1, None, None] + radii * np.sin(angles)).astype(np.intp)
    last_row, last_column = (size - 1 for size in page.grey.shape)
    inside = (rows >= 0) & (rows <= last_row) & (columns >= 0) & (columns <= last_column)
    rows, columns = np.clip(rows, 0, last_row), np.clip(columns, 0, last_column)
    dark = (page.ink_at(rows, columns) >= options.ring_ink) & inside
    seen: Bits = dark.any(axis=1)
    return seen
