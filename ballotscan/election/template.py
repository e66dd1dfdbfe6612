"""The ballot template: where everything stands on the printed page, in millimetres.

Print and reading share this one truth: `design` measures it on the very document that is printed,
`template import` takes it from a blank of existing paper. The origin is the top left corner of the
page, x runs right, y runs down. Beside the JSON lies a picture of each blank page, at `BLANK_DPI`,
grey, because reading asks what the template did not print (`election.blanks` opens it).
`election.template_files` loads and saves it.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ballotscan.election.records import BoxRole, ExpectedMark

BLANK_DPI = 200
PX_PER_MM = BLANK_DPI / 25.4  # template pixels a millimetre, everywhere in the program


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
        varying: Where each paper is printed otherwise, as with a running number.
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
    varying: tuple[Rect, ...] = ()

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
