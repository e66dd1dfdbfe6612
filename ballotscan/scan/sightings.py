"""Which of the places that were looked for are believed, and where the others are.

A place is believed by itself where its own print fits well, and agrees with its neighbours. One
whose print is drowned by a mark moves with its neighbours, as long as they can know: a feed that
slips moves whole lines of the scan, so what is on the same line must be where it should be, and
what is before and behind it must not have been pulled apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.neighbours import (
    Hearsay,
    Neighbours,
    ask_neighbours,
    count_beside,
    is_beyond_ends,
    measure_bump,
    nearest_agreement,
)
from ballotscan.scan.outlines import (
    OutlineOptions,
    OutlineReference,
    PrintMatch,
    Shifts,
    match_print,
)

_FAR_PX = 99.0
_STILL_PX = 1.5  # below this it does not matter which way the paper was fed
_LINE_MM = 2.5  # what is written on one line
_SAME_LINE_MM = 4.0
_GLIMPSE = 0.35  # a box under a thick cross; elsewhere its peaks are anywhere


@dataclass(frozen=True, slots=True, eq=False)
class BoxSighting:
    """Where the boxes of one scanned page stand, and after them its names.

    Attributes:
        shifts: (P, 2) shift (x, y) of each box from where the mapping puts it, template pixels.
        correlations: (P,) of each box's printed surroundings, where they fit best.
        is_sure: (P,) whether the shift is the box's own; else it is its neighbours'.
        is_lost: (P,) whether neither may be believed: the outline alone does not say where the box
            is, and its neighbours are too few, or the feed slipped there.
        is_alone: (P,) whether a box is not sure, and on the same line or in the same column no other
            is seen where it should be: only neighbours elsewhere speak for it.
        is_sideways: Whether the paper seems to have been fed left or right side first.
    """

    shifts: Shifts
    correlations: NDArray[np.float32]
    is_sure: NDArray[np.bool_]
    is_lost: NDArray[np.bool_]
    is_alone: NDArray[np.bool_]
    is_sideways: bool

    def is_clear(self, options: OutlineOptions) -> NDArray[np.bool_]:
        """(P,) whether each is seen so well that it needs no neighbour."""
        is_clear: NDArray[np.bool_] = self.correlations >= options.min_correlation
        return is_clear & self.is_sure & ~self.is_lost


def find_boxes(
    half_scan: Pixels, mapping: PageMapping, reference: OutlineReference, options: OutlineOptions
) -> BoxSighting:
    """Find each box by its printed surroundings.

    Args:
        half_scan: (rows, columns) grey scan at the resolution of half the template, roughly,
            softened.
        mapping: From template pixels to pixels of `half_scan`.
        reference: The boxes of the blank.
        options: As given to `prepare_outlines`.
    """
    return judge_places(match_print(half_scan, mapping, reference), reference, options)


def judge_places(
    match: PrintMatch, reference: OutlineReference, options: OutlineOptions
) -> BoxSighting:
    """Say which places are believed, and where the others are.

    Args:
        match: Where the print of each was found.
        reference: The places.
        options: When to believe.
    """
    peaks = match.shifts
    is_own = match.is_inside & (match.correlations >= options.min_correlation)
    is_own &= np.hypot(peaks[:, 0], peaks[:, 1]) <= options.search_mm * PX_PER_MM
    max_apart = options.max_apart_mm * PX_PER_MM
    neighbours = _choose_feed(peaks, is_own, reference)
    is_sure = is_own
    for _ in range(2):  # those that were not sure the first time are not asked again
        told = ask_neighbours(peaks, is_sure, neighbours)
        apart = np.hypot(*(peaks - told.shifts).T)
        is_doubted = is_own & (apart > max_apart)
        if is_doubted.any():
            beside = nearest_agreement(peaks, is_sure, neighbours)
            is_doubted &= 2 * beside > max_apart
        was_sure, is_sure = is_sure, is_own & ~is_doubted
        if np.array_equal(was_sure, is_sure):
            break
    # Clear print that runs out of the search has moved. Nearer by it may be a mark that looks so.
    is_far = ~is_own & (match.correlations >= options.min_correlation)
    is_lost = ~is_sure & (
        is_far
        | _is_unknown(told, np.where(is_own, 0.5, 1.0), options)
        | is_beyond_ends(is_sure, neighbours, options.end_reach_mm * PX_PER_MM)
        | _has_line_moved(match, is_sure, reference, neighbours, options)
        | _is_line_missing(match, is_sure, reference, options, int(not neighbours.is_sideways))
    )
    # A marked box may still see a part of its outline; where that is where it is expected, good.
    is_where_told = match.is_inside & (apart <= max_apart / 2)
    is_faint = is_where_told & (match.correlations >= options.min_faint_correlation)
    is_seen = is_sure | (is_where_told & (match.correlations >= _GLIMPSE))
    is_alone = ~is_sure & _has_none_beside(is_seen, reference)
    # In the midst of a slip even a box that sees its print may see it where it is not.
    more = np.full(len(is_own), 1.75)
    is_lost |= is_sure & np.isfinite(told.discord) & _is_unknown(told, more, options)
    is_sure = is_sure | is_faint
    return BoxSighting(
        shifts=np.where(is_sure[:, None], peaks, told.shifts),
        correlations=match.correlations,
        is_sure=is_sure,
        is_lost=is_lost,
        is_alone=is_alone,
        is_sideways=neighbours.is_sideways,
    )


def find_strays(
    places: BoxSighting,
    bent: Shifts,
    strain: NDArray[np.float32],
    reference: OutlineReference,
    options: OutlineOptions,
) -> NDArray[np.bool_]:
    """Which places that do not see their print clearly stand where no print near them does.

    On existing paper the page is bent to its print before boxes are looked for. Where hardly anything
    else is printed, a mark bends it as well, and a slip of the feed is drawn out over the lines beside
    it; on such a bend every box seems where it should be. So a box that a mark covers must stand where
    the print seen clearly around it says. Which way the paper was fed does not show for sure; where the
    page is pulled by more than an even feed does, both must say so, elsewhere one.

    Args:
        places: As they were judged on the bent page.
        bent: (P, 2) how far the page was bent at each place, template pixels.
        strain: (P,) how much it is pulled there.
        reference: The places.
        options: How far they may be apart.
    """
    is_clear = places.is_clear(options)
    stand = bent + places.shifts
    apart = np.stack(
        [
            np.hypot(*(stand - ask_neighbours(stand, is_clear, neighbours).shifts).T)
            for neighbours in (reference.upright, reference.sideways)
        ]
    )
    is_denied = apart > options.max_stray_mm * PX_PER_MM
    is_pulled = strain > options.max_strain
    return np.asarray(~is_clear & np.where(is_pulled, is_denied.any(axis=0), is_denied.all(axis=0)))


def _is_unknown(
    told: Hearsay, share: NDArray[np.float64], options: OutlineOptions
) -> NDArray[np.bool_]:
    """Where the neighbours are too few, or the paper jumps between them.

    Args:
        told: What the neighbours say.
        share: (P,) of the limits that is enough: less where a place sees its print elsewhere.
        options: The limits.
    """
    discord_px = options.max_discord_mm * PX_PER_MM * share
    return np.asarray(~(told.discord <= discord_px) | (told.strain > options.max_strain * share))


def _is_line_missing(
    match: PrintMatch,
    is_sure: NDArray[np.bool_],
    reference: OutlineReference,
    options: OutlineOptions,
    feed: int,
) -> NDArray[np.bool_]:
    """Where the print on the line of a place, or in its column, is not where it should be.

    A mark hides the print of its own box. It does not hide what stands beside it; where that is not
    found either, a part of the page has moved that the places before and behind know nothing of.
    """
    is_print = match.is_tried.copy()
    is_print[: reference.column_count] = False
    missing = np.zeros(len(is_sure), dtype=bool)
    if not is_print.any():
        return missing
    is_gone = is_print & ~is_sure
    for axis in (0, 1):
        counts = [
            (
                count_beside(reference.centres_px, is_sure, axis, reach_mm * PX_PER_MM),
                count_beside(reference.centres_px, is_gone, axis, reach_mm * PX_PER_MM),
            )
            for reach_mm in (_LINE_MM, _SAME_LINE_MM, options.line_mm)
        ]
        (found, gone), *wider = counts
        is_vouched = found > gone
        for found, gone in wider:
            missing |= ~is_vouched & (gone >= np.maximum(found, 1))
        if axis == feed:
            missing |= ~is_vouched & (found == 0)
    return missing


def _has_line_moved(
    match: PrintMatch,
    is_sure: NDArray[np.bool_],
    reference: OutlineReference,
    neighbours: Neighbours,
    options: OutlineOptions,
) -> NDArray[np.bool_]:
    """Where a line as a whole is off what the lines before and behind it say."""
    if not match.is_tried[reference.column_count :].any():
        return np.zeros(len(is_sure), dtype=bool)
    bump = measure_bump(match.shifts, is_sure, neighbours, _LINE_MM * PX_PER_MM)
    return np.asarray(bump > options.max_bump_mm * PX_PER_MM)


def _has_none_beside(is_seen: NDArray[np.bool_], reference: OutlineReference) -> NDArray[np.bool_]:
    reach = _SAME_LINE_MM * PX_PER_MM
    counts = [count_beside(reference.centres_px, is_seen, axis, reach) for axis in (0, 1)]
    return np.asarray(np.minimum(*counts) == 0)


def _choose_feed(
    peaks: Shifts, is_own: NDArray[np.bool_], reference: OutlineReference
) -> Neighbours:
    """Tell from the shifts which way the paper was fed.

    The scan does not tell: many scanners feed the long side first and turn the picture.
    """
    if not is_own.any() or np.abs(peaks[is_own]).max() < _STILL_PX:
        return reference.upright
    discords = [
        float(np.minimum(ask_neighbours(peaks, is_own, neighbours).discord[is_own], _FAR_PX).mean())
        for neighbours in (reference.upright, reference.sideways)
    ]
    return reference.sideways if discords[1] < discords[0] else reference.upright
