"""Make the pictures of docs/existing-paper.md: a template is drawn for a ballot as Word makes it.

The ballot and the election are those of the browser tests (tests/word_ballot.py); the gallery and the
overlay are of the sample. Needs Chromium and Playwright (scripts/setup test).
"""

import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ballotscan.design.testdeck import make_deck
from ballotscan.drawing.draft import Draft
from ballotscan.drawing.edits import propose_draft
from ballotscan.drawing.finishing import write_template
from ballotscan.election.loading import load_election

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "dai-hoi-huyen"
IMAGES = ROOT / "docs" / "images"
WORD = runpy.run_path(str(ROOT / "tests" / "word_ballot.py"))
BALLOT = "ban-chap-hanh"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE: ViewportSize = {"width": 1366, "height": 768}


@contextmanager
def run_pages(folder: Path, words: Sequence[str]) -> Iterator[str]:
    """Run a command that opens pages; gives their address."""
    command = [sys.executable, "-u", "-m", "ballotscan", *words, "--no-browser"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        found = None
        while found is None and process.stdout is not None:
            line = process.stdout.readline()
            if not line:
                message = f"{' '.join(words)} ended before its pages were there"
                raise RuntimeError(message)
            found = re.search(r"http://\S+", line)
        yield found.group(0) if found else ""
    finally:
        process.kill()
        process.wait()


def save(page: Page, name: str, *, whole: bool = False) -> None:
    """A picture of what is on the screen, or of the whole page."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.jpg", type="jpeg", quality=72, full_page=whole)
    print(IMAGES / f"{name}.jpg")


def prepare(folder: Path) -> None:
    """An election of one Word ballot, with some marked and scanned ones."""
    head, first, *_ = str(WORD["DEFINITION"]).split("[[contests]]")
    (folder / "election.toml").write_text(f"{head}[[contests]]{first}", encoding="utf-8")
    (folder / "phieu.pdf").write_bytes(WORD["draw_table"]("pdf"))
    blank = cv2.imdecode(np.frombuffer(WORD["draw_table"]("png"), np.uint8), cv2.IMREAD_GRAYSCALE)
    pixels = np.asarray(blank, dtype=np.uint8)
    election = load_election(folder)
    draft = propose_draft(Draft(), [pixels], election.ballots[BALLOT])
    with tempfile.TemporaryDirectory() as work:
        template = write_template(draft, [pixels], Path(work), ballot_id=BALLOT, election=election)
        (folder / "scans").mkdir()
        for page in make_deck(template, 5, seed=3):
            content = cv2.imencode(".jpg", page.scan.pixels)[1].tobytes()
            (folder / "scans" / f"{page.name}.jpg").write_bytes(content)


def photograph_drawing(browser: Browser, address: str) -> None:
    """From the proposal to the trial."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(address)
    page.click("button[value=en]")
    save(page, "drawing-proposed")
    page.keyboard.press("Tab")
    page.locator(".place").nth(2).focus()
    page.keyboard.press("Delete")
    page.locator(".place").nth(2).focus()
    page.keyboard.press("ArrowRight")
    page.locator("#board[aria-busy=false]").wait_for()
    save(page, "drawing-missing")
    page.keyboard.press("u")
    page.keyboard.press("u")
    page.locator("#board[aria-busy=false]").wait_for()
    page.click("#try")
    page.wait_for_selector(".trial img")
    save(page, "drawing-trial")


def photograph_gallery(browser: Browser, address: str) -> None:
    """The gallery at its first threshold, and the overlay of the committee's ballot."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(address)
    root = address.split("/?", maxsplit=1)[0]
    page.goto(f"{root}/sign-in")
    if page.get_attribute("html", "lang") != "en":
        page.click("button[value=en]")
    page.fill("#name", "Lê Văn Ất")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    page.goto(f"{root}/review/gallery/{BALLOT}/boxes")
    page.locator(".pager .button").nth(1).click()
    save(page, "review-gallery")
    page.goto(f"{root}/review/overlay/{BALLOT}/1")
    page.click(".pager button.main")
    page.wait_for_selector(".laid table", timeout=120_000)
    save(page, "review-overlay")


def main() -> int:
    """Make all pictures; 1 where there is no browser."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print("no Chromium: install it with scripts/setup test")
        return 1
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        drawn = Path(work) / "dai-hoi-xa"
        drawn.mkdir()
        prepare(drawn)
        with run_pages(drawn, ["template", "new", "phieu.pdf"]) as address:
            photograph_drawing(browser, address)
        counted = Path(work) / "dai-hoi-huyen"
        shutil.copytree(SAMPLE, counted)
        command = [sys.executable, "-m", "ballotscan", "count", "scans", "--quiet"]
        subprocess.run(command, cwd=counted, check=True)
        with run_pages(counted, ["review"]) as address:
            photograph_gallery(browser, address)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
