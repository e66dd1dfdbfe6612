"""From what was drawn to the template that counts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.existing_paper import FormDescription, FormPage, write_form
from ballotscan.drawing.draft import Draft, Shape
from ballotscan.drawing.reading_order import find_lines
from ballotscan.election.definition import Election
from ballotscan.election.template import BallotTemplate, MarkBox, NameField


def write_template(
    draft: Draft,
    blanks: Sequence[NDArray[np.uint8]],
    folder: Path,
    *,
    ballot_id: str,
    election: Election,
) -> BallotTemplate:
    """Write the template of a drawn form, its blanks beside it.

    Args:
        draft: What was drawn; each shape is bound.
        blanks: (rows, columns) grey picture of each page, in template pixels.
        folder: Where it is written.
        ballot_id: Which ballot of the election it is.
        election: Whose contests it is bound to.

    Raises:
        TemplateError: The template would not load: boxes lie on one another, or two mean the same.
        OutputError: The folder cannot be written.
    """
    pages = [
        FormPage(
            blank,
            boxes=tuple(_box(shape) for shape in _in_order(draft, number, "box")),
            names=_names(_in_order(draft, number, "name"), election),
        )
        for number, blank in enumerate(blanks, start=1)
    ]
    form = FormDescription(ballot_id, draft.expected_mark, draft.is_photo)
    return write_form(pages, folder, form, election)


def _in_order(draft: Draft, page: int, kind: str) -> list[Shape]:
    shapes = [shape for shape in draft.shapes if shape.page == page and shape.kind == kind]
    return [shape for line in find_lines(shapes) for shape in line]


def _box(shape: Shape) -> MarkBox:
    return MarkBox(
        position=_position(shape),
        rect=shape.rect,
        contest_id=shape.contest_id,
        candidate=shape.candidate,
        role=shape.role,
        number=shape.number,
    )


def _names(shapes: Sequence[Shape], election: Election) -> tuple[NameField, ...]:
    """A field for each candidate; several shapes are the lines of one name."""
    lines: dict[tuple[str, int], list[Shape]] = {}
    for shape in shapes:
        if shape.contest_id is not None and shape.candidate is not None:
            lines.setdefault((shape.contest_id, shape.candidate), []).append(shape)
    return tuple(
        NameField(
            position=_position(of_name[0]),
            lines=tuple(shape.rect for shape in of_name),
            text=election.contest(contest_id).candidates[candidate - 1].name,
            contest_id=contest_id,
            candidate=candidate,
        )
        for (contest_id, candidate), of_name in lines.items()
    )


def _position(shape: Shape) -> str:
    role = "name" if shape.role is None else shape.role.value
    number = "" if shape.number is None else f"/{shape.number}"
    return f"{shape.contest_id}/{shape.candidate}/{role}{number}"
