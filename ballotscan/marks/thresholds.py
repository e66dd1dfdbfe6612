"""From numbers to statuses, by rules that are published and the same for every box.

The thresholds are set before the count. None is ever learnt from a sheet or from the ballots:
where everybody marks the same box, such a threshold takes the mark for print.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.errors import SettingsError
from ballotscan.locale.message import message
from ballotscan.marks.scoring import Feature, Features

Statuses = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class MarkThresholds:
    """Where a mark begins, and what a person must look at.

    A number that equals a threshold is above it. The figures of real scans are those of nine open
    sets of ballots and forms with known truth, 41,563 boxes on 153 pages, read by this program.

    Attributes:
        marginal: Score from which a box is not surely empty. Of 39,375 empty boxes the darkest
            scored 0.099: the tail of a mark in the cell above, and a bubble whose printed letter
            differs from the blank's.
        definite: Score from which a box is marked. Of 2,188 marks eight, light fillings around a
            printed letter, scored 0.20 to 0.25 and are asked about. Lone thin strokes, which must
            be asked about, scored 0.19.
        faint: Score with ink counted from 0.15 of printed black on, from which a box may hold a
            faint mark. Empty boxes of scans stayed below 0.14, of phone photos below 0.16.
        dot_mm2: Ink from which a box may hold a dot, where the ink is as broad as `dot_mm`; dust
            is smaller, the edge of displaced print is narrower.
        trace_mm2: Ink from which a box may hold what is left of a thin stroke, where it is as long
            as `trace_mm` and crosses are asked for. Empty boxes of such forms had none, dust is
            shorter.
        outline: Correlation of the printed outline below which a box that is not marked was not
            surely found. Boxes whose outline is there reach 0.85 even on pale print; a mark
            drowns the outline, so a marked box is not asked about.
        beside_mm2: Ink beside an empty box that may be a mark. Beside empty boxes it stayed below
            0.8 where the blank has all that is printed; a printed letter that the blank lacks is 1
            to 1.3; a tick of 5 mm with a pen of 0.3 mm is 1.5.
        beside_cross_mm2: The same where crosses are asked for: half a small cross with a thin pen.
            Empty boxes of such forms stayed below 0.3.
        blot: Share of the white that a cross leaves below; crosses inked 0.19 to 0.33 of a box,
            crosses that were scribbled out again 0.76.
        bend_mm: By how much a cross or a tick is broader than its pen, at least; real crosses
            were by 1.8 or more, 95 of 100 single strokes of simulated hands by less than 0.6.
        cross_mm: Length of the smallest cross; the smallest real one was 5.8.
        outside: Ink beside the box to ink in it, above which a cross may be meant for something
            else. Wide and joined-up crosses of simulated hands reach 0.9.
    """

    marginal: float = 0.10
    definite: float = 0.25
    faint: float = 0.17
    dot_mm2: float = 0.5
    dot_mm: float = 0.3
    trace_mm2: float = 0.1
    trace_mm: float = 2.0
    outline: float = 0.30
    beside_mm2: float = 1.5
    beside_cross_mm2: float = 0.5
    blot: float = 0.50
    bend_mm: float = 0.6
    cross_mm: float = 3.0
    outside: float = 1.0

    def __post_init__(self) -> None:
        """Refuse thresholds that contradict each other.

        Raises:
            SettingsError: One is out of its range, or marginal lies above definite.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                msg = message(
                    "the threshold {name} is {value}; it must lie above 0",
                    name=field.name,
                    value=value,
                )
                raise SettingsError(msg)
        for name in ("marginal", "definite", "faint", "outline", "blot"):
            value = getattr(self, name)
            if value > 1:
                msg = message(
                    "the threshold {name} is {value}; it must not lie above 1",
                    name=name,
                    value=value,
                )
                raise SettingsError(msg)
        if self.marginal > self.definite:
            msg = message(
                "the threshold marginal ({marginal}) lies above definite ({definite}); between the two a person decides",
                marginal=self.marginal,
                definite=self.definite,
            )
            raise SettingsError(msg)


def classify_marks(
    features: Features,
    outline: NDArray[np.floating],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
) -> Statuses:
    """Classify every box of every page.

    The score decides; everything else can only turn a decision into a question.

    Args:
        features: (..., P, F) numbers about each of P boxes, columns as in `Feature`; NaN where
            the box was not read.
        outline: (..., P) correlation of each box's printed outline with the page; NaN where it
            is not known, and then the box was not found.
        thresholds: The published thresholds.
        expected_mark: The mark that voters are told to make.

    Returns:
        (..., P) int8 of `MarkStatus`.
    """
    is_cross = expected_mark is ExpectedMark.CROSS
    score = features[..., Feature.SCORE]
    status = np.full(score.shape, MarkStatus.EMPTY, dtype=np.int8)
    status[score >= thresholds.marginal] = MarkStatus.MARGINAL
    status[score >= thresholds.definite] = MarkStatus.MARKED
    marked = status == MarkStatus.MARKED

    doubt = _is_line_through(features, thresholds)
    if is_cross:
        doubt |= _is_no_cross(features, thresholds)
    status[marked & doubt] = MarkStatus.MARGINAL

    beside_mm2 = thresholds.beside_cross_mm2 if is_cross else thresholds.beside_mm2
    of_a_mark = _belongs_to_a_mark(features, marked & ~doubt)
    doubt = _may_hold_a_mark(features, of_a_mark, thresholds, beside_mm2)
    if is_cross:
        doubt |= _is_broken_stroke(features, thresholds) & ~of_a_mark
    # NaN >= threshold is False: an outline that is not known was not found.
    doubt |= ~(outline >= thresholds.outline)
    status[(status == MarkStatus.EMPTY) & doubt] = MarkStatus.MARGINAL

    status[np.isnan(score)] = MarkStatus.UNREAD
    return status


def _is_line_through(features: Features, thresholds: MarkThresholds) -> NDArray[np.bool_]:
    """Boxes that would be empty without the fold or streak that runs through them."""
    rest = features[..., Feature.SCORE] * (1 - features[..., Feature.THROUGH])
    return np.asarray(rest < thresholds.marginal)


def _is_no_cross(features: Features, thresholds: MarkThresholds) -> NDArray[np.bool_]:
    """Marks that may be a cross taken back, the slip of a pen, or meant for another box."""
    bend_mm = features[..., Feature.BREADTH_MM] - features[..., Feature.STROKE_MM]
    return np.asarray(
        (features[..., Feature.DARK_SHARE] > thresholds.blot)
        | (bend_mm < thresholds.bend_mm)
        | (features[..., Feature.EXTENT_MM] < thresholds.cross_mm)
        | (features[..., Feature.JOINED_MM2] > thresholds.outside * features[..., Feature.INK_MM2])
    )


def _belongs_to_a_mark(features: Features, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Boxes in and beside which there is ink of a mark in another box."""
    boxes = features.shape[-2]
    steps = np.nan_to_num(features[..., Feature.SHARED_WITH]).astype(np.int64)
    neighbour = np.arange(boxes) + steps
    known = (steps != 0) & (neighbour >= 0) & (neighbour < boxes)
    is_marked = np.take_along_axis(marked, np.where(known, neighbour, 0), axis=-1)
    return np.asarray(known & is_marked)


def _may_hold_a_mark(
    features: Features,
    of_a_mark: NDArray[np.bool_],
    thresholds: MarkThresholds,
    beside_mm2: float,
) -> NDArray[np.bool_]:
    """Boxes of low score with a faint mark, a dot, or clear ink beside them."""
    dot = features[..., Feature.INK_MM2] >= thresholds.dot_mm2
    dot &= features[..., Feature.STROKE_MM] >= thresholds.dot_mm
    near = features[..., Feature.SHARED_MM2] >= beside_mm2
    may = (dot | near) & ~of_a_mark
    may |= features[..., Feature.FAINT] >= thresholds.faint
    may |= features[..., Feature.BESIDE_MM2] >= beside_mm2
    may |= features[..., Feature.JOINED_MM2] >= beside_mm2
    return np.asarray(may)


def _is_broken_stroke(features: Features, thresholds: MarkThresholds) -> NDArray[np.bool_]:
    """Boxes with a thin trace, such as a scanner of black and white leaves of a thin pen."""
    return np.asarray(
        (features[..., Feature.INK_MM2] >= thresholds.trace_mm2)
        & (features[..., Feature.EXTENT_MM] >= thresholds.trace_mm)
    )
