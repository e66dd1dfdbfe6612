"""The few words that are printed on a ballot, in the language of the election."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ballotscan.election.definition import MAX_RANKS, Contest, Marking
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
    ranks: tuple[str, ...]
    points: str
    approve: str
    whole_list: str
    list_cross: str
    ballot_of_confidence: str
    rated: str


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
        BoxRole.HIGH: "Tín nhiệm cao",
        BoxRole.CONFIDENCE: "Tín nhiệm",
        BoxRole.LOW: "Tín nhiệm thấp",
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
        Marking.APPROVE: (
            "Đánh dấu X vào ô ở hàng của mỗi người mình tán thành, bao nhiêu người cũng được."
        ),
        Marking.ONE_OF_THREE: "Với mỗi người, đánh dấu X vào một trong ba ô.",
        Marking.POINTS: (
            "Mỗi dấu X là một phiếu. Có tất cả {seats} phiếu, mỗi người được nhiều nhất {points} phiếu."
        ),
        Marking.RANK: (
            "Tô kín một hình bầu dục ở mỗi cột: cột thứ nhất cho người mình muốn nhất, rồi lần lượt."
        ),
    },
    one_row="Đánh dấu X vào một trong hai ô “Đồng ý” hoặc “Không đồng ý”.",
    one_seat="Đánh dấu X vào một ô duy nhất, ở hàng của người mình bầu.",
    at_most={
        Marking.AGREE_DISAGREE: "Đồng ý không quá {seats} người.",
        Marking.CHOOSE: "Chọn không quá {seats} người.",
        Marking.STRIKE_OUT: "Để lại không quá {seats} người.",
    },
    nothing_else="Không ký tên, không viết thêm vào phiếu.",
    ranks=tuple(f"Thứ {number}" for number in range(1, MAX_RANKS + 1)),
    points="Số phiếu (nhiều nhất {votes})",
    approve="Tán thành",
    whole_list="Cả danh sách",
    list_cross=(
        "Đánh dấu X trước tên danh sách: số phiếu còn lại dành cho danh sách ấy, từ trên xuống. "
        "Người bị gạch tên không được phiếu nào."
    ),
    ballot_of_confidence="PHIẾU TÍN NHIỆM",
    rated="Danh sách gồm {people} người",
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
        BoxRole.HIGH: "High confidence",
        BoxRole.CONFIDENCE: "Confidence",
        BoxRole.LOW: "Low confidence",
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
        Marking.APPROVE: "Put an X in the box beside each person you approve of, as many as you like.",
        Marking.ONE_OF_THREE: "For each person, put an X in one of the three boxes.",
        Marking.POINTS: (
            "Each X is one vote. You have {seats} votes; one person may get up to {points} of them."
        ),
        Marking.RANK: (
            "Fill in one oval in each column: in the first for the person you want most, and so on."
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
    ranks=("1st", "2nd", "3rd", *(f"{number}th" for number in range(4, MAX_RANKS + 1))),
    points="Votes (up to {votes})",
    approve="Approve",
    whole_list="Whole list",
    list_cross=(
        "An X before the name of a list gives it the votes you have left, from the top down. "
        "People whose names you strike out get none."
    ),
    ballot_of_confidence="VOTE OF CONFIDENCE",
    rated="People on the list: {people}",
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
    if not contest.elects:
        seats = wording.rated.format(people=len(contest.candidates))
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
        counts = {"seats": contest.seats, "points": contest.points}
        lines = [wording.instructions[contest.marking].format(**counts)]
        has_surplus = contest.marking is Marking.CHOOSE or contest.seats < len(contest.candidates)
        if has_surplus and contest.marking in wording.at_most:
            lines.append(wording.at_most[contest.marking].format(seats=contest.seats))
        if contest.lists:
            lines.append(wording.list_cross)
    if is_alone:
        return [lines[0], " ".join([*lines[1:], wording.nothing_else])]
    return [" ".join(lines)]


def clean(text: str) -> str:
    """Text as it is printed: one kind of space, a letter and its accents in one character."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", " ".join(visible.split()))
