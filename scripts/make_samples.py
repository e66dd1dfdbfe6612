"""Print, mark and scan the sheets of samples/dai-hoi-huyen, and write down what they say.

The ballots are designed from election.toml, printed from their PDF, marked and scanned as planned
in sample_plan.py. expected.csv and expected_totals.csv come from the plan alone.
"""

import csv
import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import typst
from pdf2image import convert_from_bytes
from sample_decisions import HEADER, TOTALS_HEADER, add_up, decide
from sample_plan import BCH, LETTERS, SEATS, UNREAD, PlannedSheet, plan_sheets

from ballotscan.design.hands import Hand, random_hand
from ballotscan.design.paper import Fold, Paper, Seal, Sheet, Tear
from ballotscan.design.pens import PENS
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.design.scanfiles import encode_jpeg, encode_pdf, encode_png, encode_tiff
from ballotscan.design.scanner import ColourMode, Scan, Scanner, Streak
from ballotscan.design.testdeck import PlannedBallot, make_page
from ballotscan.election.definition import Candidate, Election
from ballotscan.election.loading import load_election
from ballotscan.election.template import TemplatePage

SEED = 2020
PRINT_DPI = 300
FOLDER = Path(__file__).resolve().parents[1] / "samples" / "dai-hoi-huyen"

PEN_SHARES = {
    "ball-blue": 0.42, "ball-black": 0.16, "gel-blue": 0.16, "gel-black": 0.12, "felt-black": 0.03,
    "felt-blue": 0.03, "ball-red": 0.03, "pencil": 0.05,
}  # fmt: skip
# A 1-bit scan shows little of a pale pen, and a blot of a felt pen: nobody could be sure of either.
DARK = {"ball-black", "gel-blue", "gel-black"}
ONE_BIT = {"fax", "bilevel"}
TICKING = tuple(PENS[pen] for pen in ("gel-blue", "gel-black", "felt-black", "felt-blue"))

PLAIN = Scanner(noise=1.0, black=22, white=258, light_fall=0.02)
BORDER = replace(PLAIN, background=15, margin_mm=(4, 3, 4, 6), white=244, noise=2.0)
MANNERS: dict[str, Scanner] = {
    "plain": PLAIN,
    # Where the paper is not burnt out, and so no pen can be: for ballots that are blank.
    "soft": replace(PLAIN, white=240),
    "png": replace(PLAIN, noise=0.0, white=270),
    "torn": PLAIN,
    "pdf": replace(PLAIN, white=250, noise=1.2),
    "fax": replace(PLAIN, mode=ColourMode.BILEVEL, threshold=0.75),
    "bilevel": replace(PLAIN, mode=ColourMode.BILEVEL, threshold=0.7),
    "colour": replace(PLAIN, mode=ColourMode.COLOUR, white=262),
    "fine": replace(PLAIN, dpi=300),
    "coarse": replace(PLAIN, dpi=150),
    "upside-down": replace(PLAIN, quarter_turns=2),
    "left": replace(PLAIN, quarter_turns=1),
    "right": replace(PLAIN, quarter_turns=3),
    "skewed": replace(PLAIN, skew_deg=8.0, margin_mm=(22, 16, 22, 16), background=235),
    "border": BORDER,
    "holes": BORDER,
    "uneven": replace(PLAIN, wobble_mm=0.5),
    "slipped": replace(PLAIN, wobble_mm=0.2, jumps_mm=((140.0, 3.0),)),
    "cropped": replace(PLAIN, margin_mm=(-3.0, -4.0, -2.0, -3.0)),
    "streak": replace(PLAIN, streaks=(Streak(100.0, 0.12, 0.35),)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One printed form: its first page as paper, and where its boxes stand."""

    sheet: Sheet
    page: TemplatePage | None
    rows: tuple[tuple[str, str], ...]  # positions of "agree" and "disagree", row by row


@dataclass(slots=True)
class Pile:
    """The scan files written so far, and what each sheet says."""

    scans: Path
    lines: list[tuple[str, int, PlannedSheet]] = field(default_factory=list)

    def add(self, content: bytes, ending: str, sheets: Iterable[PlannedSheet]) -> None:
        """Write one file of one or more pages."""
        name = f"scan-{len({line[0] for line in self.lines}) + 1:03}.{ending}"
        (self.scans / name).write_bytes(content)
        self.lines += [(name, number, sheet) for number, sheet in enumerate(sheets, start=1)]


def print_ballot(election: Election, ballot_id: str, folder: Path | None) -> Form:
    """Design a ballot, write it as `ballotscan design` does, and print its first page."""
    printed = design_ballot(election.ballots[ballot_id], election)
    template = printed.template if folder is None else write_ballot(printed, folder)
    page = template.pages[0]
    at = {(box.candidate, str(box.role)): box.position for box in page.boxes}
    numbers = sorted({box.candidate for box in page.boxes if box.candidate is not None})
    rows = tuple((at[number, "agree"], at[number, "disagree"]) for number in numbers)
    return Form(_paper(printed.pdf), page, rows)


def _paper(pdf: bytes) -> Sheet:
    picture = convert_from_bytes(pdf, dpi=PRINT_DPI, grayscale=True, first_page=1, last_page=1)[0]
    return Sheet(np.asarray(picture.convert("L"), dtype=np.uint8), PRINT_DPI)


def print_text() -> Form:
    """A sheet that is no ballot at all: it got into the box."""
    source = """
#set page(paper: "a4", margin: (x: 28mm, y: 24mm))
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#set par(justify: true, leading: 0.8em)
#align(center)[*CHƯƠNG TRÌNH LÀM VIỆC* \\ Buổi sáng]
#for (hour, what) in (
  ("7 giờ 30", "Đón tiếp đại biểu và khách mời"),
  ("8 giờ 00", "Chào cờ, giới thiệu đại biểu, bầu Đoàn chủ tịch, Đoàn thư ký"),
  ("8 giờ 45", "Trình bày báo cáo chính trị và báo cáo kiểm điểm"),
  ("9 giờ 30", "Thảo luận tại hội trường"),
  ("10 giờ 45", "Bầu cử; công bố kết quả kiểm phiếu"),
  ("11 giờ 30", "Nghỉ trưa"),
) [ #hour – #what. \\ ]
#for _ in range(9) [
  Đề nghị các đại biểu có mặt đúng giờ, ngồi đúng vị trí đã sắp xếp, nghiên cứu kỹ tài liệu trước
  khi thảo luận và giữ gìn phiếu bầu sạch sẽ, không để nhàu nát.
]
"""
    png = typst.compile(source.encode(), format="png", ppi=PRINT_DPI)
    grey = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    return Form(Sheet(np.asarray(grey, dtype=np.uint8), PRINT_DPI), None, ())


def print_forms(election: Election, ballots: Path) -> dict[str, Form]:
    """Everything that may lie in the ballot box."""
    forms = {form: print_ballot(election, form, ballots / form) for form in SEATS}
    contest = election.contest(BCH)
    draft = (*contest.candidates[:5], Candidate(name="Võ Thành Đạt", birth_year=1970))
    forms["old-layout"] = print_ballot(
        _with(election, BCH, (*draft, *contest.candidates[6:])), BCH, None
    )
    other = _with(election, BCH, contest.candidates[5:10]).model_copy(
        update={"id": "dai-hoi-xa", "organisation": "Đảng bộ xã Vân Thượng"}
    )
    forms["other-election"] = print_ballot(other, BCH, None)
    forms["text"] = print_text()
    return forms


def _with(election: Election, contest_id: str, candidates: Sequence[Candidate]) -> Election:
    """The election with other candidates in one contest."""
    contest = election.contest(contest_id).model_copy(update={"candidates": tuple(candidates)})
    others = tuple(contest if c.id == contest_id else c for c in election.contests)
    return election.model_copy(update={"contests": others})


def _happens(share: float, rng: np.random.Generator) -> bool:
    """Whether what happens to this share of all sheets happens to this one."""
    return bool(rng.random() < share)


def age_paper(sheet: PlannedSheet, size_mm: tuple[float, float], rng: np.random.Generator) -> Paper:
    """What this sheet goes through between the printer and the scanner."""
    width, height = size_mm
    folds = []
    if _happens(0.4, rng):
        folds.append(
            Fold(
                rng.uniform(0.48, 0.52), tilt_deg=rng.normal(0, 0.5), depth=rng.uniform(0.05, 0.18)
            )
        )
        if _happens(0.4, rng):
            folds.append(
                Fold(rng.uniform(0.48, 0.52), is_upright=True, depth=rng.uniform(0.05, 0.3))
            )
    seal = None
    if sheet.form != "text" and _happens(0.95, rng):
        x, y = rng.normal((28.0, 29.0), (3.0, 3.0))
        if _happens(0.06, rng):  # stamped in a hurry, over the names
            x, y = rng.uniform(45, 70), rng.uniform(70, 0.6 * height)
        seal = Seal(
            "ĐẢNG BỘ HUYỆN TÂN PHƯỚC VÂN",
            "BAN CHẤP HÀNH",
            float(x),
            float(y),
            turn_deg=float(rng.normal(0, 8)),
            strength=float(rng.uniform(0.55, 1.0)),
        )
    tone = 1 - np.array([0.035, 0.02, 0.015]) * rng.uniform(0.3, 2.0)
    return Paper(
        tone=tuple(tone.tolist()),
        seal=seal,
        folds=tuple(folds),
        tears=(Tear(width / 2, 0.31 * height, 82.0),) if sheet.manner == "torn" else (),
        holes_mm=((11.0, height / 2 - 40), (11.0, height / 2 + 40))
        if sheet.manner == "holes"
        else (),
        staples_mm=((14.0, 9.0),) if _happens(0.04, rng) else (),
        show_through=float(rng.uniform(0.03, 0.08)) if _happens(0.12, rng) else 0.0,
        crumple=float(rng.uniform(0.2, 0.8)) if _happens(0.25, rng) else 0.0,
    )


def feed(sheet: PlannedSheet, rng: np.random.Generator) -> Scanner:
    """How this sheet goes through the scanner."""
    scanner = MANNERS[sheet.manner]
    return replace(
        scanner,
        skew_deg=scanner.skew_deg + float(np.clip(rng.normal(0, 0.7), -2, 2)),
        scale=(1 + float(rng.normal(0, 0.0012)), 1 + float(rng.normal(0, 0.0012))),
        shift_mm=(float(rng.normal(0, 0.8)), float(rng.normal(0, 0.8))),
        wobble_mm=scanner.wobble_mm + 0.06,
        dust=int(rng.integers(2, 14)),
        # Office scanners burn the paper out more or less, as the last person left them.
        white=scanner.white + float(rng.choice([-6.0, 4.0, 10.0])),
    )


def choose_hand(sheet: PlannedSheet, rng: np.random.Generator) -> Hand:
    """Who marked this sheet, and with what."""
    pens = [pen for pen in PEN_SHARES if sheet.manner not in ONE_BIT or pen in DARK]
    shares = np.array([PEN_SHARES[pen] for pen in pens])
    pen = PENS[sheet.pen or str(rng.choice(pens, p=shares / shares.sum()))]
    hand = random_hand(rng, pen)
    if sheet.pen != "thin-blue":
        return hand
    # The thinnest pen of all in a careful hand, so that only the mark in question is in question.
    return replace(hand, size=0.9, curve=0.03, tremor_mm=0.03, pressure=0.95)


def scan_sheet(sheet: PlannedSheet, form: Form, rng: np.random.Generator) -> Scan:
    """Mark one sheet as planned and scan it."""
    hand = choose_hand(sheet, rng)
    # This voter ticks. Only with a pen that leaves no doubt: a tick has half the ink of a cross.
    ticks = hand.pen in TICKING and not sheet.pen and _happens(0.25, rng)
    marks = {}
    for letter, positions in zip(sheet.rows, form.rows, strict=True):
        for position, kind in zip(positions, LETTERS[letter][:2], strict=True):
            if kind is not None:
                marks[position] = kind.TICK if ticks and kind is kind.CROSS else kind
    planned = PlannedBallot(
        hand=hand,
        marks=marks,
        paper=age_paper(sheet, form.sheet.size_mm, rng),
        scanner=feed(sheet, rng),
    )
    width, height = form.sheet.size_mm
    page = form.page or TemplatePage(1, width, height, "", "")
    return make_page(form.sheet, page, planned, rng)


def write_pile(sheets: Sequence[PlannedSheet], forms: dict[str, Form], pile: Pile) -> None:
    """Scan every sheet; sheets of one batch go into one file."""
    batch: list[tuple[PlannedSheet, Scan]] = []
    for number, sheet in enumerate(sheets):
        scan = scan_sheet(sheet, forms[sheet.form], np.random.default_rng([SEED, number]))
        if sheet.manner in {"pdf", "fax"}:
            batch.append((sheet, scan))
            if number + 1 == len(sheets) or sheets[number + 1].manner != sheet.manner:
                scans = [scan for _, scan in batch]
                content = (
                    encode_pdf(scans, quality=70) if sheet.manner == "pdf" else encode_tiff(scans)
                )
                pile.add(content, "pdf" if sheet.manner == "pdf" else "tif", [s for s, _ in batch])
                batch = []
        elif sheet.manner == "bilevel":
            pile.add(encode_tiff([scan]), "tif", [sheet])
        elif sheet.manner == "png":
            pile.add(encode_png(scan), "png", [sheet])
        else:
            pile.add(encode_jpeg(scan, quality=70), "jpg", [sheet])


def write_expected(pile: Pile, election: Election, folder: Path) -> None:
    """Write what every sheet says, what they add up to, and the same when all is decided."""
    sheets = [
        (
            name,
            page,
            sheet.form if _states(sheet) else "",
            sheet.status,
            ";".join(sheet.reasons),
            " ".join(_states(sheet)),
        )
        for name, page, sheet in pile.lines
    ]
    header = ("file", "page", "contest", "status", "reasons", "rows")
    _write_csv(folder / "expected.csv", header, sheets)
    totals = []
    for contest in election.contests:
        # A sheet that nobody can read is in no contest, even where its heading is left.
        mine = [s for _, _, s in pile.lines if s.form == contest.id and _states(s)]
        ballots = [
            sum(s.status == status for s in mine) for status in ("valid", "invalid", "review")
        ]
        valid = [_states(sheet) for sheet in mine if sheet.status == "valid"]
        for row, candidate in enumerate(contest.candidates):
            column = [states[row] for states in valid]
            counted = (
                column.count("agree"),
                column.count("disagree"),
                column.count("both") + column.count("neither"),
            )
            totals.append((contest.id, row + 1, candidate.name, *counted, *ballots))
    columns = (
        "contest", "candidate", "name", "votes", "disagree", "not_counted", "valid", "invalid", "review",
    )  # fmt: skip
    _write_csv(folder / "expected_totals.csv", columns, totals)
    _write_csv(folder / "decisions.csv", HEADER, decide(pile.lines))
    _write_csv(folder / "expected_final_totals.csv", TOTALS_HEADER, add_up(pile.lines, election))


def _states(sheet: PlannedSheet) -> list[str]:
    """The state of every row, where the rows can be seen at all."""
    if sheet.form not in SEATS or sheet.manner in UNREAD:
        return []
    return [LETTERS[letter][2] for letter in sheet.rows]


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def main() -> None:
    """Rebuild the sample."""
    cv2.setNumThreads(1)
    election = load_election(FOLDER)
    for name in ("ballots", "scans"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    (FOLDER / "scans").mkdir()
    forms = print_forms(election, FOLDER / "ballots")
    pile = Pile(FOLDER / "scans")
    write_pile(plan_sheets(np.random.default_rng(SEED)), forms, pile)
    write_expected(pile, election, FOLDER)
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{FOLDER}: {len(pile.lines)} sheets, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
