"""Voting rules on whole arrays: from what is in each box to what each ballot is worth.

Row states come first and do not depend on the rules; the rules then judge the contest on each
ballot. Rows that a person must look at send the contest to people, whatever the other rows say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, MarkStatus, Reason, RowState
from ballotscan.election.rules import RowVerdict, Verdict, VotingRules
from ballotscan.tabulation.columns import ContestColumns, Indices

Statuses = NDArray[np.int8]
Flags = NDArray[np.int32]
Bools = NDArray[np.bool_]

VOTES = (RowState.AGREE, RowState.CHOSEN, RowState.KEPT)  # rows that vote for their candidate


@dataclass(frozen=True, slots=True, eq=False)
class Interpretation:
    """One contest on B ballots with R rows.

    Attributes:
        row_states: (B, R) `RowState`.
        votes: (B, R) rows that count for their candidate; none on ballots that are not valid.
        disagrees: (B, R) rows that count as disagree; likewise.
        statuses: (B,) `BallotStatus`.
        reasons: (B,) `Reason` flags; 0 on valid ballots.
    """

    row_states: Statuses
    votes: Bools
    disagrees: Bools
    statuses: Statuses
    reasons: Flags


def is_in(states: Statuses, *wanted: RowState) -> Bools:
    """Which rows are in one of a few states; on small integers far faster than `np.isin`."""
    # Plain numbers: numpy takes members of an enumeration apart anew each time.
    found: Bools = states == int(wanted[0])
    for state in wanted[1:]:
        found |= states == int(state)
    return found


def interpret_contest(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> Interpretation:
    """Judge one contest on every ballot.

    Args:
        statuses: (B, P) `MarkStatus` of all columns of the ballot.
        columns: Which of them are the contest's.
        rules: What findings mean.
    """
    states = _row_states(statuses, columns)
    counts = _Counts(states)
    match columns.marking:
        case Marking.AGREE_DISAGREE:
            findings = _find_in_two_boxes(counts, columns, rules)
        case Marking.CHOOSE:
            findings = _find_in_choices(counts, columns, rules)
        case Marking.STRIKE_OUT:
            findings = _find_in_strikes(counts, columns, rules)
    reasons = {verdict: np.zeros(len(states), np.int32) for verdict in Verdict}
    for verdict, where, reason in findings:
        reasons[verdict] |= np.where(where, np.int32(reason), np.int32(0))
    invalid, committee = reasons[Verdict.INVALID], reasons[Verdict.COMMITTEE]
    ballot_statuses = np.where(
        invalid != 0,
        np.int8(BallotStatus.INVALID),
        np.where(committee != 0, np.int8(BallotStatus.REVIEW), np.int8(BallotStatus.VALID)),
    )
    ballot_reasons = np.where(invalid != 0, invalid, committee)
    # A row that is not known outweighs all: no finding above may rest on it.
    unknown = counts.unknown_reasons()
    ballot_statuses[unknown != 0] = BallotStatus.REVIEW
    ballot_reasons = np.where(unknown != 0, unknown, ballot_reasons)
    return _interpretation(states, ballot_statuses, ballot_reasons, columns, rules)


def put_to_people(
    interpretation: Interpretation, reasons: Flags, columns: ContestColumns, rules: VotingRules
) -> Interpretation:
    """Let ballots wait that show something besides their marks.

    What a ballot is worth by its marks alone is no longer said of them, also where that was
    invalid: writing may be what was taken for a mark.

    Args:
        interpretation: What the rules made of the marks.
        reasons: (B,) `Reason` flags of what else was found; 0 where nothing was.
        columns: Of the contest.
        rules: What rows with both boxes, or neither, count as on a valid ballot.
    """
    asked = reasons != 0
    if not asked.any():
        return interpretation
    statuses = np.where(asked, np.int8(BallotStatus.REVIEW), interpretation.statuses)
    flags = np.where(asked, interpretation.reasons | reasons, interpretation.reasons)
    return _interpretation(
        interpretation.row_states, statuses, flags.astype(np.int32), columns, rules
    )


def apply_conclusions(
    interpretation: Interpretation,
    conclusions: Statuses,
    reasons: Flags,
    columns: ContestColumns,
    rules: VotingRules,
) -> Interpretation:
    """Put what people concluded about whole ballots in the place of the rules' judgement.

    A conclusion `VALID` cannot make a vote out of a row that nobody has read, nor more votes than
    seats: such ballots stay as they are until the rows are decided.

    Args:
        interpretation: What the rules made of the ballots, decided rows included.
        conclusions: (B,) `BallotStatus`; `REVIEW` where people concluded nothing.
        reasons: (B,) `Reason` flags that go with `INVALID`.
        columns: Of the contest.
        rules: What rows with both boxes, or neither, count as on a valid ballot.

    Raises:
        ValueError: A ballot is concluded invalid without a reason.
    """
    if np.any((conclusions == BallotStatus.INVALID) & (reasons == 0)):
        msg = "a ballot is concluded invalid without a reason"
        raise ValueError(msg)
    counts = _Counts(interpretation.row_states)
    may_be_valid = (counts.unknown_reasons() == 0) & (counts.votes <= columns.seats)
    to_valid = (conclusions == BallotStatus.VALID) & may_be_valid
    to_invalid = conclusions == BallotStatus.INVALID
    statuses = interpretation.statuses.copy()
    statuses[to_valid] = BallotStatus.VALID
    statuses[to_invalid] = BallotStatus.INVALID
    flags = np.where(to_valid, np.int32(0), np.where(to_invalid, reasons, interpretation.reasons))
    return _interpretation(
        interpretation.row_states, statuses, flags.astype(np.int32), columns, rules
    )


def _interpretation(
    states: Statuses,
    ballot_statuses: Statuses,
    reasons: Flags,
    columns: ContestColumns,
    rules: VotingRules,
) -> Interpretation:
    valid = (ballot_statuses == BallotStatus.VALID)[:, None]
    both, neither = _void_row_verdicts(columns, rules)
    disagrees = states == RowState.DISAGREE
    if both is RowVerdict.DISAGREE:
        disagrees |= states == RowState.BOTH
    if neither is RowVerdict.DISAGREE:
        disagrees |= states == RowState.NEITHER
    return Interpretation(
        row_states=states,
        votes=is_in(states, *VOTES) & valid,
        disagrees=disagrees & valid,
        statuses=ballot_statuses,
        reasons=reasons,
    )


# --- rows ---------------------------------------------------------------------------------------

_ONE_BOX = {
    # What the box holds: the row in a list of choices, and in a list of names.
    MarkStatus.UNREAD: (RowState.UNREAD, RowState.UNREAD),
    MarkStatus.EMPTY: (RowState.NOT_CHOSEN, RowState.KEPT),
    MarkStatus.MARGINAL: (RowState.UNCLEAR, RowState.UNCLEAR),
    MarkStatus.MARKED: (RowState.CHOSEN, RowState.STRUCK),
    MarkStatus.CANCELLED: (RowState.UNCLEAR, RowState.UNCLEAR),
}
_TWO_BOXES = {
    (MarkStatus.MARKED, MarkStatus.EMPTY): RowState.AGREE,
    (MarkStatus.EMPTY, MarkStatus.MARKED): RowState.DISAGREE,
    (MarkStatus.MARKED, MarkStatus.MARKED): RowState.BOTH,
    (MarkStatus.EMPTY, MarkStatus.EMPTY): RowState.NEITHER,
}
_CHOICE_ROWS = np.array([_ONE_BOX[status][0] for status in MarkStatus], np.int8)
_STRIKE_ROWS = np.array([_ONE_BOX[status][1] for status in MarkStatus], np.int8)
_PAIR_ROWS = np.array(
    [
        _TWO_BOXES.get(
            (agree, disagree),
            RowState.UNREAD if MarkStatus.UNREAD in {agree, disagree} else RowState.UNCLEAR,
        )
        for agree in MarkStatus
        for disagree in MarkStatus
    ],
    np.int8,
)


def _row_states(statuses: Statuses, columns: ContestColumns) -> Statuses:
    """(B, R) state of each row, by looking it up."""
    match columns.marking:
        case Marking.AGREE_DISAGREE:
            agree, disagree = _take(statuses, columns.agree), _take(statuses, columns.disagree)
            return np.take(_PAIR_ROWS, agree * len(MarkStatus) + disagree)
        case Marking.CHOOSE:
            return np.take(_CHOICE_ROWS, _take(statuses, columns.choose))
        case Marking.STRIKE_OUT:
            return np.take(_STRIKE_ROWS, _take(statuses, columns.strike))


def _take(statuses: Statuses, places: Indices) -> Statuses:
    """(B, R) statuses of some columns; a column that does not exist is unread."""
    taken: Statuses = np.where(places >= 0, statuses[:, places], np.int8(MarkStatus.UNREAD))
    if taken.size and not 0 <= taken.min() <= taken.max() < len(MarkStatus):
        msg = "an array of statuses holds a number that is no MarkStatus"
        raise ValueError(msg)
    return taken


class _Counts:
    """(B,) how many rows of each ballot are in which state."""

    def __init__(self, states: Statuses) -> None:
        ballots, kinds = len(states), len(RowState)
        at = states + kinds * np.arange(ballots)[:, None]
        counted = np.bincount(at.ravel(), minlength=ballots * kinds)
        self._of_state = counted.reshape(ballots, kinds).T

    def of(self, *states: RowState) -> NDArray[np.intp]:
        """How many rows are in one of these states."""
        found: NDArray[np.intp] = sum(self._of_state[state] for state in states)
        return found

    @property
    def votes(self) -> NDArray[np.intp]:
        """How many candidates the ballot would elect."""
        return self.of(*VOTES)

    def unknown_reasons(self) -> Flags:
        """UNREADABLE and UNCLEAR, where a row is."""
        unread = np.where(self.of(RowState.UNREAD) > 0, int(Reason.UNREADABLE), 0)
        unclear = np.where(self.of(RowState.UNCLEAR) > 0, int(Reason.UNCLEAR), 0)
        return (unread | unclear).astype(np.int32)


# --- findings: what the rules have a word about, on which ballots ------------------------------

Finding = tuple[Verdict, Bools, Reason]

_VERDICT_OF_ROW = {
    RowVerdict.ROW_NOT_COUNTED: Verdict.VALID,
    RowVerdict.DISAGREE: Verdict.VALID,
    RowVerdict.INVALID: Verdict.INVALID,
    RowVerdict.COMMITTEE: Verdict.COMMITTEE,
}


def _void_row_verdicts(
    columns: ContestColumns, rules: VotingRules
) -> tuple[RowVerdict, RowVerdict]:
    """What rows with both boxes, and with neither, do."""
    if columns.rows == 1:
        return rules.single_both, rules.single_neither
    return rules.row_both, rules.row_neither


def _find_in_two_boxes(
    counts: _Counts, columns: ContestColumns, rules: VotingRules
) -> list[Finding]:
    both, neither = _void_row_verdicts(columns, rules)
    has_both, has_neither = counts.of(RowState.BOTH) > 0, counts.of(RowState.NEITHER) > 0
    if columns.rows == 1:
        return [
            (_VERDICT_OF_ROW[both], has_both, Reason.SINGLE_BOTH),
            (_VERDICT_OF_ROW[neither], has_neither, Reason.SINGLE_NEITHER),
        ]
    disagreeing = [RowState.DISAGREE]
    disagreeing += [RowState.BOTH] if both is RowVerdict.DISAGREE else []
    disagreeing += [RowState.NEITHER] if neither is RowVerdict.DISAGREE else []
    no_vote, disagrees = counts.votes == 0, counts.of(*disagreeing) > 0
    return [
        (_VERDICT_OF_ROW[both], has_both, Reason.ROW_BOTH),
        (_VERDICT_OF_ROW[neither], has_neither, Reason.ROW_NEITHER),
        (rules.overvote, counts.votes > columns.seats, Reason.OVERVOTE),
        (rules.none_agreed, no_vote & disagrees, Reason.NONE_CHOSEN),
        (rules.all_rows_void, no_vote & ~disagrees, Reason.ALL_ROWS_VOID),
    ]


def _find_in_choices(counts: _Counts, columns: ContestColumns, rules: VotingRules) -> list[Finding]:
    return [
        (rules.overvote, counts.votes > columns.seats, Reason.OVERVOTE),
        (rules.none_chosen, counts.votes == 0, Reason.NONE_CHOSEN),
    ]


def _find_in_strikes(counts: _Counts, columns: ContestColumns, rules: VotingRules) -> list[Finding]:
    over = counts.votes > columns.seats
    all_struck = rules.single_struck if columns.rows == 1 else rules.none_chosen
    return [
        (rules.overvote, over, Reason.OVERVOTE),
        (rules.overvote, over & (counts.of(RowState.STRUCK) == 0), Reason.UNTOUCHED),
        (all_struck, counts.votes == 0, Reason.NONE_CHOSEN),
    ]
