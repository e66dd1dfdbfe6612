"""A photograph of our own paper, laid flat as a scanner would have shown it.

A camera held over a sheet sees its far side smaller. Registration bears no such thing: it knows what
paper on a scanner can do, and refuses the rest. So the perspective is taken out first, by the codes
and the discs that are found one after the other from the codes on; what comes out is registered
like any scan, with all its gates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import BLANK_DPI, PX_PER_MM
from ballotscan.scan.coded import name_form, symbol_corners
from ballotscan.scan.fiducials import (
    FiducialOptions,
    SoughtDisc,
    disc_places,
    find_disc,
    fit_affinity,
)
from ballotscan.scan.identity import FoundCode, find_codes, find_codes_patiently
from ballotscan.scan.laid import Refusal
from ballotscan.scan.mapping import PageMapping, Pixels, Points
from ballotscan.scan.references import Form, PageReferences, RegistrationOptions

_CORNERS = 4
_MARGIN_PX = 40  # template pixels around the page, as on a scan that shows the table
_LEAST_DISCS = 4  # with the code, more equations than the eight unknowns of a perspective
_REACH_MM = 2.5  # near a known point
_REACH_PER_MM = 0.04  # and farther away
_NEAR = 6  # points that predict the next disc
# A code may lie this far from where a plain turn and size would put it: 15 % of an A4 page, which
# is a camera held 20 degrees askew.
_MAX_CODE_MISS_MM = 45.0


@dataclass(frozen=True, slots=True, eq=False)
class FlatPhotograph:
    """A photograph laid flat.

    Attributes:
        pixels: The sheet as a scan.
        dpi: Its resolution.
        matrix: (3, 3) from its pixels to those of the photograph.
    """

    pixels: Pixels
    dpi: float
    matrix: NDArray[np.float64]


def flatten_photograph(
    pixels: Pixels, references: PageReferences, options: RegistrationOptions
) -> FlatPhotograph | None:
    """Take the perspective out of a photograph.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR picture.
        references: The forms of the election.
        options: How codes and discs are looked for.

    Returns:
        The sheet as a scan; None where too little of it is found, and then the picture is
        registered as it is.
    """
    codes = find_codes(pixels, references.places, options.identity)
    if not any(found.code for found in codes):
        codes = find_codes_patiently(pixels)
    form = name_form(codes, pixels, None, references, options)
    if isinstance(form, Refusal):
        return None
    ours = [found for found in codes if found.code]
    matrix = _find_perspective(pixels, form, ours, options.fiducials)
    return None if matrix is None else _lay(pixels, form, matrix)


def _find_perspective(
    pixels: Pixels, form: Form, codes: Sequence[FoundCode], options: FiducialOptions
) -> NDArray[np.float64] | None:
    """The (3, 3) matrix from template pixels to the picture; the likeliest of the ways it may lie."""
    printed = [symbol_corners(rect) for rect in form.page.codes]
    best: tuple[int, NDArray[np.float64]] | None = None
    for first in range(len(printed)):
        known, seen = _name_codes(printed, codes, first)
        found = _follow_discs(pixels, form, known, seen, options)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return None if best is None else best[1]


def _name_codes(
    printed: Sequence[Points], codes: Sequence[FoundCode], first: int
) -> tuple[Points, Points]:
    """Corners of the codes on the page and in the picture, if the first one found is that one."""
    known, seen = [printed[first]], [codes[0].corners]
    near = PageMapping(fit_affinity(known[0], seen[0], np.ones(_CORNERS)))
    taken = {first}
    for code in codes[1:]:
        middle = code.corners.mean(axis=0)
        scale = np.sqrt(abs(np.linalg.det(near.matrix[:2, :2])))
        misses = {
            place: float(np.hypot(*(near.apply(corners).mean(axis=0) - middle))) / scale / PX_PER_MM
            for place, corners in enumerate(printed)
            if place not in taken
        }
        place = min(misses, key=lambda each: misses[each], default=None)
        if place is not None and misses[place] <= _MAX_CODE_MISS_MM:
            taken.add(place)
            known.append(printed[place])
            seen.append(code.corners)
    return np.vstack(known), np.vstack(seen)


def _follow_discs(
    pixels: Pixels, form: Form, known: Points, seen: Points, options: FiducialOptions
) -> tuple[int, NDArray[np.float64]] | None:
    """Find discs from the codes on, each predicted by what is known near it.

    Returns:
        How many there are, and the perspective through them and the codes; None where they are too
        few.
    """
    fiducials = form.page.fiducials
    places = disc_places(fiducials)
    untried, count = set(range(len(places))), 0
    while untried:
        distances = np.linalg.norm(places[:, None] - known[None], axis=2)
        index = min(untried, key=lambda each: float(distances[each].min()))
        untried.remove(index)
        matrix = _predict(known, seen, distances[index])
        away_mm = float(distances[index].min()) / PX_PER_MM
        px_per_mm = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))) * PX_PER_MM
        x, y = PageMapping(matrix).apply(places[index : index + 1])[0]
        radius_px = fiducials[index].diameter_mm / 2 * px_per_mm
        reach_px = (_REACH_MM + _REACH_PER_MM * away_mm) * px_per_mm
        disc = find_disc(
            pixels, SoughtDisc(index, float(x), float(y), radius_px, reach_px, px_per_mm), options
        )
        if disc is not None:
            count += 1
            known = np.vstack([known, places[index]])
            seen = np.vstack([seen, (disc.x_px, disc.y_px)])
    if count < _LEAST_DISCS:
        return None
    matrix = np.asarray(cv2.findHomography(known, seen, 0)[0], dtype=np.float64)
    return (count, matrix) if matrix.shape == (3, 3) else None


def _predict(known: Points, seen: Points, distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affinity through the nearest points, farther ones counting less."""
    nearest = np.argsort(distances, kind="stable")[: max(_NEAR, _CORNERS)]
    weights = 1 / np.maximum(distances[nearest], 1.0)
    return fit_affinity(known[nearest], seen[nearest], weights)


def _lay(pixels: Pixels, form: Form, matrix: NDArray[np.float64]) -> FlatPhotograph:
    columns, rows = form.size_px
    middle = PageMapping(matrix).apply(
        np.array(
            [[columns / 2, rows / 2], [columns / 2 + 1, rows / 2], [columns / 2, rows / 2 + 1]]
        )
    )
    across, down = middle[1] - middle[0], middle[2] - middle[0]
    times = float(np.sqrt(abs(across[0] * down[1] - across[1] * down[0])))
    times = float(np.clip(times, 0.5, 2.0))
    to_template = np.array(
        [[1 / times, 0, -_MARGIN_PX], [0, 1 / times, -_MARGIN_PX], [0, 0, 1]], dtype=np.float64
    )
    size = tuple(round((side + 2 * _MARGIN_PX) * times) for side in (columns, rows))
    to_picture = matrix.dot(to_template)
    flat = cv2.warpPerspective(
        pixels,
        to_picture,
        (size[0], size[1]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return FlatPhotograph(np.asarray(flat, dtype=np.uint8), BLANK_DPI * times, to_picture)
