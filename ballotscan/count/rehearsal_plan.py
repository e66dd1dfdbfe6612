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
from ballotscan.election.definition import Contest, Election
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


@dataclass(slots=True)
class _Rows:
    """Where the candidates of one contest stand: boxes by role, and names, by candidate number."""

    boxes: dict[int, dict[BoxRole, str]] = field(default_factory=dict)
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
            is_first, is_last = candidate == 1, candidate == len(contest.candidates)
            for role in _roles(
                set(boxes),
                number,
                is_chosen=candidate in chosen,
                is_first=is_first,
                is_last=is_last,
            ):
                marks[boxes[role]] = plain
            if number == Case.ASKED and is_first:
                marks[next(iter(boxes.values()))] = MarkKind.CANCELLED
        for candidate, position in rows.names.items():
            if candidate not in chosen and number != Case.BLANK:
                strikes[position] = _stroke(
                    rules, number, rng, is_first=candidate == min(rows.names)
                )
    return PlannedBallot(
        hand=random_hand(rng) if number > max(Case) else Hand(random_hand(rng).pen),
        marks=marks,
        strikes=strikes,
        paper=_paper(rules, template),
        scanner=random_scanner(rng),
    )


def _find_rows(template: BallotTemplate, contest_id: str) -> _Rows:
    rows = _Rows()
    for page in template.pages:
        for box in page.boxes:
            if box.contest_id == contest_id and box.candidate is not None and box.role is not None:
                rows.boxes.setdefault(box.candidate, {})[box.role] = box.position
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


def _roles(
    roles: set[BoxRole], number: int, *, is_chosen: bool, is_first: bool, is_last: bool
) -> set[BoxRole]:
    """Which boxes of a row are marked."""
    if number == Case.BLANK:
        return set()
    if roles == {BoxRole.AGREE, BoxRole.DISAGREE}:
        if number == Case.BOTH and is_first:
            return roles
        if number == Case.NEITHER and is_last:
            return set()
        return {BoxRole.AGREE if is_chosen else BoxRole.DISAGREE}
    return roles & {BoxRole.CHOOSE} if is_chosen else set()


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
