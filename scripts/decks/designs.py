"""The printed ballots of the decks: our own designs, made by the program, printed by poppler."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pdf2image

from ballotscan.design.paper import Sheet
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.template import BallotTemplate

PRINT_DPI = 300

FAMILIES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLES = [
    "Văn",
    "Thị",
    "Hữu",
    "Minh",
    "Thanh",
    "Quốc",
    "Ngọc",
    "Đình",
    "Xuân",
    "Thúy",
    "Hoàng",
    "Kim",
]
GIVENS = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Giang",
    "Hà",
    "Hiếu",
    "Hùng",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Oanh",
    "Phúc",
    "Quân",
    "Quyền",
    "Sơn",
    "Tâm",
    "Thảo",
    "Thủy",
    "Trang",
    "Tuấn",
    "Tú",
    "Uyên",
    "Vân",
    "Việt",
    "Yến",
]


@dataclass(frozen=True, eq=False)
class Design:
    """A ballot, and the paper it is printed on.

    Attributes:
        sheets: One for each page of the template.
    """

    name: str
    template: BallotTemplate
    sheets: tuple[Sheet, ...]


def make_names(rng: np.random.Generator, count: int) -> list[str]:
    """So many different names."""
    names: list[str] = []
    while len(names) < count:
        name = f"{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVENS)}"
        if name not in names:
            names.append(name)
    return names


def _election(id_: str, rules: str, paper: str, contests: tuple[Contest, ...]) -> Election:
    return Election.model_validate(
        {
            "id": id_,
            "title": "Đại hội đại biểu" if rules == "vn-dang" else "Annual general election",
            "organisation": "Đảng bộ huyện Thử" if rules == "vn-dang" else "Town of Exampleton",
            "place": "Thử" if rules == "vn-dang" else "Exampleton",
            "date": dt.date(2020, 6, 29),
            "language": "vi" if rules == "vn-dang" else "en",
            "rules": rules,
            "paper": paper,
            "contests": contests,
        }
    )


def _contest(id_: str, marking: Marking, names: list[str], seats: int) -> Contest:
    return Contest(
        id=id_,
        title="Bầu Ban Chấp hành" if marking is not Marking.CHOOSE else f"Contest {id_}",
        seats=seats,
        marking=marking,
        ballot="sheet",
        candidates=tuple(Candidate(name=name) for name in names),
    )


def _elections() -> dict[str, Election]:
    """The elections whose ballots are read, always the same."""
    rng = np.random.default_rng(11)
    both, choose, strike = Marking.AGREE_DISAGREE, Marking.CHOOSE, Marking.STRIKE_OUT
    return {
        "15 rows, A4": _election(
            "dai-hoi", "vn-dang", "a4", (_contest("bch", both, make_names(rng, 15), 12),)
        ),
        "5 rows, A5": _election(
            "dai-hoi-xa", "vn-dang", "a5", (_contest("bch", both, make_names(rng, 5), 4),)
        ),
        "1 row, A5": _election(
            "bi-thu", "vn-dang", "a5", (_contest("bi-thu", both, make_names(rng, 1), 1),)
        ),
        "8 to choose, A4": _election(
            "town", "uk-x", "a4", (_contest("council", choose, make_names(rng, 8), 1),)
        ),
        "6 contests, Letter": _election(
            "county",
            "us-nofm",
            "us-letter",
            tuple(
                _contest(f"seat-{number}", choose, make_names(rng, 3 + number % 3), 1 + number % 2)
                for number in range(6)
            ),
        ),
        "45 rows, two pages": _election(
            "tinh", "vn-dang", "a4", (_contest("bch", both, make_names(rng, 45), 40),)
        ),
        "20 names to strike, A4": _election(
            "doan", "vn-dang", "a4", (_contest("bch", strike, make_names(rng, 20), 15),)
        ),
    }


def _strangers() -> dict[str, Election]:
    """Ballots that are not being counted: another edition, round, and election."""
    known = _elections()
    first, second = known["15 rows, A4"], known["5 rows, A5"]
    (contest,) = first.contests
    people = (*contest.candidates[:-1], Candidate(name="Tôn Nữ Thị Khác"))
    edition = contest.model_copy(update={"candidates": people})
    later = contest.model_copy(update={"round": 2})
    return {
        "other layout": first.model_copy(update={"contests": (edition,)}),
        "other round": first.model_copy(update={"contests": (later,)}),
        "other election": second.model_copy(update={"id": "dai-hoi-khac"}),
    }


def print_design(name: str, election: Election, folder: Path) -> Design:
    """Design and print the ballot of an election."""
    ((_, contests),) = election.ballots.items()
    printed = design_ballot(contests, election)
    template = write_ballot(printed, folder)
    pages = pdf2image.convert_from_bytes(printed.pdf, dpi=PRINT_DPI, grayscale=True)
    return Design(name, template, tuple(Sheet(np.array(page), PRINT_DPI) for page in pages))


def print_designs(folder: Path) -> list[Design]:
    """All ballots that are counted."""
    return [
        print_design(name, election, folder / f"known-{number}")
        for number, (name, election) in enumerate(_elections().items())
    ]


def print_ranked(folder: Path) -> Design:
    """A grid of ranks, to be filled in."""
    contest = _contest("mayor", Marking.RANK, make_names(np.random.default_rng(12), 7), 1)
    contest = contest.model_copy(update={"ranks": 5})
    return print_design("7 to rank, Letter", _election("city", "rcv-grid", "us-letter", (contest,)), folder / "ranked")  # fmt: skip


def print_strangers(folder: Path) -> list[Design]:
    """All ballots that are not."""
    return [
        print_design(name, election, folder / f"other-{number}")
        for number, (name, election) in enumerate(_strangers().items())
    ]
