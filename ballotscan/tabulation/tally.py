"""From judged ballots to totals, checked against each other."""

from dataclasses import dataclass

import numpy as np

from ballotscan.election.records import BallotStatus, Reason, RowState
from ballotscan.tabulation.interpretation import VOTES, Interpretation, is_in

_UNMARKED = (RowState.NEITHER, RowState.NOT_CHOSEN, RowState.KEPT)
_TWO_BOXES = (RowState.AGREE, RowState.DISAGREE, RowState.BOTH, RowState.NEITHER)


@dataclass(frozen=True, slots=True)
class ContestTally:
    """The totals of one contest with R candidates.

    Attributes:
        ballots: Ballots read; valid + invalid + review.
        review: Ballots that wait for people; none of their marks is in any total.
        votes: (R,) votes for each candidate, on valid ballots.
        disagree: (R,) rows that count as disagree, on valid ballots.
        not_counted: (R,) rows with both boxes, or neither, that count for nothing, on valid ballots.
        electing: Valid ballots that elect 0, 1, 2, ... candidates, up to the number of seats.
        invalid_by_reason: Invalid ballots by reason, each once: under its first reason, in the
            order of `Reason`. Only reasons that occur.
        blank: Valid or invalid ballots without any mark in the contest; on a strike-out list, with
            nobody struck out.
        overvoted: Valid or invalid ballots with more chosen than seats.
        undervoted: Valid ballots with fewer chosen than seats; nobody chosen included.
    """

    ballots: int
    valid: int
    invalid: int
    review: int
    votes: tuple[int, ...]
    disagree: tuple[int, ...]
    not_counted: tuple[int, ...]
    electing: tuple[int, ...]
    invalid_by_reason: dict[Reason, int]
    blank: int
    overvoted: int
    undervoted: int


def tally_contest(interpretation: Interpretation, seats: int) -> ContestTally:
    """Add up one contest.

    Args:
        interpretation: (B, R) rows on B ballots.
        seats: How many are to be elected.

    Raises:
        ArithmeticError: The totals do not agree with each other: a bug, or an interpretation that
            was put together wrongly. Nothing may be published.
    """
    states, statuses = interpretation.row_states, interpretation.statuses
    valid, invalid = statuses == BallotStatus.VALID, statuses == BallotStatus.INVALID
    decided = valid | invalid
    voted = np.count_nonzero(interpretation.votes, axis=1)
    void = is_in(states, RowState.BOTH, RowState.NEITHER) & ~interpretation.disagrees
    chosen = np.count_nonzero(is_in(states, *VOTES), axis=1)
    tally = ContestTally(
        ballots=len(statuses),
        valid=int(valid.sum()),
        invalid=int(invalid.sum()),
        review=int((statuses == BallotStatus.REVIEW).sum()),
        votes=tuple(np.count_nonzero(interpretation.votes, axis=0).tolist()),
        disagree=tuple(np.count_nonzero(interpretation.disagrees, axis=0).tolist()),
        not_counted=tuple(np.count_nonzero(void & valid[:, None], axis=0).tolist()),
        electing=tuple(np.bincount(voted[valid], minlength=seats + 1).tolist()),
        invalid_by_reason=_by_first_reason(interpretation.reasons[invalid].tolist()),
        blank=int((decided & is_in(states, *_UNMARKED).all(axis=1)).sum()),
        overvoted=int((decided & (chosen > seats)).sum()),
        undervoted=int((valid & (voted < seats)).sum()),
    )
    _check(tally, seats, has_two_boxes=bool(is_in(states, *_TWO_BOXES).any()))
    return tally


def _by_first_reason(flags: list[int]) -> dict[Reason, int]:
    counts: dict[Reason, int] = {}
    for value in flags:
        reason = Reason(value & -value)  # the lowest flag
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items()))


def _check(tally: ContestTally, seats: int, *, has_two_boxes: bool) -> None:
    """Add up the same ballots in other ways; they must agree."""
    elected = sum(k * ballots for k, ballots in enumerate(tally.electing))
    checks = {
        "valid + invalid + review = ballots": tally.valid + tally.invalid + tally.review
        == tally.ballots,
        "votes = ballots electing k, times k": sum(tally.votes) == elected,
        "no ballot elects more than the seats": len(tally.electing) == seats + 1,
        "invalid ballots = those with a reason": sum(tally.invalid_by_reason.values())
        == tally.invalid
        and Reason(0) not in tally.invalid_by_reason,
        "votes + disagree + not counted = valid": not has_two_boxes
        or all(
            sum(row) == tally.valid
            for row in zip(tally.votes, tally.disagree, tally.not_counted, strict=True)
        ),
    }
    failed = [name for name, holds in checks.items() if not holds]
    if failed:
        msg = f"the totals do not agree ({'; '.join(failed)}): {tally}"
        raise ArithmeticError(msg)
