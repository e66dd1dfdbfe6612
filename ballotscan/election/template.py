"""The ballot template: where everything stands on the printed page, in millimetres.

Print and reading share this one truth: `design` measures it on the very document that is printed,
`template import` takes it from a blank of existing paper. The origin is the top left corner of the
page, x runs right, y runs down. Beside the JSON lies a picture of each blank page, at `BLANK_DPI`,
grey, because reading asks what the template did not print.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ballotscan.election.records import BoxRole, ExpectedMark

BLANK_DPI = 200
PX_PER_MM = BLANK_DPI / 25.4  # template pixels a millimetre, everywhere in the program
FORMAT = "ballotscan-template/1"


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


@dataclass(frozen=True, slots=True)
class MarkBox:
    """One box that a voter may mark.

    Attributes:
        position: Name of the box, unique in the template, as in a list of boxes.
        rect: The printed outline, its outer edge.
        contest_id: Contest it belongs to; None while the template is not bound to an election.
        candidate: Number of the candidate in ballot order, from 1; None likewise.
        role: What a mark in it says; None likewise.
    """

    position: str
    rect: Rect
    contest_id: str | None = None
    candidate: int | None = None
    role: BoxRole | None = None


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


@dataclass(frozen=True, slots=True)
class BallotTemplate:
    """One ballot: the sheet that one voter gets, of one or two printed pages.

    Attributes:
        fingerprint: What the paper is, in 12 letters and digits; stands in the printed code.
        folder: Where the template was loaded from; the blanks lie there. Not part of the JSON.
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
