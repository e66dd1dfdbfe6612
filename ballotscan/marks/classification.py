"""Statuses of boxes: the published thresholds, applied to the numbers about each box.

The score decides. Everything else is a room: by how much a number stays on the sure side of its
threshold; the least of them says whether people are asked, and how near a decision was to that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.marks.scoring import Feature, Features
from ballotscan.marks.thresholds import MarkThresholds

Statuses = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the boxes of some pages hold, and how far that is from a question.

    Attributes:
        statuses: (..., P) int8 of `MarkStatus`.
        certainty: (..., P) of boxes that are empty or marked: by which share the number that comes
            nearest to its threshold is away from it, 0 on it, 1 at twice the threshold or at
            nothing. No probability. 0 where people are asked, NaN where the box was not read.
    """

    statuses: Statuses
    certainty: NDArray[np.float32]


def classify_marks(
    features: Features,
    outline: NDArray[np.floating],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
    *,
    is_whole: bool = True,
) -> Reading:
    """Classify every box of every ballot.

    The score decides; everything else can only turn a decision into a question.

    Args:
        features: (..., P, F) numbers about each of P boxes, columns as in `Feature`; NaN where
            the box was not read.
        outline: (..., P) correlation of each box's printed outline with the page; NaN where it
            is not known, and then the box was not found.
        thresholds: The published thresholds.
        expected_mark: The mark that voters are told to make.
        is_whole: Whether the boxes are all that a voter had, not one side of a ballot whose marks may
            stand on the other.
    """
    is_cross = expected_mark is ExpectedMark.CROSS
    is_fill = expected_mark is ExpectedMark.FILL
    score = features[..., Feature.SCORE]
    is_marked = score >= thresholds.definite
    room_marked = np.minimum(
        over(score, thresholds.definite), _room_of_marks(features, thresholds, is_cross=is_cross)
    )
    stout = thresholds.stout_cross if is_cross else thresholds.stout
    room_marked = np.minimum(room_marked, _room_of_dots(features, thresholds, stout))
    if is_fill:
        room_marked = np.minimum(room_marked, _room_of_filling(features, thresholds))
    is_sure_mark = is_marked & (room_marked >= 0)
    of_a_mark = _belongs_to_a_mark(features, is_sure_mark)
    room_empty = np.minimum(
        under(score, thresholds.marginal),
        _room_of_nothing(features, of_a_mark, thresholds, is_cross=is_cross),
    )
    # NaN >= threshold is False: an outline that is not known was not found.
    found = np.nan_to_num(over(outline, thresholds.outline), nan=-1.0)
    room_empty = np.minimum(room_empty, found)
    shows_none = _shows_no_pen(features, is_sure_mark, thresholds, expected_mark, is_whole=is_whole)
    room_empty = np.where(shows_none, -1.0, room_empty)

    statuses = np.full(score.shape, MarkStatus.MARGINAL, dtype=np.int8)
    statuses[~is_marked & (room_empty >= 0)] = MarkStatus.EMPTY
    statuses[is_sure_mark] = MarkStatus.MARKED
    if is_cross:
        statuses[is_marked & _is_scribbled_out(features, thresholds)] = MarkStatus.CANCELLED
    if is_fill:
        is_struck_out = features[..., Feature.DARK_SHARE] >= thresholds.blot
        is_struck_out &= _room_of_filling(features, thresholds) < 0
        statuses[is_marked & is_struck_out] = MarkStatus.CANCELLED
    statuses[np.isnan(score)] = MarkStatus.UNREAD
    certainty = np.where(is_marked, room_marked, room_empty)
    certainty = np.where(np.isnan(score), np.nan, np.clip(certainty, 0, 1))
    return Reading(statuses, certainty.astype(np.float32))


def under(
    numbers: NDArray[np.floating], threshold: float | NDArray[np.floating]
) -> NDArray[np.floating]:
    """How far numbers stay under a threshold, in parts of it; below 0 where they reach it."""
    room = 1 - numbers / threshold
    return np.asarray(np.where(numbers >= threshold, np.minimum(room, -_ON_IT), room))


def over(numbers: NDArray[np.floating], threshold: float) -> NDArray[np.floating]:
    """How far numbers lie over a threshold, in parts of it; below 0 where they do not reach it."""
    room = numbers / threshold - 1
    return np.asarray(
        np.where(numbers >= threshold, np.maximum(room, 0), np.minimum(room, -_ON_IT))
    )


_ON_IT = 1e-6


def _room_of_marks(
    features: Features, thresholds: MarkThresholds, *, is_cross: bool
) -> NDArray[np.floating]:
    """How far boxes are from being asked about although they hold much ink."""

    def of(feature: Feature) -> NDArray[np.floating]:
        return features[..., feature]

    # What would be no mark without the fold or streak that runs through it.
    rest = of(Feature.SCORE) * (1 - of(Feature.THROUGH))
    ink_mm2 = np.maximum(of(Feature.INK_MM2), _ON_IT)
    white_mm2 = ink_mm2 / np.maximum(of(Feature.DARK_SHARE), _ON_IT)
    outside = of(Feature.JOINED_MM2) / ink_mm2
    slender = of(Feature.BREADTH_MM) / np.maximum(of(Feature.EXTENT_MM), _LEAST_MM)
    rooms = [
        over(rest, thresholds.definite),
        under(of(Feature.THROUGH), thresholds.line),
        under(outside, thresholds.outside),
        under(_soft_edge_mm(features), thresholds.soft_mm),
        np.where(of(Feature.FAINT) < _MOTTLED * of(Feature.SCORE), -1.0, 1.0),
        np.where(white_mm2 < thresholds.small_mm2, 1.0, under(of(Feature.LOOSE), thresholds.loose)),
        under(of(Feature.GHOST), thresholds.ghost),
    ]
    # A full stop of a broad pen may be as much ink as a mark; it is no line across the box.
    dot_mm = np.minimum(thresholds.cross_mm, thresholds.dot_extent * np.sqrt(white_mm2))
    rooms.append(np.where(of(Feature.EXTENT_MM) < dot_mm, -1.0, 1.0))
    if is_cross:
        # A cross taken back, the slip of a pen, or what is meant for another box.
        bend_mm = of(Feature.OWN_BREADTH_MM) - of(Feature.STROKE_MM)
        packed = of(Feature.INK_MM2) / np.maximum(of(Feature.OWN_BREADTH_MM), _LEAST_MM) ** 2
        rooms += [
            under(of(Feature.DARK_SHARE), thresholds.blot),
            over(bend_mm, thresholds.bend_mm),
            np.maximum(
                over(bend_mm, thresholds.wide_bend_mm),
                over(of(Feature.STROKES), thresholds.strokes),
            ),
            over(of(Feature.EXTENT_MM), thresholds.cross_mm),
            under(of(Feature.STROKE_MM), thresholds.pen_mm),
            under(of(Feature.STROKES), thresholds.many_strokes),
            np.maximum(
                under(of(Feature.STROKES), thresholds.dense_strokes),
                under(of(Feature.STROKES) * packed, thresholds.dense),
            ),
            under(_off_centre(features), thresholds.off_centre),
            under(outside, thresholds.outside_cross),
            np.maximum(under(outside, thresholds.leaves), over(slender, thresholds.slender)),
            under(of(Feature.BESIDE_MM2), thresholds.around_mm2),
        ]
    return np.asarray(np.min(rooms, axis=0))


_LEAST_MM = 0.1
# Faint ink is looked for against the paper at the box, ink against that of the page. Ink that is not
# at least faint lies on paper that is itself stained.
_MOTTLED = 0.97


def _soft_edge_mm(features: Features) -> NDArray[np.floating]:
    """Width of the strip around the ink where it is only faint."""
    score = np.maximum(features[..., Feature.SCORE], _ON_IT)
    faint_mm2 = (features[..., Feature.FAINT] / score - 1) * features[..., Feature.INK_MM2]
    # The outline of strokes is twice their area by their width.
    outline_mm = (
        2 * features[..., Feature.INK_MM2] / np.maximum(features[..., Feature.STROKE_MM], _LEAST_MM)
    )
    return np.asarray(faint_mm2 / np.maximum(outline_mm, _ON_IT))


def _off_centre(features: Features) -> NDArray[np.floating]:
    return np.maximum(
        np.abs(features[..., Feature.MIDDLE_X]), np.abs(features[..., Feature.MIDDLE_Y])
    )


def _is_scribbled_out(features: Features, thresholds: MarkThresholds) -> NDArray[np.bool_]:
    """Marks over which so much was scribbled that they may have been taken back."""
    return np.asarray(
        (features[..., Feature.DARK_SHARE] >= thresholds.blot)
        & (features[..., Feature.STROKE_MM] < thresholds.solid_mm)
    )


def _room_of_dots(
    features: Features, thresholds: MarkThresholds, stout: float
) -> NDArray[np.floating]:
    """How far boxes that are not full are from holding a dot or a blot, no stroke."""
    length_mm = np.maximum(features[..., Feature.EXTENT_MM], _LEAST_MM)
    return np.asarray(
        np.maximum(
            over(features[..., Feature.DARK_SHARE], thresholds.blot),
            under(features[..., Feature.STROKE_MM] / length_mm, stout),
        )
    )


def _room_of_filling(features: Features, thresholds: MarkThresholds) -> NDArray[np.floating]:
    """How far filled-in boxes are from having been struck out again, by strokes that leave them.

    What is not full must not lie in a corner either, as a part of something larger would.
    """
    # In black and white thin strokes are seen in part, and so may be a box that is full.
    is_bilevel = features[..., Feature.BILEVEL] > 0
    far = under(features[..., Feature.FAR_MM2], thresholds.far_mm2 * np.where(is_bilevel, 0.5, 1.0))
    is_full = features[..., Feature.DARK_SHARE] >= thresholds.blot
    corner = under(_off_centre(features), thresholds.corner)
    return np.asarray(np.where(is_full, far, np.where(is_bilevel, np.minimum(far, corner), corner)))


def _belongs_to_a_mark(features: Features, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Boxes in and beside which there is ink of a mark in another box."""
    boxes = features.shape[-2]
    steps = np.nan_to_num(features[..., Feature.SHARED_WITH]).astype(np.int64)
    neighbour = np.arange(boxes) + steps
    known = (steps != 0) & (neighbour >= 0) & (neighbour < boxes)
    is_marked = np.take_along_axis(marked, np.where(known, neighbour, 0), axis=-1)
    return np.asarray(known & is_marked)


def _room_of_nothing(
    features: Features,
    of_a_mark: NDArray[np.bool_],
    thresholds: MarkThresholds,
    *,
    is_cross: bool,
) -> NDArray[np.floating]:
    """How far boxes are from being asked about although they hold little ink.

    There may be a faint mark, a dot, a trace of a thin stroke, or clear ink beside them.
    """

    def of(feature: Feature) -> NDArray[np.floating]:
        return features[..., feature]

    # In black and white a pale pen leaves half of its strokes, or less.
    half = np.where(of(Feature.BILEVEL) > 0, 0.5, 1.0)
    beside_mm2 = thresholds.beside_cross_mm2 if is_cross else thresholds.beside_mm2 * half
    shape = np.minimum(
        under(of(Feature.STROKE_MM), thresholds.dot_mm),
        np.maximum(
            under(of(Feature.EXTENT_MM), thresholds.trace_mm),
            under(of(Feature.STROKE_MM), thresholds.sliver_mm),
        ),
    )
    # A pale dot is left there in pieces, which are as thin as the edge of print.
    shape = np.where(of(Feature.BILEVEL) > 0, -1.0, shape)
    dot = np.maximum(under(of(Feature.INK_MM2), thresholds.dot_mm2), shape)
    # Light that makes print paler makes pens paler still, and so less of their strokes is seen.
    shown = np.clip(of(Feature.PRINT), thresholds.print, 1)
    rooms = [dot, under(of(Feature.SHARED_MM2), beside_mm2)]
    if is_cross:
        rooms.append(
            np.maximum(
                under(of(Feature.INK_MM2), thresholds.trace_mm2),
                under(of(Feature.EXTENT_MM), thresholds.trace_mm),
            )
        )
    room = np.where(of_a_mark, 1.0, np.min(rooms, axis=0))
    return np.asarray(
        np.min(
            [
                room,
                under(of(Feature.FAINT), thresholds.faint * shown**4),
                np.where(
                    of(Feature.BURNT) < thresholds.bright,
                    1.0,
                    under(of(Feature.FAINT), thresholds.faint_bright),
                ),
                under(of(Feature.BESIDE_MM2), beside_mm2),
                under(of(Feature.JOINED_MM2), beside_mm2),
                over(of(Feature.PRINT), thresholds.print),
                under(of(Feature.BURNT), thresholds.burnt),
            ],
            axis=0,
        )
    )


def _shows_no_pen(
    features: Features,
    is_sure_mark: NDArray[np.bool_],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
    *,
    is_whole: bool,
) -> NDArray[np.bool_]:
    """Boxes of ballots on which the voter's pen may not be seen at all.

    A scan in black and white drops what is paler than its cut, and one whose paper is as white as a
    picture can be what is paler than its white: a fax or a photocopy that was scanned again has
    greys, but along the edges of its black only. Whether the pen of this voter is, only his own marks
    can tell: where none is clear, or half of them are seen in part only, a box that looks empty may
    not be. Of crosses what is left is thinner than pens are, or as long as a cross with too little
    ink for one; of other marks, half marks.

    Of a form to be filled in, one side without any ink is blank where the other may have the marks:
    the three such pages of real ballots in black and white, 23 boxes, were blank, as were two on white
    paper, 41 boxes. A whole ballot without any is asked about: of 244 drawn marks that black and white
    had lost, 14 were fillings, all that were on their pages, and nothing in the picture tells such a
    page from a blank one.
    """
    is_trace = features[..., Feature.INK_MM2] >= thresholds.trace_mm2
    if expected_mark is ExpectedMark.CROSS:
        is_inked = is_trace
        is_thin = features[..., Feature.STROKE_MM] < thresholds.thin_mm
        is_long = features[..., Feature.EXTENT_MM] >= thresholds.cross_mm
        is_part = is_inked & (
            is_thin | is_long & (features[..., Feature.SCORE] < thresholds.definite)
        )
    else:
        is_inked = features[..., Feature.SCORE] >= thresholds.marginal
        is_part = is_inked & (features[..., Feature.SCORE] < thresholds.definite)
    parts, inked = (np.count_nonzero(which, axis=-1) for which in (is_part, is_inked))
    shows_parts = (2 * parts >= inked) & (parts > 0)
    shows_none = ~is_sure_mark.any(axis=-1)
    is_bilevel = (features[..., Feature.BILEVEL] > 0).any(axis=-1)
    read = np.count_nonzero(~np.isnan(features[..., Feature.SCORE]), axis=-1)
    is_white, is_bright = (
        (2 * np.count_nonzero(which, axis=-1) >= read) & (read > 0)
        for which in (
            features[..., Feature.WHITE] > 0,
            features[..., Feature.BURNT] >= thresholds.bright,
        )
    )
    may_be_blank = ~is_trace.any(axis=-1) & ~is_bright & (not is_whole)
    if expected_mark is not ExpectedMark.FILL:
        may_be_blank &= ~is_bilevel
    is_lost = (is_bilevel | is_white) & (shows_parts | shows_none & ~may_be_blank)
    return np.broadcast_to(np.expand_dims(is_lost, -1), features.shape[:-1])
