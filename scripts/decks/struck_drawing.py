"""Pages of struck names: drawn by many hands, worn, and scanned in every way, with what is on each name."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from decks.degradation import QUICK, degrader
from decks.reading import Pixels, as_scanned
from decks.struck_designs import PrintedName, StruckDesign
from decks.struck_kinds import (
    ABOVE,
    BELOW,
    BESIDE,
    BETWEEN,
    BLOCK_BRACKET,
    BLOCK_DIAGONAL,
    BLOCK_UPRIGHT,
    BLOCK_WAVE,
    CROSSED,
    DOT,
    DOUBLE,
    FAMILY,
    FIRST_WORDS,
    GIVEN,
    HALF,
    HATCHED,
    LAST,
    LINE,
    LINES,
    MAIN,
    ONE_LINE,
    RING_ALL,
    RING_OVER,
    RINGED,
    SCRIBBLED,
    SECOND,
    SHARES,
    SLANTED,
    TITLE,
    TWICE,
    UNTOUCHED,
    UPRIGHT,
    WAVY,
    WIPED,
    ZIGZAG,
)
from decks.struck_truth import StruckName, are_clear, runs_along, share_shown, touches
from decks.struck_wear import AUGRAPHY, EVENTS, NOTHING, befall, dirty

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Drawing, Hand, random_hand
from ballotscan.design.name_strokes import BlockKind, StrikeKind, block_strokes, strike_strokes
from ballotscan.design.paper import Sheet, to_colour, wear
from ballotscan.design.pens import PENS, Pen, Stroke, draw_strokes
from ballotscan.design.scanner import ColourMode, scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.template import Rect

_USUAL_PENS = ("ball-blue", "ball-black", "gel-blue", "gel-black", "ball-red", "thin-blue", "felt-black", "pencil", "light-pencil")  # fmt: skip
PENS_USED: dict[str, Pen] = {
    **{name: PENS[name] for name in _USUAL_PENS},
    "fine-black": Pen((0.22, 0.21, 0.21), 0.20, patchiness=0.1, dryness=0.1),
}
PEN_SHARES = (0.2, 0.17, 0.12, 0.1, 0.09, 0.09, 0.04, 0.08, 0.06, 0.05)
_BLOCKS = {
    BlockKind.DIAGONAL: BLOCK_DIAGONAL,
    BlockKind.UPRIGHT: BLOCK_UPRIGHT,
    BlockKind.WAVE: BLOCK_WAVE,
    BlockKind.BRACKET: BLOCK_BRACKET,
}
_BY_HAND = {
    LINE: StrikeKind.MIDDLE,
    DOUBLE: StrikeKind.DOUBLE,
    TWICE: StrikeKind.TWICE,
    WAVY: StrikeKind.WAVY,
    SLANTED: StrikeKind.SLANTED,
    CROSSED: StrikeKind.CROSSED,
    ZIGZAG: StrikeKind.ZIGZAG,
    UPRIGHT: StrikeKind.UPRIGHT,
    SCRIBBLED: StrikeKind.SCRIBBLED,
    HALF: StrikeKind.HALF,
    FIRST_WORDS: StrikeKind.FIRST,
    LAST: StrikeKind.LAST,
    ONE_LINE: StrikeKind.FIRST_LINE,
    BELOW: StrikeKind.BELOW,
    ABOVE: StrikeKind.ABOVE,
    WIPED: StrikeKind.CANCELLED,
    RINGED: StrikeKind.RINGED,
}


@dataclass(frozen=True, eq=False)
class StruckPage:
    """One scanned page of the deck.

    Attributes:
        cut: Between black and white as a share of white; 0 where the scan has greys.
        pixels: As they come out of the file.
        names: What is on each of its names.
    """

    number: int
    design: str
    page: int
    pen: str
    dpi: int
    mode: ColourMode
    cut: float
    event: str
    pixels: Pixels
    names: tuple[StruckName, ...]


def make_page(design: StruckDesign, side: int, number: int, seed: int) -> StruckPage:
    """Mark and scan one page; it depends on seed and number alone."""
    rng = np.random.default_rng([seed, number])
    dpi = int(rng.choice([150, 200, 300]))
    mode = ColourMode(rng.choice(["colour", "grey", "1-bit"]))
    pen = str(rng.choice(list(PENS_USED), p=PEN_SHARES))
    if pen == "light-pencil" and mode is ColourMode.BILEVEL:
        pen = "pencil"  # a scan in black and white does not show it to anybody
    event = str(rng.choice(list(EVENTS), p=list(EVENTS.values())))
    degrade = degrader() if event == AUGRAPHY else None
    if event == AUGRAPHY and (degrade is None or mode is ColourMode.BILEVEL):
        event = NOTHING
    hand = random_hand(rng, PENS_USED[pen])
    names = design.names[side]
    kinds, drawn = draw_names(names, hand, rng)
    sheet = design.sheets[side]
    clean = to_colour(sheet.pixels) if mode is ColourMode.COLOUR else sheet.pixels
    strokes = [stroke for of_name in drawn for stroke in of_name]
    marked = Sheet(draw_strokes(clean, sheet.dpi, strokes, hand.pen, rng), sheet.dpi)
    paper, back, hurt = befall(event, sheet, names, rng)
    scanner = dataclasses.replace(
        random_scanner(rng, dpi=dpi),
        mode=mode,
        blur_mm=float(rng.uniform(0.04, 0.09)),
        threshold=float(rng.uniform(0.5, 0.7)),
    )
    scanner, hurt = dirty(event, scanner, names, hurt, rng)
    worn = wear(marked, paper, rng, back=back)
    scan = scan_page(worn, scanner, rng)
    pixels = as_scanned(scan, mode, int(rng.integers(60, 95)))
    if event == AUGRAPHY and degrade is not None:
        pixels = degrade(pixels, str(rng.choice(QUICK)), number)
        hurt = [AUGRAPHY] * len(names)
    return StruckPage(
        number=number,
        design=design.name,
        page=side + 1,
        pen=pen,
        dpi=dpi,
        mode=mode,
        cut=scanner.threshold if mode is ColourMode.BILEVEL else 0.0,
        event=event,
        pixels=pixels,
        names=tuple(
            StruckName(
                kind,
                kind in LINES and are_clear(own, name.lines),
                all(runs_along(strokes, word) for word in name.words[name.title : name.main]),
                any(touches(stroke, name.given) for stroke in strokes),
                damage,
                share_shown(own, sheet, scan) if mode is ColourMode.BILEVEL else 1.0,
            )
            for kind, own, name, damage in zip(kinds, drawn, names, hurt, strict=True)
        ),
    )


def draw_names(
    names: Sequence[PrintedName], hand: Hand, rng: np.random.Generator
) -> tuple[list[str], list[list[Stroke]]]:
    """Draw something on every name of a page: what it is, and its strokes."""
    usual = str(rng.choice(list(SHARES)[1:]))  # a voter strikes most names in one way
    kinds = [UNTOUCHED] * len(names)
    drawn: list[list[Stroke]] = [[] for _ in names]
    block = _draw_block(names, kinds, drawn, hand, rng) if rng.random() < 0.35 else []  # noqa: PLR2004
    for at, name in enumerate(names):
        if at in block or kinds[at] != UNTOUCHED:
            continue
        kind = str(rng.choice(list(SHARES), p=np.array(list(SHARES.values())) / sum(SHARES.values())))  # fmt: skip
        if kind not in {UNTOUCHED, LINE} and rng.random() < 0.4:  # noqa: PLR2004
            kind = usual
        kind = _fitting(kind, name)
        if kind == BETWEEN:
            below = at + 1
            is_free = below < len(names) and below not in block and kinds[below] == UNTOUCHED
            if not is_free or abs(names[below].lines[0].left_mm - name.lines[0].left_mm) > 1:
                kind = LINE
            else:
                kinds[at] = kinds[below] = BETWEEN
                top = name.lines[-1].top_mm + name.lines[-1].height_mm
                middle = (top + names[below].lines[0].top_mm) / 2
                line = name.lines[-1]
                rect = Rect(line.left_mm, middle - 1.5, line.width_mm, 3.0)
                drawn[at] = list(strike_strokes([rect], StrikeKind.MIDDLE, hand, rng))
                continue
        kinds[at] = kind
        drawn[at] = list(_draw(kind, name, hand, rng))
    return kinds, drawn


def _fitting(kind: str, name: PrintedName) -> str:
    """The kind, or another one where the name has no such part."""
    if kind == ONE_LINE and len(name.lines) == 1:
        return FIRST_WORDS
    if kind == RING_ALL and len(name.lines) == 1:
        return RINGED
    if kind == TITLE and not name.title:
        return FAMILY
    if kind in {SECOND, MAIN} and name.main == len(name.words):
        return GIVEN if kind == SECOND else LINE
    return kind


def _draw(kind: str, name: PrintedName, hand: Hand, rng: np.random.Generator) -> Sequence[Stroke]:
    """The strokes of one kind on one name."""
    if kind == UNTOUCHED:
        return ()
    parts = {
        FAMILY: [name.family],
        GIVEN: [name.given],
        TITLE: list(name.words[: name.title]),
        SECOND: _by_line(name.words[name.main :]),
        MAIN: _by_line(name.words[: name.main]),
    }
    if kind in parts:
        return strike_strokes([_inset(rect) for rect in parts[kind]], StrikeKind.MIDDLE, hand, rng)
    if kind in _BY_HAND:
        return strike_strokes(name.lines, _BY_HAND[kind], hand, rng)
    return _FREELY[kind](name, Drawing(hand, rng))


def _dot(name: PrintedName, drawing: Drawing) -> Sequence[Stroke]:
    """The pen rested on the name."""
    line = _any_line(name, drawing)
    x, y = drawing.rng.uniform((0.0, -0.2), (1.0, 1.2))
    return (
        drawing.dot(np.array([line.left_mm + x * line.width_mm, line.top_mm + y * line.height_mm])),
    )


def _hatched(name: PrintedName, drawing: Drawing) -> Sequence[Stroke]:
    """A line, and a few short strokes through it that take it back."""
    rng, line = drawing.rng, _any_line(name, drawing)
    strokes = list(strike_strokes(name.lines, StrikeKind.MIDDLE, drawing.hand, rng))
    start = line.left_mm + rng.uniform(0.1, 0.6) * line.width_mm
    middle, half = line.top_mm + line.height_mm / 2, 0.7 * line.height_mm
    for place in range(int(rng.integers(3, 6))):
        x = start + place * rng.uniform(1.0, 2.2)
        corners = [(x - 0.8, middle - half), (x + 0.8, middle + half)]
        strokes.append(drawing.stroke(corners, np.zeros(2), 1.0, bend=0.1))
    return strokes


def _ring_over(name: PrintedName, drawing: Drawing) -> Sequence[Stroke]:
    """A flat ring that runs over the letters of a line."""
    line = _any_line(name, drawing)
    flat = Rect(
        line.left_mm + 1.0,
        line.top_mm + 0.9,
        max(line.width_mm - 2.0, 4.0),
        max(line.height_mm - 1.8, 0.6),
    )
    centre, _ = _around([line])
    return (drawing.ring(centre, flat),)


def _ring_all(name: PrintedName, drawing: Drawing) -> Sequence[Stroke]:
    """One ring around all lines of a name."""
    return (drawing.ring(*_around(name.lines)),)


def _beside(name: PrintedName, drawing: Drawing) -> Sequence[Stroke]:
    """A cross before or behind a name, where somebody expects a box."""
    rng, line = drawing.rng, name.lines[0]
    left = line.left_mm - 7.5
    if rng.random() < 0.5:  # noqa: PLR2004 - as often behind it
        left = line.left_mm + line.width_mm + float(rng.uniform(2, 5))
    return mark_strokes(Rect(left, line.top_mm - 0.5, 4.0, 4.0), MarkKind.CROSS, drawing.hand, rng)


_FREELY = {
    DOT: _dot,
    HATCHED: _hatched,
    RING_OVER: _ring_over,
    RING_ALL: _ring_all,
    BESIDE: _beside,
}


def _any_line(name: PrintedName, drawing: Drawing) -> Rect:
    return name.lines[int(drawing.rng.integers(len(name.lines)))]


def _inset(rect: Rect) -> Rect:
    """A little less, because a stroke begins before and ends behind what it strikes."""
    return Rect(rect.left_mm + 0.4, rect.top_mm, max(rect.width_mm - 1.6, 1.0), rect.height_mm)


def _by_line(words: Sequence[Rect]) -> list[Rect]:
    """The extent of some words on each line they stand on."""
    tops = sorted({word.top_mm for word in words})
    lines = []
    for top in tops:
        here = [word for word in words if word.top_mm == top]
        left = min(word.left_mm for word in here)
        right = max(word.left_mm + word.width_mm for word in here)
        lines.append(Rect(left, top, right - left, here[0].height_mm))
    return lines


def _around(lines: Sequence[Rect]) -> tuple[np.ndarray, Rect]:
    left, top = min(line.left_mm for line in lines), min(line.top_mm for line in lines)
    right = max(line.left_mm + line.width_mm for line in lines)
    bottom = max(line.top_mm + line.height_mm for line in lines)
    rect = Rect(left, top, right - left, bottom - top)
    return np.array([(left + right) / 2, (top + bottom) / 2]), rect


def _draw_block(
    names: Sequence[PrintedName],
    kinds: list[str],
    drawn: list[list[Stroke]],
    hand: Hand,
    rng: np.random.Generator,
) -> list[int]:
    """Draw one thing over a few names that stand below one another; says over which."""
    first = int(rng.integers(0, len(names) - 1))
    block = list(range(first, min(len(names), first + int(rng.integers(2, 5)))))
    lines = [line for at in block for line in names[at].lines]
    if np.ptp([names[at].lines[0].left_mm for at in block]) > 1:
        return []  # they go on in another column
    kind = BlockKind(rng.choice(list(BlockKind)))
    drawn[first] = list(block_strokes(_around(lines)[1], kind, hand, rng))
    for at in block:
        kinds[at] = _BLOCKS[kind]
    return block
