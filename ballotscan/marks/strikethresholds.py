"""Where a stroke through a name begins, and what a person must look at.

The thresholds are set before the count. None is ever learnt from a sheet or from the ballots.
"""

import math
from dataclasses import dataclass, fields

from ballotscan.errors import SettingsError
from ballotscan.locale.message import message

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
        ruling_mm: How much broader than on the blank, in width of black, an upright ruling beside it is
            where somebody may have drawn along it. Of untouched rulings on drawn scans with greys the
            broadest had 0.10 more.
        ruling_cut_mm: The same on a scan in black and white, where the broadest had 0.18 more.
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
        edges: Share of the name's length over which a band as dense as that may run over the edges of
            the letters; a scribble over a third of a line did over half of it, double lines of a
            broad felt pen over 0.11.
        even: How dense such a band is where it is thinnest, as a share of where it is densest; with
            a scribble over a part it was 0.25 at most, without 0.54 and more.
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
        swing: How far such a line swings, at most, where it leaves the middle anywhere.
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
    ruling_mm: float = 0.13
    ruling_cut_mm: float = 0.2
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
    edges: float = 0.2
    even: float = 0.4
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
