"""The pages on which all boxes of a contest are leafed through, and one is sent to review."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.count.reading import CountedSheet, MachineReading
from ballotscan.election.definition import Contest
from ballotscan.election.records import MarkStatus, Question
from ballotscan.election.template import BallotTemplate, MarkBox, NameField
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.words import in_words
from ballotscan.review.choices import doubt
from ballotscan.review.desk import GoneError, TakenError
from ballotscan.review.gallery import Gallery, Kind, make_gallery
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import FormError, Page, Visit, change, page
from ballotscan.review.workplace import Workplace

ENTRY = "/review/gallery"
SHOWN = 96  # boxes on one page
_KEPT = 8  # galleries that are kept sorted

_TITLES = {Kind.BOXES: phrase("Boxes"), Kind.STROKES: phrase("Names to strike out")}
_Answer = Callable[["Galleries", Visit], Response]


@dataclass(frozen=True, slots=True)
class Tile:
    """One box, or name, on the page.

    Attributes:
        place: What is asked about where it is sent to review: record/contest/candidate.
        cuts: The thresholds that lie just before it, in words.
        waits: Whether its row is asked about already.
    """

    picture: str
    number: str
    says: str
    status: str
    place: str
    sheet: str
    cuts: tuple[str, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the curve, in hundredths of its picture."""

    left: float
    height: float
    place: int
    says: str


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """A gallery and whose boxes they are; as long as the reading is this one."""

    reading: MachineReading
    gallery: Gallery
    sheets: dict[int, CountedSheet]


class Galleries:
    """Sorts boxes when they are first asked for, and keeps the last ones."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self._lock = threading.Lock()
        self._sorted: dict[tuple[str, Kind, int | None], _Sorted] = {}

    def find(self, contest: Contest, kind: Kind, candidate: int | None) -> _Sorted:
        """The gallery of a contest."""
        reading = self.workplace.desk.reading()
        key = contest.id, kind, candidate
        with self._lock:
            known = self._sorted.get(key)
            if known is None or known.reading is not reading:
                ballot_id = contest.ballot_id
                gallery = make_gallery(
                    reading.stacks[ballot_id],
                    contest.id,
                    kind,
                    self.workplace.options,
                    candidate=candidate,
                )
                sheets = {
                    sheet.row: sheet for sheet in reading.sheets if sheet.ballot_id == ballot_id
                }
                known = _Sorted(reading, gallery, sheets)
                self._sorted[key] = known
                while len(self._sorted) > _KEPT:
                    self._sorted.pop(next(iter(self._sorted)))
            return known


def gallery_routes(workplace: Workplace) -> Iterator[Route]:
    """The addresses of the galleries and of their pictures."""
    galleries = Galleries(workplace)

    def on(answer: _Answer) -> Page:
        return with_name(partial(answer, galleries))

    yield page(ENTRY, on(_choose))
    yield page(f"{ENTRY}/{{contest}}/{{kind}}", on(_show))
    yield change(f"{ENTRY}/ask", on(_ask))
    yield page("/picture/cell/{record}/{column}.jpg", partial(_picture, galleries))


def _choose(galleries: Galleries, visit: Visit) -> Response:
    """All galleries that there are."""
    reading = galleries.workplace.desk.reading()
    found = [
        (contest.title, visit.translate(_TITLES[kind]), f"{ENTRY}/{contest.id}/{kind}")
        for contest in reading.election.contests
        for kind in _kinds(reading.stacks[contest.ballot_id].template, contest)
    ]
    return visit.show("galleries.html.jinja", galleries=found)


def _show(galleries: Galleries, visit: Visit) -> Response:
    """One page of a gallery."""
    reading = galleries.workplace.desk.reading()
    contest = _contest(reading, str(visit.place["contest"]))
    kind = next((one for one in Kind if one == visit.place["kind"]), None)
    if contest is None or kind is None:
        return visit.sorry(visit.translate("There is no such page here."), 404)
    candidate = _number(visit.query.get("candidate", ""))
    if not 1 <= candidate <= len(contest.candidates):
        candidate = 0
    found = galleries.find(contest, kind, candidate or None)
    total = len(found.gallery.numbers)
    start = min(max(_number(visit.query.get("from", "")), 0), max(total - 1, 0)) // SHOWN * SHOWN
    base = f"{ENTRY}/{contest.id}/{kind}"
    more = f"&candidate={candidate}" if candidate else ""
    return visit.show(
        "gallery.html.jinja",
        title=contest.title,
        what=visit.translate(_TITLES[kind]),
        tiles=[
            _tile(galleries.workplace, visit, contest, found, place)
            for place in range(start, min(start + SHOWN, total))
        ],
        total=total,
        first=start + 1,
        last=min(start + SHOWN, total),
        unread=found.gallery.unread,
        bars=_bars(found.gallery, visit),
        lines=_lines(found.gallery, visit),
        at=lambda place: f"{base}?from={place}{more}",
        before=start - SHOWN if start else None,
        after=start + SHOWN if start + SHOWN < total else None,
        end=max(total - 1, 0),
        base=base,
        candidates=[(n, one.name) for n, one in enumerate(contest.candidates, start=1)],
        candidate=candidate,
    )


def _ask(galleries: Galleries, visit: Visit) -> Response:
    """Have a row looked at: it is asked like any other, and its ballot waits."""
    record_id, contest_id, candidate = [*visit.field("place").split("/"), "", ""][:3]
    desk = galleries.workplace.desk
    contest = _contest(desk.reading(), contest_id)
    sheet = galleries.workplace.sheet(record_id)
    number = _number(candidate)
    if (
        contest is None
        or sheet is None
        or sheet.ballot_id != contest.ballot_id
        or not 1 <= number <= len(contest.candidates)
    ):
        raise FormError(visit.translate("There is no such row."))
    words = visit.translate("Seen in the gallery")
    asked = doubt(Question(record_id, contest_id, number), visit.session.person, words)
    try:
        desk.answer(visit.session.id, [asked])
    except (GoneError, TakenError):
        notice = visit.translate("Somebody else is looking at this row now; nothing was recorded.")
    else:
        notice = visit.translate("Sent to review: {row}").format(
            row=contest.candidates[number - 1].name
        )
    back = visit.field("back")
    return visit.go(back if back.startswith(f"{ENTRY}/") else ENTRY, notice)


def _picture(galleries: Galleries, visit: Visit) -> Response:
    """One box, by the name of its ballot and its column."""
    workplace = galleries.workplace
    record_id, column = str(visit.place["record"]), _number(str(visit.place["column"]), -1)
    sheet = workplace.sheet(record_id)
    if sheet is not None and sheet.ballot_id is not None and column >= 0:
        template = workplace.desk.reading().stacks[sheet.ballot_id].template
        for form in template.pages:
            if column < len(form.columns):
                laid = next(
                    (one for one in workplace.pages(record_id) if one.number == form.number), None
                )
                content = laid and workplace.pictures.cell(laid, sheet.ballot_id, column)
                if content:
                    headers = {"cache-control": "private, max-age=3600"}
                    return Response(content, media_type="image/jpeg", headers=headers)
                break
            column -= len(form.columns)
    return visit.sorry(visit.translate("There is no such picture."), 404)


def _tile(workplace: Workplace, visit: Visit, contest: Contest, found: _Sorted, place: int) -> Tile:
    gallery = found.gallery
    row, column = int(gallery.rows[place]), int(gallery.columns[place])
    stack = found.reading.stacks[contest.ballot_id]
    field = stack.template.columns[column]
    record_id = found.sheets[row].record_id
    candidate = field.candidate or 1
    status = MarkStatus(int(stack.statuses[row, column]))
    role = field.role if isinstance(field, MarkBox) else None
    what = visit.translate("name") if role is None else in_words(role, visit.translate)
    question = Question(record_id, contest.id, candidate)
    return Tile(
        picture=f"/picture/cell/{record_id}/{column}.jpg",
        number=_decimal(float(gallery.numbers[place]), visit),
        says=f"{candidate}. {contest.candidates[candidate - 1].name}, {what}: "
        f"{in_words(status, visit.translate)}",
        status=status.name.lower(),
        place=f"{record_id}/{contest.id}/{candidate}",
        sheet=f"/picture/sheet/{record_id}/1.jpg",
        cuts=tuple(
            f"{visit.translate(cut.name)}: {_decimal(cut.value, visit)}"
            for cut in gallery.cuts
            if cut.place == place
        ),
        waits=workplace.desk.find(question) is not None,
    )


def _bars(gallery: Gallery, visit: Visit) -> list[Bar]:
    """The curve: heights by the logarithm, so that one box among 100,000 is still seen."""
    bins = gallery.curve()
    most = max((one.count for one in bins), default=1)
    return [
        Bar(
            left=100 * place / len(bins),
            height=30 * math.log1p(one.count) / math.log1p(most),
            place=one.place,
            says=visit.translate("from {start}: {count}").format(
                start=_decimal(one.start, visit), count=visit.number(one.count)
            ),
        )
        for place, one in enumerate(bins)
    ]


def _lines(gallery: Gallery, visit: Visit) -> list[tuple[float, int, str]]:
    """The thresholds: where they stand in the curve, and the place of the first box above each."""
    bins = gallery.curve()
    end = bins[1].start * len(bins) if len(bins) > 1 else 1.0
    return [
        (
            min(100 * cut.value / end, 100.0),
            cut.place,
            f"{visit.translate(cut.name)}: {_decimal(cut.value, visit)}",
        )
        for cut in gallery.cuts
    ]


def _kinds(template: BallotTemplate, contest: Contest) -> list[Kind]:
    columns = [one for one in template.columns if one.contest_id == contest.id]
    names = [isinstance(one, NameField) for one in columns]
    return [
        kind
        for kind, is_there in ((Kind.BOXES, not all(names)), (Kind.STROKES, any(names)))
        if is_there
    ]


def _contest(reading: MachineReading, contest_id: str) -> Contest | None:
    return next((one for one in reading.election.contests if one.id == contest_id), None)


def _number(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise  # noqa: PLR2004


def _decimal(value: float, visit: Visit) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if visit.session.language == "vi" else text
