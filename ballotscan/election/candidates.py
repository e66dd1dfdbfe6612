"""Candidate lists as offices keep them: CSV or Excel, with Vietnamese or English headings."""

import csv
import datetime as dt
import difflib
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ballotscan.errors import ElectionError
from ballotscan.locale.message import message

_HEADINGS = {
    "name": ("họ và tên", "họ tên", "full name", "name"),
    "birth_year": ("năm sinh", "ngày sinh", "ngày tháng năm sinh", "birth year", "year of birth"),
    "gender": ("giới tính", "gender", "sex"),
    "unit": ("đơn vị", "đơn vị công tác", "unit"),
    "note": ("ghi chú", "note", "notes"),
}
_FIELD_OF_HEADING = {text: field for field, texts in _HEADINGS.items() for text in texts}
_HEADING_ROWS = 20  # titles may stand above the headings, but not more than this
_NEAR = 0.85  # a heading as like as this to a known one is a slip of the pen
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4})|(\d{4})-\d{2}-\d{2}(?:[ T].*)?")

Cell = object
Row = tuple[int, list[Cell]]  # the line, counted from 1, and its cells


@dataclass(frozen=True, slots=True)
class ListedCandidate:
    """One row of a candidate list.

    Attributes:
        line: Line of a CSV file, or row of a sheet, counted from 1.
        fields: The fields of `Candidate` that the row fills.
    """

    line: int
    fields: dict[str, str | int]


def read_candidates(path: Path) -> list[ListedCandidate]:
    """Read a candidate list; the order of its rows is the order on the ballot.

    Columns are known by their headings, whatever their order; other columns are left aside. Years
    of birth may be given as dates.

    Args:
        path: A .csv or .txt file (UTF-8, or Excel's `Unicode text`; separated by comma, semicolon
            or tab) or an .xlsx workbook, of which the first sheet is read.

    Raises:
        ElectionError: It cannot be read, has no names, or a cell is not as it must be; names the
            file and the line.
    """
    suffix = path.suffix.lower()
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = message(
            "{path}: the candidate list cannot be read ({reason}); put it beside election.toml",
            path=path,
            reason=error.strerror,
        )
        raise ElectionError(msg) from error
    if suffix in {".xlsx", ".xlsm"}:
        rows = _sheet_rows(path, content)
    elif suffix in {".csv", ".txt"}:
        rows = _csv_rows(path, content)
    else:
        msg = message(
            "{path}: is not a kind of file that is read; save the list as .csv or .xlsx", path=path
        )
        raise ElectionError(msg)
    return _listed(path, rows)


def _csv_rows(path: Path, content: bytes) -> list[Row]:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = message(
            "{path}: line {line} is not UTF-8 text; save it as 'CSV UTF-8' (in Excel) or as .xlsx",
            path=path,
            line=line,
        )
        raise ElectionError(msg) from error
    parsed = [_parse_csv(path, text, separator) for separator in ",;\t"]
    # The separator is the one that cuts the headings into the most words that are known.
    return max(
        parsed, key=lambda rows: max((len(_columns(c)) for _, c in rows[:_HEADING_ROWS]), default=0)
    )


def _parse_csv(path: Path, text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            rows.append((start, list(cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        msg = message(
            "{path}: line {line_num} cannot be read ({error}); save the list as .xlsx",
            path=path,
            line_num=reader.line_num,
            error=error,
        )
        raise ElectionError(msg) from error
    return rows


def _sheet_rows(path: Path, content: bytes) -> list[Row]:
    # Here, not above: it takes as long to load as numpy, and hardly any count needs it.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves aside, such as colours; the cells are all there.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = [
                (number, list(cells))
                for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
            ]
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        msg = message(
            "{path}: is not an Excel workbook that can be opened; save the list again as .xlsx",
            path=path,
        )
        raise ElectionError(msg) from error
    return rows


def _listed(path: Path, rows: list[Row]) -> list[ListedCandidate]:
    heads = (at for at, (_, row) in enumerate(rows[:_HEADING_ROWS]) if "name" in _columns(row))
    head = next(heads, None)
    if head is None:
        msg = message(
            "{path}: no column has the heading 'Họ và tên' (or 'name'); write headings in the first row: Họ và tên, Năm sinh, Giới tính, Đơn vị, Ghi chú",
            path=path,
        )
        raise ElectionError(msg)
    _refuse_slips(path, rows[head])
    columns = _columns(rows[head][1])
    _refuse_split_names(path, rows[head][1], rows[head + 1 :], columns["name"])
    listed = []
    for line, row in rows[head + 1 :]:
        fields = {field: _text(row[at]) for field, at in columns.items() if at < len(row)}
        filled: dict[str, str | int] = {field: text for field, text in fields.items() if text}
        if not filled:
            continue
        if "name" not in filled:
            msg = message(
                "{path}: line {line} has no name; write it, or take the line out",
                path=path,
                line=line,
            )
            raise ElectionError(msg)
        if "birth_year" in filled:
            filled["birth_year"] = _year(path, line, fields["birth_year"])
        listed.append(ListedCandidate(line, filled))
    if not listed:
        msg = message(
            "{path}: has no candidate under its headings; write one in each row", path=path
        )
        raise ElectionError(msg)
    return listed


def _columns(cells: Iterable[Cell]) -> dict[str, int]:
    """Where the known headings stand; the first, where one stands twice."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = _FIELD_OF_HEADING.get(_heading(cell))
        if field:
            columns.setdefault(field, index)
    return columns


def _refuse_slips(path: Path, headings: Row) -> None:
    line, cells = headings
    for cell in cells:
        heading = _heading(cell)
        near = difflib.get_close_matches(heading, _FIELD_OF_HEADING, n=1, cutoff=_NEAR)
        if near and heading not in _FIELD_OF_HEADING:
            msg = message(
                "{path}: line {line}: heading {cell!r} is not known; did you mean {near!r}?",
                path=path,
                line=line,
                cell=_text(cell),
                near=near[0],
            )
            raise ElectionError(msg)


def _refuse_split_names(path: Path, headings: list[Cell], rows: list[Row], at: int) -> None:
    """One heading over two columns: half of each name would be left aside without a word."""
    beside = at + 1
    if beside < len(headings) and _heading(headings[beside]):
        return
    for line, row in rows:
        if beside < len(row) and _text(row[beside]):
            msg = message(
                "{path}: line {line}: {shown!r} stands beside the name in a column without a heading."
                " If names are split into two columns, put each name into one; else write a heading.",
                path=path,
                line=line,
                shown=_text(row[beside]),
            )
            raise ElectionError(msg)


def _heading(cell: Cell) -> str:
    return " ".join(_text(cell).casefold().replace("_", " ").split())


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFC", " ".join(str(cell).split()))


def _year(path: Path, line: int, text: str) -> int:
    date = _DATE.fullmatch(text)
    year = (date[1] or date[2]) if date else text
    if not (year.isdecimal() and year.isascii() and 1900 <= int(year) <= dt.MAXYEAR):  # noqa: PLR2004 - as in Candidate
        msg = message(
            "{path}: line {line}: year of birth {shown!r} is not a year; write it as 1975",
            path=path,
            line=line,
            shown=text,
        )
        raise ElectionError(msg)
    return int(year)
