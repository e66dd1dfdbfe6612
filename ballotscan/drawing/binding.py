"""What each box and name on a blank stands for: proposed in reading order, checked against the contests.

Which boxes a contest needs is told by `election.markings`, so every way of marking is bound alike:
as many boxes in a row as each candidate has, candidates from the top down.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ballotscan.drawing.draft import Shape
from ballotscan.drawing.reading_order import Row, find_lines, find_rows
from ballotscan.election.definition import Contest
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.records import BoxRole

_CLOSE = 0.6  # of the height of a line: lines of one name stand nearer

Meaning = tuple[str, ColumnKey]  # contest id and what a place stands for in it


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing before a drawn template can count.

    Attributes:
        missing: What has no place on the blank.
        doubled: What has several boxes.
        loose: Shapes that stand for nothing.
        strange: Shapes that stand for something that the contests do not have.
    """

    missing: tuple[Meaning, ...]
    doubled: tuple[Meaning, ...]
    loose: tuple[Shape, ...]
    strange: tuple[Shape, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every place means something and every candidate has its places."""
        return not (self.missing or self.doubled or self.loose or self.strange)


def bind_all(shapes: Sequence[Shape], contests: Sequence[Contest]) -> tuple[Shape, ...]:
    """Bind everything anew, in reading order.

    Rows are dealt out to the contests in the order of the definition. What is left over, or stands
    in a row of another width than its contest has, stays loose.
    """
    meanings: dict[int, Meaning] = {}
    boxes = [shape for shape in shapes if shape.kind == "box"]
    of_boxes = [(contest, keys) for contest in contests if (keys := _keys_of(contest, names=False))]
    widths = {_width(keys) for _, keys in of_boxes}
    if len(widths) == 1:
        rows = find_rows(boxes, widths.pop())
        for contest, keys in of_boxes:
            rows = _deal(rows, contest, keys, meanings)
    else:
        lines = find_lines(boxes)
        for contest, keys in of_boxes:
            lines = _deal_lines(lines, contest, keys, meanings)
    of_names = [(contest, keys) for contest in contests if (keys := _keys_of(contest, names=True))]
    wanted = sum(len(keys) for _, keys in of_names)
    names = _find_names([shape for shape in shapes if shape.kind == "name"], wanted)
    for contest, keys in of_names:
        names = _deal_names(names, contest, keys, meanings)
    return tuple(shape.bound(*meanings.get(shape.id, (None, None))) for shape in shapes)


def bind_selected(
    shapes: Sequence[Shape], selected: Sequence[int], contest: Contest, first: int
) -> tuple[Shape, ...]:
    """Bind some shapes to one contest, row by row, beginning with the candidate `first`.

    What stood for the same thing before is loose afterwards.
    """
    chosen = [shape for shape in shapes if shape.id in set(selected)]
    meanings: dict[int, Meaning] = {}
    for names in (False, True):
        keys = [key for key in _keys_of(contest, names=names) if key.candidate >= first]
        kind = "name" if names else "box"
        places = [shape for shape in chosen if shape.kind == kind]
        if keys and places and names:
            _deal_names(_find_names(places, len(keys)), contest, keys, meanings)
        elif keys and places:
            _deal(find_rows(places, _width(keys)), contest, keys, meanings)
    taken = set(meanings.values())
    bound = []
    for shape in shapes:
        is_taken = shape.key is not None and (shape.contest_id, shape.key) in taken
        if shape.id in meanings:
            bound.append(shape.bound(*meanings[shape.id]))
        else:
            bound.append(shape.bound(None, None) if is_taken else shape)
    return tuple(bound)


def find_gaps(shapes: Sequence[Shape], contests: Sequence[Contest]) -> Gaps:
    """Compare what is bound with what the contests need. A name may take several lines."""
    wanted = [(contest.id, key) for contest in contests for key in column_keys(contest)]
    known = set(wanted)
    bound = [(shape, (shape.contest_id or "", shape.key)) for shape in shapes if shape.key]
    fits = [
        (shape, meaning)
        for shape, meaning in bound
        if meaning in known and (shape.kind == "name") == (shape.role is None)
    ]
    there = {meaning for _, meaning in fits}
    times = Counter(meaning for shape, meaning in fits if shape.kind == "box")
    fitting = {shape.id for shape, _ in fits}
    return Gaps(
        missing=tuple(meaning for meaning in wanted if meaning not in there),
        doubled=tuple(meaning for meaning in wanted if times[meaning] > 1),
        loose=tuple(shape for shape in shapes if shape.key is None),
        strange=tuple(shape for shape, _ in bound if shape.id not in fitting),
    )


def _keys_of(contest: Contest, *, names: bool) -> list[ColumnKey]:
    """The boxes, or the names, of the candidates; boxes for whole lists are bound by hand."""
    return [
        key
        for key in column_keys(contest)
        if (key.role is None) == names and key.role is not BoxRole.LIST
    ]


def _width(keys: Sequence[ColumnKey]) -> int:
    return max(Counter(key.candidate for key in keys).values())


def _deal(
    rows: Sequence[Row],
    contest: Contest,
    keys: Sequence[ColumnKey],
    meanings: dict[int, Meaning],
) -> list[Row]:
    """Give rows to the candidates of a contest; what is left is for the next contest."""
    left = list(rows)
    for of_candidate in _by_candidate(keys):
        while left and len(left[0]) != len(of_candidate):
            left.pop(0)
        if left:
            for shape, key in zip(left.pop(0), of_candidate, strict=True):
                meanings[shape.id] = (contest.id, key)
    return left


def _find_names(shapes: Sequence[Shape], wanted: int) -> list[Row]:
    """The lines of each name, in reading order.

    Where there are more lines than `wanted` names, so many of them go with the line above: those
    that stand closest below it, if they stand as close as lines of one text do.
    """
    lines = [line for row in find_rows(shapes, 1) for line in row]
    gaps = [(_gap(line, below), place) for place, (line, below) in enumerate(pairwise(lines), 1)]
    close = sorted((gap, place) for gap, place in gaps if gap < _CLOSE)
    going_on = {place for _, place in close[: max(len(lines) - wanted, 0)]}
    names: list[Row] = []
    for place, line in enumerate(lines):
        if place in going_on:
            names[-1].append(line)
        else:
            names.append([line])
    return names


def _gap(line: Shape, below: Shape) -> float:
    """How far a line stands below another, in heights of a line; infinite where it does not."""
    gap = below.top - (line.top + line.height)
    height = min(line.height, below.height)
    is_below = line.page == below.page and line.top + height / 2 < below.top
    is_beside = below.left >= line.left + line.width or line.left >= below.left + below.width
    return gap / height if is_below and not is_beside else float("inf")


def _deal_names(
    names: Sequence[Row],
    contest: Contest,
    keys: Sequence[ColumnKey],
    meanings: dict[int, Meaning],
) -> list[Row]:
    """Give names to the candidates of a contest; what is left is for the next contest."""
    for lines, key in zip(names, keys, strict=False):
        meanings.update((line.id, (contest.id, key)) for line in lines)
    return list(names[len(keys) :])


def _deal_lines(
    lines: Sequence[Row],
    contest: Contest,
    keys: Sequence[ColumnKey],
    meanings: dict[int, Meaning],
) -> list[Row]:
    """The same where the contests of a ballot have rows of different widths: line by line."""
    width = _width(keys)
    left = list(lines)
    rows: list[Row] = []
    while left and len(rows) < len({key.candidate for key in keys}):
        line = left.pop(0)
        rows += [line[start : start + width] for start in range(0, len(line), width)]
    _deal(rows, contest, keys, meanings)
    return left


def _by_candidate(keys: Sequence[ColumnKey]) -> Iterator[list[ColumnKey]]:
    for candidate in dict.fromkeys(key.candidate for key in keys):
        yield [key for key in keys if key.candidate == candidate]
