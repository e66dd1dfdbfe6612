"""Whether a rehearsal came out as it was planned.

What a reader must make of a ballot follows from the plan and the rules alone. It is compared with
what was read row by row, and in the totals.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.canvass import Canvass
from ballotscan.count.rehearsal_plan import RehearsedBallot
from ballotscan.count.rehearsal_verdict import Misreading, RehearsalVerdict
from ballotscan.design.testdeck import expect_name, expect_rows, expect_status
from ballotscan.election.records import BallotStatus, CastVoteRecord, MarkStatus, RowState
from ballotscan.election.template import MarkBox
from ballotscan.tabulation.interpretation import Interpretation, interpret_contest

_UNDECIDED = {RowState.UNCLEAR, RowState.UNREAD}


def judge_rehearsal(
    ballots: Sequence[RehearsedBallot], canvass: Canvass, *, is_printed: bool = False
) -> RehearsalVerdict:
    """Compare what was planned with what was counted.

    Args:
        ballots: The plan.
        canvass: The count of the scans that were made from it, and of nothing else; each file is
            named after its ballot, unless the ballots were printed and scanned by people.
        is_printed: They were, in whatever order: each is taken for the planned ballot that is most
            like it. Which one that is cannot turn a wrong pile into a right one, because every
            planned ballot is given away once.
    """
    plan = _Plan(ballots, canvass)
    by_name = {ballot.name: ballot for ballot in ballots}
    records = list(canvass.records())
    read = _alike(ballots, records) if is_printed else _by_source(by_name, records)
    waiting = [name for name, record in read.items() if record.status is BallotStatus.REVIEW]
    return RehearsalVerdict(
        ballots=len(ballots),
        rows=sum(len(contest.rows) for record in read.values() for contest in record.contests),
        wrong=tuple(wrong for name in read for wrong in _misreadings(by_name[name], read[name])),
        lost=tuple(name for name in by_name if name not in read),
        asked=tuple(name for name in waiting if plan.wants_people(name)),
        asked_besides=tuple(name for name in waiting if not plan.wants_people(name)),
        totals_differ=tuple(plan.differing_totals(canvass, read)),
        surplus=len(records) - len(read) if is_printed and len(read) == len(ballots) else 0,
    )


def _by_source(
    ballots: Mapping[str, RehearsedBallot], records: Sequence[CastVoteRecord]
) -> dict[str, CastVoteRecord]:
    """What was read of each ballot, which its file is named after."""
    read = {}
    for record in records:
        name = PurePosixPath(record.pages[0].source).stem
        if name in ballots and record.ballot_id == ballots[name].template.ballot_id:
            read[name] = record
    return read


def _alike(
    ballots: Sequence[RehearsedBallot], records: Sequence[CastVoteRecord]
) -> dict[str, CastVoteRecord]:
    """What was read of each ballot, paired from the most alike to the least."""
    pairs = sorted(
        (_unlikeness(ballot, record), ballot.name, number)
        for ballot in ballots
        for number, record in enumerate(records)
        if record.ballot_id == ballot.template.ballot_id
    )
    read: dict[str, CastVoteRecord] = {}
    taken: set[int] = set()
    for _, name, number in pairs:
        if name not in read and number not in taken:
            read[name] = records[number]
            taken.add(number)
    return read


def _unlikeness(ballot: RehearsedBallot, record: CastVoteRecord) -> tuple[int, int]:
    """Rows read as something else, and rows that were left to people."""
    expected = expect_rows(ballot.template, ballot.planned)
    states = {
        (contest.contest_id, row.candidate): row.state
        for contest in record.contests
        for row in contest.rows
    }
    undecided = sum(state in _UNDECIDED for state in states.values())
    unlike = sum(state is not expected[row] for row, state in states.items())
    return unlike - undecided, undecided


def _misreadings(ballot: RehearsedBallot, record: CastVoteRecord) -> Iterator[Misreading]:
    expected = expect_rows(ballot.template, ballot.planned)
    for contest in record.contests:
        for row in contest.rows:
            planned = expected[contest.contest_id, row.candidate]
            if row.state is not planned and row.state not in _UNDECIDED:
                yield Misreading(ballot.name, contest.contest_id, row.candidate, planned, row.state)


class _Plan:
    """What the rules make of the planned marks, as though each had been read as it was meant."""

    def __init__(self, ballots: Sequence[RehearsedBallot], canvass: Canvass) -> None:
        self._rows: dict[str, int] = {}
        self._of_contest: dict[str, Interpretation] = {}
        self._contests_on: dict[str, tuple[str, ...]] = {}
        for stack in canvass.stacks.values():
            mine = [b for b in ballots if b.template.ballot_id == stack.template.ballot_id]
            self._rows |= {ballot.name: row for row, ballot in enumerate(mine)}
            ids = tuple(contest.id for contest in stack.contests)
            self._contests_on |= {ballot.name: ids for ballot in mine}
            statuses = np.array([_statuses(ballot) for ballot in mine], np.int8)
            for contest_id in ids:
                columns = stack.columns[contest_id]
                self._of_contest[contest_id] = interpret_contest(statuses, columns, canvass.rules)

    def wants_people(self, name: str) -> bool:
        """Whether the plan itself puts this ballot to people."""
        return any(
            self._of_contest[contest_id].statuses[self._rows[name]] == BallotStatus.REVIEW
            for contest_id in self._contests_on[name]
        )

    def differing_totals(
        self, canvass: Canvass, read: Mapping[str, CastVoteRecord]
    ) -> Iterator[str]:
        """Contests whose totals differ from the plan of the ballots that do not wait."""
        for result in canvass.contests:
            decided = [
                self._rows[name]
                for name, record in read.items()
                for contest in record.contests
                if contest.contest_id == result.contest.id
                and contest.status is not BallotStatus.REVIEW
            ]
            planned = self._of_contest[result.contest.id]
            statuses = planned.statuses[decided]
            told = (
                _sum(planned.votes[decided]),
                _sum(planned.disagrees[decided]),
                int((statuses == BallotStatus.VALID).sum()),
                int((statuses == BallotStatus.INVALID).sum()),
            )
            tally = result.tally
            if told != (tally.votes, tally.disagree, tally.valid, tally.invalid):
                yield result.contest.id


def _sum(votes: NDArray[np.int8] | NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(votes.sum(axis=0, dtype=np.intp).tolist())


def _statuses(ballot: RehearsedBallot) -> list[MarkStatus]:
    """(P,) what a reader must find in each column of the ballot."""
    template, planned = ballot.template, ballot.planned
    return [
        expect_status(column, planned, template.expected_mark)
        if isinstance(column, MarkBox)
        else expect_name(column, planned)
        for column in template.columns
    ]
