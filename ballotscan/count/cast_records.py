"""One sheet out of the arrays of its ballot, as a record."""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.ballots import BallotStack
from ballotscan.election.records import (
    BallotStatus,
    BoxRole,
    CastVoteRecord,
    ContestRecord,
    MarkRecord,
    MarkStatus,
    PageRecord,
    Reason,
    RowRecord,
    RowState,
)
from ballotscan.marks.scoring import Feature
from ballotscan.tabulation.columns import ContestColumns

# Members by their number: looking them up is a tenth of the cost of making them.
_BALLOT_STATUSES = {int(status): status for status in BallotStatus}
_ROW_STATES = {int(state): state for state in RowState}
_MARK_STATUSES = {int(status): status for status in MarkStatus}


def make_record(
    pages: tuple[PageRecord, ...],
    page_reasons: Reason,
    stack: BallotStack | None,
    row: int,
) -> CastVoteRecord:
    """One ballot as a record.

    Args:
        pages: Its pages, front first.
        page_reasons: What the pages alone say, before any contest is judged.
        stack: The ballots that it stands among; None where its ballot is not known.
        row: Its place in the stack.
    """
    contests = () if stack is None else tuple(_contests(stack, row))
    status = BallotStatus.REVIEW
    if stack is not None and not page_reasons:
        status = _BALLOT_STATUSES[int(stack.worth[row])]
    reasons = page_reasons
    for contest in contests:
        reasons |= contest.reasons
    return CastVoteRecord(
        record_id=pages[0].ref.page_id,
        ballot_id=None if stack is None else stack.template.ballot_id,
        pages=pages,
        status=status,
        reasons=reasons,
        contests=contests,
    )


def name_reading(record: CastVoteRecord) -> str:
    """A short name of everything that an audit image shows of a reading."""
    shown: list[object] = [record.ballot_id, int(record.status), int(record.reasons)]
    for page in record.pages:
        shown += [page.number, page.fault and page.fault.value, str(page.detail)]
        shown += [astuple(finding) for finding in page.findings]
    for contest in record.contests:
        shown += [contest.contest_id, int(contest.status), int(contest.reasons)]
        for row in contest.rows:
            shown += [int(row.state), row.votes]
            shown += [int(mark.status) for mark in row.marks]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _contests(stack: BallotStack, row: int) -> Iterator[ContestRecord]:
    for contest in stack.contests:
        what = stack.interpretations[contest.id]
        states, votes = what.row_states[row].tolist(), what.votes[row].tolist()
        columns = stack.columns[contest.id]
        marks = _marks(stack, row, columns)
        yield ContestRecord(
            contest_id=contest.id,
            status=_BALLOT_STATUSES[int(what.statuses[row])],
            reasons=Reason(int(what.reasons[row])),
            rows=tuple(
                RowRecord(number, _ROW_STATES[state], of_candidate, of_row)
                for number, (state, of_candidate, of_row) in enumerate(
                    zip(states, votes, marks, strict=True), start=1
                )
            ),
            lists=_crossed_lists(stack.statuses[row], columns),
            ranking=tuple(tuple((np.flatnonzero(rank) + 1).tolist()) for rank in what.grid[row].T),
        )


def _crossed_lists(statuses: NDArray[np.int8], columns: ContestColumns) -> tuple[int, ...]:
    """Numbers of the lists that are crossed on one ballot."""
    places = columns.places.get(BoxRole.LIST)
    if places is None:
        return ()
    return tuple((np.flatnonzero(statuses[places[:, 0]] == MarkStatus.MARKED) + 1).tolist())


class RowColumn(NamedTuple):
    """One box, or name, of a row: what it is, which of several, and its column."""

    role: BoxRole | None
    number: int | None
    place: int


@lru_cache(maxsize=64)
def columns_of_rows(columns: ContestColumns) -> tuple[tuple[RowColumn, ...], ...]:
    """What each row of a contest is asked, in ballot order.

    In the order of `RowRecord.marks`, and of the marks in a decision. The box of a list that can be
    crossed as a whole belongs to the row of the first on the list.
    """
    rows: list[list[RowColumn]] = [[] for _ in range(columns.rows)]
    for role, places in columns.places.items():
        if role is BoxRole.LIST:
            continue
        several = places.shape[1] > 1
        for row, of_row in zip(rows, places.tolist(), strict=True):
            row += [RowColumn(role, n if several else None, at) for n, at in enumerate(of_row, 1)]
    for head, number in columns.list_heads:
        place = int(columns.places[BoxRole.LIST][number, 0])
        rows[head].append(RowColumn(BoxRole.LIST, None, place))
    return tuple(map(tuple, rows))


def _marks(stack: BallotStack, row: int, columns: ContestColumns) -> list[tuple[MarkRecord, ...]]:
    """The boxes, or the name, of each row of a contest on one ballot."""
    statuses = stack.statuses[row].tolist()
    scores = stack.features[row, :, Feature.SCORE].tolist()
    certainty = stack.certainty[row].tolist()
    return [
        tuple(
            MarkRecord(
                role, _MARK_STATUSES[statuses[place]], scores[place], number, certainty[place]
            )
            for role, number, place in of_row
        )
        for of_row in columns_of_rows(columns)
    ]
