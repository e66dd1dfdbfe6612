"""From the pixels of each box to numbers about the ink in and beside it; decides nothing.

New ink is what is on the paper that the template did not print. Where the template printed, and a
little around it, nothing is asked: the printed outline never counts. The score of a box is the
area of new ink in it, as a share of the area that the print leaves white, or of 8 mm² where more
is white (a cross is no longer in a table cell than in an oval), and it is the smallest such share
while the page is moved by up to a quarter of a millimetre, so that a small error of registration
makes no ink.
"""

from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import (
    OWN,
    RING,
    Bits,
    BoxGroup,
    BoxReference,
    ScoringOptions,
    pack_rows,
)
from ballotscan.marks.ghosts import share_of_ghost
from ballotscan.marks.parts import measure_parts, measure_strokes, share_of_loose
from ballotscan.marks.sharpness import PagePrint, darkness_of_pen
from ballotscan.marks.streaks import measure_through
from ballotscan.marks.views import BoxView, Patches, measure_print, view_boxes

Features = NDArray[np.float32]


class Feature(IntEnum):
    """The numbers about one box, by column.

    Attributes:
        SCORE: New ink in the box / the smaller of its white area and 8 mm²; not clipped at 1.
        INK_MM2: New ink in the box.
        DARK_SHARE: New ink in the box / its white area.
        EXTENT_MM: Length of the largest connected part of the ink that reaches into the box, with
            what of it lies just outside: the diagonal of the upright rectangle around it.
        STROKE_MM: Mean width of the strokes in the box.
        BESIDE_MM2: The largest connected part of new ink beside the box that reaches into no box.
        JOINED_MM2: New ink beside the box that reaches into it and into no other.
        SHARED_MM2: New ink beside the box that reaches into another box.
        SHARED_WITH: How many places further on that other box stands, or back where below 0; 0
            where there is none. So it stays true where pages are laid side by side.
        FAINT: The score, with much lighter ink counted too.
        THROUGH: Share of the ink in the box on one straight line that runs through the box and out
            of it on both sides.
        BREADTH_MM: Width of the narrowest strip that holds the ink in the box and what is
            connected with it: that of the pen for one straight stroke, much more for a cross.
        OWN_BREADTH_MM: The same without pieces in the box as small as dust, and without what reaches
            into another box.
        MIDDLE_X: How far to the right of the middle of the box the middle of that ink lies, with
            what is connected with it; 1 is on the edge of the box.
        MIDDLE_Y: Likewise how far below.
        STROKES: Strokes that a line across the ink in the box meets, from top to bottom or from
            left to right, whichever meets more: 2 for a cross, many for a zigzag.
        PRINT: Ink of the print in and around the box, 1 is as dark as on the whole page.
        BILEVEL: 1 where the page is a scan in black and white, without grey; else 0.
        LOOSE: Share of the ink in the box that is not in its three largest pieces: nothing of most
            marks, much of many specks.
        FAR_MM2: New ink at least `ScoringOptions.far_mm` from the box that reaches into it.
        BURNT: How light the print in and around the box is, 0 black and 1 white, where the paper
            there is as white as a picture can be; 0 where it is not.
        GHOST: Share of the new ink in and around the box that is the blank's print moved to one side;
            0 where it is no mark, or broader than such a ghost.
        WHITE: 1 where the paper in and around the box is as white as a picture can be; else 0.
    """

    SCORE = 0
    INK_MM2 = 1
    DARK_SHARE = 2
    EXTENT_MM = 3
    STROKE_MM = 4
    BESIDE_MM2 = 5
    JOINED_MM2 = 6
    SHARED_MM2 = 7
    SHARED_WITH = 8
    FAINT = 9
    THROUGH = 10
    BREADTH_MM = 11
    OWN_BREADTH_MM = 12
    MIDDLE_X = 13
    MIDDLE_Y = 14
    STROKES = 15
    PRINT = 16
    BILEVEL = 17
    LOOSE = 18
    FAR_MM2 = 19
    BURNT = 20
    WHITE = 21
    GHOST = 22


FEATURES = tuple(feature.name.lower() for feature in Feature)


def score_boxes(
    patches: Patches,
    paper: NDArray[np.floating],
    reference: BoxReference,
    page: PagePrint | None = None,
    *,
    is_bilevel: bool = False,
) -> Features:
    """Measure the new ink in and beside every box of one page.

    Args:
        patches: P grey pictures of the boxes with their margin, in template pixels, cut where
            `reference.corners_px` and `reference.sizes_px` say, moved by the box's own shift.
        paper: (P,) grey of the bare paper at each box; NaN where there is no paper.
        reference: The boxes on the blank.
        page: How the page's print looks; measured on the patches where it is not given.
        is_bilevel: Whether the page was scanned in black and white, without grey.

    Returns:
        (P, F) numbers, columns as in `Feature`. A row is NaN where the box has no paper, all of
        them where the page has no printed black.
    """
    views = view_boxes(patches, paper, reference)
    if page is None:
        page = measure_print(views, reference)
    features = np.full((len(reference.corners_px), len(Feature)), np.nan, dtype=np.float32)
    if np.isnan(page.black):
        return features
    for view in views:
        scores = _score_group(view, page, reference)
        scores[np.isnan(view.paper)] = np.nan
        features[view.group.places] = scores
    features[~np.isnan(features[:, Feature.SCORE]), Feature.BILEVEL] = is_bilevel
    return features


def _score_group(view: BoxView, page: PagePrint, reference: BoxReference) -> Features:
    options, group, black = reference.options, view.group, page.black
    shading = group.soft.soften(page.step) * (page.gain / black) if page.step else group.shading
    dark = _dark(view.pages, view.paper, black, options.ink_level, shading)
    ink_px, shift = _least_ink(dark, group, options.shift_px)
    # What a shadow does to the paper of a whole box is no faint mark.
    faint = _dark(view.pages, view.around, black, options.faint_level, shading)
    faint_px, _ = _least_ink(faint, group, options.shift_px)

    features = np.zeros((len(dark), len(Feature)), dtype=np.float32)
    ink_mm2 = ink_px / PX_PER_MM**2
    white_mm2 = group.white_px / PX_PER_MM**2
    full_mm2 = np.minimum(white_mm2, options.largest_white_mm2)
    features[:, Feature.SCORE] = ink_mm2 / full_mm2
    features[:, Feature.FAINT] = faint_px / PX_PER_MM**2 / full_mm2
    features[:, Feature.INK_MM2] = ink_mm2
    features[:, Feature.DARK_SHARE] = ink_mm2 / white_mm2
    windows = np.lib.stride_tricks.sliding_window_view
    dark_moved = windows(dark, group.region.shape[1:], axis=(1, 2))
    faint_moved = windows(faint, group.region.shape[1:], axis=(1, 2))
    beside = faint_moved[:, options.shift_px, options.shift_px] & (group.region == RING)
    busy = np.flatnonzero((ink_px > 0) | beside.reshape(len(dark), -1).any(axis=1))
    if busy.size:
        region, (down, right) = group.region[busy], shift[busy].T
        in_box = dark_moved[busy, down, right] & (region == OWN)
        # Beside the box faint ink counts as well: it is only ever a reason to ask.
        ink = in_box | (faint_moved[busy, down, right] & (region > OWN))
        features[busy] = _describe_ink(features[busy], ink, view, busy, options)
    features[:, Feature.WHITE] = view.is_white
    features[:, Feature.PRINT] = np.nan_to_num(_mean_of_each(view, view.solid_ink) / black, nan=1.0)
    features[:, Feature.BURNT] = _light_of_print(view, page.step, options.shift_px)
    if page.step and shading is not None:
        features[_is_drowned(shading, page, group, options)] = np.nan
    return features


def _describe_ink(
    amounts: Features,
    ink: Bits,
    view: BoxView,
    busy: NDArray[np.intp],
    options: ScoringOptions,
) -> Features:
    """Say what the ink in and beside boxes is like.

    Args:
        amounts: (K, F) with how much ink there is.
        ink: (K, rows, columns) new ink of `group.region`.
        view: All boxes of the group.
        busy: (K,) places in it of these boxes.
        options: How ink is measured.

    Returns:
        (K, F) the same, and all other numbers about ink.
    """
    group, features = view.group, amounts.copy()
    region, places = group.region[busy], group.places[busy]
    rows, columns = group.box_in_frame(options.shift_px)
    in_box = (ink & (region == OWN))[:, rows, columns]
    features[:, Feature.STROKE_MM], features[:, Feature.STROKES] = measure_strokes(in_box)
    features[:, Feature.LOOSE] = share_of_loose(in_box)
    features[:, Feature.THROUGH] = measure_through(ink, region, rows, columns)
    thin = np.flatnonzero(_looks_printed(features, options))
    blank = view.blank_in_frame(options.shift_px)
    features[thin, Feature.GHOST] = share_of_ghost(ink[thin], blank[busy[thin]])
    parts = measure_parts(ink, region, group.owner[busy], group.far[busy])
    features[:, Feature.EXTENT_MM] = parts.extent_mm
    features[:, Feature.BREADTH_MM] = parts.breadth_mm
    features[:, Feature.OWN_BREADTH_MM] = parts.own_breadth_mm
    middle = _from_middle(parts.middle_px, group, busy, options)
    features[:, Feature.MIDDLE_Y], features[:, Feature.MIDDLE_X] = middle.T
    features[:, Feature.BESIDE_MM2] = parts.beside_mm2
    features[:, Feature.JOINED_MM2] = parts.joined_mm2
    features[:, Feature.FAR_MM2] = parts.far_mm2
    features[:, Feature.SHARED_MM2] = parts.shared_mm2
    shared_with = np.where(parts.shared_with < 0, places, parts.shared_with)
    features[:, Feature.SHARED_WITH] = shared_with - places
    return features


def _looks_printed(features: Features, options: ScoringOptions) -> Bits:
    """(N,) boxes with little ink in thin strokes, as a second print of their outline would be."""
    share, ink_mm2 = features[:, Feature.DARK_SHARE], features[:, Feature.INK_MM2]
    is_little = (share > 0) & (share < options.ghost_share)
    is_large = ink_mm2 >= options.largest_white_mm2 * share
    return np.asarray(is_little & is_large & (features[:, Feature.STROKE_MM] < options.ghost_mm))


def _from_middle(
    middle_px: NDArray[np.floating],
    group: BoxGroup,
    busy: NDArray[np.intp],
    options: ScoringOptions,
) -> NDArray[np.float64]:
    """(N, 2) how far the middle of some ink lies below and right of that of its box."""
    half = group.sides_px[busy] / 2
    first = np.array([side.start - options.shift_px for side in group.inner])
    away = (middle_px - (first + half - 0.5)) / half
    return np.asarray(np.nan_to_num(away), dtype=np.float64)


def _light_of_print(view: BoxView, step: int, shift_px: int) -> NDArray[np.float64]:
    """(N,) how light the print in and around each box is where its paper is white; 0 elsewhere."""
    if not view.is_white.any():
        return np.zeros(len(view.pages))
    print_ = _mean_of_each(view, view.ink_of_print(shift_px))
    if step:  # print that is soft is paler than it was printed; that is no light
        print_ /= _mean_of_each(view, view.group.soft.solid_ink[step])
    return np.where(view.is_white, np.nan_to_num(1 - print_), 0.0)


def _mean_of_each(view: BoxView, ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) mean ink of the print in and around each box; NaN where the blank has none."""
    box = view.group.solid[0]
    count = np.bincount(box, minlength=len(view.pages))
    total = np.bincount(box, ink, len(view.pages))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _is_drowned(
    shading: NDArray[np.float32], page: PagePrint, group: BoxGroup, options: ScoringOptions
) -> Bits:
    """(N,) boxes in which print has spread so far that half of their white could hide a pen."""
    rows, columns = group.inner
    # Ink lets light through: over print it adds only its share of the light that is left.
    least = options.ink_level / darkness_of_pen(page.step)
    drowned = pack_rows(shading[:, rows, columns] > 1 - least) & group.white
    hidden_px = np.bitwise_count(drowned).sum(axis=(1, 2), dtype=np.int64)
    return np.asarray(2 * hidden_px > group.white_px)


def _dark(
    pages: NDArray[np.uint8],
    paper: NDArray[np.float32],
    black: float,
    ink_level: float,
    shading: NDArray[np.float32] | None,
) -> Bits:
    """Where a pixel is ink: a quarter of printed black above paper and shading."""
    level = np.float32(ink_level)
    ink = level if shading is None else level + shading
    cut = np.nan_to_num(paper)[:, None, None] * (1 - np.float32(black) * ink)
    levels = np.floor(cut + np.float32(1e-3))
    # Where print is so dark that no ink could be seen on it, the cut lies below black.
    below_black = shading is not None and levels.min(initial=0) < 0
    dark: Bits = pages <= (levels if below_black else levels.astype(np.uint8))
    return dark


def _least_ink(
    dark: Bits, group: BoxGroup, shift_px: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Count the ink on the white of each box, under the shift of the page that leaves the least.

    Returns:
        (N,) pixels of ink, and (N, 2) the place (row, column) in 0 … 2 x shift_px of that shift;
        of equal ones the smallest.
    """
    least_px = np.zeros(len(dark), dtype=np.int64)
    shifts = np.full((len(dark), 2), shift_px, dtype=np.intp)
    rows, columns = group.inner
    unmoved = pack_rows(dark[:, rows, columns]) & group.white
    inked = np.flatnonzero(unmoved.reshape(len(dark), -1).any(axis=1))
    if inked.size:
        rows = slice(rows.start - shift_px, rows.stop + shift_px)
        columns = slice(columns.start - shift_px, columns.stop + shift_px)
        counts = _count_moved(dark[inked, rows, columns], group.white[inked], 2 * shift_px)
        nearest_first = _nearest_first(shift_px)
        best = nearest_first[counts[:, nearest_first].argmin(axis=1)]
        least_px[inked] = counts.min(axis=1)
        shifts[inked] = np.stack(np.divmod(best, 2 * shift_px + 1), axis=-1)
    return least_px, shifts


@lru_cache
def _nearest_first(shift_px: int) -> NDArray[np.intp]:
    """The moves by up to `shift_px` rows and columns, row by row, the smallest first."""
    y, x = np.mgrid[-shift_px : shift_px + 1, -shift_px : shift_px + 1]
    return np.argsort((y * y + x * x).ravel(), kind="stable")


def _count_moved(ink: Bits, white: NDArray[np.uint64], moves: int) -> NDArray[np.int64]:
    """Count the ink on the white of N boxes for 0 … `moves` rows and columns of offset.

    Returns:
        (N, (moves + 1)²) counts, row by row.
    """
    windows = np.lib.stride_tricks.sliding_window_view
    words = pack_rows(windows(ink, ink.shape[2] - moves, axis=2))
    # (box, row offset, column offset, word, row)
    words = windows(words, ink.shape[1] - moves, axis=1)
    counts = np.bitwise_count(words & white.swapaxes(1, 2)[:, None, None])
    total: NDArray[np.int64] = counts.reshape(len(ink), (moves + 1) ** 2, -1).sum(
        axis=2, dtype=np.int64
    )
    return total
