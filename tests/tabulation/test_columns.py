from pathlib import Path

import pytest

from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import (
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.errors import TemplateError
from ballotscan.tabulation.columns import contest_columns

RECT = Rect(10.0, 10.0, 5.0, 5.0)


def a_contest(contest_id, marking, candidates):
    return Contest(
        id=contest_id,
        title="T",
        seats=1,
        marking=marking,
        ballot="sheet",
        candidates=tuple(Candidate(name=str(n)) for n in range(candidates)),
    )


ELECTION = Election(
    id="e",
    title="E",
    organisation="O",
    place="P",
    date="2020-06-29",
    contests=(
        a_contest("two", Marking.AGREE_DISAGREE, 2),
        a_contest("names", Marking.STRIKE_OUT, 2),
        a_contest("one", Marking.CHOOSE, 1),
    ),
)


def a_template(boxes, names, ballot_id="sheet"):
    """A template of two pages; the second holds the last box."""
    front = TemplatePage(1, 148.0, 210.0, "1.png", "", boxes=boxes[:-1], names=names)
    back = TemplatePage(2, 148.0, 210.0, "2.png", "", boxes=boxes[-1:])
    return BallotTemplate(
        ballot_id,
        "e",
        1,
        Identity.CODE,
        ExpectedMark.CROSS,
        is_photo=False,
        pages=(front, back),
        fingerprint="",
        folder=Path("ballots/sheet"),
    )


def box(contest_id, candidate, role):
    return MarkBox(f"{contest_id}/{candidate}/{role}", RECT, contest_id, candidate, role)


BOXES = (
    box("two", 2, BoxRole.DISAGREE),
    box("two", 1, BoxRole.AGREE),
    MarkBox("loose", RECT),
    box("two", 1, BoxRole.DISAGREE),
    box("two", 2, BoxRole.AGREE),
    box("one", 1, BoxRole.CHOOSE),
)
NAMES = tuple(NameField(f"n{n}", (RECT,), str(n), "names", n) for n in (2, 1))


def test_columns_follow_the_names_of_boxes_not_their_order():
    columns = contest_columns(ELECTION, a_template(BOXES, NAMES))

    assert list(columns) == ["two", "names", "one"]
    assert columns["two"].one(BoxRole.AGREE).tolist() == [1, 4]
    assert columns["two"].one(BoxRole.DISAGREE).tolist() == [3, 0]
    assert columns["names"].one(None).tolist() == [6, 5]  # after the five boxes of the front
    assert columns["one"].one(BoxRole.CHOOSE).tolist() == [7]
    assert columns["one"].of(BoxRole.AGREE).shape == (1, 0)


@pytest.mark.parametrize(
    ("boxes", "names", "words"),
    [
        (BOXES[1:], NAMES, "has no box 'disagree' of candidate 2 in contest 'two'"),
        (BOXES, NAMES[1:], "has no name of candidate 2 in contest 'names'"),
        ((*BOXES, box("two", 3, BoxRole.AGREE)), NAMES, "no place for the template's box 'agree' of candidate 3"),
        ((*BOXES, box("names", 1, BoxRole.CHOOSE)), NAMES, "no place for the template's box 'choose'"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_fit_the_definition_is_refused(boxes, names, words):
    with pytest.raises(TemplateError, match=words):
        contest_columns(ELECTION, a_template(boxes, names))


def test_a_ballot_that_the_election_does_not_have_is_refused():
    with pytest.raises(TemplateError, match=r"has no ballot 'other', only 'sheet'"):
        contest_columns(ELECTION, a_template(BOXES, NAMES, ballot_id="other"))


def test_boxes_with_numbers_and_lists_find_their_columns():
    contest = Contest(
        id="rat",
        title="T",
        seats=3,
        marking=Marking.POINTS,
        votes_per_candidate=2,
        list_cross=True,
        ballot="sheet",
        candidates=tuple(Candidate(name=n, list=li) for n, li in (("A", "x"), ("B", "y"))),
    )
    election = Election(
        id="e", title="E", organisation="O", place="P", date="2020-06-29", contests=(contest,)
    )
    boxes = [
        MarkBox(f"{c}/{n}", RECT, "rat", c, BoxRole.POINT, n) for c, n in ((2, 2), (1, 1), (2, 1), (1, 2))
    ]  # fmt: skip
    boxes += [MarkBox(f"l{c}", RECT, "rat", c, BoxRole.LIST) for c in (2, 1)]
    names = tuple(NameField(f"n{c}", (RECT,), "n", "rat", c) for c in (1, 2))

    columns = contest_columns(election, a_template((*boxes, MarkBox("loose", RECT)), names))["rat"]

    assert columns.of(BoxRole.POINT).tolist() == [[1, 3], [2, 0]]
    assert columns.of(BoxRole.LIST).tolist() == [[5], [4]]
    assert columns.one(None).tolist() == [6, 7]
    assert columns.list_heads == ((0, 0), (1, 1))
    assert columns.most_votes == 3


def test_a_missing_rank_is_named():
    contest = a_contest("ranks", Marking.RANK, 2).model_copy(update={"ballot": "sheet"})
    election = ELECTION.model_copy(update={"contests": (contest,)})
    boxes = tuple(
        MarkBox(f"{c}/{n}", RECT, "ranks", c, BoxRole.RANK, n) for c, n in ((1, 1), (1, 2), (2, 1))
    )

    with pytest.raises(TemplateError, match="no box 'rank' number 2 of candidate 2"):
        contest_columns(election, a_template(boxes, ()))
