"""Ranked choice: a grid of candidates and ranks."""

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import OvervotedRank, SkippedRanks, VotingRules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.readings import (
    Bools,
    Finding,
    Reading,
    Statuses,
    doubt,
    make_reading,
    take,
)

Indices = NDArray[np.intp]
EXHAUSTED = -1

_RANKS = np.array([state for state in RowState if state.name.startswith("RANK_")], np.int8)
_EXHAUSTED_AFTER = {SkippedRanks.ONE_EXHAUSTS: 1, SkippedRanks.TWO_EXHAUST: 2}


def read_ranking(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> tuple[Reading, list[Finding]]:
    """The best rank of each candidate; the vote is the one of the first round."""
    boxes = take(statuses, columns.of(BoxRole.RANK))
    grid = boxes == MarkStatus.MARKED
    unread, unclear = doubt(boxes)
    states = np.where(grid.any(axis=2), _RANKS[grid.argmax(axis=2)], np.int8(RowState.NOT_CHOSEN))
    states[unclear] = RowState.UNCLEAR
    states[unread] = RowState.UNREAD
    everybody = np.ones(columns.rows, np.bool_)
    first = find_choice(grid, everybody, rules)
    given = first[:, None] == np.arange(columns.rows)
    is_blank = ~grid.any(axis=(1, 2))
    return make_reading(states, given, grid=grid), [
        (rules.none_chosen, is_blank, Reason.NONE_CHOSEN)
    ]


def find_choice(grid: Bools, continuing: Bools, rules: VotingRules) -> Indices:
    """Whom each ballot stands for in one round.

    Args:
        grid: (B, R, K) marks.
        continuing: (R,) candidates who are still in the count.
        rules: What skipped ranks, and ranks given to several candidates, do.

    Returns:
        (B,) row of a candidate, or EXHAUSTED.
    """
    choice = np.full(len(grid), EXHAUSTED, np.intp)
    is_open = np.ones(len(grid), np.bool_)
    skipped = np.zeros(len(grid), np.intp)
    allowed = _EXHAUSTED_AFTER.get(rules.skipped_ranks)
    for rank in range(grid.shape[2]):
        marked = grid[:, :, rank]
        count = np.count_nonzero(marked, axis=1)
        still_in = marked & continuing
        alive = np.count_nonzero(still_in, axis=1)
        skipped = np.where(count == 0, skipped + 1, 0)
        if allowed is not None:
            is_open &= skipped < allowed
        several = count > 1
        match rules.overvoted_rank:
            case OvervotedRank.PASSED_OVER:
                stands, ends = ~several, np.zeros_like(several)
            case OvervotedRank.EXHAUSTS:
                stands, ends = ~several, several & (alive > 0)
            case OvervotedRank.EXHAUSTS_IF_SEVERAL_CONTINUE:
                stands, ends = np.ones_like(several), several & (alive > 1)
        found = is_open & stands & (alive == 1)
        choice[found] = still_in.argmax(axis=1)[found]
        is_open &= ~found & ~ends
    return choice
