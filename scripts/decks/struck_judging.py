"""Reading the deck of struck names by the stages that count, name by name, on record."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from decks.struck_designs import StruckDesign
from decks.struck_drawing import StruckPage, make_page
from decks.struck_kinds import ASSEMBLY, PARTY, UNION, Outcome, may_be
from decks.struck_wear import NOTHING
from numpy.typing import NDArray

from ballotscan.count.ballots import stack_ballots
from ballotscan.count.findings import choose_shown
from ballotscan.count.measuring import measure_registered
from ballotscan.count.plan import CountContext, CountOptions, CountPlan, prepare_context
from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.records import MarkStatus, PageRef
from ballotscan.election.rules import StrikeForm, VotingRules, load_rules
from ballotscan.election.template import Rect
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.scan.reader import Page
from ballotscan.scan.registration import UnreadablePage, register_page

NOWHERE = PageRef("0" * 64, 1)
# Ink beside the names that the program shows to people belongs to a name so near by.
_BESIDE_MM, _ASIDE_MM = 4.0, 25.0
_OUTCOMES = {MarkStatus.MARKED: Outcome.STRUCK, MarkStatus.EMPTY: Outcome.KEPT}


def load_all_rules() -> dict[str, VotingRules]:
    """Three bodies that want different strokes, by the name that `may_be` knows them by."""
    party = load_rules("vn-dang")
    return {
        PARTY: party,
        ASSEMBLY: party.model_copy(update={"acceptable": (StrikeForm.ACROSS, StrikeForm.COVERED)}),
        UNION: party.model_copy(update={"not_struck": (StrikeForm.BELOW, StrikeForm.NOT_GIVEN)}),
    }


@dataclass(frozen=True, slots=True)
class StruckRow:
    """What was on one name, and what became of it under each kind of rules.

    Attributes:
        outcomes: By the name of the rules; none where the page was refused.
        refused: Why the page was refused; empty where it was not.
        shown: Share of what was drawn on it, away from print, that the scan shows.
    """

    number: int
    place: int
    design: str
    pen: str
    dpi: int
    mode: str
    cut: float
    event: str
    kind: str
    is_clear: bool
    is_through: bool
    touches_given: bool
    damage: str
    outcomes: Mapping[str, Outcome]
    refused: str = ""
    shown: float = 1.0

    def is_wrong(self, rules: str) -> bool:
        """Whether it was taken, without a question, for what it is not."""
        allowed = may_be(
            self.kind, rules, is_through=self.is_through, touches_given=self.touches_given
        )
        return rules in self.outcomes and self.outcomes[rules] not in allowed

    @property
    def is_undamaged(self) -> bool:
        """Whether nothing but the pen came near the name."""
        return self.damage == NOTHING


class StrikeReader:
    """All that is prepared before the first page."""

    def __init__(self, designs: Sequence[StruckDesign]) -> None:
        self.rules = load_all_rules()
        self.contexts = {design.name: _prepare(design, self.rules[PARTY]) for design in designs}

    def read(self, page: StruckPage) -> Mapping[str, NDArray[np.int8]] | UnreadablePage:
        """(N,) statuses of the names by kind of rules, or why the page is refused.

        A name beside which ink was found that puts the whole ballot to people is asked about too.
        """
        context = self.contexts[page.design]
        plan = context.plan
        scan = Page(page.pixels, float(page.dpi), NOWHERE)
        registered = register_page(scan, context.references, plan.options.registration)
        if isinstance(registered, UnreadablePage):
            return registered
        measured = measure_registered(context, registered)
        (template,) = plan.templates
        before = sum(len(p.names) for p in template.pages if p.number < registered.number)
        statuses = {}
        for name, rules in self.rules.items():
            stack = stack_ballots(
                [[measured]],
                template=template,
                election=plan.election,
                rules=rules,
                columns=context.columns[template.ballot_id],
                thresholds=plan.thresholds,
                strikes=plan.strikes,
                findings=plan.findings,
            )
            of_page = stack.statuses[0, before : before + len(registered.page.names)].copy()
            shown = choose_shown(measured.findings, rules, plan.findings)
            writing = [found for found in shown if found.kind is FindingKind.WRITING]
            for place, field in enumerate(registered.page.names):
                if any(_is_beside(found, line) for found in writing for line in field.lines):
                    of_page[place] = MarkStatus.MARGINAL
            statuses[name] = of_page
        return statuses


def _is_beside(found: Finding, line: Rect) -> bool:
    """Whether writing for which the whole ballot is put to people lies in the row of a name."""
    in_row = found.top_mm < line.top_mm + line.height_mm + _BESIDE_MM
    in_row = in_row and found.bottom_mm > line.top_mm - _BESIDE_MM
    near = found.left_mm < line.left_mm + line.width_mm + _ASIDE_MM
    return in_row and near and found.right_mm > line.left_mm - _ASIDE_MM


def _prepare(design: StruckDesign, rules: VotingRules) -> CountContext:
    plan = CountPlan(
        election=design.election,
        rules=rules,
        templates=(design.template,),
        options=CountOptions(),
        thresholds=MarkThresholds(),
        audit_folder=None,
    )
    return prepare_context(plan)


def judge(reader: StrikeReader, page: StruckPage) -> list[StruckRow]:
    """What became of every name of one page."""
    read = reader.read(page)
    rows = []
    for place, name in enumerate(page.names):
        outcomes = {}
        if not isinstance(read, UnreadablePage):
            outcomes = {
                rules: _OUTCOMES.get(MarkStatus(int(of_page[place])), Outcome.ASKED)
                for rules, of_page in read.items()
            }
        rows.append(
            StruckRow(
                number=page.number,
                place=place,
                design=page.design,
                pen=page.pen,
                dpi=page.dpi,
                mode=page.mode.value,
                cut=page.cut,
                event=page.event,
                kind=name.kind,
                is_clear=name.is_clear,
                is_through=name.is_through,
                touches_given=name.touches_given,
                damage=name.damage,
                outcomes=outcomes,
                refused=str(read.detail) if isinstance(read, UnreadablePage) else "",
                shown=name.shown,
            )
        )
    return rows


def run(
    designs: Sequence[StruckDesign], pages: int, seed: int, record: Path, pictures: Path
) -> Iterator[StruckRow]:
    """Draw and judge every page; what stands in the record already is not done again.

    Args:
        designs: The lists, in turn.
        pages: How many.
        seed: Another seed gives other pages.
        record: A line a name is added to it, so that a run that was stopped goes on.
        pictures: Where scans with names that were read wrong are kept.
    """
    done = list(_read_record(record))
    yield from (row for row in done if row.number < pages)
    first = max((row.number for row in done), default=-1) + 1
    reader = StrikeReader(designs)
    for number in range(first, pages):
        page = make_page(designs[number % len(designs)], 0, number, seed)
        rows = judge(reader, page)
        if any(row.is_wrong(rules) for row in rows for rules in reader.rules):
            pictures.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(pictures / f"strikes-{seed}-{number}.png"), page.pixels)
        with record.open("a", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(map(_cells, rows))
        yield from rows


def _cells(row: StruckRow) -> tuple[object, ...]:
    outcomes = [row.outcomes[rules].value if row.outcomes else "" for rules in (PARTY, ASSEMBLY, UNION)]  # fmt: skip
    return (row.number, row.place, row.design, row.pen, row.dpi, row.mode, f"{row.cut:.2f}", row.event, row.kind, int(row.is_clear), int(row.is_through), int(row.touches_given), row.damage, *outcomes, row.refused, f"{row.shown:.3f}")  # fmt: skip


def _read_record(record: Path) -> Iterator[StruckRow]:
    if not record.is_file():
        return
    with record.open(encoding="utf-8", newline="") as stream:
        for cells in csv.reader(stream):
            number, place, design, pen, dpi, mode, cut, event, kind, is_clear, through, given, damage, *rest = cells  # fmt: skip
            outcomes = {
                rules: Outcome(value)
                for rules, value in zip((PARTY, ASSEMBLY, UNION), rest, strict=False)
                if value
            }
            yield StruckRow(int(number), int(place), design, pen, int(dpi), mode, float(cut), event, kind, is_clear == "1", through == "1", given == "1", damage, outcomes, rest[3], float(rest[4]))  # fmt: skip
