"""What counts as ink of a stroke on or beside a printed name, and where it is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StrokeOptions:
    """What counts as ink of a stroke, and where it is asked for.

    Ink is asked for in three settings. The dark one is sure of what it sees and sees between letters
    too; the light one sees more, and hides more around print; the pale one is for light pencil.
    The first two come from a comparison on drawn
    strokes over some 1,500 lines of real print (radius 0.08 to 0.25 mm, level 0.25 and 0.40): with
    a wider mask a thin stroke vanished, with a lower level letters left a fringe.

    Attributes:
        dark_level: Ink, in parts of printed black, that is surely ink.
        dark_print: Ink of the blank from which the dark setting takes it for print.
        light_level: Ink that may be pencil.
        light_print: Ink of the blank from which the light setting takes it for print; at 0.25 the
            hairlines of a reduced blank vanish.
        pale_level: Ink that may be pale pencil, on a line on which little else is seen.
        hidden_px: Width around print that is not asked, in template pixels.
        pale_hidden_px: The same for the pale setting, which would see the blur of letters.
        hidden_beside_mm: The same around print that is not the name's: rulings are so long that
            the least blur along them is a stroke.
        frame_mm: How far above and below its letters a name is looked at.
        ends_mm: The same before and behind it.
        tile_mm: Length of the pieces a line is cut into.
        aside_level: Ink, in parts of printed black, that counts to the left and right of a name;
            less than beside it, because it is asked for at half the resolution.
        tail_mm: How far ink to the right of a name is never the next name's.
        lead_mm: How far ink to the left of a name is that name's alone, as the end of a ring around
            it; what comes from the name before it has come a long way already.
        ruling_mm: Length from which print in one row or column is a ruling.
        solid_mm: Breadth from which print is a blot, such as a mark for registration.
        bilevel_level: The one level of a scan in black and white, between its pixels.
        bilevel_aside: The same at half the resolution.
        between_mm: How far above and below its frame ink is asked for, as beside it.
        spill_mm: How far a stroke reaches out of a name's frame before it can mean the next one.
        aside_core: Ink that is somewhere in what counts there.
        far_mm: How far to the left or right of a name's strip ink is far off. A cross or a bracket
            that means the name stands nearer.
        far_mm2: Ink of a piece that lies far off altogether, from which it counts; less is dust.
        far_long_mm: Its length likewise: fibres on the glass are shorter.
        aside_edge_mm: Edge of the page where nothing is asked: shadows, holes.
    """

    dark_level: float = 0.40
    dark_print: float = 0.25
    light_level: float = 0.25
    light_print: float = 0.10
    pale_level: float = 0.15
    hidden_px: int = 1
    pale_hidden_px: int = 2
    hidden_beside_mm: float = 0.45
    frame_mm: float = 1.5
    ends_mm: float = 3.0
    tile_mm: float = 16.0
    aside_level: float = 0.13
    aside_core: float = 0.20
    aside_edge_mm: float = 6.0
    far_mm: float = 10.0
    far_mm2: float = 1.5
    far_long_mm: float = 3.5
    tail_mm: float = 6.0
    lead_mm: float = 6.0
    ruling_mm: float = 8.0
    solid_mm: float = 2.0
    bilevel_level: float = 0.5
    bilevel_aside: float = 0.35
    between_mm: float = 4.0
    spill_mm: float = 2.0
