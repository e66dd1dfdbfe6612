import datetime as dt
import unicodedata

import openpyxl
import pytest

from ballotscan.election.candidates import read_candidates
from ballotscan.errors import ElectionError

EXPECTED = [
    {"name": "Nguyễn Văn An", "birth_year": 1970, "unit": "Xã A, huyện B"},
    {"name": "Trần Thị Bình", "gender": "Nữ", "note": "tái cử"},
]
ROWS = [
    ["Họ và tên", "Năm sinh", "Giới tính", "Đơn vị", "Ghi chú"],
    ["Nguyễn Văn An", "1970", "", "Xã A, huyện B", ""],
    ["Trần Thị Bình", "", "Nữ", "", "tái cử"],
]


def as_csv(separator=",", rows=ROWS):
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    return "\n".join(separator.join(row) for row in quoted) + "\n"


def fields_of(path, content):
    path.write_bytes(content)
    return [candidate.fields for candidate in read_candidates(path)]


def message(path, text):
    path.write_text(text, "utf-8")
    with pytest.raises(ElectionError) as caught:
        read_candidates(path)
    return str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_way_of_saving_csv_is_read(tmp_path, separator, encoding, ending):
    content = as_csv(separator).replace("\n", ending).encode(encoding)

    assert fields_of(tmp_path / "list.csv", content) == EXPECTED


def test_unicode_text_of_excel_is_read(tmp_path):
    assert fields_of(tmp_path / "list.txt", as_csv("\t").encode("utf-16")) == EXPECTED


def test_accents_written_apart_are_put_together(tmp_path):
    content = unicodedata.normalize("NFD", as_csv()).encode()

    assert fields_of(tmp_path / "list.csv", content) == EXPECTED


@pytest.mark.parametrize(
    "headings",
    [
        ["name", "birth_year", "gender", "unit", "note"],
        ["NAME", "Birth Year", "Sex", "Unit", "Notes"],
    ],
)
def test_english_headings_are_known(tmp_path, headings):
    assert fields_of(tmp_path / "list.csv", as_csv(rows=[headings, *ROWS[1:]]).encode()) == EXPECTED


def test_other_columns_and_empty_lines_are_left_aside(tmp_path):
    text = "STT,họ và  tên,Quê quán\n1,An,Cà Mau\n,,\n\n2,Bình,\n"

    assert fields_of(tmp_path / "list.csv", text.encode()) == [{"name": "An"}, {"name": "Bình"}]


def test_the_line_of_each_candidate_is_kept(tmp_path):
    (tmp_path / "list.csv").write_text('title\n\nname\n"A\nB"\n\nC\n', "utf-8")

    assert [candidate.line for candidate in read_candidates(tmp_path / "list.csv")] == [4, 7]


def test_an_excel_sheet_is_read_with_its_numbers_and_dates(tmp_path):
    book = openpyxl.Workbook()
    rows = [
        ["DANH SÁCH"],
        [None, "Họ và tên", "Năm sinh"],
        [1, "An", 1970],
        [2, "Bình", dt.datetime(1981, 2, 3)],  # noqa: DTZ001 - a cell has no time zone
        [3, "Cường", "03/02/1982"],
        [4, "Dung", 1983.0],
    ]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")

    listed = read_candidates(tmp_path / "list.xlsx")

    assert [(c.line, c.fields["name"], c.fields["birth_year"]) for c in listed] == [
        (3, "An", 1970),
        (4, "Bình", 1981),
        (5, "Cường", 1982),
        (6, "Dung", 1983),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "no column has the heading 'Họ và tên'"),
        ("", "no column has the heading"),
        ("name\n", "no candidate under its headings"),
        ("name,unit\n,X\n", "line 2 has no name"),
        ("name,năm sinh\nAn,70\n", "line 2: year of birth '70' is not a year; write it as 1975"),
        ("name,năm sịnh\nAn,1970\n", "line 1: heading 'năm sịnh' is not known; did you mean 'năm sinh'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, words):
    assert words in message(tmp_path / "list.csv", text)


def test_an_old_encoding_is_named_with_its_line(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"name\nAn\nB\xecnh\n")

    with pytest.raises(ElectionError, match="line 3 is not UTF-8"):
        read_candidates(tmp_path / "list.csv")


@pytest.mark.parametrize(
    ("name", "words"),
    [("list.xls", "save the list as .csv or .xlsx"), ("list.xlsx", "not an Excel workbook")],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, words):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")

    with pytest.raises(ElectionError, match=words):
        read_candidates(tmp_path / name)


def test_names_split_into_two_columns_under_one_heading_are_refused(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["TT", "Họ và tên", None, "Năm sinh"], [1, "Nguyễn Văn", "An", 1975]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    book.save(tmp_path / "ds.xlsx")

    with pytest.raises(ElectionError, match=r"line 2: 'An' stands beside the name"):
        read_candidates(tmp_path / "ds.xlsx")
