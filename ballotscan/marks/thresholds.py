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
            faint mark. Empty boxes of scans stayed below 0.14, of phone photos below 0.16. Where the
            print at the box is paler than on the page, it is this times the square of that.
        dot_mm2: Ink from which a box may hold a dot, where the ink is as broad as `dot_mm`, or a part
            of a stroke, where it is as broad as `sliver_mm` and as long as `trace_mm`; dust of up to
            0.5 mm is smaller, full stops of pens began at 0.47, the edge of displaced print is
            narrower.
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
            as a picture can be: light that adds so much has taken thin pens away.
        bright: The same for half of the boxes of a page: lit so brightly, it may have lost pens
            altogether, which only a clear mark of the voter can rule out. Office scanners that burn out
            paper reach 0.23.
        loose: Share of its ink that is not in the three largest pieces of a mark, at most, ... Real
            marks had up to 0.13, simulated ones 0.09; 76 dense sprays of specks, as much ink as a
            mark, 0.30 and more.
        small_mm2: ... where the white of the box is no less than this. In smaller bubbles a letter
            cuts marks into as many pieces.
        far_mm2: Ink that leaves a filled-in box and lies far from it, from which the filling may have
            been struck out again: four ends of a cross over it, of a millimetre each, with a pen of
            0.25 mm. Of 2,188 real marks one, a loop around the box, had as much.
        thin_mm: Mean width of strokes below which a scan in black and white may have lost others:
            what it shows of thin pens, in crosses of which it shows less than a third, is 0.10 to
            0.19 wide.
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
    burnt: float = 0.35
    bright: float = 0.25
    loose: float = 0.2
    small_mm2: float = 5.0
    far_mm2: float = 1.0
    thin_mm: float = 0.2

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


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the boxes of some pages hold, and how far that is from a question.

    Attributes:
        statuses: (..., P) int8 of `MarkStatus`.
        certainty: (..., P) of boxes that are empty or marked: by which share the number that comes
            nearest to its threshold is away from it, 0 on it, 1 at twice the threshold or at
            nothing. No probability. 0 where people are asked, NaN where the box was not read.
    """

    statuses: Statuses
    certainty: NDArray[np.float32]


def classify_marks(
    features: Features,
    outline: NDArray[np.floating],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
    *,
    is_whole: bool = True,
) -> Reading:
    """Classify every box of every ballot.

    The score decides; everything else can only turn a decision into a question.

    Args:
        features: (..., P, F) numbers about each of P boxes, columns as in `Feature`; NaN where
            the box was not read.
        outline: (..., P) correlation of each box's printed outline with the page; NaN where it
            is not known, and then the box was not found.
        thresholds: The published thresholds.
        expected_mark: The mark that voters are told to make.
        is_whole: Whether the boxes are all that a voter had, not one side of a ballot whose marks may
            stand on the other.
    """
    is_cross = expected_mark is ExpectedMark.CROSS
    is_fill = expected_mark is ExpectedMark.FILL
    score = features[..., Feature.SCORE]
    is_marked = score >= thresholds.definite
    room_marked = np.minimum(
        over(score, thresholds.definite), _room_of_marks(features, thresholds, is_cross=is_cross)
    )
    if is_fill:
        room_marked = np.minimum(room_marked, _room_of_filling(features, thresholds))
    is_sure_mark = is_marked & (room_marked >= 0)
    of_a_mark = _belongs_to_a_mark(features, is_sure_mark)
    room_empty = np.minimum(
        under(score, thresholds.marginal),
        _room_of_nothing(features, of_a_mark, thresholds, is_cross=is_cross),
    )
    # NaN >= threshold is False: an outline that is not known was not found.
    found = np.nan_to_num(over(outline, thresholds.outline), nan=-1.0)
    room_empty = np.minimum(room_empty, found)
    shows_none = _shows_no_pen(features, is_sure_mark, thresholds, expected_mark, is_whole=is_whole)
    room_empty = np.where(shows_none, -1.0, room_empty)

    statuses = np.full(score.shape, MarkStatus.MARGINAL, dtype=np.int8)
    statuses[~is_marked & (room_empty >= 0)] = MarkStatus.EMPTY
    statuses[is_sure_mark] = MarkStatus.MARKED
    if is_cross:
        statuses[is_marked & _is_scribbled_out(features, thresholds)] = MarkStatus.CANCELLED
    if is_fill:
        statuses[is_marked & (_room_of_filling(features, thresholds) < 0)] = MarkStatus.CANCELLED
    statuses[np.isnan(score)] = MarkStatus.UNREAD
    certainty = np.where(is_marked, room_marked, room_empty)
    certainty = np.where(np.isnan(score), np.nan, np.clip(certainty, 0, 1))
    return Reading(statuses, certainty.astype(np.float32))


def under(
    numbers: NDArray[np.floating], threshold: float | NDArray[np.floating]
) -> NDArray[np.floating]:
    """How far numbers stay under a threshold, in parts of it; below 0 where they reach it."""
    room = 1 - numbers / threshold
    return np.asarray(np.where(numbers >= threshold, np.minimum(room, -_ON_IT), room))


def over(numbers: NDArray[np.floating], threshold: float) -> NDArray[np.floating]:
    """How far numbers lie over a threshold, in parts of it; below 0 where they do not reach it."""
    room = numbers / threshold - 1
    return np.asarray(
        np.where(numbers >= threshold, np.maximum(room, 0), np.minimum(room, -_ON_IT))
    )


_ON_IT = 1e-6


def _room_of_marks(
    features: Features, thresholds: MarkThresholds, *, is_cross: bool
) -> NDArray[np.floating]:
    """How far boxes are from being asked about although they hold much ink."""

    def of(feature: Feature) -> NDArray[np.floating]:
        return features[..., feature]

    # What would be no mark without the fold or streak that runs through it.
    rest = of(Feature.SCORE) * (1 - of(Feature.THROUGH))
    ink_mm2 = np.maximum(of(Feature.INK_MM2), _ON_IT)
    white_mm2 = ink_mm2 / np.maximum(of(Feature.DARK_SHARE), _ON_IT)
    outside = of(Feature.JOINED_MM2) / ink_mm2
    slender = of(Feature.BREADTH_MM) / np.maximum(of(Feature.EXTENT_MM), _LEAST_MM)
    rooms = [
        over(rest, thresholds.definite),
        under(of(Feature.THROUGH), thresholds.line),
        under(outside, thresholds.outside),
        under(_soft_edge_mm(features), thresholds.soft_mm),
        np.where(of(Feature.FAINT) < _MOTTLED * of(Feature.SCORE), -1.0, 1.0),
        np.where(white_mm2 < thresholds.small_mm2, 1.0, under(of(Feature.LOOSE), thresholds.loose)),
    ]
    # A full stop of a broad pen may be as much ink as a mark; it is no line across the box.
    dot_mm = np.minimum(thresholds.cross_mm, thresholds.dot_extent * np.sqrt(white_mm2))
    rooms.append(np.where(of(Feature.EXTENT_MM) < dot_mm, -1.0, 1.0))
    if is_cross:
        # A cross taken back, the slip of a pen, or what is meant for another box.
        bend_mm = of(Feature.INNER_BREADTH_MM) - of(Feature.STROKE_MM)
        packed = of(Feature.INK_MM2) / np.maximum(of(Feature.INNER_BREADTH_MM), _LEAST_MM) ** 2
        rooms += [
            under(of(Feature.DARK_SHARE), thresholds.blot),
            over(bend_mm, thresholds.bend_mm),
            np.maximum(
                over(bend_mm, thresholds.wide_bend_mm),
                over(of(Feature.STROKES), thresholds.strokes),
            ),
            over(of(Feature.EXTENT_MM), thresholds.cross_mm),
            under(of(Feature.STROKE_MM), thresholds.pen_mm),
            under(of(Feature.STROKES), thresholds.many_strokes),
            np.maximum(
                under(of(Feature.STROKES), thresholds.dense_strokes),
                under(of(Feature.STROKES) * packed, thresholds.dense),
            ),
            under(_off_centre(features), thresholds.off_centre),
            under(outside, thresholds.outside_cross),
            np.maximum(under(outside, thresholds.leaves), over(slender, thresholds.slender)),
            under(of(Feature.BESIDE_MM2), thresholds.around_mm2),
        ]
    return np.asarray(np.min(rooms, axis=0))


_LEAST_MM = 0.1
# Faint ink is looked for against the paper at the box, ink against that of the page. Ink that is not
# at least faint lies on paper that is itself stained.
_MOTTLED = 0.97


def _soft_edge_mm(features: Features) -> NDArray[np.floating]:
    """Width of the strip around the ink where it is only faint."""
    score = np.maximum(features[..., Feature.SCORE], _ON_IT)
    faint_mm2 = (features[..., Feature.FAINT] / score - 1) * features[..., Feature.INK_MM2]
    # The outline of strokes is twice their area by their width.
    outline_mm = (
        2 * features[..., Feature.INK_MM2] / np.maximum(features[..., Feature.STROKE_MM], _LEAST_MM)
    )
    return np.asarray(faint_mm2 / np.maximum(outline_mm, _ON_IT))


def _off_centre(features: Features) -> NDArray[np.floating]:
    return np.maximum(
        np.abs(features[..., Feature.MIDDLE_X]), np.abs(features[..., Feature.MIDDLE_Y])
    )


def _is_scribbled_out(features: Features, thresholds: MarkThresholds) -> NDArray[np.bool_]:
    """Marks over which so much was scribbled that they may have been taken back."""
    return np.asarray(
        (features[..., Feature.DARK_SHARE] >= thresholds.blot)
        & (features[..., Feature.STROKE_MM] < thresholds.solid_mm)
    )


def _room_of_filling(features: Features, thresholds: MarkThresholds) -> NDArray[np.floating]:
    """How far filled-in boxes are from having been struck out again, by strokes that leave them."""
    room: NDArray[np.floating] = np.maximum(
        under(features[..., Feature.DARK_SHARE], thresholds.blot),
        under(features[..., Feature.FAR_MM2], thresholds.far_mm2),
    )
    return room


def _belongs_to_a_mark(features: Features, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Boxes in and beside which there is ink of a mark in another box."""
    boxes = features.shape[-2]
    steps = np.nan_to_num(features[..., Feature.SHARED_WITH]).astype(np.int64)
    neighbour = np.arange(boxes) + steps
    known = (steps != 0) & (neighbour >= 0) & (neighbour < boxes)
    is_marked = np.take_along_axis(marked, np.where(known, neighbour, 0), axis=-1)
    return np.asarray(known & is_marked)


def _room_of_nothing(
    features: Features,
    of_a_mark: NDArray[np.bool_],
    thresholds: MarkThresholds,
    *,
    is_cross: bool,
) -> NDArray[np.floating]:
    """How far boxes are from being asked about although they hold little ink.

    There may be a faint mark, a dot, a trace of a thin stroke, or clear ink beside them.
    """

    def of(feature: Feature) -> NDArray[np.floating]:
        return features[..., feature]

    # In black and white a pale pen leaves half of its strokes, or less.
    half = np.where(of(Feature.BILEVEL) > 0, 0.5, 1.0)
    beside_mm2 = thresholds.beside_cross_mm2 if is_cross else thresholds.beside_mm2 * half
    dot = np.maximum(
        under(of(Feature.INK_MM2), thresholds.dot_mm2),
        np.minimum(
            under(of(Feature.STROKE_MM), thresholds.dot_mm),
            np.maximum(
                under(of(Feature.EXTENT_MM), thresholds.trace_mm),
                under(of(Feature.STROKE_MM), thresholds.sliver_mm),
            ),
        ),
    )
    # Light that makes print paler makes pens paler still.
    shown = np.clip(of(Feature.PRINT), thresholds.print, 1)
    rooms = [dot, under(of(Feature.SHARED_MM2), beside_mm2)]
    if is_cross:
        rooms.append(
            np.maximum(
                under(of(Feature.INK_MM2), thresholds.trace_mm2),
                under(of(Feature.EXTENT_MM), thresholds.trace_mm),
            )
        )
    room = np.where(of_a_mark, 1.0, np.min(rooms, axis=0))
    return np.asarray(
        np.min(
            [
                room,
                under(of(Feature.FAINT), thresholds.faint * shown**2),
                under(of(Feature.BESIDE_MM2), beside_mm2),
                under(of(Feature.JOINED_MM2), beside_mm2),
                over(of(Feature.PRINT), thresholds.print),
                under(of(Feature.BURNT), thresholds.burnt),
            ],
            axis=0,
        )
    )


def _shows_no_pen(
    features: Features,
    is_sure_mark: NDArray[np.bool_],
    thresholds: MarkThresholds,
    expected_mark: ExpectedMark,
    *,
    is_whole: bool,
) -> NDArray[np.bool_]:
    """Boxes of ballots on which the voter's pen may not be seen at all.

    A scan in black and white drops what is paler than its cut, and one that is lit too brightly what
    is paler than its white. Whether the pen of this voter is, only his own marks can tell: where none
    is clear, or half of them are seen in part only, a box that looks empty may not be. Of crosses
    what is left is thinner than pens are; of other marks, half marks.

    Of a form to be filled in, one side in black and white without any ink is blank where the other
    may have the marks: the three such pages of real ballots, 23 boxes, were blank. A whole ballot
    without any is asked about: of 244 drawn marks that black and white had lost, 14 were fillings, all
    that were on their pages, and nothing in the picture tells such a page from a blank one.
    """
    if expected_mark is ExpectedMark.CROSS:
        is_inked = features[..., Feature.INK_MM2] >= thresholds.trace_mm2
        is_part = is_inked & (features[..., Feature.STROKE_MM] < thresholds.thin_mm)
    else:
        is_inked = features[..., Feature.SCORE] >= thresholds.marginal
        is_part = is_inked & (features[..., Feature.SCORE] < thresholds.definite)
    parts, inked = (np.count_nonzero(which, axis=-1) for which in (is_part, is_inked))
    shows_parts = (2 * parts >= inked) & (parts > 0)
    shows_none = ~is_sure_mark.any(axis=-1)
    is_bilevel = (features[..., Feature.BILEVEL] > 0).any(axis=-1)
    is_bright = np.median(np.nan_to_num(features[..., Feature.BURNT]), axis=-1) >= thresholds.bright
    is_lost = is_bilevel & shows_parts | is_bright & (shows_parts | shows_none)
    if is_whole or expected_mark is not ExpectedMark.FILL:
        is_lost |= is_bilevel & shows_none
    return np.broadcast_to(np.expand_dims(is_lost, -1), features.shape[:-1])
