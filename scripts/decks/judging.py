"""Registering drawn pages, and comparing what came out with their truth; page after page, on record."""

import csv
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from decks.degradation import QUICK, degrader
from decks.poses import MM_PER_INCH, Points
from decks.reading import Reader
from decks.registration import GENERIC, Setting, Taken, is_on, take

from ballotscan.election.records import MarkStatus
from ballotscan.scan.mapping import template_px
from ballotscan.scan.registration import RegisteredPage

MAX_WRONG_MM = 0.5
HARMED = "harmed by Augraphy"
_HARMED_EVERY = 40


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one page.

    Attributes:
        outcome: right, or a fault, or `wrong: …`.
        worst_mm: Of its boxes, how far the one farthest from the truth is; -1 where it was refused.
        median_mm: Half of them are nearer.
    """

    number: int
    kind: str
    design: str
    dpi: int
    in_spec: bool
    outcome: str
    worst_mm: float = -1.0
    median_mm: float = -1.0

    @property
    def is_wrong(self) -> bool:
        """Whether it was accepted and must not have been."""
        return self.outcome.startswith("wrong")


def judge(reader: Reader, taken: Taken, number: int) -> Row:  # noqa: C901, PLR0911 - an end for each way to be wrong
    """Register the page and compare with the truth."""
    paper, pose = taken.paper, taken.pose
    about = (number, taken.kind, paper.name, pose.dpi, taken.in_spec)
    registered = reader.register(taken.pixels, taken.claimed_dpi)
    if not isinstance(registered, RegisteredPage):
        return Row(*about, str(registered.fault))
    if paper.stranger and registered.other_print:
        return Row(*about, "asked: printed otherwise")
    if paper.stranger:
        return Row(*about, f"wrong: {paper.stranger} accepted as {registered.ballot_id}")
    if taken.is_mirrored:
        return Row(*about, "wrong: a mirror image accepted")
    is_same = registered.template.fingerprint == paper.template.fingerprint
    if not is_same or registered.number != paper.page.number:
        return Row(*about, "wrong: accepted as another form")
    misses = misses_mm(registered, taken)
    if registered.page.boxes:
        misses = misses[~registered.is_box_lost]  # those are not read
    if len(misses) == 0:
        return Row(*about, "no box found")
    worst, median = float(misses.max()), float(np.median(misses))
    if worst > MAX_WRONG_MM:
        off = misses > MAX_WRONG_MM
        what = f"wrong: {int(off.sum())} off by up to {worst:.2f} mm"
        if registered.page.boxes:
            states = reader.judge(reader.measure(registered))[~registered.is_box_lost][off]
            decided = np.isin(states, (MarkStatus.EMPTY, MarkStatus.MARKED)).sum()
            what += f", {decided} of them decided"
        return Row(*about, what, worst, median)
    if not is_on(pose, paper.corners_mm, -MAX_WRONG_MM):
        return Row(*about, "wrong: boxes accepted that are not on the scan", worst, median)
    if registered.other_print:
        return Row(*about, "asked: printed otherwise", worst, median)
    return Row(*about, "right", worst, median)


def misses_mm(registered: RegisteredPage, taken: Taken) -> Points:
    """(N,) how far each box, or name, is from the truth."""
    page = registered.page
    rects = [box.rect for box in page.boxes]
    shifts: Points = registered.box_shifts.astype(np.float64)
    if not rects:
        rects = [line for name in page.names for line in name.lines]
        shifts = np.zeros((len(rects), 2))
    middles = np.array(
        [
            template_px(rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2)
            for rect in rects
        ]
    )
    times = round(taken.pixels.shape[0] / registered.pixels.shape[0])
    found = (registered.mapping.apply(middles + shifts) + 0.5) * times - 0.5
    apart = np.hypot(*(found - taken.pose.locate(taken.paper.centres_mm)).T)
    misses: Points = apart / taken.pose.dpi / taken.pose.scale * MM_PER_INCH
    return misses


def run(
    reader: Reader, setting: Setting, pages: int, record: Path, pictures: Path
) -> Iterator[Row]:
    """Judge every page; what stands in the record already is not done again.

    Args:
        reader: What is asked.
        setting: What pages are drawn from.
        pages: How many.
        record: A line a page is added to it, so that a run that was stopped goes on.
        pictures: Where scans that were read wrong are kept.
    """
    done = list(_read_record(record))[:pages]
    yield from done
    degrade = degrader()
    with record.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number in range(len(done), pages):
            taken = take(setting, number)
            if degrade is not None and number % _HARMED_EVERY == 0 and taken.kind == GENERIC:
                harm = QUICK[number // _HARMED_EVERY % len(QUICK)]
                pixels = degrade(taken.pixels, harm, number)
                taken = dataclasses.replace(taken, kind=HARMED, pixels=pixels, in_spec=False)
            row = judge(reader, taken, number)
            if row.is_wrong:
                pictures.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(pictures / f"{record.stem}-{number}.png"), taken.pixels)
            writer.writerow(_cells(row))
            if number % 50 == 0:
                stream.flush()
            yield row


def _cells(row: Row) -> tuple[object, ...]:
    return (row.number, row.kind, row.design, row.dpi, int(row.in_spec), row.outcome, f"{row.worst_mm:.4f}", f"{row.median_mm:.4f}")  # fmt: skip


def _read_record(record: Path) -> Iterator[Row]:
    if not record.is_file():
        return
    with record.open(encoding="utf-8", newline="") as stream:
        for number, kind, design, dpi, in_spec, outcome, worst, median in csv.reader(stream):
            yield Row(int(number), kind, design, int(dpi), in_spec == "1", outcome, float(worst), float(median))  # fmt: skip
