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


_COUNTS = {"sightings", "pieces", "pen_lines"}


@dataclass(frozen=True, slots=True)
class StrikeThresholds:
    """Where a stroke begins, and what a person must look at.

    Attributes:
        found: Share of the printed name that must be on the page where it is untouched.
        all_there: The same where a clear stroke is read.
        match: Correlation of the printed lines below which an untouched name was not surely found.
        touched_mm: Length of ink on one stroke from which a name is not surely untouched; a speck of
            half a millimetre reaches over four cells.
        touched_mm2: Ink on and around its letters from which it is not.
        pieces: Number of separate pieces on one way from which it is not.
        palest_mm2: Ink of the pale setting from which it is not, where none is sure.
        aside_mm2: Ink farther to the left or right from which it is not.
        aside_mm: The same where it reaches so far, as a stroke does and a speck does not.
        aside_pale_mm2: Ink that is looked at in that way.
        trace_mm2: Ink of the pale setting from which it is not, where another name of the ballot shows
            that its pen is pale.
        trace_mm: How far such ink farther away reaches there.
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
        all_sure: Share of a line to be seen along where it does not count as a stroke.
        densest: Share of the white between letters, over five millimetres, from which they are
            scribbled over.
        run_on_mm: A line that runs on so far at both ends, and farther, may be a fold or a ruling.
        along_mm2: Ink to the left and right that the ends of a line leave below.
        clear: Share of the letters that a line below them leaves untouched.
        thin_mm: Width below which, in a scan in black and white, strokes may be lost altogether.
            Where one was lost, half of the others and more had less than 0.3.
        pen_mm: Width from which whole lines show that their pen is seen wherever it touched the
            paper. Where a stroke was lost, that of the others was 0.31 at most.
        pen_lines: How many such lines prove it, ...
        most: ... which share of all lines they are, ...
        few: ... and which share of all strokes may be thin.
        many: Share of all strokes that are thin or broken, from which others may be lost.
        cut: Ink from which a scan in black and white may turn black at most, that a name without
            ink is surely untouched.
        hollow: Share of the name's length with ink above and below the middle of its letters and
            none in it, which strokes over the name leave below: a ring does not.
        scattered: Share of the name's length over which ink on no line must lie, where there is
            more than a line leaves: what lies over a part alone may take the line back.
        through: Share of every single word through whose middle a line runs.
        swing: How far such a line swings, at most.
        sure: Share of a stroke's ink that is sure.
        broad_mm: Width from which a stroke with less is no pen's, but shines through the paper.
        rough: Share of a line's way that goes up and down, from which it may be pieced together
            from the fringes of letters, unless nearly all of it is proved by sure ink.
        proved: That share of sure ink.
        all_seen: Share of such a line that is seen.
        full: Share of the name's length over which strokes that cover it run from above the middle
            of the letters to below it.
        upright_mm: How long such strokes are from top to bottom.
        centre: Share of the central third of the name along which a line that crosses it runs
            through the middle of the letters.
        straight_out: Share of ink well above or below the middle that does not matter beside a
            straight and whole line.
        given_mm2: Ink around the given name from which that is not surely untouched.
        ragged: Share of the rims of letters that is black, on names of a page where least of it
            is, from which its print has spread or is torn. On clean prints of every scan there was
            none, on a faxed page 0.15.
    """

    found: float = 0.6
    all_there: float = 0.75
    match: float = 0.5
    touched_mm: float = 1.2
    touched_mm2: float = 0.6
    pieces: int = 2
    palest_mm2: float = 0.6
    aside_mm2: float = 0.7
    aside_mm: float = 1.5
    aside_pale_mm2: float = 0.25
    trace_mm2: float = 0.12
    trace_mm: float = 1.2
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
    all_sure: float = 0.95
    densest: float = 0.6
    run_on_mm: float = 2.7
    along_mm2: float = 6.0
    clear: float = 0.05
    given_mm2: float = 0.1
    thin_mm: float = 0.3
    pen_mm: float = 0.35
    pen_lines: int = 2
    most: float = 0.75
    few: float = 0.1
    many: float = 0.33
    cut: float = 0.33
    hollow: float = 0.2
    scattered: float = 0.75
    through: float = 0.75
    swing: float = 0.2
    sure: float = 0.1
    broad_mm: float = 0.45
    rough: float = 0.28
    proved: float = 0.6
    all_seen: float = 0.97
    full: float = 0.6
    upright_mm: float = 3.0
    centre: float = 0.4
    straight_out: float = 0.12
    ragged: float = 0.04

    def __post_init__(self) -> None:
        """Refuse thresholds that make no sense.

        Raises:
            SettingsError: A share does not lie between 0 and 1, or a length is not above 0.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            is_length = field.name.endswith(("_mm", "_mm2")) or field.name in _COUNTS
            if not 0 < value <= (math.inf if is_length else 1):
                limits = message("above 0") if is_length else message("above 0 and not above 1")
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
        self.is_touched = self._is_touched()
        self.is_stroke = self.is_touched & self.is_found & (of(f.SEEN_MM) >= t.seen_mm)
        self.is_open = of(f.DENSEST) < t.densest
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
        # Where another name of the ballot shows that its pen is pale, the least trace is asked about.
        is_pen = is_touched & (of(f.SEEN_MM) >= t.seen_mm) & (of(f.SURE_INK) < t.sure)
        is_trace = of(f.PALE_MM2) >= t.trace_mm2
        is_trace |= (of(f.ASIDE_MM2) >= t.aside_pale_mm2) & (of(f.ASIDE_MM) >= t.trace_mm)
        return np.asarray(is_touched | (is_pen.any(axis=-1, keepdims=True) & is_trace))

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
        strokes, thin, poor, lines, clear = (
            np.count_nonzero(which & is_bilevel, axis=-1, keepdims=True)
            for which in (self.is_stroke, is_thin, is_poor, self.is_line, is_clear)
        )
        is_seen = (clear >= t.pen_lines) & (clear >= t.most * lines) & (thin <= t.few * strokes)
        is_lost = (poor > 0) & (poor >= t.many * strokes)
        is_trace = (of(f.INK_MM2) > 0) | (of(f.ASIDE_MM2) > 0)
        self.is_touched |= is_bilevel & is_trace & (poor > 0) & (poor >= t.few * strokes)
        return np.asarray(~is_bilevel | (~is_lost & (is_seen | (of(f.CUT) <= t.cut))))

    def _is_flanked(self) -> Bits:
        f, t, of = StrokeFeature, self.t, self._of
        return np.asarray((of(f.ABOVE) >= t.outside) | (of(f.BELOW) >= t.outside))

    def is_none(self) -> Bits:
        """Nothing was drawn, and it would have been seen."""
        is_clean = ~self.is_touched & ~self.is_aside & self.is_shown
        return np.asarray(is_clean & self.is_found & (self.match >= self.t.match))

    def is_middle(self) -> Bits:
        """Lines run through the middle of every word."""
        f, t, of = StrokeFeature, self.t, self._of
        # All ink lies in the middle, or one line is so straight and whole that the rest does not
        # matter.
        is_alone = (of(f.OUT_SHARE) < t.out) & (of(f.OFF_MM2) < t.off_mm2)
        is_straight = (of(f.SWING) < t.straight) & (of(f.THROUGH) >= t.all_along)
        is_straight &= (of(f.UNBROKEN) >= t.all_along) & (of(f.OFF_MM2) < t.off_mm2 / 4)
        is_straight &= of(f.OUT_SHARE) < t.straight_out
        is_middle = self.is_line & self.is_smooth & (is_alone | is_straight)
        is_middle &= (of(f.LEAST_THROUGH) >= t.through) & (of(f.SWING) < t.swing)
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
