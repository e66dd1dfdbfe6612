"""The real scans scanned again: read, compared with what the sets say of the page, and reported."""

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from decks.real_scans import SHARED
from decks.report import Claim, Section, Table, count_of
from decks.rescanning import MILD, Degrade, choose_kind, scan_again
from decks.steadiness import keep_record
from read_dataset import OPTIONS, Form, find_forms, judge_page, list_scans, prepare

from ballotscan.election.records import MarkStatus, PageRef
from ballotscan.scan.reader import Page, inspect_scan, read_page
from ballotscan.scan.registration import UnreadablePage

TITLE = "Real scans, scanned again"
_SMALL = ("ptyx_exam", "quexf", "vn_two_columns")
_MM = 25.4
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Reread:
    """One page that was scanned again, and how it was read.

    Attributes:
        image: Its set and file.
        told: What was done to it.
        fault: Why it was refused; empty where it was read.
        boxes: Of them, the truth of which is marked or unmarked.
        missed: Marked, read as empty; `false` the other way round.
        review: Sent to people on a page that was read.
        asked: Boxes that people must look at; `decided` of them are wrong.
        other_print: Places where `count` asks because of other print.
        wrong: The boxes that are wrong, by name.
    """

    number: int
    dataset: str
    image: str
    kind: str
    told: str
    fault: str
    boxes: int
    missed: int
    false: int
    review: int
    asked: int
    decided: int
    other_print: int
    seconds: float
    wrong: str


@dataclass(frozen=True, slots=True, eq=False)
class Scans:
    """The pages of one set, with their forms and truth."""

    folder: Path
    blanks: dict[str, str]
    forms: dict[str, Form]
    truth: dict[str, dict[str, str]]


def load_sets(work: Path, *, is_quick: bool) -> list[Scans]:
    """Every set that is here, its forms prepared."""
    data = SHARED / "data"
    folders = sorted(path for path in data.glob("*") if (path / "truth.csv").is_file())
    return [
        _load(folder, work / folder.name)
        for folder in folders
        if not is_quick or folder.name in _SMALL
    ]


def _load(folder: Path, work: Path) -> Scans:
    blanks = list_scans(folder)
    truth: dict[str, dict[str, str]] = {}
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            truth.setdefault(line["image"], {})[line["position_id"]] = line["label"]
    forms = prepare(find_forms(folder, work, sorted(set(blanks.values()))))
    return Scans(folder, blanks, forms, truth)


def reread(
    sets: Sequence[Scans],
    numbers: range,
    seed: int,
    degrade: Degrade | None,
    pictures: Path,
) -> Iterator[Reread]:
    """Scan pages again and read them: every other one from each set in turn, the rest from any page."""
    every = [(scans, image) for scans in sets for image in scans.blanks]
    for number in numbers:
        rng = np.random.default_rng([seed, number, 5])
        if number % 2:
            scans, image = every[int(rng.integers(len(every)))]
        else:
            scans = sets[number // 2 % len(sets)]
            image = str(rng.choice(list(scans.blanks)))
        yield _reread(scans, image, number, rng, degrade, pictures)


def _reread(  # noqa: PLR0913, PLR0917
    scans: Scans,
    image: str,
    number: int,
    rng: np.random.Generator,
    degrade: Degrade | None,
    pictures: Path,
) -> Reread:
    form = scans.forms[scans.blanks[image]]
    (template_page,) = form.template.pages
    page = read_page(inspect_scan(scans.folder / image, OPTIONS.reader), 1, OPTIONS.reader)
    paper_mm = max(template_page.width_mm, template_page.height_mm)
    true_dpi = max(page.pixels.shape[:2]) / paper_mm * _MM
    kind = choose_kind(rng, is_photo=form.template.is_photo, has_augraphy=degrade is not None)
    again = scan_again(
        page.pixels, true_dpi, kind, rng, says_dpi=page.dpi is not None, degrade=degrade
    )
    started = time.perf_counter()
    read = judge_page(form, Page(again.pixels, again.dpi, PageRef("0" * 64, 1)))
    seconds = time.perf_counter() - started
    truth = scans.truth[image]
    if isinstance(read, UnreadablePage):
        states = dict.fromkeys(truth, MarkStatus.UNREAD)
        fault, other_print = str(read.fault), 0
    else:
        registered, statuses, _ = read
        names = [box.position for box in template_page.boxes]
        states = dict(zip(names, map(MarkStatus, statuses.tolist()), strict=True))
        fault, other_print = "", len(registered.other_print)
    missed, false, review, asked, decided = compare(states, truth)
    if missed or false or decided:
        pictures.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(pictures / f"rescan-{number}.png"), again.pixels)
    return Reread(
        number=number,
        dataset=scans.folder.name,
        image=image,
        kind=kind,
        told=again.told,
        fault=fault,
        boxes=sum(label != "marginal" for label in truth.values()),
        missed=len(missed),
        false=len(false),
        review=0 if fault else review,
        asked=asked,
        decided=len(decided),
        other_print=other_print,
        seconds=round(seconds, 3),
        wrong="; ".join([*missed, *false, *decided]),
    )


def compare(
    states: dict[str, MarkStatus], truth: dict[str, str]
) -> tuple[list[str], list[str], int, int, list[str]]:
    """Boxes missed, boxes false, number sent to people, marginal ones asked, marginal ones decided."""
    missed, false, decided = [], [], []
    review = asked = 0
    for position, label in truth.items():
        state = states.get(position, MarkStatus.UNREAD)
        is_decided = state in {MarkStatus.EMPTY, MarkStatus.MARKED}
        if label == "marginal":
            asked += not is_decided
            decided += [position] * is_decided
        elif not is_decided:
            review += 1
        elif label == "marked" and state is MarkStatus.EMPTY:
            missed.append(position)
        elif label == "unmarked" and state is MarkStatus.MARKED:
            false.append(position)
    return missed, false, review, asked, decided


def keep_reread(  # noqa: PLR0913, PLR0917
    sets: Sequence[Scans],
    pages: int,
    seed: int,
    degrade: Degrade | None,
    record: Path,
    pictures: Path,
) -> Iterator[Reread]:
    """All pages of the deck; what stands in the record is not made again."""

    def make(first: int) -> Iterator[Reread]:
        return reread(sets, range(first, pages), seed, degrade, pictures)

    return keep_record(record, Reread, make)


def report_rescans(rows: Sequence[Reread], made: str, harm: str) -> Section:
    """What the deck found."""
    if not rows:
        return Section(TITLE, made, skipped="the real scans are not here, see above")
    boxes = sum(row.boxes for row in rows if not row.fault)
    wrong = sum(row.missed + row.false for row in rows)
    decided = sum(row.decided for row in rows)
    refused = sum(bool(row.fault) for row in rows)
    gentle = [row for row in rows if row.kind == MILD]
    gently_asked = sum(row.review for row in gentle)
    gentle_boxes = sum(row.boxes for row in gentle if not row.fault)
    return Section(
        TITLE,
        made,
        text=(
            (
                "Pages of the real scans above as another scanner might have given them, every other page "
                "drawn from each set in turn, the rest from all pages: turned by up to 3° (mild: 1.5°) and "
                "any of four ways up, 0.7 to 1.4 times the resolution but never below 100 dpi (the blank "
                "keeps its own), up to 1 % stretched and sheared, margins cut down to 2 mm from print or "
                "widened, colour taken away from some, another tone, lamp, sharpness and noise, JPEG of 40 "
                "to 90. Print and marks keep at least 60 % of their contrast; nothing is bleached."
            ),
            (
                "The truth is the set's. Black and white is cut light, at 65 to 78 % of the paper; pages that "
                "were black and white stay so. It can lose pale pencil, and streaks can cover a box: there "
                f"asking is right. {harm}."
            ),
        ),
        claims=(
            Claim("no box is wrong in silence", count_of(wrong, boxes), wrong == 0),
            Claim("no marginal box is decided", f"{decided} decided", decided == 0),
            Claim(
                "at most 1 page in 50 is refused",
                count_of(refused, len(rows)),
                50 * refused <= len(rows),
            ),
            Claim(
                "mild: at most 0.5 % of the boxes are asked about",
                count_of(gently_asked, gentle_boxes),
                200 * gently_asked <= gentle_boxes,
            ),
        ),
        tables=(
            _tabulate("By set", "set", rows, [row.dataset for row in rows]),
            _tabulate("By set, mild", "set", gentle, [row.dataset for row in gentle]),
            _tabulate("By what was done", "done", rows, [row.kind for row in rows]),
        ),
        findings=tuple(
            f"page {row.number}: {row.dataset}/{row.image}, {row.told}: {row.fault or row.wrong}"
            for row in sorted(rows, key=lambda row: bool(row.fault))
            if row.fault or row.wrong
        )[:_MOST_TOLD],
    )


_HEADS = (
    "pages",
    "refused",
    "boxes",
    "missed",
    "false",
    "review",
    "review, %",
    "marginal asked / decided",
    "pages asked about for other print",
)


def _tabulate(title: str, head: str, rows: Sequence[Reread], keys: Sequence[str]) -> Table:
    groups: dict[str, list[Reread]] = {}
    for key, row in sorted(zip(keys, rows, strict=True), key=lambda each: each[0]):
        groups.setdefault(key, []).append(row)
    lines = [_line(key, group) for key, group in groups.items()]
    return Table((head, *_HEADS), (*lines, _line("all", rows)), title)


def _line(name: str, rows: Sequence[Reread]) -> tuple[str, ...]:
    boxes = sum(row.boxes for row in rows if not row.fault)
    review = sum(row.review for row in rows)
    return (
        name,
        f"{len(rows):,}",
        f"{sum(bool(row.fault) for row in rows)}",
        f"{boxes:,}",
        f"{sum(row.missed for row in rows)}",
        f"{sum(row.false for row in rows)}",
        f"{review:,}",
        f"{review / max(boxes, 1):.2%}",
        f"{sum(row.asked for row in rows)}/{sum(row.decided for row in rows)}",
        f"{sum(bool(row.other_print) for row in rows)}",
    )
