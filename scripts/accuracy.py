"""How right reading is: decks of drawn pages with known truth, and real scans; writes docs/accuracy.md.

Each deck replaces its own section of the page and leaves the others; the decks named are run, or
all. The same seed gives the same pages. A run that was stopped goes on where it stopped, if it is
given the same --work.
"""

import argparse
import datetime as dt
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import cv2
from decks import marginal, real_scans, registered, rescans, steady, struck_names
from decks.degradation import augraphy_version, degrader
from decks.designs import Design, print_designs, print_ranked, print_strangers
from decks.existing import make_forms
from decks.judging import Row, run
from decks.marginal import read_marks, report_marks
from decks.papers import mark_papers
from decks.reading import Reader
from decks.registered import report_registration
from decks.registration import KINDS, MISSING, OTHERS, Setting
from decks.report import Section, merge_page, to_markdown
from decks.steadiness import Pasted, Rescanned, keep_record, paste_marks, scan_again
from decks.steady import report_steadiness
from decks.struck_designs import print_lists
from decks.struck_judging import run as run_struck

from ballotscan import __version__

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "accuracy.md"
INTRO = """\
# How right reading is

Written by `scripts/accuracy`; nothing in it is edited by hand. Every section says when and with which
version of the program it was made. "95 %" is the upper end of the one-sided 95 % confidence interval
(Clopper and Pearson): what the share of wrong cases may be at most if the cases to come are like these.
"""
ORDER = (
    real_scans.TITLE,
    rescans.TITLE,
    struck_names.TITLE,
    marginal.TITLE,
    registered.TITLE,
    registered.TITLE_EXISTING,
    steady.TITLE,
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the decks are."""

    rescans: int
    strikes: int
    marks: int
    registration: int
    existing: int
    pasted: int
    rescanned: int
    variants: int


FULL = Sizes(
    rescans=2400,
    strikes=174,
    marks=1200,
    registration=20_000,
    existing=1200,
    pasted=400,
    rescanned=60,
    variants=4,
)
QUICK = Sizes(
    rescans=8,
    strikes=6,
    marks=16,
    registration=100,
    existing=8,
    pasted=6,
    rescanned=2,
    variants=1,
)


@dataclass(frozen=True, eq=False)
class Work:
    """What all decks share.

    Attributes:
        made: When and with what.
    """

    sizes: Sizes
    seed: int
    folder: Path
    pictures: Path
    made: str
    workers: int
    is_quick: bool

    @cached_property
    def designs(self) -> list[Design]:
        """The ballots of all decks but the real scans and the lists to strike out."""
        return print_designs(self.folder / "print")

    def about(self, size: str) -> str:
        """The line below a heading."""
        return f"{self.made}; seed {self.seed}; {size}"

    def record(self, deck: str) -> Path:
        """Where the pages of a deck are recorded while it runs."""
        return self.folder / f"{deck}-{self.seed}.csv"


def run_real(work: Work) -> Section:
    """The real scans."""
    return real_scans.read_real_scans(work.made, is_quick=work.is_quick, workers=work.workers)


def run_rescans(work: Work) -> Section:
    """The real scans, scanned again."""
    sets = rescans.load_sets(work.folder / "sets", is_quick=work.is_quick)
    pages = work.sizes.rescans if sets else 0
    record = work.record("rescans")
    rows = rescans.keep_reread(sets, pages, work.seed, degrader(), record, work.pictures)
    return rescans.report_rescans(list(rows), work.about(f"{pages:,} pages"), augraphy_version())


def run_strikes(work: Work) -> Section:
    """Lists of names, struck out in every way."""
    lists = print_lists(work.folder / "lists")
    rows = run_struck(lists, work.sizes.strikes, work.seed, work.record("strikes"), work.pictures)
    return struck_names.report_strikes(
        list(rows), f"{work.made}; seed {work.seed}", augraphy_version()
    )


def run_marks(work: Work) -> Section:
    """The deck of marginal marks."""
    designs = [design for design in work.designs if design.template.pages[0].boxes]
    designs.append(print_ranked(work.folder / "print"))
    reader = Reader([design.template for design in designs])
    pages = work.sizes.marks
    read = read_marks(reader, designs, pages, work.seed, work.record("marks"), work.pictures)
    return report_marks(read, work.about(f"{pages:,} pages"))


def run_registration(work: Work) -> Section:
    """Our own paper, laid on scans in every way."""
    variants, seed = work.sizes.variants, work.seed
    others = print_strangers(work.folder / "print")
    ours = list(mark_papers(work.designs, variants=variants, seed=seed))
    strange = list(mark_papers(others, variants=variants, seed=seed, are_strangers=True))
    setting = Setting(ours, strange, seed, KINDS)
    reader = Reader([design.template for design in work.designs])
    pages = work.sizes.registration
    rows = run(reader, setting, pages, work.record("registration"), work.pictures)
    return report_registration(
        list(_with_progress(rows, "registration", pages)),
        work.about(f"{pages:,} pages"),
        is_existing=False,
        papers=len(ours) + len(strange),
        harm=augraphy_version(),
    )


def run_existing(work: Work) -> Section:
    """Forms without codes, laid on scans in every way."""
    forms, ours, others = make_forms(work.folder / "forms", work.seed)
    kinds = {kind: share for kind, share in KINDS.items() if kind != MISSING}
    kinds[OTHERS] *= 2  # siblings among them
    setting = Setting(ours, others, work.seed, kinds)
    reader = Reader([form.template for form in forms])
    pages = work.sizes.existing
    rows = run(reader, setting, pages, work.record("existing"), work.pictures)
    return report_registration(
        list(_with_progress(rows, "existing paper", pages)),
        work.about(f"{pages:,} pages"),
        is_existing=True,
        papers=len(ours) + len(others),
        harm=augraphy_version(),
    )


def run_steadiness(work: Work) -> Section:
    """One mark in all boxes; one sheet scanned again."""
    designs = [design for design in work.designs if len(design.template.pages[0].boxes) > 1]
    designs.append(print_ranked(work.folder / "print"))
    reader = Reader([design.template for design in designs])
    sizes = work.sizes

    def paste(first: int) -> Iterator[Pasted]:
        return paste_marks(reader, designs, range(first, sizes.pasted), work.seed)

    def scan(first: int) -> Iterator[Rescanned]:
        numbers = range(first, sizes.rescanned)
        return scan_again(reader, designs, numbers, work.seed, degrader())

    pasted = list(keep_record(work.record("pasted"), Pasted, paste))
    again = list(keep_record(work.record("rescanned"), Rescanned, scan))
    size = f"{sizes.pasted} pages, {sizes.rescanned} sheets"
    return report_steadiness(pasted, again, work.about(size), augraphy_version())


DECKS: dict[str, Callable[[Work], Section]] = {
    "real": run_real,
    "rescans": run_rescans,
    "strikes": run_strikes,
    "marks": run_marks,
    "registration": run_registration,
    "existing": run_existing,
    "steadiness": run_steadiness,
}


def _with_progress(rows: Iterator[Row], what: str, pages: int) -> Iterator[Row]:
    wrong = 0
    for number, row in enumerate(rows, start=1):
        wrong += row.is_wrong
        if number % 500 == 0:
            print(f"{what}: {number:,} of {pages:,} pages, {wrong} wrong", file=sys.stderr)
        yield row


def describe_program() -> str:
    """Day, version of the program, and what it runs on."""
    try:
        git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=, changed"]
        commit = subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = "no commit known"
    libraries = f"NumPy {version('numpy')}, OpenCV {cv2.__version__}"
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}; ballotscan {__version__} ({commit}); "
        f"Python {platform.python_version()}, {libraries}"
    )


def main() -> int:
    """Run decks; 1 where something that must be so is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("decks", nargs="*", metavar="DECK", help=f"of {', '.join(DECKS)}; default: all")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="small decks, under two minutes; docs/accuracy.md is left alone")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size of every deck")
    parser.add_argument("--work", type=Path, help="where records and pictures of wrong readings stay; default: a folder that goes away")  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, help="page to write; default docs/accuracy.md")
    parser.add_argument("-w", "--workers", type=int, default=1, help="processes for real scans")
    asked = parser.parse_args()
    if unknown := set(asked.decks) - DECKS.keys():
        parser.error(f"there is no deck {min(unknown)!r}; there are {', '.join(DECKS)}")
    cv2.setNumThreads(1)
    sizes = QUICK if asked.quick else FULL
    shares = {name: max(1, round(asked.share * size)) for name, size in asdict(sizes).items()}
    sizes = Sizes(**shares | {"variants": sizes.variants})
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.work or Path(temporary)
        (folder / "print").mkdir(parents=True, exist_ok=True)
        work = Work(
            sizes=sizes,
            seed=asked.seed,
            folder=folder,
            pictures=folder / "pictures",
            made=describe_program(),
            workers=asked.workers,
            is_quick=asked.quick,
        )
        sections = []
        for name in asked.decks or DECKS:
            section = DECKS[name](work)
            print(to_markdown(section), flush=True)
            sections.append(section)
            if asked.output or not asked.quick:
                page = asked.output or PAGE
                page.write_text(merge_page(page, INTRO, sections, ORDER), encoding="utf-8")
    return int(any(claim.is_met is False for each in sections for claim in each.claims))


if __name__ == "__main__":
    sys.exit(main())
