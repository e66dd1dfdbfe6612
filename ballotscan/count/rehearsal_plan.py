"""What is planned for the rehearsal of a count: marked ballots of this very election.

Each ballot depends on its own number alone, so the same election gives the same rehearsal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.hands import Hand, random_hand
from ballotscan.design.name_strokes import StrikeKind
from ballotscan.design.paper import Paper, Seal
from ballotscan.design.scanner import Scan
from ballotscan.design.testdeck import PlannedBallot, load_printed, make_page, random_scanner
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
    BOTH = 3  # both boxes of the first row
    NEITHER = 4  # no box in the last row
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


def draw_rehearsed(ballot: RehearsedBallot) -> Iterator[Scan]:
    """Mark and scan the pages of a planned ballot, front first."""
    rng = np.random.default_rng([_SEED, ballot.number, 1])
    for sheet, page in zip(load_printed(ballot.template), ballot.template.pages, strict=True):
        yield make_page(sheet, page, ballot.planned, rng)


Box = tuple[BoxRole, int | None]  # role, and number where there are several of the role


@dataclass(slots=True)
class _Rows:
    """Where the candidates of one contest stand: boxes, and names, by candidate number."""

    boxes: dict[int, dict[Box, str]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


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
        for candidate, boxes in rows.boxes.items():
            marked = _boxes_to_mark(contest, candidate, chosen, number, rng)
            marks |= {boxes[box]: plain for box in marked & boxes.keys()}
            if number == Case.ASKED and candidate == 1:
                marks[next(iter(boxes.values()))] = MarkKind.CANCELLED
        if contest.marking is Marking.STRIKE_OUT and number != Case.BLANK:
            for candidate, position in rows.names.items():
                if candidate not in chosen:
                    is_first = candidate == min(rows.names)
                    strikes[position] = _stroke(rules, number, rng, is_first=is_first)
    return PlannedBallot(
        hand=random_hand(rng) if number > max(Case) else Hand(random_hand(rng).pen),
        marks=marks,
        strikes=strikes,
        paper=_paper(rules, template),
        scanner=random_scanner(rng),
    )


def _find_rows(template: BallotTemplate, contest_id: str) -> _Rows:
    """The rows of one contest; boxes for whole lists are in none, and stay empty."""
    rows = _Rows()
    for page in template.pages:
        for box in page.boxes:
            if box.contest_id != contest_id or box.candidate is None or box.role is None:
                continue
            if box.role is not BoxRole.LIST:
                rows.boxes.setdefault(box.candidate, {})[box.role, box.number] = box.position
        for name in page.names:
            if name.contest_id == contest_id:
                rows.names[name.candidate] = name.position
    return rows


def _choose(contest: Contest, number: int, rng: np.random.Generator) -> list[int]:
    """Whom this ballot elects; the one it prefers most comes first."""
    everybody = range(1, len(contest.candidates) + 1)
    if number in {Case.NOBODY, Case.BLANK}:
        return []
    if number == Case.TOO_MANY:
        return list(everybody[: contest.seats + 1])
    leader = (number - 1) % len(everybody) + 1
    others = [candidate for candidate in everybody if candidate != leader]
    most = len(everybody) if contest.marking is Marking.RANK else contest.seats
    more = int(rng.integers(0, min(most, len(everybody))))
    return [leader, *rng.permutation(others)[:more].tolist()]


def _boxes_to_mark(
    contest: Contest, candidate: int, chosen: list[int], number: int, rng: np.random.Generator
) -> set[Box]:
    """Which boxes of a row are marked; those that the row has not are left aside."""
    if number == Case.BLANK:
        return set()
    is_chosen = candidate in chosen
    match contest.marking:
        case Marking.AGREE_DISAGREE:
            of_row = [BoxRole.AGREE, BoxRole.DISAGREE]
            wanted = {BoxRole.AGREE if is_chosen else BoxRole.DISAGREE}
        case Marking.ONE_OF_THREE:
            of_row = [BoxRole.HIGH, BoxRole.CONFIDENCE, BoxRole.LOW]
            wanted = {of_row[0] if is_chosen else of_row[1 + int(rng.integers(2))]}
        case Marking.RANK:
            rank = chosen.index(candidate) + 1 if is_chosen else None
            if number == Case.TOO_MANY and is_chosen:
                rank = 1  # the same for two of them
            return {(BoxRole.RANK, rank)}
        case Marking.POINTS:
            return {(BoxRole.POINT, 1)} if is_chosen else set()
        case _:
            return {(BoxRole.CHOOSE, None)} if is_chosen else set()
    if number == Case.BOTH and candidate == 1:
        wanted = set(of_row[:2])
    if number == Case.NEITHER and candidate == len(contest.candidates):
        wanted = set()
    return {(role, None) for role in wanted}


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
