"""Make what README shows: a printed ballot, its audit image, the results page, the program's output.

Everything comes from a count of the sample, so README shows what a user gets. The results page needs
Chromium; without it that picture stays as it is.
"""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "dai-hoi-huyen"
IMAGES = ROOT / "docs" / "images"
BALLOT = "ban-chap-hanh"
WIDTH_PX = 620
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def count_sample(folder: Path) -> str:
    """Count a copy of the sample and give what the program printed."""
    for name in ("election.toml", "ballots", "scans"):
        source = SAMPLE / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    command = [sys.executable, "-m", "ballotscan", "count", "scans", "--show-totals"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout.replace(str(folder.resolve()), "samples/dai-hoi-huyen")


def save_reduced(source: Path, target: Path) -> None:
    """A picture of README's width."""
    picture = Image.open(source).convert("RGB")
    height = round(picture.height * WIDTH_PX / picture.width)
    reduced = picture.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    reduced.save(target, quality=85, optimize=True)


def pick_ballot(folder: Path) -> str:
    """The ballot that shows most: valid, with rows of every state."""
    with (folder / "results" / "ballots.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["ballot"] == BALLOT]
    valid = [line for line in lines if line["contest_status"] == "valid" and "jpg" in line["files"]]
    states = {
        line["record"]: {v for k, v in line.items() if k.startswith("row_") and v} for line in valid
    }
    return max(states, key=lambda record: len(states[record]))


def picture_page(page: Path, target: Path) -> None:
    """A picture of the results page, where a browser is there."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no Chromium: the picture of the results page stays as it is")
        return
    with tempfile.TemporaryDirectory() as profile:
        flags = [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={profile}",
            "--window-size=1366,1150", f"--screenshot={target}", page.as_uri(),
        ]  # fmt: skip
        subprocess.run([browser, *flags], check=True, capture_output=True)


def write_between(text: str, name: str, content: str) -> str:
    """Put content between the two marks of that name."""
    marks = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    pattern = re.escape(marks[0]) + ".*?" + re.escape(marks[1])
    return re.sub(pattern, lambda _: marks[0] + content + marks[1], text, flags=re.DOTALL)


def main() -> None:
    """Make everything anew."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        output = count_sample(folder)
        save_reduced(SAMPLE / "ballots" / BALLOT / "blank-1.png", IMAGES / "ballot.png")
        save_reduced(
            folder / "results" / "audit" / f"{pick_ballot(folder)}.jpg", IMAGES / "audit.jpg"
        )
        picture_page(folder / "results" / "index.html", IMAGES / "results.png")
    readme = ROOT / "README.md"
    blocks = output.rstrip().split("\n\n")
    parts = "\n\n".join(["…", blocks[1], "…", *blocks[-2:]])
    shown = f"Of what `scripts/demo` prints (one of the three contests, and the end):\n\n```\n{parts}\n```\n"
    readme.write_text(write_between(readme.read_text("utf-8"), "demo output", shown), "utf-8")


if __name__ == "__main__":
    main()
