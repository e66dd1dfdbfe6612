"""Who is elected, what is open, and whether the numbers fit each other."""

from dataclasses import dataclass
from enum import StrEnum

from ballotscan.election.definition import Attendance, Contest, Marking
from ballotscan.election.rules import Base, Threshold, Tie, VotingRules
from ballotscan.tabulation.rounds import RunOff
from ballotscan.tabulation.standings import (
    Bounds,
    Place,
    Standing,
    StandingReason,
    everybody,
    stand_after_rounds,
)
from ballotscan.tabulation.tally import ContestTally


class Remark(StrEnum):
    """What a reader of the result must know besides the list."""

    BASE_NOT_ENTERED = "base-not-entered"
    BALLOTS_PENDING = "ballots-pending"
    TIE = "tie"
    SEATS_LEFT = "seats-left"  # fewer elected than seats, and no ballot can change that
    TURNOUT_TOO_LOW = "turnout-too-low"  # the election has to be held again


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
        needed: Least number of votes to be elected: more than half of the base, or one; None where the
            base has not been entered, or nobody is elected by a number of votes.
        pending: Ballots that may still bring votes: waiting for people, not identified, not read.
        candidates: In ballot order.
        elected: Numbers of those elected, most votes first; equal votes in ballot order.
        tied: Numbers of those tied at the last seat.
        seats_tied: How many seats are left for the tied.
        tie: What the rules say about ties.
        remarks: In the order of `Remark`.
        to_enter: Keys of `[attendance]` that nothing can be published without, as far as they are not
            entered: the base, and who was called up and came where the turnout decides.
        rounds: Of ranked contests.
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
    to_enter: tuple[str, ...] = ()
    rounds: RunOff | None = None

    @property
    def is_final(self) -> bool:
        """No ballot is pending, and every candidate is elected or not."""
        final = {Standing.ELECTED, Standing.NOT_ELECTED, Standing.RATED}
        return self.pending == 0 and all(one.standing in final for one in self.candidates)


def decide_outcome(  # noqa: PLR0913 - all that an outcome rests on, each by its name
    tally: ContestTally,
    contest: Contest,
    rules: VotingRules,
    attendance: Attendance,
    *,
    unidentified: int = 0,
    rounds: RunOff | None = None,
) -> Outcome:
    """Say who is elected as far as it is certain.

    Args:
        tally: The totals of the contest.
        contest: The contest.
        rules: Base, threshold, and what happens to ties.
        attendance: The numbers of this contest that people entered.
        unidentified: Ballots read of which it is not known whether they belong to this contest.
        rounds: Of a ranked contest.
    """
    missing = max((attendance.collected or 0) - tally.ballots, unidentified, 0)
    pending = tally.review + missing
    base = _base(tally, rules, attendance)
    # As many votes as all pending ballots together can give one candidate.
    open_votes = pending * (contest.points if contest.marking is Marking.POINTS else 1)
    bounds = Bounds(tally.votes, contest.seats, open_votes, base, rules)
    is_low = _turnout_is_too_low(rules, attendance)
    count = len(tally.votes)
    places: list[Place]
    if is_low:
        places = everybody(count, Standing.NOT_ELECTED, StandingReason.TURNOUT_TOO_LOW)
    elif not contest.elects:
        places = _rated(count, base, pending)
    elif rounds is not None:
        places = stand_after_rounds(rounds, tally.valid, pending)
    else:
        places = [bounds.standing(index) for index in range(count)]
    candidates = tuple(
        CandidateOutcome(number, votes, *place)
        for number, (votes, place) in enumerate(zip(tally.votes, places, strict=True), start=1)
    )
    elected = sorted(
        (one for one in candidates if one.standing is Standing.ELECTED),
        key=lambda one: (-one.votes, one.candidate),
    )
    standings = {one.standing for one in candidates}
    tied = tuple(one.candidate for one in candidates if one.standing is Standing.TIED)
    is_settled = not standings & {Standing.OPEN, Standing.UNKNOWN, Standing.TIED}
    has_seats = contest.elects and not is_low
    remarks = {
        Remark.BASE_NOT_ENTERED: base is None,
        Remark.BALLOTS_PENDING: pending > 0,
        Remark.TIE: bool(tied),
        Remark.SEATS_LEFT: has_seats and is_settled and len(elected) < contest.seats,
        Remark.TURNOUT_TOO_LOW: is_low,
    }
    return Outcome(
        base_kind=rules.base,
        base=base,
        needed=bounds.needed if contest.elects and rounds is None else None,
        seats=contest.seats,
        pending=pending,
        candidates=candidates,
        elected=tuple(one.candidate for one in elected),
        tied=tied,
        seats_tied=contest.seats - len(elected) if tied else 0,
        tie=rules.tie,
        remarks=tuple(remark for remark, holds in remarks.items() if holds),
        to_enter=_to_enter(base, rules, attendance),
        rounds=rounds,
    )


def _to_enter(base: int | None, rules: VotingRules, attendance: Attendance) -> tuple[str, ...]:
    """What is missing and decides."""
    missing = [] if base is not None else [base_key(rules.base)]
    if rules.turnout is not Threshold.NONE:
        turnout = {"convened": attendance.convened, "present": attendance.present}
        missing += [key for key, number in turnout.items() if number is None and key not in missing]
    return tuple(missing)


def base_key(base: Base) -> str:
    """The key of `[attendance]` that a base stands under."""
    return "base" if base is Base.COMMITTEE else base.value


def _base(tally: ContestTally, rules: VotingRules, attendance: Attendance) -> int | None:
    """The number that shares are taken of; None where people have not entered it."""
    match rules.base:
        case Base.VALID:
            return tally.valid
        case Base.VOTES:
            return sum(tally.votes)
        case Base.COMMITTEE:
            return attendance.base
        case _:
            entered: int | None = getattr(attendance, rules.base.value)
            return entered


def _turnout_is_too_low(rules: VotingRules, attendance: Attendance) -> bool:
    """Whether so few took part that the election does not count; not said before it is known."""
    called, came = attendance.convened, attendance.present
    if rules.turnout is Threshold.NONE or called is None or came is None:
        return False
    return 2 * came <= called


def _rated(count: int, base: int | None, pending: int) -> list[Place]:
    """A vote of confidence: shares are reported, nobody is elected."""
    if base is None:
        return everybody(count, Standing.UNKNOWN, StandingReason.BASE_NOT_ENTERED)
    if pending:
        return everybody(count, Standing.OPEN, StandingReason.BALLOTS_PENDING)
    return everybody(count, Standing.RATED, StandingReason.NO_ELECTION)


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
        (kinds.VALID_EXCEEDS_BASE, True, outcome.base, tally.valid, base_key(outcome.base_kind)),
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
    entered = {"issued": issued, "collected": collected} | dict.fromkeys(outcome.to_enter)
    failed += [
        Discrepancy(kinds.NOT_ENTERED, key in outcome.to_enter, contest_id, None, None, key)
        for key, number in entered.items()
        if number is None
    ]
    return tuple(sorted(failed, key=lambda one: not one.stops))
