"""Bare paper with a closed line around it, and what the line and its neighbours look like.

All lengths are pixels of the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]
Extent = tuple[int, int, int, int]  # left, top, width, height

_EDGE = 2  # beside a line there is some of its grey
_SLACK = 3  # a line is this uneven


@dataclass(frozen=True, slots=True)
class HoleLimits:
    """Which holes are measured.

    Attributes:
        least: Smallest width and height.
        most: Largest width and height.
        line: Widest line that is measured; what is wider counts as this wide.
        beside: A letter's neighbour is nearer than this, in parts of the hole's height.
    """

    least: int
    most: tuple[int, int]
    line: int
    beside: float


@dataclass(frozen=True, slots=True)
class Hole:
    """Bare paper with a closed line around it; what is printed on it counts as part of it.

    Attributes:
        extent: Of the bare paper.
        outer: Of the line around it.
        fill: Share of its extent that it fills: 1 for an upright rectangle, 0.785 for an ellipse.
        roundness: What it and the ellipse in its extent have in common (intersection over union).
        print_share: Share of it that is print.
        piece: Which piece of print the line is part of.
        is_alone: Whether that piece ends where the line ends.
        has_neighbour: Whether another piece of print, as high as a letter of the same word would
            be, stands as near as one.
    """

    extent: Extent
    outer: Extent
    fill: float
    roundness: float
    print_share: float
    piece: int
    is_alone: bool
    has_neighbour: bool


def find_holes(print_: Bits, limits: HoleLimits) -> list[Hole]:
    """Find every hole in the print of a page.

    Args:
        print_: (rows, columns) whether a pixel is print.
        limits: Which of them are measured.
    """
    # Paper meets by its sides only, print by its corners too: a thin slanted line is closed.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        (~print_).astype(np.uint8), connectivity=4
    )
    sizes = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    fits = np.all((sizes >= limits.least) & (sizes <= limits.most), axis=1)
    pieces = _Pieces(print_)
    found = []
    for number in (np.flatnonzero(fits[1:]) + 1).tolist():
        left, top, width, height = stats[number, :4].tolist()
        window = labels[top : top + height, left : left + width] == number
        hole = _measure(_filled(window), pieces, (left, top, width, height), limits)
        if hole is not None:
            found.append(hole)
    return found


class _Pieces:
    """The connected pieces of print of a page."""

    def __init__(self, print_: Bits) -> None:
        self.print = print_
        _, self.labels, stats, _ = cv2.connectedComponentsWithStats(
            print_.astype(np.uint8), connectivity=8
        )
        self.extents = stats[:, :4]
        self.lefts, self.tops, self.widths, self.heights = stats[:, :4].T

    def has_near(self, outer: Extent, own: int, reach: float) -> bool:
        """Whether a piece as high as a letter beside it would be stands left or right of a place."""
        left, top, width, height = outer
        gaps = np.maximum(self.lefts - (left + width), left - (self.lefts + self.widths))
        shared = np.minimum(self.tops + self.heights, top + height) - np.maximum(self.tops, top)
        like = (self.heights >= 0.4 * height) & (self.heights <= 1.6 * height)
        like &= (shared >= 0.5 * self.heights) & (gaps <= reach) & (gaps >= -0.2 * height)
        like &= self.widths <= 2.5 * height
        like[[0, own]] = False  # the paper, and the line itself
        return bool(like.any())


def _filled(window: Bits) -> Bits:
    """The hole with what is printed on it."""
    contours, _ = cv2.findContours(
        window.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    canvas = np.zeros(window.shape, np.uint8)
    return np.asarray(cv2.drawContours(canvas, contours, -1, 1, cv2.FILLED) > 0)


def _measure(filled: Bits, pieces: _Pieces, extent: Extent, limits: HoleLimits) -> Hole | None:
    left, top, width, height = extent
    outer = _outer_edge(pieces.print, extent, limits.line)
    piece = 0 if outer is None else int(pieces.labels[top + height // 2, left - 1])
    if outer is None or piece == 0:  # at the edge of the page; or its side is a corner: no box
        return None
    kernel = np.ones((2 * _EDGE + 1,) * 2, np.uint8)
    within = cv2.erode(filled.astype(np.uint8), kernel, borderValue=0) > 0
    print_ = pieces.print[top : top + height, left : left + width]
    own = pieces.extents[piece].tolist()
    return Hole(
        extent=extent,
        outer=outer,
        fill=float(filled.mean()),
        roundness=_roundness(filled),
        print_share=float((print_ & within).sum() / max(int(within.sum()), 1)),
        piece=piece,
        is_alone=all(abs(one - other) <= _SLACK for one, other in zip(own, outer, strict=True)),
        has_neighbour=pieces.has_near(outer, piece, limits.beside * height),
    )


def _roundness(filled: Bits) -> float:
    height, width = filled.shape
    rows, columns = np.ogrid[:height, :width]
    across = (columns + 0.5) / width * 2 - 1
    down = (rows + 0.5) / height * 2 - 1
    ellipse = across**2 + down**2 <= 1
    return float((filled & ellipse).sum() / (filled | ellipse).sum())


def _outer_edge(print_: Bits, extent: Extent, most: int) -> Extent | None:
    """The extent with the line around it, as wide as in the middle third of each side."""
    left, top, width, height = extent
    right, bottom = left + width, top + height
    if min(left, top) < 1 or right >= print_.shape[1] or bottom >= print_.shape[0]:
        return None
    rows = slice(top + height // 3, bottom - height // 3)
    columns = slice(left + width // 3, right - width // 3)
    at_left, above, at_right, below = (
        int(np.median(np.where(side.all(axis=1), side.shape[1], side.argmin(axis=1))))
        for side in (
            print_[rows, max(left - most, 0) : left][:, ::-1],
            print_[max(top - most, 0) : top, columns][::-1].T,
            print_[rows, right : right + most],
            print_[bottom : bottom + most, columns].T,
        )
    )
    return left - at_left, top - above, width + at_left + at_right, height + above + below
