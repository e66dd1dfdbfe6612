"""From a scanned page to a page that lies on its template, or to the reason why it does not.

Nothing is guessed: a page is registered only if its code names a form that is being counted, three
whole discs agree with each other and with the code, the shape is one that paper on a scanner can
have, and the form's own print is found where the fit puts it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import PageFault, PageRef
from ballotscan.election.template import BallotTemplate, MarkBox, Rect, TemplatePage
from ballotscan.locale.message import Words, message, one_after_another
from ballotscan.locale.words import name_of
from ballotscan.scan.coded import lay_coded_page
from ballotscan.scan.formed import lay_form_page, to_grey
from ballotscan.scan.gate import Verdict, judge, print_recall_of_page
from ballotscan.scan.identity import BGR_RED
from ballotscan.scan.laid import LaidPage, Refusal
from ballotscan.scan.mapping import PageMapping, Pixels, Points, sample_patches
from ballotscan.scan.other_print import find_other_print
from ballotscan.scan.outlines import soften
from ballotscan.scan.paper import enlargement, lay_flat, reduce_page
from ballotscan.scan.photographs import flatten_photograph
from ballotscan.scan.places import find_places
from ballotscan.scan.reader import Page
from ballotscan.scan.references import HALF_DPI, Form, PageReferences, RegistrationOptions
from ballotscan.scan.stretch import StretchOptions, measure_strain
from ballotscan.tone.paper import PaperMap, darkest_channel, paper_map

_TO_HALF = np.linalg.inv(enlargement(2))
_HALF_PX_PER_MM = HALF_DPI / 25.4
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True, eq=False)
class RegisteredPage:
    """A page that surely lies on its template.

    Attributes:
        ref: Its name.
        template: The template it is a page of.
        page: The page of that template.
        pixels: The scan, grey or BGR, a photograph as it was laid flat; halved while it has 400 dpi
            or more.
        mapping: From template pixels to `pixels`.
        scan_matrix: (3, 3) from template pixels to the scan as it was read, without what the paper
            stretched.
        residual_px: Root mean square miss of the discs, in template pixels.
        box_shifts: (P, 2) how far each box lies from where `mapping` puts it, template pixels (x,
            y): a box whose corner is at t in the template is at mapping.apply(t + shift).
        outline: (P,) correlation of each box's printed surroundings with the blank's.
        is_box_sure: (P,) whether the shift is the box's own; else it is that of its neighbours.
        is_box_lost: (P,) whether neither may be believed: such a box must not be read.
        lift: Share of the form's print that is there, beyond chance.
        worst_lift: The same in the worst tenth of the page.
        half_page: The page laid flat at 100 dpi, grey or BGR; white where the scan ends.
        half_grey: Its darkest channel; the same array where it is grey.
        paper: The level of the bare paper of `half_grey`.
        other_print: Where existing paper is printed otherwise than the form; people must look.
    """

    ref: PageRef
    template: BallotTemplate
    page: TemplatePage
    pixels: Pixels
    mapping: PageMapping
    scan_matrix: NDArray[np.float64]
    residual_px: float
    box_shifts: NDArray[np.float32]
    outline: NDArray[np.float32]
    is_box_sure: NDArray[np.bool_]
    is_box_lost: NDArray[np.bool_]
    lift: float
    worst_lift: float
    half_page: Pixels
    half_grey: Pixels
    paper: PaperMap
    other_print: tuple[Rect, ...] = ()

    @property
    def ballot_id(self) -> str:
        """Id of the ballot."""
        return self.template.ballot_id

    @property
    def number(self) -> int:
        """Number of the template page, from 1."""
        return self.page.number


@dataclass(frozen=True, slots=True)
class UnreadablePage:
    """A page that is not read, and why.

    Attributes:
        ref: Its name.
        fault: The reason.
        detail: One sentence for people: what is wrong and what to do.
    """

    ref: PageRef
    fault: PageFault
    detail: Words


def register_page(
    page: Page, references: PageReferences, options: RegistrationOptions
) -> RegisteredPage | UnreadablePage:
    """Lay a scanned page on its template.

    Args:
        page: The scan.
        references: The forms of the election.
        options: As given to `prepare_references`.
    """
    pixels, dpi, to_scan = page.pixels, page.dpi, np.eye(3)
    if options.is_photo:
        dpi = None  # what a phone writes there says nothing about paper
        flat = flatten_photograph(pixels, references, options) if references.by_code else None
        if flat is not None:
            pixels, dpi, to_scan = flat.pixels, flat.dpi, flat.matrix
    laid = _lay(pixels, dpi, references, options)
    if isinstance(laid, Refusal):
        return UnreadablePage(page.ref, laid.fault, laid.detail)
    halved = enlargement(round(pixels.shape[0] / laid.pixels.shape[0]))
    return _finish(page.ref, laid, to_scan.dot(halved), options)


def _lay(
    pixels: Pixels, dpi: float | None, references: PageReferences, options: RegistrationOptions
) -> LaidPage | Refusal:
    """By its code, or where there is none and existing paper is counted, by its form."""
    has_forms = any(form.landmarks for form in references.forms)
    if not references.by_code:
        return lay_form_page(pixels, references, options)
    laid = lay_coded_page(pixels, dpi, references, options)
    if has_forms and isinstance(laid, Refusal) and laid.fault is PageFault.NO_CODE:
        return lay_form_page(pixels, references, options)
    return laid


def _finish(
    ref: PageRef, laid: LaidPage, to_scan: NDArray[np.float64], options: RegistrationOptions
) -> RegisteredPage | UnreadablePage:
    """Find the boxes, bend the page where it is bent, and put it before the gate."""
    form = laid.form
    half = reduce_page(laid.pixels, 2)
    soft = soften(_one_channel(half, form))
    found = find_places(soft, laid, options)
    mapping, boxes = found.mapping, found.places
    to_half = PageMapping(_TO_HALF.dot(mapping.matrix), mapping.mesh)
    count, columns = form.outlines.box_count, form.outlines.column_count
    is_coded = form.landmarks is None
    shifts = boxes.shifts[:count]
    is_lost = boxes.is_lost[:count]
    if is_coded:
        shifts = shifts - mapping.shifts_at(form.outlines.centres_px[:count])
    else:
        is_clear = boxes.is_clear(options.outlines)[:count]
        is_lost = is_lost | _is_pulled(mapping, form, is_clear, options.landmarks.stretch)
    half_page = _lay_half(half, to_half, form.half_size_px)
    half_grey = darkest_channel(half_page)
    paper = paper_map(half_grey, _HALF_PX_PER_MM)
    recall = laid.recall
    if recall is None:
        seen = _one_channel(half_page, form)
        # The paper is looked for once: what the gate, the marks and the ink beside them ask of it.
        its_paper = paper if seen is half_grey else paper_map(seen, _HALF_PX_PER_MM)
        recall = print_recall_of_page(seen, its_paper, form.cells)
    if is_coded and judge(recall, options.gate) is not Verdict.FITS:
        return UnreadablePage(
            ref,
            PageFault.PRINT_MISSING,
            message(
                "only {share:.0%} of the ballot's own print is on this page ({worst:.0%} in its worst part); look whether it is torn, folded or covered, and scan it again",
                share=max(recall.lift, 0),
                worst=max(recall.worst_lift, 0),
            ),
        )
    if is_coded and boxes.is_lost[:columns].any():
        return UnreadablePage(
            ref,
            PageFault.OUT_OF_SQUARE,
            message(
                "it is not sure where these lie: {places}; look whether the paper slipped in the feed or is covered there, and scan the sheet again, or read it by eye",
                places=_name_columns(form, boxes.is_lost),
            ),
        )
    return RegisteredPage(
        ref=ref,
        template=form.template,
        page=form.page,
        pixels=laid.pixels,
        mapping=mapping,
        scan_matrix=to_scan.dot(mapping.matrix),
        residual_px=laid.residual_px,
        box_shifts=shifts.astype(np.float32),
        outline=boxes.correlations[:count],
        is_box_sure=boxes.is_sure[:count],
        is_box_lost=is_lost,
        lift=recall.lift,
        worst_lift=recall.worst_lift,
        half_page=half_page,
        half_grey=half_grey,
        paper=paper,
        other_print=()
        if form.pieces is None
        else find_other_print(to_grey(laid.pixels), mapping, form.pieces, options.other_print),
    )


def _is_pulled(
    mapping: PageMapping, form: Form, is_clear: NDArray[np.bool_], options: StretchOptions
) -> NDArray[np.bool_]:
    """(P,) whether the paper is pulled so much at each box that the bend through it says nothing."""
    strain = measure_strain(mapping, form.outlines.centres_px[: form.outlines.box_count])
    limits = np.where(is_clear, options.max_strain, options.max_strain_unseen)
    return np.asarray(strain > limits)


def _name_columns(form: Form, is_lost: NDArray[np.bool_]) -> Words:
    """The boxes and names that are lost, in words."""
    places = [(box.position, _name_box(box)) for box in form.page.boxes]
    places += [(name.position, name.position) for name in form.page.names for _ in name.lines]
    lost = dict(place for place, gone in zip(places, is_lost, strict=False) if gone)
    names = one_after_another(list(lost.values())[:_MOST_NAMED], between=", ")
    rest = len(lost) - _MOST_NAMED
    return message("{places} and {rest} more", places=names, rest=rest) if rest > 0 else names


def _name_box(box: MarkBox) -> Words:
    """The name of a box, its role in words."""
    if box.role is None or not box.position.endswith(f"/{box.role.value}"):
        return box.position
    return one_after_another((box.position.removesuffix(box.role.value), name_of(box.role)))


def _lay_half(half: Pixels, to_half: PageMapping, size_px: tuple[int, int]) -> Pixels:
    """Lay the halved scan flat at half size."""
    matrix = to_half.matrix.dot(enlargement(2))
    if to_half.mesh is not None or np.any(matrix[2, :2]):
        return lay_flat(half, to_half, size_px, step_px=2)
    # An affinity needs no map: a third less time on most pages.
    return np.asarray(
        cv2.warpAffine(
            half,
            matrix[:2],
            size_px,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        ),
        dtype=np.uint8,
    )


def _one_channel(pixels: Pixels, form: Form) -> Pixels:
    """Red for our own paper, where a red seal is then bright; grey for existing paper."""
    if pixels.ndim == 2 or form.landmarks is not None:  # noqa: PLR2004
        return to_grey(pixels)
    return np.ascontiguousarray(pixels[:, :, BGR_RED])


def sample_half_page(registered: RegisteredPage) -> Pixels:
    """The page laid flat at 100 dpi, as the gate saw it and as the audit image shows it."""
    return registered.half_page


def sample_boxes(
    registered: RegisteredPage, corners_px: NDArray[np.intp], sizes_px: NDArray[np.intp]
) -> list[Pixels]:
    """Cut the boxes out of the scan, each moved by its own shift.

    Args:
        registered: The page.
        corners_px: (P, 2) template point (x, y) of the first pixel of each box's patch.
        sizes_px: (P, 2) columns and rows of each patch.

    Returns:
        P patches (rows, columns) or (rows, columns, 3) in template pixels.
    """
    corners: Points = corners_px.astype(np.float64) + registered.box_shifts
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, (columns, rows) in enumerate(sizes_px.tolist()):
        by_size.setdefault((columns, rows), []).append(index)
    patches: dict[int, Pixels] = {}
    for size, indices in by_size.items():
        windows = sample_patches(registered.pixels, registered.mapping, corners[indices], size)
        patches.update(zip(indices, windows, strict=True))
    return [patches[index] for index in range(len(corners_px))]
