"""What came of a rehearsal, apart from how one is made: counting asks whether one was passed."""

from dataclasses import dataclass

from ballotscan.election.records import RowState


@dataclass(frozen=True, slots=True)
class Misreading:
    """A row that was read, without a question, as something that the plan does not say."""

    ballot: str
    contest_id: str
    candidate: int
    planned: RowState
    read: RowState


@dataclass(frozen=True, slots=True)
class RehearsalVerdict:
    """What came of a rehearsal.

    Attributes:
        ballots: Planned ballots.
        rows: Rows on those of them that were read.
        wrong: Rows read otherwise than planned, without a question.
        lost: Ballots that were not read as the ballot they are, or not at all.
        asked: Ballots put to people, as the plan wants.
        asked_besides: Ballots put to people though their plan is clear: slow, not wrong.
        totals_differ: Contests whose totals are not those of the plan.
        surplus: Ballots read beyond those planned: a sheet was scanned twice, or does not belong.
    """

    ballots: int
    rows: int
    wrong: tuple[Misreading, ...]
    lost: tuple[str, ...]
    asked: tuple[str, ...]
    asked_besides: tuple[str, ...]
    totals_differ: tuple[str, ...]
    surplus: int = 0

    @property
    def has_passed(self) -> bool:
        """Nothing was read wrongly without a question, no ballot is lost or too many, the totals agree."""
        return not (self.wrong or self.lost or self.totals_differ or self.surplus)
