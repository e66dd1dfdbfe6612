"""Where pieces go; their heights are made up here, so that no Typst is needed."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.design.layout import Measured, may_fit, place_pieces
from ballotscan.design.pieces import draft_ballots
from ballotscan.design.printing import take_order
from ballotscan.design.sheet import SIZES_MM
from ballotscan.design.wording import clean
from ballotscan.election.definition import Candidate, Contest, Election, Marking


def order_of(*sizes, paper="a4", marking=Marking.AGREE_DISAGREE, **details):
    contests = tuple(
        Contest(
            id=f"contest-{number}",
            ballot="sheet",
            title="Title",
            seats=1,
            marking=marking,
            candidates=tuple(Candidate(name=f"Name {n}", **details) for n in range(size)),
        )
        for number, size in enumerate(sizes)
    )
    election = Election(
        id="test",
        title="Title",
        organisation="Body",
        place="Place",
        date=dt.date(2026, 1, 2),
        paper=paper,
        contests=contests,
    )
    return take_order(contests, election)


def measure(draft, row_mm):
    """Heights as Typst might give them: rows in turn, all else as in life."""
    heights = {"row": row_mm, "table-head": [8.0], "letterhead": [18.0], "title": [9.0]}
    counts = dict.fromkeys([*heights, "heading", "running"], 0)
    measured = []
    for piece in draft.pieces():
        values = heights.get(piece["kind"], [15.0])
        measured.append(Measured(values[counts[piece["kind"]] % len(values)]))
        counts[piece["kind"]] += 1
    return measured


def rows_of(pages):
    return [piece for page in pages for piece in page if piece["kind"] == "row"]


def bottom(piece):
    return piece["top"] + piece["height"]


def touch(one, other):
    slack = 1e-6
    return (
        one["left"] < other["left"] + other["width"] - slack
        and other["left"] < one["left"] + one["width"] - slack
        and one["top"] < bottom(other) - slack
        and other["top"] < bottom(one) - slack
    )


@given(
    sizes=st.lists(st.integers(1, 70), min_size=1, max_size=4),
    paper=st.sampled_from(sorted(SIZES_MM)),
    marking=st.sampled_from(list(Marking)),
    row_mm=st.lists(st.floats(4, 30), min_size=1, max_size=5),
    sides=st.sampled_from([1, 2]),
)
@settings(deadline=None)
def test_every_piece_has_its_own_place_inside_the_sheet(sizes, paper, marking, row_mm, sides):
    order = order_of(*sizes, paper=paper, marking=marking)
    expected = [number for size in sizes for number in range(1, size + 1)]
    for draft in draft_ballots(order):
        pages = place_pieces(draft, measure(draft, row_mm), order.side, sides=sides)
        if pages is None:
            continue
        side = order.side

        assert len(pages) == sides
        for page, area in zip(pages, [side.front, side.back], strict=False):
            for number, piece in enumerate(page):
                assert piece["left"] >= area.left_mm - 1e-6
                assert bottom(piece) <= area.top_mm + area.height_mm + 1e-6
                assert not any(touch(piece, other) for other in page[number + 1 :])
        assert [row["row"]["number"] for row in rows_of(pages)] == expected


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (16,)])
def test_a_short_list_takes_one_side_of_a4_in_large_type(sizes):
    order = order_of(*sizes)
    draft = draft_ballots(order)[0]

    pages = place_pieces(draft, measure(draft, [6.0]), order.side, sides=1)

    assert len(pages) == 1
    assert draft.sections[0].columns == 1


def test_a_list_too_long_for_one_side_is_continued_on_the_back():
    order = order_of(70)
    draft = next(d for d in draft_ballots(order) if d.sections[0].columns == 2)

    assert place_pieces(draft, measure(draft, [6.0]), order.side, sides=1) is None
    front, back = place_pieces(draft, measure(draft, [6.0]), order.side, sides=2)
    assert front[-1]["row"]["number"] + 1 == rows_of([back])[0]["row"]["number"]


def test_a_contest_that_fits_on_the_back_is_not_cut_in_two():
    order = order_of(9, 9)
    draft = draft_ballots(order)[0]

    front, back = place_pieces(draft, measure(draft, [6.0]), order.side, sides=2)

    assert len(rows_of([front])) == len(rows_of([back])) == 9


def test_many_small_contests_run_down_the_columns_of_the_page():
    order = order_of(3, 4, 3, 4, paper="us-letter", marking=Marking.CHOOSE)
    draft = next(d for d in draft_ballots(order) if d.flow == 2)

    pages = place_pieces(draft, measure(draft, [6.0]), order.side, sides=1)

    headings = [piece for piece in pages[0] if piece["kind"] == "heading"]
    assert len({piece["left"] for piece in headings[:2]}) == 1
    assert headings[2]["left"] > headings[1]["left"]
    assert headings[2]["top"] == headings[0]["top"]


def test_a_contest_that_fits_in_no_column_does_not_flow():
    order = order_of(40, 2, marking=Marking.CHOOSE)
    draft = next(d for d in draft_ballots(order) if d.flow == 2)

    assert place_pieces(draft, measure(draft, [6.0]), order.side, sides=2) is None


def test_a_high_row_makes_the_rows_beside_it_as_high():
    order = order_of(8)
    draft = next(d for d in draft_ballots(order) if d.sections[0].columns == 2)

    rows = rows_of(place_pieces(draft, measure(draft, [6.0, 20.0, 6, 6, 6]), order.side, sides=1))

    assert rows[1]["height"] == rows[5]["height"] > rows[0]["height"]
    assert rows[1]["top"] == rows[5]["top"]


@given(size=st.integers(1, 70), marking=st.sampled_from(list(Marking)))
def test_what_may_not_fit_never_fits(size, marking):
    order = order_of(size, paper="a5", marking=marking)
    for draft in draft_ballots(order):
        for sides in (1, 2):
            pages = place_pieces(draft, measure(draft, [4.0]), order.side, sides=sides)

            assert pages is None or may_fit(draft, order.side, sides=sides)


def test_year_and_unit_have_columns_where_there_is_room():
    wide = order_of(3, birth_year=1970, unit="Teacher")
    narrow = order_of(3, paper="a5", birth_year=1970, unit="Teacher")

    kinds = [column["kind"] for column in draft_ballots(wide)[0].sections[0].head["columns"]]
    row = draft_ballots(narrow)[0].sections[0].rows[0]["row"]

    assert kinds == ["number", "name", "year", "unit", "box", "box"]
    assert row["details"] == "Sinh năm 1970, Teacher"


def test_printed_text_has_one_form_of_every_letter_and_no_invisible_ones():
    assert clean("  Nguye\u0302\u0303n\u200b \t Va\u0306n\u00a0An ") == "Nguyễn Văn An"
