"""How tests lay out a contest: its boxes and names one after the other, as `column_keys` lists them.

Test files cannot import each other; they run this one (`runpy`).
"""

from pathlib import Path

from ballotscan.election.definition import Candidate, Contest, Election
from ballotscan.election.markings import column_keys
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import (
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.tabulation.columns import contest_columns

RECT = Rect(10.0, 10.0, 5.0, 5.0)


def contest_for(marking, rows, seats, lists=None, **fields):
    """A contest of `rows` candidates; `lists` names the list of each."""
    names = lists or [None] * rows
    return Contest(
        id="c",
        title="C",
        seats=seats,
        marking=marking,
        candidates=tuple(Candidate(name=str(n), list=names[n]) for n in range(rows)),
        list_cross=True if lists else None,
        **fields,
    )


def columns_of(contest, start=0):
    """The columns of a contest that begins at column `start` of its ballot."""
    boxes = [MarkBox(f"loose/{n}", RECT) for n in range(start)]
    names = []
    order = list(range(start))
    for key in column_keys(contest):
        position = f"{key.candidate}/{key.role}/{key.number}"
        if key.role is None:
            names.append(NameField(position, (RECT,), "n", "c", key.candidate))
            order.append(-len(names))
        else:
            order.append(len(boxes))
            boxes.append(MarkBox(position, RECT, "c", key.candidate, key.role, key.number))
    page = TemplatePage(1, 210.0, 297.0, "1.png", "", boxes=tuple(boxes), names=tuple(names))
    template = BallotTemplate(
        "c", "e", 1, Identity.CODE, ExpectedMark.CROSS, is_photo=False, pages=(page,),
        fingerprint="", folder=Path("c"),
    )  # fmt: skip
    election = Election(
        id="e", title="E", organisation="O", place="P", date="2020-06-29", contests=(contest,)
    )
    return contest_columns(election, template)["c"]


def columns_for(marking, rows, seats, start=0, **fields):
    """The columns of such a contest."""
    return columns_of(contest_for(marking, rows, seats, **fields), start)
