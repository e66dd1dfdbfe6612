"""The election of the tutorial in each language: what is typed, entered and written into files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from make_pictures import ROOT

# What is entered on the day.
ATTENDANCE = {"convened": 31, "present": 30, "issued": 30, "collected": 30}


@dataclass(frozen=True, slots=True)
class Edition:
    """The tutorial in one language.

    Attributes:
        answers: What is typed at the questions of `ballotscan new`, in their order.
        minutes: What is written into minutes.toml.
        people: Who decides; both where the rules ask for two.
        seal: What the stamp on every ballot says; empty where there is none.
    """

    language: str
    document: Path
    folder: str
    answers: Sequence[str]
    minutes: str
    people: tuple[str, str]
    seal: str = ""


VIETNAMESE = Edition(
    language="vi",
    document=ROOT / "docs" / "vi" / "first-election.md",
    folder="dai-hoi-xa",
    answers=(
        "vn-dang",
        "Đại hội đại biểu lần thứ XIV, nhiệm kỳ 2030 - 2035",
        "Đảng bộ xã Tân Hòa",
        "Tân Hòa",
        "29/6/2030",
        "Bầu Ban Thường vụ Đảng ủy",
        "4",
        "Nguyễn Văn An",
        "Trần Thị Bình",
        "Lê Hoàng Cường",
        "Phạm Thị Dung",
        "Võ Quốc Khánh",
        "",
        "2",
        "k",
    ),
    minutes="""\
head = "Lê Thị Hạnh"
members = ["Trần Văn Minh", "Đỗ Thị Nga"]
technicians = ["Phạm Quốc Việt"]
presidium = "Huỳnh Văn Tâm"
box_sealed = "8 giờ 30 phút"
voting_closed = "9 giờ 15 phút"
counting_ended = "9 giờ 24 phút"
ballots_sealed = "9 giờ 30 phút"
complaints = "Không có."
copies = 3
""",
    people=("Lê Thị Hạnh", "Trần Văn Minh"),
    seal="ĐẢNG BỘ XÃ TÂN HÒA",
)
ENGLISH = Edition(
    language="en",
    document=ROOT / "docs" / "first-election.md",
    folder="my-election",
    answers=(
        "us-nofm",
        "Annual meeting 2030",
        "Riverside Rowing Club",
        "Riverside",
        "29/6/2030",
        "Election of the Board",
        "4",
        "Alice Moore",
        "Bob Stone",
        "Carol Hill",
        "Dan Reed",
        "Eve Park",
        "",
        "n",
    ),
    minutes="""\
head = "Grace Wood"
members = ["Henry Lake", "Iris Field"]
presidium = "Jack Rivers"
box_sealed = "18:30"
voting_closed = "19:15"
counting_ended = "19:24"
ballots_sealed = "19:30"
complaints = "None."
copies = 3
""",
    people=("Grace Wood", "Henry Lake"),
)
