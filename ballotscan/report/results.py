"""The results page: one file that opens from disk in any browser, without a network.

Names and file names come from people, so everything is escaped where it enters the page, and the
page allows itself no script but its own (Content-Security-Policy with the hash of that script).
"""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ballotscan import __version__
from ballotscan.count.canvass import Canvass
from ballotscan.locale.catalogue import translator
from ballotscan.report.ballots import ballot_data, list_ballots
from ballotscan.report.view import make_view
from ballotscan.store.outputs import write_output

PAGE_NAME = "index.html"


def write_results_page(canvass: Canvass, folder: Path) -> Path:
    """Write `folder`/index.html; the pictures are expected in `folder`/audit.

    The same count gives the same bytes.

    Returns:
        The path of the page.

    Raises:
        OutputError: It cannot be written.
    """
    path = folder / PAGE_NAME
    write_output(path, render_results_page(canvass).encode("utf-8"))
    return path


def render_results_page(canvass: Canvass) -> str:
    """The whole page as HTML."""
    language = canvass.election.language
    ballots = list_ballots(canvass)
    script = _resource("results.js")
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    environment = Environment(
        loader=PackageLoader("ballotscan.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("results.html.jinja").render(
        _=translator(language),
        page=make_view(canvass, ballots, __version__),
        style=Markup(_resource("results.css")),  # noqa: S704 - a file of the program
        script=Markup(script),  # noqa: S704 - a file of the program
        script_hash=base64.b64encode(digest).decode("ascii"),
        data=Markup(ballot_data(ballots, language)),  # noqa: S704 - escaped for this place
    )


def _resource(name: str) -> str:
    return files("ballotscan.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n")
