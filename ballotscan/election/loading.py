"""Loading election.toml: read, take in candidate lists, check all of it, say what is wrong.

Every message names the file, the line, the key, and what to write instead.
"""

import datetime as dt
import json
import re
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ballotscan.election.candidates import ListedCandidate, read_candidates
from ballotscan.election.consistency import Problem, find_nonsense
from ballotscan.election.definition import (
    MAX_CANDIDATES,
    Attendance,
    Candidate,
    Contest,
    Election,
    Marking,
)
from ballotscan.election.problems import Location, describe, list_problems
from ballotscan.election.toml_lines import find_lines, line_of
from ballotscan.errors import ElectionError
from ballotscan.locale.message import Message, Words, error_words, message, one_after_another

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
        msg = message(
            '{path}: is not TOML: {error}. Check the quotation marks and brackets there; text stands in quotation marks: title = "Ban Chấp hành"',
            path=path,
            error=error,
        )
        raise ElectionError(msg) from error
    content = _normalise(table)
    source = _Source(path, find_lines(text))
    problems = source.take_in_lists(content)
    problems += _date_slip(content)
    problems += _seats_of_confidence(content)
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


def guess_language(path: Path) -> str | None:
    """The language an election.toml names, for saying what is wrong with the rest of it.

    None where it cannot be made out.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    found = re.search(rb'^\s*language\s*=\s*"(vi|en)"', content.replace(b"\0", b""), re.MULTILINE)
    return found[1].decode() if found else None


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
                problems.append(
                    (where, message("there are 'candidates' too; keep the one or the other"))
                )
                continue
            contest["candidates"] = []
            if not isinstance(name, str):
                problems.append((where, message('must be the name of a file: "danh-sach.xlsx"')))
                continue
            try:
                listed = read_candidates(self.path.parent / name)
            except ElectionError as error:
                problems.append((where, error_words(error)))
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

    def say(self, location: Location, text: Words) -> Message:
        """`line 12: contest 'bch', candidate 3, key 'name' ...`, as far as it is known."""
        parts: list[Words] = []
        match location:
            case ("contests", int(index), *rest):
                parts.append(
                    message("contest {contest!r}", contest=self.ids.get(index) or index + 1)
                )
                if rest[:1] == ["candidates"] and len(rest) > 1 and isinstance(rest[1], int):
                    parts.append(message("candidate {number}", number=rest[1] + 1))
                    listed = self.lists.get(index)
                    if listed:
                        file, rows = listed
                        row = message("{file}, row {row}", file=file.name, row=rows[rest[1]].line)
                        parts.insert(0, row)
                    rest = rest[2:]
            case _:
                rest = list(location)
        if rest:
            parts.append(message("key {key!r}", key=".".join(map(str, rest))))
        line = line_of(self.lines, location)
        before = message("line {line}: ", line=line) if line else ""
        where = one_after_another(parts, between=", ")
        return message(
            "{before}{where}{text}",
            before=before,
            where=one_after_another([where, ": "]) if parts else "",
            text=text,
        )


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = message(
            "{path}: cannot be read ({reason}); give the folder of an election, or make one with `ballotscan new FOLDER`",
            path=path,
            reason=error.strerror,
        )
        raise ElectionError(msg) from error
    advice = message("open it in Notepad, choose File > Save as, encoding UTF-8, and save it again")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        msg = message("{path}: was saved as UTF-16 ('Unicode'); {advice}", path=path, advice=advice)
        raise ElectionError(msg)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = message(
            "{path}: line {line} is not UTF-8 text (an old Vietnamese or Windows encoding?); {advice}, then look over all names with accents",
            path=path,
            line=line,
            advice=advice,
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
    text = message(
        "write year-month-day without quotation marks, as date = 2020-06-29, not {date!s}",
        date=date,
    )
    return [(("date",), text)]


def _seats_of_confidence(content: dict[str, Any]) -> list[Problem]:
    """A vote of confidence has no seats; the number of people on its list stands in for them."""
    problems: list[Problem] = []
    for index, contest in _contests(content):
        if contest.get("marking") != Marking.ONE_OF_THREE:
            continue
        if "seats" in contest:
            text = message("a vote of confidence elects nobody; take the key out")
            problems.append((("contests", index, "seats"), text))
        candidates = contest.get("candidates")
        contest["seats"] = max(1, len(candidates)) if isinstance(candidates, list) else 1
    return problems


def _nonsense(content: dict[str, Any]) -> list[Problem]:
    """What does not fit together; contests that are broken otherwise are left out."""
    contests: dict[int, Contest] = {}
    for index, entry in _contests(content):
        try:
            contests[index] = Contest.model_validate_json(
                json.dumps(entry, default=str), strict=True
            )
        except ValidationError:
            continue
    return find_nonsense(contests)
