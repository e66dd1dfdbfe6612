"""Test decks: planned votes, drawn on printed ballots and scanned, with what a reader must find.

A plan says which box gets which mark; what a reader must make of it follows from the plan alone,
never from what some reader made of it. Marks that people would argue about are planned to be asked
about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Hand, random_hand, writing_strokes
from ballotscan.design.name_strokes import StrikeKind, strike_strokes
from ballotscan.design.paper import Paper, Sheet, to_colour, wear
from ballotscan.design.pens import PENS, draw_strokes
from ballotscan.design.scanner import ColourMode, Scan, Scanner, scan_page
from ballotscan.election.blanks import load_blank
from ballotscan.election.records import BoxRole, ExpectedMark, MarkStatus, RowState
from ballotscan.election.template import (
    BLANK_DPI,
    BallotTemplate,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)

# What a mark says on a form where crosses are asked for. Ticks are marks as clear as crosses; a
# box shaded over may be a strong mark or one taken back, so people must look.
_READ_AS = {
    MarkKind.CROSS: MarkStatus.MARKED,
    MarkKind.TICK: MarkStatus.MARKED,
    MarkKind.FILL: MarkStatus.MARGINAL,
    MarkKind.SCRIBBLE: MarkStatus.MARGINAL,
    MarkKind.CIRCLE: MarkStatus.MARGINAL,
    MarkKind.LINE: MarkStatus.MARGINAL,
    MarkKind.DOT: MarkStatus.MARGINAL,
    MarkKind.CANCELLED: MarkStatus.MARGINAL,
    MarkKind.CROSS_ASIDE: MarkStatus.MARGINAL,
    MarkKind.BESIDE: MarkStatus.MARGINAL,
}
_SHADED = {MarkKind.FILL, MarkKind.SCRIBBLE}  # marks as clear as others where no cross is asked for

_STRUCK_AS = {
    StrikeKind.MIDDLE: RowState.STRUCK,
    StrikeKind.SLANTED: RowState.STRUCK,
    StrikeKind.WAVY: RowState.STRUCK,
    StrikeKind.DOUBLE: RowState.STRUCK,
    StrikeKind.HALF: RowState.UNCLEAR,
    StrikeKind.BELOW: RowState.UNCLEAR,
    StrikeKind.ABOVE: RowState.UNCLEAR,
    StrikeKind.FIRST: RowState.UNCLEAR,
    StrikeKind.LAST: RowState.UNCLEAR,
    StrikeKind.FIRST_LINE: RowState.UNCLEAR,
    StrikeKind.TWICE: RowState.STRUCK,
    StrikeKind.CROSSED: RowState.UNCLEAR,
    StrikeKind.ZIGZAG: RowState.UNCLEAR,
    StrikeKind.UPRIGHT: RowState.UNCLEAR,
    StrikeKind.SCRIBBLED: RowState.UNCLEAR,
    StrikeKind.CANCELLED: RowState.UNCLEAR,
    StrikeKind.RINGED: RowState.UNCLEAR,
}

_PAIRS = {
    (True, False): RowState.AGREE,
    (False, True): RowState.DISAGREE,
    (True, True): RowState.BOTH,
    (False, False): RowState.NEITHER,
}

_SOMEBODY = Hand(PENS["ball-blue"])

RowKey = tuple[str, int]  # contest id and number of the candidate

USUAL_MARKS: Mapping[MarkKind, float] = MappingProxyType(
    {MarkKind.CROSS: 0.75, MarkKind.TICK: 0.15, MarkKind.FILL: 0.10}
)
CLEAR_MARKS: Mapping[MarkKind, float] = MappingProxyType(
    {MarkKind.CROSS: 0.85, MarkKind.TICK: 0.15}
)


@dataclass(frozen=True, slots=True)
class PlannedBallot:
    """One ballot: what is drawn on it, what happens to it, and how it is scanned.

    Attributes:
        hand: Who marks it.
        marks: What is done to each box, by position; other boxes stay empty.
        strikes: How names are struck out, by position.
        writing: Places (page number, place) where something is written.
        paper: What the sheet goes through.
        scanner: How each of its pages is scanned.
    """

    hand: Hand = _SOMEBODY
    marks: Mapping[str, MarkKind] = field(default_factory=dict)
    strikes: Mapping[str, StrikeKind] = field(default_factory=dict)
    writing: tuple[tuple[int, Rect], ...] = ()
    paper: Paper = field(default_factory=Paper)
    scanner: Scanner = field(default_factory=Scanner)


@dataclass(frozen=True, slots=True, eq=False)
class DeckPage:
    """One page of a test deck.

    Attributes:
        name: File name without its ending.
        ballot: Number of the ballot in the deck, from 1.
        page: The template page.
        planned: The plan of the whole ballot.
        scan: The scanned page.
    """

    name: str
    ballot: int
    page: TemplatePage
    planned: PlannedBallot
    scan: Scan


def expect_status(box: MarkBox, planned: PlannedBallot, expected_mark: ExpectedMark) -> MarkStatus:
    """What a reader must find in a box: EMPTY, MARKED, or MARGINAL where it must ask."""
    kind = planned.marks.get(box.position)
    if kind is None:
        return MarkStatus.EMPTY
    if kind in _SHADED and expected_mark is not ExpectedMark.CROSS:
        return MarkStatus.MARKED
    return _READ_AS[kind]


def expect_name(name: NameField, planned: PlannedBallot) -> MarkStatus:
    """What a reader must find on a printed name: EMPTY, MARKED, or MARGINAL where it must ask."""
    strike = planned.strikes.get(name.position)
    if strike is None:
        return MarkStatus.EMPTY
    is_struck = _STRUCK_AS[strike] is RowState.STRUCK
    return MarkStatus.MARKED if is_struck else MarkStatus.MARGINAL


def expect_rows(template: BallotTemplate, planned: PlannedBallot) -> dict[RowKey, RowState]:
    """What a reader must find in every row of the ballot, in the order of the template.

    Boxes for whole lists are left aside: they are in no row.
    """
    found: dict[RowKey, dict[Mark, MarkStatus]] = {}
    for page in template.pages:
        for box in page.boxes:
            if box.contest_id is None or box.candidate is None or box.role is None:
                continue  # not bound to an election: it has boxes, but no rows
            if box.role is not BoxRole.LIST:
                status = expect_status(box, planned, template.expected_mark)
                row = found.setdefault((box.contest_id, box.candidate), {})
                row[box.role, box.number] = status
        for name in page.names:
            row = found.setdefault((name.contest_id, name.candidate), {})
            row[None, None] = expect_name(name, planned)
    return {key: _judge_row(statuses) for key, statuses in found.items()}


_LEVELS = {
    BoxRole.HIGH: RowState.HIGH,
    BoxRole.CONFIDENCE: RowState.CONFIDENCE,
    BoxRole.LOW: RowState.LOW,
}
_POINTS = (RowState.NOT_CHOSEN, RowState.VOTES_1, RowState.VOTES_2, RowState.VOTES_3)


Mark = tuple[BoxRole | None, int | None]  # role and number of a box that is marked


def _judge_row(statuses: Mapping[Mark, MarkStatus]) -> RowState:
    if MarkStatus.MARGINAL in statuses.values():
        return RowState.UNCLEAR
    marked = {key for key, status in statuses.items() if status is MarkStatus.MARKED}
    roles = {role for role, _ in statuses}
    judge = next(judge for role, judge in _JUDGES.items() if role in roles)
    return judge(marked)


def _judge_levels(marked: set[Mark]) -> RowState:
    levels = [_LEVELS[role] for role, _ in marked if role in _LEVELS]
    if len(levels) > 1:
        return RowState.SEVERAL
    return levels[0] if levels else RowState.NEITHER


def _judge_points(marked: set[Mark]) -> RowState:
    votes = sum(role is BoxRole.POINT for role, _ in marked)
    if (None, None) in marked:
        return RowState.STRUCK_VOTES if votes else RowState.STRUCK
    return _POINTS[votes]


def _judge_ranks(marked: set[Mark]) -> RowState:
    best = min((number or 0 for _, number in marked), default=0)
    return RowState[f"RANK_{best}"] if best else RowState.NOT_CHOSEN


# By a role that the row has; the first that fits.
_JUDGES: dict[BoxRole | None, Callable[[set[Mark]], RowState]] = {
    BoxRole.AGREE: lambda marked: _PAIRS[
        (BoxRole.AGREE, None) in marked, (BoxRole.DISAGREE, None) in marked
    ],
    BoxRole.CHOOSE: lambda marked: RowState.CHOSEN if marked else RowState.NOT_CHOSEN,
    BoxRole.HIGH: _judge_levels,
    BoxRole.POINT: _judge_points,
    BoxRole.RANK: _judge_ranks,
    None: lambda marked: RowState.STRUCK if marked else RowState.KEPT,
}


def load_printed(template: BallotTemplate) -> tuple[Sheet, ...]:
    """The blank pages of a template as sheets of paper."""
    return tuple(Sheet(load_blank(template, page.number), BLANK_DPI) for page in template.pages)


def make_page(
    printed: Sheet, page: TemplatePage, planned: PlannedBallot, rng: np.random.Generator
) -> Scan:
    """Mark one printed page, send it through the election, and scan it.

    Args:
        printed: The blank page.
        page: Where its boxes and names stand.
        planned: What happens to it; marks of other pages are left out.
        rng: Where all chance comes from.
    """
    return scan_page(mark_page(printed, page, planned, rng), planned.scanner, rng)


def mark_page(
    printed: Sheet, page: TemplatePage, planned: PlannedBallot, rng: np.random.Generator
) -> Sheet:
    """The same page as a marked sheet of paper that no scanner has seen."""
    hand = planned.hand
    strokes = [
        stroke
        for box in page.boxes
        if (kind := planned.marks.get(box.position)) is not None
        for stroke in mark_strokes(box.rect, kind, hand, rng)
    ]
    for name in page.names:
        if (strike := planned.strikes.get(name.position)) is not None:
            strokes += strike_strokes(name.lines, strike, hand, rng)
    for number, place in planned.writing:
        if number == page.number:
            strokes += writing_strokes(place, hand, rng)
    # Red seals over blue pens want colour; all else is as right, and quicker, in grey.
    in_colour = planned.scanner.mode is ColourMode.COLOUR or planned.paper.seal is not None
    clean = to_colour(printed.pixels) if in_colour else printed.pixels
    marked = Sheet(draw_strokes(clean, printed.dpi, strokes, hand.pen, rng), printed.dpi)
    return wear(marked, planned.paper, rng)


def plan_ballot(
    template: BallotTemplate,
    rng: np.random.Generator,
    *,
    kinds: Mapping[MarkKind, float] = USUAL_MARKS,
    empty_rows: float = 0.2,
    double_rows: float = 0.04,
) -> PlannedBallot:
    """Plan one voter's ballot by chance.

    Args:
        template: The ballot.
        rng: Where the chance comes from.
        kinds: Share of each kind of mark.
        empty_rows: Share of rows in which nothing is marked.
        double_rows: Share of rows in which every box is marked.
    """
    rows: dict[RowKey | str, list[str]] = {}
    for page in template.pages:
        for box in page.boxes:
            bound = box.contest_id is not None and box.candidate is not None
            key = (box.contest_id, box.candidate) if bound else box.position
            rows.setdefault(key, []).append(box.position)  # type: ignore[arg-type] # bound: both are there
    names = list(kinds)
    shares = np.array([kinds[name] for name in names]) / sum(kinds.values())
    marks: dict[str, MarkKind] = {}
    for positions in rows.values():
        chance = rng.random()
        if chance < empty_rows:
            continue
        chosen = positions if chance > 1 - double_rows else [str(rng.choice(positions))]
        for position in chosen:
            marks[position] = names[int(rng.choice(len(names), p=shares))]
    strikes = {
        name.position: StrikeKind.MIDDLE
        for page in template.pages
        for name in page.names
        if rng.random() < empty_rows
    }
    return PlannedBallot(
        hand=random_hand(rng), marks=marks, strikes=strikes, scanner=random_scanner(rng)
    )


def random_scanner(rng: np.random.Generator, *, dpi: int = 200) -> Scanner:
    """A sound office scanner that was fed in a hurry."""
    return Scanner(
        dpi=dpi,
        skew_deg=float(rng.uniform(-1.5, 1.5)),
        scale=(1 + float(rng.uniform(-0.0015, 0.0015)), 1 + float(rng.uniform(-0.0015, 0.0015))),
        shift_mm=(float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-1.2, 1.2))),
        wobble_mm=0.1,
        noise=3.0,
        light_fall=0.08,
        dust=int(rng.integers(5, 30)),
        black=25.0,
        white=245.0,
    )


def make_deck(
    template: BallotTemplate,
    count: int = 40,
    *,
    seed: int = 1,
    kinds: Mapping[MarkKind, float] = USUAL_MARKS,
    printed: Sequence[Sheet] | None = None,
) -> Iterator[DeckPage]:
    """Make a deck of marked and scanned ballots, page after page.

    Each ballot depends on the seed and its own number alone: a longer deck begins with the shorter
    one.

    Args:
        template: The ballot.
        count: Number of ballots.
        seed: Another seed gives other ballots.
        kinds: Share of each kind of mark.
        printed: The blank pages, if better ones than the pictures of the template are at hand.
    """
    sheets = load_printed(template) if printed is None else tuple(printed)
    for number in range(1, count + 1):
        rng = np.random.default_rng([seed, number])
        planned = plan_ballot(template, rng, kinds=kinds)
        for sheet, page in zip(sheets, template.pages, strict=True):
            yield DeckPage(
                name=f"{template.ballot_id}-{number:04}-{page.number}",
                ballot=number,
                page=page,
                planned=planned,
                scan=make_page(sheet, page, planned, rng),
            )
