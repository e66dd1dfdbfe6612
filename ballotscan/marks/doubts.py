"""Why a mark is doubtful: which of the published rules asked for people, for one box or name.

The rules themselves stand in `classification` and `strikes`; here the plainest of them are gone through
one by one, so that people are told what the machine saw. Whether there is a question at all is asked
of `classification`.
"""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import Feature
from ballotscan.marks.strikes import Form
from ballotscan.marks.thresholds import MarkThresholds


class Doubt(StrEnum):
    """What makes a box, or a name, a question."""

    UNREAD = "unread"
    LINE_THROUGH = "line-through"  # a fold or a streak may be what was seen
    SCRIBBLED = "scribbled"
    ONE_STROKE = "one-stroke"
    SMALL = "small"
    REACHES_OUT = "reaches-out"
    PALE = "pale"
    DOT = "dot"
    FAINT = "faint"
    BESIDE = "beside"
    TRACE = "trace"
    MANY_STROKES = "many-strokes"
    SPECKS = "specks"
    GHOST = "ghost"
    STRUCK_OUT = "struck-out"
    OFF_CENTRE = "off-centre"
    PRINT_BURNT = "print-burnt"
    NO_PEN = "no-pen"  # in black and white, or on white paper; the pen may not be seen at all
    NO_PLAIN_MARK = "no-plain-mark"  # asked for by a rule that has no words of its own
    BOX_NOT_FOUND = "box-not-found"
    HIDDEN = "hidden"  # clear in itself, but under a seal, or on a fold or streak
    # Names.
    NAME_UNCLEAR = "name-unclear"
    NAME_MIDDLE = "name-middle"
    NAME_ACROSS = "name-across"
    NAME_COVERED = "name-covered"
    NAME_CANCELLED = "name-cancelled"
    NAME_NOT_GIVEN = "name-not-given"
    NAME_BELOW = "name-below"


def doubt_of_box(
    ballot: NDArray[np.float32],
    outline: NDArray[np.floating],
    place: int,
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
) -> Doubt:
    """Why a box is asked about.

    Args:
        ballot: (P, F) of all boxes of the ballot, columns as in `Feature`: the other marks tell
            whether the voter's pen is seen.
        outline: (P,) correlation of their printed outlines with the page.
        place: Which of them.
        thresholds: As they were classified with.
        expected_mark: Likewise.
    """
    f, t = {feature: float(ballot[place, feature]) for feature in Feature}, thresholds
    is_cross = expected_mark is ExpectedMark.CROSS
    is_fill = expected_mark is ExpectedMark.FILL
    if np.isnan(f[Feature.SCORE]):
        return Doubt.UNREAD
    statuses = classify_marks(ballot, outline, thresholds, expected_mark).statuses
    if int(statuses[place]) in {MarkStatus.EMPTY, MarkStatus.MARKED}:
        return Doubt.HIDDEN
    if f[Feature.SCORE] >= t.definite:
        rules = _doubts_of_a_mark(f, t, is_cross=is_cross, is_fill=is_fill)
        last = Doubt.NO_PLAIN_MARK
    else:
        rules = _doubts_of_nothing(f, float(outline[place]), t, is_cross=is_cross)
        last = (
            Doubt.NO_PEN if max(f[Feature.BILEVEL], f[Feature.WHITE]) > 0 else Doubt.NO_PLAIN_MARK
        )
    return next((doubt for holds, doubt in rules if holds), last)


_Numbers = Mapping[Feature, float]


def _doubts_of_a_mark(
    f: _Numbers, t: MarkThresholds, *, is_cross: bool, is_fill: bool
) -> list[tuple[bool, Doubt]]:
    is_full = f[Feature.DARK_SHARE] >= t.blot
    leaves = f[Feature.FAR_MM2] >= t.far_mm2 * (0.5 if f[Feature.BILEVEL] > 0 else 1.0)
    is_stout = (
        f[Feature.STROKE_MM] >= (t.stout_cross if is_cross else t.stout) * f[Feature.EXTENT_MM]
    )
    white_mm2 = f[Feature.INK_MM2] / max(f[Feature.DARK_SHARE], 1e-6)
    dot_mm = min(t.cross_mm, t.dot_extent * white_mm2**0.5)
    is_large = f[Feature.INK_MM2] >= t.small_mm2 * f[Feature.DARK_SHARE]
    bend_mm = f[Feature.OWN_BREADTH_MM] - f[Feature.STROKE_MM]
    is_bent = bend_mm >= t.wide_bend_mm or f[Feature.STROKES] >= t.strokes
    off_centre = max(abs(f[Feature.MIDDLE_X]), abs(f[Feature.MIDDLE_Y]))
    is_through = f[Feature.SCORE] * (1 - f[Feature.THROUGH]) < t.definite
    return [
        (is_through or f[Feature.THROUGH] >= t.line, Doubt.LINE_THROUGH),
        (is_large and f[Feature.LOOSE] >= t.loose, Doubt.SPECKS),
        (is_cross and is_full, Doubt.SCRIBBLED),
        (is_fill and (is_full or f[Feature.BILEVEL] > 0) and leaves, Doubt.STRUCK_OUT),
        (is_cross and f[Feature.EXTENT_MM] < t.cross_mm, Doubt.SMALL),
        (f[Feature.EXTENT_MM] < dot_mm or (not is_full and is_stout), Doubt.DOT),
        (f[Feature.GHOST] >= t.ghost, Doubt.GHOST),
        (is_cross and (bend_mm < t.bend_mm or not is_bent), Doubt.ONE_STROKE),
        (is_cross and off_centre >= t.off_centre, Doubt.OFF_CENTRE),
        (is_fill and not is_full and off_centre >= t.corner, Doubt.OFF_CENTRE),
        (f[Feature.JOINED_MM2] >= t.outside * f[Feature.INK_MM2], Doubt.REACHES_OUT),
        (is_cross and f[Feature.BESIDE_MM2] >= t.around_mm2, Doubt.BESIDE),
        (is_cross and f[Feature.STROKES] >= t.dense_strokes, Doubt.MANY_STROKES),
    ]


def _doubts_of_nothing(
    f: _Numbers, outline: float, t: MarkThresholds, *, is_cross: bool
) -> list[tuple[bool, Doubt]]:
    half = 0.5 if f[Feature.BILEVEL] > 0 else 1.0
    near_mm2 = t.beside_cross_mm2 if is_cross else t.beside_mm2 * half
    is_broad = f[Feature.STROKE_MM] >= t.dot_mm or f[Feature.BILEVEL] > 0
    is_long = f[Feature.EXTENT_MM] >= t.trace_mm
    is_stroke = f[Feature.STROKE_MM] >= t.sliver_mm
    shown = min(max(f[Feature.PRINT], t.print), 1.0)
    return [
        (f[Feature.SCORE] >= t.marginal, Doubt.PALE),
        (f[Feature.JOINED_MM2] >= near_mm2, Doubt.REACHES_OUT),
        (max(f[Feature.BESIDE_MM2], f[Feature.SHARED_MM2]) >= near_mm2, Doubt.BESIDE),
        (f[Feature.INK_MM2] >= t.dot_mm2 and is_broad, Doubt.DOT),
        (f[Feature.FAINT] >= t.faint * shown**4, Doubt.FAINT),
        (f[Feature.BURNT] >= t.bright and f[Feature.FAINT] >= t.faint_bright, Doubt.FAINT),
        (f[Feature.INK_MM2] >= t.dot_mm2 and is_long and is_stroke, Doubt.TRACE),
        (is_cross and f[Feature.INK_MM2] >= t.trace_mm2 and is_long, Doubt.TRACE),
        (not outline >= t.outline, Doubt.BOX_NOT_FOUND),
        (
            f[Feature.PRINT] < t.print or f[Feature.BURNT] >= min(t.burnt, t.bright),
            Doubt.PRINT_BURNT,
        ),
    ]


_OF_FORM = {
    Form.UNREAD: Doubt.UNREAD,
    Form.UNCLEAR: Doubt.NAME_UNCLEAR,
    Form.MIDDLE: Doubt.NAME_MIDDLE,
    Form.ACROSS: Doubt.NAME_ACROSS,
    Form.COVERED: Doubt.NAME_COVERED,
    Form.CANCELLED: Doubt.NAME_CANCELLED,
    Form.NOT_GIVEN: Doubt.NAME_NOT_GIVEN,
    Form.BELOW: Doubt.NAME_BELOW,
}


def doubt_of_name(form: int) -> Doubt:
    """Why a name is asked about, from what was drawn on it."""
    return _OF_FORM.get(Form(form), Doubt.HIDDEN)
