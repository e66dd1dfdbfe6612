"""A list of names: those who are not struck out are chosen."""

import numpy as np

from ballotscan.election.records import MarkStatus, Reason, RowState
from ballotscan.election.rules import VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import Finding, Reading, Statuses, make_reading, take

_STATES = {
    MarkStatus.UNREAD: RowState.UNREAD,
    MarkStatus.EMPTY: RowState.KEPT,
    MarkStatus.MARGINAL: RowState.UNCLEAR,
    MarkStatus.MARKED: RowState.STRUCK,
    MarkStatus.CANCELLED: RowState.UNCLEAR,
}
_ROWS = np.array([_STATES[status] for status in MarkStatus], np.int8)


def read_strike_list(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """Look the state of each row up by what goes through its name."""
    states = np.take(_ROWS, take(statuses, columns.one(None)))
    kept = states == RowState.KEPT
    votes = np.count_nonzero(kept, axis=1)
    over = votes > columns.most_votes
    reading = make_reading(states, kept)
    is_untouched = ~reading.has(RowState.STRUCK)
    is_single = columns.rows == 1
    all_struck = rules.single_struck if is_single else rules.none_chosen
    findings = [
        (rules.overvote, over, Reason.OVERVOTE),
        (rules.overvote, over & is_untouched, Reason.UNTOUCHED),
        (all_struck, votes == 0, Reason.NONE_CHOSEN),
    ]
    if not is_single:
        findings.append((rules.untouched, is_untouched & ~over, Reason.UNTOUCHED))
    return reading, findings
