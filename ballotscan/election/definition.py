"""The election definition: what is fixed before any paper is scanned.

`election.toml` is read with the standard library, checked with pydantic and never changed by the
program. Ids are short plain words because they stand in file names and in the printed code.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from ballotscan.locale.message import message

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MAX_ID = 24  # characters; the printed code has to hold them
MAX_ROUND = 99

_OF_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


def _can_be_a_file(value: str) -> str:
    """Ids name folders and files, and elections move between computers."""
    if value in _OF_WINDOWS:
        raise ValueError(message("is a name that Windows keeps for itself; choose another"))
    return value


Id = Annotated[
    str, StringConstraints(pattern=ID_PATTERN, max_length=MAX_ID), AfterValidator(_can_be_a_file)
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]

MAX_CANDIDATES = 70  # one sheet, front and back, must hold them (design.layout)


MAX_POINTS = 3  # boxes a candidate; the states of rows know no more
MAX_RANKS = 10  # as many as stand side by side on the widest paper

PaperSize = Literal["a4", "a5", "us-letter"]


class Marking(StrEnum):
    """How a contest is marked."""

    AGREE_DISAGREE = "agree-disagree"  # a row a candidate, two boxes
    CHOOSE = "choose"  # a box a candidate, up to the number of seats
    STRIKE_OUT = "strike-out"  # a list of names, a stroke means not chosen, no boxes
    APPROVE = "approve"  # a box a candidate, as many as one likes
    ONE_OF_THREE = "one-of-three"  # a row a person, three levels of confidence; nobody is elected
    POINTS = "points"  # a few boxes a candidate, a vote each; as many votes as seats
    RANK = "rank"  # a grid of candidates and ranks, one mark a rank


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Model):
    """One candidate, in ballot order."""

    name: Line
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    gender: Line | None = None
    unit: Line | None = None
    note: Line | None = None
    list: Line | None = None


class Attendance(_Model):
    """Numbers that people enter; the base of percentages comes from here, never from the scans.

    Attributes:
        convened: Where everybody with a vote is called up, as in a general election: the voters on
            the roll.
        present: Likewise those who took part.
        base: What percentages are taken of where the rules leave that to the committee.
    """

    convened: Count | None = None
    present: Count | None = None
    issued: Count | None = None
    collected: Count | None = None
    base: Annotated[int, Field(ge=1, le=100_000_000)] | None = None


class Contest(_Model):
    """One thing to be decided: who takes `seats` seats.

    Attributes:
        seats: How many are elected. Where marks are points it is also how many votes a voter has.
            A vote of confidence elects nobody: there it is the number of people on the list, and
            the loader fills it in.
        votes_per_candidate: Boxes that each candidate has, where marks are points; 3 where it is
            not said.
        list_cross: Where marks are points: each list has a box of its own, for all who stand on it.
        ranks: How many ranks can be given, where candidates are ranked; as many as candidates
            where it is not said, and at most 10.
        ballot: Id of the sheet that the contest is printed on; contests with the same ballot share
            one sheet. Default: a sheet of its own, with the id of the contest.
        attendance: Numbers of this contest only, where they differ from those of the election.
        candidates: In ballot order. In election.toml `candidates_file`, a CSV or XLSX list beside
            it, may stand instead; the loader replaces it by the candidates.
    """

    id: Id
    title: Line
    seats: Annotated[int, Field(ge=1, le=MAX_CANDIDATES)]
    marking: Marking
    round: Annotated[int, Field(ge=1, le=MAX_ROUND)] = 1
    ballot: Id | None = None
    paper: PaperSize | None = None
    instructions: Line | None = None
    votes_per_candidate: Annotated[int, Field(ge=1, le=MAX_POINTS)] | None = None
    list_cross: bool | None = None
    ranks: Annotated[int, Field(ge=1, le=MAX_RANKS)] | None = None
    attendance: Attendance = Attendance()
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1, max_length=MAX_CANDIDATES)]

    @property
    def ballot_id(self) -> str:
        """Id of the sheet that the contest is printed on."""
        return self.ballot or self.id

    @property
    def points(self) -> int:
        """Boxes that each candidate has, where marks are points."""
        return self.votes_per_candidate or MAX_POINTS

    @property
    def rank_count(self) -> int:
        """Ranks that can be given, where candidates are ranked."""
        return self.ranks or min(len(self.candidates), MAX_RANKS)

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that a voter can cross as a whole, in ballot order; "" where it has no name."""
        if not self.list_cross:
            return ()
        return tuple(dict.fromkeys(candidate.list or "" for candidate in self.candidates))

    @property
    def elects(self) -> bool:
        """Whether somebody is elected; a vote of confidence only rates people."""
        return self.marking is not Marking.ONE_OF_THREE


class Election(_Model):
    """One election: what is printed on its ballots and how they are judged."""

    id: Id
    title: Line
    organisation: Line
    place: Line
    date: dt.date
    language: Literal["vi", "en"] = "vi"
    rules: Line = "vn-dang"
    paper: PaperSize = "a4"
    attendance: Attendance = Attendance()
    contests: Annotated[tuple[Contest, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [contest.id for contest in self.contests]
        doubled = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if doubled:
            msg = message(
                "two contests have the id {contest!r}; give each contest an id of its own",
                contest=doubled[0],
            )
            raise ValueError(msg)
        return self

    @property
    def ballots(self) -> dict[str, tuple[Contest, ...]]:
        """The contests of each ballot (sheet), by ballot id, in the order of the definition."""
        sheets: dict[str, tuple[Contest, ...]] = {}
        for contest in self.contests:
            sheets[contest.ballot_id] = (*sheets.get(contest.ballot_id, ()), contest)
        return sheets

    def contest(self, contest_id: str) -> Contest:
        """The contest with this id; KeyError where there is none."""
        for contest in self.contests:
            if contest.id == contest_id:
                return contest
        raise KeyError(contest_id)

    def paper_of(self, contest: Contest) -> PaperSize:
        """The paper that a contest is printed on: its own where it has one, else the election's."""
        return contest.paper or self.paper

    def attendance_of(self, contest_id: str) -> Attendance:
        """The numbers of one contest: its own where they are entered, else the election's."""
        own = self.contest(contest_id).attendance.model_dump(exclude_none=True)
        return self.attendance.model_copy(update=own)


def definition_fingerprint(election: Election) -> str:
    """SHA-256, in hexadecimal, of all that is fixed before any paper is scanned.

    The attendance is known only later and is not part of it.
    """
    fields = election.model_dump(
        mode="json", exclude={"attendance": True, "contests": {"__all__": {"attendance"}}}
    )
    return _hash_of(fields)


def contests_fingerprint(contests: Sequence[Contest]) -> str:
    """SHA-256, in hexadecimal, of the contests on one ballot: who stands in which row, for what."""
    return _hash_of(
        [contest.model_dump(mode="json", exclude={"attendance"}) for contest in contests]
    )


# Keys that came later than the first ballots were printed: where they are not used, they are no part
# of a fingerprint, so that paper of an older edition is still known.
_LATER = {"list", "votes_per_candidate", "list_cross", "ranks"}


def _without_later(fields: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(fields, dict):
        return {
            key: _without_later(value)
            for key, value in fields.items()
            if not (key in _LATER and value is None)
        }
    if isinstance(fields, list):
        return [_without_later(item) for item in fields]
    return fields


def _hash_of(fields: object) -> str:
    canonical = json.dumps(
        _without_later(fields), sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
