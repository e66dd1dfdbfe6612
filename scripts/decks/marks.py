"""Marks that people argue about, and what is no mark: drawn with known truth, box by box.

Wrong in silence is a mark read as empty, no mark read as marked, and either of the two for what
people must look at; to ask is never wrong.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from decks.designs import Design
from decks.kinds import (
    BALL_PENS,
    BEYOND,
    EMPTY,
    FILLED,
    FLAWED,
    LABELS,
    LABELS_TO_FILL,
    MM_PER_INCH,
    PEN_SHARES,
    PLAIN,
    PLAIN_TO_FILL,
    SHARES,
    SHARES_TO_FILL,
    WAYS_TO_FILL,
    Label,
    choose_kinds,
)
from decks.mishaps import EVENTS, Event, befall, flaw_print, shine, streak_through, under_streak
from decks.penwork import draw_kinds
from numpy.typing import NDArray

from ballotscan.design.hands import random_hand
from ballotscan.design.paper import Sheet, to_colour, wear
from ballotscan.design.pens import PENS
from ballotscan.design.scanner import ColourMode, Scan, scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import MarkBox, TemplatePage

_MIXED = {Event.NOTHING, Event.GLARE}  # where boxes hold all kinds of marks
_INKED = 40  # levels of 255 that a pen takes away, at least


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


def make_marked(designs: Sequence[Design], number: int, seed: int) -> MarkedScan:
    """Mark and scan one page; it depends on the seed and the number alone."""
    rng = np.random.default_rng([seed, number])
    design = designs[number % len(designs)]
    page = design.template.pages[int(rng.integers(len(design.template.pages)))]
    event = Event(rng.choice(list(EVENTS), p=list(EVENTS.values())))
    mode = ColourMode(rng.choice(["grey", "colour", "1-bit"], p=[0.45, 0.3, 0.25]))
    if event in {Event.AUGRAPHY, Event.GLARE} and mode is ColourMode.BILEVEL:
        mode = ColourMode.GREY
    pen = str(rng.choice(BALL_PENS, p=PEN_SHARES))
    hand = random_hand(rng, PENS[pen])
    is_to_fill = design.template.expected_mark is ExpectedMark.FILL
    usual, plain = (SHARES_TO_FILL, PLAIN_TO_FILL) if is_to_fill else (SHARES, PLAIN)
    kinds = choose_kinds(page, usual if event in _MIXED else plain, mode, rng)
    if is_to_fill:
        way = str(rng.choice(list(WAYS_TO_FILL), p=list(WAYS_TO_FILL.values())))
        kinds = [way if kind == FILLED else kind for kind in kinds]
    sheet = design.sheets[page.number - 1]
    clean = to_colour(sheet.pixels) if mode is ColourMode.COLOUR else sheet.pixels.copy()
    if event is Event.FLAWS:
        flaw_print(clean, sheet.dpi, page, kinds, rng)
    drawn = draw_kinds(clean, sheet.dpi, page, kinds, hand, rng)
    paper, back, touched = befall(event, page, sheet, hand, rng)
    worn = wear(Sheet(drawn, sheet.dpi), paper, rng, back=back)
    scanner = dataclasses.replace(
        random_scanner(rng, dpi=int(rng.choice([150, 200, 300]))),
        mode=mode,
        threshold=float(rng.uniform(0.5, 0.72)),
    )
    if event is Event.STREAK:
        scanner = dataclasses.replace(scanner, streaks=(streak_through(page, rng),))
    if event is Event.PAPER:
        border = tuple(rng.uniform(0, 5, 4).tolist())
        scanner = dataclasses.replace(
            scanner, background=int(rng.choice([0, 30, 90, 255])), margin_mm=border
        )
    scan = scan_page(worn, scanner, rng)
    if event is Event.STREAK:
        touched = under_streak(page, scan, scanner)
    if event is Event.GLARE:
        scan, touched = shine(page, scan, rng)
    truths = LABELS_TO_FILL if is_to_fill else LABELS
    labels = [None if kind == BEYOND else truths[kind] for kind in kinds]
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
        Event.GLARE: "light on",
    }
    return f"{over[event]} {'an empty box' if kind == EMPTY else f'a {kind}'}"
