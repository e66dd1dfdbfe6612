"""The printed words."""

import datetime as dt

import pytest

from ballotscan.design.wording import (
    WORDINGS,
    write_dateline,
    write_instructions,
    write_seats,
)
from ballotscan.election.definition import MAX_RANKS, Candidate, Contest, Marking
from ballotscan.election.records import BoxRole

VI, EN = WORDINGS["vi"], WORDINGS["en"]


def contest(marking=Marking.AGREE_DISAGREE, *, seats=2, candidates=3, **more):
    people = tuple(Candidate(name=f"Person {number}") for number in range(candidates))
    return Contest(
        id="board", title="Board", seats=seats, marking=marking, candidates=people, **more
    )


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (dt.date(2020, 6, 29), "Cà Mau, ngày 29 tháng 6 năm 2020"),
        (dt.date(2020, 2, 9), "Cà Mau, ngày 09 tháng 02 năm 2020"),
        (dt.date(2020, 12, 1), "Cà Mau, ngày 01 tháng 12 năm 2020"),
    ],
)
def test_a_vietnamese_date_has_zeros_as_official_papers_have_them(date, text):
    assert write_dateline(VI, "Cà Mau", date) == text


def test_an_english_date_names_the_month():
    assert write_dateline(EN, "Ely", dt.date(2026, 5, 7)) == "Ely, 7 May 2026"


def test_the_first_round_is_not_named():
    assert write_seats(VI, contest(seats=15)) == "Số lượng cần bầu: 15"


@pytest.mark.parametrize(
    ("wording", "number", "words"),
    [(VI, 2, "Bầu lần thứ hai"), (VI, 11, "Bầu lần thứ 11"), (EN, 2, "Round 2")],
)
def test_a_later_round_is_named(wording, number, words):
    assert write_seats(wording, contest(round=number)).endswith(words)


@pytest.mark.parametrize("wording", [VI, EN])
@pytest.mark.parametrize("marking", [*VI.at_most, Marking.POINTS])
def test_a_list_with_surplus_says_how_many_at_most(wording, marking):
    lines = write_instructions(wording, contest(marking, seats=2, candidates=3), is_alone=False)

    assert "2" in " ".join(lines)


@pytest.mark.parametrize("marking", [Marking.AGREE_DISAGREE, Marking.STRIKE_OUT])
def test_a_list_without_surplus_names_no_limit(marking):
    lines = write_instructions(VI, contest(marking, seats=3, candidates=3), is_alone=True)

    assert "3" not in " ".join(lines)


def test_a_list_of_one_person_speaks_of_one_row():
    assert write_instructions(VI, contest(seats=1, candidates=1), is_alone=True)[0] == VI.one_row


@pytest.mark.parametrize(("is_alone", "times"), [(True, 1), (False, 0)])
def test_what_holds_for_all_is_said_with_a_contest_only_where_it_is_alone(is_alone, times):
    lines = write_instructions(EN, contest(), is_alone=is_alone)

    assert " ".join(lines).count(EN.nothing_else) == times


def test_the_contest_may_bring_its_own_instructions():
    own = contest(instructions="Khoanh tròn một số.")

    assert write_instructions(VI, own, is_alone=True) == ["Khoanh tròn một số."]


@pytest.mark.parametrize("wording", [VI, EN])
def test_every_role_and_marking_has_its_words(wording):
    numbered = {BoxRole.POINT, BoxRole.RANK, BoxRole.LIST}  # their heads are made otherwise

    assert set(wording.roles) == set(BoxRole) - numbered
    assert set(wording.instructions) == set(Marking)
    assert len(wording.ranks) == MAX_RANKS
