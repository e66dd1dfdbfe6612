import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.election.code import PageCode

CODE = PageCode("dai-hoi-2020", "ban-chap-hanh", 1, 1, "7F3KQ2M9XA4T")
TEXT = "BS1:DAI-HOI-2020:BAN-CHAP-HANH:1:1:7F3KQ2M9XA4T"

ids = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,7}){0,2}", fullmatch=True)
codes = st.builds(
    PageCode,
    election_id=ids,
    ballot_id=ids,
    round=st.integers(1, 99),
    page=st.integers(1, 99),
    fingerprint=st.from_regex(r"[A-Z0-9]{12}", fullmatch=True),
)


def test_the_text_is_all_capitals_with_colons():
    assert CODE.to_text() == TEXT


@given(codes)
def test_what_is_printed_is_read_back(code):
    assert PageCode.parse(code.to_text()) == code


@given(codes)
def test_the_text_keeps_to_the_alphanumeric_mode(code):
    assert set(code.to_text()) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:-")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/",
        TEXT.lower(),
        TEXT + "\n",
        TEXT[:-1],
        TEXT + ":1",
        TEXT.replace("BS1", "BS2"),
        TEXT.replace(":1:1:", ":0:1:"),
        TEXT.replace(":1:1:", ":1:٣:"),
        TEXT.replace("DAI-HOI", "DAI--HOI"),
        TEXT.replace("DAI", "D" * 30),
    ],
)
def test_another_text_is_not_a_page_code(text):
    assert PageCode.parse(text) is None


@pytest.mark.parametrize(
    "code",
    [
        PageCode("dai:hoi", "bch", 1, 1, "7F3KQ2M9XA4T"),
        PageCode("Dai", "bch", 1, 1, "7F3KQ2M9XA4T"),
        PageCode("dai", "bch", 0, 1, "7F3KQ2M9XA4T"),
        PageCode("dai", "bch", 1, 1, "7f3kq2m9xa4t"),
    ],
)
def test_a_code_that_could_not_be_read_back_is_not_printed(code):
    with pytest.raises(ValueError, match="cannot be printed"):
        code.to_text()
