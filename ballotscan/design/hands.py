"""Hands: how voters draw, as strokes of a pen.

Nobody draws two crosses alike, but each voter draws them in a way of his own: large or small,
leaning, with hooks where the pen lands and tails where it leaves. A `Hand` holds that way; the rest
is chance. The numbers come from looking at hand-marked paper, not from what the reader can read.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.design.pens import PENS, Pen, Stroke
from ballotscan.election.template import Rect

Points = NDArray[np.float64]

_POINT_MM = 0.15  # distance of the points of a path
_TREMOR_MM = 1.2  # a trembling hand swings about that often


@dataclass(frozen=True, slots=True)
class Hand:
    """The way in which one voter draws.

    Attributes:
        size: Extent of a mark as a share of the shorter side of its box.
        size_spread: Standard deviation of that share.
        lean: Shift of the upper end of a stroke to the right, as a share of its height.
        curve: Bow of a stroke as a share of its length.
        tremor_mm: How far the pen trembles.
        hook_mm: Length of the hooks where the pen lands.
        tail_mm: How far the pen runs on at the end of a stroke, at most.
        offset_mm: Where the marks sit, seen from the middle of the box (x, y).
        offset_spread_mm: Standard deviation of that place.
        joined: Whether the two strokes of a cross are drawn without lifting the pen.
        pressure: How hard the pen is pressed, 0..1.
    """

    pen: Pen
    size: float = 0.75
    size_spread: float = 0.08
    lean: float = 0.0
    curve: float = 0.06
    tremor_mm: float = 0.05
    hook_mm: float = 0.4
    tail_mm: float = 0.8
    offset_mm: tuple[float, float] = (0.0, 0.0)
    offset_spread_mm: float = 0.3
    joined: bool = False
    pressure: float = 0.85


def random_hand(rng: np.random.Generator, pen: Pen | None = None) -> Hand:
    """One voter out of many; without a pen, with the ball pens that lie in the polling booth."""
    if pen is None:
        pen = PENS[str(rng.choice(["ball-blue", "ball-black", "gel-blue", "gel-black"]))]
    return Hand(
        pen=pen,
        size=float(rng.uniform(0.6, 1.0)),
        size_spread=float(rng.uniform(0.03, 0.1)),
        lean=float(rng.normal(0.1, 0.12)),
        curve=float(rng.uniform(0.02, 0.12)),
        tremor_mm=float(rng.gamma(2.0, 0.03)),
        hook_mm=float(rng.choice([0.0, 0.4, 0.8])),
        tail_mm=float(rng.gamma(1.5, 0.5)),
        offset_mm=(float(rng.normal(0, 0.25)), float(rng.normal(0, 0.25))),
        offset_spread_mm=float(rng.uniform(0.1, 0.4)),
        joined=bool(rng.random() < 0.2),  # noqa: PLR2004 - about one hand in five
        pressure=float(rng.uniform(0.65, 1.0)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A hand at work."""

    hand: Hand
    rng: np.random.Generator

    def cross(self, place: Points, reach: float) -> list[Stroke]:
        """Two strokes over each other, joined by a loop where the hand does not lift the pen."""
        skew = self.rng.normal(0, 0.12, 8)
        falling = [(-0.9 + skew[0], -0.95 + skew[1]), (0.9 + skew[2], 0.95 + skew[3])]
        rising = [(0.9 + skew[4], -0.95 + skew[5]), (-0.9 + skew[6], 0.95 + skew[7])]
        if self.hand.joined:
            x, y = falling[1]
            loop = [(x + 0.25, y - 0.35), (rising[0][0] + 0.2, rising[0][1] + 0.5)]
            return [self.stroke([*falling, *loop, *rising], place, reach)]
        if self.rng.random() < 0.3:  # noqa: PLR2004 - some draw the second stroke from below
            rising.reverse()
        return [self.stroke(corners, place, reach) for corners in (falling, rising)]

    def dot(self, place: Points) -> Stroke:
        """A full stop, of the size that a pen makes when it turns on the spot."""
        angle = np.linspace(0, 2 * np.pi * 3, 40)
        radius = self.rng.uniform(0.35, 0.5) * np.linspace(0.1, 1, 40)
        path = place + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        return Stroke(path, np.full(40, self.hand.pressure))

    def ring(self, centre: Points, rect: Rect) -> Stroke:
        """Once around the box, a little further than once."""
        start, more = self.rng.uniform(-2.2, -1.4), self.rng.uniform(0.1, 0.6)
        angle = start - np.linspace(0, 2 * np.pi + more, 90)
        swell = 1.12 * np.linspace(1.0, self.rng.uniform(0.9, 1.12), 90)
        x = (rect.width_mm / 2 + self.rng.uniform(1.0, 1.6)) * np.cos(angle) * swell
        y = (rect.height_mm / 2 + self.rng.uniform(0.8, 1.4)) * np.sin(angle) * swell
        return self.free(centre + np.column_stack([x, y]))

    def zigzag(self, edges: tuple[float, float], rows: int, place: Points, reach: float) -> Stroke:
        """To and fro, `rows` times, between and along two edges given in units of `reach`."""
        heights = np.linspace(*edges, rows) + self.rng.normal(0, 0.03, rows)
        sides = np.where(np.arange(rows) % 2 == 0, *edges) + self.rng.normal(0, 0.05, rows)
        corners = list(zip(sides.tolist(), heights.tolist(), strict=True))
        return self.stroke(corners, place, reach, bend=0.0)

    def stroke(
        self,
        corners: Sequence[tuple[float, float]],
        place: Points,
        reach: float,
        *,
        bend: float | None = None,
    ) -> Stroke:
        """Draw from corner to corner.

        Args:
            corners: Where the pen goes, in units of `reach` around `place`.
            place: Middle of the drawing, in mm.
            reach: Millimetres a unit.
            bend: Bow of each part in mm; None for bow and lean of the hand.
        """
        hand, rng = self.hand, self.rng
        points = np.array(corners, dtype=np.float64) * reach
        if bend is None:
            points[:, 0] -= hand.lean * points[:, 1]
        points += place
        tail = points[-1] - points[-2]
        points[-1] += tail / max(float(np.hypot(*tail)), 0.1) * hand.tail_mm * rng.random()
        pieces = []
        for start, end in itertools.pairwise(points):
            length = float(np.hypot(*(end - start)))
            share = np.linspace(0, 1, max(3, int(length / _POINT_MM)))[:, None]
            across = np.array([start[1] - end[1], end[0] - start[0]]) / max(length, 0.1)
            bow = hand.curve * length if bend is None else bend
            sag = bow * rng.normal() * 4 * share * (1 - share)
            pieces.append(start + share * (end - start) + sag * across)
        if hand.hook_mm:
            angle, length = rng.uniform(-2.5, -0.6), rng.uniform(0.3, 1) * hand.hook_mm
            landing = points[0] + length * np.array([np.cos(angle), np.sin(angle)])
            pieces.insert(0, np.linspace(landing, points[0], 4)[:-1])
        return self.free(np.concatenate(pieces))

    def free(self, path: Points) -> Stroke:
        """Follow a path with a trembling hand; the pen lands fast and leaves slowly."""
        steps = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
        nodes = np.arange(0, steps[-1] + 2 * _TREMOR_MM, _TREMOR_MM)
        swings = self.rng.normal(0, self.hand.tremor_mm, (2, len(nodes)))
        shaken = path + np.column_stack([np.interp(steps, nodes, swing) for swing in swings])
        share = np.linspace(0, 1, len(path))
        wander = np.interp(share, np.linspace(0, 1, 5), self.rng.normal(0, 0.07, 5))
        landing = np.minimum(1, 0.6 + 6 * share)
        leaving = np.minimum(1, 0.25 + 5 * (1 - share))
        pressures = np.clip(self.hand.pressure * landing * leaving + wander, 0.05, 1)
        return Stroke(shaken, pressures)


def writing_strokes(rect: Rect, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Write a word or a signature into a rectangle: loops that run to the right, no letters."""
    drawing = Drawing(hand, rng)
    strokes = []
    left = rect.left_mm
    while left < rect.left_mm + rect.width_mm - 2:
        length = min(float(rng.uniform(5, 12)), rect.left_mm + rect.width_mm - left)
        turns = length / rng.uniform(1.6, 2.4)
        angle = np.linspace(0, 2 * np.pi * turns, max(12, int(turns * 24)))
        swell = np.interp(angle, np.linspace(0, angle[-1], 7), rng.uniform(0.2, 0.5, 7))
        x = left + length * angle / angle[-1] + 0.9 * np.cos(angle)
        y = rect.top_mm + rect.height_mm * (0.55 + swell * np.sin(angle) - 0.15 * np.cos(angle / 3))
        strokes.append(drawing.free(np.column_stack([x, y])))
        left += length + 1.2
    return tuple(strokes)
