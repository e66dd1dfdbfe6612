"""From the numbers about strokes to statuses: struck, kept, or ask.

What a stroke looks like comes first (its form), by thresholds that are published and the same for
every name; what a form counts for is said by the voting rules. What is not clearly one form is
asked about, and so is every form that the rules do not name.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.records import MarkStatus
from ballotscan.election.rules import StrikeForm, VotingRules
from ballotscan.marks.strikethresholds import StrikeThresholds
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.marks.strokes import Features

Statuses = NDArray[np.int8]
Bits = NDArray[np.bool_]


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
    drawn = _Drawn(features, match, thresholds)
    form = np.full(features.shape[:-1], Form.UNCLEAR, dtype=np.int8)
    for is_so, which in (
        (drawn.is_none(), Form.NONE),
        (drawn.is_covered(), Form.COVERED),
        (drawn.is_across(), Form.ACROSS),
        (drawn.is_middle(), Form.MIDDLE),
        (drawn.is_cancelled(), Form.CANCELLED),
        (drawn.is_below(), Form.BELOW),
        (drawn.is_not_given(), Form.NOT_GIVEN),
        (np.isnan(features[..., StrokeFeature.FOUND]), Form.UNREAD),
    ):
        form[is_so] = which
    return form


class _Drawn:
    """What is known of every name, and what follows from it; each answer is (..., N) bool."""

    def __init__(
        self, features: Features, match: NDArray[np.floating], thresholds: StrikeThresholds
    ) -> None:
        self.features, self.match, self.t = features, match, thresholds
        f, t, of = StrokeFeature, thresholds, self._of
        # Where print has spread or is torn, its own ink passes for strokes and hides them.
        self.is_found = (of(f.FOUND) >= t.found) & (of(f.RAGGED) < t.ragged)
        self.is_aside = of(f.ASIDE_MM2) >= t.aside_mm2
        self.is_aside |= (of(f.ASIDE_MM2) >= t.aside_pale_mm2) & (of(f.ASIDE_MM) >= t.aside_mm)
        is_bilevel = ~(of(f.CUT) <= 0)
        self.is_aside |= of(f.RULING_MM) >= np.where(is_bilevel, t.ruling_cut_mm, t.ruling_mm)
        self.is_touched = self._is_touched()
        self.is_stroke = self.is_touched & self.is_found & (of(f.SEEN_MM) >= t.seen_mm)
        self.is_open = (of(f.DENSEST) < t.densest) | self._is_band()
        self.is_whole = self._is_whole()
        self.is_line = self._is_line()
        self.is_shown = self._is_shown()
        self.is_smooth = of(f.ROUGH) < t.rough
        # Ink off the lines that lies over a part of the name alone may take the lines back.
        self.is_even = of(f.OFF_MM2) < t.off_mm2 / 10
        self.is_even |= of(f.SCATTERED) >= t.scattered

    def _of(self, column: StrokeFeature) -> NDArray[np.float32]:
        return self.features[..., column]

    def _is_touched(self) -> Bits:
        """Whether there is more on a name than a single dark speck, which is dust."""
        f, t, of = StrokeFeature, self.t, self._of
        is_touched = (of(f.SEEN_MM) >= t.touched_mm) | (of(f.UPRIGHT_MM) >= t.touched_mm)
        is_touched |= of(f.INK_MM2) >= t.touched_mm2
        # The edges of letters leave a little where the page lies off by less than can be known; what
        # lies away from them is seen in the pale setting too.
        is_apart = (of(f.PALE_MM2) > 0) | (of(f.CUT) > 0)
        # Several pieces that lie on one way are no dust, nor is much that is pale all over.
        is_touched |= (of(f.SIGHTINGS) >= t.pieces) & is_apart
        is_touched |= (of(f.PALE_MM2) >= t.palest_mm2) & (of(f.SURE_MM) <= 0)
        # Where other names of the ballot show that its pen is pale, the least trace is asked about; one
        # among many that are not pale is what shines through.
        is_drawn = is_touched & (of(f.SEEN_MM) >= t.seen_mm)
        drawn, pale = (
            np.count_nonzero(which, axis=-1, keepdims=True)
            for which in (is_drawn, is_drawn & (of(f.SURE_INK) < t.sure))
        )
        is_pen = (pale > 0) & (pale >= t.few * drawn)
        is_trace = of(f.PALE_MM2) >= t.trace_mm2
        is_trace |= (of(f.LOOSE_MM2) >= t.aside_pale_mm2) & (of(f.LOOSE_MM) >= t.trace_mm)
        return np.asarray(is_touched | (is_pen & is_trace))

    def _is_whole(self) -> Bits:
        """Whether strokes of a pen run over all of the name."""
        f, t, of = StrokeFeature, self.t, self._of
        is_whole = self.is_stroke & (of(f.SIGHTINGS) >= t.sightings) & (of(f.LEAST_WORD) >= t.word)
        # Letters that lie a little off leave ink in a row, but never in the gaps between words; a
        # name whose words cannot be told apart (NaN) is left to people.
        is_whole &= (of(f.GAPS) >= 1) & (of(f.ENDS) >= 1) & (of(f.FOUND) >= t.all_there)
        is_whole &= ~(of(f.SECOND) < t.word)  # NaN: there is no second name
        # What is pale and broad shines through the paper, and so may what is paler still.
        is_whole &= (of(f.SURE_SHARE) >= t.sure) | (of(f.WIDTH_MM) < t.broad_mm)
        is_whole &= of(f.PALE) <= 0
        is_whole &= (of(f.HOLLOW) < t.hollow) & (of(f.ASIDE_MM2) < t.along_mm2)
        return np.asarray(is_whole)

    def _is_band(self) -> Bits:
        """Whether ink as dense as a scribble is one even band: broad lines, side by side.

        It leaves the edges of the letters free all along, which no scribble does, and no part of it
        is much thinner than the rest, as a line is beside what was scribbled over it.
        """
        f, t, of = StrokeFeature, self.t, self._of
        is_band = (of(f.SWING) < t.straight) & (of(f.LEAST_THROUGH) >= t.all_along)
        is_band &= (of(f.UNBROKEN) >= t.all_along) & (of(f.SURE_SHARE) >= t.proved)
        is_band &= (of(f.OUT_SHARE) < t.out) & (of(f.OFF_MM2) < t.off_mm2 / 4)
        is_band &= (of(f.FULL) < t.edges) & (of(f.LEAST_DENSE) >= t.even * of(f.DENSEST))
        is_band &= (of(f.UPRIGHT_MM) < t.upright_mm) & (of(f.NEXT_UPRIGHT_MM) <= 0)
        return np.asarray(is_band & (of(f.ROUGH) < t.rough / 2))

    def _is_line(self) -> Bits:
        """Whether they are lines: seen all along, none of them above or below the letters."""
        f, t, of = StrokeFeature, self.t, self._of
        is_line = self.is_whole & self.is_open & ~self._is_flanked()
        is_line &= of(f.UNBROKEN) >= t.unbroken
        is_line &= ~((of(f.RUN_ON_MM) >= t.run_on_mm) & self.is_aside)
        return np.asarray(is_line & (np.abs(of(f.HEIGHT)) <= t.height))

    def _is_shown(self) -> Bits:
        """Whether a stroke of this ballot's pen would be seen; where it would not, no ink is no proof.

        A scan in black and white loses thin and pale strokes if its cut lies low (NaN: nobody knows
        where it lies). What it shows of the pen on other names of the ballot says more than the cut.
        """
        f, t, of = StrokeFeature, self.t, self._of
        is_bilevel = ~(of(f.CUT) <= 0)
        is_thin = self.is_stroke & (of(f.WIDTH_MM) < t.thin_mm)
        is_poor = is_thin | (self.is_stroke & (of(f.UNBROKEN) < t.all_along))
        is_clear = self.is_line & (of(f.WIDTH_MM) >= t.pen_mm) & (of(f.UNBROKEN) >= t.all_sure)
        # Where strokes lie over one another they are darker than one.
        is_clear &= self._is_alone()
        strokes, thin, poor, lines, clear = (
            np.count_nonzero(which & is_bilevel, axis=-1, keepdims=True)
            for which in (self.is_stroke, is_thin, is_poor, self.is_line, is_clear)
        )
        is_seen = (clear >= t.pen_lines) & (clear >= t.most * lines) & (thin <= t.few * strokes)
        is_lost = (poor > 0) & (poor >= t.many * strokes)
        is_trace = (of(f.INK_MM2) > 0) | (of(f.LOOSE_MM2) > 0)
        self.is_touched |= is_bilevel & is_trace & (poor > 0) & (poor >= t.few * strokes)
        return np.asarray(~is_bilevel | (~is_lost & (is_seen | (of(f.CUT) <= t.cut))))

    def _is_flanked(self) -> Bits:
        f, t, of = StrokeFeature, self.t, self._of
        return np.asarray((of(f.ABOVE) >= t.outside) | (of(f.BELOW) >= t.outside))

    def _is_alone(self) -> Bits:
        """Whether hardly any ink lies beside the lines, and none well above or below the middle."""
        f, t, of = StrokeFeature, self.t, self._of
        return np.asarray((of(f.OUT_SHARE) < t.out) & (of(f.OFF_MM2) < t.off_mm2))

    def is_none(self) -> Bits:
        """Nothing was drawn, and it would have been seen."""
        is_clean = ~self.is_touched & ~self.is_aside & self.is_shown
        return np.asarray(is_clean & self.is_found & (self.match >= self.t.match))

    def is_middle(self) -> Bits:
        """Lines run through the middle of every word."""
        f, t, of = StrokeFeature, self.t, self._of
        # All ink lies in the middle, or one line is so straight and whole that the rest does not
        # matter.
        is_alone = self._is_alone()
        is_straight = (of(f.SWING) < t.straight) & (of(f.THROUGH) >= t.all_along)
        is_straight &= (of(f.UNBROKEN) >= t.all_along) & (of(f.OFF_MM2) < t.off_mm2 / 4)
        is_straight &= of(f.OUT_SHARE) < t.straight_out
        is_middle = self.is_line & self.is_smooth & (is_alone | is_straight)
        is_middle &= of(f.LEAST_THROUGH) >= t.through
        # The way along two lines may change from the one to the other; all of it is in the middle.
        is_within = is_alone & (of(f.LEAST_THROUGH) >= t.all_along)
        is_middle &= (of(f.SWING) < t.swing) | is_within
        return np.asarray(is_middle & (of(f.THROUGH) >= t.whole))

    def is_across(self) -> Bits:
        """Slanted, crossed or wavy lines run over all of it."""
        f, t, of = StrokeFeature, self.t, self._of
        is_proved = (of(f.SURE_SHARE) >= t.proved) & (of(f.UNBROKEN) >= t.all_seen)
        is_across = self.is_line & self.is_even & (self.is_smooth | is_proved)
        # Where strokes are lost, those that took a line back may be.
        is_across &= self.is_shown
        # A few strokes from top to bottom across a line may take it back.
        is_across &= of(f.UPRIGHT_MM) < t.upright_mm
        # They cross the middle of the letters in the middle of the name; a ring does so at its ends.
        is_across &= of(f.CENTRE) >= t.centre
        is_across &= (of(f.COVER) >= t.whole) & (of(f.THROUGH) >= t.crossing)
        return np.asarray(is_across & (of(f.OFF_MM2) < t.off_mm2) & (of(f.OUT_SHARE) < t.beyond))

    def is_covered(self) -> Bits:
        """Many strokes from above the middle to below it stand over all of it."""
        f, t, of = StrokeFeature, self.t, self._of
        is_covered = self.is_whole & self.is_open & self.is_even & ~self._is_flanked()
        is_covered &= self.is_shown
        is_covered &= (of(f.FULL) >= t.full) & (of(f.NEXT_UPRIGHT_MM) >= t.upright_mm)
        # With a straight line below them they may have been drawn to take it back.
        is_covered &= ~((of(f.SWING) < t.straight) & (of(f.THROUGH) >= t.all_along))
        return np.asarray(is_covered & (of(f.OUT_SHARE) < t.beyond) & (of(f.OCCUPIED) >= t.whole))

    def is_cancelled(self) -> Bits:
        """Scribbled over so densely that a line may lie below the scribble."""
        return np.asarray(self.is_whole & ~self.is_open)

    def _is_sure(self) -> Bits:
        """Whether what makes a name kept rests on ink that is sure, and no ink would be missed."""
        f, t, of = StrokeFeature, self.t, self._of
        is_sure = self.is_stroke & self.is_shown & (of(f.SURE_MM) >= t.seen_mm)
        # A second name that is touched makes the first one doubtful; NaN: there is none.
        return np.asarray(is_sure & ~(of(f.SECOND) > 0) & (of(f.ABOVE) <= 0))

    def is_below(self) -> Bits:
        """A line lies below the letters and leaves them free."""
        f, t, of = StrokeFeature, self.t, self._of
        is_below = self._is_sure() & (of(f.BELOW) >= t.whole)
        return np.asarray(is_below & (of(f.COVER) < t.clear) & (of(f.OCCUPIED) < t.clear))

    def is_not_given(self) -> Bits:
        """A line runs through other words and leaves the given name free."""
        f, t, of = StrokeFeature, self.t, self._of
        not_given = self._is_sure() & self.is_open & (of(f.BELOW) <= 0)
        not_given &= (of(f.GIVEN) <= 0) & (of(f.GIVEN_MM2) < t.given_mm2)
        # In black and white the end of a stroke, where the pen is lifted, is the first to be lost.
        not_given &= of(f.CUT) <= 0
        not_given &= (of(f.COVER) >= t.outside / 2) & (of(f.COVER) <= t.whole)
        return np.asarray(not_given & (of(f.OFF_MM2) < t.off_mm2) & (of(f.UNBROKEN) >= t.all_sure))


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
