"""From numbers to statuses, by rules that are published and the same for every box.

The thresholds are set before the count. None is ever learnt from a sheet or from the ballots:
where everybody marks the same box, such a threshold takes the mark for print.
"""

from dataclasses import dataclass, fields

from ballotscan.errors import SettingsError
from ballotscan.locale.message import message


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
            faint mark. Empty boxes of scans stayed below 0.14, of phone photos below 0.16. Where the
            print at the box is paler than on the page, it is this times the fourth power of that.
        dot_mm2: Ink from which a box may hold a dot, where the ink is as broad as `dot_mm`, or a part
            of a stroke, where it is as broad as `sliver_mm` and as long as `trace_mm`; dust of up to
            0.5 mm is smaller, full stops of pens began at 0.47, the edge of displaced print is
            narrower. In black and white of any shape: a pale full stop is left in pieces; empty boxes
            of 111 real pages had up to 0.39.
        sliver_mm: Width of the edge of displaced print; parts of simulated strokes are 0.22 to 0.5
            wide, the edges up to 0.20.
        trace_mm2: Ink from which a box may hold what is left of a thin stroke, where it is as long
            as `trace_mm` and crosses are asked for. Empty boxes of such forms had none, dust is
            shorter.
        outline: Correlation of the printed outline below which a box that is not marked was not
            surely found. Boxes whose outline is there reach 0.85 even on pale print; a mark
            drowns the outline, so a marked box is not asked about.
        beside_mm2: Ink beside an empty box that may be a mark. Beside empty boxes it stayed below
            0.8 where the blank has all that is printed; a printed letter that the blank lacks is 1
            to 1.3; a tick of 5 mm with a pen of 0.3 mm is 1.5.
            In black and white half of it.
        beside_cross_mm2: The same where crosses are asked for: half a small cross with a thin pen.
            Empty boxes of such forms stayed below 0.3.
        blot: Share of the white that a cross leaves below; crosses inked 0.19 to 0.33 of a box,
            crosses that were scribbled out again 0.76.
        solid_mm: Width of strokes from which a blot is a shaded box; a scribble leaves white
            between its strokes.
        bend_mm: By how much a cross or a tick is broader than its pen, at least, where a line
            across it meets `strokes` strokes: the corner of a tick is a second one.
        wide_bend_mm: The same where it meets fewer. Of simulated single strokes 99 in 100 are
            broader by less than 0.5, two with hooks at their ends by 0.9 and 1.0.
        pen_mm: Mean width of strokes from which they run into each other: felt pens are 1 mm wide,
            strokes of simulated crosses up to 0.97, of real ones 0.69.
        strokes: Single strokes had up to 1.07, ticks with so small a bend 1.09 and more.
        dot_extent: Length of a mark, in parts of the root of the white area of its box, below which it
            is a dot, unless it is as long as `cross_mm`: 0.84 for the shortest line of 1 mm across an
            oval, 1.4 for the shortest real filling of a bubble.
        cross_mm: Length of the smallest cross; the smallest real one was 5.8.
        dense: Strokes that a line across the mark meets, times the share of the square around the
            mark that is inked, from which it is no cross: a zigzag has many strokes, or, where they
            run into each other, much ink. Of 1,932 simulated crosses three had more, of zigzags
            none less than 1.88.
        dense_strokes: Strokes below which it is not so: the blot of a felt pen is a wide cross.
        many_strokes: Strokes from which it is no cross however little ink there is: crosses drawn
            without lifting the pen had up to 3.2, with a streak through them 3.3; what a scan in
            black and white leaves of a zigzag has 4.
        off_centre: How far from the middle of the box, in parts of the way to its edge, the middle
            of a cross may lie. Of simulated crosses 99 in 100 lie within 0.55, of real ones all
            within 0.53, of crosses drawn over the edge one in forty, joined up with a felt pen, within
            0.69.
        soft_mm: Width of the soft edge of a stain or a smear; that of pens is up to 0.10, that of
            pencils 0.14.
        line: Share of the ink in a box that lies on one line through it, from which it is that line,
            however broad; 0.2 on marks of real ballots. What is left without the line must be a
            mark as well, `definite`: a scratch of the drum and a second print of the outline made
            a mark together.
        leaves: Ink beside the box to ink in it, from which a mark leaves its box, ...
        slender: ... and breadth to length, below which it is then part of something longer, such as
            the rim of a seal.
        outside: Ink beside the box to ink in it, above which the mark is not that of the box; real
            marks reach 1.4, but for two.
        outside_cross: The same where crosses are asked for; wide and joined-up crosses of simulated
            hands reach 0.9.
        around_mm2: Ink beside a mark, and apart from it, that makes it one spot of many: dirt,
            writing. Beside real marks it stayed below 1.7, beside 99 of 100 simulated ones at 1.0.
        print: How dark the print at a box must be, in parts of what it is on the page: where light
            has burnt out print, it has burnt out pens.
        burnt: How light print may be, 0 black and 1 white, at an empty box whose paper is as white
            as a picture can be: light that adds so much has taken thin pens and light pencils away.
        bright: How light it may be where the least faint ink is nothing; and where half of the boxes
            of a page are lighter, one side of a ballot without any ink is not blank. Office scanners
            that burn out paper reach 0.23.
        faint_bright: Score with faint ink counted from which a box lit as brightly as `bright` may hold
            a mark, of which the light has left so much. None of 98 such boxes of real ballots has it.
        loose: Share of its ink that is not in the three largest pieces of a mark, at most, ... Real
            marks had up to 0.13, simulated ones 0.09; 76 dense sprays of specks, as much ink as a
            mark, 0.30 and more.
        small_mm2: ... where the white of the box is no less than this. In smaller bubbles a letter
            cuts marks into as many pieces.
        far_mm2: Ink that leaves a filled-in box and lies far from it, from which the filling may have
            been struck out again: four ends of a cross over it, of a millimetre each, with a pen of
            0.25 mm; in black and white half of it. Of 2,188 real marks one, a loop around the box, had as much.
        thin_mm: Mean width of strokes below which a scan in black and white may have lost others:
            what it shows of thin pens, in crosses of which it shows less than a third, is 0.10 to
            0.19 wide.
        stout: Width of strokes to length of the mark, in a box that is less than half full, from which
            the mark is a dot; a disc has 0.35. Of 2,167 real marks none has more than 0.15, the
            shortest line of 1 mm across an oval 0.29.
        stout_cross: The same where crosses are asked for: a small box scribbled full has 0.24, of
            5,328 simulated crosses and ticks none 0.2.
        corner: How far from the middle of an oval that is less than half full, in parts of the way to
            its edge, the middle of its filling may lie; that of 600 real and simulated ones does
            within 0.59, the rim of a seal over one lies at 0.61.
        ghost: Share of the ink in and around a box, in strokes as thin as print, from which it is the
            blank's own print once more, moved to one side.
    """

    marginal: float = 0.10
    definite: float = 0.25
    faint: float = 0.17
    dot_mm2: float = 0.40
    dot_mm: float = 0.3
    sliver_mm: float = 0.22
    trace_mm2: float = 0.1
    trace_mm: float = 1.5
    outline: float = 0.30
    beside_mm2: float = 1.5
    beside_cross_mm2: float = 0.5
    blot: float = 0.50
    solid_mm: float = 2.0
    bend_mm: float = 0.6
    wide_bend_mm: float = 1.5
    pen_mm: float = 1.2
    strokes: float = 1.08
    cross_mm: float = 3.0
    dot_extent: float = 0.7
    dense: float = 1.6
    dense_strokes: float = 1.8
    many_strokes: float = 3.3
    off_centre: float = 0.75
    soft_mm: float = 0.14
    line: float = 0.8
    leaves: float = 0.4
    slender: float = 0.2
    outside: float = 1.5
    outside_cross: float = 1.0
    around_mm2: float = 1.8
    print: float = 0.5
    burnt: float = 0.33
    bright: float = 0.25
    faint_bright: float = 0.02
    loose: float = 0.2
    small_mm2: float = 5.0
    far_mm2: float = 1.0
    thin_mm: float = 0.2
    stout: float = 0.3
    stout_cross: float = 0.2
    corner: float = 0.6
    ghost: float = 0.8

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
        for name in (
            "marginal",
            "definite",
            "faint",
            "outline",
            "blot",
            "line",
            "print",
            "burnt",
            "loose",
            "stout",
            "ghost",
        ):
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
