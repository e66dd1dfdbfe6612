"""From the ledger to the result: what the machine read, what people concluded, tallies, outcome.

Every page is accounted for, and every total says how much of it the machine read and how much
people decided.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.ballots import BallotStack, take_rows
from ballotscan.count.concluded import ConcludedBallots
from ballotscan.count.questions import Conclusion
from ballotscan.count.reading import (
    CountedSheet,
    DamagedFile,
    MachineReading,
    record_of,
)
from ballotscan.count.residue import Residue
from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    CastVoteRecord,
    Decision,
    ExpectedMark,
    Question,
)
from ballotscan.election.rules import VotingRules
from ballotscan.marks.scoring import Feature
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.outcome import Discrepancy, Outcome, decide_outcome, reconcile
from ballotscan.tabulation.rounds import run_off
from ballotscan.tabulation.tally import ContestTally, tally_contest


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """What people decided in one contest.

    Attributes:
        decided: Ballots about which something was decided and settled.
        accepted: Of these, those that are valid.
        rejected: Of these, those that are invalid.
        unconfirmed: Invalid ballots that nobody has confirmed yet; the totals are the same, but no
            ballot is invalid for good before people have seen it.
    """

    decided: int
    accepted: int
    rejected: int
    unconfirmed: int


@dataclass(frozen=True, slots=True, eq=False)
class ContestResult:
    """One contest: what the ballots say and what follows from it.

    Attributes:
        interpretation: As people concluded, of the ballots that are in the count.
        tally: The totals of it.
        machine_tally: What the totals would be if nobody had decided anything.
        people: How much of it people decided.
    """

    contest: Contest
    interpretation: Interpretation
    tally: ContestTally
    outcome: Outcome
    machine_tally: ContestTally
    people: PeopleCounts


@dataclass(frozen=True, slots=True)
class BallotCounts:
    """How many ballots were read; valid + invalid + review = read, unidentified is part of review.

    Attributes:
        set_aside: Sheets that people took out of the count, not among those read.
        decided: Ballots about which people settled something.
    """

    read: int
    valid: int
    invalid: int
    review: int
    unidentified: int
    set_aside: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True)
class ConcludedBallot:
    """One ballot: what the machine read, and what it counts as.

    Attributes:
        machine: What the machine read (the snapshot that NIST calls interpreted).
        concluded: What it counts as (modified, where people decided); the same where nobody did.
        conclusions: Every question that somebody answered, in the order of the ballot.
    """

    machine: CastVoteRecord
    concluded: CastVoteRecord
    conclusions: tuple[Conclusion, ...]

    @property
    def settled(self) -> tuple[Adjudication, ...]:
        """The decisions that count."""
        return tuple(one.settled for one in self.conclusions if one.settled is not None)


def _says_bilevel(stack: BallotStack) -> int:
    """Which number of a box, or of a name, says that it was scanned without grey."""
    is_struck = stack.template.expected_mark is ExpectedMark.STRIKE
    return StrokeFeature.CUT if is_struck else Feature.BILEVEL


@dataclass(frozen=True, slots=True, eq=False)
class Canvass:
    """The whole count as it stands now.

    Attributes:
        contests: In the order of the definition.
        discrepancies: Numbers that do not agree with each other or with the attendance.
        damaged: Files of this run that could not be read.
        reading: What the machine read.
        ballots_concluded: The same as people concluded.
    """

    election: Election
    rules: VotingRules
    contests: tuple[ContestResult, ...]
    counts: BallotCounts
    discrepancies: tuple[Discrepancy, ...]
    damaged: tuple[DamagedFile, ...]
    reading: MachineReading
    ballots_concluded: ConcludedBallots

    @property
    def sheets(self) -> tuple[CountedSheet, ...]:
        """Every sheet as concluded, in the order of the scans."""
        return self.ballots_concluded.sheets

    @property
    def stacks(self) -> Mapping[str, BallotStack]:
        """The arrays of each ballot as concluded, by ballot id."""
        return self.ballots_concluded.stacks

    @property
    def withholds_totals(self) -> bool:
        """The rules show no totals while anything waits, and something does."""
        waits = self.counts.review or self.damaged
        return bool(waits) and not self.rules.totals_while_waiting

    @property
    def residue(self) -> tuple[Residue, ...]:
        """Ink that most sheets have at one place, and their template has not."""
        return tuple(one for stack in self.reading.stacks.values() for one in stack.residue)

    @property
    def unsealed_sheets(self) -> int:
        """Sheets with space for a seal where none of all has one, scanned without colour."""
        return sum(stack.unsealed for stack in self.reading.stacks.values())

    @property
    def bilevel_sheets(self) -> int:
        """Sheets that were scanned in black and white, without grey."""
        return sum(
            int((stack.features[:, :, _says_bilevel(stack)] > 0).any(axis=1).sum())
            for stack in self.reading.stacks.values()
        )

    def records(self) -> Iterator[CastVoteRecord]:
        """Every ballot as it counts, in the order of the scans."""
        for ballot in self.ballots():
            yield ballot.concluded

    def ballots(self) -> Iterator[ConcludedBallot]:
        """Every ballot with both readings, in the order of the scans."""
        concluded = self.ballots_concluded
        for before, after in zip(self.reading.sheets, concluded.sheets, strict=True):
            conclusions = tuple(concluded.conclusions.get(after.record_id, {}).values())
            machine = self.reading.record(before)
            if not conclusions:
                yield ConcludedBallot(machine, machine, ())
                continue
            record = record_of(after, concluded.stacks)
            if after.record_id in concluded.set_aside:
                record = replace(record, status=BallotStatus.SET_ASIDE, contests=())
            yield ConcludedBallot(machine, record, conclusions)


def canvass_ballots(reading: MachineReading, concluded: ConcludedBallots) -> Canvass:
    """Add up the ballots as people concluded."""
    counts = _count(concluded)
    # A file that cannot be opened may hold a ballot of any contest.
    unidentified = counts.unidentified + len(reading.damaged)
    contests = tuple(
        _judge(contest, reading, concluded, unidentified) for contest in reading.election.contests
    )
    return Canvass(
        election=reading.election,
        rules=reading.rules,
        contests=contests,
        counts=counts,
        discrepancies=tuple(
            discrepancy
            for result in contests
            for discrepancy in reconcile(
                result.contest.id,
                result.tally,
                result.outcome,
                reading.election.attendance_of(result.contest.id),
                unidentified=unidentified,
            )
        ),
        damaged=reading.damaged,
        reading=reading,
        ballots_concluded=concluded,
    )


def _judge(
    contest: Contest, reading: MachineReading, concluded: ConcludedBallots, unidentified: int
) -> ContestResult:
    rules = reading.rules
    in_count = concluded.in_count(contest.ballot_id)
    stack = concluded.stacks[contest.ballot_id]
    interpretation = stack.interpretations[contest.id]
    if not in_count.all():
        interpretation = take_rows(interpretation, in_count)
    machine = reading.stacks[contest.ballot_id].interpretations[contest.id]
    columns = stack.columns[contest.id]
    tally = tally_contest(interpretation, columns)
    attendance = reading.election.attendance_of(contest.id)
    missing = unidentified
    if attendance.collected is None:
        # Nobody can say whether the sheet that was set aside has been scanned again.
        missing += _to_come(concluded, contest)
    rounds = run_off(interpretation, rules) if contest.marking is Marking.RANK else None
    outcome = decide_outcome(tally, contest, rules, attendance, unidentified=missing, rounds=rounds)
    return ContestResult(
        contest,
        interpretation,
        tally,
        outcome,
        tally_contest(machine, columns),
        _count_people(contest, concluded, in_count),
    )


def _to_come(concluded: ConcludedBallots, contest: Contest) -> int:
    """Sheets that are to be scanned again and may be ballots of a contest."""
    return sum(
        decision.decision is Decision.RESCAN
        and concluded.sheet(record_id).ballot_id in {None, contest.ballot_id}
        for record_id, decision in concluded.set_aside.items()
    )


def _count_people(
    contest: Contest, concluded: ConcludedBallots, in_count: NDArray[np.bool_]
) -> PeopleCounts:
    statuses = concluded.stacks[contest.ballot_id].interpretations[contest.id].statuses
    invalid = in_count & (statuses == BallotStatus.INVALID)
    decided = np.zeros(len(statuses), dtype=bool)
    for record_id, conclusions in concluded.conclusions.items():
        sheet = concluded.sheet(record_id)
        if sheet.ballot_id != contest.ballot_id:
            continue
        settled = {
            question: one.settled
            for question, one in conclusions.items()
            if one.settled is not None and question.contest_id in {None, contest.id}
        }
        decided[sheet.row] = bool(settled)
        if _is_confirmed(settled, record_id, contest.id):
            invalid[sheet.row] = False
    decided &= in_count
    return PeopleCounts(
        decided=int(decided.sum()),
        accepted=int((decided & (statuses == BallotStatus.VALID)).sum()),
        rejected=int((decided & (statuses == BallotStatus.INVALID)).sum()),
        unconfirmed=int(invalid.sum()),
    )


def _is_confirmed(
    settled: Mapping[Question, Adjudication], record_id: str, contest_id: str
) -> bool:
    """Whether people themselves said that a contest on a ballot is invalid."""
    return any(
        one is not None and one.status is BallotStatus.INVALID
        for one in (settled.get(Question(record_id)), settled.get(Question(record_id, contest_id)))
    )


def _count(concluded: ConcludedBallots) -> BallotCounts:
    worth = {ballot_id: stack.worth.tolist() for ballot_id, stack in concluded.stacks.items()}
    statuses = Counter(
        int(BallotStatus.REVIEW)
        if sheet.ballot_id is None or sheet.reasons
        else worth[sheet.ballot_id][sheet.row]
        for sheet in concluded.sheets
    )
    unidentified = sum(sheet.ballot_id is None for sheet in concluded.sheets)
    for record_id in concluded.set_aside:
        sheet = concluded.sheet(record_id)
        is_known = sheet.ballot_id is not None and not sheet.reasons
        statuses[worth[sheet.ballot_id][sheet.row] if is_known and sheet.ballot_id else 0] -= 1
        unidentified -= sheet.ballot_id is None
    return BallotCounts(
        read=len(concluded.sheets) - len(concluded.set_aside),
        valid=statuses[BallotStatus.VALID],
        invalid=statuses[BallotStatus.INVALID],
        review=statuses[BallotStatus.REVIEW],
        unidentified=unidentified,
        set_aside=len(concluded.set_aside),
        decided=sum(
            any(one.settled is not None for one in conclusions.values())
            for conclusions in concluded.conclusions.values()
        ),
    )
