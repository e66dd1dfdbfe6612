"""Agree or disagree: two boxes a candidate."""

import numpy as np

from ballotscan.election.records import BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import RowVerdict, VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import (
    OF_ROW,
    Finding,
    Reading,
    Statuses,
    make_reading,
    take,
)

_PAIRS = {
    (MarkStatus.MARKED, MarkStatus.EMPTY): RowState.AGREE,
    (MarkStatus.EMPTY, MarkStatus.MARKED): RowState.DISAGREE,
    (MarkStatus.MARKED, MarkStatus.MARKED): RowState.BOTH,
    (MarkStatus.EMPTY, MarkStatus.EMPTY): RowState.NEITHER,
}
_ROWS = np.array(
    [
        _PAIRS.get(
            (agree, disagree),
            RowState.UNREAD if MarkStatus.UNREAD in {agree, disagree} else RowState.UNCLEAR,
        )
        for agree in MarkStatus
        for disagree in MarkStatus
    ],
    np.int8,
)


def read_two_boxes(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """Look the state of each row up by what its two boxes hold."""
    agree = take(statuses, columns.one(BoxRole.AGREE))
    disagree = take(statuses, columns.one(BoxRole.DISAGREE))
    states = np.take(_ROWS, agree * len(MarkStatus) + disagree)
    both, neither = _void_rows(columns, rules)
    against = states == RowState.DISAGREE
    if both is RowVerdict.DISAGREE:
        against |= states == RowState.BOTH
    if neither is RowVerdict.DISAGREE:
        against |= states == RowState.NEITHER
    agrees = states == RowState.AGREE
    reading = make_reading(states, agrees, against=against)
    return reading, _find(reading, columns, rules)


def _find(reading: Reading, columns: ContestColumns, rules: VotingRules) -> list[Finding]:
    """Void rows, too many agreed to, and nobody agreed to."""
    both, neither = _void_rows(columns, rules)
    has_both, has_neither = reading.has(RowState.BOTH), reading.has(RowState.NEITHER)
    if columns.rows == 1:
        return [
            (OF_ROW[both], has_both, Reason.SINGLE_BOTH),
            (OF_ROW[neither], has_neither, Reason.SINGLE_NEITHER),
        ]
    votes, disagrees = reading.total, reading.against.any(axis=1)
    return [
        (OF_ROW[both], has_both, Reason.ROW_BOTH),
        (OF_ROW[neither], has_neither, Reason.ROW_NEITHER),
        (rules.overvote, votes > columns.most_votes, Reason.OVERVOTE),
        (rules.none_agreed, (votes == 0) & disagrees, Reason.NONE_CHOSEN),
        (rules.all_rows_void, (votes == 0) & ~disagrees, Reason.ALL_ROWS_VOID),
    ]


def _void_rows(columns: ContestColumns, rules: VotingRules) -> tuple[RowVerdict, RowVerdict]:
    """What rows with both boxes, and with neither, do."""
    if columns.rows == 1:
        return rules.single_both, rules.single_neither
    return rules.row_both, rules.row_neither
