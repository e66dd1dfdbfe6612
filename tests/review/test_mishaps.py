"""A page that fails is written down, and says what to do."""

from starlette.testclient import TestClient

from ballotscan.review.app import Part, build_app
from ballotscan.review.guard import Access
from ballotscan.review.visits import page

HOST = "127.0.0.1:8123"


def fail(_visit):
    msg = "broken <b>inside</b>"
    raise ValueError(msg)


def open_failing(log, language="en"):
    part = Part("", "/fails", [page("/fails", fail)])
    app = build_app([part], Access("secret", frozenset({HOST})), language=language, log=log)
    client = TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)
    return client.get("/?token=secret")


def test_the_traceback_is_written_down_without_the_token(tmp_path):
    log = tmp_path / "errors.log"
    open_failing(log)
    open_failing(log)

    written = log.read_text(encoding="utf-8")
    assert written.count("ValueError: broken <b>inside</b>") == 2
    assert "GET /fails" in written
    assert "secret" not in written


def test_the_page_says_the_next_step_and_nothing_of_the_inside(tmp_path):
    answer = open_failing(tmp_path / "errors.log")

    assert answer.status_code == 500
    assert "What was decided before is kept" in answer.text
    assert str(tmp_path / "errors.log") in answer.text
    assert "inside" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_it_is_said_in_the_language_of_the_pages(tmp_path):
    assert "do lỗi của chương trình" in open_failing(tmp_path / "errors.log", "vi").text


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    answer = open_failing(tmp_path / "nowhere" / "errors.log")

    assert answer.status_code == 500
    assert "could not be written" in answer.text
