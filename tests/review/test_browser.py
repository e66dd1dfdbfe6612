"""A person at a real browser: keys alone, two people, undo, reload, the other language."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger_file import LedgerOwner

TESTS = Path(__file__).parents[1]
OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")
hall = SimpleNamespace(**runpy.run_path(str(TESTS / "review_browser.py")))


@pytest.fixture
def open_hall(browser, tmp_path):
    """A server over planned ballots; gives a maker of people, and the decisions on record."""
    ledger = tmp_path / "ledger.sqlite3"
    opened = []

    def decisions():
        with AdjudicationBook.open(ledger, OWNER) as book:
            return book.all()

    def open_server(ballots, people):
        server = hall.run_server(TESTS / "review_server.py", ledger, ballots, people)
        address = server.__enter__()
        opened.append(server)
        return lambda name: hall.Person(browser, address, name), decisions

    yield open_server
    for server in opened:
        server.__exit__(None, None, None)


def test_a_queue_is_emptied_with_keys_alone(open_hall):
    sit, decisions = open_hall(3, 1)
    ana = sit("Ana")
    ana.press("Enter")
    while ana.has_question:
        ana.press("1")

    assert "Nothing waits any more" in ana.text
    assert len(decisions()) == 3
    assert ana.problems == []


def test_two_people_who_differ_leave_it_to_the_committee(open_hall):
    sit, decisions = open_hall(1, 2)
    ana, binh = sit("Ana"), sit("Bính")
    ana.press("Enter")
    ana.press("1")
    binh.press("Enter")
    assert "Ana" not in binh.text
    binh.press("2")
    binh.page.goto(binh.page.url.split("/review")[0] + "/review/committee")
    binh.press("Enter")
    binh.page.keyboard.press("Tab")  # the field has no focus of its own
    binh.page.fill("#names", "Ana, Bính, Đinh")
    binh.page.fill("#words", "the cross is clear")
    binh.page.keyboard.press("Tab")
    binh.press("1")

    assert [one.is_committee for one in decisions()] == [False, False, True]
    assert "Nothing is left to the whole committee" in binh.text


def test_a_decision_is_taken_back_with_a_key(open_hall):
    sit, decisions = open_hall(2, 1)
    ana = sit("Ana")
    ana.press("Enter")
    first = ana.page.url
    ana.press("2")
    assert ana.page.url != first
    ana.press("u")

    assert ana.page.url == first
    assert [one.decision.value for one in decisions()] == ["marks", "withdrawn"]


def test_loading_the_page_again_in_the_middle_loses_nothing(open_hall):
    sit, decisions = open_hall(3, 1)
    ana = sit("Ana")
    ana.press("Enter")
    ana.press("1")
    before = ana.page.url
    ana.page.reload()
    ana.wait()

    assert ana.page.url == before
    assert len(decisions()) == 1
    ana.press("1")
    ana.press("1")
    assert len(decisions()) == 3


def test_the_language_is_switched_where_one_is(open_hall):
    sit, _ = open_hall(1, 1)
    ana = sit("Ana")
    ana.press("Enter")
    place = ana.page.url
    ana.page.focus(".who button")
    ana.press("Enter")

    assert ana.page.url == place
    assert ana.page.get_attribute("html", "lang") == "vi"
    assert "Người bỏ phiếu đã làm gì với người này?" in ana.text


def test_a_key_that_is_pressed_too_early_decides_nothing(open_hall):
    sit, decisions = open_hall(2, 1)
    ana = sit("Ana")
    ana.press("Enter")
    ana.page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: '1', repeat: true, bubbles: true}))")  # fmt: skip
    with ana.page.expect_navigation():
        ana.page.evaluate("document.querySelector('[data-key=\"1\"]').focus()")
        ana.page.keyboard.press("1")
        ana.page.keyboard.press("1")
    ana.wait()

    assert len(decisions()) == 1


def test_every_picture_and_field_has_a_name_for_screen_readers(open_hall):
    sit, _ = open_hall(1, 1)
    ana = sit("Ana")
    ana.press("Enter")
    nameless = ana.page.evaluate(
        """() => [...document.querySelectorAll('img, input:not([type=hidden]), button, select, a')]
        .filter((node) => !(node.alt || node.textContent.trim() || node.title
          || (node.labels && node.labels.length) || node.getAttribute('aria-label')))
        .map((node) => node.outerHTML)"""
    )

    assert nameless == []
    assert ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
