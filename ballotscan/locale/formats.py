"""Numbers, shares and dates as they are written in each language.

Shares are computed with whole numbers: two decimals, halves away from zero, as Vietnamese minutes
write them. They are for print only; nothing is decided with them.
"""

import datetime as dt

_THOUSANDS = {"vi": ".", "en": ","}
_DECIMAL = {"vi": ",", "en": "."}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def format_count(count: int, language: str) -> str:
    """Write a whole number with its thousands apart: `1.234` in Vietnamese."""
    return f"{count:,}".replace(",", _THOUSANDS[language])


def share_in_hundredths(part: int, whole: int) -> int:
    """Hundredths of a per cent that `part` is of `whole`, rounded half up.

    Raises:
        ValueError: A share of nothing is asked for, or a number is negative.
    """
    if whole <= 0 or part < 0:
        msg = f"{part} of {whole} is no share"
        raise ValueError(msg)
    return (2 * part * 10_000 + whole) // (2 * whole)


def format_share(part: int, whole: int, language: str) -> str:
    """Write a share in per cent with two decimals: `22,57%` in Vietnamese.

    A share of nothing is written as a dash.
    """
    if whole <= 0:
        return "–"
    per_cent, hundredths = divmod(share_in_hundredths(part, whole), 100)
    return f"{format_count(per_cent, language)}{_DECIMAL[language]}{hundredths:02d}%"


def format_date(date: dt.date, language: str) -> str:
    """Write a date in words: `ngày 29 tháng 6 năm 2020` in Vietnamese."""
    if language == "vi":
        return f"ngày {date.day} tháng {date.month} năm {date.year}"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"
