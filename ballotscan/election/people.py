"""The names of people who decide: how they are written, and when two of them are one person."""

import unicodedata

MAX_NAME = 80


def clean_name(text: str) -> str:
    """A name as it is put on record: one form of each letter, single blanks, no control signs."""
    printable = "".join(
        sign
        for sign in unicodedata.normalize("NFC", text)
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    return " ".join(printable.split())[:MAX_NAME]


def person_key(name: str) -> str:
    """Equal for two names of one person, however they are written."""
    return clean_name(name).casefold()
