from dataclasses import replace

import pytest

from ballotscan.count.reading import DamagedFile
from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, Reason, RowState
from ballotscan.report.ballots import list_ballots
from ballotscan.report.view import MAX_LINES, make_view

A, D = RowState.AGREE, RowState.DISAGREE
VALID, INVALID, REVIEW = BallotStatus.VALID, BallotStatus.INVALID, BallotStatus.REVIEW


def view_of(canvass):
    return make_view(canvass, list_ballots(canvass), "1.2.3")


def many(plan, ballots, **changes):
    """A canvass of ballots given as (states, status, reasons)."""
    election = plan.make_election(**changes)
    return plan.make_canvass(
        election, [plan.make_ballot(at, *ballot) for at, ballot in enumerate(ballots, start=1)]
    )


def notes_of(view, kind):
    return [note.title for note in view.notes if note.kind == kind]


def test_tiles_count_every_ballot_once(canvass):
    assert [tile.value for tile in view_of(canvass).tiles] == ["4", "2", "1", "1"]


def test_files_that_cannot_be_opened_are_named(canvass):
    note = view_of(canvass).notes[0]

    assert note.kind == "bad"
    assert note.lines == ("scans/c.jpg – the file is cut off",)


def test_a_long_list_of_files_is_cut_and_the_rest_is_counted(plan):
    damaged = [DamagedFile(f"{at}.jpg", "cut off") for at in range(MAX_LINES + 12)]
    ballots = [plan.make_ballot(1, (A, A, D), VALID)]

    lines = view_of(plan.make_canvass(plan.make_election(), ballots, damaged)).notes[0].lines

    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == "số tệp khác: 12"


def test_ballots_that_wait_make_the_result_not_final(canvass):
    assert notes_of(view_of(canvass), "wait") == [
        "Chưa chính thức; số phiếu chờ Ban kiểm phiếu kết luận: 1",
        "Phiếu không hợp lệ chưa ai xác nhận: 1",
    ]


def test_withheld_totals_are_not_on_the_page(canvass):
    object.__setattr__(canvass, "withholds_totals", True)
    (part,) = view_of(canvass).contests

    assert (part.rows, part.columns) == ((), ())
    assert [note.title for note in part.notes] == [
        "Theo quy định, không hiển thị kết quả khi còn phiếu chờ xem xét."
    ]


def test_numbers_that_do_not_agree_are_said_in_words(plan):
    attendance = {"convened": 4, "present": 4, "issued": 4, "collected": 3}
    view = view_of(many(plan, [((A, A, D), VALID)] * 4, attendance=attendance))

    bad = next(note for note in view.notes if note.kind == "bad")
    assert bad.title == "Số liệu không khớp"
    assert bad.lines == (
        "Đã quét 4 phiếu, nhiều hơn số phiếu thu về 3; hãy tìm tờ phiếu bị quét hai lần hoặc số liệu nhập sai",
    )


def test_numbers_that_are_missing_are_asked_for(plan):
    view = view_of(many(plan, [((A, A, D), VALID)], attendance={}))

    note = next(note for note in view.notes if note.kind == "wait")
    assert note.lines == ("Được triệu tập, Phát ra, Thu về",)
    assert not notes_of(view, "good")


def test_a_count_in_order_may_be_confirmed(plan):
    view = view_of(many(plan, [((A, A, D), VALID)] * 4))

    assert [note.kind for note in view.notes] == ["good"]


def test_a_contest_lists_its_candidates_in_ballot_order(canvass):
    rows = view_of(canvass).contests[0].rows

    assert [(row.number, row.name, row.values) for row in rows] == [
        (1, "Nguyễn Văn An", ("2", "0", "0")),
        (2, "Trần Thị Bích", ("1", "0", "1")),
        (3, "Lê Hoàng Ẩn", ("0", "1", "1")),
    ]


def test_shares_are_of_the_base_and_not_of_the_ballots(canvass):
    rows = view_of(canvass).contests[0].rows

    assert [row.share for row in rows] == ["50,00%", "25,00%", "0,00%"]


def test_those_elected_stand_in_the_order_of_their_votes(plan):
    ballots = [((D, A, A), VALID)] + [((A, A, D), VALID)] * 3

    note = view_of(many(plan, ballots)).contests[0].notes[0]

    assert note.kind == "good"
    assert note.lines == ("Trần Thị Bích (4), Nguyễn Văn An (3)",)


def test_the_line_on_the_bars_is_half_of_the_base(plan):
    contest = view_of(many(plan, [((A, A, D), VALID)] * 4)).contests[0]

    assert contest.line == 50
    assert [row.bar for row in contest.rows] == [100, 100, 0]


def test_bars_never_leave_their_place(plan):
    attendance = {"convened": 2, "present": 2, "issued": 2, "collected": 2}
    contest = view_of(many(plan, [((A, A, D), VALID)] * 5, attendance=attendance)).contests[0]

    assert max(row.bar + row.more for row in contest.rows) <= 100
    assert contest.line == 20


def test_without_a_base_there_is_no_line_and_no_winner(plan):
    contest = view_of(many(plan, [((A, A, D), VALID)], attendance={})).contests[0]

    assert contest.line is None
    assert {row.kind for row in contest.rows} == {"unknown"}
    assert any("Được triệu tập" in note.title for note in contest.notes)


def test_what_undecided_ballots_could_add_is_shown_where_it_matters(plan):
    unclear = (RowState.UNCLEAR, A, D)
    ballots = [((A, D, D), VALID)] * 2 + [(unclear, REVIEW, Reason.UNCLEAR)] * 2

    rows = view_of(many(plan, ballots)).contests[0].rows

    assert [row.kind for row in rows] == ["open", "not", "not"]
    assert (rows[0].bar, rows[0].more) == (50, 50)
    assert rows[1].more == 0


def test_a_tie_is_said_and_nobody_is_picked(plan):
    attendance = {"convened": 1, "present": 2, "issued": 2, "collected": 2}
    contest = plan.make_election().contests[0].model_copy(update={"seats": 1})
    ballots = [((A, D, D), VALID), ((D, A, D), VALID)]

    part = view_of(many(plan, ballots, attendance=attendance, contests=(contest,))).contests[0]

    assert [row.kind for row in part.rows] == ["tie", "tie", "not"]
    tie = next(note for note in part.notes if note.kind == "wait")
    assert tie.lines[0].startswith("Nguyễn Văn An, Trần Thị Bích. Số vị trí còn lại: 1.")
    assert "không tự chọn" in tie.lines[0]


def test_reasons_are_counted_apart_for_invalid_and_waiting_ballots(canvass):
    reasons = view_of(canvass).reasons

    assert [(row.words, row.invalid, row.waiting) for row in reasons] == [
        ("Bầu nhiều người hơn số lượng cần bầu", "1", "0"),
        ("Có trang phiếu không đọc được", "0", "1"),
    ]


def test_the_page_says_how_it_was_made(canvass):
    made_by = view_of(canvass).made_by

    assert "1.2.3" in made_by
    assert "Bầu cử trong Đảng" in made_by


@pytest.mark.parametrize(
    ("marking", "columns"),
    [
        ("agree-disagree", ("Agree", "Disagree", "Not counted")),
        ("strike-out", ("Votes",)),
        ("choose", ("Votes",)),
    ],
)
def test_the_columns_follow_the_way_of_marking(plan, marking, columns):
    contest = plan.make_election().contests[0].model_copy(update={"marking": Marking(marking)})
    canvass = many(plan, [((A, A, D), VALID)], language="en")
    result = canvass.contests[0]
    changed = replace(result, contest=contest)
    object.__setattr__(canvass, "contests", (changed,))

    assert view_of(canvass).contests[0].columns == columns


def test_a_page_in_english_has_english_words_and_numbers(plan):
    attendance = {"convened": 1234, "present": 4, "issued": 4, "collected": 4}
    view = view_of(many(plan, [((A, A, D), VALID)] * 4, language="en", attendance=attendance))

    assert view.date == "29 June 2020"
    assert "1,234" in {fact.value for fact in view.contests[0].facts}
    assert view.contests[0].rows[0].share == "0.32%"
