"""Two sides are one sheet only where their place in the scan says so."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.count.sheets import ScannedPage, assemble_sheets, scan_order


def page(source, number, *, sides=2, page_in_file=1, pages_in_file=1):
    return ScannedPage(source, page_in_file, pages_in_file, "b", number, sides)


def unread(source):
    return ScannedPage(source, 1, 1, None, None, None)


def scans(numbers, start=1):
    return [
        unread(f"s/{i:04}.jpg") if number is None else page(f"s/{i:04}.jpg", number)
        for i, number in enumerate(numbers, start)
    ]


def pairs(pages):
    return [
        (sheet.pages, sheet.is_complete) for sheet in assemble_sheets(pages, has_two_sided=True)
    ]


def test_pages_are_ordered_as_a_person_would_count():
    names = ["s/10.jpg", "s/9.jpg", "S/1.JPG"]

    assert [names[i] for i in scan_order([page(n, 1) for n in names])] == [
        "S/1.JPG",
        "s/9.jpg",
        "s/10.jpg",
    ]


def test_front_and_back_one_after_the_other_are_a_sheet():
    assert pairs(scans([1, 2, 1, 2])) == [((0, 1), True), ((2, 3), True)]


def test_sheets_that_lay_face_down_are_paired_where_the_whole_run_pairs():
    assert pairs(scans([1, 2, 2, 1])) == [((0, 1), True), ((3, 2), True)]


def test_a_lost_back_leaves_its_front_to_people():
    assert pairs(scans([1, 1, 2, 1, 2])) == [((0,), False), ((1, 2), True), ((3, 4), True)]


@pytest.mark.parametrize("numbers", [[1, 2, 1], [2, 1, 2, 1, 2]])
def test_where_nothing_says_which_side_is_missing_nothing_is_paired(numbers):
    assert pairs(scans(numbers)) == [((i,), False) for i in range(len(numbers))]


@given(st.lists(st.sampled_from([1, 2, None]), min_size=1, max_size=12))
def test_every_page_is_in_exactly_one_sheet(numbers):
    sheets = assemble_sheets(scans(numbers), has_two_sided=True)

    assert sorted(i for sheet in sheets for i in sheet.pages) == list(range(len(numbers)))


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_one_lost_image_never_joins_two_voters(face_down, data):
    sides = [
        (voter, number)
        for voter, down in enumerate(face_down)
        for number in ((2, 1) if down else (1, 2))
    ]
    lost = data.draw(st.integers(0, len(sides) - 1))
    pages = [page(f"s/{i:04}.jpg", number) for i, (_, number) in enumerate(sides)]
    voters = [voter for i, (voter, _) in enumerate(sides) if i != lost]

    sheets = assemble_sheets(pages[:lost] + pages[lost + 1 :], has_two_sided=True)

    joined = [sheet for sheet in sheets if len({voters[i] for i in sheet.pages}) > 1]
    assert joined == []


def test_a_page_that_could_not_be_read_keeps_its_place():
    assert pairs(scans([1, 2, 1, None, 2, 1])) == [((0, 1), True), ((3, 2), False), ((5, 4), True)]


def test_where_a_page_is_unread_and_another_missing_only_even_stretches_are_paired():
    assert pairs(scans([1, 2, 1, None, 1, 2, 1])) == [
        ((0,), False),
        ((1,), False),
        ((2,), False),
        ((3,), False),
        ((4,), False),
        ((5,), False),
        ((6,), False),
    ]


def test_a_gap_in_the_file_numbers_is_no_pair():
    pages = [page("s/0001.jpg", 1), page("s/0004.jpg", 2)]

    assert pairs(pages) == [((0,), False), ((1,), False)]


@pytest.mark.parametrize(
    "names",
    [
        ["a/0001-1.tif", "a/0001-2.tif", "a/0002-1.tif", "a/0002-2.tif"],
        ["a/scan 9.jpg", "a/scan 10.jpg", "a/scan 11.jpg", "a/scan 12.jpg"],
        ["a/front.jpg", "a/front_b.jpg"],
    ],
)
def test_usual_ways_of_numbering_are_followed(names):
    pages = [page(name, 1 + i % 2) for i, name in enumerate(names)]

    assert all(complete for _, complete in pairs(pages))


def test_pages_of_two_ballots_are_no_pair():
    first, second = scans([1, 2])

    assert pairs([first, replace(second, ballot_id="other")]) == [((0,), False), ((1,), False)]


def test_pages_of_different_feeds_are_no_pair():
    pages = [page("a/1.jpg", 1), page("b/2.jpg", 2)]

    assert pairs(pages) == [((0,), False), ((1,), False)]


def test_pages_of_one_file_are_a_feed_of_their_own():
    pages = [page("s/1.pdf", 1 + i % 2, page_in_file=i + 1, pages_in_file=4) for i in range(4)] + [
        page("s/2.jpg", 1),
        page("s/3.jpg", 2),
    ]

    assert pairs(pages) == [((0, 1), True), ((2, 3), True), ((4, 5), True)]


def test_one_sided_ballots_need_no_partner():
    pages = [page("s/1.jpg", 1, sides=1), page("s/2.jpg", 1), page("s/3.jpg", 2)]

    assert pairs(pages) == [((0,), True), ((1, 2), True)]


def test_without_two_sided_ballots_every_page_is_a_sheet():
    pages = [page("s/1.jpg", 1, sides=1), unread("s/2.jpg")]

    assert [s.pages for s in assemble_sheets(pages, has_two_sided=False)] == [(0,), (1,)]
