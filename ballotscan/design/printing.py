"""From an election to paper: PDF, template and blank pictures, all from one Typst document.

The document is set three times: to measure its pieces, to see where they came to stand (that gives
the layout fingerprint), and with the fingerprint in the printed code. The last two must agree in
every place.
"""

import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ballotscan.design.layout import Measured, may_fit, place_pieces
from ballotscan.design.pieces import Draft, Order, draft_ballots
from ballotscan.design.places import make_template
from ballotscan.design.sheet import BOX_GAP_MM, BOX_MM, OVAL_MM, lay_side
from ballotscan.design.tables import Piece
from ballotscan.design.typesetting import (
    export_blanks,
    export_pdf,
    find_unprintable,
    measure_pieces,
    query_places,
    setting_edition,
)
from ballotscan.design.wording import WORDINGS, clean
from ballotscan.election.code import PageCode
from ballotscan.election.definition import Contest, Election
from ballotscan.election.template import BallotTemplate, Rect
from ballotscan.election.template_files import layout_fingerprint, save_template
from ballotscan.errors import ElectionError, OutputError
from ballotscan.locale.message import message

PDF_NAME = "ballot.pdf"

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
        template: Where everything stands; its folder is empty until it is written.
        blanks: PNG of each page, grey, at `BLANK_DPI`.
    """

    pdf: bytes
    template: BallotTemplate
    blanks: tuple[bytes, ...]


def design_ballot(
    contests: Sequence[Contest], election: Election, *, seal_space: bool | None = None
) -> PrintedBallot:
    """Design the sheet that these contests share.

    Args:
        contests: The contests of one ballot, as in `election.ballots`.
        election: What else is printed: names, place, date, language, paper.
        seal_space: Whether room is left for the committee's seal; None leaves it on Vietnamese
            ballots, which are sealed at the top left (Decision 244-QD/TW, Art. 17).

    Raises:
        ElectionError: They do not fit on both sides of one sheet, or cannot be printed.
    """
    order = take_order(contests, election, seal_space=seal_space)
    _check_rounds(order)
    pages = fill_pages(order)
    draft = _describe(order, pages, _NO_FINGERPRINT)
    places = query_places(draft)
    template = make_template(order, places, words_sha256=_hash_print(order, pages))
    fingerprint = layout_fingerprint(template)
    final = _describe(order, pages, fingerprint)
    if query_places(final) != places:
        msg = "the printed code moved the layout; this is a mistake in ballot.typ"
        raise RuntimeError(msg)
    blanks = export_blanks(final)
    hashed = tuple(
        dataclasses.replace(page, blank_sha256=hashlib.sha256(blank).hexdigest())
        for page, blank in zip(template.pages, blanks, strict=True)
    )
    return PrintedBallot(
        pdf=export_pdf(final, election.date),
        template=dataclasses.replace(template, fingerprint=fingerprint, pages=hashed),
        blanks=blanks,
    )


def take_order(
    contests: Sequence[Contest], election: Election, *, seal_space: bool | None = None
) -> Order:
    """Say what is to be printed, on which paper and in which words; as `design_ballot`."""
    if seal_space is None:
        seal_space = election.language == "vi"
    return Order(
        contests=tuple(contests),
        election=election,
        side=lay_side(election.paper_of(contests[0]), seal_space=seal_space),
        wording=WORDINGS[election.language],
    )


def write_ballot(printed: PrintedBallot, folder: Path) -> BallotTemplate:
    """Write ballot.pdf, template.json and the blank pictures; make the folder where it is missing.

    Returns:
        The template, as it loads from `folder`.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PDF_NAME).write_bytes(printed.pdf)
        for page, blank in zip(printed.template.pages, printed.blanks, strict=True):
            (folder / page.blank).write_bytes(blank)
        return save_template(printed.template, folder)
    except OSError as error:
        msg = message(
            "{folder}: cannot be written ({reason}); choose another folder",
            folder=folder,
            reason=error.strerror,
        )
        raise OutputError(msg) from error


def _check_rounds(order: Order) -> None:
    rounds = sorted({contest.round for contest in order.contests})
    if len(rounds) > 1:
        msg = message(
            "ballot {ballot_id!r} has contests of rounds {first} and {last}; give each round a ballot of its own (key 'ballot')",
            ballot_id=order.ballot_id,
            first=rounds[0],
            last=rounds[-1],
        )
        raise ElectionError(msg)


def fill_pages(order: Order) -> list[list[Piece]]:
    """Place every piece in the first setting that fits: on one side if any does, else on two.

    Raises:
        ElectionError: None fits, or something cannot be printed.
    """
    drafts = draft_ballots(order)
    _check_letters(order, drafts)
    heights: dict[int, list[Measured]] = {}
    words: dict[int, str] = {}
    for sides in (1, 2):
        for number, draft in enumerate(drafts):
            if not may_fit(draft, order.side, sides=sides):
                continue
            if number not in heights:
                heights[number] = measure_pieces(_frame(order), list(draft.pieces()))
            wide = next((item.widest_word for item in heights[number] if item.widest_word), None)
            if wide is not None:
                words[number] = wide
                continue
            pages = place_pieces(draft, heights[number], order.side, sides=sides)
            if pages is not None:
                return pages
    if words and len(words) == len(heights):
        msg = message(
            "ballot {ballot_id!r}: {word!r} is wider than its place on the paper; break it with a space, or choose larger paper (key 'paper')",
            ballot_id=order.ballot_id,
            word=next(iter(words.values())),
        )
        raise ElectionError(msg)
    number = sum(len(contest.candidates) for contest in order.contests)
    msg = message(
        "ballot {ballot_id!r}: {number} candidates do not fit on both sides of one {paper} sheet in 10 pt; choose larger paper (key 'paper'), give each contest a ballot of its own (key 'ballot'), or shorten names, units and titles",
        ballot_id=order.ballot_id,
        number=number,
        paper=order.election.paper_of(order.contests[0]),
    )
    raise ElectionError(msg)


def _check_letters(order: Order, drafts: Sequence[Draft]) -> None:
    for text in dict.fromkeys(_strings([piece for draft in drafts for piece in draft.pieces()])):
        letter = find_unprintable(text)
        if letter is not None:
            msg = message(
                "ballot {ballot_id!r}: {letter!r} (U+{code:04X}) in {words!r} is not in the printing font; write it in Latin letters",
                ballot_id=order.ballot_id,
                letter=letter,
                code=ord(letter),
                words=text,
            )
            raise ElectionError(msg)


def _frame(order: Order) -> dict[str, Any]:
    return {
        "title": clean(order.election.title),
        "author": clean(order.election.organisation),
        "language": order.election.language,
        "width": order.side.width_mm,
        "height": order.side.height_mm,
        "box": BOX_MM,
        "box-gap": BOX_GAP_MM,
        "oval": OVAL_MM,
    }


def _describe(order: Order, pages: Sequence[Sequence[Piece]], fingerprint: str) -> dict[str, Any]:
    """The whole document as JSON for ballot.typ."""
    side, wording, count = order.side, order.wording, len(pages)
    described = []
    for number, pieces in enumerate(pages, start=1):
        code = PageCode(
            order.election.id, order.ballot_id, order.contests[0].round, number, fingerprint
        )
        discs = [{"x": d.x_mm, "y": d.y_mm, "diameter": d.diameter_mm} for d in side.fiducials]
        seal = side.seal if number == 1 else None
        foot = {
            "turn": wording.turn if number < count else "",
            "page": wording.page.format(page=number, pages=count) if count > 1 else "",
            "edition": wording.edition.format(edition=fingerprint),
        }
        described.append(
            {
                "pieces": pieces,
                "discs": discs,
                "codes": [_describe_rect(rect) for rect in side.codes],
                "picture": list(draw_code(code)),
                "seal": seal and {**_describe_rect(seal), "caption": wording.seal},
                "foot": {**_describe_rect(side.foot), **foot},
            }
        )
    return {**_frame(order), "measure": [], "pages": described}


def _describe_rect(rect: Rect) -> dict[str, float]:
    return {
        "left": rect.left_mm,
        "top": rect.top_mm,
        "width": rect.width_mm,
        "height": rect.height_mm,
    }


def draw_code(code: PageCode) -> bytes:
    """The QR code of a page as a small PNG without a quiet zone."""
    import segno  # noqa: PLC0415 - counting loads this module too, and never draws a code

    symbol = segno.make(
        code.to_text(), version=_CODE_VERSION, error="m", mode="alphanumeric", micro=False
    )
    buffer = io.BytesIO()
    symbol.save(buffer, kind="png", scale=_CODE_SCALE, border=0)
    return buffer.getvalue()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from _strings(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _hash_print(order: Order, pages: Sequence[Sequence[Piece]]) -> str:
    """Hash of all that makes the print but the code: the words, their places, and how they are set.

    A later edition of this program that sets them otherwise makes another edition of the paper:
    what was printed before is then refused, and not compared with a blank that it does not match.
    """
    printed = json.dumps(
        [_rounded([_frame(order), *map(list, pages)]), setting_edition()], sort_keys=True
    )
    return hashlib.sha256(printed.encode()).hexdigest()


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value
