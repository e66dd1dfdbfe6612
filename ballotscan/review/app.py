"""The web application: groups of pages behind one guard.

A group (`Part`) brings its routes, made with `visits.page` and `visits.change`; its templates lie in
`templates`, extend `base.html.jinja` and say every sentence through `_`. Its style sheets and
scripts lie in `static`. What the pages work on is held by the part, which is made before the server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ballotscan.review.guard import Access, Guard
from ballotscan.review.mishaps import mishap_page
from ballotscan.review.sessions import Session, Sessions
from ballotscan.review.sign_in import sign_in_routes
from ballotscan.review.visits import Visit, static_routes


@dataclass(frozen=True, slots=True)
class Part:
    """A group of pages.

    Attributes:
        title: What it is called in the line at the top (marked with `phrase`); empty: not there.
        entry: Address of its first page.
    """

    title: str
    entry: str
    routes: Sequence[Route]


def build_app(parts: Sequence[Part], access: Access, *, language: str, log: Path) -> Starlette:
    """Put groups of pages together.

    Args:
        parts: The first one is shown first.
        access: What every request must bring.
        language: Of a browser that has not chosen one: that of the election.
        log: The file in which pages that fail are written down.
    """
    sessions = Sessions(language)

    async def first_page(_: Request) -> Response:
        return RedirectResponse(parts[0].entry, status_code=303)

    app = Starlette(
        routes=[
            Route("/", first_page, methods=["GET"]),
            *static_routes(),
            *sign_in_routes(),
            *(route for part in parts for route in part.routes),
        ],
        middleware=[Middleware(Guard, access=access, sessions=sessions)],
        exception_handlers={
            404: _not_there,
            405: _not_there,
            Exception: mishap_page(log),
        },
    )
    app.state.parts = tuple(parts)
    return app


async def _not_there(request: Request, error: Exception) -> Response:
    session = request.scope.get("session") or Session("", "en")
    visit = Visit(request, session, b"")
    status = getattr(error, "status_code", 404)
    return visit.sorry(visit.translate("There is no such page here."), status)
