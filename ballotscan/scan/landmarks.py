"""Registration of existing paper, which has no marks of ours, by the form that is printed on it.

Coarse fits are tried in order of cost; each is bent to what the paper did and put before the gate;
the first that passes is taken. A page on which none passes is refused by the caller: a fit is
never better than the print that it explains.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.coarse import (
    CoarseFit,
    CoarsePage,
    CoarseReference,
    feature_fit,
    prepare_coarse,
    quick_fits,
)
from ballotscan.scan.editions import (
    Edition,
    EditionOptions,
    EditionReference,
    check_edition,
    is_edition,
    keep_letters,
    prepare_edition,
)
from ballotscan.scan.gate import (
    PRINT_INK,
    GateOptions,
    PrintCells,
    PrintRecall,
    Verdict,
    cut_cells,
    judge,
    print_recall,
)
from ballotscan.scan.mapping import MESH_PITCH_PX, PageMapping, Pixels, Points
from ballotscan.scan.paper import drop_edges, enlargement, lay_flat, measure_ink, reduce_page
from ballotscan.scan.stretch import (
    StretchOptions,
    StretchReference,
    follow_paper,
    prepare_stretch,
    smooth_ink,
)

_HALF_DPI = 100.0
_FROM_TEMPLATE = np.linalg.inv(enlargement(2))  # template pixels to half template pixels


@dataclass(frozen=True, slots=True)
class LandmarkOptions:
    """How existing paper is registered.

    Attributes:
        stretch: How the local passes work.
        gate: When a fit is believed.
        edition: When a page is taken for this very edition of the form.
    """

    stretch: StretchOptions = field(default_factory=StretchOptions)
    gate: GateOptions = field(default_factory=GateOptions)
    edition: EditionOptions = field(default_factory=EditionOptions)


@dataclass(frozen=True, slots=True, eq=False)
class PageReference:
    """Everything that is computed once from the picture of a blank page.

    Attributes:
        size_px: (columns, rows) of the blank in template pixels.
        ink: Ink of the blank at 100 dpi.
        coarse: For the coarse fits.
        stretch: For the local passes.
        cells: For the gate.
        letters: Its print without rulings, for a page that has lost those.
        edition: For telling this edition from another.
    """

    size_px: tuple[int, int]
    ink: Pixels
    coarse: CoarseReference
    stretch: StretchReference
    cells: PrintCells
    letters: PrintCells
    edition: EditionReference


@dataclass(frozen=True, slots=True, eq=False)
class PageFit:
    """Where a form lies on a scan, and how well.

    Attributes:
        mapping: Template pixels to scan pixels.
        recall: How much of the form's print is there.
        edition: What speaks for the page's being this very edition.
        residual_px: 95th percentile of how far an anchor is from the mesh, in template pixels.
        seen: Share of the anchors that were seen and agree with the mesh.
        way: Which coarse fit it came from: squares, correlation or features.
        page_ink: Ink of the page laid flat at 100 dpi, for `lookalikes` and for the gate.
    """

    mapping: PageMapping
    recall: PrintRecall
    edition: Edition
    residual_px: float
    seen: float
    way: str
    page_ink: Pixels

    @property
    def lift(self) -> float:
        """Share of the form's print that is there beyond chance."""
        return self.recall.lift

    @property
    def worst_lift(self) -> float:
        """The same in the worst tenth of the page."""
        return self.recall.worst_lift


def prepare_reference(
    blank: Pixels, boxes: Points | None = None, options: LandmarkOptions | None = None
) -> PageReference:
    """Compute once what every page of this form is compared with.

    Args:
        blank: (rows, columns) grey picture of the blank page in template pixels (200 dpi).
        boxes: (P, 4) left, top, width and height of each box in template pixels; without them
            pages are not asked for the names beside them.
        options: As they will be given to `fit_page`.
    """
    if boxes is None:
        boxes = np.zeros((0, 4))
    rows, columns = (size // 2 * 2 for size in blank.shape)
    ink = drop_edges(measure_ink(reduce_page(blank[:rows, :columns], 2), _HALF_DPI))
    return PageReference(
        size_px=(blank.shape[1], blank.shape[0]),
        ink=ink,
        coarse=prepare_coarse(ink),
        stretch=prepare_stretch(ink),
        cells=cut_cells(ink),
        letters=cut_cells(np.where(keep_letters(ink >= PRINT_INK), ink, np.uint8(0))),
        edition=prepare_edition(ink, boxes, (options or LandmarkOptions()).edition),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ScanImage:
    """A scan reduced `factor` times: its ink, and the same smoothed."""

    page: CoarsePage
    smooth: Pixels
    factor: int


class ScanView:
    """A scan as the fits look at it; what several forms need of it is computed once.

    Args:
        pixels: (rows, columns) grey scan, of any size, lying any way.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels
        self._views: dict[int, ScanImage] = {}

    def for_form(self, reference: PageReference) -> ScanImage:
        """The scan at about 100 dpi, if the whole paper of this form is on it."""
        long_side = max(reference.coarse.size_px)
        factor = max(1, int(1.02 * max(self._pixels.shape) / long_side))
        if factor not in self._views:
            dpi = _HALF_DPI * max(self._pixels.shape) / factor / long_side
            ink = measure_ink(reduce_page(self._pixels, factor), dpi)
            self._views[factor] = ScanImage(CoarsePage(ink), smooth_ink(ink), factor)
        return self._views[factor]


def fit_page(pixels: Pixels, reference: PageReference, options: LandmarkOptions) -> PageFit | None:
    """Find where the form lies on a scan.

    Args:
        pixels: (rows, columns) grey scan, of any size, lying any way.
        reference: The form.
        options: How hard to try.

    Returns:
        The first fit that passes the gate, or else the best one (ask `passes_gate`), or None where
        nothing of sane shape was found.
    """
    scan = ScanView(pixels)
    best: PageFit | None = None
    for coarse in all_fits(scan, reference):
        fit = refine_fit(scan, coarse, reference, options)
        if fit is not None and passes_gate(fit, options):
            return fit
        if fit is not None and (best is None or fit.lift > best.lift):
            best = fit
    return best


def all_fits(scan: ScanView, reference: PageReference) -> Iterator[CoarseFit]:
    """Coarse fits of a form, in order of cost."""
    page = scan.for_form(reference).page
    yield from quick_fits(page, reference.coarse)
    featured = feature_fit(page, reference.coarse)
    if featured is not None:
        yield featured


def refine_fit(
    scan: ScanView, coarse: CoarseFit, reference: PageReference, options: LandmarkOptions
) -> PageFit | None:
    """Bend a coarse fit to what the paper did, and measure what of the print it explains.

    Returns:
        The fit, or None where the print does not agree on how the page lies.
    """
    view = scan.for_form(reference)
    start = PageMapping(coarse.matrix.dot(_FROM_TEMPLATE))
    bent = follow_paper(view.smooth, start, reference.stretch, options.stretch)
    if bent is None:
        return None
    size_px = reference.stretch.size_px
    page_ink = lay_flat(view.page.ink, bent.mapping, size_px, step_px=2, outside=0)
    rows, columns = view.page.ink.shape
    on_scan = _nodes_on_scan(bent.mapping, reference.stretch.grid.nodes, (columns, rows))
    return PageFit(
        mapping=PageMapping(enlargement(view.factor).dot(bent.mapping.matrix), bent.mapping.mesh),
        recall=_recall_print(page_ink, reference, options.gate),
        edition=check_edition(page_ink, reference.edition, on_scan),
        residual_px=2 * float(np.nanpercentile(bent.misses_px, 95)),
        seen=float(np.mean(bent.misses_px < 1)),
        way=coarse.way,
        page_ink=page_ink,
    )


def _recall_print(page_ink: Pixels, reference: PageReference, options: GateOptions) -> PrintRecall:
    """How much of the form's print is on a page: of all, or of the letters where that fits.

    A scan in black and white may lose every hairline of a page whose letters are all there. Letters
    tell a form better than its rulings, which it shares with its family: no page of nine sets that
    was laid on the blank of another passed by its letters alone (359 pages, 0.55 and 0.00 at most),
    and of twins with other names they show less (0.58, of all print 0.70).
    """
    recall = print_recall(page_ink, reference.cells)
    if judge(recall, options) is Verdict.FITS:
        return recall
    of_letters = print_recall(page_ink, reference.letters)
    return of_letters if judge(of_letters, options) is Verdict.FITS else recall


def _nodes_on_scan(
    mapping: PageMapping, nodes: tuple[int, int], size_px: tuple[int, int]
) -> NDArray[np.bool_]:
    """(rows, columns) whether each node of the mesh, and those around it, lie on the scan."""
    rows, columns = nodes
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    places: Points = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64) * MESH_PITCH_PX
    there = mapping.apply(places)
    inside = ((there >= 0) & (there <= np.array(size_px) - 1)).all(axis=1).reshape(rows, columns)
    # At the border of the page there is nothing beyond that could be cut off.
    return np.asarray(cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def passes_gate(fit: PageFit, options: LandmarkOptions) -> bool:
    """Say whether a fit may be read: the form's print is there, and it is this very edition."""
    fits = judge(fit.recall, options.gate) is Verdict.FITS
    return fits and is_edition(fit.edition, options.edition)
