"""Make the pictures of docs/review.md: every review page, of the sample, as a person comes to it.

The sample is counted, two people decide what its decisions.csv says of the first sheets, once they
differ, and each page is photographed on the way. Needs Chromium and Playwright (scripts/setup test).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "dai-hoi-huyen"
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE: ViewportSize = {"width": 1366, "height": 768}


@contextmanager
def run_review(folder: Path) -> Iterator[str]:
    """Run the program on an election; gives its address."""
    command = [sys.executable, "-m", "ballotscan", "review", str(folder), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        found = None
        while found is None and process.stdout is not None:
            found = re.search(r"http://\S+", process.stdout.readline())
        yield found.group(0) if found else ""
    finally:
        process.kill()
        process.wait()


def sit_down(browser: Browser, address: str, name: str, language: str) -> Page:
    """A browser of one's own, in one's own language."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(address)
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[value={language}]")
    page.fill("#name", name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    return page


def save(page: Page, name: str) -> None:
    """A picture of what is on the screen, without the pointer's traces."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"review-{name}.jpg", type="jpeg", quality=72)
    print(IMAGES / f"review-{name}.jpg")


def open_page(page: Page, path: str) -> None:
    """Go to another page of the same program."""
    page.goto(page.url.split("/review")[0] + path)


def decide(page: Page, *, key: str) -> None:
    """Give the answer that a key gives."""
    page.wait_for_selector("body[data-ready]", state="attached")
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_selector("body[data-ready]", state="attached")


def photograph(browser: Browser, address: str) -> None:
    """Every page, on the way from a full queue to an empty one."""
    ana = browser.new_context(viewport=SIZE).new_page()
    ana.goto(address)
    if ana.get_attribute("html", "lang") != "en":
        ana.click("button[value=en]")
    ana.fill("#name", "Lê Văn Ất")
    save(ana, "sign-in")
    ana.keyboard.press("Enter")
    ana.wait_for_url("**/review")
    save(ana, "queue")
    open_page(ana, "/review/next?contest=ban-chap-hanh&reason=UNCLEAR")
    save(ana, "row")
    binh = sit_down(browser, address, "Trần Thị Bính", "vi")
    question = ana.url
    decide(ana, key="3")
    binh.goto(question)
    save(binh, "row-vi")
    decide(binh, key="2")
    open_page(ana, "/review/next?reason=UNREADABLE")
    save(ana, "sheet")
    open_page(ana, "/review/next?reason=NONE_CHOSEN")
    save(ana, "ballot")
    open_page(ana, "/review/invalid")
    save(ana, "invalid")
    open_page(ana, "/review/committee")
    save(ana, "committee")
    ana.keyboard.press("Enter")
    ana.wait_for_url("**/review/item/**")
    ana.fill("#names", "Lê Văn Ất, Trần Thị Bính, Đinh Công Mậu")
    ana.fill("#words", "the first cross was scribbled out")
    save(ana, "together")
    with ana.expect_navigation():
        ana.click("[data-key='2']")
    open_page(ana, "/review/decided")
    save(ana, "decided")
    open_page(ana, "/review/finish")
    save(ana, "finish")


def main() -> int:
    """Make all pictures; 1 where there is no browser."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print("no Chromium: install it with scripts/setup test")
        return 1
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "dai-hoi-huyen"
        shutil.copytree(SAMPLE, folder)
        command = [sys.executable, "-m", "ballotscan", "count", "scans", "--quiet"]
        subprocess.run(command, cwd=folder, check=True)
        with run_review(folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            photograph(browser, address)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
