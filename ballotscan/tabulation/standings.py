"""Where each candidate stands, as far as it is certain.

Shares are compared in whole numbers, 2 x votes > base, never as percentages. What ballots that are
not decided could still change is bounded, not guessed. A tie is reported; the program never picks.
"""

from collections.abc import Sequence
from enum import StrEnum

from ballotscan.election.rules import Base, Threshold, VotingRules
from ballotscan.tabulation.rounds import RunOff

_COUNTED = (Base.VALID, Base.VOTES)  # bases that grow with the ballots


class Standing(StrEnum):
    """What became of one candidate."""

    ELECTED = "elected"
    NOT_ELECTED = "not-elected"
    TIED = "tied"  # equal votes cross the last seat; people decide
    OPEN = "open"  # ballots that are not decided yet can change it
    UNKNOWN = "unknown"  # the base of the percentage has not been entered
    RATED = "rated"  # a vote of confidence elects nobody


class StandingReason(StrEnum):
    """Why a candidate stands there."""

    ENOUGH_VOTES = "enough-votes"
    BELOW_THRESHOLD = "below-threshold"  # not more than half of the base
    NO_VOTES = "no-votes"  # nobody is elected without a vote
    OTHERS_HAVE_MORE = "others-have-more"  # the seats are taken
    TIE_AT_THE_LAST_SEAT = "tie-at-the-last-seat"
    BALLOTS_PENDING = "ballots-pending"
    BASE_NOT_ENTERED = "base-not-entered"
    TIE_IN_A_ROUND = "tie-in-a-round"  # of several with equal votes one has to leave, or wins
    TURNOUT_TOO_LOW = "turnout-too-low"  # too few took part: nobody is elected
    NO_ELECTION = "no-election"  # a vote of confidence


Place = tuple[Standing, StandingReason]


class Bounds:
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
        self._base_grows = pending if rules.base in _COUNTED else 0

    @property
    def needed(self) -> int | None:
        """Least number of votes to be elected; None where the base is not known."""
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


def everybody(count: int, standing: Standing, reason: StandingReason) -> list[Place]:
    """The same for all candidates."""
    return [(standing, reason)] * count


def stand_after_rounds(rounds: RunOff, valid: int, pending: int) -> list[Place]:
    """Where ranked candidates stand.

    Args:
        rounds: As far as they could be counted.
        valid: Valid ballots.
        pending: Ballots that may still bring votes. One of them may turn a round, and with it all that
            follow: only who has more than half of all ballots, those pending included, at once is
            sure.
    """
    first, count = rounds.rounds[0], len(rounds.rounds[0].votes)
    if pending:
        sure = [2 * votes > valid + pending for votes in first.votes]
        if not any(sure):
            return everybody(count, Standing.OPEN, StandingReason.BALLOTS_PENDING)
        return [_won() if wins else _lost() for wins in sure]
    if rounds.winner is not None:
        return [_won() if number == rounds.winner else _lost() for number in range(1, count + 1)]
    if not rounds.tied:
        return everybody(count, Standing.NOT_ELECTED, StandingReason.NO_VOTES)
    gone = {number for one in rounds.rounds for number in one.left}
    tied = (Standing.TIED, StandingReason.TIE_IN_A_ROUND)
    waits = (Standing.OPEN, StandingReason.TIE_IN_A_ROUND)
    return [
        tied if number in rounds.tied else _lost() if number in gone else waits
        for number in range(1, count + 1)
    ]


def _won() -> Place:
    return Standing.ELECTED, StandingReason.ENOUGH_VOTES


def _lost() -> Place:
    return Standing.NOT_ELECTED, StandingReason.OTHERS_HAVE_MORE
