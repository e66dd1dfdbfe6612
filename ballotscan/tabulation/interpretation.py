"""Voting rules on whole arrays: from what is in each box to what each ballot is worth.

Row states come first; the rules then judge the contest on each ballot. Rows that a person must look at
send the contest to people, whatever the other rows say. How a row is read is a matter of the way of
marking: one module each, in the table below.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, Reason
from ballotscan.election.rules import Verdict, VotingRules
from ballotscan.tabulation.choices import read_choices
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.points import read_points
from ballotscan.tabulation.rankings import read_ranking
from ballotscan.tabulation.readings import Bools, Counts, Finding, Flags, Reading, Statuses
from ballotscan.tabulation.strike_lists import read_strike_list
from ballotscan.tabulation.three_levels import read_levels
from ballotscan.tabulation.two_boxes import read_two_boxes

Read = Callable[[Statuses, ContestColumns, VotingRules], tuple[Reading, list[Finding]]]

_WAYS: dict[Marking, Read] = {
    Marking.AGREE_DISAGREE: read_two_boxes,
    Marking.CHOOSE: read_choices,
    Marking.APPROVE: read_choices,
    Marking.STRIKE_OUT: read_strike_list,
    Marking.ONE_OF_THREE: read_levels,
    Marking.POINTS: read_points,
    Marking.RANK: read_ranking,
}


@dataclass(frozen=True, slots=True, eq=False)
class Interpretation:
    """One contest on B ballots with R rows.

    All arrays have ballots along their first axis. The first five are those of `Reading`.

    Attributes:
        votes: (B, R) votes that count for each candidate; none on ballots that are not valid. Where
            candidates are ranked: those of the first round.
        disagrees: (B, R) rows that count as disagree.
        statuses: (B,) `BallotStatus`.
        reasons: (B,) `Reason` flags; 0 on valid ballots.
    """

    row_states: Statuses
    given: Counts
    against: Bools
    unknown: Flags
    grid: Bools
    votes: Counts
    disagrees: Bools
    statuses: Statuses
    reasons: Flags

    @property
    def reading(self) -> Reading:
        """What stands on the paper."""
        return Reading(self.row_states, self.given, self.against, self.unknown, self.grid)


def interpret_contest(
    statuses: Statuses, columns: ContestColumns, rules: VotingRules
) -> Interpretation:
    """Judge one contest on every ballot.

    Args:
        statuses: (B, P) `MarkStatus` of all columns of the ballot.
        columns: Which of them are the contest's.
        rules: What findings mean.
    """
    reading, findings = _WAYS[columns.marking](statuses, columns, rules)
    reasons = {verdict: np.zeros(len(statuses), np.int32) for verdict in Verdict}
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
    unknown = reading.unknown
    ballot_statuses[unknown != 0] = BallotStatus.REVIEW
    ballot_reasons = np.where(unknown != 0, unknown, ballot_reasons)
    return _interpretation(reading, ballot_statuses, ballot_reasons, rules)


def put_to_people(
    interpretation: Interpretation, reasons: Flags, rules: VotingRules
) -> Interpretation:
    """Let ballots wait that show something besides their marks.

    What a ballot is worth by its marks alone is no longer said of them, also where that was
    invalid: writing may be what was taken for a mark.

    Args:
        interpretation: What the rules made of the marks.
        reasons: (B,) `Reason` flags of what else was found; 0 where nothing was.
        rules: Those of the election.
    """
    asked = reasons != 0
    if not asked.any():
        return interpretation
    statuses = np.where(asked, np.int8(BallotStatus.REVIEW), interpretation.statuses)
    flags = np.where(asked, interpretation.reasons | reasons, interpretation.reasons)
    return _interpretation(interpretation.reading, statuses, flags.astype(np.int32), rules)


def apply_conclusions(
    interpretation: Interpretation,
    conclusions: Statuses,
    reasons: Flags,
    columns: ContestColumns,
    rules: VotingRules,
) -> Interpretation:
    """Put what people concluded about whole ballots in the place of the rules' judgement.

    A conclusion `VALID` cannot make a vote out of a row that nobody has read, nor more votes than
    the ballot may give: such ballots stay as they are until the rows are decided. Rows that the rules
    leave to people count for nothing on a ballot that people find valid.

    Args:
        interpretation: What the rules made of the ballots, decided rows included.
        conclusions: (B,) `BallotStatus`; `REVIEW` where people concluded nothing.
        reasons: (B,) `Reason` flags that go with `INVALID`.
        columns: Of the contest.
        rules: Those of the election.

    Raises:
        ValueError: A ballot is concluded invalid without a reason.
    """
    if np.any((conclusions == BallotStatus.INVALID) & (reasons == 0)):
        msg = "a ballot is concluded invalid without a reason"
        raise ValueError(msg)
    reading = interpretation.reading
    may_be_valid = (reading.unknown == 0) & (reading.total <= columns.most_votes)
    to_valid = (conclusions == BallotStatus.VALID) & may_be_valid
    to_invalid = conclusions == BallotStatus.INVALID
    statuses = interpretation.statuses.copy()
    statuses[to_valid] = BallotStatus.VALID
    statuses[to_invalid] = BallotStatus.INVALID
    flags = np.where(to_valid, np.int32(0), np.where(to_invalid, reasons, interpretation.reasons))
    return _interpretation(reading, statuses, flags.astype(np.int32), rules)


def _interpretation(
    reading: Reading, statuses: Statuses, reasons: Flags, rules: VotingRules
) -> Interpretation:
    valid = (statuses == BallotStatus.VALID)[:, None]
    disagrees = reading.against & valid
    if rules.invalid_disagrees:
        # Not what was never issued: that is no ballot.
        issued = (reasons & np.int32(Reason.NOT_ISSUED)) == 0
        disagrees |= ((statuses == BallotStatus.INVALID) & issued)[:, None]
    return Interpretation(
        row_states=reading.row_states,
        given=reading.given,
        against=reading.against,
        unknown=reading.unknown,
        grid=reading.grid,
        votes=np.where(valid, reading.given, np.int8(0)),
        disagrees=disagrees,
        statuses=statuses,
        reasons=reasons,
    )
