"""Who may ask for a page, and what a page may do.

The server listens on this machine alone, but every page of the web can make a browser send requests
to it. So each request must name this server as its host (a foreign name that was made to point here
is refused), a change must come from one of our own pages (Origin), and nothing is shown to a browser
that has not brought the token from the address the program printed. What reads never changes
anything: pages are asked for with GET, changes are made with POST. The pages may load nothing from
elsewhere and run no script but the program's own files.

Sources: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (verifying the origin); NCC Group,
Singularity of Origin (DNS rebinding is stopped by checking the Host header).
"""

import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ballotscan.review.sessions import Session, Sessions
from ballotscan.review.visits import STATIC, refuse

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # "no-referrer" would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
READING = frozenset({"GET", "HEAD"})
CHANGING = frozenset({"POST"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a request must bring.

    Attributes:
        token: In the address that the program prints.
        hosts: Every `name:port` under which this server may be asked for.
        is_tls: The connection is encrypted.
    """

    token: str
    hosts: frozenset[str]
    is_tls: bool = False

    @property
    def cookie(self) -> str:
        """Name of the cookie; cookies do not know ports, so two servers need two names."""
        port = min(self.hosts).rpartition(":")[2]
        return f"ballotscan-{port}"

    def is_own_origin(self, origin: str | None) -> bool:
        """Whether a page of this server sent the request."""
        scheme = "https" if self.is_tls else "http"
        return origin is not None and origin in {f"{scheme}://{host}" for host in self.hosts}


class Guard:
    """The door in front of all pages."""

    def __init__(self, app: ASGIApp, access: Access, sessions: Sessions) -> None:
        self._app = app
        self._access = access
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web sockets here
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        request = Request(scope, receive)
        session = self._sessions.find(request.cookies.get(self._access.cookie))
        answer = self._answer(request, session)
        if answer is None:
            scope["session"] = session
            await self._app(scope, receive, send_safely)
        else:
            await answer(scope, receive, send_safely)

    def _answer(self, request: Request, session: Session | None) -> Response | None:
        """What is answered at the door; None where the request may enter."""
        headers: Headers = request.headers
        if headers.get("host") not in self._access.hosts:
            return refuse("foreign-host", 421)
        if request.method not in READING | CHANGING:
            return refuse("method", 405)
        if request.method in CHANGING and not self._access.is_own_origin(headers.get("origin")):
            return refuse("foreign-origin", 403)
        token = request.query_params.get("token")
        if token is not None and request.method == "GET":
            return self._enter(request, token, session)
        if session is None and not request.url.path.startswith(f"{STATIC}/"):
            return refuse("no-token", 403)
        return None

    def _enter(self, request: Request, token: str, session: Session | None) -> Response:
        """Exchange the token for a cookie, so that it does not stay in the address."""
        if not hmac.compare_digest(token.encode(), self._access.token.encode()):
            return refuse("no-token", 403)
        answer = RedirectResponse(request.url.path, status_code=303)
        if session is None:
            answer.set_cookie(
                self._access.cookie,
                self._sessions.begin().id,
                httponly=True,
                samesite="strict",
                secure=self._access.is_tls,
            )
        return answer
