"""What minutes say besides the count: who was there, and when what happened.

`minutes.toml` lies beside election.toml. Nothing in it changes a count, so it may be written at any
time; what is left out stays a dotted line, to be filled in by hand.
"""

import json
import tomllib
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ballotscan.election.problems import describe, key_path, list_problems
from ballotscan.election.toml_lines import find_lines, line_of
from ballotscan.errors import ElectionError
from ballotscan.locale.message import message

FILE_NAME = "minutes.toml"

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class MinutesFacts(BaseModel):
    """Everything here is what people say; None and empty where they have not said it.

    Attributes:
        heading: The state's or the Party's words at the top right.
        head: Head of the counting committee.
        members: Its other members.
        technicians: People who handled the scanner and this program.
        witnesses: Voters who watched the count.
        presidium: Who signs for the presidium.
        area: Polling area or electoral unit.
        box_sealed: When the empty box was looked at and sealed; likewise the other times.
        complaints: Complaints and how they were settled.
        unsettled: What could not be settled.
        copies: In how many copies the minutes are made, and who gets them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: Literal["party", "state", "none"] | None = None
    head: Words | None = None
    members: tuple[Words, ...] = ()
    technicians: tuple[Words, ...] = ()
    witnesses: tuple[Words, ...] = ()
    presidium: Words | None = None
    area: Words | None = None
    box_sealed: Words | None = None
    voting_closed: Words | None = None
    counting_ended: Words | None = None
    ballots_sealed: Words | None = None
    complaints: Words | None = None
    unsettled: Words | None = None
    copies: Annotated[int, Field(ge=1, le=99)] | None = None


_EXAMPLES = {
    "vi": """\
# Thông tin cho biên bản kiểm phiếu. Bỏ dấu # ở đầu dòng và điền; dòng nào không điền thì biên bản
# để dấu chấm để viết tay. Không số liệu nào ở đây làm thay đổi kết quả kiểm phiếu.

# head = "Nguyễn Văn A"                          # Trưởng ban kiểm phiếu
# members = ["Trần Thị B", "Lê Văn C"]           # Ủy viên
# technicians = ["Phạm Thị D"]                   # Tổ kỹ thuật
# witnesses = ["Võ Văn E", "Huỳnh Thị G"]        # Người chứng kiến
# presidium = "Đặng Văn H"                       # người ký thay mặt Đoàn chủ tịch
# area = "Khu vực bỏ phiếu số 1"
# box_sealed = "7 giờ 30 phút"                   # kiểm tra và niêm phong hòm phiếu
# voting_closed = "9 giờ 00 phút"                # kết thúc bỏ phiếu
# counting_ended = "9 giờ 20 phút"               # kiểm phiếu xong
# ballots_sealed = "9 giờ 30 phút"               # niêm phong phiếu bầu
# complaints = "Không có."                       # khiếu nại và cách giải quyết
# unsettled = "Không có."                        # việc chưa giải quyết được
# copies = 3                                     # số bản
""",
    "en": """\
# What the minutes say besides the count. Take the # away and fill it in; what is left out stays a
# dotted line, to be written by hand. Nothing here changes the result of the count.

# head = "Alice Moore"                           # head of the counting committee
# members = ["Bob Stone", "Carol Hill"]
# technicians = ["Dan Reed"]                     # who handled the scanner and this program
# witnesses = ["Eve Park", "Frank Lane"]
# presidium = "Grace Wood"                       # who signs for the presidium
# area = "Polling area 1"
# box_sealed = "07:30"                           # the empty box was looked at and sealed
# voting_closed = "09:00"
# counting_ended = "09:20"
# ballots_sealed = "09:30"
# complaints = "None."
# unsettled = "None."
# copies = 3
""",
}


def example_facts(language: Literal["vi", "en"]) -> str:
    """The text of a minutes.toml in which everything is still left out."""
    return _EXAMPLES[language]


def load_facts(root: Path) -> MinutesFacts:
    """Load minutes.toml from the folder of an election; where it is missing, nothing is known.

    Raises:
        ElectionError: It cannot be read, or a key of it is wrong.
    """
    path = root / FILE_NAME
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return MinutesFacts()
    except (OSError, UnicodeDecodeError) as error:
        msg = message(
            "{path}: cannot be read ({reason}); save it as UTF-8 text", path=path, reason=error
        )
        raise ElectionError(msg) from error
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        msg = message(
            "{path}: is not TOML: {reason}; look at the quotation marks and brackets there",
            path=path,
            reason=error,
        )
        raise ElectionError(msg) from error
    try:
        return MinutesFacts.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        lines = find_lines(text)
        known = {"": tuple(MinutesFacts.model_fields)}
        problems = [
            message(
                "{where}key {key!r}: {problem}",
                where=message("line {line}: ", line=line_of(lines, found["loc"]) or 1),
                key=key_path(found["loc"]),
                problem=describe(found, known),
            )
            for found in error.errors()
        ]
        raise ElectionError(list_problems(path, problems)) from error
