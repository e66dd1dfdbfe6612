import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.locale.formats import (
    format_count,
    format_date,
    format_share,
    share_in_hundredths,
)


def test_a_vietnamese_count_has_points_between_thousands():
    assert format_count(1234567, "vi") == "1.234.567"
    assert format_count(1234567, "en") == "1,234,567"
    assert format_count(999, "vi") == "999"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (22566, 100_000, "22,57%"),
        (22565, 100_000, "22,57%"),
        (22564, 100_000, "22,56%"),
        (1, 3, "33,33%"),
        (2, 3, "66,67%"),
        (0, 7, "0,00%"),
        (7, 7, "100,00%"),
        (1, 20_000, "0,01%"),
    ],
)
def test_a_share_has_two_decimals_rounded_half_up(part, whole, expected):
    assert format_share(part, whole, "vi") == expected


def test_a_share_of_nothing_is_a_dash():
    assert format_share(0, 0, "vi") == "–"


def test_a_share_of_nothing_is_no_number():
    with pytest.raises(ValueError, match="3 of 0 is no share"):
        share_in_hundredths(3, 0)


@given(st.integers(0, 10**8), st.integers(1, 10**8))
def test_a_share_is_never_further_off_than_half_a_hundredth(part, whole):
    error = share_in_hundredths(part, whole) - Fraction(part * 10_000, whole)

    assert -Fraction(1, 2) < error <= Fraction(1, 2)


def test_dates_are_written_in_words():
    assert format_date(dt.date(2020, 6, 29), "vi") == "ngày 29 tháng 6 năm 2020"
    assert format_date(dt.date(2020, 6, 29), "en") == "29 June 2020"
