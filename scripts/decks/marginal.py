"""The deck of marginal marks: made, read, compared with its labels, and counted by kind."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
from decks.degradation import QUICK, SLOW, augraphy_version, degrader
from decks.designs import Design
from decks.kinds import LINE, MM_PER_INCH, Label, middle_of
from decks.marks import MarkedScan, make_marked
from decks.mishaps import Event
from decks.reading import Pixels, Reader, as_scanned
from decks.report import Claim, Section, Table, count_of

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.scan.registration import RegisteredPage

TITLE = "Marginal marks"
_MOST_FINDINGS = 60
_CROP_MM = 9.0
_LEAST_SHOWN = 1 / 3  # of the ink in a box: below, nobody who sees the picture can say what it was
_LOOKALIKES = (
    "fold",
    "streak",
    "specks",
    "spray",
    "flaw",
)  # what the issue of false votes is about


@dataclass(frozen=True, slots=True)
class Case:
    """One box: what it holds, and what was read.

    Attributes:
        number: Of the page.
        status: As the form asks, a cross.
        any_status: Where any mark counts.
        is_lost: Whether the picture itself, in black and white, hardly shows what was drawn.
    """

    number: int
    position: str
    kind: str
    label: Label
    pen: str
    dpi: int
    mode: str
    status: MarkStatus
    any_status: MarkStatus
    is_lost: bool

    @property
    def result(self) -> str:
        """Right, asked or wrong."""
        match self.status, self.label:
            case (MarkStatus.MARKED, Label.MARK) | (MarkStatus.EMPTY, Label.NONE):
                return "right"
            case ((MarkStatus.MARKED | MarkStatus.EMPTY), _):
                return "wrong"
        return "right" if self.label is Label.DOUBT else "asked"


def read_marks(  # noqa: PLR0913, PLR0917 - what, how many, and where it is kept
    reader: Reader,
    designs: Sequence[Design],
    pages: int,
    seed: int,
    record: Path,
    pictures: Path,
) -> Iterator[Case | str]:
    """Make and read every page; what stands in the record already is not done again.

    Args:
        reader: What is asked.
        designs: The printed ballots.
        pages: How many.
        seed: Where all chance comes from.
        record: Lines for each page are added to it, so that a run that was stopped goes on.
        pictures: Where boxes that were read wrong are kept.

    Yields:
        Every box whose truth is known; a word where the page was refused or left out.
    """
    done = -1
    for number, case in _read_record(record):
        if number < pages:
            done = number
            if case is not None:
                yield case
    degrade = degrader()
    with record.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number in range(done + 1, pages):
            found = list(_read_page(reader, designs, number, seed, degrade, pictures))
            for case in found:
                writer.writerow([number, *_cells(case)])
            writer.writerow([number, _END])
            stream.flush()
            yield from found


def _read_page(  # noqa: PLR0913, PLR0917 - likewise
    reader: Reader,
    designs: Sequence[Design],
    number: int,
    seed: int,
    degrade: Callable[[Pixels, str, int], Pixels] | None,
    pictures: Path,
) -> Iterator[Case | str]:
    marked = make_marked(designs, number, seed)
    pixels = as_scanned(marked.scan, marked.mode, 85)
    if marked.event is Event.AUGRAPHY:
        if degrade is None:
            return
        harms = QUICK + SLOW
        pixels = degrade(pixels, harms[number % len(harms)], number)
    registered = reader.register(pixels, marked.scan.dpi)
    if not isinstance(registered, RegisteredPage):
        yield f"{marked.event}: {registered.fault}"
        return
    measured = reader.measure(registered)
    states = reader.judge(measured)
    any_states = reader.judge(measured, ExpectedMark.ANY)
    for at, label in enumerate(marked.labels):
        if label is None:
            continue
        case = Case(
            number=number,
            position=marked.page.boxes[at].position,
            kind=marked.kinds[at],
            label=label,
            pen=marked.pen,
            dpi=marked.scan.dpi,
            mode=marked.mode.value,
            status=MarkStatus(states[at]),
            any_status=MarkStatus(any_states[at]),
            is_lost=label is not Label.NONE and marked.shown[at] < _LEAST_SHOWN,
        )
        if case.result == "wrong":
            keep_crop(pixels, marked, at, pictures / f"marks-{number}-{at}.png")
        yield case


_END = "end of page"


def _cells(case: Case | str) -> tuple[object, ...]:
    if isinstance(case, str):
        return (case,)
    return (case.position, case.kind, case.label.value, case.pen, case.dpi, case.mode, int(case.status), int(case.any_status), int(case.is_lost))  # fmt: skip


def _read_record(record: Path) -> Iterator[tuple[int, Case | str | None]]:
    """What stands in a record, page by page; a page that was not ended is left out."""
    if not record.is_file():
        return
    of_page: list[Case | str] = []
    with record.open(encoding="utf-8", newline="") as stream:
        for number, what, *cells in csv.reader(stream):
            if what == _END:
                yield from ((int(number), case) for case in (*of_page, None))
                of_page = []
            elif cells:
                kind, label, pen, dpi, mode, status, any_status, is_lost = cells
                of_page.append(Case(int(number), what, kind, Label(label), pen, int(dpi), mode, MarkStatus(int(status)), MarkStatus(int(any_status)), is_lost == "1"))  # fmt: skip
            else:
                of_page.append(what)


def keep_crop(pixels: Pixels, marked: MarkedScan, at: int, path: Path) -> None:
    """Write a picture of one box and what is around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ((x, y),) = marked.scan.truth.locate(middle_of(marked.page.boxes[at])[None])
    reach = round(_CROP_MM * marked.scan.dpi / MM_PER_INCH)
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    cut = pixels[top : int(y) + reach, left : int(x) + reach]
    cv2.imwrite(str(path), cv2.resize(cut, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST))


def report_marks(read: Iterable[Case | str], made: str) -> Section:
    """Count and say."""
    cases: list[Case] = []
    refused: Counter[str] = Counter()
    for each in read:
        if isinstance(each, Case):
            cases.append(each)
        else:
            refused[each] += 1
    lost = [case for case in cases if case.is_lost]
    cases = [case for case in cases if not case.is_lost]
    gone = sum(case.status is MarkStatus.EMPTY for case in lost if case.label is Label.MARK)
    wrong = [case for case in cases if case.result == "wrong"]
    lines = [case for case in cases if case.kind == LINE]
    lookalikes = [
        case for case in cases if case.label is Label.NONE and case.kind.startswith(_LOOKALIKES)
    ]
    false = sum(MarkStatus.MARKED in {case.status, case.any_status} for case in lookalikes)
    missed = sum(case.status is MarkStatus.EMPTY for case in lines)
    unsure = sum(case.any_status is not MarkStatus.MARKED for case in lines)
    return Section(
        TITLE,
        made,
        text=(
            (
                "Our own printed designs with boxes, marked by many hands and pens, worn, and scanned at "
                "150, 200 and 300 dpi in grey, colour and black and white. Each box has a label: a mark, "
                "no mark, or something that people must look at. Right is what the label says; to ask is "
                "never wrong; wrong is a mark read as empty, no mark read as marked, and either of them "
                "where people must look."
            ),
            (
                "One of the designs is a grid of ranks to be filled in. There filling in is the mark, and "
                "so is every other clear one (each voter marks in one way); a filled box with strokes far "
                "beyond it may have been struck out, and people must look. Parts of strokes are left out "
                "there: with a felt pen such a part is nearly a line of 1 mm, and was read as a mark. A "
                "spray is 20 to 90 specks of 0.1 to 0.4 mm, which can be as much ink as a mark."
            ),
            (
                "Light from outside makes the paper white and all ink paler, up to none at all: what has "
                "gone from the picture must be asked about. Its share of white is at least a tenth at "
                "the boxes named so."
            ),
            (
                "A lone line is no cross: on forms where crosses are asked for, people are asked about "
                "it, and where any mark counts, it must be a mark."
            ),
            (
                "Scanning in black and white can lose a thin or pale mark altogether. Marks of which the "
                "picture shows less than a third of the ink stand in the last table by themselves: what is "
                "not in the picture can only be asked about, so scan in grey or colour."
            ),
            f"Pages refused as a whole: {_list(refused) or 'none'}. {augraphy_version()}.",
        ),
        claims=(
            Claim("nothing is wrong in silence", count_of(len(wrong), len(cases)), not wrong),
            Claim(
                "a line of 1 mm across the box is never read as empty",
                count_of(missed, len(lines)),
                missed == 0 if lines else None,
            ),
            Claim(
                "where any mark counts, it is a mark; not so:",
                count_of(unsure, len(lines)),
                unsure == 0 if lines else None,
            ),
            Claim(
                "a mark of which black and white shows less than a third is never an empty box",
                count_of(gone, len(lost)),
                gone == 0 if lost else None,
            ),
            Claim(
                "no fold, streak, speck or flaw in print is a mark, where crosses are asked for or any mark",
                count_of(false, len(lookalikes)),
                false == 0 if lookalikes else None,
            ),
        ),
        tables=(
            _table(
                "By kind", "what the box holds", cases, lambda case: (case.kind, case.label.value)
            ),
            _table("By scan", "scan", cases, lambda case: (f"{case.mode}, {case.dpi} dpi", "")),
            _table("By pen", "pen", cases, lambda case: (case.pen, "")),
            _lost_table(lost),
        ),
        findings=tuple(_describe(case) for case in wrong[:_MOST_FINDINGS]),
    )


def _lost_table(lost: Sequence[Case]) -> Table:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in lost:
        state = {MarkStatus.MARKED: "marked", MarkStatus.EMPTY: "empty"}.get(case.status, "asked")
        counts[case.kind][state] += 1
    rows = tuple(
        (kind, *(f"{counts[kind][state]:,}" for state in ("marked", "asked", "empty")))
        for kind in sorted(counts)
    )
    heads = ("what the box held", "read as marked", "asked", "read as empty")
    return Table(heads, rows, "Marks that black and white lost")


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {number}" for what, number in sorted(counts.items()))


def _describe(case: Case) -> str:
    return (
        f"page {case.number}, {case.position}: {case.kind} ({case.label}) read as "
        f"{case.status.name.lower()}; {case.pen}, {case.mode}, {case.dpi} dpi"
    )


def _table(title: str, head: str, cases: Sequence[Case], key: Callable[[Case], tuple[str, str]]) -> Table:  # fmt: skip
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in cases:
        counts[key(case)][case.result] += 1
    rows = [
        (
            name,
            label,
            *(f"{counts[name, label][result]:,}" for result in ("right", "asked", "wrong")),
        )
        for name, label in sorted(counts)
    ]
    heads = (head, "label", "right", "asked", "wrong")
    if not any(label for _, label in counts):
        return Table((head, *heads[2:]), tuple((row[0], *row[2:]) for row in rows), title)
    return Table(heads, tuple(rows), title)
