"""What voters do to the boxes beside the names, as strokes of a pen."""

from enum import StrEnum

import numpy as np

from ballotscan.design.hands import Drawing, Hand
from ballotscan.design.pens import Stroke
from ballotscan.election.template import Rect


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
    drawing = Drawing(hand, rng)
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
