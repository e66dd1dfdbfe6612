"""Who is elected, what is open, and whether the numbers fit each other.

Shares are compared in whole numbers, 2 x votes > base, never as percentages. What ballots that are
not decided could still change is bounded, not guessed: each of them may give any candidate one
vote or none. A tie at the last seat is reported; the program never picks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ballotscan.election.definition import Attendance, Contest
from ballotscan.election.rules import Base, Threshold, Tie, VotingRules
from ballotscan.tabulation.tally import ContestTally


class Standing(StrEnum):
    """What became of one candidate."""

    ELECTED = "elected"
    NOT_ELECTED = "not-elected"
    TIED = "tied"  # equal votes cross the last seat; people decide
    OPEN = "open"  # ballots that are not decided yet can change it
    UNKNOWN = "unknown"  # the base of the percentage has not been entered


class StandingReason(StrEnum):
    """Why a candidate stands there."""

    ENOUGH_VOTES = "enough-votes"
    BELOW_THRESHOLD = "below-threshold"  # not more than half of the base
    NO_VOTES = "no-votes"  # nobody is elected without a vote
    OTHERS_HAVE_MORE = "others-have-more"  # the seats are taken
    TIE_AT_THE_LAST_SEAT = "tie-at-the-last-seat"
    BALLOTS_PENDING = "ballots-pending"
    BASE_NOT_ENTERED = "base-not-entered"


class Remark(StrEnum):
    """What a reader of the result must know besides the list."""

    BASE_NOT_ENTERED = "base-not-entered"
    BALLOTS_PENDING = "ballots-pending"
    TIE = "tie"
    SEATS_LEFT = "seats-left"  # fewer elected than seats, and no ballot can change that


@dataclass(frozen=True, slots=True)
class CandidateOutcome:
    """One candidate.

    Attributes:
        candidate: Number in ballot order, from 1.
    """

    candidate: int
    votes: int
    standing: Standing
    reason: StandingReason


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one contest as it stands now.

    Attributes:
        base_kind: What shares are taken of.
        base: That number; None where it has not been entered.
        needed: Least number of votes to be elected: more than half of the base, or one.
        pending: Ballots that may still bring votes: waiting for people, not identified, not read.
        candidates: In ballot order.
        elected: Numbers of those elected, most votes first; equal votes in ballot order.
        tied: Numbers of those tied at the last seat.
        seats_tied: How many seats are left for the tied.
        tie: What the rules say about ties.
        remarks: In the order of `Remark`.
    """

    base_kind: Base
    base: int | None
    needed: int | None
    seats: int
    pending: int
    candidates: tuple[CandidateOutcome, ...]
    elected: tuple[int, ...]
    tied: tuple[int, ...]
    seats_tied: int
    tie: Tie
    remarks: tuple[Remark, ...]

    @property
    def is_final(self) -> bool:
        """No ballot is pending, and every candidate is elected or not."""
        final = {Standing.ELECTED, Standing.NOT_ELECTED}
        return self.pending == 0 and all(one.standing in final for one in self.candidates)

    @property
    def base_to_enter(self) -> str | None:
        """The key of `[attendance]` that has to be entered first; None where nothing is missing."""
        return self.base_kind.value if self.base is None else None


def decide_outcome(
    tally: ContestTally,
    contest: Contest,
    rules: VotingRules,
    attendance: Attendance,
    *,
    unidentified: int = 0,
) -> Outcome:
    """Say who is elected as far as it is certain.

    Args:
        tally: The totals of the contest.
        contest: The contest.
        rules: Base, threshold, and what happens to ties.
        attendance: The numbers of this contest that people entered.
        unidentified: Ballots read of which it is not known whether they belong to this contest.
    """
    missing = max((attendance.collected or 0) - tally.ballots, unidentified, 0)
    pending = tally.review + missing
    base = tally.valid if rules.base is Base.VALID else getattr(attendance, rules.base.value)
    bounds = _Bounds(tally.votes, contest.seats, pending, base, rules)
    candidates = tuple(
        CandidateOutcome(index + 1, votes, *bounds.standing(index))
        for index, votes in enumerate(tally.votes)
    )
    elected = sorted(
        (one for one in candidates if one.standing is Standing.ELECTED),
        key=lambda one: (-one.votes, one.candidate),
    )
    standings = {one.standing for one in candidates}
    tied = tuple(one.candidate for one in candidates if one.standing is Standing.TIED)
    is_settled = not standings & {Standing.OPEN, Standing.UNKNOWN, Standing.TIED}
    remarks = {
        Remark.BASE_NOT_ENTERED: base is None,
        Remark.BALLOTS_PENDING: pending > 0,
        Remark.TIE: bool(tied),
        Remark.SEATS_LEFT: is_settled and len(elected) < contest.seats,
    }
    return Outcome(
        base_kind=rules.base,
        base=base,
        needed=bounds.needed,
        seats=contest.seats,
        pending=pending,
        candidates=candidates,
        elected=tuple(one.candidate for one in elected),
        tied=tied,
        seats_tied=contest.seats - len(elected) if tied else 0,
        tie=rules.tie,
        remarks=tuple(remark for remark, holds in remarks.items() if holds),
    )


class _Bounds:
    """What the pending ballots can and cannot change.

    Every candidate may end with `votes` to `votes + pending`, each on its own: more than is
    possible together, so that too much is called open, never too little.
    """

    def __init__(
        self,
        votes: Sequence[int],
        seats: int,
        pending: int,
        base: int | None,
        rules: VotingRules,
    ) -> None:
        self._votes = votes
        self._seats = seats
        self._pending = pending
        self._base = base
        self._threshold = rules.threshold
        # A pending ballot that turns out valid raises the base, too.
        self._base_grows = pending if rules.base is Base.VALID else 0

    @property
    def needed(self) -> int | None:
        if self._threshold is Threshold.NONE:
            return 1
        return None if self._base is None else self._base // 2 + 1

    def standing(self, index: int) -> tuple[Standing, StandingReason]:
        """Where one candidate stands, and why."""
        if self.needed is None:
            return Standing.UNKNOWN, StandingReason.BASE_NOT_ENTERED
        votes = self._votes[index]
        if not self._can_pass(votes):
            has_threshold = self._threshold is Threshold.MORE_THAN_HALF
            reason = StandingReason.BELOW_THRESHOLD if has_threshold else StandingReason.NO_VOTES
            return Standing.NOT_ELECTED, reason
        others = [other for at, other in enumerate(self._votes) if at != index]
        best = votes + self._pending
        surely_above = sum(self._must_pass(other) and other > best for other in others)
        if surely_above >= self._seats:
            return Standing.NOT_ELECTED, StandingReason.OTHERS_HAVE_MORE
        not_below = sum(
            self._can_pass(other) and other + self._pending >= votes for other in others
        )
        if self._must_pass(votes) and not_below < self._seats:
            return Standing.ELECTED, StandingReason.ENOUGH_VOTES
        if self._pending:
            return Standing.OPEN, StandingReason.BALLOTS_PENDING
        return Standing.TIED, StandingReason.TIE_AT_THE_LAST_SEAT

    def _can_pass(self, votes: int) -> bool:
        return self._passes(votes + self._pending)

    def _must_pass(self, votes: int) -> bool:
        return self._passes(votes)

    def _passes(self, votes: int) -> bool:
        if self._threshold is Threshold.NONE:
            return votes > 0
        # In both cases the base is the largest possible: a candidate gets a pending ballot's vote
        # only if that ballot is valid, and in the worst case it is valid and gives none.
        return 2 * votes > (self._base or 0) + self._base_grows


class DiscrepancyKind(StrEnum):
    """Two numbers that do not fit each other, or one that is missing."""

    COLLECTED_EXCEEDS_ISSUED = "collected-exceeds-issued"
    READ_EXCEEDS_ISSUED = "read-exceeds-issued"
    READ_EXCEEDS_COLLECTED = "read-exceeds-collected"  # a ballot scanned twice, or a wrong figure
    READ_BELOW_COLLECTED = "read-below-collected"  # ballots not scanned yet
    VALID_EXCEEDS_BASE = "valid-exceeds-base"
    BALLOTS_IN_REVIEW = "ballots-in-review"  # expected 0
    ISSUED_EXCEEDS_PRESENT = "issued-exceeds-present"
    PRESENT_EXCEEDS_CONVENED = "present-exceeds-convened"
    NOT_ENTERED = "not-entered"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One check that failed.

    Attributes:
        stops: Nothing may be published until it is cleared up; otherwise look at it.
        contest_id: Of which contest.
        expected: What the other number allows; None where there is none.
        found: The number that does not fit; None where it is missing.
        key: The key of `[attendance]` to look at; None where it is not about one.
    """

    kind: DiscrepancyKind
    stops: bool
    contest_id: str
    expected: int | None
    found: int | None
    key: str | None


def reconcile(
    contest_id: str,
    tally: ContestTally,
    outcome: Outcome,
    attendance: Attendance,
    *,
    unidentified: int = 0,
) -> tuple[Discrepancy, ...]:
    """Hold the totals of one contest against the numbers that people entered.

    Args:
        contest_id: The contest.
        tally: Its totals.
        outcome: What followed from them.
        attendance: The numbers of this contest that people entered.
        unidentified: Ballots read of which it is not known whether they belong to this contest.

    Returns:
        The checks that failed, the gravest first; empty where all numbers fit.
    """
    kinds = DiscrepancyKind
    convened, present = attendance.convened, attendance.present
    issued, collected = attendance.issued, attendance.collected
    read = tally.ballots
    # kind, stops, the number that must not be below, the number, key
    at_most: list[tuple[DiscrepancyKind, bool, int | None, int | None, str | None]] = [
        (kinds.COLLECTED_EXCEEDS_ISSUED, True, issued, collected, "collected"),
        (kinds.READ_EXCEEDS_ISSUED, True, issued, read, "issued"),
        (kinds.READ_EXCEEDS_COLLECTED, True, collected, read, "collected"),
        (kinds.VALID_EXCEEDS_BASE, True, outcome.base, tally.valid, outcome.base_kind.value),
        (kinds.BALLOTS_IN_REVIEW, True, 0, tally.review + unidentified, None),
        (kinds.ISSUED_EXCEEDS_PRESENT, False, present, issued, "issued"),
        (kinds.PRESENT_EXCEEDS_CONVENED, False, convened, present, "present"),
    ]
    failed = [
        Discrepancy(kind, stops, contest_id, limit, number, key)
        for kind, stops, limit, number, key in at_most
        if limit is not None and number is not None and number > limit
    ]
    if collected is not None and read < collected:
        below = kinds.READ_BELOW_COLLECTED
        failed.append(
            Discrepancy(
                below,
                stops=True,
                contest_id=contest_id,
                expected=collected,
                found=read,
                key="collected",
            )
        )
    entered = {"issued": issued, "collected": collected}
    if outcome.base_to_enter:
        entered[outcome.base_to_enter] = None
    failed += [
        Discrepancy(kinds.NOT_ENTERED, key == outcome.base_to_enter, contest_id, None, None, key)
        for key, number in entered.items()
        if number is None
    ]
    return tuple(sorted(failed, key=lambda one: not one.stops))
