"""The pictures that the review pages show, each under the name of a ballot."""

from collections.abc import Callable, Iterator

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.election.template import Rect, TemplatePage
from ballotscan.review.pictures import Laid, place_of_boxes, place_of_row
from ballotscan.review.visits import Visit, page
from ballotscan.review.workplace import Workplace, question_in

# A scan never changes, so a browser may keep its pictures; only it, and only while it is open.
_HEADERS = {"cache-control": "private, max-age=3600"}


def picture_routes(workplace: Workplace) -> Iterator[Route]:
    """The addresses of all pictures."""

    def sheet(visit: Visit) -> Response:
        record_id, number = str(visit.place["record"]), str(visit.place["number"])
        pages = workplace.pages(record_id)
        if not number.isdecimal() or not 1 <= int(number) <= len(pages):
            return _not_there(visit)
        found = workplace.sheet(record_id)
        ballot_id = None if found is None else found.ballot_id
        return _jpeg(visit, workplace.pictures.sheet(pages[int(number) - 1], ballot_id))

    def cut(
        find: Callable[[TemplatePage, str, int], Rect | None],
        make: Callable[[Laid, str, Rect], bytes | None],
    ) -> Callable[[Visit], Response]:
        def show(visit: Visit) -> Response:
            found = place_in(workplace, visit, find)
            return _not_there(visit) if found is None else _jpeg(visit, make(*found))

        return show

    yield page("/picture/sheet/{record}/{number}.jpg", sheet)
    place = "{record}/{contest}/{candidate}.jpg"
    yield page(f"/picture/row/{place}", cut(place_of_row, workplace.pictures.row))
    yield page(f"/picture/boxes/{place}", cut(place_of_boxes, workplace.pictures.boxes))


def place_in(
    workplace: Workplace, visit: Visit, find: Callable[[TemplatePage, str, int], Rect | None]
) -> tuple[Laid, str, Rect] | None:
    """The page, ballot and place that an address names; None where there is no such place."""
    question = question_in(visit)
    sheet = workplace.sheet(question.record_id)
    if sheet is None or sheet.ballot_id is None:
        return None
    if question.contest_id is None or question.candidate is None:
        return None
    for laid in workplace.pages(question.record_id):
        if laid.number is None:
            continue
        form = workplace.pictures.template_page(sheet.ballot_id, laid.number)
        rect = find(form, question.contest_id, question.candidate)
        if rect is not None:
            return laid, sheet.ballot_id, rect
    return None


def _jpeg(visit: Visit, content: bytes | None) -> Response:
    if content is None:
        return _not_there(visit)
    return Response(content, media_type="image/jpeg", headers=_HEADERS)


def _not_there(visit: Visit) -> Response:
    return visit.sorry(visit.translate("There is no such picture."), 404)
