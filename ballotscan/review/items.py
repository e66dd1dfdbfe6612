"""What waits for people, one question at a time, the one that can change the result first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ballotscan.count.ballots import BallotStack
from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.count.concluded import ConcludedBallots
from ballotscan.count.questions import Conclusion, Stage
from ballotscan.count.reading import CountedSheet, MachineReading
from ballotscan.election.people import person_key
from ballotscan.election.records import BallotStatus, Question, Reason, RowState
from ballotscan.tabulation.standings import Standing

_UNKNOWN = {int(RowState.UNREAD), int(RowState.UNCLEAR)}


class Kind(StrEnum):
    """What is asked."""

    SHEET = "sheet"  # is this a ballot of this count, and can it be read?
    ROW = "row"  # what did the voter do with this candidate?
    CONTEST = "contest"  # is the ballot valid?
    CONFIRM = "confirm"  # the rules make it invalid: do people agree?


@dataclass(frozen=True, slots=True)
class Item:
    """One question that waits.

    Attributes:
        reasons: Why it is asked, or why the ballot is taken for invalid.
        state: What the row was read as; None where no row is asked about.
        conclusion: What people have said so far; None where nobody has.
    """

    question: Question
    kind: Kind
    ballot_id: str | None
    reasons: Reason
    state: RowState | None = None
    conclusion: Conclusion | None = None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return Stage.OPEN if self.conclusion is None else self.conclusion.stage

    @property
    def pile(self) -> tuple[bool, str | None, str | None]:
        """Questions of one pile can change the same thing, and come one after another."""
        return self.kind is Kind.CONFIRM, self.ballot_id, self.question.contest_id

    def waits_for(self, person: str) -> bool:
        """Whether this person can answer it now."""
        conclusion = self.conclusion
        if conclusion is None or conclusion.stage is Stage.OPEN:
            return True
        answered = {person_key(one.person) for one in conclusion.answers}
        return conclusion.stage is Stage.SECOND and person_key(person) not in answered


def list_items(
    reading: MachineReading, concluded: ConcludedBallots
) -> Iterator[tuple[str, list[Item]]]:
    """Everything that waits: (record id, questions), in the order of the scans."""
    worth = {ballot_id: stack.worth.tolist() for ballot_id, stack in concluded.stacks.items()}
    for sheet in concluded.sheets:
        is_clear = (
            sheet.ballot_id is not None
            and not sheet.reasons
            and sheet.record_id not in concluded.conclusions
            and worth[sheet.ballot_id][sheet.row] == BallotStatus.VALID
            and len(reading.election.ballots[sheet.ballot_id]) == 1
        )
        if not is_clear and (items := list(items_of_sheet(concluded, sheet))):
            yield sheet.record_id, items


def items_of_sheet(concluded: ConcludedBallots, sheet: CountedSheet) -> Iterator[Item]:
    """What waits on one sheet: first whether it is a ballot at all, then rows, then the whole."""
    record_id = sheet.record_id
    if record_id in concluded.set_aside:
        return
    conclusions = concluded.conclusions.get(record_id, {})
    if sheet.ballot_id is None or sheet.reasons:
        whole = Question(record_id)
        yield Item(whole, Kind.SHEET, sheet.ballot_id, sheet.reasons, None, conclusions.get(whole))
        return
    stack = concluded.stacks[sheet.ballot_id]
    for contest in stack.contests:
        yield from _items_of_contest(sheet, contest.id, stack, conclusions)


def _items_of_contest(
    sheet: CountedSheet,
    contest_id: str,
    stack: BallotStack,
    conclusions: Mapping[Question, Conclusion],
) -> Iterator[Item]:
    what = stack.interpretations[contest_id]
    status = int(what.statuses[sheet.row])
    whole = Question(sheet.record_id, contest_id)
    conclusion = conclusions.get(whole)
    reasons = Reason(int(what.reasons[sheet.row]))
    if conclusion is not None and conclusion.is_asked:
        kind = Kind.CONFIRM if status == BallotStatus.INVALID else Kind.CONTEST
        yield Item(whole, kind, sheet.ballot_id, reasons, None, conclusion)
    elif status == BallotStatus.INVALID:
        if not _is_confirmed(conclusion, conclusions.get(Question(sheet.record_id))):
            yield Item(whole, Kind.CONFIRM, sheet.ballot_id, reasons, None, conclusion)
    elif status == BallotStatus.REVIEW:
        states = what.row_states[sheet.row].tolist()
        unknown = [number for number, state in enumerate(states, start=1) if state in _UNKNOWN]
        for candidate in unknown:
            row = Question(sheet.record_id, contest_id, candidate)
            state = RowState(states[candidate - 1])
            yield Item(row, Kind.ROW, sheet.ballot_id, reasons, state, conclusions.get(row))
        if not unknown:
            yield Item(whole, Kind.CONTEST, sheet.ballot_id, reasons, None, conclusion)


def _is_confirmed(*conclusions: Conclusion | None) -> bool:
    return any(
        one is not None and one.settled is not None and one.settled.status is BallotStatus.INVALID
        for one in conclusions
    )


class Weigher:
    """Which pile of questions can change the most.

    First come questions of contests that are still open, and of these the closest ones: where the
    fewest votes lie between a candidate and the seat, or the half that is needed. Questions that
    cannot change who is elected come after, and last the confirmation of invalid ballots.
    """

    def __init__(self, canvass: Canvass) -> None:
        self._margins = {result.contest.id: _margin(result) for result in canvass.contests}
        self._of_ballot = {
            ballot_id: [contest.id for contest in contests]
            for ballot_id, contests in canvass.election.ballots.items()
        }

    def weigh(self, pile: tuple[bool, str | None, str | None]) -> tuple[bool, bool, int]:
        """What to sort a pile by; the smallest first."""
        is_confirmation, ballot_id, contest_id = pile
        if contest_id is not None:
            contests = [contest_id]
        else:
            contests = self._of_ballot.get(ballot_id or "", list(self._margins))
        margins = [margin for one in contests if (margin := self._margins[one]) is not None]
        return is_confirmation, not margins, min(margins, default=0)


def _margin(result: ContestResult) -> int | None:
    """Votes between the closest open candidate and the line; None where nothing is open."""
    outcome = result.outcome
    votes = sorted((one.votes for one in outcome.candidates), reverse=True)
    seats = result.contest.seats
    lines = [outcome.needed] if outcome.needed is not None else []
    if 0 < seats < len(votes):
        lines += [votes[seats - 1], votes[seats]]
    unsettled = {Standing.OPEN, Standing.TIED, Standing.UNKNOWN}
    distances = [
        min((abs(one.votes - line) for line in lines), default=0)
        for one in outcome.candidates
        if one.standing in unsettled
    ]
    return min(distances, default=None)
