"""In which language the program speaks on the command line.

What was asked for with --language comes first; then the language of the election whose folder it
works in; then that of the machine; then English.
"""

import locale
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from itertools import pairwise

from ballotscan.locale.catalogue import LANGUAGES, SOURCE_LANGUAGE, Translate, translator
from ballotscan.locale.message import Message


class Language(StrEnum):
    """A language of the program and of the ballots it prints."""

    VI = "vi"
    EN = "en"


_asked: ContextVar[str | None] = ContextVar("asked", default=None)
_of_election: ContextVar[str | None] = ContextVar("of_election", default=None)


def ask_for(language: str | None) -> None:
    """Begin a run: speak this language whatever the election's is; None asks for none."""
    _asked.set(language)
    _of_election.set(None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, whatever was asked for."""
    before = _asked.set(language)
    try:
        yield
    finally:
        _asked.reset(before)


def asked_language(words: Sequence[str]) -> str | None:
    """The language asked for on a command line, before anything else is known of it.

    Help is shown while options are still being read, so it cannot wait for them.
    """
    for word, following in pairwise([*words, ""]):
        value = following if word == "--language" else word.removeprefix("--language=")
        if word.startswith("--language") and value in LANGUAGES:
            return value
    return None


def follow(language: str | None) -> None:
    """Speak the language of an election from now on, unless another was asked for; None: unknown."""
    _of_election.set(language)


def spoken() -> str:
    """The language that is spoken now."""
    return _asked.get() or _of_election.get() or _of_machine()


def translate() -> Translate:
    """Into the language that is spoken now."""
    return translator(spoken())


def say(text: str, /, **fields: object) -> str:
    """A sentence in the language that is spoken now; its fields in braces, as in `message`."""
    return Message(text, fields).say(translate())


def _of_machine() -> str:
    """The language this machine is set up in, where the program speaks it."""
    # POSIX gives vi_VN, Windows Vietnamese_Vietnam.
    try:
        name = (locale.getlocale()[0] or "").lower()
    except ValueError:  # Windows has names, such as en-DE, that Python does not know
        return SOURCE_LANGUAGE
    found = [language for language in LANGUAGES if name.startswith(language)]
    return found[0] if found else SOURCE_LANGUAGE
