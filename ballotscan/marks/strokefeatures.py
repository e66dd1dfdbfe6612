"""The numbers that say what the strokes on a printed name are to the name."""

from enum import IntEnum


class StrokeFeature(IntEnum):
    """The numbers about one name, by column.

    Shares are of the length of the main name without titles, all its lines together. The best
    stroke is the one that runs farthest through the middle of the letters.

    Attributes:
        THROUGH: Share along which lines run through the middle of the letters. A line is a stroke
            on which ink is seen nearly everywhere that print does not hide it.
        COVER: Share along which any stroke runs at the height of the letters.
        LEAST_WORD: The smallest such share of any word.
        GIVEN: Such share of the given name; NaN where the words cannot be told apart.
        SECOND: Such share of a second name in brackets; NaN where there is none.
        ABOVE: Share along which a stroke runs above the letters.
        BELOW: Share along which a stroke runs below the letters.
        GAPS: Share of the gaps between words in which a stroke is seen; NaN where there is none.
        SEEN_MM: Length of ink on the longest stroke, in the line with the longest.
        SURE_MM: Length of sure ink on the best strokes of all lines.
        SIGHTINGS: Number of separate pieces in which the best strokes are seen.
        UNBROKEN: Share of the best strokes, where print does not hide them, on which ink is seen;
            that of the line with the smallest.
        HEIGHT: Mean height of all lines: 0 the middle of the letters, -1 their upper and 1 their
            lower edge.
        SLANT: How far the best stroke rises or falls over the line, in heights of letters; that of
            the line with the largest.
        SWING: Root mean square distance of the best stroke from a straight line, likewise.
        RUN_ON_MM: How far the best stroke runs on beyond the line, at the shorter side; likewise.
        OFF_MM2: Ink that lies on no line.
        OUT_SHARE: Share of the ink in the columns of the name that lies well above or below the
            middle of the letters.
        DARK_SHARE: Share of what is not hidden of the letters that has sure ink.
        DENSEST: The same in the five millimetres where it is highest.
        OCCUPIED: Share near which, within a millimetre, ink is seen in the middle of the letters.
        GIVEN_MM2: Ink in, above or below the given name; NaN where words cannot be told apart.
        INK_MM2: All ink on, above, below and at the ends of the letters.
        UPRIGHT_MM: Length of ink on the longest stroke from top to bottom.
        ASIDE_MM2: Ink of the largest piece farther to the left and right, in the row of the name,
            above and below it, without dust.
        FOUND: Share of the printed name that is found on the page.
        ENDS: Share of the outer ends of its lines, a third of a word and what is just beyond, where
            a stroke is seen.
        SCATTERED: Share near which, within a millimetre, ink lies that is on no line.
        HOLLOW: Share along which ink lies above and below the middle of the letters and none in it.
        SURE_SHARE: Share of the best strokes' ink that is sure.
        CUT: Ink, in parts of printed black, from which the scan turns black; 0 where it has greys,
            NaN where that is not known.
        LEAST_THROUGH: The smallest share of any word along which lines run through its middle.
        WIDTH_MM: How broad the best strokes are, on average, where they are seen.
        PALE: 1 where a line of it was looked at in the pale setting, else 0.
        FULL: Share along which, within two millimetres, sure ink lies above, in and below the
            middle of the letters.
        ASIDE_MM: Longer side of the rectangle around the longest piece farther away.
        ROUGH: Share of the best strokes' way that goes up or down; that of the line with the
            largest.
        PALE_MM2: Ink in the pale setting; 0 where a scan has no greys.
        CENTRE: Share of the central third of its lines along which lines run through the middle of
            the letters; that of the line with the smallest.
        RAGGED: How much of the rim around its letters is black on names of the page where least of
            it is: print that has spread, or is torn.
        SURE_INK: Share of all ink that is sure; NaN where there is none.
        NEXT_UPRIGHT_MM: Length of ink on the longest stroke from top to bottom elsewhere.
        LEAST_DENSE: As DENSEST, in the five millimetres where it is lowest.
        LOOSE_MM2: As ASIDE_MM2, with what is dust by its place and size.
        LOOSE_MM: As ASIDE_MM, likewise.
        RULING_MM: How much broader than on the blank an upright ruling beside it is, in mm of black.
    """

    THROUGH = 0
    COVER = 1
    LEAST_WORD = 2
    GIVEN = 3
    SECOND = 4
    ABOVE = 5
    BELOW = 6
    GAPS = 7
    SEEN_MM = 8
    SURE_MM = 9
    SIGHTINGS = 10
    UNBROKEN = 11
    HEIGHT = 12
    SLANT = 13
    SWING = 14
    RUN_ON_MM = 15
    OFF_MM2 = 16
    OUT_SHARE = 17
    DARK_SHARE = 18
    DENSEST = 19
    OCCUPIED = 20
    GIVEN_MM2 = 21
    INK_MM2 = 22
    UPRIGHT_MM = 23
    ASIDE_MM2 = 24
    FOUND = 25
    ENDS = 26
    SCATTERED = 27
    HOLLOW = 28
    SURE_SHARE = 29
    CUT = 30
    LEAST_THROUGH = 31
    WIDTH_MM = 32
    PALE = 33
    FULL = 34
    ASIDE_MM = 35
    ROUGH = 36
    PALE_MM2 = 37
    CENTRE = 38
    RAGGED = 39
    SURE_INK = 40
    NEXT_UPRIGHT_MM = 41
    LEAST_DENSE = 42
    LOOSE_MM2 = 43
    LOOSE_MM = 44
    RULING_MM = 45
