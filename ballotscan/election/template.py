"""The ballot template: where everything stands on the printed page, in millimetres.

Print and reading share this one truth: `design` measures it on the very document that is printed,
`template import` takes it from a blank of existing paper. The origin is the top left corner of the
page, x runs right, y runs down. Beside the JSON lies a picture of each blank page, at `BLANK_DPI`,
grey, because reading asks what the template did not print (`election.blanks` opens it).

`template.json` holds the fields of `BallotTemplate` under their own names, without `folder`, and
`format`, which names this edition of the format.
"""

import dataclasses
import hashlib
import itertools
import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ballotscan.election.definition import ID_PATTERN, MAX_ID, MAX_ROUND, Marking
from ballotscan.election.markings import ROLES, ColumnKey
from ballotscan.election.problems import describe, key_path, list_problems
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message

BLANK_DPI = 200
PX_PER_MM = BLANK_DPI / 25.4  # template pixels a millimetre, everywhere in the program
FORMAT = "ballotscan-template/1"
FILE_NAME = "template.json"
MAX_PAGES = 2  # front and back of one sheet


class Identity(StrEnum):
    """How a scanned page tells which page of which template it is."""

    CODE = "code"  # our own paper: a printed QR code and registration marks
    LANDMARKS = "landmarks"  # existing paper: the printed form itself


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle on the page."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Fiducial:
    """One printed registration mark, a solid disc."""

    x_mm: float
    y_mm: float
    diameter_mm: float

    @property
    def rect(self) -> Rect:
        """The square around it."""
        radius_mm = self.diameter_mm / 2
        return Rect(
            self.x_mm - radius_mm, self.y_mm - radius_mm, self.diameter_mm, self.diameter_mm
        )


@dataclass(frozen=True, slots=True)
class MarkBox:
    """One box that a voter may mark.

    Attributes:
        position: Name of the box, unique in the template, as in a list of boxes.
        rect: The printed outline, its outer edge.
        contest_id: Contest it belongs to; None while the template is not bound to an election.
        candidate: Number of the candidate in ballot order, from 1; None likewise.
        role: What a mark in it says; None likewise. Where it is one for a whole list, `candidate`
            is the number of the list.
        number: Which of several boxes of this role the candidate has: a rank, or one vote of
            several; None where there is one.
    """

    position: str
    rect: Rect
    contest_id: str | None = None
    candidate: int | None = None
    role: BoxRole | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class NameField:
    """One printed name that a voter may strike out: the extent of its letters.

    Attributes:
        lines: The extent of each printed line of the name (long names take two).
        text: The name as printed.
    """

    position: str
    lines: tuple[Rect, ...]
    text: str
    contest_id: str
    candidate: int


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One printed side.

    Attributes:
        blank: File name of the picture of the blank page, beside the template.
        blank_sha256: Hash of that file.
        codes: Where the QR code stands (it is printed more than once); empty without codes.
        seal: Space left for the committee's seal, if any.
    """

    number: int
    width_mm: float
    height_mm: float
    blank: str
    blank_sha256: str
    fiducials: tuple[Fiducial, ...] = ()
    codes: tuple[Rect, ...] = ()
    seal: Rect | None = None
    boxes: tuple[MarkBox, ...] = ()
    names: tuple[NameField, ...] = ()

    @property
    def columns(self) -> tuple[MarkBox | NameField, ...]:
        """What is read on this page, in the order of arrays: the boxes, then the names."""
        return (*self.boxes, *self.names)


@dataclass(frozen=True, slots=True)
class BallotTemplate:
    """One ballot: the sheet that one voter gets, of one or two printed pages.

    Attributes:
        fingerprint: What the paper is, in 12 letters and digits; stands in the printed code.
        folder: Where the template was loaded from; the blanks lie there. Not part of the JSON.
        words_sha256: Hash of all printed words and of how they are set, so that paper with another
            name on it is another edition, though its boxes stand where they stood; empty where the
            words are not known.
        contests_sha256: `definition.contests_fingerprint` of the contests that it was made for, so
            that a definition which was changed afterwards is not counted with it; empty without an
            election. Not part of the layout.
    """

    ballot_id: str
    election_id: str | None
    round: int
    identity: Identity
    expected_mark: ExpectedMark
    is_photo: bool
    pages: tuple[TemplatePage, ...]
    fingerprint: str
    folder: Path
    words_sha256: str = ""
    contests_sha256: str = ""

    @property
    def columns(self) -> tuple[MarkBox | NameField, ...]:
        """What is read on this ballot, in the order of (ballot, box) arrays: page after page."""
        return tuple(column for page in self.pages for column in page.columns)


class _TemplateFile(BaseModel):
    """template.json as it lies on the disk; the models inside take over its strictness."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    format: Literal["ballotscan-template/1"]
    ballot_id: str
    election_id: str | None
    round: int
    identity: Identity
    expected_mark: ExpectedMark
    is_photo: bool
    fingerprint: str
    words_sha256: str = ""
    contests_sha256: str = ""
    pages: tuple[TemplatePage, ...]


_KEYS = {
    "": tuple(_TemplateFile.model_fields),
    "pages": tuple(field.name for field in dataclasses.fields(TemplatePage)),
    "fiducials": tuple(field.name for field in dataclasses.fields(Fiducial)),
    "boxes": tuple(field.name for field in dataclasses.fields(MarkBox)),
    "names": tuple(field.name for field in dataclasses.fields(NameField)),
    **dict.fromkeys(
        ("rect", "codes", "seal", "lines"), tuple(field.name for field in dataclasses.fields(Rect))
    ),
}

# Letters and digits that are not taken for one another when read aloud or typed (Crockford's
# base 32: no I, L, O, U).
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FINGERPRINT_LENGTH = 12  # 60 bits


def layout_fingerprint(template: BallotTemplate) -> str:
    """Say in 12 letters and digits what the paper is.

    On our own paper the fingerprint stands in the printed code, so the picture of the blank, which
    shows that code, is left out; on existing paper the picture is what pages are known by, so it is
    part of it. Lengths enter in whole micrometres, so that no last digit of a sum matters.
    The fingerprint, the folder, the file names of the blanks and the hash of the contests are never
    part of it.
    """
    fields = dataclasses.asdict(template)
    for name in ("fingerprint", "folder", "contests_sha256"):
        del fields[name]
    if not template.words_sha256:
        del fields["words_sha256"]
    for page in fields["pages"]:
        for box in page["boxes"]:
            if box["number"] is None:
                del box["number"]  # paper that was printed before boxes had numbers stays known
        del page["blank"]
        if template.identity is Identity.CODE:
            del page["blank_sha256"]
    canonical = json.dumps(
        _in_micrometres(fields), sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )
    number = int.from_bytes(hashlib.sha256(f"{FORMAT}\n{canonical}".encode()).digest(), "big")
    digits = (
        _DIGITS[number >> shift & 31] for shift in range(251, 251 - 5 * _FINGERPRINT_LENGTH, -5)
    )
    return "".join(digits)


def save_template(template: BallotTemplate, folder: Path) -> BallotTemplate:
    """Write `folder`/template.json beside the blanks, which must lie there already.

    An empty fingerprint is filled in; another than the layout's is refused, because it may already
    be printed on paper.

    Returns:
        The template as `load_template` would give it.

    Raises:
        TemplateError: It would not load.
    """
    path = folder / FILE_NAME
    fingerprint = template.fingerprint or layout_fingerprint(template)
    template = dataclasses.replace(template, folder=folder, fingerprint=fingerprint)
    fields = {"format": FORMAT, **dataclasses.asdict(template)}
    del fields["folder"]
    text = json.dumps(fields, ensure_ascii=False, indent=1) + "\n"
    saved = _parse(text, path)
    partial = path.with_name(f"{FILE_NAME}.part")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
    return saved


def load_template(folder_or_json: Path) -> BallotTemplate:
    """Load a template and check that all of it, blanks included, is as it was saved.

    Args:
        folder_or_json: The folder of the template, or its template.json.

    Raises:
        TemplateError: A file is missing, or anything in it is not as it must be; names the file,
            the key and what to do.
    """
    path = folder_or_json / FILE_NAME if folder_or_json.is_dir() else folder_or_json
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = message(
            "{path}: cannot be read ({reason}); give the folder of a ballot template",
            path=path,
            reason=error.strerror,
        )
        raise TemplateError(msg) from error
    except UnicodeDecodeError as error:
        msg = message(
            "{path}: is not UTF-8 text; make the template again, or take it from a backup",
            path=path,
        )
        raise TemplateError(msg) from error
    return _parse(text, path)


def _parse(text: str, path: Path) -> BallotTemplate:
    """Read the text of a template.json that lies, or will lie, at `path`."""
    try:
        content = json.loads(text, object_pairs_hook=_refuse_doubled_keys)
    except ValueError as error:
        msg = message(
            "{path}: is not a template ({error}); make it again, or take it from a backup",
            path=path,
            error=error,
        )
        raise TemplateError(msg) from error
    edition = content.get("format") if isinstance(content, dict) else None
    if edition != FORMAT:
        msg = message(
            "{path}: key 'format' says {edition!r}, this program reads {format!r}; make the template again with this version, or use the version that made it",
            path=path,
            edition=edition,
            format=FORMAT,
        )
        raise TemplateError(msg)
    try:
        file = _TemplateFile.model_validate_json(text)
    except ValidationError as error:
        problems = [f"{key_path(e['loc'])!r} {describe(e, _KEYS)}" for e in error.errors()]
        raise TemplateError(list_problems(path, problems)) from error
    fields = {name: getattr(file, name) for name in _TemplateFile.model_fields if name != "format"}
    template = BallotTemplate(**fields, folder=path.parent)
    problems = find_problems(template)
    expected = layout_fingerprint(template)
    if not problems and template.fingerprint != expected:
        problems = [
            (
                f"'fingerprint' is {template.fingerprint!r}, but the layout gives {expected!r}: the file "
                "was changed after it was made; take it from a backup, or make and print it again"
            )
        ]
    if problems:
        raise TemplateError(list_problems(path, problems))
    return template


def _refuse_doubled_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        msg = f"the key {doubled!r} stands twice in one object"
        raise ValueError(msg)
    return table


def _in_micrometres(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float):
        return round(value * 1000)
    if isinstance(value, dict):
        return {
            name: round(item * 1000) if name.endswith("_mm") else _in_micrometres(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_in_micrometres(item) for item in value]
    return value


# Kinds of boxes that stand in one contest.
_TOGETHER = [frozenset(roles) for roles in ROLES.values()]
_TOGETHER.append(frozenset({*ROLES[Marking.POINTS], BoxRole.LIST, None}))

_EDGE_MM = 0.05  # how far a printed line may stand out over the edge of the page by rounding
_MAX_SHARED = 0.25  # share of the smaller box; neighbours touch, but one stroke must not fill two
_MIN_FIDUCIALS = 3  # fewer do not fix a plane


def find_problems(template: BallotTemplate) -> list[str]:
    """All that no template may be, in words; empty where it is sound. Opens the blanks."""
    problems: list[str] = []
    if not re.fullmatch(ID_PATTERN, template.ballot_id) or len(template.ballot_id) > MAX_ID:
        problems.append(
            f"'ballot_id' is {template.ballot_id!r}; use at most {MAX_ID} small letters, digits and single hyphens"
        )
    if not 1 <= template.round <= MAX_ROUND:
        problems.append(f"'round' is {template.round}; rounds are counted from 1 to {MAX_ROUND}")
    numbers = [page.number for page in template.pages]
    if not numbers or len(numbers) > MAX_PAGES or numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"'pages' have the numbers {numbers}; a sheet has page 1, or pages 1 and 2")
    for page in template.pages:
        where = f"page {page.number}"
        problems += [f"{where}: {text}" for text in _page_problems(page, template.folder)]
        if template.identity is Identity.CODE:
            problems += [f"{where}: {text}" for text in _code_problems(page)]
    if template.identity is Identity.CODE and template.election_id is None:
        problems.append("'election_id' is missing; a printed code names the election")
    return problems + _naming_problems(template)


def _page_problems(page: TemplatePage, folder: Path) -> list[str]:
    if not (page.width_mm > 0 and page.height_mm > 0):
        return [f"is {page.width_mm:g} x {page.height_mm:g} mm; give it its printed size"]
    printed = [(f"box {box.position!r}", box.rect) for box in page.boxes]
    printed += [(f"name {name.position!r}", line) for name in page.names for line in name.lines]
    printed += [(f"code {number}", rect) for number, rect in enumerate(page.codes, start=1)]
    printed += [("the seal", page.seal)] if page.seal else []
    for number, disc in enumerate(page.fiducials, start=1):
        printed.append((f"registration mark {number}", disc.rect))
    problems = [
        f"{what} is {rect.width_mm:g} x {rect.height_mm:g} mm; it must have a size"
        for what, rect in printed
        if not (rect.width_mm > 0 and rect.height_mm > 0)
    ]
    problems += [
        f"{what} reaches out of the page (left {rect.left_mm:.2f}, top {rect.top_mm:.2f}, right "
        f"{rect.left_mm + rect.width_mm:.2f}, bottom {rect.top_mm + rect.height_mm:.2f} mm on a page "
        f"of {page.width_mm:g} x {page.height_mm:g} mm); correct its place or the size of the page"
        for what, rect in printed
        if not _is_inside(rect, page)
    ]
    problems += [
        f"the boxes {one.position!r} and {other.position!r} lie on one another; take one away"
        for one, other in itertools.combinations(page.boxes, 2)
        if _shared_share(one.rect, other.rect) > _MAX_SHARED
    ]
    problems += [
        f"name {name.position!r} has no lines; give the extent of its letters"
        for name in page.names
        if not name.lines
    ]
    return problems + _blank_problems(page, folder)


def _blank_problems(page: TemplatePage, folder: Path) -> list[str]:
    if not page.blank or Path(page.blank).name != page.blank or "\\" in page.blank:
        return [
            f"'blank' is {page.blank!r}; it must be the plain name of a file beside {FILE_NAME}"
        ]
    try:
        found = hashlib.sha256((folder / page.blank).read_bytes()).hexdigest()
    except OSError as error:
        return [
            (
                f"the blank page {page.blank} cannot be read ({error.strerror}); put it back beside "
                f"{FILE_NAME}, or make the template again"
            )
        ]
    if found != page.blank_sha256:
        return [
            (
                f"the blank page {page.blank} is not the one this template was made with (sha256 "
                f"{found[:12]}..., expected {page.blank_sha256[:12]}...); take it from a backup, or make "
                "the template again"
            )
        ]
    return []


def _code_problems(page: TemplatePage) -> list[str]:
    problems = []
    if not page.codes:
        problems.append("has no code, but pages of this template are known by their code")
    if len(page.fiducials) < _MIN_FIDUCIALS:
        problems.append(f"has {len(page.fiducials)} registration marks; at least 3 are needed")
    if any(box.contest_id is None for box in page.boxes):
        problems.append("has boxes that belong to no contest; our own paper always names it")
    return problems


def _naming_problems(template: BallotTemplate) -> list[str]:
    boxes = [box for page in template.pages for box in page.boxes]
    names = [name for page in template.pages for name in page.names]
    positions = [box.position for box in boxes] + [name.position for name in names]
    problems = [
        f"the position {position!r} stands twice; give each box and name one of its own"
        for position, times in Counter(positions).items()
        if times > 1
    ]
    problems += [f"a box or name has no position ({n} of them)" for n in [positions.count("")] if n]
    for box in boxes:
        bound = [value is not None for value in (box.contest_id, box.candidate, box.role)]
        if any(bound) and not all(bound):
            problems.append(
                f"box {box.position!r} must have all of 'contest_id', 'candidate' and 'role', or none"
            )
        if box.candidate is not None and box.candidate < 1:
            problems.append(f"box {box.position!r}: candidates are counted from 1")
    problems += [
        f"name {name.position!r}: candidates are counted from 1"
        for name in names
        if name.candidate < 1
    ]
    meanings = Counter(
        [
            (box.contest_id, ColumnKey(box.candidate, box.role, box.number))
            for box in boxes
            if box.contest_id is not None and box.candidate is not None
        ]
        + [(name.contest_id, ColumnKey(name.candidate, None)) for name in names]
    )
    problems += [
        f"contest {contest!r} has the {key} twice; each box and each name stands once"
        for (contest, key), times in meanings.items()
        if times > 1
    ]
    roles: dict[str, set[BoxRole | None]] = {}
    for contest, key in meanings:
        roles.setdefault(contest, set()).add(key.role)
    problems += [
        f"contest {contest!r} has boxes or names of different kinds; all rows are marked one way"
        for contest, found in roles.items()
        if not any(found <= kinds for kinds in _TOGETHER)
    ]
    return problems


def _is_inside(rect: Rect, page: TemplatePage) -> bool:
    return (
        min(rect.left_mm, rect.top_mm) >= -_EDGE_MM
        and rect.left_mm + rect.width_mm <= page.width_mm + _EDGE_MM
        and rect.top_mm + rect.height_mm <= page.height_mm + _EDGE_MM
    )


def _shared_share(one: Rect, other: Rect) -> float:
    """Common area as a share of the smaller rectangle."""
    across = min(one.left_mm + one.width_mm, other.left_mm + other.width_mm) - max(
        one.left_mm, other.left_mm
    )
    down = min(one.top_mm + one.height_mm, other.top_mm + other.height_mm) - max(
        one.top_mm, other.top_mm
    )
    smaller = min(one.width_mm * one.height_mm, other.width_mm * other.height_mm)
    return max(across, 0.0) * max(down, 0.0) / smaller if smaller > 0 else 0.0
