"""Typst, as far as ballots need it: heights of pieces, places on the paper, PDF and pictures.

The fonts are our own, so that print is the same on every machine; nothing is fetched.
"""

import datetime as dt
import functools
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pikepdf
import typst
from PIL import Image, ImageFont

from ballotscan.design.layout import Measured
from ballotscan.design.tables import Piece
from ballotscan.election.template import BLANK_DPI, Rect

FONT_FOLDER = Path(__file__).parent / "fonts"

Described = Mapping[str, Any]  # the document as JSON for ballot.typ

_SOURCE = Path(__file__).parent / "ballot.typ"
_FONT = FONT_FOLDER / "LiberationSerif-Regular.ttf"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one measured thing came to stand."""

    kind: str
    name: str
    page: int
    rect: Rect


def measure_pieces(frame: Described, pieces: Sequence[Piece]) -> list[Measured]:
    """Ask for the height of each piece, in the order given."""
    compiler = _compiler({**frame, "measure": pieces, "pages": []})
    found = json.loads(compiler.query("<height>", field="value"))
    return [Measured(item["height"], item["word"]) for item in found]


def query_places(described: Described) -> list[Place]:
    """Ask where everything that reading must find stands on the printed pages."""
    found = json.loads(_compiler(described).query("<measured>", field="value"))
    edges = ("left", "top", "width", "height")
    return [
        Place(
            item["kind"],
            item["name"],
            item["page"],
            Rect(*(round(item[edge], 4) for edge in edges)),
        )
        for item in found
    ]


def export_pdf(described: Described, date: dt.date) -> bytes:
    """The document for the printer; `date` goes into its metadata in place of today's."""
    moment = dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)
    return _ask_for_full_size(_export(described, "pdf", moment)[0])


def export_blanks(described: Described) -> tuple[bytes, ...]:
    """A grey PNG of each page, at `BLANK_DPI`."""
    return tuple(map(_grey, _export(described, "png", None)))


def setting_edition() -> list[str]:
    """What decides how the same description is set: our source, and the edition of Typst."""
    # Line ends differ between checkouts; they change nothing in print.
    source = _SOURCE.read_text(encoding="utf-8")
    return [hashlib.sha256(source.encode()).hexdigest(), version("typst")]


def find_unprintable(text: str) -> str | None:
    """The first character that the font has not; None where it has all."""
    return next((character for character in text if not _is_in_font(character)), None)


@functools.cache
def _is_in_font(character: str) -> bool:
    # For what it has not, this font prints nothing at all: a name would lose letters in silence.
    return character.isspace() or _picture_font().getmask(character).getbbox() is not None


@functools.cache
def _picture_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), 20, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)]
    )


def _compiler(described: Described) -> typst.Compiler:
    return typst.Compiler(
        input=str(_SOURCE),
        root=str(_SOURCE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"ballot": json.dumps(described, ensure_ascii=False)},
    )


def _export(
    described: Described, kind: Literal["pdf", "png"], moment: dt.datetime | None
) -> list[bytes]:
    made = _compiler(described).compile(format=kind, ppi=BLANK_DPI, timestamp=moment)
    if made is None:
        return []
    return made if isinstance(made, list) else [made]


def _ask_for_full_size(pdf: bytes) -> bytes:
    """Have print dialogs begin with full size instead of `fit to page`, and with both sides."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        wishes = {"/PrintScaling": pikepdf.Name("/None")}
        if len(opened.pages) > 1:
            wishes["/Duplex"] = pikepdf.Name("/DuplexFlipLongEdge")
        opened.Root.ViewerPreferences = pikepdf.Dictionary(wishes)
        opened.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _grey(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
    buffer = io.BytesIO()
    grey.save(buffer, format="PNG", optimize=True, dpi=(BLANK_DPI, BLANK_DPI))
    return buffer.getvalue()
