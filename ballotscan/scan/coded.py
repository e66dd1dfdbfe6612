"""Registration of our own paper: what the code says, where the discs are, the plane through them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import cv2
import numpy as np

from ballotscan.election.code import PageCode
from ballotscan.election.records import PageFault
from ballotscan.election.template import BLANK_DPI, PX_PER_MM, Rect
from ballotscan.locale.message import message
from ballotscan.scan.emptiness import is_empty
from ballotscan.scan.fiducials import disc_places, find_discs, fit_similarity
from ballotscan.scan.identity import (
    FoundCode,
    find_all_codes,
    find_codes,
    find_codes_patiently,
    read_code_at,
)
from ballotscan.scan.laid import (
    LaidPage,
    Refusal,
    cut_off,
    empty_page,
    is_on_scan,
    longest_mm,
    too_coarse,
)
from ballotscan.scan.mapping import PageMapping, Pixels, Points, template_px
from ballotscan.scan.paper import reduce_page
from ballotscan.scan.plane import (
    LEAST_DISCS,
    PlaneFit,
    Sights,
    find_misshape,
    fit_plane,
    mean_scale,
)
from ballotscan.scan.references import Form, PageReferences, RegistrationOptions

_MAX_SYMBOL_MISS_MM = 2.5  # two symbols of one page cannot lie farther from a common plane
_ROOMY = 1.4  # a scan this many times as large as the page has room for another sheet
_AGAIN = message("scan the sheet again, lying flat, or read it by eye")
_TWO_SHEETS = Refusal(
    PageFault.TWO_FORMS,
    message("two different printed codes are on this page; scan one sheet at a time"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """A scan whose codes name a form."""

    pixels: Pixels
    dpi: float | None
    codes: Sequence[FoundCode]
    form: Form


def lay_coded_page(
    pixels: Pixels, dpi: float | None, references: PageReferences, options: RegistrationOptions
) -> LaidPage | Refusal:
    """Find out which page of which ballot this is, and where it lies on the scan.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR scan.
        dpi: Resolution that the scan claims, if any.
        references: The forms of the election.
        options: The limits.
    """
    codes = find_codes(pixels, references.places, options.identity)
    if not any(found.code for found in codes):
        if is_empty(pixels, longest_mm(references)):
            return empty_page()
        codes = find_codes_patiently(pixels) or codes
    form = name_form(codes, pixels, dpi, references, options)
    if isinstance(form, Refusal):
        return form
    ours = [found for found in codes if found.code]
    scale = _symbol_scale(ours[0], form)
    # Reading needs 200 dpi; what a finer scan shows beyond that is paid for at every step.
    while scale >= 2:  # noqa: PLR2004
        pixels, scale, dpi = reduce_page(pixels, 2), scale / 2, dpi and dpi / 2
        ours = [_halved(found) for found in ours]
    return _lay(_Named(pixels, dpi, ours, form), options)


def name_form(
    codes: Sequence[FoundCode],
    pixels: Pixels,
    dpi: float | None,
    references: PageReferences,
    options: RegistrationOptions,
) -> Form | Refusal:
    """Which form the codes name.

    Args:
        codes: All that were found, whatever they say.
        pixels: The scan.
        dpi: Resolution that it claims, if any.
        references: The forms of the election.
        options: The limits.
    """
    ours = [found.code for found in codes if found.code]
    if not ours:
        return _no_code(codes, pixels, dpi, references, options)
    code = ours[0]
    if any(other != code for other in ours):
        return _TWO_SHEETS
    form = references.by_code.get(code)
    if form is None:
        return _unknown(code, references)
    if len(ours) > len(form.page.codes):
        return Refusal(
            PageFault.TWO_FORMS,
            message(
                "the printed code is there more often than on one sheet; scan one sheet at a time"
            ),
        )
    return form


def _no_code(
    codes: Sequence[FoundCode],
    pixels: Pixels,
    dpi: float | None,
    references: PageReferences,
    options: RegistrationOptions,
) -> Refusal:
    apparent_dpi = dpi or max(pixels.shape[:2]) / longest_mm(references) * 25.4
    if apparent_dpi < options.min_dpi:
        return too_coarse(apparent_dpi, options)
    if codes:
        return Refusal(
            PageFault.NO_CODE,
            message(
                "the only printed code on this page is not one of ours ({code!r}); check that the sheet is a ballot of this election",
                code=codes[0].text[:40],
            ),
        )
    return Refusal(
        PageFault.NO_CODE,
        message(
            "the printed code cannot be read; scan the sheet again with both code corners uncovered, or read it by eye"
        ),
    )


def _unknown(code: PageCode, references: PageReferences) -> Refusal:
    known = [
        each
        for each in references.by_code
        if (each.election_id, each.ballot_id, each.round)
        == (code.election_id, code.ballot_id, code.round)
    ]
    if known:
        return Refusal(
            PageFault.OTHER_LAYOUT,
            message(
                "this ballot {ballot!r} is of edition {edition} (page {page}), but edition {counted} is being counted; check that the template is the one that was printed",
                ballot=code.ballot_id,
                edition=code.fingerprint,
                page=code.page,
                counted=known[0].fingerprint,
            ),
        )
    return Refusal(
        PageFault.OTHER_ELECTION,
        message(
            "the code says election {election!r}, ballot {ballot!r}, round {round}; that is not being counted here; put the sheet aside",
            election=code.election_id,
            ballot=code.ballot_id,
            round=code.round,
        ),
    )


def _lay(named: _Named, options: RegistrationOptions) -> LaidPage | Refusal:
    """Find the discs and the plane, whichever printed code each found one is."""
    fiducials = named.form.page.fiducials
    most = 0
    for known, seen in _assignments(named):
        discs = find_discs(named.pixels, fiducials, known, seen, options.fiducials)
        most = max(most, len(discs))
        if len(discs) < LEAST_DISCS:
            continue
        indices = [disc.index for disc in discs]
        sights = Sights(
            discs=disc_places(fiducials)[indices],
            discs_seen=np.array([(disc.x_px, disc.y_px) for disc in discs], dtype=np.float64),
            corners=known,
            corners_seen=seen,
        )
        plane = fit_plane(sights, options.plane)
        if plane is not None:
            return _accept(named, indices, plane, options)
    if _is_mirrored(named, options):
        return Refusal(
            PageFault.OUT_OF_SQUARE,
            message("the picture is a mirror image; switch mirroring off and scan the sheet again"),
        )
    if most < LEAST_DISCS:
        return Refusal(
            PageFault.FEW_MARKS,
            message(
                "only {whole} of {all} registration marks are whole, and {least} are needed; {advice}",
                whole=most,
                all=len(fiducials),
                least=LEAST_DISCS,
                advice=_AGAIN,
            ),
        )
    return Refusal(
        PageFault.OUT_OF_SQUARE,
        message("the registration marks do not agree with each other; {advice}", advice=_AGAIN),
    )


def _accept(
    named: _Named, indices: Sequence[int], plane: PlaneFit, options: RegistrationOptions
) -> LaidPage | Refusal:
    """Put a plane before the gates of shape."""
    form = named.form
    found_dpi = mean_scale(plane.matrix) * BLANK_DPI
    if found_dpi < options.min_dpi:
        return too_coarse(found_dpi, options)
    if plane.residual_px > options.plane.max_residual_mm * PX_PER_MM:
        return Refusal(
            PageFault.OUT_OF_SQUARE,
            message(
                "the registration marks miss their places by {miss_mm:.1f} mm; {advice}",
                miss_mm=plane.residual_px / PX_PER_MM,
                advice=_AGAIN,
            ),
        )
    misshape = find_misshape(plane.matrix, form.size_px, named.dpi, options.plane)
    if misshape is not None:
        what = message("{what}; {advice}", what=misshape, advice=_AGAIN)
        return Refusal(PageFault.OUT_OF_SQUARE, what)
    mapping = PageMapping(plane.matrix)
    if not is_on_scan(named.pixels, mapping, form):
        return cut_off()
    if _has_other_code(named, mapping, options):
        return _TWO_SHEETS
    shifts = np.zeros((len(form.page.fiducials), 2))
    shifts[list(indices)] = plane.misses_px
    is_known = np.zeros(len(shifts), dtype=bool)
    is_known[list(indices)] = plane.is_used
    return LaidPage(form, named.pixels, mapping, plane.residual_px, shifts, is_known)


def symbol_corners(rect: Rect) -> Points:
    """(4, 2) corners of a printed code in template pixels, clockwise from its top left."""
    right, bottom = rect.left_mm + rect.width_mm, rect.top_mm + rect.height_mm
    corners = ((rect.left_mm, rect.top_mm), (right, rect.top_mm), (right, bottom))
    return np.array([template_px(*each) for each in (*corners, (rect.left_mm, bottom))])


def _symbol_scale(found: FoundCode, form: Form) -> float:
    """Scan pixels a template pixel, by the size of the symbol."""
    sides = np.linalg.norm(np.roll(found.corners, -1, axis=0) - found.corners, axis=1)
    return float(sides.mean()) / (form.page.codes[0].width_mm * PX_PER_MM)


def _halved(found: FoundCode) -> FoundCode:
    return FoundCode(found.text, found.code, (found.corners + 0.5) / 2 - 0.5)


def _assignments(named: _Named) -> Iterator[tuple[Points, Points]]:
    """Which printed code each found one may be, the likeliest first.

    Yields:
        (N, 2) corners in template pixels, and (N, 2) on the scan.
    """
    printed = [symbol_corners(rect) for rect in named.form.page.codes]
    seen = np.vstack([found.corners for found in named.codes])
    rated = []
    for order in permutations(range(len(printed)), len(named.codes)):
        known = np.vstack([printed[place] for place in order])
        matrix = fit_similarity(known, seen, np.ones(len(known)))
        mapping = PageMapping(matrix)
        miss_px = float(np.abs(mapping.apply(known) - seen).max()) / mean_scale(matrix)
        if miss_px > _MAX_SYMBOL_MISS_MM * PX_PER_MM:
            continue
        rated.append((_share_outside(named.pixels, mapping, named.form), miss_px, known))
    for _, _, known in sorted(rated, key=lambda each: each[:2]):
        yield known, seen


def _share_outside(pixels: Pixels, mapping: PageMapping, form: Form) -> float:
    """How far the page's corners lie outside the scan, in scan widths, to a tenth."""
    columns, rows = form.size_px
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    size = np.array(pixels.shape[1::-1], dtype=np.float64)
    seen = mapping.apply(corners)
    return round(float((np.maximum(-seen, seen - size) / size).max()), 1)


def _is_mirrored(named: _Named, options: RegistrationOptions) -> bool:
    """Whether the page would fit if the scan were turned left to right."""
    columns = named.pixels.shape[1]
    # The decoder reads a mirrored symbol as one with its other two corners exchanged.
    codes = [
        replace(
            found,
            corners=np.array([columns - 1, 0]) + found.corners[[0, 3, 2, 1]] * np.array([-1, 1]),
        )
        for found in named.codes
    ]
    flipped = np.asarray(cv2.flip(named.pixels, 1), dtype=np.uint8)
    turned = _Named(flipped, named.dpi, codes, named.form)
    return any(
        len(find_discs(flipped, named.form.page.fiducials, known, seen, options.fiducials))
        >= LEAST_DISCS
        for known, seen in _assignments(turned)
    )


def _has_other_code(named: _Named, mapping: PageMapping, options: RegistrationOptions) -> bool:
    """Whether the scan shows a code beside those of this one page.

    Codes are looked for again where the page has them and they were not seen at first, and all
    over a scan that is so large that a second sheet may lie beside the first.
    """
    wanted = named.codes[0].text
    printed = named.form.page.codes
    found = list(named.codes)
    if len(found) < len(printed):
        found += [
            each
            for rect in printed
            for each in read_code_at(
                named.pixels, mapping.apply(symbol_corners(rect)), options.identity
            )
        ]
    columns, rows = named.form.size_px
    page_area = columns * rows * mean_scale(mapping.matrix) ** 2
    if named.pixels.shape[0] * named.pixels.shape[1] > _ROOMY * page_area:
        all_codes = find_all_codes(named.pixels)
        if len(all_codes) > len(printed):
            return True
        found += all_codes
    return any(each.text != wanted for each in found)
