"""Where each mark box really stands: its own printed surroundings, found again on the scan.

A plane fitted to the registration marks is right to a tenth of a millimetre on flat paper, but a
feed that slips moves single rows by half a millimetre. So the print around each box is looked for
by itself. A mark drowns that print (the correlation of a filled box falls to 0.2-0.5); a box that
is not sure therefore moves with its neighbours, and is never called missing because it is dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, Rect, TemplatePage
from ballotscan.scan.correlation import Prints, correlate, prepare_prints
from ballotscan.scan.mapping import PageMapping, Pixels, Points, sample_patches, template_px
from ballotscan.scan.neighbours import Neighbours, find_neighbours

Shifts = NDArray[np.float32]

_STEP_PX = 2  # the search runs at half size; the peak between pixels is interpolated


@dataclass(frozen=True, slots=True)
class OutlineOptions:
    """How the print around a box is looked for.

    The first five figures were chosen on 153 real pages of nine open data sets with known truth.

    Attributes:
        ring_mm: Width of the surroundings that are compared, around the box.
        search_mm: How far the box may lie from where the marks put it.
        min_correlation: Below this the box does not trust its own outline.
        min_faint_correlation: Down to this it does where it agrees with its neighbours to half of
            `max_apart_mm`.
        max_apart_mm: Farther than this from its neighbours' median it does not either.
        max_stray_mm: Farther than this from where the clear print around it says, a box that a mark
            covers is lost on existing paper. Seven of real ballots, where they should be, stand up to
            0.55 from it, because it speaks from some way off; of boxes on drawn pages that slip or bend,
            four that were 0.6 to 1.1 from the truth stood 0.62 to 0.75 from it.
        max_strain: A box that is not sure is lost where its neighbours' shifts change by more than
            this for each millimetre along the feed. A roller that runs 0.45 mm ahead and behind
            over 80 mm of paper comes to 0.035; pages with waves drawn up to that, to 0.017.
        max_discord_mm: It is lost, too, where they miss a plane by more than this (those pages:
            0.09).
        max_bump_mm: Or where the other places on its line are off what the lines before and behind
            say by more than this on the mean (those pages: 0.13).
        end_reach_mm: And if it lies this far before the first sure place or behind the last.
        line_mm: And if on the line through it or in its column, so wide to either side or half as
            wide, as much of the print that nobody writes on is gone as is where it should be.
    """

    ring_mm: float = 1.5
    search_mm: float = 0.8
    min_correlation: float = 0.75
    min_faint_correlation: float = 0.5
    max_apart_mm: float = 0.35
    max_stray_mm: float = 0.6
    max_strain: float = 0.036
    max_discord_mm: float = 0.12
    max_bump_mm: float = 0.2
    end_reach_mm: float = 20.0
    line_mm: float = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class _BoxGroup:
    """Boxes of one size.

    Attributes:
        indices: (n,) which boxes of the page.
        corners_px: (n, 2) template pixel of the first pixel of each search window.
        size_px: (columns, rows) of the search window at half size.
        prints: The blank's print around each box, at half size.
    """

    indices: NDArray[np.intp]
    corners_px: Points
    size_px: tuple[int, int]
    prints: Prints


@dataclass(frozen=True, slots=True, eq=False)
class OutlineReference:
    """What is known of the boxes of one blank page.

    Names that may be struck out, and other print, are sought like boxes; they come after them.

    Attributes:
        box_count: How many of the places are boxes.
        column_count: How many are boxes and lines of names: what voters write on.
        centres_px: (P, 2) middles of all places in template pixels.
        upright: Their neighbours, for a page fed top or bottom first.
        sideways: Likewise, for a page fed left or right side first.
        search_px: How far the search goes, in pixels of half size.
    """

    box_count: int
    column_count: int
    centres_px: Points
    upright: Neighbours
    sideways: Neighbours
    groups: tuple[_BoxGroup, ...]
    search_px: int


@dataclass(frozen=True, slots=True, eq=False)
class PrintMatch:
    """Where the print around each place fits best, by itself.

    Attributes:
        shifts: (P, 2) from where the mapping puts it, in template pixels.
        correlations: (P,) there; 0 where it was not looked for.
        is_inside: (P,) whether the best fit is a peak and not at the edge of the search.
        is_tried: (P,) whether it was looked for.
    """

    shifts: Shifts
    correlations: NDArray[np.float32]
    is_inside: NDArray[np.bool_]
    is_tried: NDArray[np.bool_]


def prepare_outlines(
    page: TemplatePage, blank: Pixels, options: OutlineOptions, anchors: Sequence[Rect] = ()
) -> OutlineReference:
    """Cut the print around each box out of the blank.

    Args:
        page: The template page.
        blank: (rows, columns) picture of it in template pixels.
        anchors: Other places to be found, beside boxes and names.
        options: How the print will be looked for.
    """
    search = int(np.ceil(options.search_mm * PX_PER_MM / _STEP_PX))
    ring = options.ring_mm * PX_PER_MM
    rects = [box.rect for box in page.boxes] + [line for name in page.names for line in name.lines]
    rects += anchors
    corners = [template_px(rect.left_mm, rect.top_mm) for rect in rects]
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, rect in enumerate(rects):
        size = tuple(
            round((length * PX_PER_MM + 2 * ring) / _STEP_PX)
            for length in (rect.width_mm, rect.height_mm)
        )
        by_size.setdefault((size[0], size[1]), []).append(index)
    groups = []
    for (columns, rows), indices in by_size.items():
        # Half pixels make a window of half-size pixels begin at the edge of a template pixel.
        starts = np.round(np.array([corners[index] for index in indices]) - ring) + 0.5
        groups.append(
            _BoxGroup(
                indices=np.array(indices, dtype=np.intp),
                corners_px=starts - search * _STEP_PX,
                size_px=(columns + 2 * search, rows + 2 * search),
                prints=prepare_prints(
                    _cut_prints(blank, starts, (columns, rows)),
                    (rows + 2 * search, columns + 2 * search),
                ),
            )
        )
    sizes = np.array([(rect.width_mm, rect.height_mm) for rect in rects]).reshape(-1, 2)
    centres = np.array(corners, dtype=np.float64).reshape(-1, 2) + sizes * (PX_PER_MM / 2)
    return OutlineReference(
        box_count=len(page.boxes),
        column_count=len(rects) - len(anchors),
        centres_px=centres,
        upright=find_neighbours(centres, is_sideways=False),
        sideways=find_neighbours(centres, is_sideways=True),
        groups=tuple(groups),
        search_px=search,
    )


def _cut_prints(blank: Pixels, starts: Points, size_px: tuple[int, int]) -> NDArray[np.float32]:
    """The blank at half size around each box; white beyond the edge of the paper."""
    columns, rows = size_px
    margin = 4 * max(columns, rows)
    wide = cv2.copyMakeBorder(
        blank, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,)
    )
    prints = np.empty((len(starts), rows, columns), dtype=np.float32)
    for number, (x, y) in enumerate((starts - 0.5).astype(int) + margin - _STEP_PX):
        cut = wide[y : y + _STEP_PX * (rows + 2), x : x + _STEP_PX * (columns + 2)]
        small = cv2.resize(cut, (columns + 2, rows + 2), interpolation=cv2.INTER_AREA)
        prints[number] = soften(np.asarray(small, dtype=np.uint8))[1:-1, 1:-1]
    return prints


def soften(half_page: Pixels) -> Pixels:
    """Blur a page of half size a little: a thin outline between two pixels looks like one on one.

    Without this the correlation of the same print swings between 0.72 and 1.
    """
    return np.asarray(cv2.blur(half_page, (3, 3)), dtype=np.uint8)


def match_print(
    half_scan: Pixels,
    mapping: PageMapping,
    reference: OutlineReference,
    wanted: NDArray[np.bool_] | None = None,
) -> PrintMatch:
    """Look for the print around each place.

    Args:
        half_scan: (rows, columns) grey scan at the resolution of half the template, roughly,
            softened.
        mapping: From template pixels to pixels of `half_scan`.
        reference: The places of the blank.
        wanted: (P,) which places to look for; None for all.
    """
    count = len(reference.centres_px)
    shifts = np.zeros((count, 2), dtype=np.float32)
    correlations = np.zeros(count, dtype=np.float32)
    is_inside = np.zeros(count, dtype=bool)
    for group in reference.groups:
        indices, corners, prints = group.indices, group.corners_px, group.prints
        if wanted is not None:
            chosen = np.flatnonzero(wanted[indices])
            indices, corners, prints = indices[chosen], corners[chosen], prints.only(chosen)
        if len(indices) == 0:
            continue
        windows = sample_patches(half_scan, mapping, corners, group.size_px, step_px=_STEP_PX)
        at, height, inside = _find_peaks(correlate(windows, prints))
        shifts[indices] = (at - reference.search_px) * _STEP_PX
        correlations[indices] = height
        is_inside[indices] = inside
    is_tried = np.ones(count, dtype=bool) if wanted is None else wanted
    return PrintMatch(shifts, correlations, is_inside, is_tried)


def _find_peaks(
    surfaces: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """The highest point of each correlation surface, between pixels.

    Args:
        surfaces: (n, rows, columns).

    Returns:
        (n, 2) place (x, y), (n,) height, and (n,) whether it is a peak and not on the edge.
    """
    count, rows, columns = surfaces.shape
    each = np.arange(count)
    y, x = np.divmod(surfaces.reshape(count, -1).argmax(axis=1), columns)
    height = surfaces[each, y, x]
    is_inside = (x > 0) & (x < columns - 1) & (y > 0) & (y < rows - 1)
    xc, yc = x.clip(1, columns - 2), y.clip(1, rows - 2)
    place = np.stack(
        [
            x + _vertex(surfaces[each, yc, xc - 1], height, surfaces[each, yc, xc + 1]),
            y + _vertex(surfaces[each, yc - 1, xc], height, surfaces[each, yc + 1, xc]),
        ],
        axis=1,
    )
    place[~is_inside] = np.stack([x, y], axis=1)[~is_inside]
    return place.astype(np.float32), height, is_inside


def _vertex(
    before: NDArray[np.float32], at: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Where the parabola through three neighbours is highest, from the middle one."""
    bend = 2 * at - before - after
    offset: NDArray[np.float32] = (after - before) / (2 * np.maximum(bend, np.float32(1e-6)))
    return offset
