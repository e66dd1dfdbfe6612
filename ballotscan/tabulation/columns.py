"""Where the rows of a contest stand among the columns of a ballot's array."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.markings import ColumnKey, boxes_of_role, column_keys, roles_of
from ballotscan.election.records import BoxRole
from ballotscan.election.template import BallotTemplate, MarkBox
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message

Indices = NDArray[np.intp]
Key = tuple[str, ColumnKey]  # contest id and what the column stands for


@dataclass(frozen=True, slots=True, eq=False)
class ContestColumns:
    """One contest on one ballot: which of the ballot's P columns belong to each of its R rows.

    Attributes:
        seats: How many are to be elected; of points, how many votes a ballot may give.
        rows: R, the number of candidates.
        places: (R, K) columns of the K boxes of one role that each candidate has, in ballot order;
            for lists that can be crossed (L, 1). None is the printed name. -1 where the ballot has
            no such column.
        list_of: (R,) which list a candidate stands on, from 0; -1 where none can be crossed.
    """

    marking: Marking
    seats: int
    rows: int
    places: Mapping[BoxRole | None, Indices]
    list_of: Indices

    def of(self, role: BoxRole | None) -> Indices:
        """(R, K) columns of one role; (R, 0) where the contest has no such boxes."""
        return self.places.get(role, np.zeros((self.rows, 0), np.intp))

    def one(self, role: BoxRole | None) -> Indices:
        """(R,) columns of a role of which each candidate has one box."""
        single: Indices = self.places[role][:, 0]
        return single

    @property
    def list_heads(self) -> tuple[tuple[int, int], ...]:
        """The first row of each list that can be crossed as a whole, and the list, both from 0.

        Where such a box is in doubt, it is that row that people look at.
        """
        numbers = self.list_of.tolist()
        return tuple(
            (numbers.index(number), number) for number in sorted({*numbers}) if number >= 0
        )

    @property
    def most_votes(self) -> int:
        """How many votes one ballot may give."""
        match self.marking:
            case Marking.APPROVE:
                return self.rows
            case Marking.RANK:
                return 1
            case Marking.ONE_OF_THREE:
                return 0
            case _:
                return self.seats


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
        msg = message(
            "{folder}: the election {id!r} has no ballot {ballot_id!r}, only {known}; correct 'ballot' in the definition, or make the template again",
            folder=template.folder,
            id=election.id,
            ballot_id=template.ballot_id,
            known=", ".join(map(repr, election.ballots)),
        )
        raise TemplateError(msg)
    places: dict[Key, int] = {}
    for place, column in enumerate(template.columns):
        if column.contest_id is not None and column.candidate is not None:
            key = ColumnKey(column.candidate, None)
            if isinstance(column, MarkBox):
                key = ColumnKey(column.candidate, column.role, column.number)
            places[column.contest_id, key] = place
    wanted = {(contest.id, key) for contest in contests for key in column_keys(contest)}
    for which, says in (
        (wanted - places.keys(), message("the template has no")),
        (places.keys() - wanted, message("the definition has no place for the template's")),
    ):
        if which:
            contest_id, key = min(
                which, key=lambda one: (one[0], one[1].candidate, str(one[1].words))
            )
            msg = message(
                "{folder}: {says} {key} in contest {contest_id!r}; the list of candidates was changed after the ballot was made, or boxes are bound wrongly: make the template again",
                folder=template.folder,
                says=says,
                key=key.words,
                contest_id=contest_id,
            )
            raise TemplateError(msg)
    return {contest.id: _columns_of(contest, places) for contest in contests}


def _columns_of(contest: Contest, places: Mapping[Key, int]) -> ContestColumns:
    def columns(role: BoxRole | None, count: int) -> Indices:
        numbers = boxes_of_role(contest, role)
        return np.array(
            [
                [places.get((contest.id, ColumnKey(one, role, number)), -1) for number in numbers]
                for one in range(1, count + 1)
            ],
            np.intp,
        )

    rows, lists = len(contest.candidates), contest.lists
    by_role = {role: columns(role, rows) for role in roles_of(contest)}
    if lists:
        by_role[BoxRole.LIST] = columns(BoxRole.LIST, len(lists))
    list_of = [lists.index(one.list or "") if lists else -1 for one in contest.candidates]
    return ContestColumns(
        contest.marking, contest.seats, rows, by_role, np.array(list_of, dtype=np.intp)
    )
