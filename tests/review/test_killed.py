"""The server is killed while people decide: what was acknowledged is on record."""

import http.client
import random
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from ballotscan.election.records import Question
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger_file import LedgerOwner

SERVER = Path(__file__).parents[1] / "review_server.py"
OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")
DECISIONS = 1000
KILLS = 10


class KilledError(Exception):
    """The server did not answer any more."""


class Server:
    """The real program in a process of its own, and one browser."""

    def __init__(self, ledger):
        self._command = [sys.executable, str(SERVER), str(ledger), str(DECISIONS), "1"]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        address = urlsplit(self.process.stdout.readline())
        self._netloc, self._cookie = address.netloc, ""
        reply, _ = self._ask("GET", f"/?{address.query.strip()}")
        self._cookie = reply.getheader("set-cookie").split(";")[0]
        self._ask("POST", "/sign-in", name="Ana")

    def post(self, path, **fields):
        try:
            reply, _ = self._ask("POST", path, **fields)
        except (OSError, http.client.HTTPException) as error:
            raise KilledError from error
        return reply.status

    def _ask(self, method, path, **fields):
        connection = http.client.HTTPConnection(self._netloc, timeout=30)
        headers = {"origin": f"http://{self._netloc}", "cookie": self._cookie}
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return reply, text

    def kill(self):
        self.process.kill()  # SIGKILL; on Windows TerminateProcess: nothing can be tidied up

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.mark.slow
def test_of_a_thousand_decisions_none_is_lost_when_the_server_is_killed(tmp_path, plan):
    chance = random.Random(7)  # noqa: S311 - moments of a test
    ledger = tmp_path / "ledger.sqlite3"
    server = Server(ledger)
    kills = sorted(chance.sample(range(DECISIONS), KILLS))
    acknowledged, uncertain = set(), set()
    try:
        for number in range(DECISIONS):
            if kills and number == kills[0]:
                kills.pop(0)
                # At any moment of the next requests: before, while or after one is written.
                threading.Timer(chance.uniform(0.0, 0.02), server.kill).start()
            path = f"/review/item/{plan.record_id(number)}/{plan.CONTEST}/2"
            while True:
                try:
                    assert server.post(path, choice="marks-31") == 303
                except KilledError:
                    server.end()
                    server.start()
                    uncertain.add(number)
                    continue
                acknowledged.add(number)
                break
    finally:
        server.end()

    with AdjudicationBook.open(ledger, OWNER) as book:
        made = [one.question for one in book.all()]
    assert acknowledged == set(range(DECISIONS))
    assert sorted(made, key=str) == sorted(
        (Question(plan.record_id(number), plan.CONTEST, 2) for number in range(DECISIONS)), key=str
    )
    assert uncertain  # otherwise no kill has hit a request
