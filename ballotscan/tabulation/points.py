"""A few boxes a candidate, a vote each; lists may be crossed as a whole, and names struck out."""

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import ListRest, RowVerdict, Verdict, VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import (
    DOUBTFUL,
    OF_ROW,
    Bools,
    Finding,
    Reading,
    Statuses,
    doubt,
    is_in,
    make_reading,
    take,
)

Places = NDArray[np.intp]

_NO_LIST = np.zeros((1, 0), np.intp)  # one list without a box

_VOTES = (RowState.NOT_CHOSEN, RowState.VOTES_1, RowState.VOTES_2, RowState.VOTES_3)


def read_points(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """Count the boxes of each candidate, and hand out what a crossed list is given.

    Votes for single candidates come before the list. What they leave goes down the list, to those
    who are not struck out. Where several lists are crossed none of them is given anything.
    """
    boxes, names = take(statuses, columns.of(BoxRole.POINT)), take(statuses, columns.of(None))
    own = np.count_nonzero(boxes == MarkStatus.MARKED, axis=2)
    struck = (names == MarkStatus.MARKED).any(axis=2)
    unread, unclear = doubt(np.concatenate([boxes, names], axis=2))
    states = np.take(np.array(_VOTES, np.int8), own)
    states[struck & (own == 0)] = RowState.STRUCK
    states[struck & (own > 0)] = RowState.STRUCK_VOTES
    lists = take(statuses, columns.places.get(BoxRole.LIST, _NO_LIST))
    for row, number in columns.list_heads:
        unread[:, row] |= np.any(lists[:, number] == MarkStatus.UNREAD, axis=1)
        unclear[:, row] |= np.any(is_in(lists[:, number], *DOUBTFUL), axis=1)
    states[unclear] = RowState.UNCLEAR
    states[unread] = RowState.UNREAD

    crossed: Bools = np.any(lists == MarkStatus.MARKED, axis=2)
    several = crossed.sum(axis=1) > 1
    spent = own.sum(axis=1)
    rest = np.where(several, 0, np.maximum(columns.seats - spent, 0))
    on_list = (columns.list_of == crossed.argmax(axis=1)[:, None]) & crossed.any(
        axis=1, keepdims=True
    )
    from_list = _hand_out(own, on_list & ~struck, rest, columns.of(BoxRole.POINT).shape[1], rules)
    given = np.where(struck, 0, own) + from_list
    reading = make_reading(states, given.astype(np.int8))
    has_struck = reading.has(RowState.STRUCK_VOTES)
    several &= spent < columns.seats  # a list that is given nothing is not looked at
    # Nobody is surely chosen or not while people have to say what was meant.
    asked = has_struck if rules.row_struck is RowVerdict.COMMITTEE else np.zeros_like(several)
    if rules.several_lists is Verdict.COMMITTEE:
        asked = asked | several
    return reading, [
        (rules.overvote, spent > columns.most_votes, Reason.SUM_OVER),
        (rules.none_chosen, (reading.total == 0) & ~asked, Reason.NONE_CHOSEN),
        (rules.several_lists, several, Reason.SEVERAL_LISTS),
        (OF_ROW[rules.row_struck], has_struck, Reason.ROW_STRUCK),
    ]


def _hand_out(own: Places, on_list: Bools, rest: Places, most: int, rules: VotingRules) -> Places:
    """Votes that go down a list.

    Args:
        own: (B, R) votes that candidates were given by name.
        on_list: (B, R) candidates of the list, those struck out left aside.
        rest: (B,) votes that are left.
        most: How many one candidate may have.
        rules: Whether those with votes of their own get more.

    Returns:
        (B, R) votes.
    """
    more = np.zeros_like(own)
    only_once = rules.list_rest is ListRest.UNMARKED
    for _ in range(1 if only_once else most):
        gets = on_list & ((own == 0) if only_once else (own + more < most))
        gets &= np.cumsum(gets, axis=1) <= rest[:, None]
        more += gets
        rest = rest - gets.sum(axis=1)
    return more
