"""Registration of existing paper, which has no marks of ours, by the form that is printed on it.

Coarse fits are tried in order of cost; each is bent to what the paper did and put before the gate;
the first that passes is taken. A page on which none passes is refused by the caller: a fit is
never better than the print that it explains.
"""

from dataclasses import dataclass, field

import numpy as np

from ballotscan.scan.coarse import CoarseReference, coarse_fits, prepare_coarse
from ballotscan.scan.gate import (
    GateOptions,
    PrintCells,
    PrintRecall,
    Verdict,
    cut_cells,
    judge,
    print_recall,
)
from ballotscan.scan.mapping import PageMapping, Pixels
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
    """

    stretch: StretchOptions = field(default_factory=StretchOptions)
    gate: GateOptions = field(default_factory=GateOptions)


@dataclass(frozen=True, slots=True, eq=False)
class PageReference:
    """Everything that is computed once from the picture of a blank page.

    Attributes:
        size_px: (columns, rows) of the blank in template pixels.
        ink: Ink of the blank at 100 dpi.
        coarse: For the coarse fits.
        stretch: For the local passes.
        cells: For the gate.
    """

    size_px: tuple[int, int]
    ink: Pixels
    coarse: CoarseReference
    stretch: StretchReference
    cells: PrintCells


@dataclass(frozen=True, slots=True, eq=False)
class PageFit:
    """Where a form lies on a scan, and how well.

    Attributes:
        mapping: Template pixels to scan pixels.
        recall: How much of the form's print is there.
        residual_px: 95th percentile of how far an anchor is from the mesh, in template pixels.
        seen: Share of the anchors that were seen and agree with the mesh.
        way: Which coarse fit it came from: squares, correlation or features.
        page_ink: Ink of the page laid flat at 100 dpi, for `lookalikes` and for the gate.
    """

    mapping: PageMapping
    recall: PrintRecall
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


def prepare_reference(blank: Pixels) -> PageReference:
    """Compute once what every page of this form is compared with.

    Args:
        blank: (rows, columns) grey picture of the blank page in template pixels (200 dpi).
    """
    rows, columns = (size // 2 * 2 for size in blank.shape)
    ink = drop_edges(measure_ink(reduce_page(blank[:rows, :columns], 2), _HALF_DPI))
    return PageReference(
        size_px=(blank.shape[1], blank.shape[0]),
        ink=ink,
        coarse=prepare_coarse(ink),
        stretch=prepare_stretch(ink),
        cells=cut_cells(ink),
    )


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
    factor = max(1, int(1.02 * max(pixels.shape) / max(reference.coarse.size_px)))
    dpi = _HALF_DPI * max(pixels.shape) / factor / max(reference.coarse.size_px)
    ink = measure_ink(reduce_page(pixels, factor), dpi)
    smooth = smooth_ink(ink)
    best: PageFit | None = None
    for way, matrix in coarse_fits(ink, reference.coarse):
        bent = follow_paper(
            smooth, PageMapping(matrix.dot(_FROM_TEMPLATE)), reference.stretch, options.stretch
        )
        if bent is None:
            continue
        page_ink = lay_flat(ink, bent.mapping, reference.stretch.size_px, step_px=2, outside=0)
        fit = PageFit(
            mapping=PageMapping(enlargement(factor).dot(bent.mapping.matrix), bent.mapping.mesh),
            recall=print_recall(page_ink, reference.cells),
            residual_px=2 * float(np.nanpercentile(bent.misses_px, 95)),
            seen=float(np.mean(bent.misses_px < 1)),
            way=way,
            page_ink=page_ink,
        )
        if passes_gate(fit, options):
            return fit
        if best is None or fit.lift > best.lift:
            best = fit
    return best


def passes_gate(fit: PageFit, options: LandmarkOptions) -> bool:
    """Say whether a fit may be read."""
    return judge(fit.recall, options.gate) is Verdict.FITS
