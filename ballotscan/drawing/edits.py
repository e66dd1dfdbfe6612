"""What the program does with a draft when it is asked to: propose, bind, find alike, snap."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.drawing.alike import find_alike
from ballotscan.drawing.binding import bind_all, bind_selected
from ballotscan.drawing.draft import Draft, Shape
from ballotscan.drawing.name_rows import propose_names
from ballotscan.drawing.proposals import propose_boxes
from ballotscan.drawing.snapping import snap_box, snap_name
from ballotscan.election.definition import Contest
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.template import PX_PER_MM, Rect
from ballotscan.marks.ink import ink_of_blank

Blank = NDArray[np.uint8]

_SAME_PLACE = 0.2  # of the smaller one: two shapes that share more are one place


class Task(StrEnum):
    """What a person asks the program to do."""

    KEEP = "keep"  # nothing: the draft as it was sent
    PROPOSE = "propose"  # boxes and names of all pages, bound in reading order
    BIND = "bind"  # everything, in reading order
    BIND_FROM = "bind-from"  # the selected, to one contest from one candidate on
    ALIKE = "alike"  # more boxes that look like the selected
    SNAP = "snap"  # the selected to what is printed


def propose_draft(draft: Draft, blanks: Sequence[Blank], contests: Sequence[Contest]) -> Draft:
    """The draft with everything that is proposed in place of what was drawn."""
    roles = [{key.role for key in column_keys(contest)} for contest in contests]
    boxes: list[tuple[int, str, Rect]] = []
    for page, blank in enumerate(blanks, start=1):
        if any(of_contest - {None} for of_contest in roles):
            boxes += [(page, "box", box.rect) for box in propose_boxes(blank)]
    shapes = bind_all(_added((), boxes), contests)
    named = [
        contest for contest, of_contest in zip(contests, roles, strict=True) if None in of_contest
    ]
    lists = [[candidate.name for candidate in contest.candidates] for contest in named]
    for contest, found in zip(named, propose_names(blanks, lists), strict=True):
        if found is not None:
            for candidate, lines in enumerate(found.names, start=1):
                known = len(shapes)
                shapes = _added(shapes, [(found.page, "name", line) for line in lines])
                key = ColumnKey(candidate, None)
                shapes = (
                    *shapes[:known],
                    *(shape.bound(contest.id, key) for shape in shapes[known:]),
                )
    return draft.model_copy(update={"shapes": shapes})


def bind_draft(draft: Draft, contests: Sequence[Contest]) -> Draft:
    """The draft with everything bound anew."""
    return draft.model_copy(update={"shapes": bind_all(draft.shapes, contests)})


def bind_from(draft: Draft, selected: Sequence[int], contest: Contest, first: int) -> Draft:
    """The draft with the selected shapes bound to a contest, from candidate `first` on."""
    shapes = bind_selected(draft.shapes, selected, contest, first)
    return draft.model_copy(update={"shapes": shapes})


def add_alike(draft: Draft, selected: Iterable[int], blanks: Sequence[Blank]) -> Draft:
    """The draft with all places that look like the selected boxes, on every page."""
    chosen = set(selected)
    examples = [shape for shape in draft.shapes if shape.id in chosen and shape.kind == "box"]
    places: list[tuple[int, str, Rect]] = []
    for page in sorted({shape.page for shape in examples}):
        ink = ink_of_blank(blanks[page - 1], PX_PER_MM)
        known = [shape.rect for shape in draft.shapes if shape.page == page]
        found = find_alike(ink, [shape.rect for shape in examples if shape.page == page])
        places += [
            (page, "box", rect)
            for rect in found
            if all(_shared_share(rect, other) <= _SAME_PLACE for other in known)
        ]
    return draft.model_copy(update={"shapes": _added(draft.shapes, places)})


def snap_selected(draft: Draft, selected: Iterable[int], blanks: Sequence[Blank]) -> Draft:
    """The draft with the selected shapes laid on what is printed."""
    chosen = set(selected)
    shapes = []
    for shape in draft.shapes:
        if shape.id in chosen:
            snap = snap_box if shape.kind == "box" else snap_name
            rect = snap(blanks[shape.page - 1], shape.rect)
            update = {
                "left": rect.left_mm,
                "top": rect.top_mm,
                "width": rect.width_mm,
                "height": rect.height_mm,
            }
            shapes.append(shape.model_copy(update=update))
        else:
            shapes.append(shape)
    return draft.model_copy(update={"shapes": tuple(shapes)})


def _added(shapes: Sequence[Shape], places: Iterable[tuple[int, str, Rect]]) -> tuple[Shape, ...]:
    last = max((shape.id for shape in shapes), default=0)
    new = [
        Shape.model_validate(
            {
                "id": number,
                "page": page,
                "kind": kind,
                "left": rect.left_mm,
                "top": rect.top_mm,
                "width": rect.width_mm,
                "height": rect.height_mm,
            }
        )
        for number, (page, kind, rect) in enumerate(places, start=last + 1)
    ]
    return (*shapes, *new)


def _shared_share(one: Rect, other: Rect) -> float:
    """Common area as a share of the smaller rectangle."""
    across = min(one.left_mm + one.width_mm, other.left_mm + other.width_mm)
    down = min(one.top_mm + one.height_mm, other.top_mm + other.height_mm)
    width = max(across - max(one.left_mm, other.left_mm), 0.0)
    height = max(down - max(one.top_mm, other.top_mm), 0.0)
    smaller = min(one.width_mm * one.height_mm, other.width_mm * other.height_mm)
    return width * height / smaller
