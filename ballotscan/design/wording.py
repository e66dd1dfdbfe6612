"""The few words that are printed on a ballot, in the language of the election."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from ballotscan.election.definition import Contest, Marking
from ballotscan.election.records import BoxRole


@dataclass(frozen=True, slots=True)
class Wording:
    """The printed words of one language; `{...}` are filled in by the functions below."""

    ballot: str
    number: str
    name: str
    born: str
    unit: str
    roles: dict[BoxRole, str]
    seats: str
    round: str
    born_in: str
    continued: str
    turn: str
    page: str
    edition: str
    seal: str
    dateline: str
    instructions: dict[Marking, str]
    one_row: str
    one_seat: str
    at_most: dict[Marking, str]
    nothing_else: str


_VI = Wording(
    ballot="PHIẾU BẦU CỬ",
    number="TT",
    name="Họ và tên",
    born="Năm sinh",
    unit="Chức vụ, đơn vị công tác",
    roles={
        BoxRole.AGREE: "Đồng ý",
        BoxRole.DISAGREE: "Không đồng ý",
        BoxRole.CHOOSE: "Chọn",
    },
    seats="Số lượng cần bầu: {seats}",
    round="Bầu lần thứ {round}",
    born_in="Sinh năm {year}",
    continued="(tiếp theo)",
    turn="Xem tiếp mặt sau",
    page="Trang {page}/{pages}",
    edition="Mẫu phiếu {edition}",
    seal="Đóng dấu",
    dateline="{place}, ngày {day} tháng {month} năm {year}",
    instructions={
        Marking.AGREE_DISAGREE: (
            "Với mỗi người, đánh dấu X vào một trong hai ô “Đồng ý” hoặc “Không đồng ý”."
        ),
        Marking.CHOOSE: "Đánh dấu X vào ô ở hàng của người mình bầu.",
        Marking.STRIKE_OUT: "Gạch ngang giữa cả họ và tên người mình không bầu.",
    },
    one_row="Đánh dấu X vào một trong hai ô “Đồng ý” hoặc “Không đồng ý”.",
    one_seat="Đánh dấu X vào một ô duy nhất, ở hàng của người mình bầu.",
    at_most={
        Marking.AGREE_DISAGREE: "Đồng ý không quá {seats} người.",
        Marking.CHOOSE: "Chọn không quá {seats} người.",
        Marking.STRIKE_OUT: "Để lại không quá {seats} người.",
    },
    nothing_else="Không ký tên, không viết thêm vào phiếu.",
)

_EN = Wording(
    ballot="BALLOT",
    number="No.",
    name="Name",
    born="Born",
    unit="Position",
    roles={
        BoxRole.AGREE: "Agree",
        BoxRole.DISAGREE: "Disagree",
        BoxRole.CHOOSE: "Vote",
    },
    seats="To be elected: {seats}",
    round="Round {round}",
    born_in="Born {year}",
    continued="(continued)",
    turn="Continued on the other side",
    page="Page {page} of {pages}",
    edition="Edition {edition}",
    seal="Seal",
    dateline="{place}, {day} {month_name} {year}",
    instructions={
        Marking.AGREE_DISAGREE: "For each person, put an X in one of the two boxes.",
        Marking.CHOOSE: "Put an X in the box beside each person you vote for.",
        Marking.STRIKE_OUT: (
            "Draw one line through the whole name of each person you do not vote for."
        ),
    },
    one_row="Put an X in one of the two boxes.",
    one_seat="Put an X in one box only, beside the person you vote for.",
    at_most={
        Marking.AGREE_DISAGREE: "Agree to no more than {seats}.",
        Marking.CHOOSE: "Vote for no more than {seats}.",
        Marking.STRIKE_OUT: "Leave no more than {seats} standing.",
    },
    nothing_else="Do not sign; write nothing else on the ballot.",
)

WORDINGS: dict[Literal["vi", "en"], Wording] = {"vi": _VI, "en": _EN}

_VI_LAST_MONTH_WITH_ZERO = 2
_VI_ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def write_dateline(wording: Wording, place: str, date: dt.date) -> str:
    """Place and date as they stand at the head of a ballot."""
    day, month = str(date.day), str(date.month)
    if wording is _VI:
        # Decree 30/2020/ND-CP on official papers: a zero before days below 10 and months 1 and 2.
        day = day.zfill(2)
        month = month.zfill(2) if date.month <= _VI_LAST_MONTH_WITH_ZERO else month
    return wording.dateline.format(
        place=place,
        day=day,
        month=month,
        month_name=_EN_MONTHS[date.month - 1],
        year=date.year,
    )


def write_seats(wording: Wording, contest: Contest) -> str:
    """How many to elect, and in which round where it is not the first."""
    seats = wording.seats.format(seats=contest.seats)
    if contest.round == 1:
        return seats
    ordinal = str(contest.round)
    if wording is _VI and contest.round <= len(_VI_ORDINALS):
        ordinal = _VI_ORDINALS[contest.round - 1]
    return f"{seats}  –  {wording.round.format(round=ordinal)}"


def write_instructions(wording: Wording, contest: Contest, *, is_alone: bool) -> list[str]:
    """How to mark, in lines: the contest's own sentence, or ours.

    Args:
        wording: The language.
        contest: The contest.
        is_alone: Whether it has the sheet to itself; else what holds for all is said once, above.
    """
    if contest.instructions is not None:
        return [contest.instructions]
    if contest.marking is Marking.AGREE_DISAGREE and len(contest.candidates) == 1:
        lines = [wording.one_row]
    elif contest.marking is Marking.CHOOSE and contest.seats == 1:
        lines = [wording.one_seat]
    else:
        lines = [wording.instructions[contest.marking]]
        if contest.marking is Marking.CHOOSE or contest.seats < len(contest.candidates):
            lines.append(wording.at_most[contest.marking].format(seats=contest.seats))
    if is_alone:
        return [lines[0], " ".join([*lines[1:], wording.nothing_else])]
    return [" ".join(lines)]
