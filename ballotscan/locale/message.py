"""Sentences that are made in one place and said in another, in whatever language is spoken there.

An error is raised deep in a room that knows no language; the command line, a page or a report says
it. So a message keeps its English sentence, which is the key of the catalogue, apart from the
names and numbers that it is about. `str(message)` is English.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
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


def keep_words(words: Words) -> str:
    """Words as text that a ledger can keep, and that `recall_words` can say in any language.

    A message is kept as JSON: its English text, and its fields as numbers, texts or messages.
    """
    return words if isinstance(words, str) else json.dumps(_kept(words), ensure_ascii=False)


def recall_words(kept: str) -> Words:
    """The words that `keep_words` made a text of.

    A text that is no such JSON stands for itself: ledgers had plain sentences once.
    """
    if not kept.startswith("{"):
        return kept
    try:
        words = _recalled(json.loads(kept))
    except (ValueError, KeyError, TypeError, AttributeError):
        return kept
    return words if isinstance(words, Message | Sequel) else kept


def _kept(value: object) -> object:
    match value:
        case Message():
            fields = {name: _kept(field) for name, field in value.fields.items()}
            return {"text": value.text, "fields": fields}
        case Sequel():
            parts = [_kept(part) for part in value.parts]
            return {"parts": parts, "before": value.before, "between": value.between}
        case bool() | str() | None:
            return value
        case Real():
            return int(value) if isinstance(value, Integral) else float(value)
        case _:
            return _kept(error_words(value)) if isinstance(value, Exception) else str(value)


def _recalled(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if "text" in value:
        fields = {name: _recalled(field) for name, field in value["fields"].items()}
        return Message(str(value["text"]), fields)
    parts = tuple(_recalled(part) for part in value["parts"])
    return Sequel(parts, value["before"], value["between"])


def said(value: object, translate: Translate) -> object:
    """A message, or the one an error carries, in the language of `translate`; else as it is."""
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Message | Sequel):
        value = value.args[0]
    return value.say(translate) if isinstance(value, Message | Sequel) else value
