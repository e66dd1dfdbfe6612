"""From an election to paper: PDF, template and blank pictures, all from one Typst document.

The document is compiled three times: to measure its pieces, to see where they came to stand (that
gives the layout fingerprint), and with the fingerprint in the printed code. The last two must agree
in every place.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from PIL import Image

from ballotscan.design.layout import Draft, Measured, Piece, clean, draft_ballots, place_pieces
from ballotscan.design.sheet import BOX_MM, Side, lay_side
from ballotscan.design.wording import WORDINGS, Wording
from ballotscan.election.code import PageCode
from ballotscan.election.definition import Contest, Election, Marking
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import (
    BLANK_DPI,
    BallotTemplate,
    Fiducial,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
    layout_fingerprint,
    save_template,
)
from ballotscan.errors import ElectionError, OutputError

FONT_FOLDER = Path(__file__).parent / "fonts"
PDF_NAME = "ballot.pdf"

_SOURCE = Path(__file__).parent / "ballot.typ"
# Version 4 of ISO/IEC 18004, 33 x 33 modules: at level M it holds 90 characters; a page code has at
# most 71. Where the text is shorter, segno takes a better level.
_CODE_VERSION = 4
_CODE_SCALE = 8  # pixels a module in the embedded picture
_NO_FINGERPRINT = "0" * 12


@dataclass(frozen=True, slots=True)
class PrintedBallot:
    """One ballot, ready for the printer.

    Attributes:
        pdf: What goes to the printer.
        template: Where everything stands; its folder is empty until it is saved.
        blanks: PNG of each page, grey, `BLANK_DPI`.
    """

    pdf: bytes
    template: BallotTemplate
    blanks: tuple[bytes, ...]


def design_ballot(
    contests: Sequence[Contest], election: Election, *, needs_seal: bool = True
) -> PrintedBallot:
    """Design the sheet that these contests share.

    Args:
        contests: The contests of one ballot, as in `election.ballots`.
        election: What else is printed: names, place, date, language, paper.
        needs_seal: Whether a space is left for the committee's seal.

    Raises:
        ElectionError: They do not fit on both sides of one side, or cannot be printed.
    """
    _check(contests, election)
    wording = WORDINGS[election.language]
    side = lay_side(election.paper, needs_seal=needs_seal)
    pages = _fill_pages(contests, election, side, wording)
    draft = _describe(contests, election, side, wording, pages, _NO_FINGERPRINT)
    places = _query_places(draft)
    template = _make_template(contests, election, side, places, len(pages), _hash_words(pages))
    fingerprint = layout_fingerprint(template)
    final = _describe(contests, election, side, wording, pages, fingerprint)
    if _query_places(final) != places:
        msg = "the printed code moved the layout; this is a mistake in ballot.typ"
        raise RuntimeError(msg)
    pictures = tuple(_grey(png) for png in _export(final, "png", election))
    numbered = zip(template.pages, pictures, strict=True)
    return PrintedBallot(
        pdf=_export(final, "pdf", election)[0],
        template=dataclasses.replace(
            template,
            fingerprint=fingerprint,
            pages=tuple(
                dataclasses.replace(page, blank_sha256=hashlib.sha256(picture).hexdigest())
                for page, picture in numbered
            ),
        ),
        blanks=pictures,
    )


def write_ballot(printed: PrintedBallot, folder: Path) -> BallotTemplate:
    """Write ballot.pdf, template.json and the blank pictures; make the folder where it is missing.

    Returns:
        The template, loaded from `folder`.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PDF_NAME).write_bytes(printed.pdf)
        for page, picture in zip(printed.template.pages, printed.blanks, strict=True):
            (folder / page.blank).write_bytes(picture)
        return save_template(printed.template, folder)
    except OSError as error:
        msg = f"{folder}: cannot be written ({error.strerror}); choose another folder"
        raise OutputError(msg) from error


def _check(contests: Sequence[Contest], election: Election) -> None:
    rounds = {contest.round for contest in contests}
    if len(rounds) != 1:
        msg = (
            f"ballot {contests[0].ballot_id!r} has contests of the rounds {sorted(rounds)}; "
            "give each round a ballot of its own"
        )
        raise ElectionError(msg)


def _fill_pages(
    contests: Sequence[Contest], election: Election, side: Side, wording: Wording
) -> list[list[Piece]]:
    """Choose the first setting that fits: on one side if any does, else on two."""
    drafts = draft_ballots(contests, election, side, wording)
    measured = _measure(drafts, election, side)
    usable = [
        (draft, heights)
        for draft, heights in zip(drafts, measured, strict=True)
        if not any(item.too_wide for item in heights)
    ]
    for sides in (1, 2):
        for draft, heights in usable:
            pages = place_pieces(draft, heights, side, sides=sides)
            if pages is not None:
                return pages
    ballot_id = contests[0].ballot_id
    number = sum(len(contest.candidates) for contest in contests)
    if not usable:
        name = max(
            (word for c in contests for person in c.candidates for word in person.name.split()),
            key=len,
        )
        msg = (
            f"ballot {ballot_id!r}: the word {name!r} is wider than the column of names; break it "
            "with a space or a hyphen, or choose larger paper"
        )
        raise ElectionError(msg)
    msg = (
        f"ballot {ballot_id!r}: {number} candidates do not fit on both sides of one sheet of "
        f"{election.paper} in 10 pt; choose larger paper (key 'paper'), give the contests ballots "
        "of their own (key 'ballot'), or shorten names, units and titles"
    )
    raise ElectionError(msg)


def _measure(drafts: Sequence[Draft], election: Election, side: Side) -> list[list[Measured]]:
    """Ask Typst for the height of every piece of every draft."""
    pieces = [piece for draft in drafts for piece in draft.pieces()]
    described = _frame(election, side) | {"measure": pieces, "pages": []}
    found = json.loads(_compiler(described).query("<height>", field="value"))
    heights = iter([Measured(item["height"], item["wide"]) for item in found])
    return [[next(heights) for _ in draft.pieces()] for draft in drafts]


def _frame(election: Election, side: Side) -> dict[str, Any]:
    return {
        "title": clean(election.title),
        "author": clean(election.organisation),
        "language": election.language,
        "width": side.width_mm,
        "height": side.height_mm,
        "box": BOX_MM,
    }


def _describe(  # noqa: PLR0913 - the whole ballot
    contests: Sequence[Contest],
    election: Election,
    side: Side,
    wording: Wording,
    pages: Sequence[Sequence[Piece]],
    fingerprint: str,
) -> dict[str, Any]:
    """The whole document as JSON for ballot.typ."""
    described = []
    for number, pieces in enumerate(pages, start=1):
        code = PageCode(election.id, contests[0].ballot_id, contests[0].round, number, fingerprint)
        is_front = number == 1
        several = len(pages) > 1
        described.append(
            {
                "pieces": pieces,
                "discs": [
                    {"x": disc.x_mm, "y": disc.y_mm, "diameter": disc.diameter_mm}
                    for disc in side.fiducials
                ],
                "codes": [_rect(rect) for rect in side.codes],
                "picture": list(draw_code(code)),
                "seal": _rect(side.seal) | {"caption": wording.seal}
                if side.seal and is_front
                else None,
                "foot": _rect(side.foot)
                | {
                    "turn": wording.turn if several and is_front else "",
                    "page": wording.page.format(page=number, pages=len(pages)) if several else "",
                    "edition": wording.edition.format(edition=fingerprint),
                },
            }
        )
    return _frame(election, side) | {"measure": [], "pages": described}


def _rect(rect: Rect) -> dict[str, Any]:
    return {
        "left": rect.left_mm,
        "top": rect.top_mm,
        "width": rect.width_mm,
        "height": rect.height_mm,
    }


def draw_code(code: PageCode) -> bytes:
    """The QR code as a small PNG without a quiet zone."""
    symbol = segno.make(
        code.to_text(), version=_CODE_VERSION, error="m", mode="alphanumeric", micro=False
    )
    buffer = io.BytesIO()
    symbol.save(buffer, kind="png", scale=_CODE_SCALE, border=0)
    return buffer.getvalue()


def _hash_words(pages: Sequence[Sequence[Piece]]) -> str:
    """Hash of every printed word, so that another name is another edition."""
    words = [list(_strings(list(pieces))) for pieces in pages]
    text = json.dumps(words, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from _strings(value[name])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one measured thing came to stand."""

    kind: str
    name: str
    page: int
    rect: Rect


def _query_places(described: dict[str, Any]) -> list[_Place]:
    found = json.loads(_compiler(described).query("<measured>", field="value"))
    return [
        _Place(
            item["kind"],
            item["name"],
            item["page"],
            Rect(*(round(item[edge], 4) for edge in ("left", "top", "width", "height"))),
        )
        for item in found
    ]


def _make_template(  # noqa: PLR0913 - the whole ballot
    contests: Sequence[Contest],
    election: Election,
    side: Side,
    places: Sequence[_Place],
    page_count: int,
    words_sha256: str,
) -> BallotTemplate:
    markings = {contest.marking for contest in contests}
    expected = ExpectedMark.ANY
    if Marking.STRIKE_OUT not in markings:
        expected = ExpectedMark.CROSS
    elif len(markings) == 1:
        expected = ExpectedMark.STRIKE
    return BallotTemplate(
        ballot_id=contests[0].ballot_id,
        election_id=election.id,
        round=contests[0].round,
        identity=Identity.CODE,
        expected_mark=expected,
        is_photo=False,
        pages=tuple(
            _make_page(contests, side, [place for place in places if place.page == number], number)
            for number in range(1, page_count + 1)
        ),
        fingerprint="",
        folder=Path(),
        words_sha256=words_sha256,
    )


def _make_page(
    contests: Sequence[Contest], side: Side, places: Sequence[_Place], number: int
) -> TemplatePage:
    by_kind: dict[str, list[_Place]] = {}
    for place in places:
        by_kind.setdefault(place.kind, []).append(place)
    seals = by_kind.get("seal", [])
    lines: dict[str, list[Rect]] = {}
    for place in by_kind.get("name", []):
        lines.setdefault(place.name, []).append(place.rect)
    names = {contest.id: contest.candidates for contest in contests}
    return TemplatePage(
        number=number,
        width_mm=side.width_mm,
        height_mm=side.height_mm,
        blank=f"blank-{number}.png",
        blank_sha256="",
        fiducials=tuple(_disc(place.rect) for place in by_kind["disc"]),
        codes=tuple(place.rect for place in by_kind["code"]),
        seal=seals[0].rect if seals else None,
        boxes=tuple(_box(place) for place in by_kind.get("box", [])),
        names=tuple(
            NameField(
                position=position,
                lines=tuple(rects),
                text=clean(names[position.split("/")[0]][int(position.split("/")[1]) - 1].name),
                contest_id=position.split("/")[0],
                candidate=int(position.split("/")[1]),
            )
            for position, rects in lines.items()
        ),
    )


def _disc(rect: Rect) -> Fiducial:
    radius = rect.width_mm / 2
    return Fiducial(round(rect.left_mm + radius, 4), round(rect.top_mm + radius, 4), rect.width_mm)


def _box(place: _Place) -> MarkBox:
    contest_id, candidate, role = place.name.split("/")
    return MarkBox(
        position=place.name,
        rect=place.rect,
        contest_id=contest_id,
        candidate=int(candidate),
        role=BoxRole(role),
    )


def _compiler(described: dict[str, Any]) -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)]
    )
    return typst.Compiler(
        input=str(_SOURCE),
        root=str(_SOURCE.parent),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"ballot": json.dumps(described, ensure_ascii=False)},
    )


def _export(
    described: dict[str, Any], kind: Literal["pdf", "png"], election: Election
) -> list[bytes]:
    # The day of the election, so that the same ballot is the same file on every day.
    moment = dt.datetime.combine(election.date, dt.time(), tzinfo=dt.UTC)
    made = _compiler(described).compile(format=kind, ppi=BLANK_DPI, timestamp=moment)
    if made is None:
        return []
    return made if isinstance(made, list) else [made]


def _grey(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
    buffer = io.BytesIO()
    grey.save(buffer, format="PNG", optimize=True, dpi=(BLANK_DPI, BLANK_DPI))
    return buffer.getvalue()
