"""Registration of existing paper: which of the election's forms is it, and where does it lie?"""

import cv2
import numpy as np

from ballotscan.election.records import PageFault
from ballotscan.election.template import BLANK_DPI
from ballotscan.locale.message import Message, message, one_after_another
from ballotscan.scan.emptiness import is_empty
from ballotscan.scan.forms import FoundForm, NoForm, find_form
from ballotscan.scan.laid import (
    LaidPage,
    Refusal,
    cut_off,
    empty_page,
    is_on_scan,
    longest_mm,
    too_coarse,
)
from ballotscan.scan.landmarks import PageFit, ScanView
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.paper import enlargement, reduce_page
from ballotscan.scan.references import Form, PageReferences, RegistrationOptions, form_options

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
    found = find_form(ScanView(to_grey(pixels)), references.printed, form_options(options))
    if isinstance(found, FoundForm):
        return _accept(pixels, references.by_print[found.form], found.fit, options)
    if found.fault is PageFault.NO_FIT and is_empty(pixels, longest_mm(references)):
        return empty_page()
    return Refusal(found.fault, _explain(found, references))


def _explain(found: NoForm, references: PageReferences) -> Message:
    forms = [references.by_print[number] for number in found.nearest]
    names = one_after_another(
        (
            message("{ballot!r} page {page}", ballot=form.template.ballot_id, page=form.page.number)
            for form in forms
        ),
        between=", ",
    )
    match found.fault:
        case PageFault.TWO_FORMS:
            return message(
                "the page may be more than one form ({names}); the committee must say which it is",
                names=names,
            )
        case PageFault.OTHER_LAYOUT:
            return message(
                "the page looks like {names}, but other names or more contests are printed on it; look whether it is another edition, and put it aside or read it by eye",
                names=names,
            )
        case _:
            return message(
                "no ballot form of this election lies on this page (at best {share:.0%} of one's print is there); scan the sheet again, lying flat, or put it aside",
                share=found.lift,
            )


def _accept(
    pixels: Pixels, form: Form, fit: PageFit, options: RegistrationOptions
) -> LaidPage | Refusal:
    mapping = fit.mapping
    scale = _scale(mapping, form)
    if scale * BLANK_DPI < options.min_dpi:
        return too_coarse(scale * BLANK_DPI, options)
    if not is_on_scan(pixels, mapping, form):
        return cut_off()
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
