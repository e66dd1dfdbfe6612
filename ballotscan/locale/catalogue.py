"""Sentences in the language of the election, with gettext.

The English sentence is the key: a sentence that nobody has translated yet appears in English and
never as a blank. `vi.po` beside the compiled catalogue is what translators edit.
"""

from collections.abc import Callable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

Translate = Callable[[str], str]

SOURCE_LANGUAGE = "en"
LANGUAGES = ("vi", SOURCE_LANGUAGE)
DOMAIN = "ballotscan"


def phrase(message: str) -> str:
    """Mark a sentence for translation where it stands, and hand it on as it is."""
    return message


@lru_cache
def load_translations(language: str) -> NullTranslations:
    """Load the catalogue of a language; English needs none.

    Args:
        language: One of `LANGUAGES`.

    Raises:
        ValueError: The program does not speak the language.
    """
    if language not in LANGUAGES:
        msg = f"no sentences in the language {language!r}; choose one of {', '.join(LANGUAGES)}"
        raise ValueError(msg)
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    catalogue = files("ballotscan.locale").joinpath(language, "LC_MESSAGES", f"{DOMAIN}.mo")
    with catalogue.open("rb") as stream:
        return GNUTranslations(stream)


def translator(language: str) -> Translate:
    """The function that turns an English sentence of the program into `language`."""
    return load_translations(language).gettext
