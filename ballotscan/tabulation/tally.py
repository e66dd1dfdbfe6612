"""From judged ballots to totals, checked against each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, Reason, RowState
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.readings import is_in
from ballotscan.tabulation.three_levels import LEVELS

_UNMARKED = (RowState.NEITHER, RowState.NOT_CHOSEN, RowState.KEPT)
_VOID = (RowState.BOTH, RowState.NEITHER, RowState.SEVERAL, RowState.STRUCK_VOTES)


@dataclass(frozen=True, slots=True)
class ContestTally:
    """The totals of one contest with R candidates.

    Attributes:
        ballots: Ballots read; valid + invalid + review.
        review: Ballots that wait for people; none of their marks is in any total.
        votes: (R,) votes for each candidate, on valid ballots; where candidates are ranked, those of
            the first round.
        disagree: (R,) rows that count as disagree, on valid ballots; where the rules say so, on
            invalid ones too.
        not_counted: (R,) rows of valid ballots with several boxes, or none, marked where one should
            be, that count for nothing.
        states: (R,) valid ballots on which a candidate's row is in each state that occurs.
        electing: Valid ballots that give 0, 1, 2, ... votes, up to the most that one may give.
        invalid_by_reason: Invalid ballots by reason, each once: under its first reason, in the
            order of `Reason`. Only reasons that occur.
        blank: Valid or invalid ballots without any mark in the contest; on a strike-out list, with
            nobody struck out.
        overvoted: Valid or invalid ballots that give more votes than they may.
        undervoted: Valid ballots that give fewer; those that give none included.
    """

    ballots: int
    valid: int
    invalid: int
    review: int
    votes: tuple[int, ...]
    disagree: tuple[int, ...]
    not_counted: tuple[int, ...]
    states: dict[RowState, tuple[int, ...]]
    electing: tuple[int, ...]
    invalid_by_reason: dict[Reason, int]
    blank: int
    overvoted: int
    undervoted: int


def tally_contest(interpretation: Interpretation, columns: ContestColumns) -> ContestTally:
    """Add up one contest.

    Args:
        interpretation: (B, R) rows on B ballots.
        columns: Of the contest.

    Raises:
        ArithmeticError: The totals do not agree with each other: a bug, or an interpretation that
            was put together wrongly. Nothing may be published.
    """
    states, statuses = interpretation.row_states, interpretation.statuses
    valid, invalid = statuses == BallotStatus.VALID, statuses == BallotStatus.INVALID
    decided, most = valid | invalid, columns.most_votes
    voted = interpretation.votes.sum(axis=1, dtype=np.intp)
    void = is_in(states, *_VOID) & ~interpretation.disagrees & valid[:, None]
    # On approval ballots and votes of confidence nobody can give too few.
    has_limit = columns.marking not in {Marking.APPROVE, Marking.ONE_OF_THREE}
    tally = ContestTally(
        ballots=len(statuses),
        valid=int(valid.sum()),
        invalid=int(invalid.sum()),
        review=int((statuses == BallotStatus.REVIEW).sum()),
        votes=tuple(interpretation.votes.sum(axis=0, dtype=np.intp).tolist()),
        disagree=tuple(np.count_nonzero(interpretation.disagrees, axis=0).tolist()),
        not_counted=tuple(np.count_nonzero(void, axis=0).tolist()),
        states=_by_state(states[valid]),
        electing=tuple(np.bincount(voted[valid], minlength=most + 1).tolist()),
        invalid_by_reason=_by_first_reason(interpretation.reasons[invalid].tolist()),
        blank=int((decided & _is_blank(interpretation)).sum()),
        overvoted=int((decided & (interpretation.reading.total > most)).sum()),
        undervoted=int((valid & (voted < most)).sum()) if has_limit else 0,
    )
    against_invalid = int((interpretation.disagrees.all(axis=1) & invalid).sum())
    _check(tally, columns, against_invalid)
    return tally


def _is_blank(interpretation: Interpretation) -> NDArray[np.bool_]:
    """(B,) ballots without a mark; one with a crossed list gives votes without a mark in a row."""
    is_kept = interpretation.row_states == RowState.KEPT
    gives = (interpretation.given > 0) & ~is_kept
    blank: NDArray[np.bool_] = np.all(is_in(interpretation.row_states, *_UNMARKED) & ~gives, axis=1)
    return blank


def _by_state(states: NDArray[np.int8]) -> dict[RowState, tuple[int, ...]]:
    """(R,) how often each candidate's row is in each state that occurs."""
    rows = states.shape[1]
    places = states.astype(np.intp) * rows + np.arange(rows)
    counts = np.bincount(places.ravel(), minlength=len(RowState) * rows).reshape(-1, rows)
    return {state: tuple(counts[state].tolist()) for state in RowState if counts[state].any()}


def _by_first_reason(flags: list[int]) -> dict[Reason, int]:
    counts: dict[Reason, int] = {}
    for value in flags:
        reason = Reason(value & -value)  # the lowest flag
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items()))


def _check(tally: ContestTally, columns: ContestColumns, against_invalid: int) -> None:
    """Add up the same ballots in other ways; they must agree."""
    elected = sum(k * ballots for k, ballots in enumerate(tally.electing))
    levels = [tally.states.get(level, (0,) * columns.rows) for level in LEVELS]
    checks = {
        "valid + invalid + review = ballots": tally.valid + tally.invalid + tally.review
        == tally.ballots,
        "votes = ballots electing k, times k": sum(tally.votes) == elected,
        "no ballot gives more votes than it may": len(tally.electing) == columns.most_votes + 1,
        "invalid ballots = those with a reason": sum(tally.invalid_by_reason.values())
        == tally.invalid
        and Reason(0) not in tally.invalid_by_reason,
        "votes + disagree + not counted = valid": columns.marking is not Marking.AGREE_DISAGREE
        or all(
            sum(row) == tally.valid + against_invalid
            for row in zip(tally.votes, tally.disagree, tally.not_counted, strict=True)
        ),
        "levels + not counted = valid": columns.marking is not Marking.ONE_OF_THREE
        or all(sum(row) == tally.valid for row in zip(*levels, tally.not_counted, strict=True)),
    }
    failed = [name for name, holds in checks.items() if not holds]
    if failed:
        msg = f"the totals do not agree ({'; '.join(failed)}): {tally}"
        raise ArithmeticError(msg)
