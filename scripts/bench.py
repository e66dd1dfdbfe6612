"""What counting costs, as a multiple of merely decoding the same files.

Whole processes are measured, start-up included, by the CPU time that the system accounts to them;
counting and decoding alternate, and the medians are compared within the run, because machines are
shared and noisy. The deck is own ballots with QR codes, A4, 20 rows of two boxes, 200 dpi grey JPEG.
Every file differs, since a file fed twice counts once. A thousand pages are a congress of 350
delegates with three ballots each.
"""

import argparse
import compileall
import datetime as dt
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import simplejpeg

import ballotscan
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.design.testdeck import make_deck
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election

ROWS = 20
DISTINCT = 40  # pages that are drawn; the others are the same pictures under other bytes
QUALITY = 85
BAR = 4.0  # counting may cost this many times the decoding

# What a machine may set for all programs. The last keeps Python from storing what it has translated.
PRESET = (
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "PYTHONDONTWRITEBYTECODE",
)

DECODE = """
import sys
from pathlib import Path
import simplejpeg
for path in sorted(Path(sys.argv[1]).iterdir()):
    simplejpeg.decode_jpeg(path.read_bytes(), "GRAY")
"""


def write_election(root: Path) -> None:
    """An election with one ballot of agree-disagree rows."""
    names = "".join(f'  {{ name = "Nguyễn Văn Đủ {row}" }},\n' for row in range(1, ROWS + 1))
    root.joinpath("election.toml").write_text(
        'id = "bench"\ntitle = "Đại hội"\norganisation = "Đảng bộ"\nplace = "Huyện"\n'
        'date = 2026-01-01\nrules = "vn-dang"\n[[contests]]\nid = "committee"\n'
        f'title = "Bầu Ban Chấp hành"\nseats = {ROWS}\nmarking = "agree-disagree"\n'
        f"candidates = [\n{names}]\n",
        encoding="utf-8",
    )


def with_comment(jpeg: bytes, text: str) -> bytes:
    """The same picture under other bytes: a JPEG comment after the start of the image."""
    comment = text.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def make_scans(root: Path, pages: int) -> None:
    """Print, mark and scan the deck."""
    write_election(root)
    election = load_election(root)
    folder = ElectionFolder(root)
    for ballot_id, contests in election.ballots.items():
        template = write_ballot(design_ballot(contests, election), folder.ballot(ballot_id))
    scans = root / "scans"
    scans.mkdir()
    jpegs = []
    for page in make_deck(template, min(DISTINCT, pages)):
        pixels = np.ascontiguousarray(page.scan.pixels)
        grey = pixels if pixels.ndim == 3 else pixels[:, :, None]  # noqa: PLR2004
        jpegs.append(simplejpeg.encode_jpeg(grey, quality=QUALITY, colorspace="GRAY"))
    for number in range(pages):
        content = with_comment(jpegs[number % len(jpegs)], f"{number}")
        scans.joinpath(f"{number:05}.jpg").write_bytes(content)


def cpu_of(command: list[str]) -> float:
    """CPU seconds of a command and of all processes that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> int:
    """Run the comparison; 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    # The program sets its own threads; what this machine presets must not decide the figure.
    for name in PRESET:
        os.environ.pop(name, None)
    # As pip leaves a program that it installs; else every run would translate it anew.
    compileall.compile_dir(Path(ballotscan.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as work:
        root = Path(work)
        make_scans(root, asked.pages)
        count = [sys.executable, "-m", "ballotscan", "count", str(root / "scans"), "-e", str(root)]
        count += ["--quiet", "--workers", str(asked.workers)]
        decode = [sys.executable, "-c", DECODE, str(root / "scans")]
        counted, decoded = [], []
        for _ in range(asked.runs):
            for path in root.glob("ledger.sqlite3*"):
                path.unlink()
            shutil.rmtree(root / "results", ignore_errors=True)
            decoded.append(cpu_of(decode))
            counted.append(cpu_of(count))
    ratio = statistics.median(counted) / statistics.median(decoded)
    per_page = [1000 * statistics.median(times) / asked.pages for times in (decoded, counted)]
    print(
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}  Python {platform.python_version()}  {platform.machine()}"
    )
    print(f"{asked.pages} pages, {asked.runs} alternating runs, workers {asked.workers}")
    print(f"decode {per_page[0]:.1f} ms CPU a page, count {per_page[1]:.1f} ms CPU a page")
    print(f"count / decode = {ratio:.2f}  (bar {BAR:.1f})")
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
