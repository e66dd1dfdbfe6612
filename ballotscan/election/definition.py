"""The election definition: what is fixed before any paper is scanned.

`election.toml` is read with the standard library, checked with pydantic and never changed by the
program. Ids are short plain words because they stand in file names and in the printed code.
"""

import datetime as dt
import hashlib
import json
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from ballotscan.election.candidates import ListedCandidate, read_candidates
from ballotscan.election.problems import Location, describe, list_problems
from ballotscan.election.toml_lines import find_lines, line_of
from ballotscan.errors import ElectionError

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MAX_ID = 24  # characters; the printed code has to hold them
MAX_ROUND = 99

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=MAX_ID)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]

MAX_CANDIDATES = 70  # one sheet, front and back, must hold them (design.layout)


PaperSize = Literal["a4", "a5", "us-letter"]


class Marking(StrEnum):
    """How a contest is marked."""

    AGREE_DISAGREE = "agree-disagree"  # a row a candidate, two boxes
    CHOOSE = "choose"  # a box a candidate, up to the number of seats
    STRIKE_OUT = "strike-out"  # a list of names, a stroke means not chosen, no boxes


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Model):
    """One candidate, in ballot order."""

    name: Line
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    gender: Line | None = None
    unit: Line | None = None
    note: Line | None = None


class Attendance(_Model):
    """Numbers that people enter; the base of percentages comes from here, never from the scans."""

    convened: Count | None = None
    present: Count | None = None
    issued: Count | None = None
    collected: Count | None = None


class Contest(_Model):
    """One thing to be decided: who takes `seats` seats.

    Attributes:
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
    attendance: Attendance = Attendance()
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1, max_length=MAX_CANDIDATES)]

    @property
    def ballot_id(self) -> str:
        """Id of the sheet that the contest is printed on."""
        return self.ballot or self.id


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
            msg = f"two contests have the id {doubled[0]!r}; give each contest an id of its own"
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


FILE_NAME = "election.toml"

_KEYS = {
    "": tuple(Election.model_fields),
    "attendance": tuple(Attendance.model_fields),
    "contests": (*Contest.model_fields, "candidates_file"),
    "candidates": tuple(Candidate.model_fields),
}


def load_election(folder_or_file: Path) -> Election:
    """Load an election definition and check all of it.

    Args:
        folder_or_file: The folder of the election, or its election.toml.

    Raises:
        ElectionError: Something is not as it must be. The message names all that was found, each
            with its line, key and what to write instead.
    """
    path = folder_or_file / FILE_NAME if folder_or_file.is_dir() else folder_or_file
    text = _read_text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = (
            f"{path}: is not TOML: {error}. Check the quotation marks and brackets there; "
            'text stands in quotation marks: title = "Ban Chấp hành"'
        )
        raise ElectionError(msg) from error
    content = _normalise(table)
    source = _Source(path, find_lines(text))
    problems = source.take_in_lists(content)
    problems += _date_slip(content)
    found: list[ErrorDetails] = []
    election = None
    try:
        election = Election.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        found = error.errors()
    slipped = {location for location, _ in problems}
    # Findings about the whole file are said again below, with their line.
    problems += [
        (e["loc"], describe(e, _KEYS))
        for e in found
        if e["loc"] and e["loc"] not in slipped
        # A list of nothing but broken entries also counts as an empty one.
        if not (e["type"] == "too_short" and e["input"])
    ]
    problems += _nonsense(content)
    if election is None or problems:
        problems.sort(key=source.line_of)
        raise ElectionError(list_problems(path, [source.say(*problem) for problem in problems]))
    return election


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


def _hash_of(fields: object) -> str:
    canonical = json.dumps(fields, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


Problem = tuple[Location, str]


class _Source:
    """Where the parts of a definition stand: in election.toml, and in lists beside it."""

    def __init__(self, path: Path, lines: dict[Location, int]) -> None:
        self.path = path
        self.lines = lines
        self.lists: dict[int, tuple[Path, list[ListedCandidate]]] = {}
        self.ids: dict[int, str] = {}

    def take_in_lists(self, content: dict[str, Any]) -> list[Problem]:
        """Put the rows of each `candidates_file` in its place."""
        problems: list[Problem] = []
        for index, contest in _contests(content):
            self.ids[index] = str(contest.get("id", ""))
            if "candidates_file" not in contest:
                continue
            where: Location = ("contests", index, "candidates_file")
            name = contest.pop("candidates_file")
            if "candidates" in contest:
                problems.append((where, "there are 'candidates' too; keep the one or the other"))
                continue
            contest["candidates"] = []
            if not isinstance(name, str):
                problems.append((where, 'must be the name of a file: "danh-sach.xlsx"'))
                continue
            try:
                listed = read_candidates(self.path.parent / name)
            except ElectionError as error:
                problems.append((where, str(error)))
                continue
            self.lists[index] = (self.path.parent / name, listed)
            contest["candidates"] = [candidate.fields for candidate in listed]
        broken = {where[:2] for where, _ in problems}
        # What is wrong with a list is said once; its contest gets a stand-in for the other checks.
        for index, contest in _contests(content):
            if ("contests", index) in broken:
                contest["candidates"] = [{"name": str(n)} for n in range(1, MAX_CANDIDATES + 1)]
        return problems

    def line_of(self, problem: Problem) -> int:
        """For putting problems into the order of the file; what is missing comes last."""
        return line_of(self.lines, problem[0]) or sys.maxsize

    def say(self, location: Location, text: str) -> str:
        """`line 12: contest 'bch', candidate 3, key 'name' ...`, as far as it is known."""
        parts = []
        match location:
            case ("contests", int(index), *rest):
                parts.append(f"contest {self.ids.get(index) or index + 1!r}")
                if rest[:1] == ["candidates"] and len(rest) > 1 and isinstance(rest[1], int):
                    parts.append(f"candidate {rest[1] + 1}")
                    listed = self.lists.get(index)
                    if listed:
                        file, rows = listed
                        parts.insert(0, f"{file.name}, row {rows[rest[1]].line}")
                    rest = rest[2:]
            case _:
                rest = list(location)
        if rest:
            parts.append(f"key {'.'.join(map(str, rest))!r}")
        line = line_of(self.lines, location)
        before = f"line {line}: " if line else ""
        return f"{before}{', '.join(parts)}{': ' if parts else ''}{text}"


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = (
            f"{path}: cannot be read ({error.strerror}); give the folder of an election, or make "
            "one with `ballotscan new FOLDER`"
        )
        raise ElectionError(msg) from error
    advice = "open it in Notepad, choose File > Save as, encoding UTF-8, and save it again"
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        msg = f"{path}: was saved as UTF-16 ('Unicode'); {advice}"
        raise ElectionError(msg)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = (
            f"{path}: line {line} is not UTF-8 text (an old Vietnamese or Windows encoding?); {advice}, "
            "then look over all names with accents"
        )
        raise ElectionError(msg) from error


def _normalise(value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """All text in NFC: some keyboards write an accent as a character of its own."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normalise(item) for item in value]
    if isinstance(value, dict):
        return {_normalise(key): _normalise(item) for key, item in value.items()}
    return value


def _contests(content: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The contests that are tables, each with its place in the list."""
    contests = content.get("contests")
    entries = contests if isinstance(contests, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict)]


def _date_slip(content: dict[str, Any]) -> list[Problem]:
    """A date in quotation marks, or with a time, deserves better than `wrong type`."""
    date = content.get("date")
    if date is None or (isinstance(date, dt.date) and not isinstance(date, dt.datetime)):
        return []
    text = f"write year-month-day without quotation marks, as date = 2020-06-29, not {date!s}"
    return [(("date",), text)]


def _nonsense(content: dict[str, Any]) -> list[Problem]:
    """What no single key can show to be wrong; contests that are broken otherwise are left out."""
    contests: dict[int, Contest] = {}
    for index, entry in _contests(content):
        try:
            contests[index] = Contest.model_validate_json(
                json.dumps(entry, default=str), strict=True
            )
        except ValidationError:
            continue
    problems: list[Problem] = []
    for index, contest in contests.items():
        where: Location = ("contests", index)
        if contest.seats > len(contest.candidates):
            text = f"is {contest.seats}, but there are only {len(contest.candidates)} candidates; correct the one or the other"
            problems.append(((*where, "seats"), text))
        problems += [((*where, "candidates", at, "name"), text) for at, text in _namesakes(contest)]
        if contest.attendance != Attendance():
            problems += _attendance_slip((*where, "attendance"), contest.attendance)
    problems += _shared(contests)
    try:
        attendance = Attendance.model_validate(content.get("attendance", {}), strict=True)
    except ValidationError:
        return problems
    return problems + _attendance_slip(("attendance",), attendance)


def _namesakes(contest: Contest) -> list[tuple[int, str]]:
    """Candidates whom neither the voter nor the minutes could tell apart."""
    seen: dict[tuple[str, int | None, str | None], int] = {}
    problems = []
    for at, candidate in enumerate(contest.candidates):
        unit = candidate.unit.casefold() if candidate.unit else None
        key = (" ".join(candidate.name.casefold().split()), candidate.birth_year, unit)
        first = seen.setdefault(key, at)
        if first != at:
            text = (
                f"{candidate.name!r} is candidate {first + 1} too; if they are two people, tell them "
                "apart by 'birth_year' or 'unit', else take one out"
            )
            problems.append((at, text))
    return problems


def _shared(contests: dict[int, Contest]) -> list[Problem]:
    """What contests must not, or must, have in common."""
    problems: list[Problem] = []
    times = Counter(contest.id for contest in contests.values())
    first_of_sheet: dict[str, Contest] = {}
    seen: set[str] = set()
    for index, contest in contests.items():
        if contest.id in seen:
            text = f"{contest.id!r} is the id of {times[contest.id]} contests; give each an id of its own"
            problems.append((("contests", index, "id"), text))
        seen.add(contest.id)
        first = first_of_sheet.setdefault(contest.ballot_id, contest)
        if first.round != contest.round:
            text = (
                f"is {contest.round}, but contest {first.id!r} on the same ballot {first.ballot_id!r} "
                f"has round {first.round}; give one of them another 'ballot', or both the same round"
            )
            problems.append((("contests", index, "round"), text))
        if first.paper != contest.paper:
            text = (
                f"is {contest.paper!r}, but contest {first.id!r} on the same ballot {first.ballot_id!r} "
                f"has {first.paper!r}; one sheet has one size"
            )
            problems.append((("contests", index, "paper"), text))
    return problems


def _attendance_slip(where: Location, attendance: Attendance) -> list[Problem]:
    issued, collected = attendance.issued, attendance.collected
    if issued is None or collected is None or collected <= issued:
        return []
    text = (
        f"is {collected}, but only {issued} ballots were issued; correct the figure. If it is so, "
        "do not count: the committee has to report it first"
    )
    return [((*where, "collected"), text)]
