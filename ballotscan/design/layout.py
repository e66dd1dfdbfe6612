"""From contests to pieces of print, and from measured pieces to the pages they fill.

A piece is a part of the ballot that is never split: a heading, the head of a table, one candidate's
row. Typst says how high each piece is; this module alone decides where it goes. One side is tried
in every setting, from roomy to tight, before a second side is used: a sheet printed on one side
cannot lose its other half in the scanner.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ballotscan.design.sheet import BOX_GAP_MM, BOX_MM, Side
from ballotscan.design.wording import Wording, write_dateline, write_instructions, write_seats
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import BoxRole

Piece = dict[str, Any]  # JSON for ballot.typ

ROLES: dict[Marking, tuple[BoxRole, ...]] = {
    Marking.AGREE_DISAGREE: (BoxRole.AGREE, BoxRole.DISAGREE),
    Marking.CHOOSE: (BoxRole.CHOOSE,),
    Marking.STRIKE_OUT: (),
}

_COLUMN_GAP_MM = 6.0
_SECTION_GAP_MM = 6.0
_BLOCK_GAP_MM = 3.0  # between title, heading and table
_NUMBER_MM = 9.0
_YEAR_MM = 18.0
_UNIT_SHARE = 0.45  # of the room that number and boxes leave
_MIN_DETAILS_MM = 115.0  # room for name, year and unit side by side
# Least width of a table by marking: numbers, boxes at their distance, and half a long name.
_MIN_TABLE_MM = {
    Marking.AGREE_DISAGREE: 85.0,
    Marking.CHOOSE: 64.0,
    Marking.STRIKE_OUT: 54.0,
}
_MIN_ROW_MM = BOX_MM + BOX_GAP_MM
_MIN_NAME_ROW_MM = 9.0  # a stroke by hand hits one name and not its neighbour
_STRETCH = 1.3  # rows grow into free room up to this
_FEW_ROWS = 4  # a table of so few rows is not cut into columns


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set a ballot."""

    columns: int
    size_pt: float
    compact: bool = False  # the title stands beside the seal


# From roomy to tight; 10 pt is the smallest type that everybody in a hall reads.
SETTINGS = (
    Setting(1, 14),
    Setting(1, 13),
    Setting(1, 12),
    Setting(1, 12, compact=True),
    Setting(2, 12),
    Setting(2, 12, compact=True),
    Setting(3, 11),
    Setting(2, 11, compact=True),
    Setting(3, 11, compact=True),
    Setting(2, 10, compact=True),
    Setting(3, 10, compact=True),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One contest in one setting: its pieces, not yet placed."""

    heading: Piece
    continued: Piece
    head: Piece
    rows: tuple[Piece, ...]
    columns: int
    min_row_mm: float

    def pieces(self) -> Iterator[Piece]:
        """All pieces, in the order in which their heights come back."""
        yield from (self.heading, self.continued, self.head, *self.rows)


@dataclass(frozen=True, slots=True)
class Draft:
    """A ballot in one setting: its pieces, not yet placed."""

    setting: Setting
    letterhead: Piece
    title: Piece
    running: Piece
    sections: tuple[Section, ...]

    def pieces(self) -> Iterator[Piece]:
        """All pieces, in the order in which their heights come back."""
        yield from (self.letterhead, self.title, self.running)
        for section in self.sections:
            yield from section.pieces()


@dataclass(frozen=True, slots=True)
class Measured:
    """The height of one piece."""

    height_mm: float
    too_wide: bool  # a word is wider than its column


def draft_ballots(
    contests: Sequence[Contest], election: Election, side: Side, wording: Wording
) -> list[Draft]:
    """Set the ballot in every setting that leaves each table wide enough."""
    drafts = []
    for setting in SETTINGS:
        width = _table_width(side.front.width_mm, setting.columns)
        if setting.columns > 1 and any(width < _MIN_TABLE_MM[c.marking] for c in contests):
            continue
        drafts.append(_draft(contests, election, side, wording, setting))
    return drafts


def _draft(
    contests: Sequence[Contest],
    election: Election,
    side: Side,
    wording: Wording,
    setting: Setting,
) -> Draft:
    is_small = side.width_mm < 200  # noqa: PLR2004 - A5
    alone = len(contests) == 1
    title_width = side.letterhead.width_mm if setting.compact else side.front.width_mm
    return Draft(
        setting=setting,
        letterhead={
            "kind": "letterhead",
            "width": side.letterhead.width_mm,
            "size": 10 if is_small else 12,
            "organisation": _headline(election.organisation, election),
            "title": _headline(election.title, election),
            "dateline": write_dateline(wording, clean(election.place), election.date),
        },
        title={
            "kind": "title",
            "width": title_width,
            "size": 16 if is_small or setting.compact else 20,
            "text": wording.ballot,
        },
        running={
            "kind": "running",
            "width": side.running.width_mm,
            "size": 11,
            "text": " – ".join(
                [wording.ballot, clean(contests[0].title if alone else election.title)]
            ),
        },
        sections=tuple(
            _section(contest, side, wording, setting, centred=alone) for contest in contests
        ),
    )


def _headline(text: str, election: Election) -> str:
    # Vietnamese papers have the names of bodies and congresses in capitals.
    return clean(text).upper() if election.language == "vi" else clean(text)


def clean(text: str) -> str:
    """Text as it is printed: one kind of space, letters and their accents in one character."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _table_width(width_mm: float, columns: int) -> float:
    return (width_mm - _COLUMN_GAP_MM * (columns - 1)) / columns


def _section(
    contest: Contest, side: Side, wording: Wording, setting: Setting, *, centred: bool
) -> Section:
    count = max(1, min(setting.columns, len(contest.candidates) // _FEW_ROWS))
    width = _table_width(side.front.width_mm, count)
    columns = _columns(contest, wording, width, count)
    with_details = any(column["kind"] == "unit" for column in columns) or any(
        column["kind"] == "year" for column in columns
    )
    heading: Piece = {
        "kind": "heading",
        "width": side.front.width_mm,
        "size": setting.size_pt,
        "centred": centred,
        "title": clean(contest.title),
        "seats": write_seats(wording, contest),
        "instructions": clean(write_instructions(wording, contest)),
    }
    rows = tuple(
        {
            "kind": "row",
            "width": width,
            "size": setting.size_pt,
            "columns": columns,
            "row": _row(contest, number, candidate, wording, with_details=with_details),
        }
        for number, candidate in enumerate(contest.candidates, start=1)
    )
    roomy_mm = 1.0 if setting.size_pt >= 12 else 0.0  # noqa: PLR2004 - 12 pt and more
    return Section(
        heading=heading,
        continued={
            **heading,
            "title": f"{heading['title']} {wording.continued}",
            "seats": "",
            "instructions": "",
        },
        head={
            "kind": "table-head",
            "width": width,
            "size": 10 if count > 1 else min(setting.size_pt - 1, 11.5),
            "columns": columns,
        },
        rows=rows,
        columns=count,
        min_row_mm=_MIN_ROW_MM if ROLES[contest.marking] else _MIN_NAME_ROW_MM + roomy_mm,
    )


def _columns(contest: Contest, wording: Wording, width_mm: float, count: int) -> list[Piece]:
    """The columns of a contest's table, from left to right."""
    roles = ROLES[contest.marking]
    # A box is 6 mm wide: 13 mm leave it 3.5 mm to each side, and names end 1.5 mm before.
    box_mm = 13.0 if count > 1 else (18.0 if width_mm < 150 else 24.0)  # noqa: PLR2004
    boxes = [
        {"kind": "box", "title": wording.roles[role], "width": box_mm, "role": role.value}
        for role in roles
    ]
    room = width_mm - _NUMBER_MM - box_mm * len(boxes)
    number = {"kind": "number", "title": wording.number, "width": _NUMBER_MM}
    details = []
    if count == 1 and room >= _MIN_DETAILS_MM:
        if any(candidate.birth_year is not None for candidate in contest.candidates):
            details.append({"kind": "year", "title": wording.born, "width": _YEAR_MM})
            room -= _YEAR_MM
        if any(candidate.unit is not None for candidate in contest.candidates):
            unit_mm = round(room * _UNIT_SHARE, 1)
            details.append({"kind": "unit", "title": wording.unit, "width": unit_mm})
            room -= unit_mm
    name = {"kind": "name", "title": wording.name, "width": room}
    if contest.marking is Marking.CHOOSE:
        return [*boxes, number, name, *details]  # the box beside the name it chooses
    return [number, name, *details, *boxes]


def _row(
    contest: Contest, number: int, candidate: Candidate, wording: Wording, *, with_details: bool
) -> Piece:
    year = "" if candidate.birth_year is None else str(candidate.birth_year)
    unit = clean(candidate.unit or "")
    details = [wording.born_in.format(year=year)] if year else []
    details += [unit] if unit else []
    roles = ROLES[contest.marking]
    return {
        "number": number,
        "name": clean(candidate.name),
        "year": year,
        "unit": unit,
        "details": "" if with_details else ", ".join(details),
        "boxes": {role.value: {"position": f"{contest.id}/{number}/{role}"} for role in roles},
        "strike": None if roles else f"{contest.id}/{number}/name",
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows `first` to `last` (not included) of one contest, on one page."""

    section: int
    first: int
    last: int


class Heights:
    """The measured heights of one draft, and the arithmetic on them."""

    def __init__(self, draft: Draft, measured: Sequence[Measured]) -> None:
        self.draft = draft
        self._height = {
            id(piece): item.height_mm for piece, item in zip(draft.pieces(), measured, strict=True)
        }

    def of(self, piece: Piece) -> float:
        """Height of one piece in mm."""
        return self._height[id(piece)]

    def lines(self, part: _Part) -> list[float]:
        """Height of each line of a table: the highest row of its columns."""
        section = self.draft.sections[part.section]
        rows = section.rows[part.first : part.last]
        depth = -(-len(rows) // section.columns)
        return [
            max(section.min_row_mm, *(self.of(row) for row in rows[line::depth]))
            for line in range(depth)
        ]

    def heading(self, part: _Part) -> float:
        """Height of a part's heading and the head of its table."""
        section = self.draft.sections[part.section]
        heading = section.heading if part.first == 0 else section.continued
        return self.of(heading) + _BLOCK_GAP_MM + self.of(section.head)

    def part(self, part: _Part) -> float:
        """Height of a whole part."""
        return self.heading(part) + sum(self.lines(part))

    def page(self, parts: Sequence[_Part]) -> float:
        """Height of all parts of a page."""
        return sum(map(self.part, parts)) + _SECTION_GAP_MM * max(0, len(parts) - 1)


def place_pieces(
    draft: Draft, measured: Sequence[Measured], side: Side, *, sides: int
) -> list[list[Piece]] | None:
    """Give every piece its place.

    Args:
        draft: The ballot in one setting.
        measured: The height of each of its pieces, in the order of `draft.pieces()`.
        side: Where text may stand.
        sides: On one or on two sides of the side.

    Returns:
        The placed pieces of each page; None where they do not fit.
    """
    heights = Heights(draft, measured)
    opening, top_mm = _open_front(draft, heights, side)
    front_mm = side.front.top_mm + side.front.height_mm - top_mm
    parts = [_Part(number, 0, len(section.rows)) for number, section in enumerate(draft.sections)]
    if sides == 1:
        pages = [parts] if heights.page(parts) <= front_mm else None
    else:
        pages = _turn_over(heights, parts, front_mm, side.back.height_mm)
    if pages is None:
        return None
    placed = [opening + _place_parts(heights, pages[0], side.front.left_mm, top_mm, front_mm)]
    for page in pages[1:]:
        running = {**draft.running, "left": side.running.left_mm, "top": side.running.top_mm}
        running["height"] = heights.of(draft.running)
        rows = _place_parts(heights, page, side.back.left_mm, side.back.top_mm, side.back.height_mm)
        placed.append([running, *rows])
    return placed


def _open_front(draft: Draft, heights: Heights, side: Side) -> tuple[list[Piece], float]:
    """Letterhead and title; and where the first contest begins."""
    letterhead, title = draft.letterhead, draft.title
    head_mm, title_mm = heights.of(letterhead), heights.of(title)
    used = head_mm + (_BLOCK_GAP_MM + title_mm if draft.setting.compact else 0)
    top = side.letterhead.top_mm + max(0.0, min(6.0, (side.letterhead.height_mm - used) / 2))
    end = max(top + used, side.front.top_mm)
    placed = [_at(letterhead, side.letterhead.left_mm, top, head_mm)]
    if draft.setting.compact:
        placed.append(_at(title, side.letterhead.left_mm, top + head_mm + _BLOCK_GAP_MM, title_mm))
        return placed, end + _BLOCK_GAP_MM / 2
    placed.append(_at(title, side.front.left_mm, end + 1, title_mm))
    return placed, end + 1 + title_mm + _BLOCK_GAP_MM


def _turn_over(
    heights: Heights, parts: list[_Part], front_mm: float, back_mm: float
) -> list[list[_Part]] | None:
    """Share the contests between front and back: whole ones where that fits."""
    fitting = 0
    while fitting < len(parts) and heights.page(parts[: fitting + 1]) <= front_mm:
        fitting += 1
    if fitting and heights.page(parts[fitting:]) <= back_mm:
        return [parts[:fitting], parts[fitting:]] if fitting < len(parts) else None
    if fitting == len(parts):
        return None
    cut = parts[fitting]
    for last in range(cut.last - 1, cut.first, -1):
        front = [*parts[:fitting], _Part(cut.section, cut.first, last)]
        back = [_Part(cut.section, last, cut.last), *parts[fitting + 1 :]]
        if heights.page(front) <= front_mm:
            return [front, back] if heights.page(back) <= back_mm else None
    return None


def _place_parts(
    heights: Heights, parts: Sequence[_Part], left_mm: float, top_mm: float, room_mm: float
) -> list[Piece]:
    """Place the contests of one page under one another; rows grow into free room."""
    lines = sum(len(heights.lines(part)) for part in parts)
    free = (room_mm - heights.page(parts)) / lines
    placed: list[Piece] = []
    top = top_mm
    for part in parts:
        section = heights.draft.sections[part.section]
        heading = section.heading if part.first == 0 else section.continued
        placed.append(_at(heading, left_mm, top, heights.of(heading)))
        top += heights.of(heading) + _BLOCK_GAP_MM
        growth = max(0.0, min(free, (_STRETCH - 1) * section.min_row_mm))
        tall = [height + growth for height in heights.lines(part)]
        rows = section.rows[part.first : part.last]
        width = section.head["width"]
        for column in range(section.columns):
            left = left_mm + column * (width + _COLUMN_GAP_MM)
            in_column = rows[column * len(tall) : (column + 1) * len(tall)]
            if not in_column:
                continue
            placed.append(_at(section.head, left, top, heights.of(section.head)))
            row_top = top + heights.of(section.head)
            for row, height in zip(in_column, tall, strict=False):
                placed.append(_at(row, left, row_top, height))
                row_top += height
        top += heights.of(section.head) + sum(tall) + _SECTION_GAP_MM
    return placed


def _at(piece: Piece, left_mm: float, top_mm: float, height_mm: float) -> Piece:
    return {**piece, "left": left_mm, "top": top_mm, "height": height_mm}
