from pathlib import Path

import cv2
import numpy as np
import pytest

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.name_strokes import StrikeKind
from ballotscan.design.paper import Paper, Seal, Sheet
from ballotscan.design.scanner import ColourMode, Scanner
from ballotscan.design.testdeck import (
    CLEAR_MARKS,
    PlannedBallot,
    expect_rows,
    expect_status,
    make_deck,
    make_page,
    plan_ballot,
)
from ballotscan.election.records import BoxRole, ExpectedMark, MarkStatus, RowState
from ballotscan.election.template import (
    PX_PER_MM,
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)

AGREE, DISAGREE = BoxRole.AGREE, BoxRole.DISAGREE
BOXES = tuple(
    MarkBox(f"c/{number}/{role}", Rect(x_mm, 20.0 + 12 * number, 6.0, 6.0), "c", number, role)
    for number in range(1, 6)
    for role, x_mm in ((AGREE, 60.0), (DISAGREE, 80.0))
)
NAMES = tuple(
    NameField(f"s/{number}/name", (Rect(10.0, 95.0 + 9 * number, 35.0, 3.0),), "…", "s", number)
    for number in range(1, 4)
)


def template(boxes=BOXES, names=(), expected_mark=ExpectedMark.CROSS):
    page = TemplatePage(1, 105.0, 148.0, "blank-1.png", "", boxes=boxes, names=names)
    return BallotTemplate(
        ballot_id="c",
        election_id="e",
        round=1,
        identity=Identity.CODE,
        expected_mark=expected_mark,
        is_photo=False,
        pages=(page,),
        fingerprint="0" * 12,
        folder=Path(),
        words_sha256="0" * 64,
    )


def printed(page):
    size = (round(page.height_mm * PX_PER_MM), round(page.width_mm * PX_PER_MM))
    blank = np.full(size, 255, dtype=np.uint8)
    for box in page.boxes:
        left, top = round(box.rect.left_mm * PX_PER_MM), round(box.rect.top_mm * PX_PER_MM)
        right = round((box.rect.left_mm + box.rect.width_mm) * PX_PER_MM)
        bottom = round((box.rect.top_mm + box.rect.height_mm) * PX_PER_MM)
        cv2.rectangle(blank, (left, top), (right, bottom), 0, 1)
    return Sheet(blank, 200)


def ink_in_box(scan, box):
    """Share of dark pixels inside the outline, found by the truth of the scan."""
    rect = box.rect
    corners = np.array(
        [
            [rect.left_mm + 0.6, rect.top_mm + 0.6],
            [rect.left_mm + rect.width_mm - 0.6, rect.top_mm + rect.height_mm - 0.6],
        ]
    )
    (left, top), (right, bottom) = np.rint(scan.truth.locate(corners)).astype(int)
    return (scan.pixels[top:bottom, left:right] < 150).mean()


def row(marks, expected_mark=ExpectedMark.CROSS):
    boxes = BOXES[:2]
    planned = PlannedBallot(marks=dict(zip([box.position for box in boxes], marks, strict=False)))
    planned = PlannedBallot(marks={key: kind for key, kind in planned.marks.items() if kind})
    return expect_rows(template(boxes, expected_mark=expected_mark), planned)[("c", 1)]


@pytest.mark.parametrize(
    ("agree", "disagree", "state"),
    [
        (MarkKind.CROSS, None, RowState.AGREE),
        (None, MarkKind.TICK, RowState.DISAGREE),
        (MarkKind.TICK, MarkKind.CROSS, RowState.BOTH),
        (None, None, RowState.NEITHER),
        (MarkKind.CANCELLED, MarkKind.CROSS, RowState.UNCLEAR),
        (None, MarkKind.DOT, RowState.UNCLEAR),
        (MarkKind.LINE, None, RowState.UNCLEAR),
        (MarkKind.FILL, None, RowState.UNCLEAR),
    ],
)
def test_a_row_is_expected_as_its_boxes_were_planned(agree, disagree, state):
    assert row([agree, disagree]) is state


def test_a_filled_box_is_a_mark_where_no_cross_is_asked_for():
    assert row([MarkKind.FILL, None], ExpectedMark.FILL) is RowState.AGREE


@pytest.mark.parametrize(
    ("strike", "state"),
    [
        (StrikeKind.MIDDLE, RowState.STRUCK),
        (StrikeKind.WAVY, RowState.STRUCK),
        (StrikeKind.HALF, RowState.UNCLEAR),
        (StrikeKind.BELOW, RowState.UNCLEAR),
    ],
)
def test_a_name_is_expected_as_it_was_struck(strike, state):
    planned = PlannedBallot(strikes={"s/2/name": strike})

    rows = expect_rows(template((), NAMES), planned)

    assert list(rows.values()) == [RowState.KEPT, state, RowState.KEPT]


def test_a_choose_box_is_chosen_or_not():
    boxes = tuple(
        MarkBox(f"u/{n}/choose", BOXES[2 * n].rect, "u", n, BoxRole.CHOOSE) for n in (1, 2)
    )

    rows = expect_rows(template(boxes), PlannedBallot(marks={"u/1/choose": MarkKind.CROSS}))

    assert list(rows.values()) == [RowState.CHOSEN, RowState.NOT_CHOSEN]


def test_the_deck_is_the_same_for_the_same_seed():
    form = template()
    sheets = [printed(page) for page in form.pages]

    first, second = (
        [page.scan.pixels for page in make_deck(form, 2, seed=3, printed=sheets)] for _ in range(2)
    )

    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))


def test_a_longer_deck_begins_with_the_shorter_one():
    form = template()
    sheets = [printed(page) for page in form.pages]

    short, long = (
        [page.planned for page in make_deck(form, count, printed=sheets)] for count in (2, 4)
    )

    assert long[:2] == short


def test_the_scans_show_what_was_planned():
    form = template()
    sheets = [printed(page) for page in form.pages]

    shares = {True: [], False: []}
    for page in make_deck(form, 8, kinds=CLEAR_MARKS, printed=sheets):
        for box in page.page.boxes:
            status = expect_status(box, page.planned, form.expected_mark)
            shares[status is MarkStatus.MARKED].append(ink_in_box(page.scan, box))

    assert len(shares[True]) > 20
    assert min(shares[True]) > 2 * max(shares[False])


def test_planned_shares_are_kept():
    form = template()
    plans = [plan_ballot(form, np.random.default_rng(seed)) for seed in range(200)]

    kinds = [kind for plan in plans for kind in plan.marks.values()]
    marked_rows = np.mean([len({key.split("/")[1] for key in plan.marks}) / 5 for plan in plans])

    assert kinds.count(MarkKind.CROSS) / len(kinds) == pytest.approx(0.75, abs=0.05)
    assert kinds.count(MarkKind.FILL) / len(kinds) == pytest.approx(0.10, abs=0.03)
    assert marked_rows == pytest.approx(0.8, abs=0.05)


def test_a_page_gets_only_its_own_marks():
    form = template()
    planned = PlannedBallot(marks={"elsewhere": MarkKind.CROSS}, scanner=Scanner(noise=0, dust=0))

    scan = make_page(printed(form.pages[0]), form.pages[0], planned, np.random.default_rng(1))

    assert max(ink_in_box(scan, box) for box in BOXES) == 0


def test_writing_lies_where_it_was_planned():
    form = template()
    planned = PlannedBallot(
        writing=((1, Rect(10.0, 120.0, 40.0, 6.0)),), scanner=Scanner(noise=0, dust=0)
    )

    scan = make_page(printed(form.pages[0]), form.pages[0], planned, np.random.default_rng(1))

    assert (scan.pixels[round(118 * PX_PER_MM) : round(130 * PX_PER_MM)] < 128).any()


def test_struck_names_have_ink_across():
    form = template((), NAMES)
    planned = PlannedBallot(
        strikes={"s/2/name": StrikeKind.MIDDLE}, scanner=Scanner(noise=0, dust=0)
    )

    scan = make_page(printed(form.pages[0]), form.pages[0], planned, np.random.default_rng(1))

    shares = []
    for name in NAMES:
        rect = name.lines[0]
        top, bottom = (round((rect.top_mm + rise) * PX_PER_MM) for rise in (0.0, rect.height_mm))
        shares.append((scan.pixels[top:bottom] < 200).any(axis=0).mean())
    assert shares[1] > 0.3
    assert shares[0] == shares[2] == 0


def test_a_sealed_ballot_scanned_in_colour_is_red_somewhere():
    form = template()
    planned = PlannedBallot(
        paper=Paper(seal=Seal("ĐẢNG BỘ HUYỆN", "BAN CHẤP HÀNH", 22, 22)),
        scanner=Scanner(mode=ColourMode.COLOUR),
    )

    scan = make_page(printed(form.pages[0]), form.pages[0], planned, np.random.default_rng(1))

    blue, _, red = np.moveaxis(scan.pixels.astype(int), 2, 0)
    assert (red - blue > 60).sum() > 500
