"""What both ways of registration end with: a page that is laid on a form, or a refusal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import PageFault
from ballotscan.locale.message import Words, message
from ballotscan.scan.gate import PrintRecall
from ballotscan.scan.mapping import PageMapping, Pixels, Points
from ballotscan.scan.references import Form, PageReferences, RegistrationOptions

_A4_MM = 297.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is not read.

    Attributes:
        fault: The reason.
        detail: One sentence for people: what is wrong and what to do.
    """

    fault: PageFault
    detail: Words


@dataclass(frozen=True, slots=True, eq=False)
class LaidPage:
    """A page that lies on a form, before its boxes are looked for.

    Attributes:
        form: The form.
        pixels: The scan, halved while it has 400 dpi or more.
        mapping: From template pixels to `pixels`.
        residual_px: How far what was used misses its place, in template pixels.
        disc_shifts: (D, 2) from where the plane puts each disc to where it is, in template pixels.
        is_disc_known: (D,) whether the plane rests on it.
        recall: How much of the form's print is there, where that is known already.
    """

    form: Form
    pixels: Pixels
    mapping: PageMapping
    residual_px: float
    disc_shifts: Points
    is_disc_known: NDArray[np.bool_]
    recall: PrintRecall | None = None


def is_on_scan(pixels: Pixels, mapping: PageMapping, form: Form) -> bool:
    """Whether everything that can be marked lies within the scan."""
    rows, columns = pixels.shape[:2]
    seen = mapping.apply(form.extent_px) + 0.5  # counted from the edge of the first pixel
    return bool(((seen >= 0) & (seen <= np.array([columns, rows]))).all())


def too_coarse(dpi: float, options: RegistrationOptions) -> Refusal:
    """Refuse a scan of too few pixels."""
    return Refusal(
        PageFault.TOO_COARSE,
        message(
            "the scan has about {dpi:.0f} dpi, and reading needs {least:.0f}; scan the sheet again with 200 dpi or more",
            dpi=dpi,
            least=options.min_dpi,
        ),
    )


def empty_page() -> Refusal:
    """Refuse a page with nothing on it."""
    return Refusal(
        PageFault.EMPTY_PAGE,
        message(
            "nothing is printed on this page; if it is a ballot, turn it over and scan it again"
        ),
    )


def cut_off() -> Refusal:
    """Refuse a page that does not lie within the scan."""
    return Refusal(
        PageFault.OUT_OF_SQUARE,
        message(
            "a part of the page that can be marked lies outside the scan; scan the sheet again"
        ),
    )


def longest_mm(references: PageReferences) -> float:
    """Length of the longest page of the election."""
    sizes = [max(form.page.width_mm, form.page.height_mm) for form in references.forms]
    return max(sizes, default=_A4_MM)
