"""CSV that a spreadsheet opens as it was meant: the right letters, and no text taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel takes Vietnamese letters for Western ones

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), the full-width
# signs of East Asian keyboards included.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | None


def safe_cell(value: Cell) -> str:
    """The text of one cell; what could be taken for a formula gets an apostrophe before it.

    Numbers are the program's own and stay numbers; what is not there is empty.
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    # A spreadsheet may strip blanks first, so they do not protect.
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else value


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole CSV file: UTF-8 with BOM, commas, CRLF, quotation marks where needed (RFC 4180)."""
    stream = io.StringIO(newline="")
    stream.write(BOM)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8")
