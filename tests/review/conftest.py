import itertools
import runpy
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.testclient import TestClient

from ballotscan.count.reading import CanvassOptions
from ballotscan.election.rules import load_rules
from ballotscan.review.app import build_app
from ballotscan.review.desk import Desk, Source
from ballotscan.review.guard import Access
from ballotscan.review.part import review_part
from ballotscan.review.pictures import Laid, Pictures
from ballotscan.review.workplace import Workplace
from ballotscan.scan.reader import ReaderOptions
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger
from ballotscan.store.ledger_file import LedgerOwner

HOST = "127.0.0.1:8123"
TOKEN = "secret"  # noqa: S105 - of a server that lives as long as a test
OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")
RULES = load_rules("vn-dang")


class Station:
    """A browser at which somebody sits."""

    def __init__(self, app, name):
        self.client = TestClient(app, base_url=f"http://{HOST}", follow_redirects=True)
        self.client.get("/?token=secret")
        self.post("/sign-in", name=name)

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **fields):
        return self.client.post(path, data=fields, headers={"origin": f"http://{HOST}"})

    def next(self, query=""):
        """The question that is shown next, by its address; empty where nothing waits."""
        path = self.get(f"/review/next{query}").url.path
        return path if path.startswith("/review/item") else ""


@pytest.fixture(scope="session")
def plan():
    """The makers of tests/review_plan.py; test files cannot import each other."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "review_plan.py")))


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, OWNER):
        pass
    with AdjudicationBook.open(path, OWNER) as book:
        yield book


@pytest.fixture
def open_hall(plan, book, tmp_path):
    """Open the pages on planned ballots; gives a maker of stations, the desk, and what was written."""

    def open_pages(ballots, *, two_people=False, seconds=None, **planned):
        ticks = seconds or itertools.repeat(0.0)
        rules = RULES.model_copy(update={"two_people": two_people})
        reading = plan.plan_reading(ballots, rules=rules, **planned)
        template = reading.stacks[plan.CONTEST].template
        desk = Desk(Source(lambda: reading, lambda: 1), book, clock=lambda: next(ticks))
        written = []

        def write():
            written.append(desk.canvass())
            return Path("results/index.html")

        pictures = Pictures({}, [template], ReaderOptions())
        workplace = Workplace(
            desk, pictures, CanvassOptions(), lambda ref: Laid(ref, "scans/x.jpg", None, 1), write
        )
        access = Access("secret", frozenset({HOST}))
        app = build_app(
            [review_part(workplace, tmp_path)], access, language="en", log=tmp_path / "errors.log"
        )
        return SimpleNamespace(
            sit=lambda name: Station(app, name), desk=desk, written=written, reading=reading
        )

    return open_pages


@pytest.fixture
def visitor(browser):
    """A page of a browser of its own; what goes wrong in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert wrong == []


@contextmanager
def _served(parts, language):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        app = build_app(
            parts, Access(TOKEN, frozenset({host})), language=language, log=Path("errors.log")
        )
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://{host}/?token={TOKEN}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served():
    """Serve groups of pages for as long as a block runs: `with served([part], "vi") as address`."""
    return _served
