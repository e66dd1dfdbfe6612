"""A list of boxes for existing paper: where they are, and whose."""

import csv
import difflib
import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.problems import list_problems, suggest
from ballotscan.election.records import BoxRole
from ballotscan.election.template import PX_PER_MM, MarkBox, Rect
from ballotscan.errors import TemplateError
from ballotscan.locale.message import Message, Words, message

_REQUIRED = ("position_id", "x", "y", "w", "h")
_BINDING = ("contest", "candidate", "role")
_ROLES = {
    "agree": BoxRole.AGREE,
    "đồng ý": BoxRole.AGREE,
    "disagree": BoxRole.DISAGREE,
    "không đồng ý": BoxRole.DISAGREE,
    "choose": BoxRole.CHOOSE,
    "high": BoxRole.HIGH,
    "tín nhiệm cao": BoxRole.HIGH,
    "confidence": BoxRole.CONFIDENCE,
    "tín nhiệm": BoxRole.CONFIDENCE,
    "low": BoxRole.LOW,
    "tín nhiệm thấp": BoxRole.LOW,
    "point": BoxRole.POINT,
    "rank": BoxRole.RANK,
    "list": BoxRole.LIST,
}

_VARIES = "varies"
_ONE_BOX = {Marking.CHOOSE, Marking.APPROVE}  # ways of marking with one box a candidate

Cells = Mapping[str, str]
Binding = tuple[str, int, BoxRole, int | None]


def import_boxes(
    path: Path,
    *,
    px_per_mm: float = PX_PER_MM,
    election: Election | None = None,
    ballot_id: str | None = None,
) -> tuple[MarkBox, ...]:
    """Read the boxes of one page from a CSV file.

    A line whose `position_id` is `varies`, or begins with `varies/`, is no box (`import_varying`).

    The file is UTF-8, its columns are known by their headings: `position_id`, a name of the box
    that is unique on the page; `x`, `y`, the centre, and `w`, `h`, the size of the printed outline,
    in pixels of the picture of the blank page. With `contest`, `candidate` and `role` it says
    whose box it is; else `position_id` may say so, as CONTEST/CANDIDATE, or CONTEST/CANDIDATE/agree
    and /disagree. Where a candidate has several boxes of a role its number follows: `rank 2`, or
    CONTEST/CANDIDATE/rank/2; the box of a whole list has the number of the list and the role `list`.
    A contest goes by its id or title, a candidate by number or name; capitals, spaces
    and the way accents are written make no difference.

    Args:
        path: The CSV file.
        px_per_mm: Scale of the picture that x, y, w and h were measured on.
        election: The election to bind the boxes to; None leaves them all loose.
        ballot_id: Only contests on this ballot are asked; None asks all of them.

    Returns:
        The boxes in the order of the file. A box whose `position_id` begins with no contest of the
        election is loose: it is read and belongs to no contest.

    Raises:
        TemplateError: Names the file and all lines that are not as they must be.
    """
    contests: Sequence[Contest] = ()
    if election is not None:
        contests = election.contests if ballot_id is None else election.ballots.get(ballot_id, ())
    boxes: list[MarkBox] = []
    problems: list[Words] = []
    seen: dict[str | Binding, int] = {}
    for line, cells in _rows(path):
        if _varies(cells):
            continue
        try:
            box = _box(cells, px_per_mm, contests)
            _refuse_twin(box, line, seen)
        except ValueError as error:
            problems.append(message("line {line}: {error}", line=line, error=error))
        else:
            boxes.append(box)
    if not boxes and not problems:
        problems.append(message("has no box under its headings; write one in each line"))
    if problems:
        raise TemplateError(list_problems(path, problems))
    return tuple(boxes)


def import_varying(path: Path, *, px_per_mm: float = PX_PER_MM) -> tuple[Rect, ...]:
    """Read from a list of boxes where each paper is printed otherwise: its lines `varies`.

    Raises:
        TemplateError: Names the file and all lines that are not as they must be.
    """
    rects: list[Rect] = []
    problems: list[Words] = []
    for line, cells in _rows(path):
        try:
            rects += [_rect(cells, px_per_mm)] if _varies(cells) else []
        except ValueError as error:
            problems.append(message("line {line}: {error}", line=line, error=error))
    if problems:
        raise TemplateError(list_problems(path, problems))
    return tuple(rects)


def _varies(cells: Cells) -> bool:
    return cells["position_id"].partition("/")[0].casefold() == _VARIES


def _rows(path: Path) -> list[tuple[int, Cells]]:
    """The lines with something in them, each with its number."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = message(
            "{path}: cannot be read ({reason}); give a list of boxes",
            path=path,
            reason=error.strerror,
        )
        raise TemplateError(msg) from error
    except UnicodeDecodeError as error:
        msg = message("{path}: is not UTF-8 text; save it as 'CSV UTF-8'", path=path)
        raise TemplateError(msg) from error
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    rows: list[tuple[int, Cells]] = []
    headings: list[str] = []
    problems: list[Words] = []
    start = 1
    try:
        for row in reader:
            cells = [unicodedata.normalize("NFC", cell.strip()) for cell in row]
            if any(cells):
                if not headings:
                    headings = [cell.lower() for cell in cells]
                    problems = _heading_problems(start, headings)
                elif len(cells) != len(headings):
                    problems.append(
                        message(
                            "line {start} has {cells} cells under {headings} headings",
                            start=start,
                            cells=len(cells),
                            headings=len(headings),
                        )
                    )
                else:
                    rows.append((start, dict(zip(headings, cells, strict=True))))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(
            message(
                "line {line_num} cannot be read ({error})", line_num=reader.line_num, error=error
            )
        )
    if not headings:
        problems.append(
            message(
                "is empty; its first line holds the headings {known}", known=",".join(_REQUIRED)
            )
        )
    if problems:
        raise TemplateError(list_problems(path, problems))
    return rows


def _heading_problems(line: int, headings: list[str]) -> list[Words]:
    known = (*_REQUIRED, *_BINDING)
    problems: list[Words] = [
        message(
            "line {line}: unknown heading {heading!r}{suggestion}",
            line=line,
            heading=heading,
            suggestion=suggest(heading, known),
        )
        for heading in headings
        if heading not in known
    ]
    problems += [
        message(
            "line {line}: the heading {heading!r} is missing; the first line is {known}",
            line=line,
            heading=heading,
            known=",".join(_REQUIRED),
        )
        for heading in _REQUIRED
        if heading not in headings
    ]
    problems += [
        message("line {line}: the heading {heading!r} stands twice", line=line, heading=heading)
        for heading in dict.fromkeys(headings)
        if headings.count(heading) > 1
    ]
    return problems


def _box(cells: Cells, px_per_mm: float, contests: Sequence[Contest]) -> MarkBox:
    position = cells["position_id"]
    if not position:
        msg = message("'position_id' is empty; give the box a name")
        raise ValueError(msg)
    rect = _rect(cells, px_per_mm)
    binding = _bind(cells, contests) if contests else None
    return MarkBox(position, rect, *binding) if binding else MarkBox(position, rect)


def _rect(cells: Cells, px_per_mm: float) -> Rect:
    x, y, width, height = (_number(cells, key) / px_per_mm for key in ("x", "y", "w", "h"))
    return Rect(x - width / 2, y - height / 2, width, height)


def _number(cells: Cells, key: str) -> float:
    try:
        # Where a comma separates no cells, Excel writes it as the decimal point.
        number = float(cells[key].replace(",", "."))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        msg = message(
            "{key!r} is {cells!r}; write a number of pixels greater than 0",
            key=key,
            cells=cells[key],
        )
        raise ValueError(msg)
    return number


def _bind(cells: Cells, contests: Sequence[Contest]) -> Binding | None:
    named = [cells.get(key, "") for key in _BINDING]
    if any(named):
        contest = _find_contest(named[0], contests)
        if contest is None:
            words = suggest(named[0], [one.id for one in contests])
            msg = message("there is no contest {named!r}{words}", named=named[0], words=words)
            raise ValueError(msg)
        role, number = _role(named[2], contest)
        return contest.id, _find_row(named[1], contest, role, number_wins=True), role, number
    first, _, rest = cells["position_id"].partition("/")
    contest = _find_contest(first, contests)
    if contest is None:
        return None
    words = ""
    if contest.marking not in _ONE_BOX:
        rest, _, words = rest.rpartition("/")
        if words.isdecimal() and "/" in rest:
            rest, _, before = rest.rpartition("/")
            words = f"{before} {words}"
    role, number = _role(words, contest)
    return contest.id, _find_row(rest, contest, role, number_wins=False), role, number


def _find_contest(text: str, contests: Sequence[Contest]) -> Contest | None:
    wanted = _plain(text)
    found = [
        contest for contest in contests if wanted in {_plain(contest.id), _plain(contest.title)}
    ]
    if len(found) > 1:
        msg = message(
            "{shown!r} may be contest {known}; write the id",
            shown=text,
            known=" or ".join(repr(one.id) for one in found),
        )
        raise ValueError(msg)
    return found[0] if found else None


def _find_row(text: str, contest: Contest, role: BoxRole, *, number_wins: bool) -> int:
    """The number of a candidate, or of a list where the box is one for a whole list."""
    if role is not BoxRole.LIST:
        return _find_candidate(text, contest, number_wins=number_wins)
    names = [_plain(name) for name in contest.lists]
    wanted = _plain(text)
    if wanted in names:
        return names.index(wanted) + 1
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted)
    msg = message(
        "contest {id!r} has no list {shown!r} among {count}",
        id=contest.id,
        shown=text,
        count=len(names),
    )
    raise ValueError(msg)


def _find_candidate(text: str, contest: Contest, *, number_wins: bool) -> int:
    wanted = _plain(text)
    names = [_plain(candidate.name) for candidate in contest.candidates]
    found = {number for number, name in enumerate(names, start=1) if name == wanted}
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        found = {int(wanted)} if number_wins else found | {int(wanted)}
    if len(found) == 1:
        return found.pop()
    if found:
        numbers = " or ".join(map(str, sorted(found)))
        msg = message(
            "{shown!r} may be candidate {numbers} of {id!r}; write the number, in a column 'candidate' beside the column 'contest'",
            shown=text,
            numbers=numbers,
            id=contest.id,
        )
        raise ValueError(msg)
    near = difflib.get_close_matches(wanted, names, n=1)
    hint: Words = ""
    if near:
        hint = message(
            "; did you mean {near!r}?", near=contest.candidates[names.index(near[0])].name
        )
    msg = message(
        "contest {id!r} has no candidate {shown!r} among {count}{hint}",
        id=contest.id,
        shown=text,
        count=len(names),
        hint=hint,
    )
    raise ValueError(msg)


def _role(text: str, contest: Contest) -> tuple[BoxRole, int | None]:
    """What a box says, and which of several it is."""
    if contest.marking is Marking.STRIKE_OUT:
        msg = message(
            "contest {id!r} is a list to strike names out of; it has no boxes", id=contest.id
        )
        raise ValueError(msg)
    possible = {
        (key.role, key.number): None for key in column_keys(contest) if key.role is not None
    }
    if contest.marking in _ONE_BOX:
        text = text or "choose"
    word, _, number = _plain(text).rpartition(" ")
    found = (
        (_ROLES.get(word), int(number)) if number.isdecimal() else (_ROLES.get(_plain(text)), None)
    )
    for role, of_role in possible:
        if (role, of_role) == found:
            return role, of_role
    words = ", ".join(
        repr(role.value if of_role is None else f"{role.value} {of_role}")
        for role, of_role in possible
    )
    msg = message(
        "a box of contest {id!r} is for one of: {words}; not for {shown!r}",
        id=contest.id,
        words=words,
        shown=text,
    )
    raise ValueError(msg)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _refuse_twin(box: MarkBox, line: int, seen: dict[str | Binding, int]) -> None:
    """Refuse a second box of the same name, or for the same answer."""
    position = message("the position {position!r}", position=box.position)
    keys: list[tuple[str | Binding, Message]] = [(box.position, position)]
    if box.contest_id is not None and box.candidate is not None and box.role is not None:
        key = ColumnKey(box.candidate, box.role, box.number)
        what = message("the {key} in {contest!r}", key=key.words, contest=box.contest_id)
        keys.append(((box.contest_id, box.candidate, box.role, box.number), what))
    for name, what in keys:
        first = seen.setdefault(name, line)
        if first != line:
            msg = message(
                "{what} stands in line {first} already; take one out", what=what, first=first
            )
            raise ValueError(msg)
