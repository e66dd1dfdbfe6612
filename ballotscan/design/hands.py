"""Hands: how voters mark boxes and strike out names, as strokes of a pen.

Nobody draws two crosses alike, but each voter draws them in a way of his own: large or small,
leaning, with hooks where the pen lands and tails where it leaves. A `Hand` holds that way; the rest
is chance. The numbers come from looking at hand-marked paper, not from what the reader can read.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.design.pens import PENS, Pen, Stroke
from ballotscan.election.template import Rect

Points = NDArray[np.float64]

_POINT_MM = 0.15  # distance of the points of a path
_TREMOR_MM = 1.2  # a trembling hand swings about that often


class MarkKind(StrEnum):
    """What a voter may do to a box."""

    CROSS = "cross"
    TICK = "tick"
    FILL = "fill"  # shaded until little white is left
    SCRIBBLE = "scribble"  # a quick zigzag through the box
    CIRCLE = "circle"  # a ring around the box
    LINE = "line"  # one single stroke through the box
    DOT = "dot"  # a full stop: the pen rested and turned there
    CANCELLED = "cancelled"  # a cross, scribbled out again
    CROSS_ASIDE = "cross-aside"  # a cross across the edge, more than half of it outside the box
    BESIDE = "beside"  # a cross next to the box


class StrikeKind(StrEnum):
    """How a voter may strike out a name."""

    MIDDLE = "middle"
    SLANTED = "slanted"
    WAVY = "wavy"
    DOUBLE = "double"
    HALF = "half"  # only the first part of the name
    BELOW = "below"  # underlined rather than struck
    ABOVE = "above"
    FIRST = "first"  # a short stroke through the first word or so
    LAST = "last"  # only the last part of the name
    FIRST_LINE = "first-line"  # of a name on two lines only the first
    TWICE = "twice"  # struck again, by another stroke
    CROSSED = "crossed"  # two strokes from corner to corner
    ZIGZAG = "zigzag"  # up and down over the whole name
    UPRIGHT = "upright"  # many upright strokes over the whole name
    SCRIBBLED = "scribbled"  # scribbled over until it can hardly be read
    CANCELLED = "cancelled"  # a stroke, wiped out by a scribble over a part of it
    RINGED = "ringed"  # a ring around the name


class BlockKind(StrEnum):
    """What a voter may draw over or beside several names at once."""

    DIAGONAL = "diagonal"
    UPRIGHT = "upright"
    WAVE = "wave"  # to and fro, down over all of them
    BRACKET = "bracket"  # beside them


_COVERING = frozenset(
    {StrikeKind.ZIGZAG, StrikeKind.UPRIGHT, StrikeKind.SCRIBBLED, StrikeKind.RINGED}
)


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


def mark_strokes(
    rect: Rect, kind: MarkKind, hand: Hand, rng: np.random.Generator
) -> tuple[Stroke, ...]:
    """Mark one box.

    Args:
        rect: The printed outline of the box.
        kind: What to do to it.
        hand: Whose hand does it.
        rng: Where the chance comes from.

    Returns:
        The strokes, in the order of drawing.
    """
    side = min(rect.width_mm, rect.height_mm)
    reach = side * max(0.35, hand.size + hand.size_spread * rng.normal()) / 2
    centre = np.array([rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2])
    place = centre + hand.offset_mm + rng.normal(0, hand.offset_spread_mm, 2)
    drawing = _Drawing(hand, rng)
    strokes: list[Stroke]
    match kind:
        case MarkKind.CROSS | MarkKind.CROSS_ASIDE | MarkKind.BESIDE:
            if kind is not MarkKind.CROSS:
                # The middle of the cross lies outside, a little or by its own size.
                outside = 0.3 * reach if kind is MarkKind.CROSS_ASIDE else reach + 0.6
                aside = (rect.width_mm / 2 + outside) * rng.choice([-1, 1])
                place = centre + np.array([aside, 0.0])
            strokes = drawing.cross(place, reach)
        case MarkKind.TICK:
            strokes = [drawing.stroke([(-0.9, 0.0), (-0.3, 0.9), (1.1, -1.2)], place, reach)]
        case MarkKind.LINE:
            strokes = [drawing.stroke([(-0.9, 0.6), (0.9, -0.6)], place, reach)]
        case MarkKind.DOT:
            strokes = [drawing.dot(place)]
        case MarkKind.FILL:
            rows = max(6, round(1.5 * side / (hand.pen.width_mm * 0.8)))
            strokes = [drawing.zigzag((-0.92, 0.92), rows, centre, side / 2)]
        case MarkKind.SCRIBBLE:
            strokes = [drawing.zigzag((-0.9, 0.9), 9, place, reach)]
        case MarkKind.CIRCLE:
            strokes = [drawing.ring(centre, rect)]
        case MarkKind.CANCELLED:
            strokes = [
                *drawing.cross(place, reach),
                drawing.zigzag((-1.0, 1.0), 13, centre, side / 2),
                drawing.zigzag((0.95, -0.95), 10, centre, side / 2),
            ]
    return tuple(strokes)


def strike_strokes(
    lines: Sequence[Rect], kind: StrikeKind, hand: Hand, rng: np.random.Generator
) -> tuple[Stroke, ...]:
    """Strike out one name.

    Args:
        lines: The extent of each printed line of the name.
        kind: How it is struck out.
        hand: Whose hand does it.
        rng: Where the chance comes from.

    Returns:
        The strokes, in the order of drawing.
    """
    drawing = _Drawing(hand, rng)
    if kind is StrikeKind.FIRST_LINE:
        lines, kind = lines[:1], StrikeKind.MIDDLE
    strokes = []
    for line in lines:
        middle = np.array([line.left_mm + line.width_mm / 2, line.top_mm + line.height_mm / 2])
        half, height = line.width_mm / 2, line.height_mm
        start, end = -half - rng.uniform(0, 1.5), half + rng.uniform(0, 2.0)
        tilt = rng.normal(0, 0.08) * height
        if kind in _COVERING:
            strokes += _cover_name(drawing, line, kind)
            continue
        rises, tilts = _lay_lines(kind, height, tilt, rng)
        start, end = _cut_short(kind, start, end, rng)
        for rise, lean in zip(rises, tilts, strict=True):
            path = [(start, rise + lean), (end, rise - lean)]
            stroke = drawing.stroke(path, middle, 1.0, bend=0.12 * height)
            if kind is StrikeKind.WAVY:
                phase = np.linspace(0, 2 * np.pi * max(2.0, half / 3), len(stroke.path_mm))
                stroke.path_mm[:, 1] += 0.28 * height * np.sin(phase + rng.uniform(0, 6))
            strokes.append(stroke)
        if kind is StrikeKind.CANCELLED:
            length = rng.uniform(0.3, 0.6) * line.width_mm
            left = line.left_mm + rng.uniform(0, 1) * (line.width_mm - length)
            part = Rect(left, line.top_mm, length, height)
            strokes += _cover_name(drawing, part, StrikeKind.SCRIBBLED)
    return tuple(strokes)


def _lay_lines(
    kind: StrikeKind, height: float, tilt: float, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """How far each line lies below the middle of the letters, and how far its start lies lower."""
    match kind:
        case StrikeKind.SLANTED:
            return [0.0], [0.45 * height * rng.choice([-1, 1])]
        case StrikeKind.CROSSED:
            return [0.0, 0.0], [0.5 * height, -0.5 * height]
        case StrikeKind.DOUBLE:
            return [-0.16 * height, 0.16 * height], [tilt, tilt]
        case StrikeKind.TWICE:
            return [0.0, rng.normal(0, 0.12) * height], [tilt, rng.normal(0, 0.15) * height]
        case StrikeKind.BELOW | StrikeKind.ABOVE:
            away = 0.5 * height + rng.uniform(0.5, 0.9)
            return [away if kind is StrikeKind.BELOW else -away], [tilt]
    return [0.0], [tilt]


def _cut_short(
    kind: StrikeKind, start: float, end: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Where a line begins and ends that does not run over all of the name."""
    length = end - start
    match kind:
        case StrikeKind.HALF:
            return start, start + 0.5 * length
        case StrikeKind.FIRST:
            return start, start + rng.uniform(0.15, 0.3) * length
        case StrikeKind.LAST:
            return end - rng.uniform(0.25, 0.55) * length, end
    return start, end


def _cover_name(drawing: "_Drawing", line: Rect, kind: StrikeKind) -> list[Stroke]:
    """Cover a line of letters with what is no single line."""
    rng = drawing.rng
    left, right = (
        line.left_mm - rng.uniform(0, 1.5),
        line.left_mm + line.width_mm + rng.uniform(0, 1.5),
    )
    middle, half = line.top_mm + line.height_mm / 2, 0.5 * line.height_mm
    origin = np.zeros(2)
    match kind:
        case StrikeKind.RINGED:
            return [drawing.ring(np.array([(left + right) / 2, middle]), line)]
        case StrikeKind.UPRIGHT:
            x = np.arange(left + 1, right, rng.uniform(1.6, 3.0))
            lean = rng.normal(0, 0.3)
            return [
                drawing.stroke(
                    [
                        (at + lean, middle - rng.uniform(0.9, 1.3) * half),
                        (at - lean, middle + half),
                    ],
                    origin,
                    1.0,
                    bend=0.1,
                )
                for at in (x + rng.normal(0, 0.2, len(x))).tolist()
            ]
        case _:
            dense = kind is StrikeKind.SCRIBBLED
            step = rng.uniform(0.35, 0.6) if dense else rng.uniform(1.5, 3.0)
            strokes = []
            for _ in range(2 if dense else 1):
                x = np.arange(left, right, step)
                sides = np.where(np.arange(len(x)) % 2 == 0, -1.0, 1.0) * rng.uniform(
                    0.8, 1.1, len(x)
                )
                corners = list(zip(x.tolist(), (middle + sides * half).tolist(), strict=True))
                strokes.append(drawing.stroke(corners, origin, 1.0, bend=0.05))
            return strokes


def block_strokes(
    block: Rect, kind: BlockKind, hand: Hand, rng: np.random.Generator
) -> tuple[Stroke, ...]:
    """Draw one stroke over, or beside, a block of names.

    Args:
        block: The extent of all its names.
        kind: What is drawn.
        hand: Whose hand does it.
        rng: Where the chance comes from.
    """
    drawing = _Drawing(hand, rng)
    left, top = block.left_mm, block.top_mm
    right, bottom = left + block.width_mm, top + block.height_mm
    across = float(rng.uniform(left + 0.2 * block.width_mm, right - 0.3 * block.width_mm))
    corners: list[tuple[float, float]]
    match kind:
        case BlockKind.DIAGONAL:
            corners = [(left, top), (right, bottom)]
            if rng.random() < 0.5:  # noqa: PLR2004 - as often the other way
                corners = [(right, top), (left, bottom)]
        case BlockKind.UPRIGHT:
            corners = [(across, top - 1), (across + rng.normal(0, 2), bottom + 1)]
        case BlockKind.WAVE:
            turns = max(3, round(block.height_mm / 5))
            sides = [left + 0.1 * block.width_mm, right - 0.1 * block.width_mm]
            heights = np.linspace(top, bottom, turns).tolist()
            corners = [(sides[number % 2], height) for number, height in enumerate(heights)]
        case BlockKind.BRACKET:
            at, deep = right + rng.uniform(1.0, 8.0), rng.uniform(1.5, 3.0)
            corners = [(at, top), (at + deep, top + 1), (at + deep, bottom - 1), (at, bottom)]
    return (drawing.stroke(corners, np.zeros(2), 1.0, bend=0.3),)


def writing_strokes(rect: Rect, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Write a word or a signature into a rectangle: loops that run to the right, no letters."""
    drawing = _Drawing(hand, rng)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
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
