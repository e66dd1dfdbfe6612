"""One request as the pages see it: who asks, in which language, and what was filled in.

A page is a plain function from a `Visit` to a response; `page` and `change` put it under an address.
It runs in a thread, so it may read files and wait for the ledger.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ballotscan.locale.catalogue import LANGUAGES, Translate, phrase, translator
from ballotscan.locale.formats import format_count
from ballotscan.review.sessions import Session

STATIC = "/static"
MAX_BODY = 4 << 20  # bytes; a template with its boxes as JSON stays far below it

# Said at the door, where no language is known yet: in all of them.
_REFUSALS = {
    "foreign-host": phrase("This address is not the address of this program."),
    "foreign-origin": phrase("This change did not come from a page of this program."),
    "method": phrase("This kind of request is not answered here."),
    "no-token": phrase(
        "Open this page with the whole address that the program printed, its token included."
    ),
    "too-large": phrase("What was sent is too large."),
}


class FormError(Exception):
    """What was sent does not fit the page; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Attributes:
        session: Who asks.
        body: What was sent, as it came.
        parts: Titles and addresses of the groups of pages, for the line at the top.
    """

    request: Request
    session: Session
    body: bytes
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def translate(self) -> Translate:
        """From an English sentence to the language of this browser."""
        return translator(self.session.language)

    def number(self, value: int) -> str:
        """A whole number as this language writes it."""
        return format_count(value, self.session.language)

    @property
    def place(self) -> Mapping[str, Any]:
        """What stands in the address, by the names of the route."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return self.request.query_params

    def form(self) -> dict[str, list[str]]:
        """What was filled in.

        Raises:
            FormError: It is not a form.
        """
        try:
            return parse_qs(
                self.body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(self.body),
                max_num_fields=4096,
            )  # fmt: skip
        except ValueError as error:
            raise FormError(self.translate("The form could not be read.")) from error

    def field(self, name: str) -> str:
        """One field of the form, without blanks around it; empty where it is missing."""
        return self.form().get(name, [""])[0].strip()

    def show(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """A page made from a template of `templates`.

        The template knows `_` (the translation), `number`, `session`, `notice`, `parts` and `path`.
        """
        page = environment().get_template(template).render(
            _=self.translate,
            number=self.number,
            session=self.session,
            notice=self.session.take_notice(),
            languages=LANGUAGES,
            parts=self.parts,
            path=self.request.url.path,
            here=_address(self.request),
            **values,
        )  # fmt: skip
        return HTMLResponse(page, status_code=status)

    def go(self, path: str, notice: str = "") -> RedirectResponse:
        """Send the browser to a page of this program, with a sentence for it."""
        if notice:
            self.session.notice = notice
        return RedirectResponse(path, status_code=303)

    def sorry(self, sentence: str, status: int = 400) -> HTMLResponse:
        """A page that says what did not work and what to do; the sentence is in words already."""
        return self.show("message.html.jinja", status=status, sentence=sentence)


Page = Callable[[Visit], Response]


def _address(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def page(path: str, show: Page) -> Route:
    """A page that shows something and changes nothing."""
    return Route(path, _endpoint(show), methods=["GET"])


def change(path: str, make: Page) -> Route:
    """An address that a form is sent to; only this changes anything."""
    return Route(path, _endpoint(make), methods=["POST"])


def _endpoint(answer: Page) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return refuse("too-large", 413)
        parts = tuple((part.title, part.entry) for part in request.app.state.parts if part.title)
        visit = Visit(request, request.scope["session"], bytes(body), parts)
        try:
            return await run_in_threadpool(answer, visit)
        except FormError as error:
            return visit.sorry(str(error))

    return endpoint


@lru_cache
def environment() -> Environment:
    """What templates are made with; names come from people, so everything is escaped."""
    return Environment(
        loader=PackageLoader("ballotscan.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def refuse(why: str, status: int) -> Response:
    """Answer at the door, in every language of the program."""
    sentences = [translator(language)(_REFUSALS[why]) for language in LANGUAGES]
    return PlainTextResponse("\n".join(sentences) + "\n", status_code=status)


def static_routes() -> Iterator[Route]:
    """The style sheets and scripts of the program, each under its own address and nothing else."""
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for file in sorted(
        files("ballotscan.review").joinpath("static").iterdir(), key=lambda f: f.name
    ):
        suffix = file.name[file.name.rfind(".") :]
        if suffix in kinds:
            yield _static_route(file.name, file.read_bytes(), kinds[suffix])


def _static_route(name: str, content: bytes, kind: str) -> Route:
    async def endpoint(_: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"{STATIC}/{name}", endpoint, methods=["GET"])
