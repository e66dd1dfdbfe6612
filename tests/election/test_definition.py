import datetime as dt
import hashlib
import json
import unicodedata

import openpyxl
import pytest

from ballotscan.election.definition import (
    Attendance,
    Marking,
    contests_fingerprint,
    definition_fingerprint,
)
from ballotscan.election.loading import load_election
from ballotscan.errors import ElectionError

GOOD = """\
id = "dai-hoi-2020"
title = "Đại hội đại biểu lần thứ XIII"
organisation = "Đảng bộ huyện"
place = "Hồng Dân"
date = 2020-06-29

[attendance]
issued = 120
collected = 118

[[contests]]
id = "bch"
title = "Bầu Ban Chấp hành"
seats = 2
marking = "strike-out"

[[contests.candidates]]
name = "Nguyễn Văn An"
birth_year = 1970

[[contests.candidates]]
name = "Trần Thị Bình"

[[contests.candidates]]
name = "Lê Hoàng Cường"

[[contests]]
id = "bi-thu"
title = "Bầu Bí thư"
seats = 1
marking = "agree-disagree"
candidates = [{ name = "Nguyễn Văn An" }]
"""


def write(folder, text, encoding="utf-8"):
    path = folder / "election.toml"
    path.write_bytes(text.encode(encoding))
    return path


def message(folder, text):
    """The error that this definition gives."""
    write(folder, text)
    with pytest.raises(ElectionError) as caught:
        load_election(folder)
    return str(caught.value)


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_definition_loads_from_its_folder_or_its_file(tmp_path):
    path = write(tmp_path, GOOD)

    election = load_election(path)

    assert election == load_election(tmp_path)
    assert election.date == dt.date(2020, 6, 29)
    assert election.contest("bch").marking is Marking.STRIKE_OUT
    assert [c.name for c in election.contest("bch").candidates][1] == "Trần Thị Bình"
    assert list(election.ballots) == ["bch", "bi-thu"]


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), unicodedata.normalize("NFD", GOOD)],
    ids=["BOM", "CRLF", "NFD"],
)
def test_how_an_editor_saves_text_makes_no_difference(tmp_path, text):
    plain = load_election(write(tmp_path, GOOD))

    assert load_election(write(tmp_path, text)) == plain


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_refused_with_what_to_do(tmp_path, encoding):
    text = GOOD if encoding == "utf-16" else "\ufeff" + GOOD
    write(tmp_path, text, encoding)

    with pytest.raises(ElectionError, match=r"UTF-16.*encoding UTF-8"):
        load_election(tmp_path)


def test_an_old_encoding_is_refused_with_its_line(tmp_path):
    path = write(tmp_path, GOOD)
    path.write_bytes(
        unicodedata.normalize("NFC", GOOD)
        .replace("Đảng bộ", "Đ")
        .encode("utf-8")
        .replace("Bầu".encode(), b"B\xe2u")
    )

    with pytest.raises(ElectionError, match="line 13 is not UTF-8"):
        load_election(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ElectionError, match=r"election.toml.*cannot be read.*ballotscan new"):
        load_election(tmp_path / "election.toml")


def test_broken_toml_is_named_with_its_line(tmp_path):
    assert "line 2" in message(tmp_path, changed('lần thứ XIII"', "lần thứ XIII"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("date = 2020-06-29", 'date = "29/6/2020"', "line 5: key 'date': write year-month-day"),
        ("date = 2020-06-29", "date = 2020-06-29T07:00:00", "line 5: key 'date': write"),
        ("organisation =", "organization =", "key 'organization': unknown key; did you mean 'organisation'?"),
        ("organisation =", "organization =", "key 'organisation': is missing"),
        ("place =", "venue =", "unknown key; write one of: id, title"),
        ('"bch"', '"Ban Chấp hành"', "line 12: contest 'Ban Chấp hành', key 'id': must be"),
        ('"bch"', '"aux"', "line 12: contest 'aux', key 'id': is a name that Windows keeps"),
        ('"bch"', '"com1"', "key 'id': is a name that Windows keeps"),
        ("seats = 2", "seats = 4", "line 14: contest 'bch', key 'seats': is 4, but there are only 3"),
        ("seats = 2", 'seats = "2"', "key 'seats': must be a valid integer, but is \"2\""),
        ("seats = 2", "seats = 0", "greater than or equal to 1"),
        ("seats = 2", "seat = 2", "did you mean 'seats'?"),
        ("strike-out", "strikeout", "did you mean 'strike-out'?"),
        ("birth_year = 1970", 'birth_year = "1970"', "line 19: contest 'bch', candidate 1, key 'birth_year'"),
        ("birth_year = 1970", "born = 1970", "line 19: contest 'bch', candidate 1, key 'born': unknown"),
        ('"Trần Thị Bình"', '" "', "line 22: contest 'bch', candidate 2, key 'name': is empty"),
        ('"Trần Thị Bình"', '"nguyễn  văn an"\nbirth_year = 1970', "is candidate 1 too"),
        ("collected = 118", "colected = 1", "did you mean 'collected'?"),
        ("collected = 118", "collected = -1", "line 9: key 'attendance.collected': must be"),
        ('"bi-thu"', '"bch"', "line 28: contest 'bch', key 'id': 'bch' is the id of 2 contests"),
        ('[{ name = "Nguyễn Văn An" }]', "[]", "line 32: contest 'bi-thu', key 'candidates': is empty"),
        ('[{ name = "Nguyễn Văn An" }]', '"An"', "contest 'bi-thu', key 'candidates': must be"),
        ('[[contests]]\nid = "bi-thu"', '[[contest]]\nid = "bi-thu"', "did you mean 'contests'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_line_and_key(tmp_path, old, new, words):
    assert words in message(tmp_path, changed(old, new))


def test_all_problems_are_named_at_once(tmp_path):
    text = changed("seats = 2", "seats = 9").replace("place =", "venue =").replace("118", "-1")

    lines = message(tmp_path, text).splitlines()

    assert "4 things are wrong" in lines[0]
    assert len(lines) == 5


def test_more_collected_than_issued_is_for_the_count_to_report(tmp_path):
    election = load_election(write(tmp_path, changed("collected = 118", "collected = 121")))

    assert election.attendance.collected == 121


@pytest.mark.parametrize("tells", ['unit = "Xã Ninh Hòa"', "birth_year = 1971"])
def test_two_people_of_one_name_are_told_apart_by_year_or_unit(tmp_path, tells):
    text = changed('"Trần Thị Bình"', f'"Nguyễn Văn An"\n{tells}')

    assert len(load_election(write(tmp_path, text)).contest("bch").candidates) == 3


def test_contests_on_one_ballot_share_the_round(tmp_path):
    text = changed('id = "bi-thu"', 'id = "bi-thu"\nballot = "bch"\nround = 2')

    assert "line 30: contest 'bi-thu', key 'round': is 2, but contest 'bch'" in message(
        tmp_path, text
    )


def test_contests_on_one_ballot_share_the_paper(tmp_path):
    text = changed('id = "bi-thu"', 'id = "bi-thu"\nballot = "bch"\npaper = "a5"')

    assert "key 'paper': is 'a5', but contest 'bch'" in message(tmp_path, text)


def test_a_contest_may_be_printed_on_paper_of_its_own(tmp_path):
    election = load_election(
        write(tmp_path, changed('id = "bi-thu"', 'id = "bi-thu"\npaper = "a5"'))
    )

    papers = [election.paper_of(contest) for contest in election.contests]
    assert papers == ["a4", "a5"]


def test_a_contest_may_have_numbers_of_its_own(tmp_path):
    text = changed('id = "bi-thu"', 'id = "bi-thu"\nattendance.collected = 117')
    election = load_election(write(tmp_path, text))

    assert election.attendance_of("bi-thu") == Attendance(issued=120, collected=117)
    assert election.attendance_of("bch") == Attendance(issued=120, collected=118)


def test_the_fingerprint_leaves_the_attendance_out(tmp_path):
    before = definition_fingerprint(load_election(write(tmp_path, GOOD)))
    text = changed("collected = 118", "collected = 100")

    after = definition_fingerprint(load_election(write(tmp_path, text)))

    assert after == before
    assert len(after) == 64


def test_the_fingerprint_leaves_comments_and_order_of_keys_out(tmp_path):
    before = definition_fingerprint(load_election(write(tmp_path, GOOD)))
    text = changed("seats = 2\n", "").replace('id = "bch"', 'seats = 2 # hai\nid = "bch"')

    assert definition_fingerprint(load_election(write(tmp_path, text))) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("Cường", "Cương"), ("seats = 2", "seats = 1"), ("strike-out", "choose"), ("06-29", "06-30")],
)
def test_the_fingerprint_tells_what_is_fixed(tmp_path, old, new):
    before = definition_fingerprint(load_election(write(tmp_path, GOOD)))

    assert definition_fingerprint(load_election(write(tmp_path, changed(old, new)))) != before


LISTED = changed('candidates = [{ name = "Nguyễn Văn An" }]', 'candidates_file = "danh-sach.csv"')


def test_a_list_beside_the_definition_takes_the_place_of_candidates(tmp_path):
    (tmp_path / "danh-sach.csv").write_text("STT;Họ và tên;Năm sinh\n1;Lê A;1980\n", "utf-8")
    election = load_election(write(tmp_path, LISTED))

    (candidate,) = election.contest("bi-thu").candidates
    assert (candidate.name, candidate.birth_year) == ("Lê A", 1980)


def test_an_excel_list_gives_the_same_election(tmp_path):
    (tmp_path / "danh-sach.csv").write_text("Họ và tên,Năm sinh\nLê A,1980\n", "utf-8")
    from_csv = load_election(write(tmp_path, LISTED))
    book = openpyxl.Workbook()
    for row in (["DANH SÁCH BẦU CỬ"], [], ["Họ và tên", "Năm sinh"], ["Lê A", 1980]):
        book.active.append(row)
    book.save(tmp_path / "danh-sach.xlsx")

    from_excel = load_election(write(tmp_path, LISTED.replace(".csv", ".xlsx")))

    assert definition_fingerprint(from_excel) == definition_fingerprint(from_csv)


def test_a_row_of_a_list_that_does_not_fit_is_named(tmp_path):
    content = "Họ và tên,Năm sinh,Đơn vị\nLê A,1980,X\nlê a,1980,x\n"
    (tmp_path / "danh-sach.csv").write_text(content, "utf-8")

    text = message(tmp_path, LISTED)

    assert "danh-sach.csv, row 3, contest 'bi-thu', candidate 2, key 'name'" in text


def test_a_missing_list_is_the_only_complaint(tmp_path):
    text = message(tmp_path, LISTED)

    assert "line 32: contest 'bi-thu', key 'candidates_file'" in text
    assert "things are wrong" not in text


def test_candidates_and_a_list_exclude_each_other(tmp_path):
    text = message(tmp_path, LISTED + 'candidates = [{ name = "An" }]\n')

    assert "keep the one or the other" in text


GERMAN = """
id = "rat"
title = "Rat"
organisation = "O"
place = "P"
date = 2026-03-08
language = "en"
rules = "de-kumulieren"

[[contests]]
id = "rat"
title = "Rat"
seats = 4
marking = "points"
list_cross = true
candidates = [
  { name = "A", list = "red" },
  { name = "B", list = "red" },
  { name = "C", list = "blue" },
]
"""


def test_lists_stand_in_the_order_of_their_candidates(tmp_path):
    contest = load_election(write(tmp_path, GERMAN)).contest("rat")

    assert (contest.lists, contest.points) == (("red", "blue"), 3)


def test_there_may_be_more_votes_than_candidates_where_votes_are_points(tmp_path):
    assert load_election(write(tmp_path, GERMAN.replace("seats = 4", "seats = 9")))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "C", list = "blue"', 'name = "C", list = "blue" }, { name = "D", list = "red"', "those of one list must stand one after the other"),
        ('name = "C", list = "blue"', 'name = "C"', "some candidates stand on no list"),
        ("list_cross = true", "", "key 'list_cross': candidates stand on lists"),
        ("list_cross = true", "list_cross = true\nranks = 3", "key 'ranks': is only for contests that are marked by 'rank'"),
        ("list_cross = true", "list_cross = true\nvotes_per_candidate = 4", "key 'votes_per_candidate': must be less than or equal to 3"),
        ('marking = "points"\nlist_cross = true', 'marking = "rank"', "key 'seats': is 4, but where candidates are ranked one is elected"),
    ],
)  # fmt: skip
def test_keys_of_single_ways_of_marking_are_checked(tmp_path, old, new, words):
    assert old in GERMAN
    assert words in message(tmp_path, GERMAN.replace(old, new))


CONFIDENCE = GERMAN.replace("seats = 4\n", "").replace("list_cross = true\n", "").replace(
    '"points"', '"one-of-three"'
).replace(', list = "red"', "").replace(', list = "blue"', "")  # fmt: skip


def test_a_vote_of_confidence_has_no_seats(tmp_path):
    contest = load_election(write(tmp_path, CONFIDENCE)).contest("rat")

    assert (contest.elects, contest.seats) == (False, 3)


def test_seats_in_a_vote_of_confidence_are_refused(tmp_path):
    text = CONFIDENCE.replace('marking = "one', 'seats = 1\nmarking = "one')

    assert "key 'seats': a vote of confidence elects nobody" in message(tmp_path, text)


def test_keys_that_came_later_leave_older_fingerprints_as_they_were(tmp_path):
    plain = load_election(write(tmp_path, changed("bch", "bch")))

    fields = plain.contests[0].model_dump(mode="json", exclude={"attendance"})
    for key in ("votes_per_candidate", "list_cross", "ranks"):
        del fields[key]
    for candidate in fields["candidates"]:
        del candidate["list"]
    canonical = json.dumps([fields], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    assert (
        contests_fingerprint(plain.contests[:1]) == hashlib.sha256(canonical.encode()).hexdigest()
    )
