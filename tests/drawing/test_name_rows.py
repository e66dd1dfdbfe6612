"""Names proposed for lists to strike names out of."""

from itertools import pairwise

import numpy as np
import pytest

from ballotscan.drawing.name_rows import propose_names


def test_the_names_of_a_numbered_list_are_found_without_their_numbers(word, name_list):
    (found,) = propose_names([name_list], [word.GUESTS])

    assert len(found.names) == len(word.GUESTS)
    lefts = {round(rect.left_mm) for (rect,) in found.names}
    assert lefts == {40}  # margin of 3 cm, and the number
    assert all(20 < rect.width_mm < 60 and 3 < rect.height_mm < 8 for (rect,) in found.names)


def test_the_names_in_a_table_are_found_without_heading_and_numbers(word, table):
    (found,) = propose_names([table], [word.NAMES])

    tops = [rect.top_mm for (rect,) in found.names]
    assert len(found.names) == len(word.NAMES)
    assert np.diff(tops) == pytest.approx(np.full(5, np.diff(tops).mean()), abs=1.0)


def test_a_numbered_list_overleaf_is_believed_before_lines_of_a_heading(word, table, name_list):
    (found,) = propose_names([table, name_list], [word.GUESTS])

    assert found.page == 2


def test_each_list_has_names_of_its_own(word, name_list):
    guests, again = propose_names([name_list], [word.GUESTS] * 2)

    assert guests is not None
    assert again is None or not set(again.names) & set(guests.names)


def test_nothing_is_proposed_where_no_column_has_as_many_rows_as_there_are_candidates(name_list):
    assert propose_names([name_list], [["Lê An"] * 9]) == [None]


LONG = ["Lê Văn Chính", "Tôn Nữ Phương Quỳnh Trang", "Võ Thành Được", "Phạm Minh Đức"]
WORK = ["", "Bí thư Đảng ủy", "Phó Chủ tịch Hội đồng", "Đảng ủy viên, Chủ tịch Mặt trận"]


@pytest.mark.parametrize("weight", ["bold", "regular"])
@pytest.mark.parametrize("align", ["left", "center"])
@pytest.mark.parametrize("size", [12, 14])
def test_a_name_is_proposed_with_both_of_its_lines_and_without_what_is_below(
    word, weight, align, size
):
    table = word.draw_narrow_table(LONG, WORK, f'weight: "{weight}", size: {size}pt', align)

    (found,) = propose_names([table], [LONG])

    assert [len(name) for name in found.names] == [1, 2, 1, 1]
    first, second = found.names[1]
    assert 3 < first.height_mm < 8
    assert 0 < second.top_mm - first.top_mm < 9
    assert second.top_mm > first.top_mm + first.height_mm


def test_lines_of_two_names_have_no_place_in_common(word):
    table = word.draw_narrow_table(LONG, WORK, "size: 13pt", "left")

    (found,) = propose_names([table], [LONG])

    rows = [(line.top_mm, line.top_mm + line.height_mm) for name in found.names for line in name]
    assert all(bottom < top for (_, bottom), (top, _) in pairwise(rows))
