"""How each kind of mark is drawn into its box."""

import dataclasses
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from decks.kinds import (
    ASIDE,
    BESIDE,
    CANCELLED,
    COVERED,
    CROSS,
    ERASED,
    FILLED,
    HESITATION,
    LIGHT,
    LINE,
    MM_PER_INCH,
    PARTIAL,
    REST,
    RINGED,
    SCRIBBLED,
    SINGLE,
    SPECKS,
    SPRAY,
    STRUCK,
    TAIL,
    TAILED,
    TICK,
    middle_of,
)
from numpy.typing import NDArray

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Hand, random_hand
from ballotscan.design.pens import PENS, Pen, Stroke, draw_strokes
from ballotscan.election.template import MarkBox, Rect, TemplatePage

Pixels = NDArray[np.uint8]

_BY_HAND = {
    CROSS: MarkKind.CROSS,
    TICK: MarkKind.TICK,
    REST: MarkKind.DOT,
    CANCELLED: MarkKind.CANCELLED,
    ASIDE: MarkKind.CROSS_ASIDE,
    BESIDE: MarkKind.BESIDE,
    FILLED: MarkKind.FILL,
    SCRIBBLED: MarkKind.SCRIBBLE,
    RINGED: MarkKind.CIRCLE,
}


def draw_kinds(  # noqa: PLR0913, PLR0917 - what, where, by whom
    clean: Pixels,
    dpi: float,
    page: TemplatePage,
    kinds: Sequence[str],
    hand: Hand,
    rng: np.random.Generator,
) -> Pixels:
    """Draw what each box shall hold."""
    drawn = clean
    usual: list[Stroke] = []
    for at, (box, kind) in enumerate(zip(page.boxes, kinds, strict=True)):
        if kind == TAILED:
            usual += _tick_into(page, at, kinds, hand, rng)
        elif kind in _OF_THE_PEN:
            usual += _OF_THE_PEN[kind](box, hand, rng)
        elif kind in _OF_ITS_OWN:
            drawn = _OF_ITS_OWN[kind](drawn, dpi, box, hand, rng)
        elif kind in _BY_HAND:
            usual += mark_strokes(box.rect, _BY_HAND[kind], hand, rng)
    return draw_strokes(drawn, dpi, usual, hand.pen, rng)


def _draw_light(
    drawn: Pixels, dpi: float, box: MarkBox, hand: Hand, rng: np.random.Generator
) -> Pixels:
    """A cross with a hard pencil."""
    pencil = dataclasses.replace(hand, pen=PENS["light-pencil"])
    return draw_strokes(
        drawn, dpi, mark_strokes(box.rect, MarkKind.CROSS, pencil, rng), pencil.pen, rng
    )


def _draw_line(
    drawn: Pixels, dpi: float, box: MarkBox, _hand: Hand, rng: np.random.Generator
) -> Pixels:
    """A line of 1 mm, of any ink."""
    pen = PENS[str(rng.choice(["felt-black", "pencil", "ball-blue", "gel-black"]))]
    wide = dataclasses.replace(pen, width_mm=1.0)
    return draw_strokes(drawn, dpi, [line_across(box.rect, rng)], wide, rng)


def _single(box: MarkBox, hand: Hand, rng: np.random.Generator) -> Sequence[Stroke]:
    """A straight stroke: bent, or with a hook, it would be a tick."""
    steady = dataclasses.replace(hand, curve=0.02, hook_mm=0.0, tremor_mm=0.03)
    return mark_strokes(box.rect, MarkKind.LINE, steady, rng)


def line_across(rect: Rect, rng: np.random.Generator) -> Stroke:
    """A straight line from edge to edge through the middle of a box."""
    middle = np.array([rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2])
    angle = float(rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)]))
    half = min(rect.width_mm, rect.height_mm) / 2
    way = np.array([np.cos(angle), np.sin(angle)])
    path = middle + np.linspace(-half, half, 30)[:, None] * way
    return Stroke(path, np.ones(30))


def _hesitate(box: MarkBox, hand: Hand, rng: np.random.Generator) -> Sequence[Stroke]:
    """The pen touches the paper and is taken away: as broad as the pen, and hardly moved."""
    rect = box.rect
    place = np.array([rect.left_mm, rect.top_mm]) + rng.uniform(0.15, 0.85, 2) * np.array(
        [rect.width_mm, rect.height_mm]
    )
    path = place + np.cumsum(rng.normal(0, 0.03, (6, 2)), axis=0)
    return [Stroke(path, np.full(6, hand.pressure * rng.uniform(0.4, 1.0)))]


def _part(box: MarkBox, hand: Hand, rng: np.random.Generator) -> Sequence[Stroke]:
    """A stroke that was begun and not ended: a third to two thirds of the box long."""
    side = min(box.rect.width_mm, box.rect.height_mm)
    length = side * rng.uniform(0.35, 0.65)
    angle = rng.uniform(0, 2 * np.pi)
    way = np.array([np.cos(angle), np.sin(angle)])
    start = middle_of(box) + rng.uniform(-0.25, 0.25, 2) * side - way * length / 2
    path = start + np.linspace(0, length, 24)[:, None] * way
    pressures = hand.pressure * np.minimum(1, 0.3 + 4 * (1 - np.linspace(0, 1, 24)))
    return [Stroke(path, pressures)]


def _strike(box: MarkBox, hand: Hand, rng: np.random.Generator) -> Sequence[Stroke]:
    """Filled in, and then a large cross, or a large zigzag, over it."""
    times = rng.uniform(3.0, 4.2)
    rect = box.rect
    larger = Rect(
        rect.left_mm - rect.width_mm * (times - 1) / 2,
        rect.top_mm - rect.height_mm * (times - 1) / 2,
        rect.width_mm * times,
        rect.height_mm * times,
    )
    over = MarkKind.CROSS if rng.random() < 0.6 else MarkKind.SCRIBBLE  # noqa: PLR2004
    return [
        *mark_strokes(rect, MarkKind.FILL, hand, rng),
        *mark_strokes(larger, over, hand, rng),
    ]


def _tick_into(
    page: TemplatePage, at: int, kinds: Sequence[str], hand: Hand, rng: np.random.Generator
) -> list[Stroke]:
    """A tick in a box whose long leg ends up to 2.5 mm inside the box next to it."""
    box = page.boxes[at]
    own = middle_of(box)
    tails = [other for other, kind in enumerate(kinds) if kind == TAIL]
    other = min(tails, key=lambda each: float(np.hypot(*(middle_of(page.boxes[each]) - own))))
    rect = page.boxes[other].rect
    far = middle_of(page.boxes[other])
    half = np.array([rect.width_mm, rect.height_mm]) / 2
    way = far - own
    # Where the way to the other middle crosses its edge, and on from there.
    edge = 1 - float(np.min(half / np.maximum(np.abs(way), 1e-6)))
    length = float(np.hypot(*way))
    end = own + way * (edge + rng.uniform(0.3, 2.5) / length) + rng.normal(0, 0.3, 2)
    reach = min(box.rect.width_mm, box.rect.height_mm) / 2 * 0.8
    down = own + reach * np.array([-0.3, 0.8])
    start = own + reach * np.array([-0.9, -0.1])
    first = start + np.linspace(0, 1, 12)[:, None] * (down - start)
    bow = np.sin(np.linspace(0, np.pi, 60))[:, None] * rng.normal(0, 0.4, 2)
    second = down + np.linspace(0, 1, 60)[:, None] * (end - down) + bow
    pressures = np.concatenate((np.full(12, 1.0), np.linspace(1.0, 0.25, 60))) * hand.pressure
    return [Stroke(np.vstack((first, second)), pressures)]


def cut_window(drawn: Pixels, dpi: float, box: MarkBox, more_mm: float) -> tuple[slice, slice]:
    """The rows and columns of a page that hold a box and what is around it."""
    k, rect = dpi / MM_PER_INCH, box.rect
    top, left = (max(0, round((mm - more_mm) * k)) for mm in (rect.top_mm, rect.left_mm))
    bottom = round((rect.top_mm + rect.height_mm + more_mm) * k)
    right = round((rect.left_mm + rect.width_mm + more_mm) * k)
    return slice(top, min(bottom, drawn.shape[0])), slice(left, min(right, drawn.shape[1]))


def _erase(
    drawn: Pixels, dpi: float, box: MarkBox, _hand: Hand, rng: np.random.Generator
) -> Pixels:
    """A pencil cross that was rubbed out: a ghost of it and a smudge stay."""
    hand = random_hand(rng, PENS["pencil"])
    strokes = mark_strokes(box.rect, MarkKind.CROSS, hand, rng)
    crossed = draw_strokes(drawn, dpi, strokes, hand.pen, rng)
    rows, columns = cut_window(drawn, dpi, box, 4.0)
    before = drawn[rows, columns].astype(np.float32)
    after = crossed[rows, columns].astype(np.float32)
    ghost = before + float(rng.uniform(0.04, 0.2)) * (after - before)
    smudge = _blur(255 - after, 0.8 * dpi / MM_PER_INCH) * float(rng.uniform(0, 0.12))
    rubbed = drawn.copy()
    rubbed[rows, columns] = np.clip(np.rint(ghost - smudge), 0, 255).astype(np.uint8)
    return rubbed


def _cover(drawn: Pixels, dpi: float, box: MarkBox, hand: Hand, rng: np.random.Generator) -> Pixels:
    """A cross that was painted over with correction fluid; a ghost of it may stay."""
    covered = draw_strokes(drawn, dpi, mark_strokes(box.rect, MarkKind.CROSS, hand, rng), hand.pen, rng)  # fmt: skip
    rows, columns = cut_window(drawn, dpi, box, 4.0)
    part = covered[rows, columns].astype(np.float32)
    k, rect = dpi / MM_PER_INCH, box.rect
    height, width = part.shape[:2]
    fluid = np.zeros((height, width), dtype=np.float32)
    centre = (width // 2, height // 2)
    axes = (round(rect.width_mm * k * rng.uniform(0.5, 0.75)), round(rect.height_mm * k * rng.uniform(0.5, 0.75)))  # fmt: skip
    cv2.ellipse(fluid, centre, axes, float(rng.uniform(0, 180)), 0, 360, (1.0,), cv2.FILLED)
    fluid = _blur(fluid, 0.15 * k) * float(rng.uniform(0.9, 1.0))
    fluid = fluid if part.ndim == fluid.ndim else fluid[:, :, None]
    covered[rows, columns] = np.rint(part + fluid * (252 - part)).astype(np.uint8)
    return covered


def _blur(field: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px), dtype=np.float32)


def _sprinkle(
    drawn: Pixels, dpi: float, box: MarkBox, _hand: Hand, rng: np.random.Generator
) -> Pixels:
    """One to four specks of toner of 0.1 to 0.5 mm in the box."""
    rect = box.rect
    toner = Pen((0.15, 0.15, 0.15), 0.3)
    for _ in range(int(rng.integers(1, 5))):
        place = np.array([rect.left_mm, rect.top_mm]) + rng.uniform(0.1, 0.9, 2) * np.array(
            [rect.width_mm, rect.height_mm]
        )
        pen = dataclasses.replace(toner, width_mm=float(rng.uniform(0.1, 0.5)))
        drawn = draw_strokes(drawn, dpi, [Stroke(place + np.zeros((2, 2)), np.ones(2))], pen, rng)
    return drawn


def _spray(
    drawn: Pixels, dpi: float, box: MarkBox, _hand: Hand, rng: np.random.Generator
) -> Pixels:
    """Twenty to ninety specks of toner of 0.1 to 0.4 mm, in the box or all around it as well."""
    rect, toner = box.rect, Pen((0.15, 0.15, 0.15), 0.3)
    size = np.array([rect.width_mm, rect.height_mm]) * rng.choice([1.0, 1.8])
    middle = middle_of(box)
    drawn = drawn.copy()
    for _ in range(int(rng.integers(20, 91))):
        place = middle + rng.uniform(-0.5, 0.5, 2) * size
        pen = dataclasses.replace(toner, width_mm=float(rng.uniform(0.1, 0.4)))
        rows, columns = cut_window(drawn, dpi, box, float(size.max()))
        moved = Stroke(place + np.zeros((2, 2)) - np.array([columns.start, rows.start]) * MM_PER_INCH / dpi, np.ones(2))  # fmt: skip
        drawn[rows, columns] = draw_strokes(drawn[rows, columns], dpi, [moved], pen, rng)
    return drawn


# What is drawn with the pen of the page, and what is drawn in a way of its own.
_OF_THE_PEN: dict[str, Callable[[MarkBox, Hand, np.random.Generator], Sequence[Stroke]]] = {
    HESITATION: _hesitate,
    PARTIAL: _part,
    SINGLE: _single,
    STRUCK: _strike,
}
_OF_ITS_OWN: dict[str, Callable[[Pixels, float, MarkBox, Hand, np.random.Generator], Pixels]] = {
    LIGHT: _draw_light,
    LINE: _draw_line,
    ERASED: _erase,
    COVERED: _cover,
    SPECKS: _sprinkle,
    SPRAY: _spray,
}
