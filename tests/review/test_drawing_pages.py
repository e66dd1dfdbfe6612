"""The pages on which a template is drawn: what they show, take and refuse."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from ballotscan.drawing.draft import FILE_NAME
from ballotscan.election.loading import load_election
from ballotscan.election.rules import load_rules_of
from ballotscan.election.template import Identity
from ballotscan.election.template_files import load_template
from ballotscan.review.app import build_app
from ballotscan.review.board import Board
from ballotscan.review.drawing_pages import drawing_part
from ballotscan.review.guard import Access

HOST = "127.0.0.1:8123"
OWN = {"origin": f"http://{HOST}"}
WORD = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "word_ballot.py")))
BALLOT = "ban-chap-hanh"


@pytest.fixture(scope="module")
def blank():
    return cv2.imdecode(np.frombuffer(WORD.draw_table("png"), np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.fixture
def board(tmp_path, blank):
    (tmp_path / "election.toml").write_text(WORD.DEFINITION, encoding="utf-8")
    return open_board(tmp_path, blank)


def open_board(root, blank, title=None):
    election = load_election(root)
    if title is not None:
        contests = tuple(one.model_copy(update={"title": title}) for one in election.contests)
        election = election.model_copy(update={"contests": contests})
    return Board(
        [blank],
        ballot_id=BALLOT,
        election=election,
        rules=load_rules_of(election, root),
        draft_folder=root / "drawings" / BALLOT,
        template_folder=root / "ballots" / BALLOT,
    )


def client_of(board, language="en"):
    app = build_app(
        [drawing_part(board)],
        Access("secret", frozenset({HOST})),
        language=language,
        log=Path("errors.log"),
    )
    client = TestClient(app, base_url=f"http://{HOST}")
    client.get("/?token=secret")
    return client


@pytest.fixture
def client(board):
    return client_of(board)


def edit(client, board, **more):
    body = {"draft": board.draft.model_dump(mode="json"), **more}
    return client.post("/drawing/edit", json=body, headers=OWN)


def test_the_page_shows_the_blank_and_what_can_be_bound(client):
    page = client.get("/drawing").text

    assert "Bầu Ban Chấp hành" in page
    assert 'value="ban-chap-hanh/6/disagree/"' in page
    assert client.get("/drawing/blank/1.png").content.startswith(b"\x89PNG")


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_page_that_the_blank_does_not_have_is_not_there(client, number):
    assert client.get(f"/drawing/blank/{number}.png").status_code == 404


def test_an_edit_is_on_the_disk_when_it_is_answered(client, board, tmp_path):
    board.keep(board.draft.model_copy(update={"shapes": board.draft.shapes[:-1]}))

    answer = edit(client, board).json()

    kept = json.loads((tmp_path / "drawings" / BALLOT / FILE_NAME).read_text("utf-8"))
    assert len(kept["shapes"]) == len(answer["draft"]["shapes"]) == 11
    assert not answer["isWhole"]
    assert "Võ Thành Được" in answer["gaps"][0]


def test_a_program_that_is_started_again_goes_on_where_it_was(board, tmp_path, blank):
    board.keep(board.draft.model_copy(update={"shapes": board.draft.shapes[:3]}))

    assert len(open_board(tmp_path, blank).draft.shapes) == 3


def test_another_blank_begins_a_new_draft_and_keeps_the_old_one(board, tmp_path, blank):
    board.keep(board.draft.model_copy(update={"shapes": ()}))

    other = open_board(tmp_path, np.ascontiguousarray(blank[:, ::-1]))

    assert len(other.draft.shapes) == 12
    assert (tmp_path / "drawings" / BALLOT / "drawing-1.json").is_file()


def test_boxes_are_bound_from_the_candidate_that_is_chosen(client, board):
    shapes = [shape.bound(None, None) for shape in board.draft.shapes]
    board.keep(board.draft.model_copy(update={"shapes": tuple(shapes)}))

    answer = edit(
        client,
        board,
        task="bind-from",
        selected=[shape.id for shape in shapes[:4]],
        contest_id=BALLOT,
        candidate=5,
    ).json()

    bound = [shape["candidate"] for shape in answer["draft"]["shapes"]]
    assert bound[:4] == [5, 5, 6, 6]
    assert set(bound[4:]) == {None}


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", '{"draft": {"shapes": [{"id": 1}]}}', '{"draft": {}, "task": "burn"}']
)
def test_what_is_no_drawing_is_refused(client, board, body):
    before = board.draft

    answer = client.post("/drawing/edit", content=body, headers=OWN)

    assert answer.status_code == 400
    assert board.draft == before


@pytest.mark.parametrize("path", ["/drawing/edit", "/drawing/finish"])
def test_a_change_is_never_made_by_asking_for_a_page(client, path):
    assert client.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/drawing/edit", "/drawing/finish"])
def test_a_change_from_a_foreign_page_is_refused(client, path, tmp_path):
    foreign = {"origin": "http://evil.example"}

    assert client.post(path, headers=foreign).status_code == 403
    assert not (tmp_path / "ballots").exists()


def test_a_whole_drawing_becomes_the_template_of_the_ballot(client, tmp_path):
    page = client.post("/drawing/finish", headers=OWN).text

    template = load_template(tmp_path / "ballots" / BALLOT)
    assert template.identity is Identity.LANDMARKS
    assert [box.candidate for box in template.pages[0].boxes] == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
        6,
        6,
    ]
    assert "12 boxes" in page


def test_a_drawing_with_gaps_is_not_saved(client, board, tmp_path):
    board.keep(board.draft.model_copy(update={"shapes": board.draft.shapes[1:]}))

    assert client.post("/drawing/finish", headers=OWN).status_code == 400
    assert not (tmp_path / "ballots").exists()


def test_boxes_on_one_another_are_not_saved_and_named(client, board, tmp_path):
    first, second, *rest = board.draft.shapes
    over = second.model_copy(update={"left": first.left, "top": first.top})
    board.keep(board.draft.model_copy(update={"shapes": (first, over, *rest)}))

    answer = client.post("/drawing/finish", headers=OWN)

    assert answer.status_code == 400
    assert "lie on one another" in answer.text
    assert not (tmp_path / "ballots" / BALLOT / "template.json").exists()


def test_without_scans_the_trial_says_how_to_have_some(client):
    assert "--scans" in client.get("/drawing/trial").text


def test_a_title_with_a_script_in_it_is_shown_and_not_run(tmp_path, blank):
    (tmp_path / "election.toml").write_text(WORD.DEFINITION, encoding="utf-8")
    board = open_board(tmp_path, blank, title="</script><script>alert(1)</script>")

    page = client_of(board).get("/drawing").text

    assert "<script>alert" not in page


def test_the_page_speaks_vietnamese(board):
    assert "Vẽ mẫu phiếu" in client_of(board, language="vi").get("/drawing").text
