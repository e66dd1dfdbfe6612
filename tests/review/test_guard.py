"""Who may ask for a page: every foreign request is refused."""

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from ballotscan.review.app import Part, build_app
from ballotscan.review.guard import Access
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import change, page

HOST = "127.0.0.1:8123"
OWN = {"origin": f"http://{HOST}"}


def make_app(changes):
    def show(visit):
        return PlainTextResponse(f"shown to {visit.session.person}")

    def make(visit):
        changes.append(visit.field("what"))
        return visit.go("/things")

    routes = [page("/things", show), change("/things", make), page("/mine", with_name(show))]
    part = Part("Things", "/things", routes)
    return build_app(
        [part], Access("secret", frozenset({HOST})), language="en", log=Path("errors.log")
    )


@pytest.fixture
def changes():
    return []


@pytest.fixture
def stranger(changes):
    return TestClient(make_app(changes), base_url=f"http://{HOST}", follow_redirects=False)


@pytest.fixture
def client(stranger):
    stranger.get("/?token=secret")
    return stranger


def test_a_browser_with_the_token_is_shown_the_pages(client):
    assert client.get("/things").status_code == 200


def test_the_token_does_not_stay_in_the_address(stranger):
    answer = stranger.get("/?token=secret")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "path", ["/things", "/", "/sign-in", "/?token=", "/?token=Secret", "/none"]
)
def test_without_the_token_nothing_is_shown(stranger, path):
    assert stranger.get(path).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:9999", "evil.example:8123", ""]
)
def test_a_foreign_host_is_refused_even_with_the_token(client, host):
    assert client.get("/?token=secret", headers={"host": host}).status_code == 421
    assert client.get("/things", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "null"}, {"origin": "http://evil.example"}, {"origin": f"https://{HOST}"}],
)
def test_a_change_from_a_foreign_page_is_refused(client, changes, headers):
    answer = client.post("/things", data={"what": "x"}, headers=headers)

    assert (answer.status_code, changes) == (403, [])


def test_a_change_from_our_own_page_is_made(client, changes):
    assert client.post("/things", data={"what": "Lê Văn Ất"}, headers=OWN).status_code == 303
    assert changes == ["Lê Văn Ất"]


def test_a_change_without_the_token_is_refused(stranger, changes):
    answer = stranger.post("/things", data={"what": "x"}, headers=OWN)

    assert (answer.status_code, changes) == (403, [])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_kinds_of_requests_are_refused(client, method):
    assert client.request(method, "/things", headers=OWN).status_code == 405


@pytest.mark.parametrize("path", ["/language", "/sign-in?name=x"])
def test_reading_a_page_changes_nothing(client, path):
    client.get(path)

    assert client.get("/mine").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/app.py"]
)
def test_only_known_files_are_handed_out(client, path):
    assert client.get(path).status_code == 404


def test_every_answer_forbids_what_the_pages_do_not_need(client):
    for path in ("/things", "/none", "/static/page.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_name_is_text_and_never_part_of_the_page(client):
    client.post("/sign-in", data={"name": "<script>alert(1)</script>"}, headers=OWN)
    text = client.get("/sign-in").text

    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_somebody_without_a_name_is_asked_for_it(client):
    assert client.get("/mine").headers["location"] == "/sign-in"

    client.post("/sign-in", data={"name": "  Lê   Văn Ất "}, headers=OWN)

    assert client.get("/mine").text == "shown to Lê Văn Ất"


def test_the_language_is_chosen_by_a_button(client):
    answer = client.post("/language", data={"language": "vi", "back": "/sign-in"}, headers=OWN)

    assert answer.headers["location"] == "/sign-in"
    assert '<html lang="vi">' in client.get("/sign-in").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_language_button_leads_nowhere_else(client, back):
    answer = client.post("/language", data={"language": "vi", "back": back}, headers=OWN)

    assert answer.headers["location"] == "/"


def test_more_than_a_form_holds_is_refused(client):
    answer = client.post("/things", content=b"x" * (5 << 20), headers=OWN)

    assert answer.status_code == 413
