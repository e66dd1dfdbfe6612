"""What the blank alone says about every printed name: where its letters are, and where print hides ink.

Made once for a template page and used for every scan of it. Nothing in here has seen a ballot.

A printed line of a name is cut into tiles of one size, because paper that a feed stretched does not
lie straight over a whole line; `count.names` has each tile looked for by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, NameField, Rect
from ballotscan.marks.ink import Grey, ink_of_blank
from ballotscan.marks.letters import (
    CELL_PX,
    SOLID_PRINT,
    Bits,
    Line,
    Words,
    find_lines,
    find_words,
    in_cells,
)
from ballotscan.marks.rulings import Rulings, find_rulings
from ballotscan.marks.strokeoptions import StrokeOptions

ENOUGH_SOLID_PX = 3000  # pixels of print that tell how black it is
ENOUGH_RIM_PX = 20_000  # pixels beside letters that tell whether print has spread
BANDS = 3  # of the height of letters, so that a line through them does not pass for spread print


@dataclass(frozen=True, slots=True, eq=False)
class NameReference:
    """What the blank says about every name of one template page.

    A strip is a line with its frame and ends: (rows, columns), the same size for all lines, whose
    first row and column are those of the line's first tile.

    Attributes:
        rects_px: (T, 4) left, top, width and height of each tile in template pixels: what is
            looked for on the page, and cut out of it.
        line_of_tile: (T,) which line each tile is a piece of, in order.
        place_of_tile: (T,) which piece of it.
        name_of_line: (L,) which name each line belongs to.
        strip_cells: (rows, columns) of a strip, in cells.
        hidden_dark: (T, rows, columns) pixels of the tiles that the dark setting does not ask.
        hidden_light: Likewise the light one.
        hidden_pale: Likewise the pale one.
        asked_cells: (T, rows, columns) cells of the tiles with a pixel that the light setting asks.
        asked_pale_cells: Likewise the pale one.
        solid: (3, K) tile, row and column of pixels where the blank has solid print.
        rim: (3, K) tile, row and column of pixels close by letters.
        rim_band: (K,) which band of which name each belongs to, counted over all names.
        aside_at: (A,) pixels of the page at half size, counted row by row, that are asked to the
            left and right of names, and between them.
        aside_name: (A,) the name each belongs to.
        aside_far: (A,) whether it lies far to the left or right of that name.
        letters: (L, 4) first and last row, first and last column of the letters, in cells of the
            strip; the lasts are not included.
        middle: (L,) mean height of the ink of a line, in cells of the strip: the middle of its
            letters, which accents and tails hardly move.
        half: (L,) half the height of an even band with as much spread as that ink, in cells.
        rulings: Upright rulings beside the names.
        names: How many names.
    """

    rects_px: NDArray[np.int64]
    line_of_tile: NDArray[np.intp]
    place_of_tile: NDArray[np.intp]
    name_of_line: NDArray[np.intp]
    strip_cells: tuple[int, int]
    hidden_dark: Bits
    hidden_light: Bits
    hidden_pale: Bits
    asked_cells: Bits
    asked_pale_cells: Bits
    solid: NDArray[np.intp]
    rim: NDArray[np.intp]
    rim_band: NDArray[np.intp]
    aside_at: NDArray[np.int64]
    aside_name: NDArray[np.int64]
    aside_far: NDArray[np.bool_]
    letters: NDArray[np.int64]
    middle: NDArray[np.float64]
    half: NDArray[np.float64]
    rulings: Rulings
    words: Words
    names: int
    options: StrokeOptions


def prepare_names(
    blank: Grey,
    names: Sequence[NameField],
    options: StrokeOptions | None = None,
    *,
    others: Sequence[Rect] = (),
) -> NameReference:
    """Find out from the blank what may be asked in and around each name.

    Args:
        blank: (rows, columns) picture of the blank page at template resolution.
        names: The names of the page.
        options: What counts as ink and as print.
        others: Places on the page that are marked for other reasons: boxes, seal, codes.

    Raises:
        TemplateError: A name lies where nothing is printed.
    """
    options = options or StrokeOptions()
    ink = ink_of_blank(blank, PX_PER_MM)
    return _Cutter(ink, find_lines(ink, names), options).reference(names, others)


class _Cutter:
    """Cuts the strips of all lines out of the blank."""

    def __init__(
        self, ink: NDArray[np.float32], lines: Sequence[Line], options: StrokeOptions
    ) -> None:
        self.lines, self.options = lines, options
        self.frame = round(options.frame_mm * PX_PER_MM)
        self.ends = round(options.ends_mm * PX_PER_MM)
        self.tile = round(options.tile_mm * PX_PER_MM / CELL_PX) * CELL_PX
        height = max((line.rows[1] - line.rows[0] for line in lines), default=0)
        self.rows = -(-(height + 2 * self.frame) // CELL_PX) * CELL_PX
        widths = [line.columns[1] - line.columns[0] + 2 * self.ends for line in lines]
        self.counts = [-(-width // self.tile) for width in widths]
        # Strips near the edge leave the page, and all are rounded up.
        self.border = self.rows + self.tile + self.ends
        self.ink, self.page = np.pad(ink, self.border), ink
        size = ink.shape[1] // 2, ink.shape[0] // 2
        self.half = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)
        paper = np.pad(np.ones(ink.shape, bool), self.border)
        self.hidden_beyond = ~paper

    def reference(self, names: Sequence[NameField], others: Sequence[Rect]) -> NameReference:
        """Put all strips together."""
        strips = [self._cut(place) for place in range(len(self.lines))]
        longest = max(self.counts, default=0)

        def tiles(key: str, kind: type) -> NDArray[np.generic]:
            cut = [
                getattr(strip, key)[:, place * self.tile : (place + 1) * self.tile]
                for strip, count in zip(strips, self.counts, strict=True)
                for place in range(count)
            ]
            return np.array(cut, dtype=kind).reshape(-1, self.rows, self.tile)

        numbers = range(len(self.lines))
        line_of_tile = np.repeat(np.array(numbers, dtype=np.intp), self.counts)
        places = [place for count in self.counts for place in range(count)]
        place_of_tile = np.array(places, dtype=np.intp)
        corners = np.array([strip.corner for strip in strips], dtype=np.int64).reshape(-1, 2)
        rects = np.empty((len(places), 4), dtype=np.int64)
        rects[:, 0] = corners[line_of_tile, 0] + place_of_tile * self.tile
        rects[:, 1] = corners[line_of_tile, 1]
        rects[:, 2:] = self.tile, self.rows
        solid = np.stack(np.nonzero(tiles("solid", bool)))
        aside_at, aside_name, aside_far = self._aside(others)
        hidden_light = tiles("hidden_light", bool).astype(bool)
        hidden_pale = tiles("hidden_pale", bool).astype(bool)
        rim = np.stack(np.nonzero(hidden_pale & ~hidden_light))
        rim = rim[:, :: rim.shape[1] // ENOUGH_RIM_PX + 1]
        rim_line = line_of_tile[rim[0]]
        heights = np.array([line.rows[1] - line.rows[0] for line in self.lines], dtype=np.intp)
        band = (rim[1] - self.frame) * BANDS // np.maximum(heights[rim_line], 1)
        name_of_line = np.array([line.name for line in self.lines], dtype=np.intp)
        return NameReference(
            rects_px=rects,
            line_of_tile=line_of_tile,
            place_of_tile=place_of_tile,
            name_of_line=name_of_line,
            strip_cells=(self.rows // CELL_PX, longest * self.tile // CELL_PX),
            hidden_dark=tiles("hidden_dark", bool).astype(bool),
            hidden_light=hidden_light,
            hidden_pale=hidden_pale,
            asked_cells=to_cells(~hidden_light),
            asked_pale_cells=to_cells(~hidden_pale),
            solid=solid[:, :: solid.shape[1] // ENOUGH_SOLID_PX + 1],
            rim=rim,
            rim_band=name_of_line[rim_line] * BANDS + np.clip(band, 0, BANDS - 1),
            aside_at=aside_at,
            aside_name=aside_name,
            aside_far=aside_far,
            letters=np.array(
                [
                    (
                        *in_cells(line.rows, int(corner[1])),
                        *in_cells(line.columns, int(corner[0])),
                    )
                    for line, corner in zip(self.lines, corners, strict=True)
                ],
                dtype=np.int64,
            ).reshape(-1, 4),
            middle=np.array(
                [
                    (line.middle - corner[1]) / CELL_PX
                    for line, corner in zip(self.lines, corners, strict=True)
                ]
            ),
            half=np.array([line.half / CELL_PX for line in self.lines]),
            rulings=self._rulings(),
            words=find_words(self.lines, names, corners[:, 0].tolist()),
            names=len(names),
            options=self.options,
        )

    def _cut(self, place: int) -> "_Strip":
        line, options = self.lines[place], self.options
        length = self.counts[place] * self.tile
        width = line.columns[1] - line.columns[0]
        corner = (line.columns[0] - (length - width) // 2, line.rows[0] - self.frame)
        left, top = corner[0] + self.border, corner[1] + self.border
        # A little more than the strip: print beside it hides ink in it.
        more = round(options.hidden_beside_mm * PX_PER_MM) + 1
        here = (
            slice(top - more, top + self.rows + more),
            slice(left - more, left + length + more),
        )
        strip = slice(more, more + self.rows), slice(more, more + length)
        ink = self.ink[here]
        rows, columns = np.ogrid[
            corner[1] - more : corner[1] + self.rows + more,
            corner[0] - more : corner[0] + length + more,
        ]
        upper, lower = self._reach(place)
        near = (columns >= line.columns[0] - self.ends) & (columns < line.columns[1] + self.ends)
        asked = (rows >= upper) & (rows < lower) & near & ~self.hidden_beyond[here]
        slack = 2
        own = (
            (rows >= line.rows[0] - slack)
            & (rows < line.rows[1] + slack)
            & (columns >= line.columns[0] - slack)
            & (columns < line.columns[1] + slack)
        )
        beside = _grow((ink > options.light_print) & ~own, options.hidden_beside_mm * PX_PER_MM)
        dark = _grow((ink > options.dark_print) & own, options.hidden_px)
        light = _grow((ink > options.light_print) & own, options.hidden_px)
        pale = _grow((ink > options.light_print) & own, options.pale_hidden_px)
        return _Strip(
            corner=corner,
            hidden_dark=(dark | beside | ~asked)[strip],
            hidden_light=(light | beside | ~asked)[strip],
            hidden_pale=(pale | beside | ~asked)[strip],
            solid=((ink > SOLID_PRINT) & own)[strip],
        )

    def _aside(
        self, others: Sequence[Rect]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Pixels of the page at half size around the strips, whose they are, and which are far off."""
        ink, half = self.page, self.half
        # Rulings and blots are so long that the least blur or slip along them is a stroke; other
        # print is not.
        printed = half > self.options.light_print
        large = _long_runs(printed, self.options.ruling_mm * PX_PER_MM / 2)
        side = round(self.options.solid_mm * PX_PER_MM / 2)
        square = np.ones((side, side), dtype=np.uint8)
        large |= cv2.morphologyEx(printed.astype(np.uint8), cv2.MORPH_OPEN, square) > 0
        free = ~_grow(large, self.options.hidden_beside_mm * PX_PER_MM / 2) & ~_grow(printed, 1)
        edge = round(self.options.aside_edge_mm * PX_PER_MM / 2)
        free[:edge], free[-edge:], free[:, :edge], free[:, -edge:] = False, False, False, False
        for rect in others:
            left, top = (
                max(int((mm - 2) * PX_PER_MM / 2), 0) for mm in (rect.left_mm, rect.top_mm)
            )
            right = int((rect.left_mm + rect.width_mm + 2) * PX_PER_MM / 2)
            free[top : int((rect.top_mm + rect.height_mm + 2) * PX_PER_MM / 2), left:right] = False
        number = np.arange(free.size).reshape(free.shape)
        strips = [
            (line.columns[0] - self.ends, line.columns[1] + self.ends, *self._reach(place))
            for place, line in enumerate(self.lines)
        ]
        for left, right, upper, lower in strips:
            free[max(upper, 0) // 2 : lower // 2, max(left, 0) // 2 : right // 2] = False
        # A stroke runs on to the right of its own name before it can mean the next one.
        tail = round(self.options.tail_mm * PX_PER_MM)
        lead = round(self.options.lead_mm * PX_PER_MM)
        far = round(self.options.far_mm * PX_PER_MM)
        places, whose = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        are_far = [np.empty(0, dtype=bool)]
        for line, (left, right, upper, lower) in zip(self.lines, strips, strict=True):
            # Up to the next name in this row, to either side.
            beside = [strip for strip in strips if strip[2] < lower and strip[3] > upper]
            # To the left, half the way at most: what lies nearer to the name before it is that one's.
            start = max(
                (
                    max(strip[1] + tail, (strip[1] + left) // 2)
                    for strip in beside
                    if strip[1] <= left
                ),
                default=0,
            )
            end = min((strip[0] for strip in beside if strip[0] >= right), default=ink.shape[1])
            if end < ink.shape[1]:
                end = max(end - lead, (right + end) // 2)
            rows = slice(max(upper, 0) // 2, lower // 2)
            # What lies between two names belongs to both: nobody knows which one was meant.
            above, below = self._between(strips, (left, right, upper, lower))
            across = slice(max(left, 0) // 2, max(right, 0) // 2)
            for window in (
                (rows, slice(max(start, 0) // 2, max(left, 0) // 2)),
                (rows, slice(right // 2, max(end, 0) // 2)),
                (slice(max(upper - above, 0) // 2, max(upper, 0) // 2), across),
                (slice(lower // 2, (lower + below) // 2), across),
            ):
                found = number[window][free[window]]
                places.append(found)
                whose.append(np.full(len(found), line.name))
                column = 2 * (found % free.shape[1])
                are_far.append((column < left - far) | (column >= right + far))
        return np.concatenate(places), np.concatenate(whose), np.concatenate(are_far)

    def _rulings(self) -> Rulings:
        """The upright rulings beside the letters of all lines, as far as ink there may mean the name."""
        half = self.half
        length = round(self.options.ruling_mm * PX_PER_MM / 2)
        printed = (half > self.options.light_print).astype(np.uint8)
        upright = cv2.morphologyEx(printed, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)) > 0
        reach = self.ends + round(self.options.far_mm * PX_PER_MM)
        spans = []
        for place, line in enumerate(self.lines):
            upper, lower = self._reach(place)
            for first, last in (
                (line.columns[0] - reach, line.columns[0]),
                (line.columns[1], line.columns[1] + reach),
            ):
                spans.append((line.name, upper // 2, lower // 2, first // 2, last // 2))
        return find_rulings(half, upright, spans)

    def _between(
        self, strips: Sequence[tuple[int, int, int, int]], strip: tuple[int, int, int, int]
    ) -> tuple[int, int]:
        """How far above and below its strip a line is asked for: up to what belongs to the next."""
        most = round(self.options.between_mm * PX_PER_MM)
        spill = round(self.options.spill_mm * PX_PER_MM)
        left, right, upper, lower = strip
        near = [each for each in strips if each[0] < right and each[1] > left]
        free_above = min((upper - each[3] for each in near if each[3] <= upper), default=most)
        free_below = min((each[2] - lower for each in near if each[2] >= lower), default=most)
        above, below = (
            min(most, max(free - spill, free // 2)) for free in (free_above, free_below)
        )
        return above, below

    def _reach(self, place: int) -> tuple[int, int]:
        """Rows between which a line is looked at: halfway to the lines above and below it."""
        line = self.lines[place]
        upper, lower = line.rows[0] - self.frame, line.rows[1] + self.frame
        for other in self.lines:
            beside = (
                other.columns[0] >= line.columns[1] + self.ends
                or other.columns[1] <= line.columns[0] - self.ends
            )
            if other is line or beside:
                continue
            if sum(other.rows) < sum(line.rows):
                upper = max(upper, (other.rows[1] + line.rows[0]) // 2)
            else:
                lower = min(lower, (other.rows[0] + line.rows[1]) // 2)
        return upper, lower


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """One line with its frame and ends, (rows, columns) of its strip."""

    corner: tuple[int, int]
    hidden_dark: Bits
    hidden_light: Bits
    hidden_pale: Bits
    solid: Bits


def to_cells(bits: Bits) -> Bits:
    """(N, rows, columns) cells of 2 x 2 pixels with any pixel set."""
    pairs = np.ascontiguousarray(bits).view(np.uint16) != 0
    cells: Bits = pairs[:, 0::2] | pairs[:, 1::2]
    return cells


def _grow(bits: Bits, radius_px: float) -> Bits:
    radius = max(1, round(radius_px))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (x * x + y * y <= radius**2).astype(np.uint8)
    return np.asarray(cv2.dilate(bits.astype(np.uint8), disc), dtype=bool)


def _long_runs(bits: Bits, length_px: float) -> Bits:
    """What of some pixels lies in rows or columns of at least that length."""
    length, pixels = round(length_px), bits.astype(np.uint8)
    runs = [
        cv2.morphologyEx(pixels, cv2.MORPH_OPEN, np.ones(shape, dtype=np.uint8))
        for shape in ((1, length), (length, 1))
    ]
    return np.asarray((runs[0] > 0) | (runs[1] > 0))
