import datetime as dt

import numpy as np
import pytest

from ballotscan.audit.panel import ReadPage
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import (
    BallotStatus,
    BoxRole,
    CastVoteRecord,
    ContestRecord,
    MarkRecord,
    MarkStatus,
    PageRecord,
    PageRef,
    Reason,
    RowRecord,
    RowState,
)
from ballotscan.election.template import MarkBox, Rect, TemplatePage

ROLES = (BoxRole.AGREE, BoxRole.DISAGREE)
FIRST_ROW_MM, PITCH_MM = 80.0, 12.0
SHAPE = (1169, 827)  # A4 at 100 dpi


@pytest.fixture
def contest():
    names = ("Nguyễn Văn An", "Trần Thị Bích Ngọc", "Lê Hoàng Ẩn")
    return Contest(
        id="ban-chap-hanh",
        title="Bầu Ban Chấp hành",
        seats=2,
        marking=Marking.AGREE_DISAGREE,
        candidates=tuple(Candidate(name=name) for name in names),
    )


@pytest.fixture
def election(contest):
    return Election(
        id="dai-hoi",
        title="Đại hội",
        organisation="Đảng bộ",
        place="Hồng Dân",
        date=dt.date(2020, 6, 29),
        contests=(contest,),
    )


@pytest.fixture
def page_record():
    return PageRecord(PageRef("a" * 64, 1), "scans/phiếu-1.jpg", 1, None, "")


@pytest.fixture
def template(contest):
    boxes = tuple(
        MarkBox(
            position=f"{row}-{role.value}",
            rect=Rect(120 + 30 * place, FIRST_ROW_MM + PITCH_MM * row, 7, 7),
            contest_id=contest.id,
            candidate=row + 1,
            role=role,
        )
        for row in range(len(contest.candidates))
        for place, role in enumerate(ROLES)
    )
    return TemplatePage(1, 210, 297, "blank.png", "0" * 64, boxes=boxes)


@pytest.fixture
def record(contest, page_record):
    states = (RowState.AGREE, RowState.DISAGREE, RowState.UNCLEAR)
    marks = tuple(MarkRecord(role, MarkStatus.MARKED, 0.2) for role in ROLES)
    rows = tuple(
        RowRecord(number, state, state is RowState.AGREE, marks)
        for number, state in enumerate(states, start=1)
    )
    reading = ContestRecord(contest.id, BallotStatus.REVIEW, Reason.UNCLEAR, rows)
    return CastVoteRecord(
        record_id="aaaaaaaaaaaa-1",
        ballot_id=contest.id,
        pages=(page_record,),
        status=BallotStatus.REVIEW,
        reasons=Reason.UNCLEAR,
        contests=(reading,),
    )


@pytest.fixture
def read_page(page_record, template):
    statuses = [
        MarkStatus.MARKED,
        MarkStatus.EMPTY,
        MarkStatus.UNREAD,
        MarkStatus.MARKED,
        MarkStatus.MARGINAL,
        MarkStatus.CANCELLED,
    ]
    paper = np.full(SHAPE, 250, np.uint8)
    return ReadPage(page_record, paper, template, np.array(statuses, np.int8))
