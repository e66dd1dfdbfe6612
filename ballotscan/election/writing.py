"""Writes election.toml for a definition that was made in a dialogue; people may go on with it by hand."""

import json
from collections.abc import Iterator
from pathlib import Path

from ballotscan.election.definition import Attendance, Candidate, Contest, Election
from ballotscan.election.rules import Base, list_rules, load_rules

_REMARKS = {
    "vi": {
        "head": (
            "Định nghĩa cuộc bầu cử. Có thể sửa bằng Notepad, lưu với bảng mã UTF-8.\n"
            "Chữ đặt trong dấu ngoặc kép; phần sau dấu # là ghi chú.\n"
            "Sau khi in phiếu chỉ còn được sửa phần [attendance]; sửa phần khác thì phải in lại phiếu."
        ),
        "date": "năm-tháng-ngày, không có dấu ngoặc kép",
        "attendance": (
            "Số liệu do Ban kiểm phiếu nhập: bỏ dấu # ở đầu dòng và điền số khi đã biết.\n"
            "Tỷ lệ phần trăm không tính trên số phiếu quét được."
        ),
        "convened": "được triệu tập (đã trừ các trường hợp theo quy chế)",
        "present": "có mặt",
        "issued": "số phiếu phát ra",
        "collected": "số phiếu thu về",
        "base": "căn cứ tính tỷ lệ, do Ban kiểm phiếu xác định",
        "seats": "số lượng cần bầu",
    },
    "en": {
        "head": (
            "The election definition. Change it in any text editor, save it as UTF-8.\n"
            "Text stands in quotation marks; what follows a # is a remark.\n"
            "Once ballots are printed, change nothing but [attendance]; else print them again."
        ),
        "date": "year-month-day, without quotation marks",
        "attendance": (
            "Numbers that the counting committee enters: take the # away and fill them in when known.\n"
            "Percentages are never of the ballots scanned."
        ),
        "convened": "less those whom the regulation leaves out",
        "present": "",
        "issued": "ballots given out",
        "collected": "ballots taken from the box",
        "base": "what percentages are taken of; the committee decides",
        "seats": "how many are to be elected",
    },
}


def definition_text(election: Election, lists: dict[str, Path] | None = None) -> str:
    """The text of an election.toml that loads as this election.

    Args:
        election: The definition.
        lists: Candidate lists beside election.toml, by contest id: their names are written in the
            place of the candidates.
    """
    return "\n".join(_lines(election, lists or {})) + "\n"


def _lines(election: Election, lists: dict[str, Path]) -> Iterator[str]:
    says = _REMARKS[election.language]
    yield from _remark(says["head"])
    yield ""
    for key in ("id", "title", "organisation", "place"):
        yield f"{key} = {_text(getattr(election, key))}"
    yield f"date = {election.date.isoformat()}   # {says['date']}"
    for key in ("language", "rules", "paper"):
        yield f"{key} = {_text(getattr(election, key))}"
    yield ""
    yield from _remark(says["attendance"])
    yield "[attendance]"
    for key in Attendance.model_fields:
        number = getattr(election.attendance, key)
        if key == "base" and number is None and not _asks_for_base(election):
            continue
        line = f"{key} = {number}" if number is not None else f"# {key} = 100"
        yield f"{line}   # {says[key]}" if says[key] else line
    for contest in election.contests:
        yield ""
        yield from _contest(contest, lists.get(contest.id), says["seats"])


def _asks_for_base(election: Election) -> bool:
    """Whether the rules leave to people what percentages are taken of."""
    is_preset = election.rules in list_rules()
    return is_preset and load_rules(election.rules).base is Base.COMMITTEE


def _contest(contest: Contest, candidates_file: Path | None, seats: str) -> Iterator[str]:
    yield "[[contests]]"
    yield f"id = {_text(contest.id)}"
    yield f"title = {_text(contest.title)}"
    if contest.elects:
        yield f"seats = {contest.seats}   # {seats}"
    yield f"marking = {_text(contest.marking.value)}"
    yield f"round = {contest.round}"
    for key in ("ballot", "paper", "instructions"):
        if getattr(contest, key) is not None:
            yield f"{key} = {_text(getattr(contest, key))}"
    for key in ("votes_per_candidate", "ranks"):
        if getattr(contest, key) is not None:
            yield f"{key} = {getattr(contest, key)}"
    if contest.list_cross is not None:
        yield f"list_cross = {str(contest.list_cross).lower()}"
    own = contest.attendance.model_dump(exclude_none=True)
    if own:
        yield f"attendance = {{ {', '.join(f'{key} = {number}' for key, number in own.items())} }}"
    if candidates_file is not None:
        yield f"candidates_file = {_text(candidates_file.name)}"
        return
    yield "candidates = ["
    yield from (f"  {_candidate(candidate)}," for candidate in contest.candidates)
    yield "]"


def _candidate(candidate: Candidate) -> str:
    fields = candidate.model_dump(exclude_none=True)
    parts = (f"{k} = {_text(v) if isinstance(v, str) else v}" for k, v in fields.items())
    return f"{{ {', '.join(parts)} }}"


def _remark(text: str) -> Iterator[str]:
    return (f"# {line}" for line in text.split("\n"))


def _text(text: str) -> str:
    # A basic TOML string has the escapes of JSON; U+007F alone must be written out besides.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
