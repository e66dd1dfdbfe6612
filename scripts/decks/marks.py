"""Marks that people argue about, and what is no mark: drawn with known truth, box by box.

A label says what a box holds: a mark, no mark, or something that people must look at. Wrong in
silence is a mark read as empty, no mark read as marked, and either of the two for what people must
look at; to ask is never wrong. Nothing here knows what the reader can read: sizes come from pens,
paper and voters.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from decks.designs import Design
from numpy.typing import NDArray

from ballotscan.design.hands import Hand, MarkKind, mark_strokes, random_hand
from ballotscan.design.paper import Fold, Paper, Seal, Sheet, to_colour, wear
from ballotscan.design.pens import PENS, Pen, Stroke, draw_strokes
from ballotscan.design.scanner import ColourMode, Scan, Scanner, Streak, scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.template import MarkBox, Rect, TemplatePage

Pixels = NDArray[np.uint8]
MM_PER_INCH = 25.4


class Label(StrEnum):
    """What a box truly holds."""

    MARK = "mark"
    NONE = "no mark"
    DOUBT = "to be asked"


CROSS, TICK, LIGHT, EMPTY = "cross", "tick", "light pencil cross", "empty box"
LINE = "line of 1 mm across the box"
HESITATION, REST, PARTIAL, SINGLE = "hesitation dot", "full stop", "part of a stroke", "single straight stroke"  # fmt: skip
TAILED, TAIL = "tick that runs into the neighbour", "tail of the neighbour's tick"
ERASED, SPECKS = "erased pencil cross", "specks of toner"
CANCELLED, ASIDE, BESIDE = "cross scribbled out", "cross over the edge", "cross beside the box"
FILLED, SCRIBBLED, RINGED = "shaded box", "zigzag in the box", "ring around the box"
BEYOND = "neighbour of a mark that leaves its box"
FLAWED = "flaw in print"

LABELS = {
    EMPTY: Label.NONE,
    CROSS: Label.MARK,
    TICK: Label.MARK,
    LIGHT: Label.MARK,
    LINE: Label.MARK,
    HESITATION: Label.NONE,
    REST: Label.DOUBT,
    PARTIAL: Label.DOUBT,
    SINGLE: Label.DOUBT,
    TAILED: Label.MARK,
    TAIL: Label.NONE,
    ERASED: Label.NONE,
    SPECKS: Label.NONE,
    CANCELLED: Label.DOUBT,
    ASIDE: Label.DOUBT,
    BESIDE: Label.DOUBT,
    FILLED: Label.DOUBT,
    SCRIBBLED: Label.DOUBT,
    RINGED: Label.DOUBT,
    FLAWED: Label.NONE,
}
SHARES = {
    EMPTY: 0.19,
    CROSS: 0.15,
    TICK: 0.06,
    LIGHT: 0.05,
    LINE: 0.07,
    HESITATION: 0.09,
    REST: 0.03,
    PARTIAL: 0.05,
    SINGLE: 0.03,
    TAILED: 0.05,
    ERASED: 0.07,
    SPECKS: 0.05,
    CANCELLED: 0.04,
    ASIDE: 0.02,
    BESIDE: 0.01,
    FILLED: 0.015,
    SCRIBBLED: 0.015,
    RINGED: 0.01,
}
_PLAIN = {EMPTY: 0.6, CROSS: 0.3, TICK: 0.1}
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
_LEAVES_ITS_BOX = {ASIDE, BESIDE, RINGED, TAILED}
_INKED = 40  # levels of 255 that a pen takes away, at least
_NEAR_MM = 16.0  # a mark that leaves its box may come so far

BALL_PENS = ("ball-blue", "ball-black", "gel-blue", "gel-black", "thin-blue", "pencil", "ball-red", "felt-black")  # fmt: skip
PEN_SHARES = (0.25, 0.2, 0.15, 0.1, 0.1, 0.1, 0.05, 0.05)


class Event(StrEnum):
    """What befalls a whole page."""

    NOTHING = "nothing"
    FOLD = "fold"
    STREAK = "streak"
    SEAL = "seal"
    FLAWS = "flaws in print"
    BACK = "marks on the back"
    AUGRAPHY = "Augraphy"


_EVENTS = {
    Event.NOTHING: 0.42,
    Event.FOLD: 0.13,
    Event.STREAK: 0.13,
    Event.SEAL: 0.10,
    Event.FLAWS: 0.08,
    Event.BACK: 0.06,
    Event.AUGRAPHY: 0.08,
}


@dataclass(frozen=True, eq=False)
class MarkedScan:
    """One scanned page, and what each of its boxes holds.

    Attributes:
        kinds: Of each box.
        labels: Of each box; None where nobody can say.
        shown: Share of the ink in and around each box that the scan shows as dark; 1 where there is
            none, or where the scan is not black and white.
    """

    design: str
    page: TemplatePage
    event: Event
    pen: str
    mode: ColourMode
    scan: Scan
    kinds: tuple[str, ...]
    labels: tuple[Label | None, ...]
    shown: tuple[float, ...]


def middle_of(box: MarkBox) -> NDArray[np.float64]:
    """The middle of a box, in mm."""
    rect = box.rect
    return np.array([rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2])


def make_marked(designs: Sequence[Design], number: int, seed: int) -> MarkedScan:
    """Mark and scan one page; it depends on the seed and the number alone."""
    rng = np.random.default_rng([seed, number])
    design = designs[number % len(designs)]
    page = design.template.pages[int(rng.integers(len(design.template.pages)))]
    event = Event(rng.choice(list(_EVENTS), p=list(_EVENTS.values())))
    mode = ColourMode(rng.choice(["grey", "colour", "1-bit"], p=[0.45, 0.3, 0.25]))
    if event is Event.AUGRAPHY and mode is ColourMode.BILEVEL:
        mode = ColourMode.GREY
    pen = str(rng.choice(BALL_PENS, p=PEN_SHARES))
    hand = random_hand(rng, PENS[pen])
    kinds = choose_kinds(page, SHARES if event is Event.NOTHING else _PLAIN, mode, rng)
    sheet = design.sheets[page.number - 1]
    clean = to_colour(sheet.pixels) if mode is ColourMode.COLOUR else sheet.pixels.copy()
    if event is Event.FLAWS:
        _flaw_print(clean, sheet.dpi, page, kinds, rng)
    drawn = draw_kinds(clean, sheet.dpi, page, kinds, hand, rng)
    paper, back, touched = _befall(event, page, sheet, hand, rng)
    worn = wear(Sheet(drawn, sheet.dpi), paper, rng, back=back)
    scanner = dataclasses.replace(
        random_scanner(rng, dpi=int(rng.choice([150, 200, 300]))),
        mode=mode,
        threshold=float(rng.uniform(0.5, 0.72)),
    )
    if event is Event.STREAK:
        scanner = dataclasses.replace(scanner, streaks=(_streak_through(page, rng),))
    scan = scan_page(worn, scanner, rng)
    if event is Event.STREAK:
        touched = _under_streak(page, scan, scanner)
    labels = [None if kind == BEYOND else LABELS[kind] for kind in kinds]
    names = [_name(kind, event, at in touched) for at, kind in enumerate(kinds)]
    shown = [1.0] * len(page.boxes)
    if mode is ColourMode.BILEVEL:
        ink = clean.astype(np.int16) - drawn
        shown = [_share_shown(box, ink, sheet.dpi, scan) for box in page.boxes]
    return MarkedScan(
        design.name, page, event, pen, mode, scan, tuple(names), tuple(labels), tuple(shown)
    )


def _share_shown(box: MarkBox, ink: NDArray[np.int16], dpi: float, scan: Scan) -> float:
    """Of the ink that a pen left in the box, the share that is dark on the scan."""
    rect = box.rect
    x, y = (
        np.arange(start, start + length, 0.1)
        for start, length in ((rect.left_mm, rect.width_mm), (rect.top_mm, rect.height_mm))
    )
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    columns, rows = np.floor(places * dpi / MM_PER_INCH).astype(int).T
    places = places[ink[rows, columns] > _INKED]
    if not len(places):
        return 1.0
    at = np.rint(scan.truth.locate(places)).astype(int)
    inside = (at >= 0).all(axis=1) & (at < scan.pixels.shape[1::-1]).all(axis=1)
    at = at[inside]
    return float((scan.pixels[at[:, 1], at[:, 0]] < 128).mean()) if len(at) else 1.0  # noqa: PLR2004


def _name(kind: str, event: Event, is_touched: bool) -> str:  # noqa: FBT001
    """What is said of a box in the tables."""
    if event is Event.AUGRAPHY:
        return f"{kind}, harmed by Augraphy"
    if not is_touched or kind == FLAWED:
        return kind
    over = {
        Event.FOLD: "fold through",
        Event.STREAK: "streak through",
        Event.SEAL: "seal on",
        Event.BACK: "mark on the back of",
    }
    return f"{over[event]} {'an empty box' if kind == EMPTY else f'a {kind}'}"


def choose_kinds(
    page: TemplatePage, shares: dict[str, float], mode: ColourMode, rng: np.random.Generator
) -> list[str]:
    """What each box shall hold."""
    middles = np.array([middle_of(box) for box in page.boxes])
    kinds: list[str] = [""] * len(page.boxes)
    for at in rng.permutation(len(page.boxes)).tolist():
        if kinds[at]:
            continue
        kind = str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))  # fmt: skip
        if kind == LIGHT and mode is ColourMode.BILEVEL:
            kind = CROSS  # a scan in black and white does not show it to anybody
        near = np.flatnonzero(np.hypot(*(middles - middles[at]).T) < _NEAR_MM)
        near = near[near != at]
        if kind in _LEAVES_ITS_BOX:
            if any(kinds[other] for other in near):
                kind = CROSS
            elif kind == TAILED:
                kind = TAILED if len(near) else TICK
                for other in near:
                    kinds[other] = BEYOND
                if len(near):
                    kinds[near[0]] = TAIL
            else:
                for other in near:
                    kinds[other] = BEYOND
        kinds[at] = kind
    return kinds


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


def _window(drawn: Pixels, dpi: float, box: MarkBox, more_mm: float) -> tuple[slice, slice]:
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
    rows, columns = _window(drawn, dpi, box, 4.0)
    before = drawn[rows, columns].astype(np.float32)
    after = crossed[rows, columns].astype(np.float32)
    ghost = before + float(rng.uniform(0.04, 0.2)) * (after - before)
    smudge = _blur(255 - after, 0.8 * dpi / MM_PER_INCH) * float(rng.uniform(0, 0.12))
    rubbed = drawn.copy()
    rubbed[rows, columns] = np.clip(np.rint(ghost - smudge), 0, 255).astype(np.uint8)
    return rubbed


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


# What is drawn with the pen of the page, and what is drawn in a way of its own.
_OF_THE_PEN: dict[str, Callable[[MarkBox, Hand, np.random.Generator], Sequence[Stroke]]] = {
    HESITATION: _hesitate,
    PARTIAL: _part,
    SINGLE: _single,
}
_OF_ITS_OWN: dict[str, Callable[[Pixels, float, MarkBox, Hand, np.random.Generator], Pixels]] = {
    LIGHT: _draw_light,
    LINE: _draw_line,
    ERASED: _erase,
    SPECKS: _sprinkle,
}


def _flaw_print(
    page_pixels: Pixels,
    dpi: float,
    page: TemplatePage,
    kinds: list[str],
    rng: np.random.Generator,
) -> None:
    """Print that is not as it should be, at every second empty box: ghosts, gaps, scratches."""
    k = dpi / MM_PER_INCH
    for at, box in enumerate(page.boxes):
        if kinds[at] != EMPTY or rng.random() < 0.5:  # noqa: PLR2004
            continue
        kinds[at] = FLAWED
        rows, columns = _window(page_pixels, dpi, box, 1.5)
        part = page_pixels[rows, columns].copy()
        match int(rng.integers(3)):
            case 0:  # the drum prints it again, paler and beside
                shift = np.rint(rng.uniform(-0.8, 0.8, 2) * k).astype(int)
                moved = np.roll(part, tuple(shift.tolist()), axis=(0, 1)).astype(np.float32)
                light = 1 - rng.uniform(0.1, 0.45) * (1 - moved / 255)
                page_pixels[rows, columns] = np.rint(part * light).astype(np.uint8)
            case 1:  # toner is missing
                row = int(rng.integers(part.shape[0]))
                page_pixels[rows, columns][row : row + max(1, round(0.4 * k))] = 255
            case _:  # a scratch of the drum, all along the page
                x = round((box.rect.left_mm + rng.uniform(0.2, 0.8) * box.rect.width_mm) * k)
                line = page_pixels[:, x : x + max(1, round(rng.uniform(0.08, 0.2) * k))]
                shade = rng.uniform(0.2, 0.8)
                line[:] = np.rint(line * shade).astype(np.uint8)
                _touch_column(page, kinds, x / k)


def _touch_column(page: TemplatePage, kinds: list[str], x_mm: float) -> None:
    """Every empty box that a line along the page runs through is flawed."""
    for at, box in enumerate(page.boxes):
        left, right = box.rect.left_mm - 0.5, box.rect.left_mm + box.rect.width_mm + 0.5
        if kinds[at] == EMPTY and left < x_mm < right:
            kinds[at] = FLAWED


def _befall(
    event: Event, page: TemplatePage, sheet: Sheet, hand: Hand, rng: np.random.Generator
) -> tuple[Paper, Pixels | None, set[int]]:
    """What the sheet goes through, what is on its back, and the boxes that are touched by it."""
    box = page.boxes[int(rng.integers(len(page.boxes)))]
    near = middle_of(box) + rng.uniform(-2.5, 2.5, 2)
    match event:
        case Event.FOLD:
            upright = bool(rng.random() < 0.5)  # noqa: PLR2004
            share = near[0] / page.width_mm if upright else near[1] / page.height_mm
            fold = Fold(
                float(share),
                is_upright=upright,
                tilt_deg=float(rng.normal(0, 0.3)),
                depth=float(rng.uniform(0.15, 0.8)),
            )
            return Paper(folds=(fold,)), None, _on_fold(page, fold)
        case Event.SEAL:
            turn = rng.uniform(0, 2 * np.pi)
            centre = near + rng.uniform(0, 15) * np.array([np.cos(turn), np.sin(turn)])
            seal = Seal(
                "ĐẢNG BỘ HUYỆN THỬ",
                "BAN CHẤP HÀNH",
                float(centre[0]),
                float(centre[1]),
                diameter_mm=34.0,
                turn_deg=float(rng.uniform(-40, 40)),
                strength=float(rng.uniform(0.4, 1.0)),
            )
            under = {
                at
                for at, each in enumerate(page.boxes)
                if np.hypot(*(middle_of(each) - centre)) < 34.0 / 2 + 3
            }
            return Paper(seal=seal), None, under
        case Event.BACK:
            back = np.full(sheet.pixels.shape[:2], 255, dtype=np.uint8)
            strokes, behind = _cross_back(page, hand, rng)
            back = draw_strokes(back, sheet.dpi, strokes, hand.pen, rng)
            return Paper(show_through=float(rng.uniform(0.08, 0.25))), back, behind
        case Event.NOTHING if rng.random() < 0.3:  # noqa: PLR2004
            return Paper(crumple=float(rng.uniform(0, 0.5)), show_through=0.06), None, set()
        case _:
            return Paper(), None, set()


def _on_fold(page: TemplatePage, fold: Fold) -> set[int]:
    """The boxes that a fold runs through."""
    lean = np.tan(np.radians(fold.tilt_deg))
    touched = set()
    for at, box in enumerate(page.boxes):
        x, y = middle_of(box)
        if fold.is_upright:
            away = x - fold.at * page.width_mm - lean * (y - page.height_mm / 2)
        else:
            away = y - fold.at * page.height_mm - lean * (x - page.width_mm / 2)
        if abs(away) < min(box.rect.width_mm, box.rect.height_mm) / 2 + 0.5:
            touched.add(at)
    return touched


def _cross_back(
    page: TemplatePage, hand: Hand, rng: np.random.Generator
) -> tuple[list[Stroke], set[int]]:
    """Crosses on the other side of every third box."""
    strokes: list[Stroke] = []
    behind = set()
    for at, box in enumerate(page.boxes):
        if rng.random() < 0.35:  # noqa: PLR2004
            rect = box.rect
            left = page.width_mm - rect.left_mm - rect.width_mm
            mirrored = dataclasses.replace(rect, left_mm=left)
            strokes += mark_strokes(mirrored, MarkKind.CROSS, hand, rng)
            behind.add(at)
    return strokes, behind


def _streak_through(page: TemplatePage, rng: np.random.Generator) -> Streak:
    """Dust on the glass that lies where some box passes."""
    box = page.boxes[int(rng.integers(len(page.boxes)))]
    x_mm = middle_of(box)[0] + rng.uniform(-3.0, 3.0)
    width = rng.uniform(0.1, 0.5) if rng.random() < 0.8 else rng.uniform(0.5, 2.0)  # noqa: PLR2004
    return Streak(float(x_mm), float(width), float(rng.uniform(0.1, 0.75)))


def _under_streak(page: TemplatePage, scan: Scan, scanner: Scanner) -> set[int]:
    """The boxes that the streak runs through, by the truth of the scan."""
    (streak,) = scanner.streaks
    k = scan.dpi / MM_PER_INCH
    x_mm = (scan.truth.locate(np.array([middle_of(box) for box in page.boxes]))[:, 0] + 0.5) / k
    reach = streak.width_mm / 2 + 0.3
    return {
        at
        for at, (box, x) in enumerate(zip(page.boxes, x_mm.tolist(), strict=True))
        if abs(x - streak.x_mm) < box.rect.width_mm / 2 + reach
    }
