"""Which boxes and names a contest has on paper, by its way of marking.

Design prints them, templates name them, tabulation looks for them: one list for all.
"""

from dataclasses import dataclass

from ballotscan.election.definition import Contest, Marking
from ballotscan.election.records import BoxRole
from ballotscan.locale.message import Message, message

# What belongs to each candidate; None is the printed name, which may be struck out.
ROLES: dict[Marking, tuple[BoxRole | None, ...]] = {
    Marking.AGREE_DISAGREE: (BoxRole.AGREE, BoxRole.DISAGREE),
    Marking.CHOOSE: (BoxRole.CHOOSE,),
    Marking.STRIKE_OUT: (None,),
    Marking.APPROVE: (BoxRole.CHOOSE,),
    Marking.ONE_OF_THREE: (BoxRole.HIGH, BoxRole.CONFIDENCE, BoxRole.LOW),
    Marking.POINTS: (BoxRole.POINT,),
    Marking.RANK: (BoxRole.RANK,),
}


@dataclass(frozen=True, slots=True)
class ColumnKey:
    """What one box, or name, of a contest stands for.

    Attributes:
        candidate: Number of the candidate in ballot order, from 1; of the list, where the box is
            one for a whole list.
        role: What a mark says; None for a printed name.
        number: Which of several boxes of the candidate: the rank, or the first, second or third
            vote; None where there is one box of this role.
    """

    candidate: int
    role: BoxRole | None
    number: int | None = None

    @property
    def words(self) -> Message:
        """As messages say it."""
        if self.role is None:
            return message("name of candidate {candidate}", candidate=self.candidate)
        box: Message = message("box {role!r}", role=self.role.value)
        if self.number is not None:
            box = message("{box} number {number}", box=box, number=self.number)
        if self.role is BoxRole.LIST:
            return message("{box} of list {number}", box=box, number=self.candidate)
        return message("{box} of candidate {candidate}", box=box, candidate=self.candidate)


def boxes_of_role(contest: Contest, role: BoxRole | None) -> tuple[int | None, ...]:
    """The numbers of a candidate's boxes of one role; (None,) where there is one."""
    match role:
        case BoxRole.POINT:
            return tuple(range(1, contest.points + 1))
        case BoxRole.RANK:
            return tuple(range(1, contest.rank_count + 1))
        case _:
            return (None,)


def roles_of(contest: Contest) -> tuple[BoxRole | None, ...]:
    """What belongs to each candidate of a contest; where lists can be crossed, names can be struck."""
    roles = ROLES[contest.marking]
    return (*roles, None) if contest.lists else roles


def column_keys(contest: Contest) -> tuple[ColumnKey, ...]:
    """Every box and name that a contest must have on its ballot."""
    of_candidates = tuple(
        ColumnKey(candidate, role, number)
        for candidate in range(1, len(contest.candidates) + 1)
        for role in roles_of(contest)
        for number in boxes_of_role(contest, role)
    )
    lists = range(1, len(contest.lists) + 1)
    return of_candidates + tuple(ColumnKey(number, BoxRole.LIST) for number in lists)
