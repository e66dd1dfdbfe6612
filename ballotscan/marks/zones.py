"""What the blank says about a page at half size: where new ink can be seen, and what lies there.

Made once for a template page and used for every scan of it. Nothing in here has seen a ballot.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import Rect, TemplatePage
from ballotscan.marks.ink import Grey, ink_of_blank
from ballotscan.marks.inkcolours import ColourOptions
from ballotscan.marks.inkpoints import HALF_PX_PER_MM, Ints
from ballotscan.marks.seals import SealOptions, Space

Pixels = NDArray[np.uint8]

# What a pixel lies in; a set of bits.
BOX = 1
TOUCH = 2  # so near to a box that a stroke there is one of its mark
NEAR = 4  # the ring around a box whose ink the box asks about
REACH = 8  # as far from a box as its mark may run on
LETTERS = 16  # of a name that may be struck out
NAME = 32  # as far from such a name as a stroke through it may run on
EDGE = 64  # where the paper, or the scan, may end
RIM = 128  # next to what print hides

_SOLID_PRINT = 0.6  # ink of the blank from which print is certain to be black on the page
_ENOUGH_SOLID_PX = 800  # pixels of print that tell how black it is
_AROUND_SPACE_MM = 8.0  # how far beside its space a seal may be pressed


@dataclass(frozen=True, slots=True)
class ForeignOptions:
    """What counts as ink on the page, and whose it is.

    Attributes:
        ink_level: Ink, in parts of printed black, from which a pixel counts; as for boxes.
        core_level: Ink that some of a stroke must have: folds, and what shines through, seldom do.
        core_share: Share of a stroke that must have it.
        print_level: Ink of the blank from which a pixel counts as print; at 0.25 the hairlines of
            a reduced blank vanish.
        shading_level: Ink of the blank over a whole millimetre from which it is tinted, and
            nothing is asked there: tints are dots, and dots of a scan are never the blank's.
        hidden_mm: Width around print that is not asked.
        touch_mm: How near to a box a part is a stroke of its mark: the printed outline, and what is
            not asked around it, cuts strokes in two.
        beside_mm: Width of the ring around a box whose ink the box itself asks about.
        tail_share: How far beyond that ring a mark may run on, in parts of the box's shorter side.
            Of marks on real ballots nothing lay there.
        letters_mm: How near to the letters of a name a stroke touches it.
        name_beside_mm: How far before and behind a name a stroke through it may run on.
        name_above_mm: Likewise above and below.
        dash_mm: Height of a piece of a stroke through a name that does not touch its letters.
        edge_mm: Width of the strip along the edges of the page where paper may end.
        speck_mm2: Ink below which a part is dust.
        apart_mm: Distance up to which parts are one writing.
        least_mm2: Ink below which nothing is put on record.
    """

    ink_level: float = 0.25
    core_level: float = 0.30
    core_share: float = 0.2
    print_level: float = 0.10
    shading_level: float = 0.05
    hidden_mm: float = 0.6
    touch_mm: float = 1.5
    beside_mm: float = 2.5
    tail_share: float = 0.5
    letters_mm: float = 0.8
    name_beside_mm: float = 10.0
    name_above_mm: float = 2.0
    dash_mm: float = 2.0
    edge_mm: float = 6.0
    speck_mm2: float = 0.25
    apart_mm: float = 5.0
    least_mm2: float = 2.0
    seal: SealOptions = field(default_factory=SealOptions)
    colour: ColourOptions = field(default_factory=ColourOptions)


@dataclass(frozen=True, slots=True, eq=False)
class ForeignReference:
    """What the blank says about a page, at half size.

    Attributes:
        asked: (rows, columns) 1 where print does not hide ink, else 0.
        upright: Likewise where lines from top to bottom are looked for: outside of boxes.
        lying: Likewise where lines from left to right are: outside of names too.
        zones: (rows, columns) what each pixel lies in.
        owner: (rows, columns) place of the box that each pixel lies in or beside; -1 where none.
        solid: Flat indices of pixels where the blank has solid print.
        boxes: (P, 4) left, top, right and bottom of each box, in pixels.
        seal_space: Left, top, right and bottom of the space for the seal, in pixels, if any.
        slack_px: How far print may lie from where it should: own paper lies better than other.
    """

    asked: Pixels
    upright: Pixels
    lying: Pixels
    zones: Pixels
    owner: NDArray[np.int16]
    solid: Ints
    boxes: NDArray[np.float64]
    seal_space: Space | None
    slack_px: int
    options: ForeignOptions


def prepare_foreign(
    blank: Grey, page: TemplatePage, options: ForeignOptions | None = None
) -> ForeignReference:
    """Find out from the blank where new ink can be seen on a page.

    Args:
        blank: (rows, columns) picture of the blank page at template resolution.
        page: The template page.
        options: What counts as ink.
    """
    options = options or ForeignOptions()
    rows, columns = (size // 2 for size in blank.shape)
    whole = blank[: 2 * rows, : 2 * columns]
    half = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    ink = ink_of_blank(np.asarray(half, dtype=np.uint8), HALF_PX_PER_MM)
    hidden = _hidden(ink, options)
    asked = (hidden == 0).astype(np.uint8)
    zones, owner = _draw_zones(page, (rows, columns), options)
    zones[(cv2.dilate(hidden, np.ones((3, 3), dtype=np.uint8)) > 0) & (hidden == 0)] |= RIM
    solid = np.flatnonzero(ink > _SOLID_PRINT)
    return ForeignReference(
        asked=asked,
        upright=np.where(zones & (BOX | EDGE), np.uint8(0), asked),
        lying=np.where(zones & (BOX | EDGE | NAME), np.uint8(0), asked),
        zones=zones,
        owner=owner,
        solid=solid[:: solid.size // _ENOUGH_SOLID_PX + 1],
        boxes=np.array([_sides(box.rect, 0) for box in page.boxes]).reshape(-1, 4),
        seal_space=None if page.seal is None else _sides(page.seal, _AROUND_SPACE_MM),
        slack_px=1 if page.codes else 2,
        options=options,
    )


def _hidden(ink: NDArray[np.float32], options: ForeignOptions) -> Pixels:
    """(rows, columns) 1 where print, or what is around it, hides ink."""
    printed = ink > options.print_level
    window = np.ones((round(HALF_PX_PER_MM) + 1,) * 2, dtype=np.uint8)
    tinted = cv2.dilate(cv2.erode(ink, window), window) > options.shading_level
    radius = round(options.hidden_mm * HALF_PX_PER_MM)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (x * x + y * y <= radius * (radius + 1)).astype(np.uint8)
    return np.asarray(cv2.dilate((printed | tinted).astype(np.uint8), disc), dtype=np.uint8)


def _draw_zones(
    page: TemplatePage, shape: tuple[int, int], options: ForeignOptions
) -> tuple[Pixels, NDArray[np.int16]]:
    zones = np.zeros(shape, dtype=np.uint8)
    owner = np.full(shape, -1, dtype=np.int16)
    near = options.beside_mm
    for place, box in enumerate(page.boxes):
        tail = near + options.tail_share * min(box.rect.width_mm, box.rect.height_mm)
        for zone, around in ((BOX, 0.0), (TOUCH, options.touch_mm), (NEAR, near), (REACH, tail)):
            zones[_area(box.rect, around, around)] |= zone
        owner[_area(box.rect, near, near)] = place
    for place, box in enumerate(page.boxes):
        owner[_area(box.rect, 0, 0)] = place
    for name in page.names:
        for line in name.lines:
            zones[_area(line, options.letters_mm, options.letters_mm)] |= LETTERS
            zones[_area(line, options.name_beside_mm, options.name_above_mm)] |= NAME
    width = round(options.edge_mm * HALF_PX_PER_MM)
    for strip in (np.s_[:width], np.s_[-width:], np.s_[:, :width], np.s_[:, -width:]):
        zones[strip] |= EDGE
    return zones, owner


def _sides(rect: Rect, around_mm: float) -> Space:
    """Left, top, right and bottom of a rectangle and of what is around it, in pixels."""
    left, top = rect.left_mm - around_mm, rect.top_mm - around_mm
    right = rect.left_mm + rect.width_mm + around_mm
    bottom = rect.top_mm + rect.height_mm + around_mm
    k = HALF_PX_PER_MM
    return left * k, top * k, right * k, bottom * k


def _area(rect: Rect, beside_mm: float, above_mm: float) -> tuple[slice, slice]:
    """Rows and columns of a rectangle and of what is around it."""
    left, _, right, _ = _sides(rect, beside_mm)
    _, top, _, bottom = _sides(rect, above_mm)
    first_row, last_row, first, last = (max(0, round(px)) for px in (top, bottom, left, right))
    return slice(first_row, last_row), slice(first, last)
