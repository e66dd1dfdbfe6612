"""Read every scan of a data set through the program's own stages, and write what was read.

A data set is a folder with blanks, a `<stem>_boxes.csv` beside each, a form.toml that says what is
known of the form before any paper is scanned, and a truth.csv. Of truth.csv only the columns
`image` and `template` are looked at: which scans there are, and of which blank each is. The same
call for every set; nothing else is known of any of them.
"""

import argparse
import csv
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.engines import default_workers, run_jobs
from ballotscan.count.existing_paper import FormDescription, import_template
from ballotscan.count.measuring import score_page
from ballotscan.count.plan import CountOptions, prepare_page_boxes
from ballotscan.election.blanks import load_blank
from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.election.template import BallotTemplate
from ballotscan.errors import BallotscanError
from ballotscan.marks.boxes import BoxReference
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import Feature
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.scan.reader import Page, inspect_scan, read_page
from ballotscan.scan.references import PageReferences, prepare_references
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

OPTIONS = CountOptions()
THRESHOLDS = MarkThresholds()

Row = tuple[str, str, str, str]  # image, position_id, status, score


@dataclass(frozen=True, slots=True)
class Form:
    """One blank of the set, ready to be read against."""

    template: BallotTemplate
    references: PageReferences
    boxes: BoxReference


def find_forms(dataset: Path, work: Path, names: list[str]) -> dict[str, BallotTemplate]:
    """Make the template of every blank that the scans name."""
    form = tomllib.loads((dataset / "form.toml").read_text("utf-8"))
    templates = {}
    for number, name in enumerate(names):
        blank = dataset / name
        description = FormDescription(
            ballot_id=f"form-{number}",
            expected_mark=ExpectedMark(form["expect"]),
            is_photo=bool(form.get("photo", False)),
        )
        listed = blank.with_name(f"{blank.stem}_boxes.csv")
        templates[name] = import_template([blank], [listed], work / f"form-{number}", description)
    return templates


def prepare(templates: dict[str, BallotTemplate]) -> dict[str, Form]:
    """Compute what every page needs, once in each worker."""
    forms = {}
    for name, template in templates.items():
        (page,) = template.pages
        blank = load_blank(template, page.number)
        forms[name] = Form(
            template=template,
            references=prepare_references([(template, {page.number: blank})], OPTIONS.registration),
            boxes=prepare_page_boxes(blank, page, OPTIONS.scoring),
        )
    return forms


def judge_page(
    form: Form, page: Page
) -> tuple[RegisteredPage, NDArray[np.int8], NDArray[np.float32]] | UnreadablePage:
    """Read one page.

    Returns:
        The page as it lies, (P,) statuses and (P,) scores of its boxes; or why it is refused.
    """
    registered = register_page(page, form.references, OPTIONS.registration)
    if isinstance(registered, UnreadablePage):
        return registered
    features = score_page(registered, form.boxes)
    # Many scans are one side of a ballot; which ones belong together the set does not say.
    statuses = classify_marks(
        features, registered.outline, THRESHOLDS, form.template.expected_mark, is_whole=False
    ).statuses
    return registered, statuses, features[:, Feature.SCORE]


def read_scan(forms: dict[str, Form], job: tuple[str, str, str]) -> tuple[list[Row], str]:
    """Read one scan: the rows to write, and why it was refused, if it was."""
    dataset, image, name = job
    form = forms[name]
    (template_page,) = form.template.pages
    path = Path(dataset) / image
    try:
        page = read_page(inspect_scan(path, OPTIONS.reader), 1, OPTIONS.reader)
    except BallotscanError as error:
        return [(image, box.position, "unread", "") for box in template_page.boxes], str(error)
    read = judge_page(form, page)
    if isinstance(read, UnreadablePage):
        refused = f"{image}: {read.fault}: {read.detail}"
        return [(image, box.position, "unread", "") for box in template_page.boxes], refused
    _, statuses, scores = read
    return [
        (image, box.position, MarkStatus(status).name.lower(), f"{score:.4f}")
        for box, status, score in zip(
            template_page.boxes, statuses.tolist(), scores.tolist(), strict=True
        )
    ], ""


def list_scans(dataset: Path) -> dict[str, str]:
    """Every scan named in truth.csv and its blank."""
    with (dataset / "truth.csv").open(encoding="utf-8", newline="") as stream:
        return {row["image"]: row["template"] for row in csv.DictReader(stream)}


def read_all(dataset: Path, workers: int) -> Iterator[tuple[list[Row], str]]:
    """Read every scan, in the order of truth.csv."""
    scans = list_scans(dataset)
    with tempfile.TemporaryDirectory() as work:
        templates = find_forms(dataset, Path(work), sorted(set(scans.values())))
        jobs = [(str(dataset), image, name) for image, name in scans.items()]
        yield from run_jobs(prepare, templates, read_scan, jobs, workers=workers)


def main() -> int:
    """Read a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, metavar="DATASET_DIR")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="predictions.csv")
    parser.add_argument("-w", "--workers", type=int, default=default_workers())
    asked = parser.parse_args()
    with asked.output.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image", "position_id", "status", "score"])
        for rows, refused in read_all(asked.dataset, asked.workers):
            writer.writerows(rows)
            if refused:
                print(f"refused: {refused}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
