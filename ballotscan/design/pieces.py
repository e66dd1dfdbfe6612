"""From contests to pieces of print: headings, heads of tables, candidates' rows.

A piece is a part of the ballot that is never split. It is JSON for ballot.typ, which says how high
it is; `design.layout` decides where it goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ballotscan.design.sheet import Side
from ballotscan.design.tables import (
    Piece,
    least_row_mm,
    least_table_mm,
    table_columns,
    table_rows,
)
from ballotscan.design.wording import (
    Wording,
    clean,
    write_dateline,
    write_instructions,
    write_seats,
)
from ballotscan.election.definition import Contest, Election

COLUMN_GAP_MM = 6.0

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


def draft_ballots(order: Order) -> list[Draft]:
    """Set the ballot in every setting that leaves each table wide enough."""
    drafts = []
    for setting in SETTINGS:
        if setting.flow and len(order.contests) == 1:
            continue
        width = _table_width(order.side, setting.columns)
        if setting.columns == 1 or all(width >= least_table_mm(c) for c in order.contests):
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
            "text": _title(order),
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
            "text": f"{_title(order)} – {subject}",
        },
        sections=tuple(_section(order, contest, setting) for contest in order.contests),
        flow=setting.columns if setting.flow else 1,
    )


def _title(order: Order) -> str:
    elects = any(contest.elects for contest in order.contests)
    return order.wording.ballot if elects else order.wording.ballot_of_confidence


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
    columns = table_columns(contest, order.wording, width, is_narrow=is_narrow)
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
            "row": row,
        }
        for row in table_rows(contest, order.wording, columns)
    )
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
        min_row_mm=least_row_mm(contest, setting.size_pt),
    )
