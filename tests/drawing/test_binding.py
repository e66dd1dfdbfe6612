"""Places bound to contests in reading order, and what is missing."""

import pytest

from ballotscan.drawing.binding import bind_all, bind_selected, find_gaps
from ballotscan.drawing.draft import Shape
from ballotscan.election.definition import Candidate, Contest, Marking
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.records import BoxRole


def contest(contest_id, candidates, marking=Marking.CHOOSE, seats=1):
    people = tuple(Candidate(name=f"{contest_id} {number}") for number in range(1, candidates + 1))
    return Contest(id=contest_id, title=contest_id, seats=seats, marking=marking, candidates=people)


def place(number, left, top, kind="box", page=1):
    return Shape(id=number, page=page, kind=kind, left=left, top=top, width=5, height=5)


def grid(columns, rows, kind="box"):
    """Shapes numbered line by line from the top left."""
    tops, lefts = range(40, 40 + 10 * rows, 10), range(20, 20 + 40 * columns, 40)
    places = [(left, top) for top in tops for left in lefts]
    return [place(number, left, top, kind) for number, (left, top) in enumerate(places, start=1)]


def meanings(shapes):
    return {shape.id: (shape.contest_id, shape.key) for shape in shapes if shape.key}


def test_two_boxes_a_row_are_agree_and_disagree_from_the_left():
    board = contest("board", 3, Marking.AGREE_DISAGREE)

    bound = bind_all(grid(2, 3), [board])

    assert meanings(bound) == dict(
        zip(range(1, 7), [("board", key) for key in column_keys(board)], strict=True)
    )
    assert find_gaps(bound, [board]).is_whole


def test_boxes_that_lean_a_little_are_still_one_row():
    board = contest("board", 2, Marking.AGREE_DISAGREE)
    shapes = [place(1, 60, 41), place(2, 20, 40), place(3, 60, 51.5), place(4, 20, 50)]

    bound = bind_all(shapes, [board])

    assert meanings(bound)[2] == ("board", ColumnKey(1, BoxRole.AGREE))
    assert meanings(bound)[3] == ("board", ColumnKey(2, BoxRole.DISAGREE))


def test_columns_side_by_side_are_read_one_after_the_other():
    mayor, council = contest("mayor", 3), contest("council", 3)

    bound = bind_all(grid(2, 3), [mayor, council])

    assert [(shape.contest_id, shape.candidate) for shape in bound] == [
        ("mayor", 1), ("council", 1), ("mayor", 2), ("council", 2), ("mayor", 3), ("council", 3),
    ]  # fmt: skip


def test_a_column_that_begins_below_the_end_of_another_is_read_after_it():
    chair, board = contest("chair", 2), contest("board", 2)
    shapes = [place(1, 120, 40), place(2, 120, 50), place(3, 20, 90), place(4, 20, 100)]

    bound = bind_all(shapes, [chair, board])

    assert [shape.contest_id for shape in bound] == ["chair", "chair", "board", "board"]


def test_contests_with_rows_of_different_widths_are_bound_line_by_line():
    board, chair = contest("board", 2, Marking.AGREE_DISAGREE), contest("chair", 2)
    shapes = [*grid(2, 2), place(5, 20, 90), place(6, 20, 100)]

    bound = bind_all(shapes, [board, chair])

    assert find_gaps(bound, [board, chair]).is_whole
    assert meanings(bound)[5] == ("chair", ColumnKey(1, BoxRole.CHOOSE))


def test_names_are_bound_to_the_lists_to_strike_out_of():
    guests = contest("guests", 3, Marking.STRIKE_OUT)

    bound = bind_all(grid(1, 3, "name"), [guests])

    assert meanings(bound) == {n: ("guests", ColumnKey(n, None)) for n in (1, 2, 3)}


def test_the_back_is_read_after_the_front():
    board = contest("board", 2)

    bound = bind_all([place(1, 20, 40, page=2), place(2, 20, 200)], [board])

    assert [shape.candidate for shape in bound] == [2, 1]


def test_what_is_left_over_stays_loose_and_is_named():
    board = contest("board", 2)

    bound = bind_all(grid(1, 3), [board])

    gaps = find_gaps(bound, [board])
    assert [shape.id for shape in gaps.loose] == [3]
    assert not gaps.is_whole


def test_what_has_no_box_is_named():
    board = contest("board", 3)

    gaps = find_gaps(bind_all(grid(1, 2), [board]), [board])

    assert gaps.missing == (("board", ColumnKey(3, BoxRole.CHOOSE)),)


def test_two_boxes_for_one_answer_are_named_and_two_lines_of_a_name_are_not():
    board, guests = contest("board", 1), contest("guests", 1, Marking.STRIKE_OUT)
    key, name = ColumnKey(1, BoxRole.CHOOSE), ColumnKey(1, None)
    shapes = [
        *(place(n, 20, 40 * n).bound("board", key) for n in (1, 2)),
        *(place(n, 90, 40 * n, "name").bound("guests", name) for n in (3, 4)),
    ]

    assert find_gaps(shapes, [board, guests]).doubled == (("board", key),)


def test_a_candidate_that_the_contest_does_not_have_is_named():
    board = contest("board", 1)
    shapes = [place(1, 20, 40).bound("board", ColumnKey(7, BoxRole.CHOOSE))]

    assert [shape.id for shape in find_gaps(shapes, [board]).strange] == [1]


def test_selected_rows_are_bound_from_the_candidate_that_is_named():
    board = contest("board", 4)
    shapes = bind_all(grid(1, 4), [board])

    bound = bind_selected(shapes, [1, 2], board, first=3)

    assert [shape.candidate for shape in bound] == [3, 4, None, None]


@pytest.mark.parametrize("marking", list(Marking))
def test_every_way_of_marking_is_bound_whole(marking):
    board = contest("board", 4, marking, seats=2)
    keys = column_keys(board)
    boxes = sum(key.role is not None for key in keys) // 4
    names = sum(key.role is None for key in keys) // 4
    shapes = grid(boxes, 4) if boxes else []
    shapes += [place(900 + row, 5, 40 + 10 * row, "name") for row in range(4 if names else 0)]

    bound = bind_all(shapes, [board])

    assert find_gaps(bound, [board]).is_whole


def test_a_line_too_many_goes_with_the_name_that_it_stands_close_below():
    board = contest("board", 3, Marking.STRIKE_OUT)
    tops = [40, 50, 56, 66]
    shapes = [place(number, 20, top, "name") for number, top in enumerate(tops, start=1)]

    bound = bind_all(shapes, [board])

    assert [shape.candidate for shape in bound] == [1, 2, 2, 3]
    assert find_gaps(bound, [board]).is_whole


def test_a_name_too_many_that_stands_apart_stays_loose():
    board = contest("board", 3, Marking.STRIKE_OUT)

    bound = bind_all(grid(1, 4, "name"), [board])

    assert [shape.candidate for shape in bound] == [1, 2, 3, None]


def test_lines_that_stand_close_are_names_of_their_own_where_there_are_as_many_as_candidates():
    board = contest("board", 3, Marking.STRIKE_OUT)
    shapes = [place(number, 20, 40 + 6 * number, "name") for number in (1, 2, 3)]

    assert [shape.candidate for shape in bind_all(shapes, [board])] == [1, 2, 3]


def test_both_lines_of_a_selected_name_are_bound():
    board = contest("board", 3, Marking.STRIKE_OUT)
    shapes = [place(1, 20, 40, "name"), place(2, 20, 46, "name")]

    bound = bind_selected(shapes, [1, 2], board, 3)

    assert [shape.candidate for shape in bound] == [3, 3]
