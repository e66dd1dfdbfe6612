"""The ballots of the deck of struck names: lists of our own design, and forms that others drew."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pdf2image
import typst
from decks.designs import FAMILIES, GIVENS, MIDDLES

from ballotscan.design.paper import Sheet
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.design.scanner import Scanner, scan_page
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import (
    BLANK_DPI,
    BallotTemplate,
    Identity,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.election.template_files import save_template

PRINT_DPI = 300
MM_PER_INCH = 25.4
_DARK = 128
_BRACKETED = 0.25  # share of names of a list with titles that have a second name
_RULER_MM = 0.2  # how well somebody reads the place of a name off a ruler
_SHORT = ("Ý", "An", "Ổn", "Ngữ", "Ngọc Ánh", "Phước", "Kỳ")


@dataclass(frozen=True, slots=True)
class PrintedName:
    """Where a name stands on the paper.

    Attributes:
        lines: The letters of each of its lines.
        words: Each word, in reading order.
        title: How many of the first words are a title.
        main: How many words stand before a second name in brackets; all, where there is none.
    """

    lines: tuple[Rect, ...]
    words: tuple[Rect, ...]
    title: int
    main: int

    @property
    def family(self) -> Rect:
        """The family name."""
        return self.words[self.title]

    @property
    def given(self) -> Rect:
        """The given name."""
        return self.words[self.main - 1]


@dataclass(frozen=True, eq=False)
class StruckDesign:
    """A list of names, and the paper it is printed on.

    Attributes:
        sheets: One for each page of the template.
        names: Of each page, where its names stand.
    """

    name: str
    election: Election
    template: BallotTemplate
    sheets: tuple[Sheet, ...]
    names: tuple[tuple[PrintedName, ...], ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """How others lay out a list: cells of so many mm, the first letters so far down in them."""

    width: float
    pitch: float
    down: float
    rows: int
    left: float
    reach: float
    size: float


_TIGHT = _Form(width=62.0, pitch=12.5, down=3.5, rows=19, left=12.0, reach=47.0, size=12.0)
_WIDE = _Form(width=87.0, pitch=15.0, down=2.5, rows=16, left=20.0, reach=70.0, size=13.0)


def print_lists(folder: Path) -> list[StruckDesign]:
    """All lists, always the same: four of our own, and two that others drew."""
    rng = np.random.default_rng(11)
    return [
        _own("15 names", _names(rng, 15, ""), folder / "a"),
        _own("24 with titles", _names(rng, 24, "titles"), folder / "b"),
        _own("60 names", _names(rng, 60, ""), folder / "c"),
        _own("20 in capitals", _names(rng, 20, "capitals"), folder / "d"),
        _foreign("imported, scanned", _names(rng, 57, ""), folder / "e", _TIGHT, is_scanned=True),
        _foreign(
            "imported, drawn", _names(rng, 32, "titles"), folder / "f", _WIDE, is_scanned=False
        ),
    ]


def _names(rng: np.random.Generator, count: int, style: str) -> list[str]:
    """Names as they stand on lists: plain, with a title and a second name, or in capitals."""
    names: list[str] = []
    while len(names) < count:
        words = [str(rng.choice(FAMILIES))]
        words += [str(word) for word in rng.choice(MIDDLES, int(rng.integers(0, 3)), replace=False)]
        words.append(str(rng.choice([*GIVENS, *_SHORT])))
        name = " ".join(words)
        if style == "titles":
            name = f"{rng.choice(['Ông', 'Bà'])} {name}"
            if rng.random() < _BRACKETED:
                name += f" (Thượng tọa Thích {rng.choice(MIDDLES)} {rng.choice(GIVENS)})"
        elif style == "capitals":
            name = name.upper()
        if name not in names:
            names.append(name)
    return names


def _election(names: Sequence[str]) -> Election:
    contest = Contest(
        id="committee",
        title="Bầu Ban Chấp hành",
        seats=max(1, len(names) - 3),
        marking=Marking.STRIKE_OUT,
        candidates=tuple(Candidate(name=name) for name in names),
    )
    return Election(
        id="strikes",
        title="Đại hội đại biểu",
        organisation="Đảng bộ huyện Thử",
        place="Thử",
        date=dt.date(2020, 6, 29),
        rules="vn-dang",
        contests=(contest,),
    )


def _own(name: str, names: Sequence[str], folder: Path) -> StruckDesign:
    """A list that the program designs."""
    election = _election(names)
    printed = design_ballot(election.contests, election)
    template = write_ballot(printed, folder)
    pages = pdf2image.convert_from_bytes(printed.pdf, dpi=PRINT_DPI, grayscale=True)
    sheets = tuple(Sheet(np.array(page), PRINT_DPI) for page in pages)
    return _with_words(name, election, template, sheets)


# The form: two columns of ruled cells, the name broken over two lines where it is long.
_FORM = """
#let form = json(bytes(sys.inputs.form))
#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(font: "Libertinus Serif", size: form.size * 1pt, lang: "vi")
#place(top + left, dx: 20mm, dy: 18mm, block(width: 170mm, align(center, {
  text(weight: "bold", size: 15pt)[PHIẾU BẦU CỬ]
  v(2mm)
  [Đại biểu Hội đồng nhân dân]
})))
#for (number, name) in form.names.enumerate() {
  let (column, row) = (calc.quo(number, form.rows), calc.rem(number, form.rows))
  let (x, y) = ((form.left + form.width * column) * 1mm, 48mm + form.pitch * 1mm * row)
  place(top + left, dx: x, dy: y, rect(width: (form.width - 2) * 1mm, height: form.pitch * 1mm, stroke: 0.4pt))
  place(top + left, dx: x + 3mm, dy: y + form.down * 1mm, text(size: 12pt)[#(number + 1).])
  for (place_, line) in name.enumerate() {
    place(top + left, dx: x + 12mm, dy: y + (form.down + 6 * place_) * 1mm, [#text(line)])
  }
}
"""


def _foreign(
    name: str, names: Sequence[str], folder: Path, layout: _Form, *, is_scanned: bool
) -> StruckDesign:
    """A form made elsewhere; its names lie where somebody measured them with a ruler."""
    folder.mkdir(parents=True, exist_ok=True)
    broken = [text.replace(" (", "\n(").split("\n") for text in names]
    form = {"names": broken, **dataclasses.asdict(layout)}
    png = typst.compile(
        _FORM.encode(), format="png", ppi=PRINT_DPI, sys_inputs={"form": json.dumps(form)}
    )
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    sheet = Sheet(np.asarray(grey, dtype=np.uint8), PRINT_DPI)
    rng = np.random.default_rng(5)
    blank = sheet.pixels
    if is_scanned:
        blank = scan_page(sheet, Scanner(dpi=PRINT_DPI, noise=3.0, black=25.0, white=245.0, dust=0), rng).pixels  # fmt: skip
    size = tuple(round(edge * BLANK_DPI / PRINT_DPI) for edge in blank.shape[::-1])
    blank = np.asarray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    content = cv2.imencode(".png", blank)[1].tobytes()
    folder.joinpath("blank-1.png").write_bytes(content)
    fields = []
    for number, text in enumerate(names):
        column, row = divmod(number, layout.rows)
        left = layout.left + layout.width * column + 12
        top = 48 + layout.pitch * row + layout.down
        slips = rng.uniform(-_RULER_MM, _RULER_MM, (len(broken[number]), 4)).tolist()
        rects = tuple(
            _read_off(
                _letters(sheet, Rect(left - 1, top - 1.5 + 6 * place, layout.reach, 7.2)), slip
            )
            for place, slip in enumerate(slips)
        )
        fields.append(
            NameField(f"committee/{number + 1}/name", rects, text, "committee", number + 1)
        )
    page = TemplatePage(
        1, 210.0, 297.0, "blank-1.png", hashlib.sha256(content).hexdigest(), names=tuple(fields)
    )
    template = BallotTemplate(
        ballot_id="committee",
        election_id="strikes",
        round=1,
        identity=Identity.LANDMARKS,
        expected_mark=ExpectedMark.STRIKE,
        is_photo=False,
        pages=(page,),
        fingerprint="",
        folder=folder,
    )
    return _with_words(name, _election(names), save_template(template, folder), (sheet,))


def _read_off(rect: Rect, slip: Sequence[float]) -> Rect:
    left, top, width, height = slip
    return Rect(
        rect.left_mm + left, rect.top_mm + top, rect.width_mm + width, rect.height_mm + height
    )


def _window(sheet: Sheet, around: Rect) -> tuple[np.ndarray, int, int]:
    """What is dark within a rectangle, and its left and top edge in pixels."""
    k = PRINT_DPI / MM_PER_INCH
    left, top = max(round(around.left_mm * k), 0), max(round(around.top_mm * k), 0)
    right, bottom = left + round(around.width_mm * k), top + round(around.height_mm * k)
    return sheet.pixels[top:bottom, left:right] < _DARK, left, top


def _letters(sheet: Sheet, around: Rect) -> Rect:
    """The extent of the letters within a rectangle."""
    dark, left, top = _window(sheet, around)
    rows, columns = np.nonzero(dark)
    return _to_mm(
        float(left + columns.min()),
        float(top + rows.min()),
        float(np.ptp(columns) + 1),
        float(np.ptp(rows) + 1),
    )


def _to_mm(left: float, top: float, width: float, height: float) -> Rect:
    k = PRINT_DPI / MM_PER_INCH
    return Rect(left / k, top / k, width / k, height / k)


def _with_words(
    name: str, election: Election, template: BallotTemplate, sheets: tuple[Sheet, ...]
) -> StruckDesign:
    """Find the words of all names on the print itself."""
    names = tuple(
        tuple(_find_words(sheet, field) for field in page.names)
        for sheet, page in zip(sheets, template.pages, strict=True)
    )
    return StruckDesign(name, election, template, sheets, names)


def _find_words(sheet: Sheet, field: NameField) -> PrintedName:
    """Cut a name at its widest gaps: as many as it has spaces within its lines."""
    texts = field.text.split()
    lines = [
        _letters(sheet, Rect(r.left_mm - 0.3, r.top_mm - 0.3, r.width_mm + 0.6, r.height_mm + 0.6))
        for r in field.lines
    ]
    gaps = []
    inked = []
    for place, line in enumerate(lines):
        dark, left, _ = _window(sheet, line)
        columns = np.flatnonzero(dark.any(axis=0))
        inked.append((left, columns))
        steps = np.diff(columns)
        gaps += [(int(step), place, at) for at, step in enumerate(steps.tolist()) if step > 1]
    widest = sorted(gaps, reverse=True)[: len(texts) - len(lines)]
    words = []
    for place, (line, (left, columns)) in enumerate(zip(lines, inked, strict=True)):
        cuts = sorted(at for _, where, at in widest if where == place)
        starts = [0, *(at + 1 for at in cuts)]
        ends = [*cuts, len(columns) - 1]
        words += [
            _to_mm(left + columns[a], 0, columns[b] - columns[a] + 1, 0)
            for a, b in zip(starts, ends, strict=True)
        ]
        words[-len(starts) :] = [
            Rect(word.left_mm, line.top_mm, word.width_mm, line.height_mm)
            for word in words[-len(starts) :]
        ]
    main = next((at for at, text in enumerate(texts) if text.startswith("(")), len(texts))
    title = int(texts[0] in {"Ông", "Bà"})
    return PrintedName(tuple(lines), tuple(words), title, main)
