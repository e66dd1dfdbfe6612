"""Sentences that are made in one place and said in another, in whatever language is spoken there.

An error is raised deep in a room that knows no language; the command line, a page or a report says
it. So a message keeps its English sentence, which is the key of the catalogue, apart from the
names and numbers that it is about. `str(message)` is English.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ballotscan.locale.catalogue import Translate


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence.

    Attributes:
        text: In English, with its fields in braces as `str.format` has them.
        fields: What stands in the braces; a message among them is said in the same language.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def say(self, translate: Translate) -> str:
        """The sentence in the language of `translate`."""
        return translate(self.text).format(
            **{name: said(value, translate) for name, value in self.fields.items()}
        )

    def __str__(self) -> str:
        """The sentence in English."""
        return self.say(str)

    def __reduce__(self) -> tuple[type["Message"], tuple[str, dict[str, object]]]:
        """Errors cross from the workers that read pages; a read-only mapping cannot."""
        return Message, (self.text, dict(self.fields))


@dataclass(frozen=True, slots=True)
class Sequel:
    """Several messages, one after the other.

    Attributes:
        parts: Messages, or words that are the same in every language.
        before: What stands before each part.
        between: What stands between two parts.
    """

    parts: tuple[object, ...]
    before: str = ""
    between: str = ""

    def say(self, translate: Translate) -> str:
        """All of it in the language of `translate`."""
        return self.between.join(f"{self.before}{said(part, translate)}" for part in self.parts)

    def __str__(self) -> str:
        """All of it in English."""
        return self.say(str)


Words = str | Message | Sequel  # what can be said; a plain str is the same in every language


def message(text: str, /, **fields: object) -> Message:
    """A sentence to be said later; what it is called with marks it for translation."""
    return Message(text, fields)


def one_after_another(parts: Iterable[object], *, before: str = "", between: str = "") -> Sequel:
    """Messages to be said one after the other."""
    return Sequel(tuple(parts), before, between)


def say_words(words: Words, translate: Translate) -> str:
    """Words in the language of `translate`."""
    return words if isinstance(words, str) else words.say(translate)


def error_words(error: Exception) -> Words:
    """What an error says, to be said in another place."""
    what = error.args[0] if error.args else ""
    return what if isinstance(what, Message | Sequel) else str(error)


def said(value: object, translate: Translate) -> object:
    """A message, or the one an error carries, in the language of `translate`; else as it is."""
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Message | Sequel):
        value = value.args[0]
    return value.say(translate) if isinstance(value, Message | Sequel) else value
