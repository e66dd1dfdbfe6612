"""What became of the deck of struck names, as a section of docs/accuracy.md."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from decks.report import Claim, Section, Table, count_of
from decks.struck_judging import StruckRow
from decks.struck_kinds import ASSEMBLY, PARTY, SHARES, UNION, UNTOUCHED, Outcome

TITLE = "Struck-out names"
CLEAR_ASKED = 0.005
PALE_PEN = "light-pencil"
BILEVEL = "1-bit"
ALL_SHOWN = 0.97  # of a line, from which a scan in black and white shows all of it
_SHOWN = (0.0, 0.25, 0.5, 0.75, 0.9, ALL_SHOWN, 1.01)
_RULES = (PARTY, ASSEMBLY, UNION)
_DECK = (
    "Lists of four of our own designs and of two forms that others drew (one known by a scan of its "
    "blank, one by its drawing), struck out by drawn hands of ten pens, worn, and scanned at 150, 200 "
    "and 300 dpi in colour, grey and black and white. Every page is read by the stages that count, "
    "under three kinds of rules: the party's want a line through the middle of the name, the "
    "assembly's accept slanted, crossed and upright strokes that cover all of it, the union's do not "
    "count a line below the name nor one that leaves the given name free."
)
_WORDS = (
    "Wrong in silence is a name that was taken, without a question, for what the rules do not let the "
    "drawing be; every name that was kept or struck is looked at, the damaged ones too. A clear line "
    "runs along all of a name, nearly all of it through the middle half of the letters, on paper that "
    "nothing else came near. `s/k/a` says how many were struck, kept, and asked about. A name is asked "
    "about as well where ink was found beside it for which the whole ballot is put to people."
)
_CUTS = (
    "Scans in black and white were cut between 50 and 70 % of white. A cut that lies low loses thin and "
    "pale strokes before anything is read; the program knows it by the edges of the form's own print, "
    "and asks about every name without ink on such a page, unless the lines on other names of the ballot "
    "show that its pen is seen. How much of a line the scan shows is known from where it was drawn and "
    "where the paper lies on the scan: what is not in the picture can only be asked about."
)


def report_strikes(rows: Sequence[StruckRow], made: str, harm: str) -> Section:
    """Count the names of the deck.

    Args:
        rows: What became of each.
        made: When and with what.
        harm: Which library harmed some of the pages.
    """
    read = [row for row in rows if not row.refused]
    clear = [row for row in read if row.is_clear and row.is_undamaged]
    usual = [row for row in clear if row.mode != BILEVEL and row.pen != PALE_PEN]
    bilevel = [row for row in clear if row.mode == BILEVEL]
    whole = [row for row in bilevel if row.shown >= ALL_SHOWN]
    pale = [row for row in clear if row.mode != BILEVEL and row.pen == PALE_PEN]
    plain = [row for row in read if row.kind == UNTOUCHED and row.is_undamaged]
    pages = {row.number for row in rows}
    refused = {row.number for row in rows if row.refused}
    names = len(rows) - len(read)
    said = (
        f"Harm to some of the pages: {harm}. Refused, and all their names put to people: "
        f"{len(refused)} pages with {names:,} names."
    )
    return Section(
        TITLE,
        f"{made}; {len(rows):,} names on {len(pages):,} pages",
        text=(_DECK, _WORDS, _CUTS, said),
        claims=(
            *(_claim_silence(read, rules) for rules in _RULES),
            _claim_asked("clear lines asked about, all pens and scans", clear),
            _claim_asked("clear lines asked about, grey and colour, without light pencil", usual),
            _claim_asked("clear lines asked about, grey and colour, light pencil", pale),
            _claim_asked(
                f"clear lines asked about, black and white, where it shows {ALL_SHOWN:.0%} of them",
                whole,
            ),
        ),
        tables=(
            _by_kind(read),
            _by("Clear lines by pen", clear, ("pen", "scan"), _pen_and_scan),
            _by(
                "Clear lines in black and white, by how much of them the scan shows",
                bilevel,
                ("shown, %",),
                lambda row: (_share_shown(row),),
            ),
            _by(
                "Clear lines in black and white of which it does not show all, by pen",
                [row for row in bilevel if row.shown < ALL_SHOWN],
                ("pen", "dpi"),
                lambda row: (row.pen, str(row.dpi)),
            ),
            _by("Clear lines by scan", clear, ("dpi", "mode"), _dpi_and_mode),
            _by("Untouched names, undamaged, by scan", plain, ("dpi", "mode"), _dpi_and_mode),
            _by(
                "Untouched names, undamaged, in black and white, by the cut of the scan",
                [row for row in plain if row.mode == BILEVEL],
                ("cut, share of white",),
                lambda row: (
                    f"{int(row.cut * 20) / 20:.2f} to {int(row.cut * 20) / 20 + 0.05:.2f}",
                ),
            ),
            _by(
                "Untouched names by what lies near them",
                [row for row in read if row.kind == UNTOUCHED],
                ("near them",),
                lambda row: (row.damage,),
            ),
            _by("All names by design", read, ("design",), lambda row: (row.design,)),
        ),
        findings=tuple(
            f"{rules} rules: page {row.number}, name {row.place + 1}: {row.kind} ({row.damage}), "
            f"{row.pen}, {row.dpi} dpi {row.mode}, {row.design}: {row.outcomes[rules]}"
            for rules in _RULES
            for row in read
            if row.is_wrong(rules)
        ),
    )


def _claim_silence(rows: Sequence[StruckRow], rules: str) -> Claim:
    wrong = sum(row.is_wrong(rules) for row in rows)
    return Claim(f"no name is wrong in silence, {rules}", count_of(wrong, len(rows)), wrong == 0)


def _claim_asked(text: str, rows: Sequence[StruckRow]) -> Claim:
    asked = sum(row.outcomes[PARTY] is Outcome.ASKED for row in rows)
    is_met = asked <= CLEAR_ASKED * len(rows) if rows else None
    return Claim(f"{text}: at most {CLEAR_ASKED:.1%}", count_of(asked, len(rows)), is_met)


def _by_kind(rows: Sequence[StruckRow]) -> Table:
    """Each kind of drawing under each kind of rules."""
    drawn = Counter(row.kind for row in rows)
    order = [*SHARES, *sorted(drawn.keys() - SHARES.keys())]
    lines = []
    for kind in order:
        of_kind = [row for row in rows if row.kind == kind]
        if not of_kind:
            continue
        wrong = [sum(row.is_wrong(rules) for row in of_kind) for rules in _RULES]
        results = [_outcomes(of_kind, rules) for rules in _RULES]
        lines.append((kind, f"{len(of_kind):,}", *results, " / ".join(map(str, wrong))))
    heads = ("drawn", "names", *(f"{rules} s/k/a" for rules in _RULES), "wrong")
    return Table(heads, tuple(lines), "By what was drawn")


def _outcomes(rows: Iterable[StruckRow], rules: str) -> str:
    found = Counter(row.outcomes[rules] for row in rows)
    return "/".join(str(found[which]) for which in (Outcome.STRUCK, Outcome.KEPT, Outcome.ASKED))


def _by(
    title: str,
    rows: Sequence[StruckRow],
    heads: tuple[str, ...],
    key: Callable[[StruckRow], tuple[str, ...]],
) -> Table:
    """What became of some names under the party's rules, by something."""
    lines = []
    for value in sorted({key(row) for row in rows}):
        found = Counter(row.outcomes[PARTY] for row in rows if key(row) == value)
        asked = found[Outcome.ASKED] / found.total()
        counts = [f"{found[which]:,}" for which in Outcome]
        lines.append((*value, *counts, f"{asked:.1%}"))
    return Table((*heads, *(which.value for which in Outcome), "asked, %"), tuple(lines), title)


def _pen_and_scan(row: StruckRow) -> tuple[str, str]:
    return row.pen, BILEVEL if row.mode == BILEVEL else "grey, colour"


def _share_shown(row: StruckRow) -> str:
    least = max(step for step in _SHOWN if step <= row.shown)
    most = min(1.0, *(step for step in _SHOWN if step > row.shown))
    return f"{least:.2f} to {most:.2f}"


def _dpi_and_mode(row: StruckRow) -> tuple[str, str]:
    return str(row.dpi), row.mode
