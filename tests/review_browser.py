"""How tests sit at a real browser: Debian's chromium, driven by Playwright, keys alone."""

import re
import subprocess
import sys
from contextlib import contextmanager


@contextmanager
def run_server(*command):
    """A program of ours in a process of its own; gives the address that it prints."""
    process = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE, text=True, encoding="utf-8")  # fmt: skip
    try:
        address = None
        while address is None:
            line = process.stdout.readline()
            assert line, "the program ended before it printed an address"
            address = re.search(r"https?://\S+", line)
        yield address.group(0)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Person:
    """Somebody at a browser of their own, who has a keyboard and no mouse."""

    def __init__(self, browser, address, name):
        self.page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.page.keyboard.type(name)  # the field has the focus
        self.press("Enter")

    def _hear(self, message):
        # Pictures of planned ballots are not there; everything else that is said is a fault.
        if message.type == "error" and "404" not in message.text:
            self.problems.append(message.text)

    def press(self, key):
        """Press a key, and see the page that it leads to."""
        self.wait()
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.wait()

    def wait(self):
        """Until the page takes keys."""
        if "/sign-in" not in self.page.url:
            self.page.wait_for_selector("body[data-ready]", state="attached")

    @property
    def text(self):
        return self.page.inner_text("body")

    @property
    def has_question(self):
        return "/review/item/" in self.page.url

    def empty_the_queue(self):
        """Decide whatever waits for this person, with keys alone; whether anything did."""
        self.page.goto(self.page.url.split("/review")[0] + "/review")
        self.wait()
        if not self.page.query_selector("#begin"):
            return False
        self.press("Enter")
        while self.has_question:
            is_sheet = "What is to be done with this sheet?" in self.text
            self.press("x" if is_sheet else "1")
        return True
