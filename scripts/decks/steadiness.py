"""The same for every box, and every time: one mark in all boxes of a page, one sheet scanned again.

The states of a box are a vote (marked), no vote (empty) and a question (all else). A question may
come and go with the noise of a scan; a vote must never become no vote, nor the other way round.
"""

import csv
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from decks.degradation import QUICK
from decks.designs import Design
from decks.kinds import BALL_PENS, PEN_SHARES, SHARES, choose_kinds, middle_of
from decks.penwork import draw_kinds
from decks.reading import Reader, as_scanned
from numpy.typing import NDArray

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Hand, random_hand
from ballotscan.design.paper import Paper, Sheet, to_colour, wear
from ballotscan.design.pens import PENS, Stroke, draw_strokes
from ballotscan.design.scanner import ColourMode, Scanner, scan_page
from ballotscan.design.testdeck import random_scanner
from ballotscan.election.records import BoxRole, MarkStatus
from ballotscan.election.template import MarkBox, TemplatePage
from ballotscan.scan.registration import UnreadablePage

Pixels = NDArray[np.uint8]
Degrade = Callable[[Pixels, str, int], Pixels]

RESCANS = 10
_MODES = (ColourMode.GREY, ColourMode.COLOUR, ColourMode.BILEVEL)
CLEAR = "clear marks"
UNCLEAR = "weak, small and broken marks"


@dataclass(frozen=True, slots=True)
class Pasted:
    """One mark that was drawn into every box of a page.

    Attributes:
        empty: Boxes read as empty.
        asked: Boxes asked about.
        marked: Boxes read as marked.
        firsts: Share of the boxes for "agree" read as marked; -1 where rows have one box.
        seconds: Share of the boxes for "disagree".
    """

    number: int
    kind: str
    design: str
    empty: int
    asked: int
    marked: int
    firsts: float
    seconds: float

    @property
    def is_split(self) -> bool:
        """Whether it is a vote in one box and none in another."""
        return bool(self.empty and self.marked)

    @property
    def is_same(self) -> bool:
        """Whether all boxes have one state."""
        return (self.empty, self.asked, self.marked).count(0) == 2  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Rescanned:
    """One box of a sheet that was scanned again and again.

    Attributes:
        empty: Scans in which it was read as empty; likewise the others.
    """

    number: int
    position: str
    kind: str
    empty: int
    asked: int
    marked: int

    @property
    def has_turned(self) -> bool:
        """Whether a vote became none."""
        return bool(self.empty and self.marked)


class Numbered(Protocol):
    """What is kept in a record: a dataclass of plain values with the number of its page."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @property
    def number(self) -> int:
        """Of the page or the sheet."""


Outcome = TypeVar("Outcome", bound=Numbered)


def keep_record(
    record: Path, kind: type[Outcome], make: Callable[[int], Iterator[Outcome]]
) -> Iterator[Outcome]:
    """Go on where a record ends; what stands in it is not made again, but for its last number.

    Args:
        record: A line for each outcome; made where it is not there.
        kind: What stands in it.
        make: From a number on.
    """
    types: dict[str, Any] = {field.name: field.type for field in dataclasses.fields(kind)}
    done: list[Outcome] = []
    if record.is_file():
        with record.open(encoding="utf-8", newline="") as stream:
            done += [
                kind(**{name: types[name](cell) for name, cell in line.items()})
                for line in csv.DictReader(stream)
            ]
    start = done[-1].number if done else 0
    done = [each for each in done if each.number < start]
    yield from done
    with record.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, types)
        writer.writeheader()
        writer.writerows(map(dataclasses.asdict, done))
        for each in make(start):
            writer.writerow(dataclasses.asdict(each))
            stream.flush()
            yield each


def paste_marks(
    reader: Reader, designs: Sequence[Design], numbers: range, seed: int
) -> Iterator[Pasted]:
    """Draw one mark into every box of a page, for many marks; pages with two boxes and more."""
    for number in numbers:
        rng = np.random.default_rng([seed, number, 1])
        design = designs[number % len(designs)]
        page = design.template.pages[int(rng.integers(len(design.template.pages)))]
        kind = CLEAR if number % 2 else UNCLEAR
        mode = _MODES[int(rng.integers(3))]
        hand = random_hand(rng, PENS[str(rng.choice(BALL_PENS, p=PEN_SHARES))])
        sheet = design.sheets[page.number - 1]
        pixels = to_colour(sheet.pixels) if mode is ColourMode.COLOUR else sheet.pixels
        drawn = _paste(pixels, sheet.dpi, page, kind, hand, rng)
        scanner = dataclasses.replace(
            random_scanner(rng, dpi=int(rng.choice([150, 200, 300]))), mode=mode, dust=0
        )
        scan = scan_page(wear(Sheet(drawn, sheet.dpi), Paper(), rng), scanner, rng)
        states = reader.read(as_scanned(scan, mode, 85), scan.dpi)
        if not isinstance(states, UnreadablePage):
            sides = [
                _share_marked(page, states, role) for role in (BoxRole.AGREE, BoxRole.DISAGREE)
            ]
            yield Pasted(number, kind, design.name, *_count(states), *sides)


def _paste(  # noqa: PLR0913, PLR0917 - what, where, by whom
    pixels: Pixels,
    dpi: float,
    page: TemplatePage,
    kind: str,
    hand: Hand,
    rng: np.random.Generator,
) -> Pixels:
    """The very same strokes and the same grain of ink in each box."""
    first = page.boxes[0]
    pen = hand.pen
    if kind == CLEAR:
        strokes = mark_strokes(
            first.rect, MarkKind(rng.choice([MarkKind.CROSS, MarkKind.TICK])), hand, rng
        )
    else:
        strokes = (_weak(first, hand, rng),)
        pen = dataclasses.replace(pen, width_mm=float(rng.uniform(0.15, 1.0)))
    grain = int(rng.integers(1 << 30))
    drawn = pixels
    for box in page.boxes:
        way = middle_of(box) - middle_of(first)
        moved = [Stroke(stroke.path_mm + way, stroke.pressures) for stroke in strokes]
        drawn = draw_strokes(drawn, dpi, moved, pen, np.random.default_rng(grain))
    return drawn


def _weak(box: MarkBox, hand: Hand, rng: np.random.Generator) -> Stroke:
    """A stroke of any length and pressure, from a dot to a line through the box."""
    length = box.rect.width_mm * rng.uniform(0, 1)
    angle = rng.uniform(0, 2 * np.pi)
    way = np.array([np.cos(angle), np.sin(angle)])
    start = middle_of(box) + rng.normal(0, 0.8, 2) - way * length / 2
    path = start + np.linspace(0, length, 24)[:, None] * way
    return Stroke(path, np.full(24, hand.pressure * rng.uniform(0.2, 1.0)))


def _share_marked(page: TemplatePage, states: NDArray[np.int8], role: BoxRole) -> float:
    chosen = states[[box.role is role for box in page.boxes]]
    return float((chosen == MarkStatus.MARKED).mean()) if len(chosen) else -1.0


def _count(states: NDArray[np.int8]) -> tuple[int, int, int]:
    empty = int((states == MarkStatus.EMPTY).sum())
    marked = int((states == MarkStatus.MARKED).sum())
    return empty, len(states) - empty - marked, marked


def scan_again(
    reader: Reader, designs: Sequence[Design], numbers: range, seed: int, degrade: Degrade | None
) -> Iterator[Rescanned]:
    """Scan each sheet ten times, as it happens to lie; the last time through Augraphy, if it is there."""
    for number in numbers:
        rng = np.random.default_rng([seed, number, 2])
        design = designs[number % len(designs)]
        page = design.template.pages[int(rng.integers(len(design.template.pages)))]
        mode = _MODES[int(rng.integers(3))]
        hand = random_hand(rng, PENS[str(rng.choice(BALL_PENS, p=PEN_SHARES))])
        kinds = choose_kinds(page, SHARES, mode, rng)
        sheet = design.sheets[page.number - 1]
        clean = to_colour(sheet.pixels) if mode is ColourMode.COLOUR else sheet.pixels.copy()
        drawn = draw_kinds(clean, sheet.dpi, page, kinds, hand, rng)
        worn = wear(Sheet(drawn, sheet.dpi), Paper(crumple=0.2), rng)
        seen = np.zeros((len(page.boxes), 3), dtype=int)
        for turn in range(RESCANS):
            scan = scan_page(worn, _as_it_lies(mode, rng), rng)
            pixels = as_scanned(scan, mode, int(rng.integers(70, 95)))
            if turn == RESCANS - 1 and degrade is not None and mode is not ColourMode.BILEVEL:
                pixels = degrade(pixels, QUICK[number % len(QUICK)], number)
            states = reader.read(pixels, scan.dpi)
            if isinstance(states, UnreadablePage):
                seen[:, 1] += 1
                continue
            seen[:, 0] += states == MarkStatus.EMPTY
            seen[:, 2] += states == MarkStatus.MARKED
            seen[:, 1] += ~np.isin(states, (MarkStatus.EMPTY, MarkStatus.MARKED))
        for box, kind, (empty, asked, marked) in zip(page.boxes, kinds, seen.tolist(), strict=True):
            yield Rescanned(number, box.position, kind, empty, asked, marked)


def _as_it_lies(mode: ColourMode, rng: np.random.Generator) -> Scanner:
    """The next scan of the sheet, by a scanner set to the same kind of picture."""
    return dataclasses.replace(
        random_scanner(rng, dpi=int(rng.choice([150, 200, 300]))),
        mode=mode,
        quarter_turns=int(rng.choice([0, 2])),
        threshold=float(rng.uniform(0.58, 0.66)),
    )
