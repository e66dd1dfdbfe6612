"""Where the rows of a contest stand among the columns of a ballot's array."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.records import BoxRole
from ballotscan.election.template import BallotTemplate, MarkBox
from ballotscan.errors import TemplateError

Indices = NDArray[np.intp]

_ROLES: dict[Marking, tuple[BoxRole | None, ...]] = {
    Marking.AGREE_DISAGREE: (BoxRole.AGREE, BoxRole.DISAGREE),
    Marking.CHOOSE: (BoxRole.CHOOSE,),
    Marking.STRIKE_OUT: (None,),  # a name, no box
}


@dataclass(frozen=True, slots=True, eq=False)
class ContestColumns:
    """One contest on one ballot: which of the ballot's P columns belong to each of its R rows.

    Attributes:
        agree: (R,) column of the box of each candidate, in ballot order; -1 in contests of another
            marking. Likewise the others.
        strike: (R,) column of the printed name.
    """

    marking: Marking
    seats: int
    agree: Indices
    disagree: Indices
    choose: Indices
    strike: Indices

    @property
    def rows(self) -> int:
        """R, the number of candidates."""
        return len(self.agree)


def contest_columns(election: Election, template: BallotTemplate) -> dict[str, ContestColumns]:
    """Find the columns of every contest that is printed on a ballot.

    The columns are those of `template.columns`. Boxes that belong to no contest are left aside.

    Returns:
        By contest id, in the order of the definition.

    Raises:
        TemplateError: The template and the definition do not fit each other: the ballot is not
            known, a candidate has no box, or a box no candidate.
    """
    contests = election.ballots.get(template.ballot_id)
    if contests is None:
        msg = (
            f"{template.folder}: the election {election.id!r} has no ballot {template.ballot_id!r}, "
            f"only {', '.join(map(repr, election.ballots))}; correct 'ballot' in the definition, "
            "or make the template again"
        )
        raise TemplateError(msg)
    places: dict[tuple[str, int, BoxRole | None], int] = {}
    for place, column in enumerate(template.columns):
        if column.contest_id is not None and column.candidate is not None:
            role = column.role if isinstance(column, MarkBox) else None
            places[column.contest_id, column.candidate, role] = place
    wanted = {
        (contest.id, candidate, role)
        for contest in contests
        for candidate in range(1, len(contest.candidates) + 1)
        for role in _ROLES[contest.marking]
    }
    for which, says in (
        (wanted - places.keys(), "the template has no"),
        (places.keys() - wanted, "the definition has no place for the template's"),
    ):
        if which:
            contest_id, candidate, role = min(which, key=lambda key: (key[0], key[1], str(key[2])))
            what = f"box {role.value!r}" if role else "name"
            msg = (
                f"{template.folder}: {says} {what} of candidate {candidate} in contest "
                f"{contest_id!r}; the list of candidates was changed after the ballot was made, or "
                "boxes are bound wrongly: make the template again"
            )
            raise TemplateError(msg)
    return {contest.id: _columns_of(contest, places) for contest in contests}


def _columns_of(
    contest: Contest, places: dict[tuple[str, int, BoxRole | None], int]
) -> ContestColumns:
    numbers = range(1, len(contest.candidates) + 1)

    def column(role: BoxRole | None) -> Indices:
        return np.array([places.get((contest.id, number, role), -1) for number in numbers], np.intp)

    return ContestColumns(
        contest.marking,
        contest.seats,
        agree=column(BoxRole.AGREE),
        disagree=column(BoxRole.DISAGREE),
        choose=column(BoxRole.CHOOSE),
        strike=column(None),
    )
