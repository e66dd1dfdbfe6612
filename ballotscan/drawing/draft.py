"""A template while it is being drawn: what stands on the blank, and what each place means so far.

The draft lies in the folder of the election, so that a page that is loaded again, or a program that
is started again, loses nothing.
"""

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ballotscan.election.markings import ColumnKey
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import Rect
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message
from ballotscan.store.outputs import write_output

FILE_NAME = "drawing.json"
MAX_SHAPES = 4000  # a bubble sheet has a thousand

Length = Annotated[float, Field(ge=-5.0, le=2000.0)]
Side = Annotated[float, Field(gt=0.0, le=2000.0)]
Number = Annotated[int, Field(ge=1, le=999)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Shape(_Model):
    """One place on the blank: a box, or a line of a printed name; lengths in mm.

    Attributes:
        id: Known by it while it is drawn; unique in the draft.
        contest_id: What it is bound to; None while it is not. `candidate`, `role` and `number` are
            those of `election.markings.ColumnKey`.
    """

    id: Annotated[int, Field(ge=1, le=10**9)]
    page: Annotated[int, Field(ge=1, le=2)]
    kind: Literal["box", "name"]
    left: Length
    top: Length
    width: Side
    height: Side
    contest_id: str | None = None
    candidate: Number | None = None
    role: BoxRole | None = None
    number: Number | None = None

    @property
    def rect(self) -> Rect:
        """Its extent."""
        return Rect(self.left, self.top, self.width, self.height)

    @property
    def key(self) -> ColumnKey | None:
        """What it stands for in its contest; None while it is not bound."""
        if self.contest_id is None or self.candidate is None:
            return None
        return ColumnKey(self.candidate, self.role, self.number)

    def bound(self, contest_id: str | None, key: ColumnKey | None) -> "Shape":
        """The same place with another meaning."""
        meaning: dict[str, object] = dict.fromkeys(("contest_id", "candidate", "role", "number"))
        if contest_id is not None and key is not None:
            meaning = {
                "contest_id": contest_id,
                "candidate": key.candidate,
                "role": key.role,
                "number": key.number,
            }
        return self.model_copy(update=meaning)


class Draft(_Model):
    """Everything that a person has drawn.

    Attributes:
        blanks: SHA-256 of the pictures that it was drawn on, page by page.
    """

    blanks: tuple[str, ...] = ()
    expected_mark: ExpectedMark = ExpectedMark.ANY
    is_photo: bool = False
    shapes: Annotated[tuple[Shape, ...], Field(max_length=MAX_SHAPES)] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        if len({shape.id for shape in self.shapes}) < len(self.shapes):
            msg = "two shapes have one id"
            raise ValueError(msg)
        return self


def load_draft(folder: Path) -> Draft | None:
    """The draft in a folder; None where there is none.

    Raises:
        TemplateError: The file is damaged.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    try:
        return Draft.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        what = message(
            "{path}: this draft cannot be read; move it away and draw the template again", path=path
        )
        raise TemplateError(what) from error


def save_draft(draft: Draft, folder: Path) -> None:
    """Write the draft; a program that is killed meanwhile leaves the last one.

    Raises:
        OutputError: The folder cannot be written.
    """
    text = json.dumps(draft.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    write_output(folder / FILE_NAME, text.encode("utf-8"))


def set_aside(folder: Path) -> None:
    """Keep the draft in a folder under another name: it was drawn on another blank."""
    path = folder / FILE_NAME
    number = 1
    while (kept := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    path.replace(kept)
