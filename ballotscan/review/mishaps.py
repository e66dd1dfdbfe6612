"""A page that fails by a mistake of the program: written down with its traceback, and said.

The log of the server is switched off, because what is asked for may name a ballot. What fails goes
into a file of the election folder instead, which stays with the election.
"""

import datetime as dt
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from ballotscan import __version__
from ballotscan.review.guard import HEADERS
from ballotscan.review.sessions import Session
from ballotscan.review.visits import Visit

LOG_NAME = "errors.log"


def mishap_page(log: Path) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers in place of a page that failed.

    Args:
        log: The file that the traceback is added to.
    """

    async def answer(request: Request, error: Exception) -> Response:
        visit = Visit(request, request.scope.get("session") or Session("", "en"), b"")
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        told = "".join(traceback.format_exception(error))
        entry = f"{now} ballotscan {__version__} {request.method} {request.url.path}\n{told}\n"
        sentence = visit.translate(
            "This page failed by a mistake of the program. What was decided before is kept. Go back"
            " and try once more; if it fails again, stop the program, start it anew, and send the file"
            " {log} to whoever looks after the program."
        )
        try:
            with log.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(entry)
        except OSError:  # a full disk may be what failed: say at least that
            sentence = visit.translate(
                "This page failed, and the file {log} could not be written. Look whether the disk is"
                " full; what was decided before is kept."
            )
        page = visit.sorry(sentence.format(log=log), 500)
        page.headers.update(HEADERS | {"cache-control": "no-store"})  # made outside of the guard
        return page

    return answer
