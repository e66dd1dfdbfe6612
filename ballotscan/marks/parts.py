"""The connected parts of new ink in and around each box: how long, how wide, whose.

All boxes of one size are laid under each other in one tall picture, so that one call labels the
parts of all of them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import OTHER, OWN, RING, Bits

# Ink across a printed line is hidden by it (line 0.3 mm, 0.25 mm on its inner and 0.5 mm on its
# outer side are not asked), so pieces this near to each other are taken as one stroke.
BRIDGE_MM = 1.2
CELL_PX = 2
LARGEST_PIECES = 3  # the strokes of a cross, and one that print cuts in two
DUST_MM2 = 0.25  # dust of 0.5 mm and the edge of displaced print are less, the legs of ticks more


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """For each of N boxes, what its connected parts of ink are like.

    Attributes:
        extent_mm: Diagonal of the upright rectangle around the largest part that reaches into the
            box; 0 where none does.
        breadth_mm: Width of the narrowest strip that holds the parts that reach into the box.
        own_breadth_mm: The same of the ink in the box, without pieces as small as dust, and of what
            reaches into no other box: a speck far from a straight stroke, or the edge of displaced
            print, would make a broad mark of it.
        middle_px: (N, 2) row and column of the middle of these parts, NaN where there is none.
        beside_mm2: Ink in the ring of the largest part that reaches into no box.
        joined_mm2: Ink in the ring of all parts that reach into this box and into no other.
        far_mm2: Ink in the ring of all parts that reach into this box, as far as it lies far away.
        shared_mm2: Ink in the ring of all parts that reach into another box.
        shared_with: Place of the box that the largest of these reaches into; -1 where none does.
    """

    extent_mm: NDArray[np.floating]
    breadth_mm: NDArray[np.floating]
    own_breadth_mm: NDArray[np.floating]
    middle_px: NDArray[np.floating]
    beside_mm2: NDArray[np.floating]
    joined_mm2: NDArray[np.floating]
    far_mm2: NDArray[np.floating]
    shared_mm2: NDArray[np.floating]
    shared_with: NDArray[np.int64]


def measure_parts(
    ink: Bits, region: NDArray[np.uint8], owner: NDArray[np.int16], far: Bits
) -> Parts:
    """Label the ink around every box and say what belongs together.

    Args:
        ink: (N, rows, columns) new ink that is not hidden by print.
        region: Of the same shape: OWN, RING, OTHER or HIDDEN.
        owner: Of the same shape: place of the box that a pixel lies in, -1 where in none.
        far: Of the same shape: what of the ring is far from the box.
    """
    boxes, rows, columns = ink.shape
    at = np.flatnonzero(ink)
    box_of_px, rest = np.divmod(at, rows * columns)
    row, column = np.divmod(rest, columns)

    # Labelled in cells of 2 x 2 pixels: a quarter of the work, and no part is thinner than that.
    # Grown ink of one box must not touch that of the next.
    reach = round(BRIDGE_MM * PX_PER_MM / 2 / CELL_PX)
    tall_rows = -(-rows // CELL_PX) + 2 * reach + 1
    tall = np.zeros((boxes * tall_rows, -(-columns // CELL_PX) + 2 * reach), dtype=np.uint8)
    cell = box_of_px * tall_rows + row // CELL_PX + reach, column // CELL_PX + reach
    tall[cell] = 1
    grown = cv2.dilate(tall, np.ones((2 * reach + 1, 2 * reach + 1), dtype=np.uint8))
    # Twice as fast here as the algorithm that OpenCV would choose.
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        grown, 8, cv2.CV_32S, cv2.CCL_GRANA
    )

    part_of_px, region_of_px = labels[cell], region.ravel()[at]
    box = np.zeros(count, dtype=np.intp)
    box[part_of_px] = box_of_px
    inside = np.bincount(part_of_px[region_of_px == OWN], minlength=count)
    ring = np.bincount(part_of_px[region_of_px == RING], minlength=count)
    distant = np.bincount(part_of_px[far.ravel()[at]], minlength=count)
    beyond = region_of_px == OTHER
    other = np.bincount(part_of_px[beyond], minlength=count)
    neighbour = _main_neighbour(part_of_px[beyond], owner.ravel()[at[beyond]], count)

    size = inside + ring
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] - 2.0 * reach
    length = CELL_PX * np.hypot(sides[:, 0], sides[:, 1])
    mine, theirs = inside > 0, other > 0
    free, only_mine = (ring > 0) & ~mine & ~theirs, mine & ~theirs
    extent, beside = np.zeros((2, boxes))
    shared_with = np.full(boxes, -1, dtype=np.int64)
    # Smallest first: where a box has several parts, the largest is written last and stays.
    part = _smallest_first(mine, size)
    extent[box[part]] = length[part]
    part = _smallest_first(free, ring)
    beside[box[part]] = ring[part]
    part = _smallest_first(theirs, size)
    shared_with[box[part]] = neighbour[part]
    of_box = mine[part_of_px] & ~beyond
    breadth, middle = _measure_spread(box_of_px[of_box], row[of_box], column[of_box], boxes)
    _, pieces = cv2.connectedComponentsWithAlgorithm(tall, 8, cv2.CV_32S, cv2.CCL_GRANA)
    piece_of_px = pieces[cell]
    is_dust = (np.bincount(piece_of_px) < DUST_MM2 * PX_PER_MM**2)[piece_of_px]
    in_box = region_of_px == OWN
    own = in_box & ~is_dust | ~in_box & of_box & only_mine[part_of_px]
    own_breadth, _ = _measure_spread(box_of_px[own], row[own], column[own], boxes)
    mm2 = PX_PER_MM**-2
    return Parts(
        extent_mm=extent / PX_PER_MM,
        breadth_mm=breadth / PX_PER_MM,
        own_breadth_mm=own_breadth / PX_PER_MM,
        middle_px=middle,
        beside_mm2=beside * mm2,
        joined_mm2=np.bincount(box[only_mine], ring[only_mine], boxes) * mm2,
        far_mm2=np.bincount(box[mine], distant[mine], boxes) * mm2,
        shared_mm2=np.bincount(box[theirs], ring[theirs], boxes) * mm2,
        shared_with=shared_with,
    )


def measure_strokes(ink: Bits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How wide strokes are, and how many of them a line across the mark meets.

    Args:
        ink: (N, rows, columns), empty along the edges.

    Returns:
        (N,) mean width in mm, twice the area by the length of the outline; 0 where there is no ink.
        And (N,) strokes on a line from top to bottom, or from left to right, whichever meets more,
        on the mean of all lines that meet any.
    """
    area = _count(ink)
    down = _count(ink[:, 1:] != ink[:, :-1])
    right = _count(ink[:, :, 1:] != ink[:, :, :-1])
    # Counted along pixel edges an outline is 4 / pi too long, on the mean of all directions.
    width_px = 2 * area / np.maximum((down + right) * np.pi / 4, 1)
    # Each stroke on a line begins and ends once.
    columns, rows = (np.maximum(ink.any(axis=axis).sum(axis=1), 1) for axis in (1, 2))
    met = np.maximum(down / columns, right / rows) / 2
    return np.asarray(width_px / PX_PER_MM, dtype=np.float64), np.asarray(met, dtype=np.float64)


def share_of_loose(ink: Bits) -> NDArray[np.float64]:
    """Say how much of the ink in each box its largest pieces do not hold.

    A mark is two strokes, or three; specks of toner or dirt that are as much ink are many pieces.

    Args:
        ink: (N, rows, columns), empty along the edges.

    Returns:
        (N,) shares; 0 where there is no ink.
    """
    boxes, rows, columns = ink.shape
    tall = np.ascontiguousarray(ink).view(np.uint8).reshape(boxes * rows, columns)
    count, labels = cv2.connectedComponentsWithAlgorithm(tall, 8, cv2.CV_32S, cv2.CCL_GRANA)
    row, column = np.nonzero(tall)
    piece_of_px = labels[row, column]
    size = np.bincount(piece_of_px, minlength=count)
    box = np.zeros(count, dtype=np.intp)
    box[piece_of_px] = row // rows
    # By box, the largest first; what stands far enough behind the first of its box is not counted.
    piece = np.lexsort((-size, box))
    box, size = box[piece], size[piece]
    is_large = np.arange(count) - np.searchsorted(box, box) < LARGEST_PIECES
    ink_px = np.bincount(box, size, boxes)
    return np.asarray(np.bincount(box, size * ~is_large, boxes) / np.maximum(ink_px, 1))


def _measure_spread(
    box: NDArray[np.intp], row: NDArray[np.intp], column: NDArray[np.intp], boxes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How the pixels of each box lie.

    Returns:
        (N,) width of the narrowest strip that would hold them, evenly spread: the root of twelve
        times the smaller of their two main variances; 0 where there are none. And (N, 2) row and
        column of their middle, NaN where there are none.
    """
    count = np.bincount(box, minlength=boxes)
    some = np.maximum(count, 1)

    def mean(values: NDArray[np.floating | np.integer]) -> NDArray[np.float64]:
        return np.bincount(box, values, boxes) / some

    middle_x, middle_y = mean(column), mean(row)
    x, y = column - middle_x[box], row - middle_y[box]
    xx, yy, xy = mean(x * x), mean(y * y), mean(x * y)
    smaller = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    # A pixel is not a point: a row of them is one pixel broad.
    breadth = np.where(count > 0, np.sqrt(np.maximum(12 * smaller, 0) + 1), 0.0)
    middle = np.stack([middle_y, middle_x], axis=-1)
    middle[count == 0] = np.nan
    return breadth, middle


def _main_neighbour(
    part_of_px: NDArray[np.int32], owner_of_px: NDArray[np.int16], count: int
) -> NDArray[np.int64]:
    """The other box that holds most pixels of each part; -1 where none holds any."""
    if not len(part_of_px):
        return np.full(count, -1, dtype=np.int64)
    pairs, pixels = np.unique(
        np.stack([part_of_px, owner_of_px]).astype(np.int64), axis=1, return_counts=True
    )
    part, owner = pairs[:, np.argsort(pixels, kind="stable")]
    neighbour = np.full(count, -1, dtype=np.int64)
    neighbour[part] = owner  # the most comes last and stays
    return neighbour


def _count(bits: Bits) -> NDArray[np.int64]:
    """Set pixels of each box; several times faster than to add them up."""
    packed = np.packbits(bits.reshape(len(bits), -1), axis=1)
    counts: NDArray[np.int64] = np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
    return counts


def _smallest_first(chosen: Bits, size: NDArray[np.int64]) -> NDArray[np.intp]:
    parts = np.flatnonzero(chosen)
    return parts[np.argsort(size[parts], kind="stable")]
