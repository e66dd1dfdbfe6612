"""The end: what is still open, the results written anew, and what comes next."""

from collections.abc import Iterator

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.count.canvass import Canvass
from ballotscan.errors import BallotscanError
from ballotscan.locale.formats import format_share
from ballotscan.locale.words import in_words
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import Visit, change, page
from ballotscan.review.workplace import Workplace


def finish_routes(workplace: Workplace) -> Iterator[Route]:
    """The page at the end."""
    yield page("/review/finish", with_name(lambda visit: _show(visit, workplace)))
    yield change("/review/finish", with_name(lambda visit: _write(visit, workplace)))


def _show(visit: Visit, workplace: Workplace, written: str = "") -> Response:
    canvass = workplace.desk.canvass()
    return visit.show(
        "finish.html.jinja",
        counts=canvass.counts,
        items=len(workplace.desk.items()),
        unconfirmed=sum(result.people.unconfirmed for result in canvass.contests),
        withholds=canvass.withholds_totals,
        contests=list(_totals(visit, canvass)),
        written=written,
    )


def _totals(
    visit: Visit, canvass: Canvass
) -> Iterator[tuple[str, tuple[int, int, int], list[tuple[str, ...]]]]:
    """Each contest: title, ballots valid, invalid and waiting, and a line a candidate."""
    for result in canvass.contests:
        tally = result.tally
        rows: list[tuple[str, ...]] = []
        if not canvass.withholds_totals:
            rows = [
                (
                    str(place.candidate),
                    result.contest.candidates[place.candidate - 1].name,
                    visit.number(place.votes),
                    format_share(place.votes, result.outcome.base or 0, visit.session.language),
                    in_words(place.standing, visit.translate),
                )
                for place in result.outcome.candidates
            ]
        yield result.contest.title, (tally.valid, tally.invalid, tally.review), rows


def _write(visit: Visit, workplace: Workplace) -> Response:
    try:
        path = workplace.write_results()
    except BallotscanError as error:
        return visit.sorry(str(error), 503)
    return _show(visit, workplace, str(path))
