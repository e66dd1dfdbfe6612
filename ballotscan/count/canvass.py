"""From the ledger to the result: statuses, ballots, tallies, outcome, and every page accounted for."""

from collections.abc import Iterator
from dataclasses import dataclass

from ballotscan.election.definition import Contest, Election
from ballotscan.election.records import CastVoteRecord
from ballotscan.election.rules import VotingRules
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.outcome import Discrepancy, Outcome
from ballotscan.tabulation.tally import ContestTally


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A scan file that could not be read; it is in no total, and the run ends with an error."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class ContestResult:
    """One contest: what the ballots say and what follows from it."""

    contest: Contest
    interpretation: Interpretation
    tally: ContestTally
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BallotCounts:
    """How many ballots were read; valid + invalid + review = read, unidentified is part of review."""

    read: int
    valid: int
    invalid: int
    review: int
    unidentified: int


@dataclass(frozen=True, slots=True, eq=False)
class Canvass:
    """The whole count as it stands now."""

    election: Election
    rules: VotingRules
    contests: tuple[ContestResult, ...]
    counts: BallotCounts
    discrepancies: tuple[Discrepancy, ...]
    damaged: tuple[DamagedFile, ...]

    def records(self) -> Iterator[CastVoteRecord]:
        """Every ballot, in the order of the scans."""
        raise NotImplementedError
