"""What is planned for the rehearsal of a count: marked ballots of this very election.

Each ballot depends on its own number alone, so the same election gives the same rehearsal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.hands import Hand, random_hand
from ballotscan.design.name_strokes import StrikeKind
from ballotscan.design.paper import Paper, Seal, Sheet
from ballotscan.design.pens import PENS
from ballotscan.design.scanner import Scan
from ballotscan.design.testdeck import (
    PlannedBallot,
    load_printed,
    make_page,
    mark_page,
    random_scanner,
)
from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.rules import StrikeForm, VotingRules
from ballotscan.election.template import BallotTemplate

LEAST_BALLOTS = 24  # of each kind: every special case, and about as many ordinary votes again
_SEED = 1
_SEAL_MM = (28.0, 29.0)  # where committees press it, if the form leaves no space


class Case(IntEnum):
    """What a ballot shows, by its number; those that are not here are ordinary votes."""

    NOBODY = 2  # disagree, or a stroke, everywhere
    BOTH = 3  # several boxes of the first row; a whole list; two people at the first rank
    NEITHER = 4  # no box in the last row; a vote, a stroke and a whole list; a rank left out
    BLANK = 5  # nothing at all
    TOO_MANY = 6  # one more than there are seats
    ASKED = 7  # a mark that people must look at


@dataclass(frozen=True, slots=True)
class RehearsedBallot:
    """One ballot of the rehearsal.

    Attributes:
        name: Name of its scan file, without the ending.
        number: From 1, among the ballots of its kind.
    """

    name: str
    number: int
    template: BallotTemplate
    planned: PlannedBallot


def plan_rehearsal(
    election: Election, rules: VotingRules, templates: Sequence[BallotTemplate]
) -> list[RehearsedBallot]:
    """Plan a pile in which every candidate is chosen, and each thing that voters do occurs."""
    return [
        RehearsedBallot(
            f"{template.ballot_id}-{number:04}",
            number,
            template,
            _plan_ballot(election.ballots[template.ballot_id], rules, template, number),
        )
        for template in templates
        for number in range(1, pile_size(election.ballots[template.ballot_id]) + 1)
    ]


def pile_size(contests: Sequence[Contest]) -> int:
    """How many ballots of one kind: each candidate leads one besides those of special cases."""
    return max(LEAST_BALLOTS, max(len(c.candidates) for c in contests) + max(Case))


def draw_to_print(ballot: RehearsedBallot) -> Iterator[Sheet]:
    """The pages of a planned ballot, marked and never scanned: to be printed on paper, front first.

    All are marked with a black pen, because office printers break grey up into dots.
    """
    rng = np.random.default_rng([_SEED, ballot.number, 1])
    hand = replace(ballot.planned.hand, pen=PENS["gel-black"], pressure=1.0)
    paper = replace(ballot.planned.paper, tone=(1.0, 1.0, 1.0))  # the printer's own is put in
    planned = replace(ballot.planned, hand=hand, paper=paper)
    for sheet, page in zip(load_printed(ballot.template), ballot.template.pages, strict=True):
        yield mark_page(sheet, page, planned, rng)


def draw_rehearsed(ballot: RehearsedBallot) -> Iterator[Scan]:
    """Mark and scan the pages of a planned ballot, front first."""
    rng = np.random.default_rng([_SEED, ballot.number, 1])
    for sheet, page in zip(load_printed(ballot.template), ballot.template.pages, strict=True):
        yield make_page(sheet, page, ballot.planned, rng)


Kind = tuple[BoxRole, int]  # what a box says, and which of several it is; 1 where there is one


@dataclass(slots=True)
class _Rows:
    """Where the candidates of one contest stand: boxes by role and number, and names; and lists."""

    boxes: dict[int, dict[Kind, str]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    lists: dict[int, str] = field(default_factory=dict)


def _plan_ballot(
    contests: Sequence[Contest], rules: VotingRules, template: BallotTemplate, number: int
) -> PlannedBallot:
    rng = np.random.default_rng([_SEED, number])
    marks: dict[str, MarkKind] = {}
    strikes: dict[str, StrikeKind] = {}
    plain = MarkKind.FILL if template.expected_mark is ExpectedMark.FILL else MarkKind.CROSS
    for contest in contests:
        rows = _find_rows(template, contest.id)
        chosen = _choose(contest, number, rng)
        marks |= dict.fromkeys(_marked(contest, rows, chosen, number, rng), plain)
        if number == Case.ASKED and 1 in rows.boxes:
            # Where ovals are filled in, a mark that is scribbled out is one more filled oval.
            doubtful = MarkKind.CIRCLE if plain is MarkKind.FILL else MarkKind.CANCELLED
            marks[next(iter(rows.boxes[1].values()))] = doubtful
        spared = chosen if contest.marking is Marking.STRIKE_OUT else _not_struck(contest, number)
        for candidate, position in rows.names.items():
            if candidate not in spared and number != Case.BLANK:
                strikes[position] = _stroke(
                    rules, number, rng, is_first=candidate == min(rows.names)
                )
    return PlannedBallot(
        hand=random_hand(rng) if number > max(Case) else Hand(random_hand(rng).pen),
        marks=marks,
        strikes=strikes,
        paper=_paper(rules, template),
        # A fibre beside a name or in a box looks like a pen, so people are rightly asked about it; how
        # many there are depends on the scanner of the day, which the test deck on paper tries.
        scanner=replace(random_scanner(rng), fibres=0.0),
    )


def _find_rows(template: BallotTemplate, contest_id: str) -> _Rows:
    rows = _Rows()
    for page in template.pages:
        for box in page.boxes:
            if box.contest_id != contest_id or box.candidate is None or box.role is None:
                continue
            if box.role is BoxRole.LIST:
                rows.lists[box.candidate] = box.position
            else:
                of_row = rows.boxes.setdefault(box.candidate, {})
                of_row[box.role, box.number or 1] = box.position
        for name in page.names:
            if name.contest_id == contest_id:
                rows.names[name.candidate] = name.position
    return rows


def _choose(contest: Contest, number: int, rng: np.random.Generator) -> set[int]:
    """Whom this ballot elects."""
    everybody = range(1, len(contest.candidates) + 1)
    if number in {Case.NOBODY, Case.BLANK}:
        return set()
    if number == Case.TOO_MANY:
        return set(everybody[: contest.seats + 1])
    leader = (number - 1) % len(everybody) + 1
    others = [candidate for candidate in everybody if candidate != leader]
    more = int(rng.integers(0, min(contest.seats, len(everybody))))
    return {leader, *rng.permutation(others)[:more].tolist()}


def _marked(
    contest: Contest, rows: _Rows, chosen: set[int], number: int, rng: np.random.Generator
) -> list[str]:
    """Which boxes of a contest are marked."""
    if number == Case.BLANK or not rows.boxes:
        return []
    match contest.marking:
        case Marking.POINTS:
            return _marked_points(contest, rows, chosen, number, rng)
        case Marking.RANK:
            return _marked_ranks(contest, rows, chosen, number, rng)
        case _:
            last = len(contest.candidates)
            return [
                boxes[role, 1]
                for candidate, boxes in rows.boxes.items()
                for role in _roles(
                    [role for role, _ in boxes],
                    number,
                    rng,
                    is_chosen=candidate in chosen,
                    is_first=candidate == 1,
                    is_last=candidate == last,
                )
            ]


def _roles(  # noqa: PLR0913 - what a row is asked, and where it stands
    roles: list[BoxRole],
    number: int,
    rng: np.random.Generator,
    *,
    is_chosen: bool,
    is_first: bool,
    is_last: bool,
) -> list[BoxRole]:
    """Which boxes of a row are marked, where one of them is asked for."""
    if roles == [BoxRole.CHOOSE]:
        return roles if is_chosen else []
    if number == Case.BOTH and is_first:
        return roles[:2]
    if number == Case.NEITHER and is_last:
        return []
    if len(roles) == len((BoxRole.AGREE, BoxRole.DISAGREE)):
        return [BoxRole.AGREE if is_chosen else BoxRole.DISAGREE]
    return [roles[-1] if number == Case.NOBODY else roles[int(rng.integers(len(roles)))]]


def _marked_points(
    contest: Contest, rows: _Rows, chosen: set[int], number: int, rng: np.random.Generator
) -> list[str]:
    """Votes for the chosen, no more than there are; some leave all or the rest to a list."""
    if number == Case.BOTH and rows.lists:
        return [rows.lists[1]]
    left = contest.seats + (number == Case.TOO_MANY)
    marked = [rows.lists[1]] if number == Case.NEITHER and rows.lists else []
    left = min(left, 1) if marked else left
    for candidate in sorted(rows.boxes if number == Case.TOO_MANY else chosen):
        most = len(rows.boxes[candidate])
        votes = most if number == Case.TOO_MANY else int(rng.binomial(most - 1, 0.3)) + 1
        of_row = list(rows.boxes[candidate].values())[: min(votes, left)]
        marked += of_row
        left -= len(of_row)
    return marked


def _marked_ranks(
    contest: Contest, rows: _Rows, chosen: set[int], number: int, rng: np.random.Generator
) -> list[str]:
    """A rank for each, those chosen first; some give a rank twice, or leave one out."""
    if number == Case.NOBODY:
        return []
    others = [candidate for candidate in rows.boxes if candidate not in chosen]
    order = [*sorted(chosen), *rng.permutation(others).tolist()][: contest.rank_count]
    ranks = list(range(1, len(order) + 1))
    if number == Case.BOTH:
        ranks = [max(1, rank - 1) for rank in ranks]
    elif number == Case.NEITHER:
        order, ranks = order[:-1], [1, *ranks[2:]][: len(order) - 1]
    return [
        rows.boxes[candidate][BoxRole.RANK, rank]
        for candidate, rank in zip(order, ranks, strict=True)
    ]


def _not_struck(contest: Contest, number: int) -> set[int]:
    """Who is not struck out where names only can be: all but one, on a ballot that leaves a list the rest."""
    everybody = set(range(1, len(contest.candidates) + 1))
    return everybody - {2} if number == Case.NEITHER else everybody


def _stroke(
    rules: VotingRules, number: int, rng: np.random.Generator, *, is_first: bool
) -> StrikeKind:
    # A stroke through the first half of a name is asked about, unless the rules say what it is.
    if number == Case.ASKED and is_first and StrikeForm.NOT_GIVEN not in rules.not_struck:
        return StrikeKind.HALF
    return StrikeKind.DOUBLE if rng.random() < 0.2 else StrikeKind.MIDDLE  # noqa: PLR2004 - some voters


def _paper(rules: VotingRules, template: BallotTemplate) -> Paper:
    if not rules.needs_seal:
        return Paper()
    space = template.pages[0].seal
    x, y = _SEAL_MM
    if space is not None:
        x, y = space.left_mm + space.width_mm / 2, space.top_mm + space.height_mm / 2
    return Paper(seal=Seal("DIỄN TẬP", "REHEARSAL", x, y))
