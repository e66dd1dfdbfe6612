"""Strokes traced over the names of one page, and the numbers that say what they are to the names."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.cells import BESIDE, along, any_way, find_fringe, spread, wipe
from ballotscan.marks.letters import CELL_PX, GIVEN, SECOND, Bits
from ballotscan.marks.names import NameReference
from ballotscan.marks.paths import Ways, find_likely, trace_ways
from ballotscan.marks.strokefeatures import StrokeFeature

Numbers = NDArray[np.float64]

CELL_MM = CELL_PX / PX_PER_MM
WAYS = 2  # strokes that are told apart on one line
# The middle of the letters, in half heights around their mean: from below the tops of capitals down
# to their feet.
HIGHEST, LOWEST = -0.9, 0.8
# Beyond these a stroke is one above or below the letters: at half the height of accents and tails.
ABOVE, BELOW = -1.6, 1.4
# Beyond these is ink that a line through the middle does not leave, its width included.
HIGH, LOW = -1.25, 1.15
_NEAR = round(1.5 / CELL_MM)  # a stroke seen here is there as well this far on, behind a letter
_BROAD = round(1.5 / CELL_MM)  # cells above and below a stroke that may be part of its breadth
_AROUND = 2  # cells to both sides of a word that are looked at with it
_WITHIN = round(1.0 / CELL_MM)
_AT_END = round(2.5 / CELL_MM)
_LONG = round(3.0 / CELL_MM)
_WINDOW = round(5.0 / CELL_MM)
_LINE = 0.8  # share of a stroke on which ink is seen, of what is not hidden, that makes it a line
_GAP_SHARE = 0.3  # of the columns of a gap between words in which a stroke is seen


@dataclass(frozen=True, slots=True, eq=False)
class NewInk:
    """New ink in cells, in the strips of B lines.

    Attributes:
        lines: (B,) which lines; all that have ink, at least one.
        seen: (B, rows, columns) cells with ink.
        sure: Of the same shape: cells with sure ink.
        bare: Of the same shape: cells where paper shows that is not hidden.
        is_pale: (B,) whether the ink of a line is that of the pale setting.
        pale: (B,) how many cells have ink in the pale setting.
    """

    lines: NDArray[np.intp]
    seen: Bits
    sure: Bits
    bare: Bits
    is_pale: Bits
    pale: NDArray[np.int64]


def measure_strokes(ink: NewInk, reference: NameReference) -> Numbers:
    """Trace the strokes of all lines with ink and say what they are to their names.

    Returns:
        (N, F) numbers, columns as in `StrokeFeature`; what is not measured on the strips is 0.
    """
    return _Traces(ink, reference).features()


class _Traces:
    """The strokes of all lines with ink, as (ways, B, columns) arrays."""

    def __init__(self, ink: NewInk, reference: NameReference) -> None:
        self.ink, self.reference = ink, reference
        lines, words = ink.lines, reference.words
        self.name = reference.name_of_line[lines]
        self.top, self.bottom, self.first, self.last = reference.letters[lines].T[:, :, None]
        self.columns = np.arange(reference.strip_cells[1])
        self.in_name = (self.columns >= self.first) & (self.columns < self.last)
        place = np.full(len(reference.letters), len(lines), dtype=np.intp)
        place[lines] = np.arange(len(lines))
        self.word_line = place[words.line]  # B for a line without ink
        self.word_name = reference.name_of_line[words.line]

        self.ink_likely = ink.seen | find_likely(ink.seen, ink.bare)
        ways = self._trace()
        self.rows = np.stack([way.rows for way in ways])
        self.is_on = np.stack([way.is_on for way in ways])
        self.is_seen = np.stack([way.is_seen for way in ways])
        self.is_bare = np.stack([along(ink.bare, way.rows) for way in ways])
        self.heights = self._heights(self.rows + 0.5)
        seen = self.is_seen.sum(axis=2)
        self.is_line = seen >= _LINE * (seen + (self.is_on & self.is_bare).sum(axis=2))
        # A stroke is there where it is seen near by, unless bare paper is in its place.
        near = np.stack([spread(way.is_seen, _NEAR) for way in ways])
        self.is_there = near & ~self.is_bare

    def _trace(self) -> list[Ways]:
        rest, ways = self.ink.seen, []
        for _ in range(WAYS):
            ways.append(trace_ways(rest, self.ink.bare))
            rest = wipe(rest, ways[-1].rows, ways[-1].is_on)
        return ways

    def _heights(self, rows: NDArray[np.floating]) -> Numbers:
        """Rows, (..., B, columns), as heights in half heights of the letters of each line."""
        lines = self.ink.lines
        middle, half = self.reference.middle[lines], self.reference.half[lines]
        return np.asarray((rows - middle[:, None]) / half[:, None], dtype=np.float64)

    def features(self) -> Numbers:
        """All that is measured on the strips."""
        numbers = np.zeros((self.reference.names, len(StrokeFeature)))
        self._measure_shares(numbers)
        self._measure_best(numbers)
        self._measure_ink(numbers)
        return numbers

    def _measure_shares(self, numbers: Numbers) -> None:
        """How much of the names is struck, and where."""
        feature, words = StrokeFeature, self.reference.words
        main = words.is_main
        is_middle = self.is_there & (self.heights >= HIGHEST) & (self.heights <= LOWEST)
        through = np.stack([self._count(cells) for cells in is_middle])
        # Which stroke runs farthest through the middle of each line.
        farthest = np.stack([self._by_line(of_way * main) for of_way in through])
        self.best = farthest.argmax(axis=0)
        # Of two lines beside one another, one way may follow first the one and then the other.
        is_struck = any_way(is_middle & self.is_line[:, :, None])
        numbers[:, feature.CENTRE] = self._in_centre(is_struck)
        struck = self._count(is_struck)
        numbers[:, feature.THROUGH] = self._share(struck, main)
        length = words.last - words.first
        for column in (feature.LEAST_THROUGH, feature.LEAST_WORD):
            numbers[:, column] = np.inf
        of_words = struck[main] / length[main]
        np.minimum.at(numbers[:, feature.LEAST_THROUGH], self.word_name[main], of_words)
        is_above, is_below = self.heights < ABOVE, self.heights > BELOW
        covered = self._count(any_way(self.is_there & ~is_above & ~is_below))
        numbers[:, feature.COVER] = self._share(covered, main)
        of_words = covered[main] / length[main]
        np.minimum.at(numbers[:, feature.LEAST_WORD], self.word_name[main], of_words)
        numbers[:, feature.GIVEN] = self._share(covered, words.kind == GIVEN)
        numbers[:, feature.SECOND] = self._share(covered, words.kind == SECOND)
        for column, where in ((feature.ABOVE, is_above), (feature.BELOW, is_below)):
            struck = self._count(any_way(self.is_there & where))
            numbers[:, column] = self._share(struck, main)
        rows = self._heights(np.arange(self.ink.seen.shape[1]) + 0.5)
        in_middle = (rows >= HIGHEST) & (rows <= LOWEST)
        bands = (rows < HIGHEST, in_middle, rows > LOWEST)
        high, occupied, low = (
            spread(np.asarray((self.ink.seen & band[:, :, None]).any(axis=1)), _WITHIN)
            for band in bands
        )
        hollow = self._count(high & low & ~occupied)
        numbers[:, feature.HOLLOW] = self._share(hollow, main)
        high, mid, low = (
            spread(np.asarray((self.ink.sure & band[:, :, None]).any(axis=1)), 2 * _WITHIN)
            for band in bands
        )
        numbers[:, feature.FULL] = self._share(self._count(high & mid & low), main)
        numbers[:, feature.OCCUPIED] = self._share(self._count(occupied), main)
        numbers[:, feature.GAPS] = self._cross_gaps()
        numbers[:, feature.ENDS] = self._reach_ends()
        given = words.kind == GIVEN
        ink = self._count(self.ink.seen.sum(axis=1), wider=_AROUND) * CELL_MM**2
        of_given = np.bincount(self.word_name[given], ink[given], self.reference.names)
        has_given = np.isin(np.arange(self.reference.names), self.word_name[given])
        numbers[:, feature.GIVEN_MM2] = np.where(has_given, of_given, np.nan)

    def _cross_gaps(self) -> Numbers:
        """(N,) share of the gaps between words of one line in which a stroke is seen."""
        words, main = self.reference.words, self.reference.words.is_main
        is_gap = (words.line[1:] == words.line[:-1]) & main[1:] & main[:-1]
        first = words.last[:-1][is_gap]
        last = np.maximum(words.first[1:][is_gap], first + 1)
        line, name = self.word_line[:-1][is_gap], self.word_name[:-1][is_gap]
        seen = self._sum(any_way(self.is_seen), line, first, last)
        crossed = np.bincount(name, seen >= _GAP_SHARE * (last - first), self.reference.names)
        count = np.bincount(name, minlength=self.reference.names)
        return np.where(count > 0, crossed / np.maximum(count, 1), np.nan)

    def _in_centre(self, cells: Bits) -> Numbers:
        """(N,) share of the central third of a line that (B, columns) cells make up; the smallest."""
        words, names = self.reference.words, self.reference.names
        main = words.is_main
        first, last = self.first[:, 0], self.last[:, 0]
        line = np.flatnonzero(np.isin(np.arange(len(first)), self.word_line[main]))
        start, end = (2 * first + last) // 3, (first + 2 * last) // 3
        inside = self._sum(cells, line, start[line], end[line])
        share = np.full(names, np.inf)
        np.minimum.at(share, self.name[line], inside / np.maximum(end - start, 1)[line])
        return np.where(np.isinf(share), 0.0, share)

    def _reach_ends(self) -> Numbers:
        """(N,) share of the outer ends of lines where a stroke is seen, on or just beyond them."""
        words, main = self.reference.words, np.flatnonzero(self.reference.words.is_main)
        line = words.line[main]
        begins = main[np.flatnonzero(np.diff(line, prepend=-1))]
        stops = main[np.flatnonzero(np.diff(line, append=-1))]
        # A cell of its own beside a letter is a way as well, but no stroke.
        is_long = self.is_seen.sum(axis=2) >= _LONG
        seen = any_way(self.is_seen & is_long[:, :, None])
        third = -(-(words.last - words.first) // 3)
        width = seen.shape[1]
        at_begin = self._sum(
            seen,
            self.word_line[begins],
            np.maximum(words.first[begins] - _AT_END, 0),
            words.first[begins] + third[begins],
        )
        at_stop = self._sum(
            seen,
            self.word_line[stops],
            words.last[stops] - third[stops],
            np.minimum(words.last[stops] + _AT_END, width),
        )
        struck = (at_begin > 0).astype(np.float64) + (at_stop > 0)
        name, names = self.word_name[begins], self.reference.names
        count = 2 * np.bincount(name, minlength=names)
        return np.asarray(np.bincount(name, struck, names) / np.maximum(count, 1))

    def _measure_best(self, numbers: Numbers) -> None:
        """What the best stroke of each line is like."""
        feature = StrokeFeature
        longest = self.is_seen.sum(axis=2).max(axis=0) * CELL_MM
        np.maximum.at(numbers[:, feature.SEEN_MM], self.name, longest)
        each = np.arange(len(self.best))
        rows, seen = self.rows[self.best, each], self.is_seen[self.best, each]
        count = seen.sum(axis=1)
        sure = seen & along(self.ink.sure, rows)
        numbers[:, feature.SURE_MM] = self._by_name(sure.sum(axis=1)) * CELL_MM
        numbers[:, feature.SURE_SHARE] = self._by_name(sure.sum(axis=1)) / np.maximum(
            self._by_name(count), 1
        )
        broad = count.astype(np.float64)
        for step in (-1, 1):
            is_in = seen
            for steps in range(1, _BROAD + 1):
                row = np.clip(rows + step * steps, 0, self.ink.seen.shape[1] - 1)
                is_in = is_in & along(self.ink.seen, row)
                broad += is_in.sum(axis=1)
        weight = np.maximum(self._by_name(count), 1)
        numbers[:, feature.WIDTH_MM] = self._by_name(broad) / weight * CELL_MM
        np.maximum.at(numbers[:, feature.PALE], self.name, self.ink.is_pale)
        is_on = self.is_on[self.best, each]
        steps = (np.diff(rows, axis=1) != 0) & is_on[:, 1:] & is_on[:, :-1]
        rough = steps.sum(axis=1) / np.maximum(is_on.sum(axis=1), 1)
        np.maximum.at(numbers[:, feature.ROUGH], self.name, rough)
        begins = seen & ~np.pad(seen[:, :-1], ((0, 0), (1, 0)))
        numbers[:, feature.SIGHTINGS] = self._by_name(begins.sum(axis=1))
        bare = (self.is_on & self.is_bare)[self.best, each].sum(axis=1)
        unbroken = np.full(self.reference.names, np.inf)
        np.minimum.at(unbroken, self.name, count / np.maximum(count + bare, 1))
        numbers[:, feature.UNBROKEN] = np.where(np.isinf(unbroken), 0.0, unbroken)

        height, count = self.heights[self.best, each], np.maximum(count, 1)
        mean = (seen * height).sum(axis=1) / count
        on_lines = self.is_seen & self.is_line[:, :, None]
        on_lines[self.best, each] = seen
        weight = np.maximum(self._by_name(on_lines.sum(axis=(0, 2))), 1)
        sums = self._by_name((on_lines * self.heights).sum(axis=(0, 2)))
        numbers[:, feature.HEIGHT] = sums / weight
        # The straight line through the seen cells, by least squares.
        x = self.columns - (seen * self.columns).sum(axis=1, keepdims=True) / count[:, None]
        y = height - mean[:, None]
        xx, xy, yy = (
            (seen * x * x).sum(axis=1),
            (seen * x * y).sum(axis=1),
            (seen * y * y).sum(axis=1),
        )
        slope = xy / np.maximum(xx, 1)
        first, last = self.first[:, 0], self.last[:, 0]
        begin = np.where(seen.any(axis=1), seen.argmax(axis=1), last)
        end = np.where(seen.any(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1), first)
        run_on = np.maximum(np.minimum(first - begin, end - last), 0) * CELL_MM
        for column, of_line in (
            (feature.SLANT, np.abs(slope) * (last - first) / 2),
            (feature.SWING, np.sqrt(np.maximum(yy - slope * xy, 0) / count) / 2),
            (feature.RUN_ON_MM, run_on),
        ):
            np.maximum.at(numbers[:, column], self.name, of_line)

    def _measure_ink(self, numbers: Numbers) -> None:
        """Ink on no line, ink high and low, and how dense it is."""
        feature, ink = StrokeFeature, self.ink
        off = ink.seen & ~find_fringe(ink.seen, ink.bare)
        for way, is_line in enumerate(self.is_line):
            is_on = self.is_on[way] & is_line[:, None]
            off = wipe(off, self.rows[way], is_on, self._reach_across(way))
        scattered = self._count(spread(np.asarray(off.any(axis=1)), _WITHIN))
        numbers[:, feature.SCATTERED] = self._share(scattered, self.reference.words.is_main)
        numbers[:, feature.OFF_MM2] = self._by_name(off.sum(axis=(1, 2))) * CELL_MM**2
        numbers[:, feature.PALE_MM2] = self._by_name(ink.pale) * CELL_MM**2
        all_ink = self._by_name(ink.seen.sum(axis=(1, 2)))
        numbers[:, feature.INK_MM2] = all_ink * CELL_MM**2
        sure = self._by_name((ink.seen & ink.sure).sum(axis=(1, 2)))
        numbers[:, feature.SURE_INK] = np.where(all_ink > 0, sure / np.maximum(all_ink, 1), np.nan)

        of_rows = (ink.seen & self.in_name[:, None]).sum(axis=2)
        heights = self._heights(np.arange(of_rows.shape[1]) + 0.5)
        out = self._by_name((of_rows * ((heights < HIGH) | (heights > LOW))).sum(axis=1))
        numbers[:, feature.OUT_SHARE] = out / np.maximum(self._by_name(of_rows.sum(axis=1)), 1)

        seen = self._in_letters(ink.seen).sum(axis=1)
        asked = seen + self._in_letters(ink.bare).sum(axis=1)
        share = self._by_name(seen.sum(axis=1)) / np.maximum(self._by_name(asked.sum(axis=1)), 1)
        numbers[:, feature.DARK_SHARE] = share
        dark, white = (
            sums[:, _WINDOW:] - sums[:, :-_WINDOW]
            for sums in (
                np.pad(np.cumsum(cells, axis=1), ((0, 0), (_WINDOW, 0))) for cells in (seen, asked)
            )
        )
        # A window with hardly any white says nothing.
        says = white >= white.max(axis=1, keepdims=True) / 3
        dense = dark / np.maximum(white, 1)
        densest = np.where(says, dense, 0.0).max(axis=1)
        np.maximum.at(numbers[:, feature.DENSEST], self.name, densest)
        least = np.full(self.reference.names, np.inf)
        np.minimum.at(least, self.name, np.where(says, dense, np.inf).min(axis=1))
        numbers[:, feature.LEAST_DENSE] = np.where(np.isinf(least), 0.0, least)
        self._measure_uprights(numbers)

    def _reach_across(self, way: int) -> NDArray[np.int64]:
        """(2, B) cells above and below a way that its stroke reaches, on half of its length at least."""
        rows, is_seen = self.rows[way], self.is_seen[way]
        half = is_seen.sum(axis=1) / 2
        reach = np.full((2, len(rows)), BESIDE)
        for side, step in enumerate((-1, 1)):
            is_in = is_seen
            for steps in range(1, _BROAD + 1):
                row = np.clip(rows + step * steps, 0, self.ink.seen.shape[1] - 1)
                is_in = is_in & along(self.ink_likely, row)
                is_broad = (is_in.sum(axis=1) > half) & (half > 0)
                # A cell more is its edge.
                reach[side][is_broad] = np.maximum(reach[side][is_broad], steps + 1)
        return reach

    def _measure_uprights(self, numbers: Numbers) -> None:
        """How long strokes from top to bottom are."""
        feature, turned = StrokeFeature, (0, 2, 1)
        seen, bare = self.ink.seen.transpose(turned), self.ink.bare.transpose(turned)
        ways = trace_ways(seen, bare)
        length = ways.is_seen.sum(axis=1)
        np.maximum.at(numbers[:, feature.UPRIGHT_MM], self.name, length * CELL_MM)
        more = np.flatnonzero(length >= _LONG)
        if len(more):
            rest = wipe(seen[more], ways.rows[more], ways.is_on[more])
            of_next = trace_ways(rest, bare[more]).is_seen.sum(axis=1) * CELL_MM
            np.maximum.at(numbers[:, feature.NEXT_UPRIGHT_MM], self.name[more], of_next)

    # --- sums over words, lines and names ------------------------------------------------------

    def _sum(
        self,
        cells: NDArray[np.generic],
        line: NDArray[np.intp],
        first: NDArray[np.intp],
        last: NDArray[np.intp],
    ) -> Numbers:
        """Sums of (B, columns) cells of some lines from a first to a last column."""
        sums = np.zeros((len(cells) + 1, cells.shape[1] + 1))
        np.cumsum(cells, axis=1, out=sums[:-1, 1:])
        return np.asarray(sums[line, last] - sums[line, first])

    def _count(self, cells: NDArray[np.generic], *, wider: int = 0) -> Numbers:
        """(W,) sum of (B, columns) cells over each word, and some columns around it."""
        words = self.reference.words
        return self._sum(cells, self.word_line, words.first - wider, words.last + wider)

    def _share(self, cells: Numbers, which: Bits) -> Numbers:
        """(N,) share of the length of some words that (W,) cells make up; NaN where there are none."""
        words, names = self.reference.words, self.reference.names
        length = np.bincount(self.word_name[which], (words.last - words.first)[which], names)
        struck = np.bincount(self.word_name[which], cells[which], names)
        return np.where(length > 0, struck / np.maximum(length, 1), np.nan)

    def _by_line(self, of_words: Numbers) -> Numbers:
        return np.bincount(self.word_line, of_words, len(self.name) + 1)[:-1].astype(np.float64)

    def _by_name(self, of_lines: NDArray[np.number]) -> Numbers:
        return np.bincount(self.name, of_lines, self.reference.names).astype(np.float64)

    def _in_letters(self, cells: Bits) -> Bits:
        """(B, rows, columns) cells within the extent of the letters."""
        rows = np.arange(cells.shape[1])
        in_rows = (rows >= self.top) & (rows < self.bottom)
        return np.asarray(cells & in_rows[:, :, None] & self.in_name[:, None, :])
