"""From the numbers about strokes to statuses: struck, kept, or ask.

What a stroke looks like comes first (its form), by thresholds that are published and the same for
every name; what a form counts for is said by the voting rules. What is not clearly one form is
asked about, and so is every form that the rules do not name.
"""

import math
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import MarkStatus
from ballotscan.election.rules import StrikeForm, VotingRules
from ballotscan.errors import SettingsError
from ballotscan.locale.message import message
from ballotscan.marks.strokes import Features
from ballotscan.marks.traces import StrokeFeature

Statuses = NDArray[np.int8]


class Form(IntEnum):
    """What was drawn on a name, as far as it is clear."""

    UNREAD = 0
    NONE = 1  # nothing, and the name is there
    UNCLEAR = 2
    MIDDLE = 3
    ACROSS = 4
    COVERED = 5
    CANCELLED = 6
    NOT_GIVEN = 7
    BELOW = 8


_FORM_OF_RULE = {
    StrikeForm.MIDDLE: Form.MIDDLE,
    StrikeForm.ACROSS: Form.ACROSS,
    StrikeForm.COVERED: Form.COVERED,
    StrikeForm.NOT_GIVEN: Form.NOT_GIVEN,
    StrikeForm.BELOW: Form.BELOW,
}


@dataclass(frozen=True, slots=True)
class StrikeThresholds:
    """Where a stroke begins, and what a person must look at.

    Attributes:
        found: Share of the printed name that must be on the page where it is untouched.
        all_there: The same where a clear stroke is read.
        match: Correlation of the printed lines below which an untouched name was not surely found.
        touched_mm: Length of ink on one stroke from which a name is not surely untouched.
        touched_mm2: Ink on and around its letters from which it is not.
        pale_mm2: The same where none of it is sure.
        aside_mm2: Ink farther to the left or right from which it is not.
        seen_mm: Length of ink that a clear stroke has.
        sightings: In how many separate pieces it is seen.
        whole: Share of the name's length that a whole stroke covers.
        word: Share of every single word that it covers.
        unbroken: Share of it that is seen where print does not hide it.
        height: How far from the middle of the letters a line through it may run, in half heights.
        outside: Share of the name's length above or below the letters that a line leaves free.
        out: Share of the ink well above or below the middle that a line alone leaves below.
        crossing: Share of the name's length along which a line that crosses it runs through the
            middle.
        beyond: Share of the ink well above or below the middle that such a line leaves below.
        off_mm2: Ink beside its strokes that a line leaves below.
        straight: How far a line swings, in heights of letters, that is so straight that other
            lines beside it do not matter.
        all_along: Share of the name's length, and of itself, that such a line is seen along.
        densest: Share of the white between letters, over five millimetres, from which they are
            scribbled over.
        run_on_mm: A line that runs on so far at both ends, and farther, may be a fold or a ruling.
        along_mm2: Ink to the left and right that the ends of a line leave below.
        clear: Share of the letters that a line below them leaves untouched.
        given_mm2: Ink around the given name from which that is not surely untouched.
    """

    found: float = 0.6
    all_there: float = 0.75
    match: float = 0.5
    touched_mm: float = 1.0
    touched_mm2: float = 0.6
    pale_mm2: float = 0.2
    aside_mm2: float = 0.7
    seen_mm: float = 3.0
    sightings: int = 3
    whole: float = 0.75
    word: float = 0.5
    unbroken: float = 0.75
    height: float = 0.7
    outside: float = 0.25
    out: float = 0.05
    crossing: float = 0.3
    beyond: float = 0.45
    off_mm2: float = 4.0
    straight: float = 0.12
    all_along: float = 0.9
    densest: float = 0.6
    run_on_mm: float = 2.7
    along_mm2: float = 6.0
    clear: float = 0.05
    given_mm2: float = 0.1

    def __post_init__(self) -> None:
        """Refuse thresholds that make no sense.

        Raises:
            SettingsError: A share does not lie between 0 and 1, or a length is not above 0.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            is_length = field.name.endswith(("_mm", "_mm2")) or field.name == "sightings"
            if not 0 < value <= (math.inf if is_length else 1):
                limits = "above 0" if is_length else "above 0 and not above 1"
                msg = message(
                    "the threshold {name} is {value}; it must lie {limits}",
                    name=field.name,
                    value=value,
                    limits=limits,
                )
                raise SettingsError(msg)


def find_forms(
    features: Features, match: NDArray[np.floating], thresholds: StrikeThresholds
) -> NDArray[np.int8]:
    """Say what was drawn on every name.

    Args:
        features: (..., N, F) numbers about each name, columns as in `StrokeFeature`; NaN where the
            name was not read.
        match: (..., N) correlation of its printed lines with the page; NaN where it is not known.
        thresholds: The published thresholds.

    Returns:
        (..., N) int8 of `Form`.
    """
    f, t = StrokeFeature, thresholds

    def of(column: StrokeFeature) -> NDArray[np.float32]:
        return features[..., column]

    found = of(f.FOUND) >= t.found
    is_touched = (of(f.SEEN_MM) >= t.touched_mm) | (of(f.UPRIGHT_MM) >= t.touched_mm)
    # A single dark speck is dust; what is pale all over is no dust.
    ink = of(f.INK_MM2)
    is_touched |= (ink >= t.touched_mm2) | ((ink >= t.pale_mm2) & (of(f.SURE_MM) <= 0))
    is_aside = of(f.ASIDE_MM2) >= t.aside_mm2
    form = np.full(found.shape, Form.UNCLEAR, dtype=np.int8)
    form[~is_touched & ~is_aside & found & (match >= t.match)] = Form.NONE

    is_stroke = is_touched & found & (of(f.SEEN_MM) >= t.seen_mm)
    is_whole = is_stroke & (of(f.SIGHTINGS) >= t.sightings) & (of(f.LEAST_WORD) >= t.word)
    # Letters that lie a little off leave ink in a row, but never in the gaps between words; a name
    # whose words cannot be told apart (NaN) is left to people.
    is_whole &= (of(f.GAPS) >= 1) & (of(f.FOUND) >= t.all_there) & (of(f.ASIDE_MM2) < t.along_mm2)
    is_whole &= ~(of(f.SECOND) < t.word)  # NaN: there is no second name
    is_open = of(f.DENSEST) < t.densest
    is_flanked = (of(f.ABOVE) >= t.outside) | (of(f.BELOW) >= t.outside)
    is_line = is_whole & is_open & ~is_flanked & (of(f.UNBROKEN) >= t.unbroken)
    is_line &= ~((of(f.RUN_ON_MM) >= t.run_on_mm) & is_aside)
    # All ink lies in the middle, or one line is so straight and whole that other ink does not matter.
    is_alone = (of(f.OUT_SHARE) < t.out) & (of(f.OFF_MM2) < t.off_mm2)
    is_straight = (of(f.SWING) < t.straight) & (of(f.THROUGH) >= t.all_along)
    is_straight &= (of(f.UNBROKEN) >= t.all_along) & (of(f.OFF_MM2) < t.off_mm2 / 4)
    is_within = (is_alone | is_straight) & (np.abs(of(f.HEIGHT)) <= t.height)
    form[is_whole & is_open & ~is_flanked & (of(f.OCCUPIED) >= t.whole)] = Form.COVERED
    is_across = (of(f.COVER) >= t.whole) & (of(f.THROUGH) >= t.crossing)
    is_across &= (of(f.OFF_MM2) < t.off_mm2) & (of(f.OUT_SHARE) < t.beyond)
    form[is_line & is_across & (np.abs(of(f.HEIGHT)) <= t.height)] = Form.ACROSS
    form[is_line & is_within & (of(f.THROUGH) >= t.whole)] = Form.MIDDLE
    form[is_whole & ~is_open] = Form.CANCELLED

    is_below = is_stroke & (of(f.BELOW) >= t.whole) & (of(f.ABOVE) <= 0)
    form[is_below & (of(f.COVER) < t.clear) & (of(f.OCCUPIED) < t.clear)] = Form.BELOW
    not_given = is_stroke & (of(f.GIVEN) <= 0) & (of(f.GIVEN_MM2) < t.given_mm2)
    not_given &= (of(f.COVER) >= t.outside / 2) & (of(f.COVER) <= t.whole)
    not_given &= (of(f.ABOVE) <= 0) & (of(f.BELOW) <= 0) & (of(f.OFF_MM2) < t.off_mm2)
    form[not_given & is_open & (of(f.UNBROKEN) >= t.unbroken)] = Form.NOT_GIVEN
    form[np.isnan(of(f.FOUND))] = Form.UNREAD
    return form


def classify_strikes(forms: NDArray[np.int8], rules: VotingRules) -> Statuses:
    """Say which names are struck out.

    Args:
        forms: (..., N) `Form` of what was drawn on each name.
        rules: What counts.

    Returns:
        (..., N) int8 `MarkStatus`: MARKED is struck out, EMPTY is kept.
    """
    meaning = np.full(len(Form), MarkStatus.MARGINAL, dtype=np.int8)
    meaning[Form.UNREAD] = MarkStatus.UNREAD
    meaning[Form.NONE] = MarkStatus.EMPTY
    meaning[Form.CANCELLED] = MarkStatus.CANCELLED
    for named, status in (
        (rules.not_struck, MarkStatus.EMPTY),
        ((*rules.prescribed, *rules.acceptable), MarkStatus.MARKED),
    ):
        meaning[[_FORM_OF_RULE[form] for form in named]] = status
    return np.take(meaning, forms)
