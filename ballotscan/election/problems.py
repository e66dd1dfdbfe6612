"""What is wrong in a file that people wrote, said so that they can mend it."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from ballotscan.locale.catalogue import phrase
from ballotscan.locale.message import Message, Words, message, one_after_another

Location = tuple[int | str, ...]
KnownKeys = Mapping[str, Iterable[str]]

_QUOTED = re.compile("'([^']*)'")
_SHOWN = 60  # characters of a wrong value that are repeated in a message


def list_problems(path: Path, problems: Iterable[Words]) -> Message:
    """One message for all that is wrong in one file."""
    lines = list(problems)
    if len(lines) == 1:
        return message("{path}: {problem}", path=path, problem=lines[0])
    return message(
        "{path}: {count} things are wrong{problems}",
        path=path,
        count=len(lines),
        problems=one_after_another(lines, before="\n  - "),
    )


def suggest(wrong: str, known: Iterable[str]) -> Words:
    """`; did you mean '...'?`, or the words that would do where none is near."""
    names = list(known)
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(wrong.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return message("; did you mean {near!r}?", near=by_lower[near[0]])
    return message("; write one of: {names}", names=", ".join(names)) if names else ""


def describe(error: ErrorDetails, keys: KnownKeys) -> Words:
    """Say what one finding of pydantic means for the writer of the file.

    Args:
        error: The finding.
        keys: The keys that a table may have, by the name of the table (empty for the whole file).
    """
    kind, location, value = error["type"], error["loc"], error.get("input")
    context: Mapping[str, Any] = error.get("ctx", {})
    text: Words
    match kind:
        case "extra_forbidden" | "unexpected_keyword_argument":
            known = keys.get(table_of(location[:-1]), ())
            text = message("unknown key{suggestion}", suggestion=suggest(str(location[-1]), known))
        case "missing" | "missing_argument":
            text = message("is missing; add it")
        case "value_error":
            text = _said_by(context.get("error"), error["msg"])
        case "too_long":
            text = message(
                "has {count} entries; at most {most} are possible",
                count=context["actual_length"],
                most=context["max_length"],
            )
        case "too_short":
            text = message("is empty; write at least one entry")
        case "string_pattern_mismatch":
            text = message(
                "must be small letters, digits and single hyphens, as dai-hoi-2020, but is {value}",
                value=shorten(value),
            )
        case "string_too_short":
            text = message("is empty; write it out, or take the key away if it is not needed")
        case "enum" | "literal_error" if isinstance(value, str):
            text = message(
                "{value} is not known{suggestion}",
                value=shorten(value),
                suggestion=suggest(value, _QUOTED.findall(context["expected"])),
            )
        case _:
            text = _wanted(error["msg"], shorten(value))
    return text


def _said_by(error: object, otherwise: str) -> Words:
    """What a check of our own says."""
    if isinstance(error, ValueError) and error.args:
        said: Words = error.args[0]
        return said
    return otherwise


# What pydantic wants, in its words; what is not here is said in them.
_WANTED = (
    phrase("a valid integer"),
    phrase("a valid number"),
    phrase("a valid string"),
    phrase("a valid boolean"),
    phrase("a valid array"),
    phrase("a valid tuple"),
    phrase("a valid date"),
    phrase("an object"),
)


def _wanted(sentence: str, value: str) -> Message:
    wanted = sentence.removeprefix("Input should be ").removeprefix("Value should be ")
    wanted = wanted[0].lower() + wanted[1:]
    if wanted in _WANTED:
        return message("must be {wanted}, but is {value}", wanted=Message(wanted), value=value)
    return message("must be {wanted}, but is {value}", wanted=wanted, value=value)


def table_of(location: Location) -> str:
    """Name of the innermost table of a location; empty for the whole file."""
    names = [part for part in location if isinstance(part, str)]
    return names[-1] if names else ""


def key_path(location: Location) -> str:
    """A location as one would write it: `pages[0].boxes[3].rect`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def shorten(value: object) -> str:
    """A wrong value, as JSON where possible, cut to a length that fits a message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
