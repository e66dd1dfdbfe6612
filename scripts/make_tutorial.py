"""Make what the tutorial shows: hold its election, from nothing to signed minutes, in both languages.

Every command is run as a committee would run it, in the order of docs/first-election.md, and what it
prints is written there. Voters and scanner are the simulator's; the decisions are made in a browser,
so this needs Chromium and, for pictures of PDF files, poppler.
"""

import datetime as dt
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from make_pictures import BROWSERS, ROOT, write_between
from pdf2image import convert_from_path
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from tutorial_editions import ATTENDANCE, ENGLISH, VIETNAMESE, Edition

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.hands import random_hand
from ballotscan.design.paper import Paper, Seal
from ballotscan.design.scanfiles import encode_jpeg
from ballotscan.design.scanner import ColourMode, Scanner
from ballotscan.design.testdeck import PlannedBallot, load_printed, make_page
from ballotscan.election.records import BoxRole
from ballotscan.election.template import BallotTemplate
from ballotscan.election.template_files import load_template
from ballotscan.locale.formats import format_date

WINDOW: ViewportSize = {"width": 1366, "height": 768}
WIDTH_PX = 860
VOTERS = 30
FOR_EVERYBODY = 9  # this ballot elects one more than there are seats
TAKEN_BACK = (14, 22)  # on these ballots a cross was taken back
SEED = 7
VOTE, REHEARSAL = dt.date(2030, 6, 29), dt.date(2030, 6, 20)


class Hall:
    """The room in which the election is held: a folder, and a terminal in it."""

    def __init__(self, edition: Edition, room: Path) -> None:
        self.edition = edition
        self.room = room
        self.root = room / edition.folder
        self.said: dict[str, str] = {}
        self.pictures = ROOT / "docs" / "images" / "first-election" / edition.language

    def run(self, name: str, *words: str, folder: Path | None = None) -> None:
        """Run a command and keep what it prints under a name."""
        done = subprocess.run(
            [sys.executable, "-m", "ballotscan", *words],
            cwd=folder or self.root, check=False, capture_output=True, encoding="utf-8",
            env=self.environment,
        )  # fmt: skip
        self.keep(name, ("ballotscan", *words), done.stdout + done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        """Of a terminal of usual width, on a machine set up in the language of the edition."""
        language = {"vi": "vi_VN.UTF-8", "en": "C.UTF-8"}[self.edition.language]
        return os.environ | {"COLUMNS": "90", "LANG": language, "LC_ALL": "", "TERM": "dumb"}

    def keep(self, name: str, words: Sequence[str], text: str) -> None:
        """What a command printed, without what is only so on this machine."""
        clean = (
            re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n").replace("\r", "\n")
        )
        clean = clean.replace(str(self.room.resolve()) + os.sep, "").replace(str(self.room), "")
        clean = re.sub(r"\d+ MB", "71783 MB", clean)
        # The rehearsal is made today, whenever that is; in the story it is nine days before the vote.
        today = dt.datetime.now().astimezone().date()
        language = self.edition.language
        clean = clean.replace(format_date(today, language), format_date(REHEARSAL, language))
        clean = clean.replace(f" {(VOTE - today).days} ", f" {(VOTE - REHEARSAL).days} ")
        lines = [line.rstrip() for line in clean.strip().split("\n")]
        self.said[name] = "\n".join([f"> {' '.join(words)}", *lines])

    def picture(self, name: str, image: Image.Image) -> None:
        """Save a picture at the width of a page of text."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        image = image.convert("RGB")
        if image.width > WIDTH_PX:
            height = round(image.height * WIDTH_PX / image.width)
            image = image.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
        image.save(self.pictures / f"{name}.jpg", quality=82, optimize=True)


def answer_questions(hall: Hall) -> None:
    """`ballotscan new` at a terminal: each answer is typed when its question is there."""
    words = ("--language", hall.edition.language, "new", hall.edition.folder)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(hall.room)
        command = [sys.executable, "-m", "ballotscan", *words]
        os.execve(sys.executable, command, hall.environment)  # noqa: S606 - our own program
    text, waiting = "", list(hall.edition.answers)
    while True:
        try:
            read = os.read(terminal, 4096).decode("utf-8", errors="replace")
        except OSError:
            break
        if not read:
            break
        text += read
        if waiting and text.endswith(": "):
            os.write(terminal, (waiting.pop(0) + "\n").encode())
    os.waitpid(child, 0)
    if waiting:
        msg = f"these answers were never asked for: {waiting}"
        raise RuntimeError(msg)
    hall.keep("new", ("ballotscan", *words), text)


def vote(hall: Hall, template: BallotTemplate) -> None:
    """Voters mark their ballots; most agree to most, four give the committee something to do."""
    (page,) = template.pages
    (sheet,) = load_printed(template)
    rows: dict[int, dict[BoxRole, str]] = {}
    for box in page.boxes:
        rows.setdefault(box.candidate or 0, {})[box.role or BoxRole.CHOOSE] = box.position
    scans = hall.root / "scans"
    scans.mkdir(exist_ok=True)
    for number in range(1, VOTERS + 1):
        rng = np.random.default_rng([SEED, number])
        left_out = (number * 3) % len(rows) + 1
        if number % 5 == 0:
            left_out = 5
        marks = {
            boxes[_role(boxes, is_for=candidate != left_out)]: MarkKind.CROSS
            for candidate, boxes in rows.items()
            if _role(boxes, is_for=candidate != left_out) in boxes
        }
        first = rows[1]
        if number == FOR_EVERYBODY:
            marks = {next(iter(boxes.values())): MarkKind.CROSS for boxes in rows.values()}
        if number in TAKEN_BACK:
            for position in first.values():
                marks.pop(position, None)
            marks[next(iter(first.values()))] = MarkKind.CANCELLED
            if BoxRole.DISAGREE in first:
                marks[first[BoxRole.DISAGREE]] = MarkKind.CROSS
        seal = Seal(hall.edition.seal, "BAN CHẤP HÀNH", 28.0, 29.0) if hall.edition.seal else None
        planned = PlannedBallot(
            hand=random_hand(rng),
            marks=marks,
            paper=Paper(seal=seal),
            scanner=Scanner(
                mode=ColourMode.COLOUR if seal else ColourMode.GREY,
                skew_deg=float(rng.normal(0, 0.6)),
                noise=1.0,
                black=22,
                white=258,
            ),
        )
        scan = make_page(sheet, page, planned, rng)
        (scans / f"scan-{number:03}.jpg").write_bytes(encode_jpeg(scan))


def _role(boxes: Mapping[BoxRole, str], *, is_for: bool) -> BoxRole:
    if BoxRole.AGREE in boxes:
        return BoxRole.AGREE if is_for else BoxRole.DISAGREE
    return BoxRole.CHOOSE if is_for else BoxRole.LIST  # no box: it stays empty


def enter(hall: Hall) -> None:
    """Write the numbers of the day into election.toml."""
    path = hall.root / "election.toml"
    text = path.read_text("utf-8")
    for key, number in ATTENDANCE.items():
        text = re.sub(rf"^# {key} = \d+", f"{key} = {number}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8", newline="\n")
    found = re.search(r"\[attendance\]\n(?:.+\n)+", text)
    if found is None:
        msg = f"{path}: no attendance"
        raise RuntimeError(msg)
    hall.said["attendance"] = found[0].rstrip()


@contextmanager
def reviewing(hall: Hall) -> Iterator[str]:
    """`ballotscan review` while it runs: the address of its pages."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ballotscan", "review", "--no-browser"],
        cwd=hall.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        env=hall.environment | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    lines: list[str] = []
    stream = process.stdout or iter(())
    address = ""
    for line in stream:
        lines.append(line)
        if found := re.search(r"http://\S+", line):
            address = found[0]
            break
    try:
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        lines += stream
        process.wait()
        text = re.sub(r"http://127\.0\.0\.1:\d+/\?token=\S+", "http://127.0.0.1:…", "".join(lines))
        hall.keep("review", ("ballotscan", "review"), text)


def decide(hall: Hall, browser: Browser, address: str) -> None:
    """Both people decide everything that waits for them."""
    shown: set[str] = set()
    for person in hall.edition.people:
        context = browser.new_context(viewport=WINDOW, locale=hall.edition.language)
        page = context.new_page()
        page.goto(address)
        page.fill("#name", person)
        shoot(hall, page, "sign-in", shown)
        with page.expect_navigation():
            page.click("button.main")
        page.goto(address.split("/?", maxsplit=1)[0] + "/review")
        shoot(hall, page, "queue", shown)
        page.goto(address.split("/?", maxsplit=1)[0] + "/review/next")
        while "/review/item" in page.url:
            is_row = page.locator("img.close").count() > 0
            shoot(hall, page, "question" if is_row else "invalid", shown)
            no = page.locator(".answers button.no")
            # Keys work once the pictures are there.
            page.wait_for_selector("body[data-ready]", state="attached")
            with page.expect_navigation():
                if is_row:
                    page.keyboard.press("2")
                else:
                    (no if no.count() else page.locator(".answers button[data-key]")).first.click()
        shoot(hall, page, "done", shown)
        context.close()


def shoot(hall: Hall, page: Page, name: str, shown: set[str]) -> None:
    """A picture of a page, the first time it is seen."""
    if name in shown:
        return
    shown.add(name)
    page.wait_for_load_state("networkidle")
    path = hall.room / f"{name}.png"
    page.screenshot(path=path)
    hall.picture(name, Image.open(path))


def picture_of(hall: Hall, browser: Browser, page_file: Path, name: str) -> None:
    """A picture of a page that lies on the disk."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(page_file.resolve().as_uri())
    shoot(hall, page, name, set())
    context.close()


def hold(hall: Hall, browser: Browser) -> None:
    """Hold the election, step by step."""
    answer_questions(hall)
    hall.run("standing")
    hall.run("design", "design")
    (ballot,) = (hall.root / "ballots").iterdir()
    hall.picture("ballot", convert_from_path(ballot / "ballot.pdf", dpi=110)[0])
    hall.run("rehearse", "rehearse")
    hall.run("check", "check")
    vote(hall, load_template(ballot))
    hall.picture("scan", Image.open(hall.root / "scans" / "scan-014.jpg"))
    enter(hall)
    hall.run("count", "count", "scans")
    picture_of(hall, browser, hall.root / "results" / "index.html", "results")
    with reviewing(hall) as address:
        decide(hall, browser, address)
    picture_of(hall, browser, hall.root / "results" / "index.html", "final")
    (hall.root / "minutes.toml").write_text(hall.edition.minutes, encoding="utf-8")
    hall.said["facts"] = hall.edition.minutes.rstrip()
    hall.run("minutes", "minutes")
    (minutes,) = (hall.root / "minutes").iterdir()
    hall.picture("minutes", convert_from_path(minutes, dpi=110)[0])
    hall.run("end")


def main() -> None:
    """Hold both elections and write what was seen into the tutorials."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("no Chromium: install it (Debian: apt install chromium), and run this again")
    wanted = set(sys.argv[1:]) or {"vi", "en"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for edition in (VIETNAMESE, ENGLISH):
            if edition.language not in wanted:
                continue
            with tempfile.TemporaryDirectory() as room:
                hall = Hall(edition, Path(room))
                hold(hall, browser)
            text = edition.document.read_text("utf-8")
            for name, said in hall.said.items():
                text = write_between(text, name, f"```\n{said}\n```\n")
            edition.document.write_text(text, encoding="utf-8", newline="\n")
        browser.close()


if __name__ == "__main__":
    main()
