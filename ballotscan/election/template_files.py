"""template.json: how a ballot template lies on the disk, and the fingerprint of what it says.

It holds the fields of `BallotTemplate` under their own names, without `folder`, and `format`, which
names this edition of the format. The pictures of the blank pages lie beside it.
"""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ballotscan.election.problems import describe, key_path, list_problems
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import (
    BallotTemplate,
    Fiducial,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.election.template_problems import FILE_NAME, find_problems
from ballotscan.errors import TemplateError
from ballotscan.locale.message import Words, message

FORMAT = "ballotscan-template/1"


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
        ("rect", "codes", "seal", "lines", "varying"),
        tuple(field.name for field in dataclasses.fields(Rect)),
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
        if not page["varying"]:
            del page["varying"]  # likewise
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
        problems: list[Words] = [
            message("{key!r} {problem}", key=key_path(e["loc"]), problem=describe(e, _KEYS))
            for e in error.errors()
        ]
        raise TemplateError(list_problems(path, problems)) from error
    fields = {name: getattr(file, name) for name in _TemplateFile.model_fields if name != "format"}
    template = BallotTemplate(**fields, folder=path.parent)
    problems = find_problems(template)
    expected = layout_fingerprint(template)
    if not problems and template.fingerprint != expected:
        problems = [
            message(
                "'fingerprint' is {found!r}, but the layout gives {expected!r}: the file was changed after it was made; take it from a backup, or make and print it again",
                found=template.fingerprint,
                expected=expected,
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
        msg = message("the key {key!r} stands twice in one object", key=doubled)
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
