"""How tests plan what the machine read: statuses that were written down instead of measured."""

import datetime as dt
from pathlib import Path

import numpy as np

from ballotscan.count.ballots import BallotStack, judge_contest, worth_of
from ballotscan.count.reading import CountedSheet, MachineReading
from ballotscan.election.definition import Attendance, Candidate, Contest, Election, Marking
from ballotscan.election.records import (
    BoxRole,
    ExpectedMark,
    MarkStatus,
    PageFault,
    PageRecord,
    PageRef,
    Reason,
)
from ballotscan.election.rules import load_rules
from ballotscan.election.template import BallotTemplate, Identity, MarkBox, Rect, TemplatePage
from ballotscan.marks.scoring import FEATURES
from ballotscan.tabulation.columns import contest_columns

CONTEST = "ban-chap-hanh"
E_, M, Q, U = MarkStatus.EMPTY, MarkStatus.MARKED, MarkStatus.MARGINAL, MarkStatus.UNREAD
# What stands in the boxes "agree" and "disagree" of a row.
ROWS = {"a": (M, E_), "d": (E_, M), "b": (M, M), ".": (E_, E_), "?": (Q, E_), "_": (U, U)}
NAMES = ("Nguyễn Văn An", "Trần Thị Bích", "Lê Hoàng Ẩn")


def plan_election(*, seats=2, names=NAMES, collected=None, rules="vn-dang"):
    return Election(
        id="dai-hoi",
        title="Đại hội",
        organisation="Đảng bộ",
        place="Thử",
        date=dt.date(2020, 6, 29),
        language="en",
        rules=rules,
        attendance=Attendance(convened=4, present=4, issued=4, collected=collected),
        contests=(
            Contest(
                id=CONTEST,
                title="Bầu Ban Chấp hành",
                seats=seats,
                marking=Marking.AGREE_DISAGREE,
                candidates=tuple(Candidate(name=name) for name in names),
            ),
        ),
    )


def plan_template(election):
    boxes = tuple(
        MarkBox(
            f"{number}-{role}", Rect(20 + 20 * at, 20.0 + 10 * number, 6, 6), CONTEST, number, role
        )
        for number in range(1, len(election.contests[0].candidates) + 1)
        for at, role in enumerate((BoxRole.AGREE, BoxRole.DISAGREE))
    )
    page = TemplatePage(
        number=1, width_mm=148.0, height_mm=210.0, blank="p.png", blank_sha256="0" * 64, boxes=boxes
    )
    return BallotTemplate(
        ballot_id=CONTEST, election_id=election.id, round=1, identity=Identity.CODE,
        expected_mark=ExpectedMark.CROSS, is_photo=False, pages=(page,), fingerprint="F", folder=Path(),
    )  # fmt: skip


def plan_reading(ballots, *, rules=None, beside=(), unknown=0, **changes):
    """A reading of ballots written as one letter a row, and of some sheets nobody could identify."""
    election = plan_election(**changes)
    rules = rules or load_rules("vn-dang")
    template = plan_template(election)
    columns = contest_columns(election, template)
    statuses = np.array(
        [[mark for row in ballot for mark in ROWS[row]] for ballot in ballots], np.int8
    )
    statuses = statuses.reshape(len(ballots), len(template.columns))
    flags = np.zeros(len(ballots), np.int32)
    flags[: len(beside)] = [int(reason) for reason in beside]
    judged = {CONTEST: judge_contest(statuses, flags, columns[CONTEST], rules)}
    features = np.zeros((*statuses.shape, len(FEATURES)), np.float32)
    stack = BallotStack(
        template, features, statuses, np.ones(statuses.shape, np.float32), election.contests, columns, judged,
        worth_of(judged.values()), flags, np.ones(statuses.shape, np.float32),
    )  # fmt: skip
    sheets = [
        CountedSheet((_page(number, None),), CONTEST, number, Reason(0))
        for number in range(len(ballots))
    ]
    sheets += [
        CountedSheet((_page(len(ballots) + number, PageFault.NO_CODE),), None, 0, Reason.UNREADABLE)
        for number in range(unknown)
    ]
    return MachineReading(election, rules, tuple(sheets), {CONTEST: stack}, ())


def record_id(number):
    return PageRef(f"{number:064x}"[::-1], 1).page_id


def _page(number, fault):
    ref = PageRef(f"{number:064x}"[::-1], 1)
    return PageRecord(ref, f"scans/{number}.jpg", None if fault else 1, fault, "")
