"""The names of people who decide: how they are written, and when two of them are one person."""

import unicodedata

MAX_NAME = 80
MAX_WORDS = 500  # a reason, or the names of a whole committee


def clean_words(text: str) -> str:
    """What people wrote as it is put on record: one form of each letter, no control signs."""
    return _clean(text)[:MAX_WORDS]


def clean_name(text: str) -> str:
    """A name as it is put on record: one form of each letter, single blanks, no control signs."""
    return _clean(text)[:MAX_NAME]


def _clean(text: str) -> str:
    printable = "".join(
        sign
        for sign in unicodedata.normalize("NFC", text)
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    return " ".join(printable.split())


def person_key(name: str) -> str:
    """Equal for two names of one person, however they are written."""
    return clean_name(name).casefold()
