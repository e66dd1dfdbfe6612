"""A box a candidate: up to as many as there are seats, or as many as one likes."""

import numpy as np

from ballotscan.election.records import BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import Finding, Reading, Statuses, make_reading, take

_STATES = {
    MarkStatus.UNREAD: RowState.UNREAD,
    MarkStatus.EMPTY: RowState.NOT_CHOSEN,
    MarkStatus.MARGINAL: RowState.UNCLEAR,
    MarkStatus.MARKED: RowState.CHOSEN,
    MarkStatus.CANCELLED: RowState.UNCLEAR,
}
_ROWS = np.array([_STATES[status] for status in MarkStatus], np.int8)


def read_choices(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """Look the state of each row up by what its box holds."""
    states = np.take(_ROWS, take(statuses, columns.one(BoxRole.CHOOSE)))
    chosen = states == RowState.CHOSEN
    votes = np.count_nonzero(chosen, axis=1)
    reading = make_reading(states, chosen)
    return reading, [
        (rules.overvote, votes > columns.most_votes, Reason.OVERVOTE),
        (rules.none_chosen, votes == 0, Reason.NONE_CHOSEN),
    ]
