"""A template is drawn in a real browser for ballots as Word makes them, and they are counted."""

import csv
import runpy
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.design.box_marks import MarkKind
from ballotscan.design.name_strokes import StrikeKind
from ballotscan.design.testdeck import PlannedBallot, load_printed, make_page
from ballotscan.drawing.draft import Draft
from ballotscan.drawing.edits import propose_draft
from ballotscan.drawing.finishing import write_template
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.rules import load_rules_of
from ballotscan.review.board import Board
from ballotscan.review.drawing_pages import drawing_part

WORD = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "word_ballot.py")))
TABLE, LIST = "ban-chap-hanh", "dai-bieu"
BLANKS = {TABLE: WORD.draw_table, LIST: WORD.draw_list}
# Which candidates each ballot agrees to; the others are disagreed with.
AGREED = [{1, 2, 3}, {1, 2}, {1, 4, 5, 6}, {2, 3}]
# Which names each ballot strikes out.
STRUCK = [{1, 2}, {1, 3}, {2, 3}]


@pytest.fixture
def folder(tmp_path):
    root = ElectionFolder(tmp_path / "Đại hội xã")
    root.root.mkdir()
    root.definition.write_text(WORD.DEFINITION, encoding="utf-8")
    return root


def blank_of(ballot_id):
    png = np.frombuffer(BLANKS[ballot_id]("png"), np.uint8)
    return cv2.imdecode(png, cv2.IMREAD_GRAYSCALE)


def scan_ballots(folder, ballot_id, planned, work):
    """Mark ballots as planned and scan them into scans/, with a template made apart for the pens."""
    election = load_election(folder.root)
    blank = blank_of(ballot_id)
    draft = propose_draft(Draft(), [blank], election.ballots[ballot_id])
    template = write_template(draft, [blank], work, ballot_id=ballot_id, election=election)
    folder.scans.mkdir(exist_ok=True)
    (sheet,) = load_printed(template)
    for number, ballot in enumerate(planned, start=1):
        scan = make_page(sheet, template.pages[0], ballot, np.random.default_rng(number))
        path = folder.scans / f"{ballot_id}-{number}.png"
        path.write_bytes(cv2.imencode(".png", scan.pixels)[1].tobytes())


def board_of(folder, ballot_id):
    election = load_election(folder.root)
    return Board(
        [blank_of(ballot_id)],
        ballot_id=ballot_id,
        election=election,
        rules=load_rules_of(election, folder.root),
        draft_folder=folder.drawing(ballot_id),
        template_folder=folder.ballot(ballot_id),
        scans=sorted(folder.scans.glob(f"{ballot_id}-*")),
    )


def saved(page):
    page.locator("#board[aria-busy=false]").wait_for()


def leave(page):
    """Have everything loaded before the server goes; a page without its pictures says so."""
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")


def drag(page, ballot_left_mm, ballot_top_mm, width_mm, height_mm):
    """Draw with the mouse, lengths on the paper."""
    paper = page.locator("#paper")
    paper.scroll_into_view_if_needed()
    scale = page.evaluate("document.getElementById('paper').getScreenCTM().a")
    place = paper.bounding_box()
    left, top = place["x"] + ballot_left_mm * scale, place["y"] + ballot_top_mm * scale
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + width_mm * scale / 2, top + height_mm * scale / 2)
    page.mouse.move(left + width_mm * scale, top + height_mm * scale)
    page.mouse.up()


@pytest.mark.slow
def test_a_template_is_drawn_for_a_table_made_in_word_and_its_ballots_are_counted(
    folder, visitor, served, tmp_path
):
    marks = [
        {
            f"{TABLE}/{number}/{'agree' if number in agreed else 'disagree'}": MarkKind.CROSS
            for number in range(1, len(WORD.NAMES) + 1)
        }
        for agreed in AGREED
    ]
    scan_ballots(folder, TABLE, [PlannedBallot(marks=row) for row in marks], tmp_path / "pens")
    board = board_of(folder, TABLE)
    first, second = board.draft.shapes[:2]
    with served([drawing_part(board)], "en") as address:
        visitor.goto(address)
        visitor.locator("#paper").focus()
        visitor.keyboard.press("Control+a")
        visitor.keyboard.press("Delete")
        visitor.get_by_text("Has no place on the blank yet").wait_for()
        for shape in (first, second):  # drawn a little beside the lines, as a hand does
            visitor.keyboard.press("b")
            drag(visitor, shape.left + 1.2, shape.top + 0.9, shape.width - 2, shape.height - 1.6)
            saved(visitor)
        visitor.keyboard.press("v")
        visitor.keyboard.press("Control+a")
        for _ in range(len(WORD.NAMES) - 1):
            visitor.keyboard.press("d")
        visitor.keyboard.press("Control+a")
        visitor.keyboard.press("s")
        saved(visitor)
        visitor.get_by_role("button", name="Bind in reading order").click()
        visitor.get_by_text("Every candidate has a place").wait_for()
        visitor.reload()
        visitor.get_by_text("Every candidate has a place").wait_for()
        visitor.get_by_role("link", name="Try on real scans").click()
        visitor.get_by_text("The page lies on the template").nth(2).wait_for()
        visitor.get_by_role("button", name="Save the template").click()
        visitor.get_by_text("Saved in").wait_for()
        leave(visitor)
    leave_only(folder, TABLE)

    result = CliRunner().invoke(app, ["count", "-e", str(folder.root), "-w", "1", "-q"])

    assert result.exit_code == 0, result.output
    votes = [sum(number in agreed for agreed in AGREED) for number in range(1, 7)]
    assert counted_votes(folder) == votes


@pytest.mark.slow
def test_a_list_to_strike_names_out_of_is_drawn_and_its_ballots_are_counted(
    folder, visitor, served, tmp_path
):
    strikes = [
        {f"{LIST}/{number}/name": StrikeKind.MIDDLE for number in struck} for struck in STRUCK
    ]
    scan_ballots(folder, LIST, [PlannedBallot(strikes=row) for row in strikes], tmp_path / "pens")
    with served([drawing_part(board_of(folder, LIST))], "en") as address:
        visitor.goto(address)
        visitor.get_by_text("Every candidate has a place").wait_for()
        visitor.get_by_role("button", name="Save the template").click()
        visitor.get_by_text("Saved in").wait_for()
        leave(visitor)
    leave_only(folder, LIST)

    result = CliRunner().invoke(app, ["count", "-e", str(folder.root), "-w", "1", "-q"])

    assert result.exit_code == 0, result.output
    votes = [sum(number not in struck for struck in STRUCK) for number in range(1, 5)]
    assert counted_votes(folder) == votes


def test_places_are_moved_bound_and_deleted_with_keys_alone(folder, visitor, served):
    board = board_of(folder, TABLE)
    before = board.draft.shapes[0]
    with served([drawing_part(board)], "en") as address:
        visitor.goto(address)
        visitor.keyboard.press("Tab")  # a key was used last: focus is shown
        visitor.locator(".place").first.focus()
        visitor.keyboard.press("ArrowRight")
        saved(visitor)
        moved = board.draft.shapes[0]
        visitor.keyboard.press("Shift+ArrowDown")
        visitor.keyboard.press("Tab")
        visitor.keyboard.press("Delete")
        visitor.get_by_text("Has no place on the blank yet").wait_for()
        leave(visitor)

    assert moved.left == pytest.approx(before.left + 0.5, abs=0.02)
    assert board.draft.shapes[0].height == pytest.approx(before.height + 0.5, abs=0.02)
    assert len(board.draft.shapes) == 11


def test_the_whole_board_is_seen_on_a_small_screen_and_on_a_tablet(folder, visitor, served):
    with served([drawing_part(board_of(folder, TABLE))], "vi") as address:
        visitor.goto(address)
        for width, height in ((1366, 768), (1024, 1366), (820, 1180)):
            visitor.set_viewport_size({"width": width, "height": height})
            wide = visitor.evaluate("document.documentElement.scrollWidth")
            button = visitor.get_by_role("button", name="Lưu mẫu phiếu")
            assert wide <= width
            assert button.is_visible()
        leave(visitor)


def leave_only(folder, ballot_id):
    """An election of this one contest: the other has no ballot here."""
    text = folder.definition.read_text("utf-8")
    head, *contests = text.split("[[contests]]")
    kept = [contest for contest in contests if f'id = "{ballot_id}"' in contest]
    folder.definition.write_text("[[contests]]".join([head, *kept]), encoding="utf-8")


def counted_votes(folder):
    with (folder.results / "totals.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [int(row["votes"]) for row in csv.DictReader(stream)]
