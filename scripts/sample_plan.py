"""What is on each sheet of the sample pile, decided before anything is drawn.

A sheet's rows are written as letters, one a candidate:

    a  agree                       t  one thin stroke in "agree"
    d  disagree                    o  a full stop in "disagree", a cross in "agree"
    b  both boxes crossed          C  a cross in "agree", scribbled out again
    .  neither box crossed         c  the same, and a cross in "disagree"
                                   s  a cross across the edge of "agree"
                                   n  a cross next to "agree"
                                   f  "agree" shaded over
                                   r  a ring around "agree"

The letters of the right column are for people to decide. Status and reasons of the sheets written
out here follow from the rules of the election (`vn-dang`), by hand.
"""

from dataclasses import dataclass, replace

import numpy as np

from ballotscan.design.box_marks import MarkKind

CROSS = MarkKind.CROSS
# Letter: what is done to "agree", to "disagree", and the state of the row.
LETTERS: dict[str, tuple[MarkKind | None, MarkKind | None, str]] = {
    "a": (CROSS, None, "agree"),
    "d": (None, CROSS, "disagree"),
    "b": (CROSS, CROSS, "both"),
    ".": (None, None, "neither"),
    "t": (MarkKind.LINE, None, "unclear"),
    "o": (CROSS, MarkKind.DOT, "unclear"),
    "C": (MarkKind.CANCELLED, None, "unclear"),
    "c": (MarkKind.CANCELLED, CROSS, "unclear"),
    "s": (MarkKind.CROSS_ASIDE, None, "unclear"),
    "n": (MarkKind.BESIDE, None, "unclear"),
    "f": (MarkKind.FILL, None, "unclear"),
    "r": (MarkKind.CIRCLE, None, "unclear"),
}
UNCLEAR = {letter for letter, (_, _, state) in LETTERS.items() if state == "unclear"}

BCH, BT, DB = "ban-chap-hanh", "bi-thu", "dai-bieu"
SEATS = {BCH: 13, BT: 1, DB: 8}
SHEETS_EACH = 32


@dataclass(frozen=True, slots=True)
class PlannedSheet:
    """One sheet of the pile.

    Attributes:
        form: Folder of the ballot, or what else the sheet is: "other-election", "old-layout",
            "text".
        rows: One letter a candidate; empty where there are none.
        status: "valid", "invalid" or "review".
        reasons: Names of the reasons, in alphabetical order.
        manner: How it is scanned; see make_samples.
        pen: Name of the pen; chosen by chance where empty.
    """

    form: str
    rows: str
    status: str = "valid"
    reasons: tuple[str, ...] = ()
    manner: str = ""
    pen: str = ""


def _review(form: str, rows: str, reason: str = "UNCLEAR", pen: str = "ball-blue") -> PlannedSheet:
    return PlannedSheet(form, rows, "review", (reason,), manner="plain", pen=pen)


def _blank(form: str, rows: str, reason: str, pen: str) -> PlannedSheet:
    return PlannedSheet(form, rows, "review", (reason,), manner="soft", pen=pen)


def _invalid(form: str, rows: str, reason: str) -> PlannedSheet:
    return PlannedSheet(form, rows, "invalid", (reason,))


WRITTEN_OUT = (
    # --- executive committee: 15 names, 13 seats
    _invalid(BCH, "aaaaaaaaaaaaaad", "OVERVOTE"),
    _invalid(BCH, "aaaaaaaaaaaaaaa", "OVERVOTE"),
    _invalid(BCH, "aaaaaa.aaaaaaaa", "OVERVOTE"),
    _blank(BCH, "...............", "ALL_ROWS_VOID", pen="ball-black"),
    _review(BCH, "ddddddddddddddd", "NONE_CHOSEN", pen="gel-blue"),
    PlannedSheet(BCH, "aaabaaaaa.aaadd"),
    PlannedSheet(BCH, "a.a.a.a........"),
    PlannedSheet(BCH, "aaaaaaaaaaaaabb"),
    PlannedSheet(BCH, "dddddddadddddd."),
    _review(BCH, "aaaaaaaaaataadd", pen="thin-blue"),
    _review(BCH, "aadaaaaaaaaaado"),
    _review(BCH, "aaaaacaaaaaaaad"),
    _review(BCH, "aaaaaaaaaaCaadd", pen="gel-black"),
    _review(BCH, "aaasaaaaaaaaadd"),
    _review(BCH, "aaaaaaaaaaanadd", pen="ball-black"),
    _review(BCH, "faaaaaaaaaaaadd", pen="gel-blue"),
    _review(BCH, "aaaaaaaaraaaadd"),
    _review(BCH, "aaaaaaaaaaaaadC"),
    PlannedSheet(BCH, "aaaaaaaaaaaaadd", "review", ("UNREADABLE",), manner="torn"),
    # --- Secretary: one name
    _invalid(BT, "b", "SINGLE_BOTH"),
    _invalid(BT, "b", "SINGLE_BOTH"),
    _blank(BT, ".", "SINGLE_NEITHER", pen="ball-blue"),
    _blank(BT, ".", "SINGLE_NEITHER", pen="gel-black"),
    PlannedSheet(BT, "d"),
    PlannedSheet(BT, "d"),
    PlannedSheet(BT, "d"),
    PlannedSheet(BT, "d"),
    _review(BT, "t", pen="thin-blue"),
    _review(BT, "o", pen="gel-blue"),
    _review(BT, "C"),
    _review(BT, "c", pen="ball-black"),
    _review(BT, "s"),
    # --- delegates: 10 names, 8 seats
    _invalid(DB, "aaaaaaaaad", "OVERVOTE"),
    _invalid(DB, "aaaaaaaaaa", "OVERVOTE"),
    _blank(DB, "..........", "ALL_ROWS_VOID", pen="ball-blue"),
    _review(DB, "bbbbbbbbbb", "ALL_ROWS_VOID"),
    _review(DB, "dddddddddd", "NONE_CHOSEN"),
    PlannedSheet(DB, "aaaabaaad."),
    PlannedSheet(DB, "a........."),
    PlannedSheet(DB, ".aaaaa.bdd"),
    _review(DB, "aataaaaadd", pen="thin-blue"),
    _review(DB, "caaaaaaaad", pen="gel-black"),
    _review(DB, "aaaandaaad"),
    _review(DB, "aaaaaafadd", pen="ball-black"),
)
STRANGERS = (
    PlannedSheet("other-election", "aaaad", "review", ("NOT_ISSUED",), manner="plain"),
    PlannedSheet("old-layout", "aaaaaaaaaaaaadd", "review", ("NOT_ISSUED",), manner="plain"),
    PlannedSheet("text", "", "review", ("UNREADABLE",), manner="plain"),
)

# How often the voters of this congress chose each name, before the limit of seats.
_POPULARITY = {
    BCH: (0.97, 0.98, 0.93, 0.90, 0.88, 0.62, 0.91, 0.95, 0.86, 0.89, 0.93, 0.66, 0.84, 0.80, 0.92),
    BT: (0.95,),
    DB: (0.96, 0.98, 0.94, 0.85, 0.80, 0.90, 0.78, 0.70, 0.64, 0.72),
}

_FORGOTTEN = 0.02  # share of rows that are overlooked

# How the sheets are scanned that have no manner of their own; the rest is "plain".
_MANNERS = {
    "pdf": 6, "fax": 6, "bilevel": 4, "colour": 10, "fine": 3, "coarse": 4, "upside-down": 4,
    "left": 2, "right": 1, "skewed": 1, "border": 4, "holes": 1, "uneven": 2, "slipped": 1, "cropped": 2,
    "streak": 6, "png": 1,
}  # fmt: skip


# Of these nobody can tell from the scan what every row says: people read the paper.
UNREAD = frozenset({"torn", "slipped"})


def plan_sheets(rng: np.random.Generator) -> list[PlannedSheet]:
    """The whole pile, in the order of scanning."""
    sheets = list(WRITTEN_OUT)
    for form, seats in SEATS.items():
        missing = SHEETS_EACH - sum(sheet.form == form for sheet in sheets)
        sheets += [PlannedSheet(form, _vote(form, seats, rng)) for _ in range(missing)]
    sheets += STRANGERS
    for sheet in sheets:
        check_sheet(sheet)
    manners = [name for name, count in _MANNERS.items() for _ in range(count)]
    free = [number for number, sheet in enumerate(sheets) if not sheet.manner]
    places = rng.permutation(free)[: len(manners)]
    for place, manner in zip(places.tolist(), manners, strict=True):
        sheets[place] = replace(sheets[place], manner=manner)
        if manner in UNREAD:
            sheets[place] = replace(sheets[place], status="review", reasons=("UNREADABLE",))
    sheets = [sheet if sheet.manner else replace(sheet, manner="plain") for sheet in sheets]
    return _keep_together([sheets[place] for place in rng.permutation(len(sheets))])


def _keep_together(sheets: list[PlannedSheet]) -> list[PlannedSheet]:
    """Sheets of one file, and those that a dirty scanner took, follow each other."""
    for manner in ("pdf", "fax", "streak"):
        first = next(place for place, sheet in enumerate(sheets) if sheet.manner == manner)
        batch = [sheet for sheet in sheets if sheet.manner == manner]
        others = [sheet for sheet in sheets if sheet.manner != manner]
        sheets = others[:first] + batch + others[first:]
    return sheets


def _vote(form: str, seats: int, rng: np.random.Generator) -> str:
    """One voter who marks a valid ballot."""
    popularity = np.array(_POPULARITY[form])
    letters = np.where(rng.random(len(popularity)) < popularity, "a", "d")
    if len(letters) > 1:
        letters[rng.random(len(letters)) < _FORGOTTEN] = "."
        too_many = np.flatnonzero(letters == "a")[seats:]
        liked = np.flatnonzero(letters == "a")
        for place in liked[np.argsort(popularity[liked] + rng.random(len(liked)))][: len(too_many)]:
            letters[place] = "d"
    return "".join(letters.tolist())


def check_sheet(sheet: PlannedSheet) -> None:
    """Read a written-out sheet again as a clerk would, so that no slip of the pen gets in."""
    if sheet.form not in SEATS or sheet.manner in UNREAD:
        return
    agree, single = sheet.rows.count("a"), len(sheet.rows) == 1
    verdict: tuple[str, tuple[str, ...]]
    if UNCLEAR & set(sheet.rows):
        verdict = ("review", ("UNCLEAR",))
    elif single and sheet.rows == "b":
        verdict = ("invalid", ("SINGLE_BOTH",))
    elif single and sheet.rows == ".":
        verdict = ("review", ("SINGLE_NEITHER",))
    elif agree > SEATS[sheet.form]:
        verdict = ("invalid", ("OVERVOTE",))
    elif not single and agree == 0 and "d" in sheet.rows:
        verdict = ("review", ("NONE_CHOSEN",))
    elif not single and agree == 0:
        verdict = ("review", ("ALL_ROWS_VOID",))
    else:
        verdict = ("valid", ())
    if verdict != (sheet.status, sheet.reasons):
        msg = f"{sheet}: a clerk would say {verdict}"
        raise ValueError(msg)
