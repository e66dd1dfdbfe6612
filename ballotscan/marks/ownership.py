"""Whose the ink on a page is: a mark's, a struck-out name's, the paper's, or nobody's.

What is told apart are connected parts of ink. Whatever is not surely something else was written.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.inkpoints import HALF_PX_PER_MM, MM2, Bits, InkPoints, Ints
from ballotscan.marks.zones import (
    BOX,
    EDGE,
    LETTERS,
    NAME,
    NEAR,
    REACH,
    RIM,
    TOUCH,
    ForeignReference,
)

_MARK_MM2 = 1.0  # ink from which a box has a mark of its own
_RING_MM = 6.0  # how far a ring around a box may be from it
_LARGER_MM, _LARGER = 3.0, 1.5  # a mark beside a box is no larger than this times the box, and more
_REACHED_SHARE = 0.8  # of a larger one that is as near to its box as a tail may be
_PRINT_SHARE = 0.3  # of a part that is left, when the page is moved, where it is the edge of print

# Staples are 12 mm long and half a millimetre thick (24/6 and 26/6); they throw a shadow. Holes are
# 5.5 to 8 mm wide (ISO 838, and US ring binders), 12 mm from the edge.
_STAPLE_MM, _STAPLE_WIDTH_MM = (8.0, 14.0), 1.6
_STAPLE_FROM_EDGES_MM = (20.0, 30.0)
_HOLE_MM, _HOLE_FROM_EDGE_MM = (4.0, 9.0), 25.0
_HOLE_RIM_MM = 0.45  # how unevenly the rim of a hole lies around its middle
_SOLID_PX = 9  # 2.3 mm: no pen is that wide
_SOLID_SHARE = 0.6


def tell_writing(
    points: InkPoints, parts: Ints, reference: ForeignReference
) -> tuple[InkPoints, InkPoints]:
    """Tell what was written from what belongs to marks, to names, and to the paper.

    Args:
        points: All ink of a page, without seals and lines.
        parts: (N,) which part each point belongs to.
        reference: What the blank says.

    Returns:
        What was written, and all that is a mark or a stroke through a name.
    """
    options, zones = reference.options, points.zones
    count = int(parts.max(initial=0)) + 1
    size = np.bincount(parts, minlength=count)
    speck, least = options.speck_mm2 / MM2, options.least_mm2 / MM2

    def among(which: Bits) -> Ints:
        return np.bincount(parts[which], minlength=count)

    core = among(points.ink >= options.core_level) >= options.core_share * size
    left = (size >= speck) & core & (among((zones & EDGE) > 0) < size)
    of_box = among((zones & TOUCH) > 0) >= speck
    of_name = ~of_box & (2 * among((zones & NAME) > 0) >= size)
    touches = among((zones & LETTERS) > 0) >= speck
    flat = _heights(points.rows, parts, count) <= options.dash_mm * HALF_PX_PER_MM
    of_name &= touches | flat | (size < least)
    # What a mark, or a stroke through a name, cannot be: so far away, and so much of it.
    far = np.ones(len(points), dtype=np.bool_)
    in_box, in_name = of_box[parts], of_name[parts]
    far[in_box] = (zones[in_box] & REACH) == 0
    far[in_name] = (zones[in_name] & NAME) == 0
    runs_on = (of_box | of_name) & (among(far) >= least)
    is_mark = (of_box | of_name) & ~runs_on
    for part in np.flatnonzero(left & ~of_box & ~of_name).tolist():
        of_part = points.only(parts == part)
        if _is_beside(of_part, points, reference):
            is_mark[part] = True
        elif _is_thing(of_part, reference.asked.shape) or _is_print(of_part, reference):
            left[part] = False
    left &= ~is_mark
    written = left[parts] & (far | ~runs_on[parts])
    return points.only(written), points.only(is_mark[parts])


def _heights(rows: Ints, parts: Ints, count: int) -> Ints:
    """(count,) how many rows each part spans, less one."""
    first = np.full(count, np.iinfo(np.intp).max, dtype=np.intp)
    last = np.full(count, -1, dtype=np.intp)
    np.minimum.at(first, parts, rows)
    np.maximum.at(last, parts, rows)
    heights: Ints = np.maximum(last - first, 0)
    return heights


def _is_beside(part: InkPoints, points: InkPoints, reference: ForeignReference) -> bool:
    """Whether a part that touches no box is a mark beside, or around, one.

    A mark beside a box is one that its box asks about; beside a box that is marked nothing is
    asked, so there it is only the end of a stroke.
    """
    boxes, options = reference.boxes, reference.options
    if not len(boxes):
        return False
    left, top, right, bottom = part.bounds
    sides = boxes[:, 2:] - boxes[:, :2]
    room = 2 * _RING_MM * HALF_PX_PER_MM
    encloses = (left < boxes[:, 0]) & (right > boxes[:, 2])
    encloses &= (top < boxes[:, 1]) & (bottom > boxes[:, 3])
    encloses &= (right - left < sides[:, 0] + room) & (bottom - top < sides[:, 1] + room)
    if encloses.any():
        return True
    near = part.only((part.zones & NEAR) > 0)
    if near.area_mm2 < options.speck_mm2:
        return False
    if part.area_mm2 < options.least_mm2:
        return True
    box = int(np.bincount(reference.owner[near.rows, near.columns]).argmax())
    largest = _LARGER * float(sides[box].max()) + _LARGER_MM * HALF_PX_PER_MM
    reached = np.count_nonzero(part.zones & REACH)
    if max(right - left, bottom - top) > largest and reached < _REACHED_SHARE * len(part):
        return False
    x1, y1, x2, y2 = boxes[box]
    inside = (points.columns >= x1) & (points.columns < x2)
    inside &= (points.rows >= y1) & (points.rows < y2) & ((points.zones & BOX) > 0)
    return bool(np.count_nonzero(inside) * MM2 < _MARK_MM2)


def _is_print(part: InkPoints, reference: ForeignReference) -> bool:
    """Whether hardly anything is left of a part when the page is moved a little."""
    if not np.any(part.zones & RIM):
        return False
    slack = reference.slack_px
    y, x = np.mgrid[-slack : slack + 1, -slack : slack + 1].reshape(2, -1, 1)
    last_row, last_column = (size - 1 for size in reference.asked.shape)
    rows = np.clip(part.rows + y, 0, last_row)
    columns = np.clip(part.columns + x, 0, last_column)
    stays = np.count_nonzero(reference.asked[rows, columns], axis=1)
    return bool(stays.min() <= max(_PRINT_SHARE * len(part), reference.options.speck_mm2 / MM2))


def _is_thing(part: InkPoints, shape: tuple[int, ...]) -> bool:
    """Whether a part is a staple, a punched hole, or what is seen beside the paper."""
    left, top, right, bottom = part.bounds
    from_edges = np.sort([left, top, shape[1] - right, shape[0] - bottom]) / HALF_PX_PER_MM
    if from_edges[0] > _HOLE_FROM_EDGE_MM:
        return False
    return (
        _is_staple(part, from_edges)
        or _is_beside_paper(part, from_edges)
        or _is_hole(part, from_edges)
    )


def _is_staple(part: InkPoints, from_edges: NDArray[np.float64]) -> bool:
    if np.any(from_edges[:2] > _STAPLE_FROM_EDGES_MM):
        return False
    spread = np.cov(np.stack([part.columns, part.rows]).astype(np.float64))
    # Of points spread evenly along a length the variance is its square / 12.
    across, along = np.sqrt(12 * np.maximum(np.linalg.eigvalsh(spread), 0)) / HALF_PX_PER_MM
    return bool(_STAPLE_MM[0] <= along <= _STAPLE_MM[1] and across <= _STAPLE_WIDTH_MM)


def _is_beside_paper(part: InkPoints, from_edges: NDArray[np.float64]) -> bool:
    return bool(from_edges[0] <= 1.0) and _is_solid(part)


def _is_hole(part: InkPoints, from_edges: NDArray[np.float64]) -> bool:
    """Dark where the scanner's bed is dark; a dark ring where it is as light as the paper."""
    left, top, right, bottom = part.bounds
    short, long = sorted([(right - left) / HALF_PX_PER_MM, (bottom - top) / HALF_PX_PER_MM])
    least, most = _HOLE_MM
    if from_edges[0] > _HOLE_FROM_EDGE_MM or not least <= short <= long <= min(most, 1.3 * short):
        return False
    away = np.hypot(part.columns - (left + right) / 2, part.rows - (top + bottom) / 2)
    return _is_solid(part) or float(away.std()) <= _HOLE_RIM_MM * HALF_PX_PER_MM


def _is_solid(part: InkPoints) -> bool:
    """Whether most of a part is wider than any pen."""
    left, top, right, bottom = part.bounds
    patch = np.zeros((bottom - top + 2, right - left + 2), dtype=np.uint8)
    patch[part.rows - top + 1, part.columns - left + 1] = 1
    kernel = np.ones((_SOLID_PX, _SOLID_PX), dtype=np.uint8)
    solid = cv2.countNonZero(cv2.morphologyEx(patch, cv2.MORPH_OPEN, kernel))
    return solid >= _SOLID_SHARE * len(part)
