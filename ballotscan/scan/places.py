"""Where the boxes and names of a page stand, and how the page is bent between them.

A page that lies flat, as nearly all do, costs a look at its boxes and names. Where they have moved,
or a mark drowns one that nothing on its line vouches for, the other print of the page is looked for
as well. It also corrects the plane: three discs in one corner put the far one off by more than a box
is looked for.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.drift import draw_mesh
from ballotscan.scan.fiducials import disc_places, fit_affinity
from ballotscan.scan.laid import LaidPage
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.outlines import PrintMatch, match_print
from ballotscan.scan.paper import enlargement
from ballotscan.scan.references import Form, RegistrationOptions
from ballotscan.scan.sightings import BoxSighting, find_strays, judge_places
from ballotscan.scan.stretch import measure_strain

_TO_HALF = np.linalg.inv(enlargement(2))
_LEAST_TO_REFIT = 12  # places that are sure
_ROUNDS = 3
_SETTLED_MM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class SeenPlaces:
    """Where everything on a page is.

    Attributes:
        mapping: From template pixels to the scan, bent where the page is.
        places: The boxes and names, and other print where that was looked for; their shifts are
            from where the plane of the mapping puts them.
    """

    mapping: PageMapping
    places: BoxSighting


def find_places(soft: Pixels, laid: LaidPage, options: RegistrationOptions) -> SeenPlaces:
    """Find the boxes and names of a page, and bend the page where it is bent.

    Args:
        soft: (rows, columns) of the scan at half size, softened.
        laid: The page on its plane.
        options: How to look.
    """
    form, mapping = laid.form, laid.mapping
    match = match_print(soft, _halve(mapping), form.outlines)
    places = judge_places(match, form.outlines, options.outlines)
    # Existing paper has been laid on its print already, and bent.
    is_coded = form.landmarks is None
    is_bent = is_coded and _is_bent(laid, places, options)
    if is_bent or (places.is_lost | places.is_alone).any():
        match = _match_all(soft, _halve(mapping), form, match)
        places = judge_places(match, form.wide, options.outlines)
    if not is_coded:
        return SeenPlaces(mapping, _lose_strays(soft, laid, match, places, options))
    for _ in range(_ROUNDS):
        if not places.is_lost[: form.wide.column_count].any():
            break
        better = _refit(laid, match, places)
        if better is None:
            break
        laid, is_bent = better, True
        match = match_print(soft, _halve(laid.mapping), form.wide)
        places = judge_places(match, form.wide, options.outlines)
    if is_bent:
        mapping = PageMapping(laid.mapping.matrix, _draw_mesh(laid, places))
    return SeenPlaces(mapping, places)


def _lose_strays(
    soft: Pixels,
    laid: LaidPage,
    match: PrintMatch,
    places: BoxSighting,
    options: RegistrationOptions,
) -> BoxSighting:
    """Lose the boxes that a mark or a slip moved together with the page bent to it."""
    form, count = laid.form, laid.form.outlines.box_count
    if places.is_clear(options.outlines)[:count].all():
        return places
    around = places
    if len(match.shifts) < len(form.wide.centres_px):
        match = _match_all(soft, _halve(laid.mapping), form, match)
        around = judge_places(match, form.wide, options.outlines)
    bent = laid.mapping.shifts_at(form.wide.centres_px)
    strain = measure_strain(laid.mapping, form.wide.centres_px)
    is_stray = find_strays(around, bent, strain, form.wide, options.outlines)
    return replace(places, is_lost=places.is_lost | is_stray[: len(places.is_lost)])


def _halve(mapping: PageMapping) -> PageMapping:
    return PageMapping(_TO_HALF.dot(mapping.matrix), mapping.mesh)


def _match_all(soft: Pixels, to_half: PageMapping, form: Form, columns: PrintMatch) -> PrintMatch:
    """Look for the other print of the page, too; its boxes and names have been looked for."""
    wanted = np.ones(len(form.wide.centres_px), dtype=bool)
    wanted[: len(columns.shifts)] = False
    others = match_print(soft, to_half, form.wide, wanted)
    count = len(columns.shifts)
    return PrintMatch(
        shifts=np.concatenate([columns.shifts, others.shifts[count:]]),
        correlations=np.concatenate([columns.correlations, others.correlations[count:]]),
        is_inside=np.concatenate([columns.is_inside, others.is_inside[count:]]),
        is_tried=np.ones(len(wanted), dtype=bool),
    )


def _refit(laid: LaidPage, match: PrintMatch, places: BoxSighting) -> LaidPage | None:
    """Lay the page by all print that is surely seen; None where that changes nothing."""
    form = laid.form
    is_seen = places.is_sure & match.is_inside
    if is_seen.sum() < _LEAST_TO_REFIT:
        return None
    known = form.wide.centres_px[is_seen]
    discs = disc_places(form.page.fiducials)
    points = np.vstack([known, discs[laid.is_disc_known]])
    shifts = np.vstack([places.shifts[is_seen], laid.disc_shifts[laid.is_disc_known]])
    # From where the plane put them to where they are, on the template: an affinity near the identity.
    correction = fit_affinity(points, points + shifts, np.ones(len(points)))
    columns, rows = form.size_px
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    moved = PageMapping(correction).apply(corners) - corners
    if np.hypot(moved[:, 0], moved[:, 1]).max() < _SETTLED_MM * PX_PER_MM:
        return None
    back = PageMapping(np.asarray(np.linalg.inv(correction), dtype=np.float64))
    return replace(
        laid,
        mapping=PageMapping(laid.mapping.matrix.dot(correction)),
        disc_shifts=back.apply(discs + laid.disc_shifts) - discs,
    )


def _is_bent(laid: LaidPage, boxes: BoxSighting, options: RegistrationOptions) -> bool:
    """Whether discs or sure boxes lie off the plane by more than paper at rest does."""
    shifts = np.vstack([boxes.shifts[boxes.is_sure], laid.disc_shifts[laid.is_disc_known]])
    largest = np.hypot(shifts[:, 0], shifts[:, 1]).max(initial=0.0)
    return bool(largest >= options.min_drift_px)


def _draw_mesh(laid: LaidPage, places: BoxSighting) -> NDArray[np.float32]:
    """The mesh of what the discs and all sure places say."""
    return draw_mesh(
        laid.form.drift,
        np.vstack([places.shifts, laid.disc_shifts.astype(np.float32)]),
        np.concatenate([places.is_sure, laid.is_disc_known]),
        is_sideways=places.is_sideways,
    )
