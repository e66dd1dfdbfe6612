"""A template from a blank of existing paper: its picture, and a list of where its boxes are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.boxes import import_boxes, import_varying
from ballotscan.election.definition import Election, contests_fingerprint
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import (
    BLANK_DPI,
    PX_PER_MM,
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.election.template_files import save_template
from ballotscan.errors import OutputError, TemplateError
from ballotscan.locale.message import message
from ballotscan.scan.reader import Page, ReaderOptions, inspect_scan, read_page
from ballotscan.tone.paper import darkest_channel

# Width and height of paper in mm (ISO 216, ANSI/ASME Y14.1 and US legal).
_PAPERS_MM = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "US Letter": (215.9, 279.4),
    "US Legal": (215.9, 355.6),
}
# A blank that was cut unevenly is up to a hundredth off the shape of its paper; A and US sizes are
# eight hundredths apart.
_MAX_SHAPE_ERROR = 0.02


@dataclass(frozen=True, slots=True)
class FormDescription:
    """What is known of existing paper before any of it is scanned.

    Attributes:
        dpi: Resolution of the blank's picture, where the file does not say or says wrong.
    """

    ballot_id: str
    expected_mark: ExpectedMark = ExpectedMark.ANY
    is_photo: bool = False
    dpi: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BlankPage:
    """One page of a blank.

    Attributes:
        pixels: (rows, columns) grey at `BLANK_DPI`.
        px_per_mm: Scale of the picture it was made from.
    """

    pixels: NDArray[np.uint8]
    px_per_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class FormPage:
    """One page of existing paper: its blank, and where its boxes, its names and what varies are."""

    blank: NDArray[np.uint8]
    boxes: tuple[MarkBox, ...]
    names: tuple[NameField, ...] = ()
    varying: tuple[Rect, ...] = ()


def import_template(
    blanks: Sequence[Path],
    boxes: Sequence[Path],
    folder: Path,
    form: FormDescription,
    election: Election | None = None,
) -> BallotTemplate:
    """Make the template of existing paper.

    Args:
        blanks: Pictures or PDFs of the blank, all pages in order.
        boxes: A list of boxes for each page, in the same order.
        folder: Where template.json and the blanks are written; made where it is missing.
        form: What is known of the form.
        election: Binds the boxes to its contests; None leaves them loose, to be read but not
            counted.

    Raises:
        ScanError: A blank cannot be read.
        TemplateError: The lists do not fit the pages, a scale is not known, or a box is wrong.
        OutputError: The folder cannot be written.
    """
    pages = read_blanks(blanks, form.dpi)
    if len(pages) != len(boxes):
        msg = message(
            "the blank has {pages} pages, but {lists} lists of boxes are given; give one --boxes for each page, in the same order",
            pages=len(pages),
            lists=len(boxes),
        )
        raise TemplateError(msg)
    listed = [
        FormPage(
            page.pixels,
            import_boxes(
                path,
                px_per_mm=page.px_per_mm,
                election=election,
                ballot_id=None if election is None else form.ballot_id,
            ),
            varying=import_varying(path, px_per_mm=page.px_per_mm),
        )
        for page, path in zip(pages, boxes, strict=True)
    ]
    return write_form(listed, folder, form, election)


def read_blanks(blanks: Sequence[Path], dpi: float | None = None) -> list[BlankPage]:
    """Read the pages of a blank.

    Args:
        blanks: Pictures or PDFs, all pages in order.
        dpi: Their resolution, where the files do not say or say wrong.

    Raises:
        ScanError: A file cannot be read.
        TemplateError: A scale is not known.
    """
    options = ReaderOptions()
    pages = []
    for blank in blanks:
        scan = inspect_scan(blank, options)
        pages += [
            _take_blank(blank, read_page(scan, number, options), dpi)
            for number in range(1, scan.page_count + 1)
        ]
    return pages


def write_form(
    pages: Sequence[FormPage], folder: Path, form: FormDescription, election: Election | None = None
) -> BallotTemplate:
    """Write template.json and the blanks of existing paper.

    Raises:
        TemplateError: It would not load, or the election has no such ballot.
        OutputError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        template = BallotTemplate(
            ballot_id=form.ballot_id,
            election_id=None if election is None else election.id,
            round=1 if election is None else _round_of(election, form.ballot_id),
            identity=Identity.LANDMARKS,
            expected_mark=form.expected_mark,
            is_photo=form.is_photo,
            pages=tuple(
                _write_page(number, page, folder) for number, page in enumerate(pages, start=1)
            ),
            fingerprint="",
            folder=folder,
            contests_sha256=""
            if election is None
            else contests_fingerprint(election.ballots[form.ballot_id]),
        )
        return save_template(template, folder)
    except OSError as error:
        msg = message(
            "{folder}: cannot be written ({reason}); choose another folder",
            folder=folder,
            reason=error.strerror,
        )
        raise OutputError(msg) from error


def _round_of(election: Election, ballot_id: str) -> int:
    contests = election.ballots.get(ballot_id)
    if contests is None:
        msg = message(
            "the election {id!r} has no ballot {ballot_id!r}; it has {known}",
            id=election.id,
            ballot_id=ballot_id,
            known=", ".join(repr(known) for known in election.ballots),
        )
        raise TemplateError(msg)
    return contests[0].round


def _take_blank(path: Path, page: Page, known_dpi: float | None) -> BlankPage:
    grey = darkest_channel(page.pixels)
    rows, columns = grey.shape
    dpi = known_dpi or page.dpi or _guess_dpi(columns, rows)
    if dpi is None:
        msg = message(
            "{path}: the file does not say at how many dots per inch it was scanned, and its shape is that of no usual paper; give --dpi",
            path=path,
        )
        raise TemplateError(msg)
    scale = BLANK_DPI / dpi
    size = (round(columns * scale), round(rows * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = grey if scale == 1 else cv2.resize(grey, size, interpolation=way)
    return BlankPage(np.asarray(picture, dtype=np.uint8), dpi / 25.4)


def _write_page(number: int, page: FormPage, folder: Path) -> TemplatePage:
    name = f"blank-{number}.png"
    content = cv2.imencode(".png", page.blank)[1].tobytes()
    (folder / name).write_bytes(content)
    rows, columns = page.blank.shape
    return TemplatePage(
        number=number,
        width_mm=round(columns / PX_PER_MM, 3),
        height_mm=round(rows / PX_PER_MM, 3),
        blank=name,
        blank_sha256=hashlib.sha256(content).hexdigest(),
        boxes=page.boxes,
        names=page.names,
        varying=page.varying,
    )


def _guess_dpi(columns: int, rows: int) -> float | None:
    """The resolution at which a picture has the shape of a usual paper."""
    shape = max(columns, rows) / min(columns, rows)
    name = min(_PAPERS_MM, key=lambda paper: abs(_shape(paper) / shape - 1))
    if abs(_shape(name) / shape - 1) > _MAX_SHAPE_ERROR:
        return None
    return min(columns, rows) / _PAPERS_MM[name][0] * 25.4


def _shape(paper: str) -> float:
    width, height = _PAPERS_MM[paper]
    return height / width
