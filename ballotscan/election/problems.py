"""What is wrong in a file that people wrote, said so that they can mend it."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]
KnownKeys = Mapping[str, Iterable[str]]

_QUOTED = re.compile("'([^']*)'")
_SHOWN = 60  # characters of a wrong value that are repeated in a message


def list_problems(path: Path, problems: Iterable[str]) -> str:
    """One message for all that is wrong in one file."""
    lines = list(problems)
    if len(lines) == 1:
        return f"{path}: {lines[0]}"
    return f"{path}: {len(lines)} things are wrong" + "".join(f"\n  - {line}" for line in lines)


def suggest(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean '...'?`, or the words that would do where none is near."""
    names = list(known)
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(wrong.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {by_lower[near[0]]!r}?"
    return f"; write one of: {', '.join(names)}" if names else ""


def describe(error: ErrorDetails, keys: KnownKeys) -> str:
    """Say what one finding of pydantic means for the writer of the file.

    Args:
        error: The finding.
        keys: The keys that a table may have, by the name of the table (empty for the whole file).
    """
    kind, location, value = error["type"], error["loc"], error.get("input")
    context: Mapping[str, Any] = error.get("ctx", {})
    match kind:
        case "extra_forbidden" | "unexpected_keyword_argument":
            known = keys.get(table_of(location[:-1]), ())
            text = f"unknown key{suggest(str(location[-1]), known)}"
        case "missing" | "missing_argument":
            text = "is missing; add it"
        case "value_error":
            text = str(context.get("error", error["msg"]))
        case "too_long":
            text = f"has {context['actual_length']} entries; at most {context['max_length']} are possible"
        case "too_short":
            text = "is empty; write at least one entry"
        case "string_pattern_mismatch":
            text = f"must be small letters, digits and single hyphens, as dai-hoi-2020, but is {shorten(value)}"
        case "string_too_short":
            text = "is empty; write it out, or take the key away if it is not needed"
        case "enum" | "literal_error" if isinstance(value, str):
            text = f"{shorten(value)} is not known{suggest(value, _QUOTED.findall(context['expected']))}"
        case _:
            wanted = error["msg"].removeprefix("Input should be ").removeprefix("Value should be ")
            text = f"must be {wanted[0].lower()}{wanted[1:]}, but is {shorten(value)}"
    return text


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
