"""Where the mark boxes of a blank seem to be.

A mark box is bare paper with a closed line around it: a square, a circle, an oval, or an empty cell
of a table. Letters have such holes too, and frames and logos. So what is proposed is a suggestion to
a person who has the blank on the screen, and nothing more; no ballot is read by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.drawing.alike import find_alike
from ballotscan.drawing.holes import Bits, Hole, HoleLimits, find_holes
from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.marks.ink import Grey, ink_of_blank


class Outline(StrEnum):
    """What the line around a proposed box looks like."""

    RECTANGLE = "rectangle"
    OVAL = "oval"
    CELL = "cell"  # of a table: it shares its lines with its neighbours


@dataclass(frozen=True, slots=True)
class ProposalOptions:
    """What may be a mark box.

    The limits leave room around what there is on the blanks of nine public sets and on Vietnamese
    forms: the smallest circle is 2.6 mm wide, the largest box is a table cell of 23 x 11 mm.

    Attributes:
        levels: Ink that makes a line; a pale or reduced outline closes only at the lower one.
        min_mm: Smallest width and height of the bare paper within.
        max_small_mm: Longest side of a box that stands by itself.
        min_cell_mm: Smallest width and height of a table cell that is a box.
        max_cell_mm: Largest width and height of one.
        min_rectangle: Share of its extent that a rectangle fills.
        min_oval: What an oval and the ellipse in its extent must have in common.
        max_print: Print within a box that stands by itself, as a share of it: some carry a letter.
        max_cell_print_mm2: Print within an empty cell; the figure 1 alone has more.
        beside: A letter's neighbour in its word is nearer than this, in parts of its height.
        alike: Boxes of one form are of one size, to this share or to `alike_mm`.
        max_line_mm: Widest line that is an outline.
    """

    levels: tuple[float, ...] = (0.5, 0.25)
    min_mm: float = 1.7
    max_small_mm: float = 14.0
    min_cell_mm: tuple[float, float] = (6.0, 4.5)
    max_cell_mm: tuple[float, float] = (45.0, 30.0)
    min_rectangle: float = 0.92
    min_oval: float = 0.90
    max_print: float = 0.5
    max_cell_print_mm2: float = 0.4
    beside: float = 0.3
    alike: float = 0.08
    alike_mm: float = 0.25
    max_line_mm: float = 1.0


@dataclass(frozen=True, slots=True)
class ProposedBox:
    """A place that looks like a mark box: the outer edge of its outline, and how that looks."""

    rect: Rect
    outline: Outline


_LARGEST_MM = (190.0, 60.0)  # of a table cell with text in it
_MAX_SHARED = 0.2  # boxes that have more in common are one
_ROW_PX = 4  # cells of one row begin and end within this
_APART_MM = 1.0  # boxes of a grid are nearer


def propose_boxes(blank: Grey, options: ProposalOptions | None = None) -> tuple[ProposedBox, ...]:
    """Find what looks like mark boxes on a blank page.

    Args:
        blank: (rows, columns) grey picture of the page in template pixels.
        options: What may be a box.

    Returns:
        Each place once, from the top of the page down.
    """
    options = options or ProposalOptions()
    ink = ink_of_blank(blank, PX_PER_MM)
    limits = HoleLimits(
        least=round(options.min_mm * PX_PER_MM),
        most=(round(_LARGEST_MM[0] * PX_PER_MM), round(_LARGEST_MM[1] * PX_PER_MM)),
        line=round(options.max_line_mm * PX_PER_MM),
        beside=options.beside,
    )
    found = _Found()
    for level in options.levels:
        for print_ in (ink > level, _closed(ink > level)):
            holes = find_holes(print_, limits)
            found.add(_alone(holes, options))
            found.add(_cells(holes, options))
            found.add(_attached(holes, options))
    for outline, rects in _groups(found.boxes, options):
        found.add((rect, outline) for rect in find_alike(ink, rects))
    return tuple(sorted(found.boxes, key=lambda box: (box.rect.top_mm, box.rect.left_mm)))


class _Found:
    """What was found so far, each place once."""

    def __init__(self) -> None:
        self.boxes: list[ProposedBox] = []
        self._sides: NDArray[np.float64] = np.empty((0, 4))

    def add(self, places: Iterable[tuple[Rect, Outline]]) -> None:
        for rect, outline in places:
            sides = np.array([rect.left_mm, rect.top_mm, rect.width_mm, rect.height_mm])
            if not self._is_known(sides):
                self.boxes.append(ProposedBox(rect, outline))
                self._sides = np.vstack([self._sides, sides])

    def _is_known(self, sides: NDArray[np.float64]) -> bool:
        corners, sizes = self._sides[:, :2], self._sides[:, 2:]
        shared = np.minimum(corners + sizes, sides[:2] + sides[2:]) - np.maximum(corners, sides[:2])
        common = np.maximum(shared, 0).prod(axis=1)
        smaller = np.minimum(sizes.prod(axis=1), sides[2:].prod())
        return bool((common > _MAX_SHARED * smaller).any())


def _closed(print_: Bits) -> Bits:
    """Print with gaps of a pixel or two closed."""
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(print_.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0)


Places = list[tuple[Rect, Outline]]


def _alone(holes: Sequence[Hole], options: ProposalOptions) -> Places:
    """Squares, circles and ovals that stand by themselves."""
    places: Places = []
    for hole in holes:
        if (
            not hole.is_alone
            or not _is_small(hole, options)
            or hole.print_share > options.max_print
        ):
            continue
        if hole.fill >= options.min_rectangle:
            places.append((_rect(hole), Outline.RECTANGLE))
        elif hole.roundness >= options.min_oval and not hole.has_neighbour:
            places.append((_rect(hole), Outline.OVAL))
    return places


def _attached(holes: Sequence[Hole], options: ProposalOptions) -> Places:
    """Squares that a dotted line or an arrow leads to; those of a grid are to be written in."""
    squares = [
        hole
        for hole in holes
        if hole.fill >= options.min_rectangle
        and _is_small(hole, options)
        and max(hole.extent[2:]) <= 2 * min(hole.extent[2:])
        and _is_bare(hole, options)
        and _has_thin_line(hole, options)
    ]
    places: Places = []
    for hole in squares:
        like = [
            other
            for other in squares
            if other is not hole and _is_alike(_rect(other), _rect(hole), options)
        ]
        if like and not any(_touch(hole, other) for other in like):
            places.append((_rect(hole), Outline.RECTANGLE))
    return places


def _cells(holes: Sequence[Hole], options: ProposalOptions) -> Places:
    """Empty cells of a table in rows that have text in another cell."""
    cells = [hole for hole in holes if hole.fill >= options.min_rectangle and not hole.is_alone]
    low = np.array(options.min_cell_mm) * PX_PER_MM
    high = np.array(options.max_cell_mm) * PX_PER_MM
    places: Places = []
    for cell in cells:
        size = np.array(cell.extent[2:])
        fits = bool((size >= low).all() and (size <= high).all()) and _is_bare(cell, options)
        if fits and any(_in_row(cell, other) and not _is_bare(other, options) for other in cells):
            places.append((_rect(cell), Outline.CELL))
    return places


def _groups(
    boxes: Sequence[ProposedBox], options: ProposalOptions
) -> list[tuple[Outline, list[Rect]]]:
    """The boxes that are no cells, by size and look; two of a kind at least."""
    left = [box for box in boxes if box.outline is not Outline.CELL]
    groups = []
    while left:
        first = left[0]
        group = [
            box
            for box in left
            if box.outline is first.outline and _is_alike(box.rect, first.rect, options)
        ]
        left = [box for box in left if box not in group]
        if len(group) > 1:
            groups.append((first.outline, [box.rect for box in group]))
    return groups


def _rect(hole: Hole) -> Rect:
    return Rect(*(round(side / PX_PER_MM, 3) for side in hole.outer))


def _is_small(hole: Hole, options: ProposalOptions) -> bool:
    return max(hole.extent[2:]) <= options.max_small_mm * PX_PER_MM


def _has_thin_line(hole: Hole, options: ProposalOptions) -> bool:
    """Whether a line is around it, and no stroke of a headline; at one side an arrow may touch."""
    most = options.max_line_mm * PX_PER_MM - 1
    left, top, width, height = (
        abs(inner - outer) for inner, outer in zip(hole.extent, hole.outer, strict=True)
    )
    return sum(line >= most for line in (left, top, width - left, height - top)) <= 1


def _is_bare(hole: Hole, options: ProposalOptions) -> bool:
    area = hole.print_share * hole.extent[2] * hole.extent[3]
    return area <= options.max_cell_print_mm2 * PX_PER_MM**2


def _is_alike(one: Rect, other: Rect, options: ProposalOptions) -> bool:
    return all(
        abs(a - b) <= max(options.alike * b, options.alike_mm)
        for a, b in ((one.width_mm, other.width_mm), (one.height_mm, other.height_mm))
    )


def _touch(one: Hole, other: Hole) -> bool:
    apart = max(
        abs(one.extent[side] - other.extent[side])
        - max(one.extent[side + 2], other.extent[side + 2])
        for side in (0, 1)
    )
    return apart <= _APART_MM * PX_PER_MM


def _in_row(one: Hole, other: Hole) -> bool:
    return (
        one.piece == other.piece
        and abs(one.extent[1] - other.extent[1]) <= _ROW_PX
        and abs(one.extent[3] - other.extent[3]) <= 2 * _ROW_PX
    )
