"""What the program does when it is asked to: propose, find alike, snap; drafts on the disk."""

import json

import pytest

from ballotscan.drawing.draft import FILE_NAME, Draft, Shape, load_draft, save_draft, set_aside
from ballotscan.drawing.edits import add_alike, bind_draft, propose_draft, snap_selected
from ballotscan.election.definition import Candidate, Contest, Marking
from ballotscan.errors import OutputError, TemplateError


def contest(names, marking):
    people = tuple(Candidate(name=name) for name in names)
    return Contest(id="board", title="Board", seats=1, marking=marking, candidates=people)


def draft_of(*shapes):
    return Draft(
        shapes=tuple(
            Shape(id=number, page=1, kind=kind, left=left, top=top, width=width, height=height)
            for number, (kind, left, top, width, height) in enumerate(shapes, start=1)
        )
    )


def test_boxes_are_proposed_where_the_contest_is_marked_in_boxes(word, table):
    draft = propose_draft(Draft(), [table], [contest(word.NAMES, Marking.AGREE_DISAGREE)])

    assert {shape.kind for shape in draft.shapes} == {"box"}
    assert [shape.candidate for shape in draft.shapes] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


def test_names_are_proposed_where_names_are_struck_out(word, name_list):
    draft = propose_draft(Draft(), [name_list], [contest(word.GUESTS, Marking.STRIKE_OUT)])

    assert [(shape.kind, shape.candidate) for shape in draft.shapes] == [
        ("name", number) for number in range(1, len(word.GUESTS) + 1)
    ]


def test_both_lines_of_a_name_stand_for_its_candidate_and_do_when_bound_anew(word):
    names = ["Lê Văn Chính", "Tôn Nữ Phương Quỳnh Trang", "Phạm Minh Đức"]
    board = contest(names, Marking.STRIKE_OUT)
    table = word.draw_narrow_table(names, ["", "Bí thư Đảng ủy", ""], 'weight: "bold"', "left")

    draft = propose_draft(Draft(), [table], [board])

    assert [shape.candidate for shape in draft.shapes] == [1, 2, 2, 3]
    assert len({shape.id for shape in draft.shapes}) == len(draft.shapes)
    assert bind_draft(draft, [board]) == draft


def test_a_roughly_drawn_box_is_laid_on_its_outline(word, table):
    exact = propose_draft(Draft(), [table], [contest(word.NAMES, Marking.AGREE_DISAGREE)])
    first = exact.shapes[0]
    rough = draft_of(("box", first.left + 2, first.top + 1.5, first.width - 3, first.height - 2))

    (snapped,) = snap_selected(rough, [1], [table]).shapes

    assert (snapped.left, snapped.top) == pytest.approx((first.left, first.top), abs=0.3)
    assert (snapped.width, snapped.height) == pytest.approx((first.width, first.height), abs=0.5)


def test_a_roughly_drawn_name_is_laid_on_its_letters(word, name_list):
    exact = propose_draft(Draft(), [name_list], [contest(word.GUESTS, Marking.STRIKE_OUT)])
    first = exact.shapes[0]
    rough = draft_of(("name", first.left - 2, first.top - 2, first.width + 9, first.height + 4))

    (snapped,) = snap_selected(rough, [1], [name_list]).shapes

    assert (snapped.left, snapped.top) == pytest.approx((first.left, first.top), abs=0.2)
    assert (snapped.width, snapped.height) == pytest.approx((first.width, first.height), abs=0.3)


@pytest.mark.parametrize("kind", ["box", "name"])
def test_what_is_drawn_on_bare_paper_stays_where_it_is(table, kind):
    rough = draft_of((kind, 30, 250, 20, 10))

    assert snap_selected(rough, [1], [table]) == rough


def test_what_is_drawn_at_the_edge_of_the_page_stays_where_it_is(table):
    rough = draft_of(("box", 209, 296, 20, 10))

    assert snap_selected(rough, [1], [table]) == rough


def test_alike_boxes_are_added_once_each(word, table):
    whole = propose_draft(Draft(), [table], [contest(word.NAMES, Marking.AGREE_DISAGREE)])
    one = whole.model_copy(update={"shapes": whole.shapes[:1]})

    added = add_alike(one, [1], [table])
    again = add_alike(added, [1], [table])

    assert len(added.shapes) >= len(word.NAMES)
    assert len(again.shapes) == len(added.shapes)


def test_a_draft_is_read_as_it_was_written(tmp_path):
    draft = draft_of(("box", 20, 30, 5, 5), ("name", 40, 30, 50, 6))

    save_draft(draft, tmp_path / "drawings" / "bch")

    assert load_draft(tmp_path / "drawings" / "bch") == draft


def test_there_may_be_no_draft(tmp_path):
    assert load_draft(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", '{"shapes": 1}', '{"shapes": [], "more": 1}'])
def test_a_damaged_draft_is_refused(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content, encoding="utf-8")

    with pytest.raises(TemplateError, match="move it away"):
        load_draft(tmp_path)


def test_two_shapes_of_one_id_are_refused(tmp_path):
    draft = draft_of(("box", 20, 30, 5, 5)).model_dump(mode="json")
    draft["shapes"] *= 2
    (tmp_path / FILE_NAME).write_text(json.dumps(draft), encoding="utf-8")

    with pytest.raises(TemplateError):
        load_draft(tmp_path)


def test_a_draft_of_another_blank_is_kept_aside(tmp_path):
    for _ in range(2):
        save_draft(Draft(), tmp_path)
        set_aside(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawing-1.json", "drawing-2.json"]


def test_a_draft_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "drawings").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        save_draft(Draft(), tmp_path / "drawings" / "bch")
