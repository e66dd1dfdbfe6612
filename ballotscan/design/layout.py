"""Where each piece of a ballot goes.

One side is tried in every setting, from roomy to tight, before a second side is used: a sheet that
is printed on one side cannot lose its other half in the scanner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ballotscan.design.pieces import COLUMN_GAP_MM, Draft
from ballotscan.design.sheet import Side
from ballotscan.design.tables import Piece
from ballotscan.election.template import Rect

_SECTION_GAP_MM = 7.0
_BLOCK_GAP_MM = 2.5  # between title, heading and table
_MAX_DROP_MM = 6.0  # of the letterhead beneath the upper edge of the seal
_MAX_AIR_MM = 5.0  # more than that between title, heading and table falls apart
_STRETCH = 1.3  # rows grow into free room up to this share of their least height


@dataclass(frozen=True, slots=True)
class Measured:
    """What Typst says of one piece.

    Attributes:
        height_mm: Its height at the width it was set in.
        widest_word: A word that is wider than its place; empty where all fit.
    """

    height_mm: float
    widest_word: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows `first` to `last` (not included) of one contest, on one page."""

    section: int
    first: int
    last: int


_Page = list[list[_Part]]  # columns, each from top to bottom


class _Heights:
    """The measured heights of one draft, and the sums made of them."""

    def __init__(self, draft: Draft, measured: Sequence[Measured]) -> None:
        self.draft = draft
        self._heights_mm = {
            id(piece): item.height_mm for piece, item in zip(draft.pieces(), measured, strict=True)
        }

    def of(self, piece: Piece) -> float:
        return self._heights_mm[id(piece)]

    def heading(self, part: _Part) -> Piece | None:
        section = self.draft.sections[part.section]
        return section.heading if part.first == 0 else section.continued

    def heading_mm(self, part: _Part) -> float:
        """Height of a part's heading with the gap after it."""
        heading = self.heading(part)
        return 0.0 if heading is None else self.of(heading) + _BLOCK_GAP_MM

    def lines(self, part: _Part) -> list[float]:
        """Height of each line of a table: that of the highest row beside one another."""
        section = self.draft.sections[part.section]
        rows = section.rows[part.first : part.last]
        depth = -(-len(rows) // section.columns)
        return [
            max(section.min_row_mm, *(self.of(row) for row in rows[line::depth]))
            for line in range(depth)
        ]

    def page(self, parts: Sequence[_Part]) -> float:
        """Height of all that stands in one column of a page."""
        return sum(
            self.heading_mm(part)
            + self.of(self.draft.sections[part.section].head)
            + sum(self.lines(part))
            for part in parts
        ) + _SECTION_GAP_MM * max(0, len(parts) - 1)

    def growth_mm(self, page: _Page, room_mm: float) -> tuple[float, float]:
        """How much higher each line of a page may be, and how much higher its columns get by that."""
        least_mm = min(
            self.draft.sections[part.section].min_row_mm for column in page for part in column
        )
        growth_mm = (_STRETCH - 1) * least_mm
        most = 1
        for column in filter(None, page):
            lines = sum(len(self.lines(part)) for part in column)
            growth_mm = min(growth_mm, (room_mm - self.page(column)) / lines)
            most = max(most, lines)
        growth_mm = max(0.0, growth_mm)
        return growth_mm, growth_mm * most


def may_fit(draft: Draft, side: Side, *, sides: int) -> bool:
    """Whether it is worth to measure the draft: its rows alone would fit."""
    room_mm = side.front.height_mm + (side.back.height_mm if sides > 1 else 0.0)
    rows_mm = sum(
        -(-len(section.rows) // section.columns) * section.min_row_mm for section in draft.sections
    )
    return rows_mm <= room_mm * draft.flow


def place_pieces(
    draft: Draft, measured: Sequence[Measured], side: Side, *, sides: int
) -> list[list[Piece]] | None:
    """Give every piece its place.

    Args:
        draft: The ballot in one setting.
        measured: The height of each of its pieces, in the order of `draft.pieces()`.
        side: Where text may stand.
        sides: 1, or 2 where the back is used too.

    Returns:
        The placed pieces of each page; None where they do not fit.
    """
    heights = _Heights(draft, measured)
    back = _below_running(draft, heights, side)
    _, top_mm = _open_front(draft, heights, side, 0.0)
    rooms_mm = [side.front.top_mm + side.front.height_mm - top_mm, back.height_mm][:sides]
    parts = [_Part(number, 0, len(section.rows)) for number, section in enumerate(draft.sections)]
    if draft.flow > 1:
        pages = _flow(heights, parts, rooms_mm)
    elif sides == 1:
        pages = [[parts]] if heights.page(parts) <= rooms_mm[0] else None
    else:
        pages = _turn_over(heights, parts, *rooms_mm)
    if pages is None or not any(pages[0]):
        return None  # no setting for a ballot whose front would stand empty
    front = pages[0]
    tallest_mm = max(map(heights.page, front)) + heights.growth_mm(front, rooms_mm[0])[1]
    air_mm = (rooms_mm[0] - tallest_mm) / (len(draft.beneath) + 2)
    opening, top_mm = _open_front(draft, heights, side, max(0.0, min(_MAX_AIR_MM, air_mm)))
    room_mm = side.front.top_mm + side.front.height_mm - top_mm
    area = Rect(side.front.left_mm, top_mm, side.front.width_mm, room_mm)
    placed = [opening + _place_columns(heights, front, area)]
    for page in pages[1:]:
        running_mm = heights.of(draft.running)
        drop_mm = max(0.0, (side.running.height_mm - running_mm) / 2)
        running_top = side.running.top_mm + drop_mm
        running = _at(draft.running, side.running.left_mm, running_top, running_mm)
        placed.append([running, *_place_columns(heights, page, back)])
    return placed


def _below_running(draft: Draft, heights: _Heights, side: Side) -> Rect:
    """Where contests may stand on the back: a long running title takes some of it."""
    running_end = side.running.top_mm + heights.of(draft.running) + _BLOCK_GAP_MM
    top = max(side.back.top_mm, running_end)
    end = side.back.top_mm + side.back.height_mm
    return Rect(side.back.left_mm, top, side.back.width_mm, end - top)


def _open_front(
    draft: Draft, heights: _Heights, side: Side, air_mm: float
) -> tuple[list[Piece], float]:
    """What stands before the first contest, and where that begins."""
    gap_mm = _BLOCK_GAP_MM + air_mm
    beside_mm = sum(map(heights.of, draft.beside)) + _BLOCK_GAP_MM * (len(draft.beside) - 1)
    drop_mm = (side.letterhead.height_mm - beside_mm) / 2
    top = side.letterhead.top_mm + max(0.0, min(_MAX_DROP_MM, drop_mm))
    placed = []
    for piece in draft.beside:
        placed.append(_at(piece, side.letterhead.left_mm, top, heights.of(piece)))
        top += heights.of(piece) + _BLOCK_GAP_MM
    top = max(top, side.front.top_mm)
    if draft.beneath:
        top += air_mm
    for piece in draft.beneath:
        placed.append(_at(piece, side.front.left_mm, top, heights.of(piece)))
        top += heights.of(piece) + gap_mm
    return placed, top


def _turn_over(
    heights: _Heights, parts: list[_Part], front_mm: float, back_mm: float
) -> list[_Page] | None:
    """Share the contests between front and back: whole ones where that fits."""
    fitting = 0
    while fitting < len(parts) and heights.page(parts[: fitting + 1]) <= front_mm:
        fitting += 1
    front, rest = parts[:fitting], parts[fitting:]
    if not rest:
        return None
    if front and heights.page(rest) <= back_mm:
        return [[front], [rest]]
    cut, after = rest[0], rest[1:]
    for last in range(cut.last - 1, cut.first, -1):
        filled = [*front, _Part(cut.section, cut.first, last)]
        if heights.page(filled) <= front_mm:
            back = [_Part(cut.section, last, cut.last), *after]
            return [[filled], [back]] if heights.page(back) <= back_mm else None
    return None


def _flow(
    heights: _Heights, parts: Sequence[_Part], rooms_mm: Sequence[float]
) -> list[_Page] | None:
    """Let the contests run down the columns of the pages, each kept whole.

    Args:
        heights: Of the draft.
        parts: The contests.
        rooms_mm: Height of the columns of each page.

    Returns:
        The pages; None where a contest fits in no column, or not all fit, or the back stays empty.
    """
    columns = [room_mm for room_mm in rooms_mm for _ in range(heights.draft.flow)]
    filled: list[list[_Part]] = [[]]
    for part in parts:
        while heights.page([*filled[-1], part]) > columns[len(filled) - 1]:
            if len(filled) == len(columns):
                return None
            filled.append([])
        filled[-1].append(part)
    wide = heights.draft.flow
    pages = [filled[start : start + wide] for start in range(0, len(filled), wide)]
    return pages if len(pages) == len(rooms_mm) else None


def _place_columns(heights: _Heights, page: _Page, area: Rect) -> list[Piece]:
    """Place the contests of one page; rows grow into free room, in all columns alike."""
    growth_mm, _ = heights.growth_mm(page, area.height_mm)
    pitch_mm = (area.width_mm + COLUMN_GAP_MM) / heights.draft.flow
    placed = []
    for number, column in enumerate(page):
        left = area.left_mm + number * pitch_mm
        placed += _place_parts(heights, column, left, area.top_mm, growth_mm)
    return placed


def _place_parts(
    heights: _Heights, parts: Sequence[_Part], left_mm: float, top_mm: float, growth_mm: float
) -> list[Piece]:
    """Place contests under one another, each line of their tables `growth_mm` higher."""
    placed: list[Piece] = []
    top = top_mm
    for part in parts:
        section = heights.draft.sections[part.section]
        heading = heights.heading(part)
        if heading is not None:
            placed.append(_at(heading, left_mm, top, heights.of(heading)))
            top += heights.heading_mm(part)
        lines_mm = [height + growth_mm for height in heights.lines(part)]
        head_mm = heights.of(section.head)
        rows = section.rows[part.first : part.last]
        for column in range(section.columns):
            in_column = rows[column * len(lines_mm) : (column + 1) * len(lines_mm)]
            left = left_mm + column * (section.head["width"] + COLUMN_GAP_MM)
            if in_column:
                placed.append(_at(section.head, left, top, head_mm))
            row_top = top + head_mm
            # The last column may be shorter than the others.
            for row, row_mm in zip(in_column, lines_mm, strict=False):
                placed.append(_at(row, left, row_top, row_mm))
                row_top += row_mm
        top += head_mm + sum(lines_mm) + _SECTION_GAP_MM
    return placed


def _at(piece: Piece, left_mm: float, top_mm: float, height_mm: float) -> Piece:
    return {**piece, "left": left_mm, "top": top_mm, "height": height_mm}
