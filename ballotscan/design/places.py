"""From the places that were measured on the printed document to the template of the ballot."""

from collections.abc import Sequence
from pathlib import Path

from ballotscan.design.pieces import Order
from ballotscan.design.typesetting import Place
from ballotscan.design.wording import clean
from ballotscan.election.definition import Marking, contests_fingerprint
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import (
    BallotTemplate,
    Fiducial,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)


def make_template(order: Order, places: Sequence[Place], *, words_sha256: str) -> BallotTemplate:
    """The template of a printed ballot, still without fingerprint and hashes of its blanks.

    Args:
        order: What was printed.
        places: Where everything came to stand, in printed order.
        words_sha256: Hash of the printed words and of how they are set.
    """
    markings = {contest.marking for contest in order.contests}
    expected = ExpectedMark.ANY
    if markings == {Marking.RANK}:
        expected = ExpectedMark.FILL
    elif not markings & {Marking.STRIKE_OUT, Marking.RANK}:
        expected = ExpectedMark.CROSS
    elif markings == {Marking.STRIKE_OUT}:
        expected = ExpectedMark.STRIKE
    return BallotTemplate(
        ballot_id=order.ballot_id,
        election_id=order.election.id,
        round=order.contests[0].round,
        identity=Identity.CODE,
        expected_mark=expected,
        is_photo=False,
        pages=tuple(
            _make_page(order, [place for place in places if place.page == number], number)
            for number in range(1, max(place.page for place in places) + 1)
        ),
        fingerprint="",
        folder=Path(),
        words_sha256=words_sha256,
        contests_sha256=contests_fingerprint(order.contests),
    )


def _make_page(order: Order, places: Sequence[Place], number: int) -> TemplatePage:
    by_kind: dict[str, list[Place]] = {}
    for place in places:
        by_kind.setdefault(place.kind, []).append(place)
    lines: dict[str, list[Rect]] = {}
    for place in by_kind.get("name", []):
        lines.setdefault(place.name, []).append(place.rect)
    return TemplatePage(
        number=number,
        width_mm=order.side.width_mm,
        height_mm=order.side.height_mm,
        blank=f"blank-{number}.png",
        blank_sha256="",
        fiducials=tuple(_disc(place.rect) for place in by_kind["disc"]),
        codes=tuple(place.rect for place in by_kind["code"]),
        seal=next((place.rect for place in by_kind.get("seal", [])), None),
        boxes=tuple(_box(place) for place in by_kind.get("box", [])),
        names=tuple(_name(order, position, rects) for position, rects in lines.items()),
    )


def _disc(rect: Rect) -> Fiducial:
    radius = rect.width_mm / 2
    return Fiducial(round(rect.left_mm + radius, 4), round(rect.top_mm + radius, 4), rect.width_mm)


def _box(place: Place) -> MarkBox:
    contest_id, candidate, role, *numbers = place.name.split("/")
    return MarkBox(
        position=place.name,
        rect=place.rect,
        contest_id=contest_id,
        candidate=int(candidate),
        role=BoxRole(role),
        number=int(numbers[0]) if numbers else None,
    )


def _name(order: Order, position: str, lines: Sequence[Rect]) -> NameField:
    contest_id, number, _ = position.split("/")
    contest = next(contest for contest in order.contests if contest.id == contest_id)
    return NameField(
        position=position,
        lines=tuple(lines),
        text=clean(contest.candidates[int(number) - 1].name),
        contest_id=contest_id,
        candidate=int(number),
    )
