"""Printed names on the blank: where the letters of each line are, and which word is which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, NameField, Rect
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message

Bits = NDArray[np.bool_]

CELL_PX = 2  # strokes are traced in cells of 2 x 2 template pixels: a quarter of a millimetre
SOLID_PRINT = 0.5  # ink of the blank from which print is certain to be black on the page
# Two words stand a quarter of the type size apart, two letters a tenth of that.
LEAST_GAP_MM = 0.45
# Words before a name that are not part of it, in small letters. `Đồng` alone is a family name.
TITLES = frozenset({"ông", "bà", "đ/c", "đc", "mr", "mrs", "ms", "dr", "ts", "ths", "gs", "pgs"})
COMRADE = ["đồng", "chí"]

TITLE, FAMILY, MIDDLE, GIVEN, SECOND = range(5)  # what a word is in its name
# The narrowest gap between words is this much wider than the widest between letters.
LEAST_RATIO = 1.25
_SLACK_PX = 2  # how far letters may stand out of the rectangle that somebody measured


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The letters of one printed line, in template pixels; the lasts are not included.

    Attributes:
        name: Which name it is a line of.
        rows: First and last row.
        columns: First and last column.
        middle: Mean height of its ink.
        half: Half the height of an even band with as much spread.
        gaps: Width, first and last column of each gap between letters.
    """

    name: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    middle: float
    half: float
    gaps: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The W printed words of all names, in the order of the names and in reading order.

    Attributes:
        line: (W,) the line of each, counted over all lines of the page.
        first: (W,) its first column in the line's strip, in cells.
        last: (W,) its last column, not included.
        kind: (W,) TITLE, FAMILY, MIDDLE, GIVEN or SECOND. A line whose words cannot be told apart
            is one word, MIDDLE.
    """

    line: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    kind: NDArray[np.intp]

    @property
    def is_main(self) -> Bits:
        """Which are the name itself: no title, no second name."""
        return np.isin(self.kind, (FAMILY, MIDDLE, GIVEN))


def find_lines(ink: NDArray[np.float32], names: Sequence[NameField]) -> list[Line]:
    """Find the letters of every line of every name.

    Args:
        ink: (rows, columns) of the blank, 0 to 1.
        names: The names of the page.

    Raises:
        TemplateError: Nothing is printed where one is said to stand.
    """
    rects = [rect for name in names for rect in name.lines]
    return [
        _find_letters(ink, rect, rects, name, number)
        for number, name in enumerate(names)
        for rect in name.lines
    ]


def _find_letters(
    ink: NDArray[np.float32], rect: Rect, rects: Sequence[Rect], name: NameField, number: int
) -> Line:
    first, last = rect.top_mm * PX_PER_MM, (rect.top_mm + rect.height_mm) * PX_PER_MM
    left = max(int(rect.left_mm * PX_PER_MM) - _SLACK_PX, 0)
    right = int((rect.left_mm + rect.width_mm) * PX_PER_MM) + _SLACK_PX + 1
    top, bottom = first - _SLACK_PX, last + _SLACK_PX
    for other in rects:
        # Between close lines the letters of the one end where those of the other begin.
        over, under = other.top_mm * PX_PER_MM, (other.top_mm + other.height_mm) * PX_PER_MM
        if _is_beside(other, rect):
            continue
        if over + under > first + last:
            bottom = min(bottom, (last + over) / 2)
        elif other is not rect:
            top = max(top, (under + first) / 2)
    start = max(round(top), 0)
    printed = ink[start : round(bottom), left:right] > SOLID_PRINT
    if not printed.any():
        msg = message(
            "nothing is printed where the name {position!r} is said to stand; correct its place, or take the blank anew",
            position=name.position,
        )
        raise TemplateError(msg)
    rows, columns = np.flatnonzero(printed.any(axis=1)), np.flatnonzero(printed.any(axis=0))
    share = np.count_nonzero(printed, axis=1)
    places = np.arange(len(share)) + 0.5
    middle = float(np.average(places, weights=share))
    spread = float(np.sqrt(np.average((places - middle) ** 2, weights=share)))
    is_inked = printed[:, columns[0] : columns[-1] + 1].any(axis=0).astype(np.int8)
    begin = left + int(columns[0])
    turns = begin + np.flatnonzero(np.diff(is_inked)) + 1
    return Line(
        name=number,
        rows=(start + int(rows[0]), start + int(rows[-1]) + 1),
        columns=(begin, left + int(columns[-1]) + 1),
        middle=start + middle,
        half=spread * float(np.sqrt(3)),
        gaps=tuple(
            (int(end - start), int(start), int(end))
            for start, end in zip(turns[::2], turns[1::2], strict=True)
        ),
    )


def _is_beside(one: Rect, other: Rect) -> bool:
    return (
        one.left_mm >= other.left_mm + other.width_mm or other.left_mm >= one.left_mm + one.width_mm
    )


def find_words(
    lines: Sequence[Line], names: Sequence[NameField], starts_px: Sequence[int]
) -> Words:
    """Tell the words of all names apart.

    Args:
        lines: The lines of the page.
        names: Its names.
        starts_px: Where the strip of each line begins.
    """
    words = []
    for number, name in enumerate(names):
        places = [place for place, line in enumerate(lines) if line.name == number]
        edges, kinds = _split(name.text.split(), lines, places)
        words += [
            (place, *in_cells((first, last), starts_px[place]), kind)
            for (place, first, last), kind in zip(edges, kinds, strict=True)
        ]
    return Words(*np.array(words, dtype=np.intp).reshape(-1, 4).T)


def in_cells(edges_px: tuple[int, int], start_px: int) -> tuple[int, int]:
    """First and last cell, not included, of what lies between two edges."""
    first, last = (edge - start_px for edge in edges_px)
    return first // CELL_PX, -(-last // CELL_PX)


def _split(
    texts: Sequence[str], lines: Sequence[Line], places: Sequence[int]
) -> tuple[list[tuple[int, int, int]], Sequence[int]]:
    """Line, first and last column of each word: as many widest gaps as there are spaces."""
    gaps = sorted(((*gap, place) for place in places for gap in lines[place].gaps), reverse=True)
    wanted = len(texts) - len(places)
    widest = gaps[: max(wanted, 0)]
    kinds: Sequence[int] = _kinds(texts)
    least = max(
        LEAST_GAP_MM * PX_PER_MM, LEAST_RATIO * max((g[0] for g in gaps[len(widest) :]), default=0)
    )
    if len(widest) != wanted or any(gap[0] < least for gap in widest):
        widest, kinds = [], [MIDDLE] * len(places)
    words = []
    for place in places:
        start, end = lines[place].columns
        cuts = sorted(gap[1:3] for gap in widest if gap[3] == place)
        edges = [start, *(edge for cut in cuts for edge in cut), end]
        words += [(place, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return words, kinds


def _kinds(texts: Sequence[str]) -> list[int]:
    """What each word of a name is; the given name stands last, and a second name in brackets."""
    main = next((at for at, text in enumerate(texts) if text.startswith("(")), len(texts))
    kinds = [MIDDLE] * main + [SECOND] * (len(texts) - main)
    small = [text.strip(".").lower() for text in texts[:main]]
    begin = len(COMRADE) if small[: len(COMRADE)] == COMRADE else 0
    first = next((at for at in range(begin, main) if small[at] not in TITLES), 0)
    if main:
        kinds[:first] = [TITLE] * first
        kinds[first] = FAMILY
        kinds[main - 1] = GIVEN
    return kinds
