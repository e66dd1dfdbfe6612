"""The name of the person at the browser, and the language of the pages."""

from collections.abc import Iterator

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.election.people import clean_name
from ballotscan.locale.catalogue import LANGUAGES
from ballotscan.review.visits import FormError, Page, Visit, change, page


def sign_in_routes() -> Iterator[Route]:
    """Pages that every application has."""
    yield page("/sign-in", _ask_name)
    yield change("/sign-in", _take_name)
    yield change("/language", _take_language)


def with_name(show: Page) -> Page:
    """A page for people who have said who they are; others are asked first."""

    def ask_first(visit: Visit) -> Response:
        return show(visit) if visit.session.person else visit.go("/sign-in")

    return ask_first


def _ask_name(visit: Visit) -> Response:
    return visit.show("sign_in.html.jinja", problem="")


def _take_name(visit: Visit) -> Response:
    _ = visit.translate
    name = clean_name(visit.field("name"))
    if not name:
        problem = _("Write your family name and given name; it stands with each of your decisions.")
        return visit.show("sign_in.html.jinja", status=400, problem=problem)
    visit.session.person = name
    return visit.go("/")


def _take_language(visit: Visit) -> Response:
    language, back = visit.field("language"), visit.field("back")
    if language not in LANGUAGES:
        raise FormError(visit.translate("The program does not speak this language."))
    visit.session.language = language
    # Only an address of this server: a second slash would name another one.
    is_own = back.startswith("/") and not back.startswith(("//", "/\\"))
    return visit.go(back if is_own else "/")
