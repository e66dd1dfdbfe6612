"""What is on a page beside its marks: ink that belongs to no box, the seal, lines across the page.

Worked out on the page at half size (100 dpi), where a pen is two pixels wide. Ink is what is dark
where the template printed nothing. From all of it is taken what has a reason of its own: streaks
and folds, the seal, marks and strokes through names with their tails, the edge of the paper, holes,
staples and dust. What is left was written. Nothing here decides anything; people see what is found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.findings import Finding, FindingKind, InkColour
from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.inkcolours import name_colour, paper_colour, taken_light
from ballotscan.marks.inkpoints import (
    HALF_PX_PER_MM,
    MM2,
    Bits,
    InkPoints,
    Ints,
    label_points,
    measure_page,
)
from ballotscan.marks.ownership import tell_writing
from ballotscan.marks.page_lines import PageLine, ends_mm, find_lines
from ballotscan.marks.seals import Ring, find_ring
from ballotscan.marks.zones import BOX, EDGE, NAME, ForeignReference, Pixels
from ballotscan.tone.paper import PaperMap, darkest_channel, paper_map

Place = tuple[float, float, float, float]  # left, top, width, height in mm

_GREY_AXES = 2  # a colour page has three
_RING_PX = 2  # half the width of a seal's rim
_RED = 2  # channel of red light in blue, green, red
_PALE_SEAL = 0.4  # a pale ring does not make every pixel inside it a pen


@dataclass(frozen=True, slots=True, eq=False)
class ScanFrame:
    """How a page lay on its scan.

    Attributes:
        matrix: (3, 3) from template pixels to scan pixels.
        size_px: (columns, rows) of the scan.
    """

    matrix: NDArray[np.float64]
    size_px: tuple[int, int]

    @property
    def px_per_mm(self) -> float:
        """Scan pixels a millimetre."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2])))) * PX_PER_MM

    @property
    def tilt_deg(self) -> float:
        """How far the scanner's axes are turned against the page's, -45 to 45."""
        turn = float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))
        return (turn + 45) % 90 - 45

    def to_scan_mm(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Where a place of the page lies on the scan, from its upper left corner."""
        x, y, w = self.matrix @ (x_mm * PX_PER_MM - 0.5, y_mm * PX_PER_MM - 0.5, 1.0)
        return float(x / w) / self.px_per_mm, float(y / w) / self.px_per_mm

    def is_near_end(self, points: InkPoints, within_mm: float) -> Bits:
        """Which points lie near, or beyond, an edge of the scan."""
        at = np.stack([2 * points.columns + 0.5, 2 * points.rows + 0.5, np.ones(len(points))])
        x, y, w = self.matrix @ at
        x, y = x / w, y / w
        near = within_mm * self.px_per_mm
        columns, rows = self.size_px
        ends: Bits = (x < near) | (y < near) | (x > columns - near) | (y > rows - near)
        return ends


def find_foreign(
    page: Pixels,
    reference: ForeignReference,
    frame: ScanFrame | None = None,
    *,
    paper: PaperMap | None = None,
) -> tuple[Finding, ...]:
    """Find what is on a page beside its marks.

    Args:
        page: (rows, columns) grey or (rows, columns, 3) BGR: the page laid on its template at half
            size, as large as the blank was then.
        reference: What the blank says.
        frame: How the page lay on its scan; None where the picture is the scan.
        paper: The level of the bare paper of its darkest channel; looked for where not given.

    Returns:
        Lines, the seal, all writing from `least_mm2` on, the largest first, and the colours of the
        pens.
    """
    search = _Search(page, reference, frame, paper)
    points = search.ink()
    found: list[Finding] = []
    for line in search.lines(points):
        found.append(search.describe_line(line, points))
        points = points.only(~line.near(points))
    parts = label_points(points, reference.asked.shape)
    ring = search.ring(points, parts)
    if ring is not None:
        found.append(search.describe_seal(ring, points))
        points = search.without_seal(points, ring)
        parts = label_points(points, reference.asked.shape)
    written, marks = tell_writing(points, parts, reference)
    writings = search.writings(written)
    found += search.describe_writings(writings)
    if search.has_colour:
        least_mm2 = reference.options.colour.least_mm2
        found += search.pens([*writings, *_split(marks, reference.asked.shape, least_mm2)])
    return tuple(found)


class _Search:
    """What is asked of one page."""

    def __init__(
        self,
        page: Pixels,
        reference: ForeignReference,
        frame: ScanFrame | None,
        paper: PaperMap | None,
    ) -> None:
        self.page, self.reference, self.frame = page, reference, frame
        self.options = reference.options
        self.has_colour = page.ndim != _GREY_AXES
        grey = darkest_channel(page)
        paper = paper or paper_map(grey, HALF_PX_PER_MM)
        self.half = measure_page(grey, paper, reference.solid)
        self.paper = paper_colour(page) if self.has_colour else None

    def ink(self) -> InkPoints:
        """All ink that print does not hide."""
        dark = cv2.bitwise_and(self.half.dark(self.options.ink_level), self.reference.asked)
        # As truth values: ten times faster than to look for numbers.
        at = np.flatnonzero(dark.view(np.bool_))
        rows, columns = np.divmod(at, dark.shape[1])
        zones = self.reference.zones.ravel()[at]
        points = InkPoints(rows, columns, self.half.ink_at(rows, columns), zones)
        if self.frame is not None:
            zones[self.frame.is_near_end(points, self.options.edge_mm)] |= EDGE
        return points

    # --- lines across the page ---------------------------------------------------------------

    def lines(self, points: InkPoints) -> list[PageLine]:
        """Streaks and folds."""
        tilt_deg = 0.0 if self.frame is None else self.frame.tilt_deg
        free = points.only((points.zones & (BOX | EDGE)) == 0)
        lines = find_lines(free, self.reference.upright, tilt_deg, is_upright=True)
        free = free.only((free.zones & NAME) == 0)
        return lines + find_lines(free, self.reference.lying, tilt_deg, is_upright=False)

    def describe_line(self, line: PageLine, points: InkPoints) -> Finding:
        """A line with its ends, and where on the scan it is."""
        x1, y1, x2, y2 = ends_mm(line, self.reference.asked.shape)
        left, top = min(x1, x2), min(y1, y2)
        place = _rounded(left, top, abs(x2 - x1), abs(y2 - y1))
        at_mm = None
        if self.frame is not None:
            ends = [self.frame.to_scan_mm(x, y) for x, y in ((x1, y1), (x2, y2))]
            # Along the feed: the same x at both ends, or the same y.
            axis = 0 if abs(ends[0][0] - ends[1][0]) < abs(ends[0][1] - ends[1][1]) else 1
            at_mm = round((ends[0][axis] + ends[1][axis]) / 2, 1)
        return Finding(
            FindingKind.STREAK if line.is_steady else FindingKind.FOLD,
            *place,
            round(points.only(line.near(points)).area_mm2, 1),
            is_rising=(x2 - x1) * (y2 - y1) < 0,
            at_mm=at_mm,
        )

    # --- seal --------------------------------------------------------------------------------

    def ring(self, points: InkPoints, parts: Ints) -> Ring | None:
        """The seal, if there is one."""
        free = (points.zones & BOX) == 0
        space, options = self.reference.seal_space, self.options.seal
        return find_ring(points.only(free), parts[free], self.half, options, space)

    def describe_seal(self, ring: Ring, points: InkPoints) -> Finding:
        """A seal with its colour."""
        side = 2 * ring.radius
        place = _in_mm(ring.x - ring.radius, ring.y - ring.radius, side, side)
        area = round(points.only(ring.holds(points, 0)).area_mm2, 1)
        return Finding(FindingKind.SEAL, *place, area, self._seal_colour(points, ring))

    def without_seal(self, points: InkPoints, ring: Ring) -> InkPoints:
        """All points but those of the seal: a pen stays where it is surely none of it.

        On a colour scan red ink is left out by asking the red light alone; on a grey one a pen
        stays where it is much darker than the ring.
        """
        options = self.options.seal
        taken = ring.holds(points, options.rim_mm * HALF_PX_PER_MM)
        at = np.flatnonzero(taken)
        there = points.only(at)
        stays = np.zeros(len(there), dtype=np.bool_)
        if self.paper is None:
            ring_ink = there.ink[ring.is_on(there, _RING_PX)]
            seal_ink = float(np.percentile(ring_ink, 90)) if ring_ink.size else 1.0
            stays = there.ink >= max(seal_ink, _PALE_SEAL) + options.darker
        elif self._seal_colour(there, ring) is InkColour.RED:
            red = taken_light(there, self.page, self.paper)[:, _RED]
            stays = red >= options.red_ink * self.half.black
        taken[at[stays]] = False
        return points.only(~taken)

    def _seal_colour(self, points: InkPoints, ring: Ring) -> InkColour | None:
        return self._colour(points.only(ring.is_on(points, _RING_PX)))

    # --- writing and pens --------------------------------------------------------------------

    def writings(self, written: InkPoints) -> list[InkPoints]:
        """What was written, a place at a time: parts no farther apart than words of a line."""
        if not len(written):  # as on most pages
            return []
        reach = round(self.options.apart_mm / 2)
        shape = tuple(int(size / HALF_PX_PER_MM) + 1 for size in self.half.grey.shape)
        cells = np.zeros(shape, dtype=np.uint8)
        at = (
            (written.rows / HALF_PX_PER_MM).astype(np.intp),
            (written.columns / HALF_PX_PER_MM).astype(np.intp),
        )
        cells[at] = 1
        grown = cv2.dilate(cells, np.ones((2 * reach + 1,) * 2, dtype=np.uint8))
        places = cv2.connectedComponents(grown)[1][at]
        groups = [written.only(places == place) for place in np.unique(places)]
        large = [group for group in groups if group.area_mm2 >= self.options.least_mm2]
        return sorted(large, key=len, reverse=True)

    def describe_writings(self, writings: Sequence[InkPoints]) -> Iterator[Finding]:
        """Each with its place and colour."""
        for group in writings:
            area = round(group.area_mm2, 1)
            yield Finding(FindingKind.WRITING, *_bounds(group), area, self._colour(group))

    def pens(self, groups: Sequence[InkPoints]) -> Iterator[Finding]:
        """The ink of each colour, from marks and writing; its place is that of the largest."""
        by_colour: dict[InkColour, list[InkPoints]] = {}
        for group in groups:
            if group.area_mm2 < self.options.colour.least_mm2:
                continue
            colour = self._colour(group)
            if colour is not None:
                by_colour.setdefault(colour, []).append(group)
        for colour, some in sorted(by_colour.items()):
            area = round(sum(group.area_mm2 for group in some), 1)
            yield Finding(FindingKind.PEN, *_bounds(max(some, key=len)), area, colour)

    def _colour(self, points: InkPoints) -> InkColour | None:
        if self.paper is None or not len(points):
            return None
        return name_colour(taken_light(points, self.page, self.paper), self.options.colour)


def _split(points: InkPoints, shape: tuple[int, ...], least_mm2: float) -> list[InkPoints]:
    """Every large part by itself, and all small ones together.

    A stroke through a name is seen between its letters only: no piece of it is large.
    """
    parts = label_points(points, shape)
    is_large = np.bincount(parts, minlength=1) * MM2 >= least_mm2
    large = [points.only(parts == part) for part in np.flatnonzero(is_large).tolist()]
    return [*large, points.only(~is_large[parts])]


def _bounds(points: InkPoints) -> Place:
    left, top, right, bottom = points.bounds
    return _in_mm(left, top, right - left, bottom - top)


def _in_mm(left: float, top: float, width: float, height: float) -> Place:
    k = HALF_PX_PER_MM
    return _rounded(left / k, top / k, width / k, height / k)


def _rounded(left: float, top: float, width: float, height: float) -> Place:
    """To a tenth of a millimetre: no pixel is finer."""
    return (
        round(float(left), 1),
        round(float(top), 1),
        round(float(width), 1),
        round(float(height), 1),
    )
