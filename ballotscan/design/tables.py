"""The table of one contest: its columns, and what stands in each row."""

from collections.abc import Iterator
from typing import Any

from ballotscan.design.sheet import BOX_GAP_MM, BOX_MM, OVAL_MM
from ballotscan.design.wording import Wording, clean
from ballotscan.election.definition import Candidate, Contest, Marking
from ballotscan.election.markings import boxes_of_role, roles_of
from ballotscan.election.records import BoxRole

Piece = dict[str, Any]

_NUMBER_MM = 9.0
# A box leaves 3.5 mm of this to either side; the name ends 1.5 mm before its own column does.
_NARROW_BOX_MM = 2 * 3.5 + BOX_MM
_OVAL_COLUMN_MM = OVAL_MM[0] + BOX_GAP_MM
_BOX_SHARE = 0.14  # of the width of a table that has the page to itself
_YEAR_MM = 18.0
_UNIT_SHARE = 0.45  # of the room that number, year and boxes leave
_MIN_DETAILS_MM = 105.0  # room in which name, year and unit stand side by side
_MIN_ROW_MM = BOX_MM + BOX_GAP_MM
_MIN_NAME_ROW_MM = 9.0  # a stroke by hand hits one name and not its neighbour
_ROOMY_PT = 12.0

# Least room of a name beside numbers and boxes: half of a long one.
_MIN_NAME_MM = {
    Marking.AGREE_DISAGREE: 50.0,
    Marking.CHOOSE: 42.0,
    Marking.STRIKE_OUT: 45.0,
    Marking.APPROVE: 42.0,
    Marking.ONE_OF_THREE: 42.0,
    Marking.POINTS: 38.0,
    Marking.RANK: 32.0,
}


def least_table_mm(contest: Contest) -> float:
    """Least width of the table of a contest."""
    narrow_mm = sum(width_mm for width_mm, _ in _box_columns(contest, _NARROW_BOX_MM))
    return _number_mm(contest) + narrow_mm + _MIN_NAME_MM[contest.marking]


def least_row_mm(contest: Contest, size_pt: float) -> float:
    """Least height of a row: boxes at their distance, or room for a stroke."""
    if roles_of(contest) == (None,):
        return _MIN_NAME_ROW_MM + (1.0 if size_pt >= _ROOMY_PT else 0.0)
    return _MIN_ROW_MM


def _number_mm(contest: Contest) -> float:
    """The box of a whole list stands where its candidates have their numbers."""
    return _NARROW_BOX_MM if contest.lists else _NUMBER_MM


Box = tuple[BoxRole, int | None]


def _box_columns(contest: Contest, box_mm: float) -> list[tuple[float, list[Box]]]:
    """Width of each column of boxes, and which boxes a row has in it."""
    columns: list[tuple[float, list[Box]]] = []
    for role in roles_of(contest):
        if role is None:
            continue
        numbers = boxes_of_role(contest, role)
        if role is BoxRole.POINT:
            # Votes of one candidate stand side by side, as one thing.
            pitch_mm = BOX_MM + BOX_GAP_MM
            width_mm = pitch_mm * (len(numbers) - 1) + _NARROW_BOX_MM
            columns.append((width_mm, [(role, number) for number in numbers]))
        elif role is BoxRole.RANK:
            columns += [(_OVAL_COLUMN_MM, [(role, number)]) for number in numbers]
        else:
            columns.append((box_mm, [(role, None)]))
    return columns


def table_columns(
    contest: Contest, wording: Wording, width_mm: float, *, is_narrow: bool
) -> list[Piece]:
    """The columns of a contest's table, from left to right."""
    box_mm = _NARROW_BOX_MM if is_narrow else round(_BOX_SHARE * width_mm, 1)
    boxes: list[Piece] = [
        {
            "kind": "box",
            "title": _title(contest, wording, *of_row[0]),
            "width": width,
            "boxes": [_key(role, number) for role, number in of_row],
            "shape": "oval" if of_row[0][0] is BoxRole.RANK else "square",
        }
        for width, of_row in _box_columns(contest, box_mm)
    ]
    number_mm = _number_mm(contest)
    room = width_mm - number_mm - sum(column["width"] for column in boxes)
    number = {"kind": "number", "title": wording.number, "width": number_mm}
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
    if contest.marking in {Marking.CHOOSE, Marking.APPROVE}:
        return [*boxes, number, name, *details]  # the box beside the name it chooses
    return [number, name, *details, *boxes]


def _title(contest: Contest, wording: Wording, role: BoxRole, number: int | None) -> str:
    if role is BoxRole.RANK:
        return wording.ranks[(number or 1) - 1]
    if role is BoxRole.POINT:
        return wording.points.format(votes=contest.points)
    if contest.marking is Marking.APPROVE:
        return wording.approve
    return wording.roles[role]


def _key(role: BoxRole, number: int | None) -> str:
    """What a box is called in its row, and in its position on the ballot."""
    return role.value if number is None else f"{role.value}/{number}"


def table_rows(contest: Contest, wording: Wording, columns: list[Piece]) -> Iterator[Piece]:
    """What stands in each row: every candidate, and above each list that can be crossed its name."""
    lists = contest.lists
    above: str | None = None
    for number, candidate in enumerate(contest.candidates, start=1):
        if (lists and candidate.list != above) or (lists and number == 1):
            above = candidate.list
            yield _list_row(contest, lists.index(above or "") + 1, above or wording.whole_list)
        yield _row(contest, number, candidate, wording, columns)


def _list_row(contest: Contest, number: int, name: str) -> Piece:
    return {
        "number": "",
        "list": f"{contest.id}/{number}/{BoxRole.LIST}",
        "name": clean(name),
        "year": "",
        "unit": "",
        "details": "",
        "boxes": {},
        "strike": None,
    }


def _row(
    contest: Contest, number: int, candidate: Candidate, wording: Wording, columns: list[Piece]
) -> Piece:
    year = "" if candidate.birth_year is None else str(candidate.birth_year)
    unit = clean(candidate.unit or "")
    under_name = [wording.born_in.format(year=year)] if year else []
    under_name += [unit] if unit else []
    has_own_columns = any(column["kind"] in {"year", "unit"} for column in columns)
    roles = roles_of(contest)
    keys = [
        _key(role, of_role)
        for role in roles
        if role is not None
        for of_role in boxes_of_role(contest, role)
    ]
    return {
        "number": number,
        "list": None,
        "name": clean(candidate.name),
        "year": year,
        "unit": unit,
        "details": "" if has_own_columns else ", ".join(under_name),
        "boxes": {key: {"position": f"{contest.id}/{number}/{key}"} for key in keys},
        "strike": f"{contest.id}/{number}/name" if None in roles else None,
    }
