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

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Drawing, Hand, random_hand
from ballotscan.design.name_strokes import BlockKind, StrikeKind, block_strokes, strike_strokes
from ballotscan.design.paper import Fold, Paper, Seal, Sheet, to_colour, wear
from ballotscan.design.pens import PENS, Pen, Stroke, draw_strokes
from ballotscan.design.scanner import ColourMode, Scanner, Streak, scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.template import Rect

_USUAL_PENS = ("ball-blue", "ball-black", "gel-blue", "gel-black", "ball-red", "thin-blue", "felt-black", "pencil", "light-pencil")  # fmt: skip
PENS_USED: dict[str, Pen] = {
    **{name: PENS[name] for name in _USUAL_PENS},
    "fine-black": Pen((0.22, 0.21, 0.21), 0.20, patchiness=0.1, dryness=0.1),
}
PEN_SHARES = (0.2, 0.17, 0.12, 0.1, 0.09, 0.09, 0.04, 0.08, 0.06, 0.05)
NOTHING, FOLD, STREAK, SPECKS, BACK, SEAL, AUGRAPHY = "nothing", "fold", "streak", "specks", "show-through", "seal", "Augraphy"  # fmt: skip
EVENTS = {NOTHING: 0.58, FOLD: 0.09, STREAK: 0.07, SPECKS: 0.06, BACK: 0.06, SEAL: 0.06, AUGRAPHY: 0.08}  # fmt: skip
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
# A line that runs nearly all along the middle half of the letters is clear.
_MOST = 0.95
_SLACK_MM = 0.5
# Ink runs through a word where it lies in the inner four fifths of its height, along most of it.
_COLUMNS, _NEAR_COLUMN_MM, _MIDDLE, _MUCH = 25, 0.3, 0.4, 0.5
_NEAR_MM = 1.5  # a fold, streak or seal so near to a name may be taken for ink on it


@dataclass(frozen=True, slots=True)
class StruckName:
    """What is on one name.

    Attributes:
        kind: What was drawn.
        is_clear: Whether lines run along all of it through its middle half.
        is_through: Whether ink runs through the middle of every word of it.
        touches_given: Whether any ink lies on the given name.
        damage: What else lies on or near it: a fold, a streak; `nothing` where nothing does.
    """

    kind: str
    is_clear: bool
    is_through: bool
    touches_given: bool
    damage: str


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
    paper, back, hurt = _befall(event, sheet, names, rng)
    scanner = dataclasses.replace(
        random_scanner(rng, dpi=dpi),
        mode=mode,
        blur_mm=float(rng.uniform(0.04, 0.09)),
        threshold=float(rng.uniform(0.5, 0.7)),
    )
    scanner, hurt = _dirty(event, scanner, names, hurt, rng)
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


def are_clear(strokes: Sequence[Stroke], lines: Sequence[Rect]) -> bool:
    """Whether every stroke runs along a whole line through its middle, and no line is left out."""
    run = [[runs_through(stroke, line) for line in lines] for stroke in strokes]
    return all(map(any, run)) and all(map(any, zip(*run, strict=True)))


def runs_through(stroke: Stroke, line: Rect) -> bool:
    """Whether a stroke runs along a whole line of letters, nearly all of it in their middle half."""
    x, y = stroke.path_mm.T
    right = line.left_mm + line.width_mm
    inside = (x >= line.left_mm) & (x <= right)
    reaches = x.min() <= line.left_mm + _SLACK_MM and x.max() >= right - _SLACK_MM
    away = np.abs(y[inside] - line.top_mm - line.height_mm / 2)
    return bool(reaches and (away <= line.height_mm / 4).mean() >= _MOST)


def runs_along(strokes: Sequence[Stroke], word: Rect) -> bool:
    """Whether ink runs through the middle of most of a word."""
    columns = np.linspace(word.left_mm, word.left_mm + word.width_mm, _COLUMNS)
    middle = word.top_mm + word.height_mm / 2
    seen = np.zeros(_COLUMNS, dtype=bool)
    for stroke in strokes:
        x, y = stroke.path_mm.T
        x = x[np.abs(y - middle) <= _MIDDLE * word.height_mm]
        seen |= (np.abs(columns[:, None] - x) <= _NEAR_COLUMN_MM).any(axis=1)
    return bool(seen.mean() >= _MUCH)


def touches(stroke: Stroke, rect: Rect) -> bool:
    """Whether a stroke runs over a word, or so near to it that people would say so."""
    x, y = stroke.path_mm.T
    across = (x >= rect.left_mm - 0.3) & (x <= rect.left_mm + rect.width_mm + 0.3)
    return bool((across & (y >= rect.top_mm) & (y <= rect.top_mm + rect.height_mm)).any())


def _befall(
    event: str, sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, Pixels | None, list[str]]:
    """What happens to the paper: how, what is on its back, and which names it hurts."""
    paper = Paper(crumple=float(rng.uniform(0, 0.3)))
    if event == FOLD:
        return _fold(paper, sheet, names, rng)
    if event == SEAL:
        return _seal(paper, names, rng)
    if event == BACK:
        back = _mark_back(sheet, names, rng)
        paper = dataclasses.replace(paper, show_through=float(rng.uniform(0.05, 0.2)))
        return paper, back, [BACK] * len(names)
    if rng.random() < 0.2:  # noqa: PLR2004 - some paper lets the print of its back shine through
        paper = dataclasses.replace(paper, show_through=0.08)
    return paper, None, [NOTHING] * len(names)


def _fold(
    paper: Paper, sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, None, list[str]]:
    """A fold along a name, and as often another one down the middle."""
    width, height = sheet.size_mm
    line = names[int(rng.integers(len(names)))].lines[0]
    y = line.top_mm + rng.uniform(-0.3, 1.3) * line.height_mm
    tilt = float(rng.normal(0, 0.3))
    folds = [Fold(y / height, tilt_deg=tilt, depth=float(rng.uniform(0.15, 0.4)))]
    if rng.random() < 0.5:  # noqa: PLR2004
        folds.append(Fold(0.5, is_upright=True))
    slope = np.tan(np.radians(tilt))

    def is_near(row: Rect) -> bool:
        at = y + slope * (row.left_mm + row.width_mm / 2 - width / 2)
        along = row.top_mm - _NEAR_MM <= at <= row.top_mm + row.height_mm + _NEAR_MM
        left, right = row.left_mm - _NEAR_MM, row.left_mm + row.width_mm + _NEAR_MM
        return along or (len(folds) > 1 and left <= width / 2 <= right)

    hurt = [FOLD if any(map(is_near, name.lines)) else NOTHING for name in names]
    return dataclasses.replace(paper, folds=tuple(folds)), None, hurt


def _seal(
    paper: Paper, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, None, list[str]]:
    """A red seal over some names."""
    line = names[int(rng.integers(len(names)))].lines[0]
    x = float(line.left_mm + rng.uniform(0, line.width_mm))
    y = float(line.top_mm + rng.uniform(-8, 8))
    turn, strength = float(rng.normal(0, 20)), float(rng.uniform(0.4, 0.9))
    seal = Seal("ĐẢNG BỘ HUYỆN THỬ", "BAN CHẤP HÀNH", x, y, turn_deg=turn, strength=strength)

    def is_near(row: Rect) -> bool:
        across = np.clip(x, row.left_mm, row.left_mm + row.width_mm) - x
        down = np.clip(y, row.top_mm, row.top_mm + row.height_mm) - y
        return bool(np.hypot(across, down) <= seal.diameter_mm / 2 + _NEAR_MM)

    hurt = [SEAL if any(map(is_near, name.lines)) else NOTHING for name in names]
    return dataclasses.replace(paper, seal=seal), None, hurt


def _mark_back(sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator) -> Pixels:
    """A back on which names are struck out just behind the names of the front."""
    width, _ = sheet.size_mm
    hand = random_hand(rng, PENS[str(rng.choice(["gel-black", "felt-black"]))])
    mirrored = [
        Rect(width - row.left_mm - row.width_mm, row.top_mm, row.width_mm, row.height_mm)
        for name in names
        for row in name.lines
    ]
    strokes = [
        stroke
        for rect in mirrored
        if rng.random() < 0.6  # noqa: PLR2004
        for stroke in strike_strokes([rect], StrikeKind.MIDDLE, hand, rng)
    ]
    return draw_strokes(sheet.pixels, sheet.dpi, strokes, hand.pen, rng)


def _dirty(
    event: str,
    scanner: Scanner,
    names: Sequence[PrintedName],
    hurt: list[str],
    rng: np.random.Generator,
) -> tuple[Scanner, list[str]]:
    """Dirt on the glass, and which names it hurts."""
    if event == SPECKS:
        dust = int(rng.integers(150, 500))
        return dataclasses.replace(scanner, dust=dust), [SPECKS] * len(names)
    if event != STREAK:
        return scanner, hurt
    lines = [line for name in names for line in name.lines]
    line = lines[int(rng.integers(len(lines)))]
    x = float(line.left_mm + rng.uniform(0, line.width_mm))
    streak = Streak(x, width_mm=float(rng.uniform(0.1, 0.3)), shade=float(rng.uniform(0.3, 0.8)))
    # The paper lies a little crooked and aside on the glass.
    slack = 3.0 + abs(np.tan(np.radians(scanner.skew_deg))) * 150
    hurt = [
        STREAK
        if any(r.left_mm - slack <= x <= r.left_mm + r.width_mm + slack for r in name.lines)
        else damage
        for name, damage in zip(names, hurt, strict=True)
    ]
    return dataclasses.replace(scanner, streaks=(streak,)), hurt
