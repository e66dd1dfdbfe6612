"""Minutes say what was counted, and say on every page when they must not be signed yet."""

import io
import re
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest

from ballotscan.count.canvass import PeopleCounts
from ballotscan.election.minutes_facts import MinutesFacts
from ballotscan.election.records import BallotStatus, Reason, RowState
from ballotscan.report.minutes import make_minutes, print_minutes

A, D, B = RowState.AGREE, RowState.DISAGREE, RowState.BOTH
VALID, INVALID, REVIEW = BallotStatus.VALID, BallotStatus.INVALID, BallotStatus.REVIEW
ENTERED = {"convened": 4, "present": 4, "issued": 4, "collected": 4}


@pytest.fixture
def final(plan):
    """Four valid ballots of four people convened: B., C. and A. in the order of votes."""
    ballots = [
        plan.make_ballot(number, states, VALID)
        for number, states in enumerate([(A, A, D), (D, A, D), (A, A, D), (A, A, B)], start=1)
    ]
    return plan.make_canvass(plan.make_election(attendance=ENTERED), ballots)


def minutes_of(canvass, facts=None, **more):
    return make_minutes(canvass.contests[0], canvass, facts or MinutesFacts(), **more)


def tables(minutes):
    return [
        part["rows"]
        for section in minutes.document["parts"]
        for part in section["content"]
        if part["kind"] == "table"
    ]


def text_of(minutes, tmp_path):
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext of poppler is not installed")
    (tmp_path / "m.pdf").write_bytes(print_minutes(minutes))
    command = [tool, "-layout", str(tmp_path / "m.pdf"), "-"]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return re.sub(r"\s+", " ", done.stdout)


def test_a_count_in_which_all_is_settled_may_be_signed(final):
    minutes = minutes_of(final)

    assert not minutes.is_draft
    assert minutes.document["draft"] == ""


def test_votes_stand_in_the_order_of_the_ballot_and_the_elected_by_votes(final):
    votes, elected = tables(minutes_of(final))

    assert [row[2:] for row in votes] == [
        ["3", "1", "0", "75,00%"],
        ["4", "0", "0", "100,00%"],
        ["0", "3", "1", "0,00%"],
    ]
    assert [row[1:3] for row in elected] == [["Trần Thị Bích", "4"], ["Nguyễn Văn An", "3"]]


@pytest.mark.parametrize(
    ("ballot", "reason"),
    [
        (((A, RowState.UNCLEAR, D), REVIEW, Reason.UNCLEAR), "chờ Ban kiểm phiếu kết luận: 1"),
        (((A, A, A), INVALID, Reason.OVERVOTE), "chưa có người xác nhận: 1"),
    ],
)
def test_what_people_have_not_decided_makes_a_draft(plan, ballot, reason):
    ballots = [plan.make_ballot(n, (A, A, D), VALID) for n in (1, 2, 3)]
    ballots.append(plan.make_ballot(4, *ballot))

    minutes = minutes_of(plan.make_canvass(plan.make_election(attendance=ENTERED), ballots))

    assert minutes.is_draft
    assert any(reason in warning for warning in minutes.warnings)


def test_numbers_that_do_not_agree_make_a_draft(plan):
    ballots = [plan.make_ballot(n, (A, A, D), VALID) for n in (1, 2, 3)]

    minutes = minutes_of(plan.make_canvass(plan.make_election(attendance=ENTERED), ballots))

    assert any("mới quét 3" in warning for warning in minutes.warnings)


def test_files_that_could_not_be_read_make_a_draft(final):
    assert minutes_of(final, unread_files=2).is_draft


def test_a_base_that_nobody_entered_makes_a_draft(plan):
    ballots = [plan.make_ballot(1, (A, A, D), VALID)]

    minutes = minutes_of(plan.make_canvass(plan.make_election(attendance={}), ballots))

    assert any("căn cứ tính tỷ lệ" in warning for warning in minutes.warnings)


def test_no_totals_stand_in_a_draft_where_the_rules_hold_them_back(final):
    minutes = minutes_of(replace(final, withholds_totals=True))

    assert tables(minutes) == []


def test_how_many_ballots_people_decided_is_said(final):
    people = PeopleCounts(decided=7, accepted=5, rejected=2, unconfirmed=0)
    result = replace(final.contests[0], people=people)

    minutes = make_minutes(result, final, MinutesFacts())

    assert "trực tiếp 7 phiếu (hợp lệ 5, không hợp lệ 2)" in str(minutes.document["parts"][-1])


def test_the_pdf_has_every_name_and_room_to_sign(final, tmp_path):
    facts = MinutesFacts(head="Đặng Thuỳ Giang", members=("Hồ Ẩn",), complaints="Không có.")

    text = text_of(minutes_of(final, facts), tmp_path)

    for words in ("BIÊN BẢN KIỂM PHIẾU", "ĐẢNG CỘNG SẢN VIỆT NAM", "Nguyễn Văn An", "Lê Hoàng Ẩn",
                  "Đặng Thuỳ Giang", "Hồ Ẩn", "Không có.", "T/M ĐOÀN CHỦ TỊCH", "Ký, ghi rõ họ tên"):  # fmt: skip
        assert words in text
    assert "DỰ THẢO" not in text


def test_every_page_of_a_draft_says_so(plan, tmp_path):
    names = tuple(f"Người thứ {number}" for number in range(1, 60))
    ballots = [plan.make_ballot(1, (D,) * 59, VALID)]
    canvass = plan.make_canvass(plan.make_election(names=names, attendance=ENTERED), ballots)

    minutes = minutes_of(canvass)

    pages = len(pikepdf.open(io.BytesIO(print_minutes(minutes))).pages)
    assert pages > 1
    assert text_of(minutes, tmp_path).count("DỰ THẢO") >= pages


def test_the_same_minutes_give_the_same_bytes(final):
    assert print_minutes(minutes_of(final)) == print_minutes(minutes_of(final))


def test_names_are_words_and_never_instructions_to_the_typesetter(final, tmp_path):
    facts = MinutesFacts(head='#panic("x") *A* $b$ [c] \\ @d <e>')

    assert '#panic("x") *A* $b$ [c] \\ @d <e>' in text_of(minutes_of(final, facts), tmp_path)


def test_english_minutes_are_english(plan, tmp_path):
    ballots = [plan.make_ballot(1, (A, A, D), VALID)]
    election = plan.make_election(language="en", attendance=dict.fromkeys(ENTERED, 1))

    text = text_of(minutes_of(plan.make_canvass(election, ballots)), tmp_path)

    assert "MINUTES OF THE COUNT" in text
    assert "FOR THE PRESIDIUM" in text
    assert "PARTY" not in text
