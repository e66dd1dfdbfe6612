"""How long a review page takes with many questions in the queue, and with decisions made.

A real server in a process of its own, asked over a real connection; the times are from the request to
the last byte of the answer. Pictures are not among them: they are cut from the scan, and the browser
asks for them after the page. `/review/next` is measured with the question that it leads to, and a
decision with the question after it, as a person feels them.
"""

import argparse
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

SERVER = Path(__file__).resolve().parents[1] / "tests" / "review_server.py"
DECISIONS = 200
REPEATS = 20
MOST_HOPS = 4


class Browser:
    """A browser that keeps its cookie and follows where it is sent."""

    def __init__(self, address: str) -> None:
        self._netloc = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(self._netloc, timeout=60)
        self._cookie = ""
        reply, _ = self._once("GET", f"/?{urlsplit(address).query}")
        self._cookie = (reply.getheader("set-cookie") or "").split(";")[0]
        self.ask("POST", "/sign-in", name="Ana")

    def ask(self, method: str, path: str, **fields: str) -> tuple[str, str]:
        """Where one ends, and what is written there."""
        for _ in range(MOST_HOPS):
            reply, text = self._once(method, path, **fields)
            place = reply.getheader("location")
            if place is None:
                break
            method, path, fields = "GET", place, {}
        return path, text

    def _once(self, method: str, path: str, **fields: str) -> tuple[http.client.HTTPResponse, str]:
        headers = {"origin": f"http://{self._netloc}", "cookie": self._cookie}
        body = urlencode(fields) if fields else None
        self._connection.request(method, path, body, headers)
        reply = self._connection.getresponse()
        return reply, reply.read().decode("utf-8")


def show(name: str, seconds: list[float]) -> None:
    """One line of the table."""
    middle, worst = statistics.median(seconds), max(seconds)
    print(f"| {name} | {1000 * middle:.0f} | {1000 * worst:.0f} |", flush=True)


def measure(browser: Browser) -> None:
    """All pages, then decisions in a row."""
    print("| page | median, ms | slowest, ms |\n|---|---|---|")
    for name, path in (
        ("queue, with its numbers", "/review"),
        ("next question", "/review/next"),
        ("next question of one contest", "/review/next?contest=ban-chap-hanh"),
        ("invalid ballots", "/review/invalid"),
        ("decided", "/review/decided"),
        ("finish", "/review/finish"),
    ):
        taken = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            browser.ask("GET", path)
            taken.append(time.perf_counter() - began)
        show(name, taken)
    path, _ = browser.ask("GET", "/review/next")
    taken = []
    for _ in range(DECISIONS):
        began = time.perf_counter()
        path, text = browser.ask("POST", path, choice="marks-31")
        taken.append(time.perf_counter() - began)
        if not re.search(r"/review/item/", path):
            sys.exit(f"no further question: {text}")
    show(f"decision and next question ({DECISIONS} in a row)", taken)
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        browser.ask("GET", "/review")
        taken.append(time.perf_counter() - began)
    show("queue, after them", taken)


def main() -> None:
    """Run the server and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="?", type=int, default=10_000, help="in the queue")
    questions = str(parser.parse_args().questions)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(SERVER), f"{folder}/ledger.sqlite3", questions, "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        try:
            if process.stdout is not None:
                measure(Browser(process.stdout.readline().strip()))
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
