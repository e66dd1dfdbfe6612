"""Gather every sentence of the program into `vi.po`, and compile it.

Run it after adding or changing a sentence: `python scripts/translations.py`. It keeps what is
translated, adds what is new with an empty translation, and says what still waits for a translator.
Needs babel, which is among the test dependencies.
"""

import datetime as dt
import sys
from pathlib import Path

import typer.main
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ballotscan.cli.app import app
from ballotscan.cli.help import list_help

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ballotscan"
METHODS = [("**.py", "python"), ("**.html.jinja", "jinja2.ext.babel_extract")]
# What marks a sentence: `translate(...)`, `say(...)` and `_(...)` say it, `phrase(...)` and
# `message(...)` name it for later.
KEYWORDS = dict.fromkeys(("_", "translate", "say", "phrase", "message"))
FIRST_EDITION = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def extract() -> Catalog:
    """Every sentence that the program can say: in Python, in page templates, in help texts."""
    catalogue = Catalog(locale="vi", project="ballotscan", charset="utf-8")
    found = extract_from_dir(PACKAGE, method_map=METHODS, keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in sorted(found, key=lambda hit: hit[:2]):
        catalogue.add(message)
    for text in list_help(typer.main.get_command(app)):
        catalogue.add(text)
    return catalogue


def catalogue_path(language: str) -> Path:
    """Where the sentences of a language lie."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "ballotscan.po"


def main() -> int:
    """Update and compile the Vietnamese catalogue; 1 where a translation is missing."""
    path = catalogue_path("vi")
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    catalogue.update(extract(), no_fuzzy_matching=True)
    # No clock and no placeholder in the files: the same sentences give the same bytes.
    catalogue.creation_date = catalogue.revision_date = FIRST_EDITION
    catalogue.msgid_bugs_address = ""
    catalogue.last_translator = "ballotscan"
    catalogue.language_team = "Vietnamese"
    catalogue.obsolete.clear()
    with path.open("wb") as stream:
        # No places: a sentence that moves to another file changes no line here.
        write_po(stream, catalogue, width=100, no_location=True, sort_output=True)
    with path.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalogue)
    missing = [message.id for message in catalogue if message.id and not message.string]
    for sentence in missing:
        print(f"no translation: {sentence}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
