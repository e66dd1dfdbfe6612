"""Election definitions to begin with: commented, and sound as they stand."""

from importlib.resources import files
from typing import Literal

from ballotscan.election.problems import suggest
from ballotscan.errors import ElectionError
from ballotscan.locale.message import message

_EXAMPLES = files("ballotscan.election") / "examples"


def list_examples() -> tuple[str, ...]:
    """The presets of rules that there is an example for."""
    names = (file.name.partition(".") for file in _EXAMPLES.iterdir())
    return tuple(sorted({preset for preset, _, rest in names if rest.endswith("toml")}))


def example_definition(preset: str, language: Literal["vi", "en"]) -> str:
    """The text of an election.toml under one preset of rules.

    Args:
        preset: One of `list_examples()`.
        language: Of the remarks, and of the ballots that it would print.

    Raises:
        ElectionError: There is no example for this preset.
    """
    presets = list_examples()
    if preset not in presets:
        msg = message(
            "there is no example for the rules {preset!r}{suggestion}",
            preset=preset,
            suggestion=suggest(preset, presets),
        )
        raise ElectionError(msg)
    return (_EXAMPLES / f"{preset}.{language}.toml").read_text(encoding="utf-8")
