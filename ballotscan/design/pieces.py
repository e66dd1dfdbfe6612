"""From contests to pieces of print: headings, heads of tables, candidates' rows.

A piece is a part of the ballot that is never split. It is JSON for ballot.typ, which says how high
it is; `design.layout` decides where it goes.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ballotscan.design.sheet import BOX_GAP_MM, BOX_MM, Side
from ballotscan.design.wording import Wording, write_dateline, write_instructions, write_seats
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import BoxRole

Piece = dict[str, Any]

COLUMN_GAP_MM = 6.0

_ROLES: dict[Marking, tuple[BoxRole, ...]] = {
    Marking.AGREE_DISAGREE: (BoxRole.AGREE, BoxRole.DISAGREE),
    Marking.CHOOSE: (BoxRole.CHOOSE,),
    Marking.STRIKE_OUT: (),
}

# Least width of a table by marking: numbers, boxes at their distance, and half a long name.
_MIN_TABLE_MM = {
    Marking.AGREE_DISAGREE: 85.0,
    Marking.CHOOSE: 64.0,
    Marking.STRIKE_OUT: 54.0,
}
_NUMBER_MM = 9.0
# A box leaves 3.5 mm of this to either side; the name ends 1.5 mm before its own column does.
_NARROW_BOX_MM = 2 * 3.5 + BOX_MM
_BOX_SHARE = 0.14  # of the width of a table that has the page to itself
_YEAR_MM = 18.0
_UNIT_SHARE = 0.45  # of the room that number, year and boxes leave
_MIN_DETAILS_MM = 105.0  # room in which name, year and unit stand side by side
_MIN_ROW_MM = BOX_MM + BOX_GAP_MM
_MIN_NAME_ROW_MM = 9.0  # a stroke by hand hits one name and not its neighbour
_ROOMY_PT = 12.0
_HEADING_PT = 14.0
_FEW_ROWS = 4  # columns shorter than this are not begun
_SMALL_PAGE_MM = 180.0  # narrower is A5


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed: the contests that share one sheet, and where they may stand."""

    contests: tuple[Contest, ...]
    election: Election
    side: Side
    wording: Wording

    @property
    def ballot_id(self) -> str:
        """Id of the sheet."""
        return self.contests[0].ballot_id


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to set a ballot.

    Attributes:
        columns: Columns of tables; contests with few candidates take fewer.
        size_pt: Size of the names.
        compact: The title stands beside the seal, in smaller type.
        flow: Contests run down the columns of the page, as in a newspaper, instead of standing
            under one another; only for sheets of several contests.
    """

    columns: int
    size_pt: float
    compact: bool = False
    flow: bool = False


# From roomy to tight; 10 pt is the smallest type that everybody in a hall reads.
SETTINGS = (
    Setting(1, 14),
    Setting(1, 13),
    Setting(1, 12),
    Setting(1, 12, compact=True),
    Setting(2, 12, flow=True),
    Setting(2, 12),
    Setting(2, 12, compact=True),
    Setting(3, 11),
    Setting(2, 11, compact=True, flow=True),
    Setting(2, 11, compact=True),
    Setting(3, 11, compact=True, flow=True),
    Setting(3, 11, compact=True),
    Setting(2, 10, compact=True, flow=True),
    Setting(2, 10, compact=True),
    Setting(3, 10, compact=True, flow=True),
    Setting(3, 10, compact=True),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One contest in one setting.

    Attributes:
        heading: Title, seats and instructions; None where they stand in the head of the ballot.
        continued: Heading of what goes on on the back; None likewise.
    """

    heading: Piece | None
    continued: Piece | None
    head: Piece
    rows: tuple[Piece, ...]
    columns: int
    min_row_mm: float

    def pieces(self) -> Iterator[Piece]:
        """All pieces, in the order in which their heights come back."""
        yield from (piece for piece in (self.heading, self.continued) if piece)
        yield from (self.head, *self.rows)


@dataclass(frozen=True, slots=True)
class Draft:
    """A ballot in one setting.

    Attributes:
        beside: What stands beside the seal.
        beneath: What stands beneath it, before the first table.
        running: The title of the back.
        flow: Columns of the page down which the contests run; 1 where they stand under one another.
    """

    beside: tuple[Piece, ...]
    beneath: tuple[Piece, ...]
    running: Piece
    sections: tuple[Section, ...]
    flow: int = 1

    def pieces(self) -> Iterator[Piece]:
        """All pieces, in the order in which their heights come back."""
        yield from (*self.beside, *self.beneath, self.running)
        for section in self.sections:
            yield from section.pieces()


def clean(text: str) -> str:
    """Text as it is printed: one kind of space, a letter and its accents in one character."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def draft_ballots(order: Order) -> list[Draft]:
    """Set the ballot in every setting that leaves each table wide enough."""
    drafts = []
    for setting in SETTINGS:
        if setting.flow and len(order.contests) == 1:
            continue
        width = _table_width(order.side, setting.columns)
        if setting.columns == 1 or all(width >= _MIN_TABLE_MM[c.marking] for c in order.contests):
            drafts.append(_draft(order, setting))
    return drafts


def _draft(order: Order, setting: Setting) -> Draft:
    election, side, wording = order.election, order.side, order.wording
    is_small = side.width_mm < _SMALL_PAGE_MM
    is_alone = len(order.contests) == 1
    width = side.letterhead.width_mm if setting.compact else side.front.width_mm
    letterhead: Piece = {
        "kind": "letterhead",
        "width": side.letterhead.width_mm,
        "size": 10.5 if is_small or setting.compact else 12,
        "organisation": _headline(election.organisation, election),
        "title": _headline(election.title, election),
        "dateline": write_dateline(wording, clean(election.place), election.date),
    }
    head: list[Piece] = [
        {
            "kind": "title",
            "width": width,
            "size": 17 if is_small or setting.compact else 22,
            "text": wording.ballot,
            "note": "" if is_alone else wording.nothing_else,
        }
    ]
    subject = clean(election.title)
    if is_alone:
        head.append(_heading(order, order.contests[0], setting, width))
        subject = f"{clean(order.contests[0].title)} {wording.continued}"
    return Draft(
        beside=(letterhead, *head) if setting.compact else (letterhead,),
        beneath=() if setting.compact else tuple(head),
        running={
            "kind": "running",
            "width": side.running.width_mm,
            "size": 11,
            "text": f"{wording.ballot} – {subject}",
        },
        sections=tuple(_section(order, contest, setting) for contest in order.contests),
        flow=setting.columns if setting.flow else 1,
    )


def _heading(order: Order, contest: Contest, setting: Setting, width_mm: float) -> Piece:
    return {
        "kind": "heading",
        "width": width_mm,
        "size": setting.size_pt if setting.compact or setting.flow else _HEADING_PT,
        "alone": len(order.contests) == 1,
        "title": clean(contest.title),
        "seats": write_seats(order.wording, contest),
        "instructions": [
            clean(line)
            for line in write_instructions(
                order.wording, contest, is_alone=len(order.contests) == 1
            )
        ],
    }


def _headline(text: str, election: Election) -> str:
    # Vietnamese papers have the names of bodies and congresses in capitals.
    return clean(text).upper() if election.language == "vi" else clean(text)


def _table_width(side: Side, columns: int) -> float:
    return (side.front.width_mm - COLUMN_GAP_MM * (columns - 1)) / columns


def _section(order: Order, contest: Contest, setting: Setting) -> Section:
    count = max(1, min(setting.columns, len(contest.candidates) // _FEW_ROWS))
    width = _table_width(order.side, setting.columns if setting.flow else count)
    is_narrow = width < order.side.front.width_mm
    count = 1 if setting.flow else count
    columns = _columns(contest, order.wording, width, is_narrow=is_narrow)
    heading = continued = None
    if len(order.contests) > 1:
        full_width = width if setting.flow else order.side.front.width_mm
        heading = _heading(order, contest, setting, full_width)
        again = f"{heading['title']} {order.wording.continued}"
        continued = {**heading, "title": again, "seats": "", "instructions": []}
    rows = tuple(
        {
            "kind": "row",
            "width": width,
            "size": setting.size_pt,
            "columns": columns,
            "row": _row(contest, number, candidate, order.wording, columns),
        }
        for number, candidate in enumerate(contest.candidates, start=1)
    )
    roomy_mm = 1.0 if setting.size_pt >= _ROOMY_PT else 0.0
    return Section(
        heading=heading,
        continued=continued,
        head={
            "kind": "table-head",
            "width": width,
            "size": 10 if is_narrow else min(setting.size_pt - 1, 12),
            "columns": columns,
        },
        rows=rows,
        columns=count,
        min_row_mm=_MIN_ROW_MM if _ROLES[contest.marking] else _MIN_NAME_ROW_MM + roomy_mm,
    )


def _columns(
    contest: Contest, wording: Wording, width_mm: float, *, is_narrow: bool
) -> list[Piece]:
    """The columns of a contest's table, from left to right."""
    box_mm = _NARROW_BOX_MM if is_narrow else round(_BOX_SHARE * width_mm, 1)
    boxes = [
        {"kind": "box", "title": wording.roles[role], "width": box_mm, "role": role.value}
        for role in _ROLES[contest.marking]
    ]
    room = width_mm - _NUMBER_MM - box_mm * len(boxes)
    number = {"kind": "number", "title": wording.number, "width": _NUMBER_MM}
    details = []
    if room >= _MIN_DETAILS_MM:
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
    contest: Contest, number: int, candidate: Candidate, wording: Wording, columns: list[Piece]
) -> Piece:
    year = "" if candidate.birth_year is None else str(candidate.birth_year)
    unit = clean(candidate.unit or "")
    under_name = [wording.born_in.format(year=year)] if year else []
    under_name += [unit] if unit else []
    has_own_columns = any(column["kind"] in {"year", "unit"} for column in columns)
    roles = _ROLES[contest.marking]
    return {
        "number": number,
        "name": clean(candidate.name),
        "year": year,
        "unit": unit,
        "details": "" if has_own_columns else ", ".join(under_name),
        "boxes": {role.value: {"position": f"{contest.id}/{number}/{role}"} for role in roles},
        "strike": None if roles else f"{contest.id}/{number}/name",
    }
