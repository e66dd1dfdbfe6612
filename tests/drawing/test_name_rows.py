"""Names proposed for lists to strike names out of."""

import numpy as np
import pytest

from ballotscan.drawing.name_rows import propose_names


def test_the_names_of_a_numbered_list_are_found_without_their_numbers(word, name_list):
    (found,) = propose_names([name_list], [len(word.GUESTS)])

    assert len(found.names) == len(word.GUESTS)
    assert {round(rect.left_mm) for rect in found.names} == {40}  # margin of 3 cm, and the number
    assert all(20 < rect.width_mm < 60 and 3 < rect.height_mm < 8 for rect in found.names)


def test_the_names_in_a_table_are_found_without_heading_and_numbers(word, table):
    (found,) = propose_names([table], [len(word.NAMES)])

    tops = [rect.top_mm for rect in found.names]
    assert len(found.names) == len(word.NAMES)
    assert np.diff(tops) == pytest.approx(np.full(5, np.diff(tops).mean()), abs=1.0)


def test_a_numbered_list_overleaf_is_believed_before_lines_of_a_heading(word, table, name_list):
    (found,) = propose_names([table, name_list], [len(word.GUESTS)])

    assert found.page == 2


def test_each_list_has_names_of_its_own(word, name_list):
    guests, again = propose_names([name_list], [len(word.GUESTS)] * 2)

    assert guests is not None
    assert again is None or not set(again.names) & set(guests.names)


def test_nothing_is_proposed_where_no_column_has_as_many_rows_as_there_are_candidates(name_list):
    assert propose_names([name_list], [9]) == [None]
