"""What people decide about the sheets of the sample, and what the ballots then add up to.

Everything follows from the plan of the sample: what was truly drawn in each row, and one list of
what such a mark is taken for. The program has no part in it.
"""

from collections.abc import Iterable, Iterator

from sample_plan import LETTERS, SEATS, UNCLEAR, UNREAD, PlannedSheet

from ballotscan.election.definition import Election

HEADER = ("file", "page", "contest", "row", "decision", "words")
TOTALS_HEADER = (
    "contest", "candidate", "name", "votes", "disagree", "not_counted", "valid", "invalid", "review",
    "set_aside",
)  # fmt: skip

# What people take a doubtful mark for, as letters of the plan, and why.
TAKEN_FOR = {
    "t": ("a", "một nét nằm trong ô đồng ý"),
    "o": ("a", "dấu chấm ở ô kia không phải dấu X"),
    "C": (".", "dấu X đã được gạch bỏ"),
    "c": ("d", "dấu X đầu đã được gạch bỏ, đánh lại ở ô không đồng ý"),
    "s": ("a", "dấu X nằm phần lớn trong ô"),
    "n": ("a", "dấu X ngay cạnh ô đồng ý"),
    "f": ("a", "ô đồng ý được tô kín"),
    "r": (".", "khoanh tròn ô, không đánh dấu trong ô"),
}
STRAYS = {
    "other-election": "phiếu của một cuộc bầu khác lẫn vào khay",
    "old-layout": "tờ in thử, không phát ra",
    "text": "tờ tài liệu, không phải phiếu",
}

# How people read the sheets that the scan does not show.
READ_FROM = {
    "torn": "đọc từ các mảnh phiếu",
    "slipped": "giấy bị trượt khi quét, đọc trên phiếu giấy",
}

Line = tuple[str, int, PlannedSheet]  # file, page, sheet


def decide(lines: Iterable[Line]) -> Iterator[tuple[object, ...]]:
    """One line for each decision, in the order of the pile."""
    for file, page, sheet in lines:
        if sheet.form not in SEATS:
            yield file, page, "", "", "stray", STRAYS[sheet.form]
            continue
        if sheet.manner in UNREAD:
            yield file, page, "", "", f"read {sheet.form}", READ_FROM[sheet.manner]
        for row, letter in enumerate(sheet.rows, start=1):
            if letter in UNCLEAR:
                taken, why = TAKEN_FOR[letter]
                yield file, page, sheet.form, row, LETTERS[taken][2], why
            elif sheet.manner in UNREAD:
                yield file, page, sheet.form, row, LETTERS[letter][2], ""
        reason = invalid_reason(sheet)
        if reason:
            yield file, page, sheet.form, "", f"invalid {reason}", ""


def rows_as_decided(sheet: PlannedSheet) -> str:
    """The rows of a sheet as people took them, in letters that are clear."""
    return "".join(TAKEN_FOR[letter][0] if letter in UNCLEAR else letter for letter in sheet.rows)


def invalid_reason(sheet: PlannedSheet) -> str:
    """Why a clerk calls a ballot invalid; empty where it is valid."""
    rows = rows_as_decided(sheet)
    if rows == "b":
        return "SINGLE_BOTH"
    if rows == ".":
        return "SINGLE_NEITHER"
    if len(rows) > 1 and "a" not in rows:
        return "NONE_CHOSEN"
    return "OVERVOTE" if rows.count("a") > SEATS[sheet.form] else ""


def add_up(lines: Iterable[Line], election: Election) -> Iterator[tuple[object, ...]]:
    """One line for each candidate, when nothing waits any more."""
    sheets = [sheet for _, _, sheet in lines]
    set_aside = sum(sheet.form not in SEATS for sheet in sheets)
    for contest in election.contests:
        mine = [sheet for sheet in sheets if sheet.form == contest.id]
        valid = [rows_as_decided(sheet) for sheet in mine if not invalid_reason(sheet)]
        for row, candidate in enumerate(contest.candidates):
            column = [rows[row] for rows in valid]
            counted = (column.count("a"), column.count("d"), column.count("b") + column.count("."))
            ballots = (len(valid), len(mine) - len(valid), 0, set_aside)
            yield contest.id, row + 1, candidate.name, *counted, *ballots
