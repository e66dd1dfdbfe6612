"""What is computed once, before the first scan: the forms that pages are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ballotscan.election.code import PageCode
from ballotscan.election.template import PX_PER_MM, BallotTemplate, Identity, Rect, TemplatePage
from ballotscan.scan.anchors import choose_anchors
from ballotscan.scan.drift import DriftReference, prepare_drift
from ballotscan.scan.fiducials import FiducialOptions, disc_places
from ballotscan.scan.forms import FormOptions, FormSet
from ballotscan.scan.gate import PRINT_INK, GateOptions, PrintCells, cut_cells, group_print
from ballotscan.scan.identity import CodePlace, IdentityOptions, code_places
from ballotscan.scan.landmarks import LandmarkOptions, PageReference, prepare_reference
from ballotscan.scan.lookalikes import LookalikeOptions
from ballotscan.scan.mapping import Pixels, Points, template_px
from ballotscan.scan.other_print import OtherPrintOptions
from ballotscan.scan.outlines import OutlineOptions, OutlineReference, prepare_outlines
from ballotscan.scan.paper import measure_ink, reduce_page
from ballotscan.scan.plane import PlaneOptions
from ballotscan.scan.print_pieces import PrintPieces, cut_pieces

HALF_DPI = 100.0
# Our own paper is known by its code, so the gate only asks whether the print is there: one pixel of
# print in four (10 000 on A4) tells that as well as all.
_THINNED = 4
# Ink that is still there when it is smeared over 0.75 mm: letters, and lines from 0.3 mm on.
_STURDY_PX = 3
_LEAST_STURDY_PX = 2000
_FIELD_PX = 130  # 33 mm, half the page wide
_LEAST_FIELD_PX = 40  # thinned; two words


@dataclass(frozen=True, slots=True)
class RegistrationOptions:
    """How pages are laid on their templates.

    Attributes:
        gate: How much of the print must be there on our own paper, on the whole and in the worst
            tenth of its fields. Its code says which form it is and its discs where it lies, so less
            is asked than of existing paper: bilevel scans that people read with ease keep 0.54,
            another ballot's names under a right code 0.10.
        min_dpi: Below this the marks of a thin pen fall between the pixels. Codes are still read
            at 100 dpi.
        is_photo: Whether pages are photographed by phone: then the perspective is taken out of them
            first, and what they say of their resolution is not believed.
        min_drift_px: Shifts of discs and boxes below this are left to the boxes; above, the whole
            page is bent. 1.5 template pixels are 0.19 mm.
    """

    identity: IdentityOptions = field(default_factory=IdentityOptions)
    fiducials: FiducialOptions = field(default_factory=FiducialOptions)
    plane: PlaneOptions = field(default_factory=PlaneOptions)
    outlines: OutlineOptions = field(default_factory=OutlineOptions)
    landmarks: LandmarkOptions = field(default_factory=LandmarkOptions)
    lookalikes: LookalikeOptions = field(default_factory=LookalikeOptions)
    other_print: OtherPrintOptions = field(default_factory=OtherPrintOptions)
    gate: GateOptions = field(
        default_factory=lambda: GateOptions(least_lift=0.5, least_worst_lift=0.2)
    )
    min_dpi: float = 118.0
    min_drift_px: float = 1.5
    is_photo: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Form:
    """One page of one template, prepared.

    Attributes:
        size_px: (columns, rows) in template pixels.
        half_size_px: (columns, rows) of the page at half size.
        outlines: The print around its boxes and names.
        wide: Those and other print all over the page, for a page that is not flat and for boxes that
            are drowned by marks.
        drift: Weights of all those places, then of the discs, on the mesh.
        cells: Its print, for the gate.
        landmarks: For pages without a code; else None.
        pieces: Likewise: the letters of its print.
        extent_px: (N, 2) corners of all boxes and names in template pixels: what must be on a scan.
    """

    template: BallotTemplate
    page: TemplatePage
    size_px: tuple[int, int]
    half_size_px: tuple[int, int]
    outlines: OutlineReference
    wide: OutlineReference
    drift: DriftReference
    cells: PrintCells
    landmarks: PageReference | None
    pieces: PrintPieces | None
    extent_px: Points


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PageReferences:
    """All forms of an election.

    Attributes:
        forms: Every page of every template.
        by_code: The forms that carry a code, by what it says.
        places: Where codes stand.
        by_print: The forms without a code, to be told by their print.
        printed: What distinguishes those.
    """

    forms: tuple[Form, ...]
    by_code: Mapping[PageCode, Form]
    places: tuple[CodePlace, ...]
    by_print: tuple[Form, ...]
    printed: FormSet


def prepare_references(
    templates: Sequence[tuple[BallotTemplate, Mapping[int, Pixels]]], options: RegistrationOptions
) -> PageReferences:
    """Prepare the pages of all templates; once in each worker.

    Args:
        templates: Each template with the pictures of its blank pages, (rows, columns) grey at
            200 dpi, by page number.
        options: As they will be given to `register_page`.
    """
    forms = [
        _prepare(template, page, blanks[page.number], options)
        for template, blanks in templates
        for page in template.pages
    ]
    by_code = {}
    for form in forms:
        template = form.template
        if template.identity is Identity.CODE:
            code = PageCode(
                election_id=template.election_id or "",
                ballot_id=template.ballot_id,
                round=template.round,
                page=form.page.number,
                fingerprint=template.fingerprint,
            )
            by_code[code] = form
    by_print = tuple(form for form in forms if form.landmarks is not None)
    return PageReferences(
        forms=tuple(forms),
        by_code=by_code,
        places=code_places(form.page for form in by_code.values()),
        by_print=by_print,
        printed=FormSet(
            [form.landmarks for form in by_print if form.landmarks is not None],
            form_options(options),
        ),
    )


def _prepare(
    template: BallotTemplate, page: TemplatePage, blank: Pixels, options: RegistrationOptions
) -> Form:
    rows, columns = blank.shape
    half = reduce_page(blank, 2)
    is_coded = template.identity is Identity.CODE
    ink = measure_ink(half, HALF_DPI)
    cells = _cut_fields(ink, page) if is_coded else cut_cells(ink)
    outlines = prepare_outlines(page, blank, options.outlines)
    wide = prepare_outlines(page, blank, options.outlines, choose_anchors(page, blank))
    places = np.zeros((0, 2))  # the fit to the print of existing paper bends it without them
    if is_coded:
        places = np.vstack([wide.centres_px, disc_places(page.fiducials)])
    return Form(
        template=template,
        page=page,
        size_px=(columns, rows),
        half_size_px=(columns // 2, rows // 2),
        outlines=outlines,
        wide=wide,
        drift=prepare_drift((columns, rows), places),
        cells=cells,
        landmarks=None
        if is_coded
        else prepare_reference(blank, _boxes_px(page), options.landmarks),
        pieces=None if is_coded else cut_pieces(blank, _left_out_px(page)),
        extent_px=_extent(page),
    )


def form_options(options: RegistrationOptions) -> FormOptions:
    """The options with which existing paper is told by its print."""
    return FormOptions(landmarks=options.landmarks, lookalikes=options.lookalikes)


def _boxes_px(page: TemplatePage) -> Points:
    """(P, 4) left, top, width and height of each box in template pixels."""
    return _in_px([box.rect for box in page.boxes])


def _left_out_px(page: TemplatePage) -> Points:
    """(P, 4) likewise of all that may be printed otherwise on a right page."""
    return _in_px([*(box.rect for box in page.boxes), *page.varying])


def _in_px(rects: Sequence[Rect]) -> Points:
    sides = [(rect.left_mm, rect.top_mm, rect.width_mm, rect.height_mm) for rect in rects]
    return np.array(sides, dtype=np.float64).reshape(-1, 4) * PX_PER_MM


def _without_marks(ink: Pixels, page: TemplatePage) -> Pixels:
    """Take discs and codes out of what the gate asks for: any of them may be missing."""
    rects = [*page.codes, *(disc.rect for disc in page.fiducials)]
    kept = ink.copy()
    px_per_mm = HALF_DPI / 25.4
    for rect in rects:
        left, top = (max(int((mm - 1) * px_per_mm), 0) for mm in (rect.left_mm, rect.top_mm))
        right = int((rect.left_mm + rect.width_mm + 1) * px_per_mm) + 1
        bottom = int((rect.top_mm + rect.height_mm + 1) * px_per_mm) + 1
        kept[top:bottom, left:right] = 0
    return kept


def _cut_fields(ink: Pixels, page: TemplatePage) -> PrintCells:
    """Cut the print of our own paper into fields, thinned.

    Only sturdy print counts: hairlines and small pale words are lost by coarse and by bilevel scans
    that people read with ease. What is covered on a page loses sturdy print as well.
    """
    ink = _without_marks(ink, page)
    is_sturdy = cv2.blur(ink, (_STURDY_PX, _STURDY_PX)) >= PRINT_INK
    if np.count_nonzero(is_sturdy) < _LEAST_STURDY_PX:
        is_sturdy = ink >= PRINT_INK
    y, x = (places[::_THINNED] for places in np.nonzero(is_sturdy))
    rows, columns = ink.shape
    number = y // _FIELD_PX * 2 + (x >= columns / 2)
    counts = np.bincount(number, minlength=2 * (rows // _FIELD_PX + 1))
    # The print of a field that has too little to tell counts with the whole page alone.
    telling = np.flatnonzero(counts >= _LEAST_FIELD_PX)
    renumbered = np.full(len(counts), len(telling))
    renumbered[telling] = np.arange(len(telling))
    count = len(telling) + int((counts[counts < _LEAST_FIELD_PX] > 0).any())
    return group_print(np.column_stack([y, x]), renumbered[number], count, (columns, rows))


def _extent(page: TemplatePage) -> Points:
    rects = [box.rect for box in page.boxes] + [line for name in page.names for line in name.lines]
    corners = [
        template_px(x_mm, y_mm)
        for rect in rects
        for x_mm in (rect.left_mm, rect.left_mm + rect.width_mm)
        for y_mm in (rect.top_mm, rect.top_mm + rect.height_mm)
    ]
    return np.array(corners, dtype=np.float64).reshape(-1, 2)
