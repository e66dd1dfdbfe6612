"""Help texts in the language that is spoken.

They stand in English beside the options they are about. Before the program runs they are looked up
in the catalogue, a paragraph at a time; `scripts/translations.py` gathers them from the same walk.
"""

import gettext
import os
from collections.abc import Callable, Iterator
from importlib.resources import files
from inspect import cleandoc
from typing import Any

from ballotscan.cli.speech import speaking
from ballotscan.locale.catalogue import DOMAIN, SOURCE_LANGUAGE, Translate, phrase

# What typer itself says in help: some of it through gettext, the rest is changed below.
OF_TYPER = (
    phrase("Usage:"),
    phrase("[OPTIONS]"),
    phrase("COMMAND [ARGS]..."),
    phrase("Show this message and exit."),
    phrase("Options"),
    phrase("Arguments"),
    phrase("Commands"),
    phrase("[default: {}]"),
    phrase("[required]"),
)

Command = Any  # typer keeps its commands to itself since it no longer rests on click


def list_help(command: Command) -> Iterator[str]:
    """Every paragraph of help, in English: of a command, its options, and the commands below it."""
    found: list[str] = []

    def gather(paragraph: str) -> str:
        found.append(paragraph)
        return paragraph

    def walk(one: Command) -> None:
        _change(one, gather)
        for name in getattr(one, "commands", ()):
            walk(one.get_command(None, name))

    with speaking(SOURCE_LANGUAGE):  # commands come translated where another language is spoken
        walk(command)
    return iter(dict.fromkeys(found))


def speak_as_typer(language: str) -> None:
    """Have typer say in a language what it says itself."""
    # It asks the catalogue of this process; gettext takes the language from this variable alone.
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(files("ballotscan.locale")))
    gettext.textdomain(DOMAIN)


def translate_help(command: Command, translate: Translate) -> None:
    """Put the help of a command, and of those below it that are loaded, into another language."""
    _change(command, translate)
    _speak_of_usage(command, translate)
    for below in getattr(command, "commands", {}).values():
        translate_help(below, translate)


def _speak_of_usage(command: Command, translate: Translate) -> None:
    """The line of usage and the option for help, which typer knows in English only."""
    usage, option = command.get_usage, command.get_help_option

    def get_usage(context: Any) -> str:  # noqa: ANN401 - typer's own
        return str(usage(context)).replace("Usage:", translate("Usage:"), 1)

    def get_help_option(context: Any) -> Any:  # noqa: ANN401
        found = option(context)
        if found is not None:
            found.help = translate("Show this message and exit.")
        return found

    command.get_usage, command.get_help_option = get_usage, get_help_option
    for name in ("options_metavar", "subcommand_metavar"):
        if getattr(command, name, None):
            setattr(command, name, translate(getattr(command, name)))


def _change(command: Command, change: Callable[[str], str]) -> None:
    for name in ("help", "short_help", "epilog"):
        text = getattr(command, name, None)
        if text:
            setattr(command, name, _by_paragraph(text, change))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _by_paragraph(parameter.help, change)
        if isinstance(getattr(parameter, "show_default", None), str):
            parameter.show_default = change(parameter.show_default)


def _by_paragraph(text: str, change: Callable[[str], str]) -> str:
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(change(" ".join(paragraph.split())) for paragraph in paragraphs)
