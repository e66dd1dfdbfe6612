"""A vote of confidence: one of three boxes a person."""

import numpy as np

from ballotscan.election.records import BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import RowVerdict, VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import (
    OF_ROW,
    Finding,
    Reading,
    Statuses,
    doubt,
    make_reading,
    take,
)

_ROLES = (BoxRole.HIGH, BoxRole.CONFIDENCE, BoxRole.LOW)
LEVELS = (RowState.HIGH, RowState.CONFIDENCE, RowState.LOW)


def read_levels(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """The level that is marked, where it is one."""
    places = np.stack([columns.one(role) for role in _ROLES], axis=1)
    boxes = take(statuses, places)
    marked = boxes == MarkStatus.MARKED
    count = np.count_nonzero(marked, axis=2)
    unread, unclear = doubt(boxes)
    states = np.where(
        count == 1, np.array(LEVELS, np.int8)[marked.argmax(axis=2)], np.int8(RowState.SEVERAL)
    )
    states[count == 0] = RowState.NEITHER
    states[unclear] = RowState.UNCLEAR
    states[unread] = RowState.UNREAD
    reading = make_reading(states, np.zeros(states.shape, np.bool_))
    several, neither = _void_rows(columns, rules)
    return reading, [
        (OF_ROW[several], reading.has(RowState.SEVERAL), Reason.ROW_SEVERAL),
        (
            OF_ROW[neither],
            reading.has(RowState.NEITHER),
            Reason.SINGLE_NEITHER if columns.rows == 1 else Reason.ROW_NEITHER,
        ),
        (rules.all_rows_void, ~reading.has(*LEVELS), Reason.ALL_ROWS_VOID),
    ]


def _void_rows(columns: ContestColumns, rules: VotingRules) -> tuple[RowVerdict, RowVerdict]:
    """What rows with several boxes, and with none, do."""
    if columns.rows == 1:
        return rules.single_both, rules.single_neither
    return rules.row_both, rules.row_neither
