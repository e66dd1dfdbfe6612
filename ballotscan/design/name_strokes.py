"""What voters draw through, around and beside printed names, as strokes of a pen."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from ballotscan.design.hands import Drawing, Hand
from ballotscan.design.pens import Stroke
from ballotscan.election.template import Rect


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
    drawing = Drawing(hand, rng)
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


def _cover_name(drawing: Drawing, line: Rect, kind: StrikeKind) -> list[Stroke]:
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
    drawing = Drawing(hand, rng)
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
            at, deep = right + rng.uniform(1.0, 3.5), rng.uniform(1.5, 3.0)
            corners = [(at, top), (at + deep, top + 1), (at + deep, bottom - 1), (at, bottom)]
    return (drawing.stroke(corners, np.zeros(2), 1.0, bend=0.3),)
