"""From numbers to statuses, by rules that are published and the same for every box.

The thresholds are set before the count. None is ever learnt from a sheet or from the ballots:
where everybody marks the same box, such a threshold takes the mark for print.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.errors import SettingsError
from ballotscan.marks.scoring import Feature, Features

Statuses = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class MarkThresholds:
    """Where a mark begins, and what a person must look at.

    A number that equals a threshold is above it.

    Attributes:
        marginal: Score from which a box is not surely empty. On nine sets of real scans the
            darkest of 39,375 empty boxes scored 0.107, a bubble whose printed letter differs from
            the blank's; next came 0.097, the tail of a mark in the cell above.
        definite: Score from which a box is marked. Of 2,188 marks there one, a light filling
            around a printed letter, scored 0.22 and is asked about; the next 0.26. Lone thin
            strokes, which must be asked about, scored 0.20.
        faint: Score with ink counted from 0.15 of printed black on, from which a box may hold a
            faint mark. Empty boxes of scans stayed below 0.14, of phone photos below 0.16.
        outline: Correlation of the printed outline below which a box that is not marked was not
            surely found. Boxes whose outline is there reach 0.85 even on pale print; a mark
            drowns the outline, so a marked box is not asked about.
        blot: Share of the white that a cross leaves below; crosses inked 0.19 to 0.33 of a box,
            crosses that were scribbled out again 0.76.
        beside_mm2: New ink beside an empty box that may be a mark. Beside 39,151 empty boxes on
            real scans it stayed below 0.6; a printed letter that the blank lacks is 1 to 1.3;
            a tick of 5 mm with a pen of 0.3 mm is 1.5.
    """

    marginal: float = 0.10
    definite: float = 0.25
    faint: float = 0.20
    outline: float = 0.30
    blot: float = 0.50
    beside_mm2: float = 1.5

    def __post_init__(self) -> None:
        """Refuse thresholds that contradict each other.

        Raises:
            SettingsError: One is out of its range, or marginal lies above definite.
        """
        for name in ("marginal", "definite", "faint", "outline", "blot"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                msg = f"the threshold {name} is {value}; it must lie above 0 and not above 1"
                raise SettingsError(msg)
        if self.marginal > self.definite:
            msg = (
                f"the threshold marginal ({self.marginal}) lies above definite ({self.definite}); "
                "between the two a person decides"
            )
            raise SettingsError(msg)
        if not self.beside_mm2 > 0:
            msg = f"the threshold beside_mm2 is {self.beside_mm2}; it must lie above 0"
            raise SettingsError(msg)


def classify_marks(
    features: Features,
    outline: NDArray[np.floating],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
) -> Statuses:
    """Classify every box of every page.

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
    score = features[..., Feature.SCORE]
    status = np.full(score.shape, MarkStatus.EMPTY, dtype=np.int8)
    status[score >= thresholds.marginal] = MarkStatus.MARGINAL
    status[score >= thresholds.definite] = MarkStatus.MARKED
    # A fold or a streak is no mark: without it the box would be empty.
    apart = score * (1 - features[..., Feature.THROUGH])
    status[(status == MarkStatus.MARKED) & (apart < thresholds.marginal)] = MarkStatus.MARGINAL
    marked = status == MarkStatus.MARKED

    # NaN >= threshold is False: an outline that is not known was not found.
    status[~marked & ~(outline >= thresholds.outline)] = MarkStatus.MARGINAL
    unsure = _mark_beside(features, marked, thresholds)
    unsure |= features[..., Feature.FAINT] >= thresholds.faint
    status[(status == MarkStatus.EMPTY) & unsure] = MarkStatus.MARGINAL
    if expected_mark is ExpectedMark.CROSS:
        blot = features[..., Feature.DARK_SHARE] > thresholds.blot
        status[marked & blot] = MarkStatus.MARGINAL
    status[np.isnan(score)] = MarkStatus.UNREAD
    return status


def _mark_beside(
    features: Features, marked: NDArray[np.bool_], thresholds: MarkThresholds
) -> NDArray[np.bool_]:
    """Say which boxes have clear ink beside them that belongs to no marked neighbour."""
    near = features[..., Feature.BESIDE_MM2] >= thresholds.beside_mm2
    near |= features[..., Feature.JOINED_MM2] >= thresholds.beside_mm2
    boxes = features.shape[-2]
    steps = np.nan_to_num(features[..., Feature.SHARED_WITH]).astype(np.int64)
    neighbour = np.arange(boxes) + steps
    known = (steps != 0) & (neighbour >= 0) & (neighbour < boxes)
    of_a_mark = known & np.take_along_axis(marked, np.where(known, neighbour, 0), axis=-1)
    near |= (features[..., Feature.SHARED_MM2] >= thresholds.beside_mm2) & ~of_a_mark
    return near
