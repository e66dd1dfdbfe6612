import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.export.cells import csv_bytes, safe_cell


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(sign):
    text = f'{sign}HYPERLINK("http://example.org")'

    assert safe_cell(text) == f"'{text}"


def test_blanks_before_a_formula_do_not_hide_it():
    assert safe_cell("  =1+1") == "'  =1+1"


@pytest.mark.parametrize("text", ["Nguyễn Văn An", "A=B", "", "12,50%", "O'Brien"])
def test_other_texts_stay_as_they_are(text):
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert safe_cell(-3) == "-3"
    assert safe_cell(None) == ""


def test_a_file_begins_with_a_byte_order_mark_and_ends_lines_for_spreadsheets():
    content = csv_bytes(("tên", "phiếu"), [("An", 3)])

    assert content == "\ufefftên,phiếu\r\nAn,3\r\n".encode()


@given(st.lists(st.tuples(st.text(max_size=12), st.integers()), max_size=8))
def test_every_text_can_be_read_back(rows):
    content = csv_bytes(("a", "b"), rows).decode("utf-8-sig")

    # A lone carriage return within quotation marks is kept as it stands.
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[0] == ["a", "b"]
    assert [[text.removeprefix("'"), int(number)] for text, number in read[1:]] == [
        [text.removeprefix("'"), number] for text, number in rows
    ]
