"""What stands on the ballots in one contest, before any rule has judged it.

Each way of marking has a module of its own, with one function: statuses in, a `Reading` out,
and what the rules have a word about. `tabulation.interpretation` puts them together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import MarkStatus, Reason, RowState
from ballotscan.election.rules import RowVerdict, Verdict
from ballotscan.tabulation.columns import Indices

Statuses = NDArray[np.int8]
Counts = NDArray[np.int8]
Flags = NDArray[np.int32]
Bools = NDArray[np.bool_]

Finding = tuple[Verdict, Bools, Reason]  # what it does, (B,) on which ballots, and why

DOUBTFUL = (MarkStatus.MARGINAL, MarkStatus.CANCELLED)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One contest on B ballots with R rows, as it stands on the paper.

    Attributes:
        row_states: (B, R) `RowState`.
        given: (B, R) votes that each row gives if the contest is valid on the ballot.
        against: (B, R) rows that count as disagree, likewise.
        unknown: (B,) `Reason` flags UNREADABLE and UNCLEAR, where something is not known.
        grid: (B, R, K) marks by rank, where candidates are ranked; else (B, R, 0).
    """

    row_states: Statuses
    given: Counts
    against: Bools
    unknown: Flags
    grid: Bools

    @property
    def total(self) -> NDArray[np.intp]:
        """(B,) votes that each ballot gives."""
        total: NDArray[np.intp] = self.given.sum(axis=1, dtype=np.intp)
        return total

    def has(self, *states: RowState) -> Bools:
        """(B,) ballots on which some row is in one of these states."""
        found: Bools = np.any(is_in(self.row_states, *states), axis=1)
        return found


def is_in(states: Statuses, *wanted: int) -> Bools:
    """Which entries are one of a few numbers; on small integers far faster than `np.isin`."""
    # Plain numbers: numpy takes members of an enumeration apart anew each time.
    found: Bools = states == int(wanted[0])
    for state in wanted[1:]:
        found |= states == int(state)
    return found


def take(statuses: Statuses, places: Indices) -> Statuses:
    """(B, ...) statuses of some columns; a column that does not exist is unread.

    Raises:
        ValueError: A number is no `MarkStatus`.
    """
    taken: Statuses = np.where(places >= 0, statuses[:, places], np.int8(MarkStatus.UNREAD))
    if taken.size and not 0 <= taken.min() <= taken.max() < len(MarkStatus):
        msg = "an array of statuses holds a number that is no MarkStatus"
        raise ValueError(msg)
    return taken


def make_reading(
    states: Statuses,
    given: Bools | Counts,
    *,
    against: Bools | None = None,
    grid: Bools | None = None,
) -> Reading:
    """A reading of states of rows; what is not said of it is not there.

    Args:
        states: (B, R) `RowState`.
        given: (B, R) votes.
        against: (B, R) rows that count as disagree.
        grid: (B, R, K) marks by rank.
    """
    unread = np.where(is_in(states, RowState.UNREAD).any(axis=1), int(Reason.UNREADABLE), 0)
    unclear = np.where(is_in(states, RowState.UNCLEAR).any(axis=1), int(Reason.UNCLEAR), 0)
    return Reading(
        row_states=states,
        given=given.astype(np.int8),
        against=np.zeros(states.shape, np.bool_) if against is None else against,
        unknown=(unread | unclear).astype(np.int32),
        grid=np.zeros((*states.shape, 0), np.bool_) if grid is None else grid,
    )


def doubt(boxes: Statuses) -> tuple[Bools, Bools]:
    """(B, R) rows with a box that was not read, and rows with a doubtful one, of (B, R, K) boxes."""
    unread: Bools = np.any(boxes == MarkStatus.UNREAD, axis=2)
    unclear: Bools = np.any(is_in(boxes, *DOUBTFUL), axis=2)
    return unread, unclear


# What a verdict about a row does to the whole contest.
OF_ROW = {
    RowVerdict.ROW_NOT_COUNTED: Verdict.VALID,
    RowVerdict.DISAGREE: Verdict.VALID,
    RowVerdict.INVALID: Verdict.INVALID,
    RowVerdict.COMMITTEE: Verdict.COMMITTEE,
}
