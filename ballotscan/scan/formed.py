"""Registration of existing paper: which of the election's forms is it, and where does it lie?"""

import cv2
import numpy as np

from ballotscan.election.records import PageFault
from ballotscan.election.template import BLANK_DPI
from ballotscan.scan.emptiness import is_empty
from ballotscan.scan.laid import LaidPage, Refusal, is_on_scan, longest_mm, too_coarse
from ballotscan.scan.landmarks import PageFit, fit_page, passes_gate
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.paper import enlargement, reduce_page
from ballotscan.scan.references import Form, PageReferences, RegistrationOptions

_HALVE = np.linalg.inv(enlargement(2))


def lay_form_page(
    pixels: Pixels, references: PageReferences, options: RegistrationOptions
) -> LaidPage | Refusal:
    """Find the one form that lies on this page.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR scan.
        references: The forms of the election; those with a code are not tried.
        options: The limits.
    """
    grey = to_grey(pixels)
    fits: list[tuple[Form, PageFit]] = []
    best_lift = 0.0
    for form in references.forms:
        if form.landmarks is None:
            continue
        fit = fit_page(grey, form.landmarks, options.landmarks)
        if fit is None:
            continue
        best_lift = max(best_lift, fit.lift)
        if passes_gate(fit, options.landmarks):
            fits.append((form, fit))
    if not fits:
        if is_empty(pixels, longest_mm(references)):
            return Refusal(
                PageFault.EMPTY_PAGE,
                "nothing is printed on this page; if it is a ballot, turn it over and scan it again",
            )
        return Refusal(
            PageFault.NO_FIT,
            f"no ballot form of this election lies on this page (at best {best_lift:.0%} of one's "
            "print is there); scan the sheet again, lying flat, or put it aside",
        )
    if len(fits) > 1:
        names = " and ".join(
            f"{form.template.ballot_id!r} page {form.page.number}" for form, _ in fits
        )
        return Refusal(
            PageFault.TWO_FORMS,
            f"the page fits more than one form ({names}); the committee must say which it is",
        )
    return _accept(pixels, *fits[0], options)


def _accept(
    pixels: Pixels, form: Form, fit: PageFit, options: RegistrationOptions
) -> LaidPage | Refusal:
    mapping = fit.mapping
    scale = _scale(mapping, form)
    if scale * BLANK_DPI < options.min_dpi:
        return too_coarse(scale * BLANK_DPI, options)
    if not is_on_scan(pixels, mapping, form):
        return Refusal(
            PageFault.OUT_OF_SQUARE,
            "a part of the page that can be marked lies outside the scan; scan the sheet again",
        )
    while scale >= 2:  # noqa: PLR2004
        pixels, scale = reduce_page(pixels, 2), scale / 2
        mapping = PageMapping(_HALVE.dot(mapping.matrix), mapping.mesh)
    return LaidPage(
        form=form,
        pixels=pixels,
        mapping=mapping,
        residual_px=fit.residual_px,
        disc_shifts=np.zeros((len(form.page.fiducials), 2)),
        is_disc_known=np.zeros(len(form.page.fiducials), dtype=bool),
        recall=fit.recall,
    )


def to_grey(pixels: Pixels) -> Pixels:
    """The page in grey, as the blanks of existing paper are."""
    if pixels.ndim == 2:  # noqa: PLR2004
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _scale(mapping: PageMapping, form: Form) -> float:
    """Scan pixels a template pixel, where they are fewest (a photograph has both)."""
    columns, rows = form.size_px
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    sides = np.roll(mapping.apply(corners), -1, axis=0) - mapping.apply(corners)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    return float((lengths / np.array([columns, rows, columns, rows])).min())
