"""Why a mark is doubtful: which of the published rules asked for people, for one box or name.

The rules themselves stand in `thresholds` and `strikes`; here the same numbers are gone through one
by one, so that people are told what the machine saw. A test holds both against each other.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import ExpectedMark
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
    features: NDArray[np.float32],
    outline: float,
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
) -> Doubt:
    """Why a box is asked about.

    Args:
        features: (F,) columns as in `Feature`.
        outline: Correlation of its printed outline with the page.
        thresholds: As it was classified with.
        expected_mark: Likewise.
    """
    f, t = {feature: float(features[feature]) for feature in Feature}, thresholds
    is_cross = expected_mark is ExpectedMark.CROSS
    score = f[Feature.SCORE]
    if np.isnan(score):
        return Doubt.UNREAD
    near_mm2 = t.beside_cross_mm2 if is_cross else t.beside_mm2
    beside = max(f[Feature.BESIDE_MM2], f[Feature.JOINED_MM2], f[Feature.SHARED_MM2])
    is_marked, is_empty = score >= t.definite, score < t.marginal
    bend_mm = f[Feature.BREADTH_MM] - f[Feature.STROKE_MM]
    rules: list[tuple[bool, Doubt]] = [
        (is_marked and score * (1 - f[Feature.THROUGH]) < t.marginal, Doubt.LINE_THROUGH),
        (is_marked and is_cross and f[Feature.DARK_SHARE] > t.blot, Doubt.SCRIBBLED),
        (is_marked and is_cross and f[Feature.EXTENT_MM] < t.cross_mm, Doubt.SMALL),
        (is_marked and is_cross and bend_mm < t.bend_mm, Doubt.ONE_STROKE),
        (
            is_marked and is_cross and f[Feature.JOINED_MM2] > t.outside * f[Feature.INK_MM2],
            Doubt.REACHES_OUT,
        ),
        (not is_marked and not is_empty, Doubt.PALE),
        (is_empty and f[Feature.JOINED_MM2] >= near_mm2, Doubt.REACHES_OUT),
        (is_empty and beside >= near_mm2, Doubt.BESIDE),
        (
            is_empty and f[Feature.INK_MM2] >= t.dot_mm2 and f[Feature.STROKE_MM] >= t.dot_mm,
            Doubt.DOT,
        ),
        (is_empty and f[Feature.FAINT] >= t.faint, Doubt.FAINT),
        (
            is_empty and is_cross and f[Feature.INK_MM2] >= t.trace_mm2
            and f[Feature.EXTENT_MM] >= t.trace_mm,
            Doubt.TRACE,
        ),
        (is_empty and not outline >= t.outline, Doubt.BOX_NOT_FOUND),
    ]  # fmt: skip
    return next((doubt for holds, doubt in rules if holds), Doubt.HIDDEN)


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
