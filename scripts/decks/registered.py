"""What the registration decks found, in words and tables."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from decks.judging import HARMED, MAX_WRONG_MM, Row
from decks.report import Claim, Section, Table, count_of

TITLE = "Registration of our own paper"
TITLE_EXISTING = "Registration of existing paper"
REFUSED_BAR = 1 / 500
_MOST_FINDINGS = 60

_SPECIFICATION = (
    "Within the specification: any of the four ways up, up to 10° crooked, 150 to 600 dpi (mostly 150 "
    "to 300), 0.9 to 1.1 of the printed size, up to 1 % longer than broad, up to 0.5° out of square, "
    "the feed up to 0.45 mm ahead or behind over waves of 80 mm and more, moved, and cut at the edges "
    "by up to 14 mm, as long as all boxes{marks} are on the scan. All else (worse scans, slips of the "
    "feed, larger parts cut off, photographs, 45°, other sizes, other ballots, mirror images) may be "
    "refused, but if it is accepted, it must be right."
)

_ASKED = (
    "Asked, printed otherwise: the page is read and its ballot waits for people, because a letter of the "
    "form is not on it, or another one. Here such pages count as refused. Two of the strangers are "
    "siblings of a form that is loaded, all the same but for one digit in the title or at the foot."
)


def report_registration(
    rows: Sequence[Row], made: str, *, is_existing: bool, papers: int, harm: str
) -> Section:
    """Count and say."""
    wrong = [row for row in rows if row.is_wrong]
    inside = [row for row in rows if row.in_spec]
    refused = [row for row in inside if row.outcome != "right" and not row.is_wrong]
    right = [row for row in rows if row.outcome == "right"]
    misses = np.array([row.worst_mm for row in right if row.in_spec] or [np.nan])
    medians = np.array([row.median_mm for row in right if row.in_spec] or [np.nan])
    marks = "" if is_existing else ", three whole discs (any three) and one whole code"
    what = "forms without codes and discs" if is_existing else "printed, marked and worn ballots"
    return Section(
        TITLE_EXISTING if is_existing else TITLE,
        made,
        text=(
            (
                f"{len(rows):,} scans of {papers} {what}, with bends, noise, light, blur, JPEG and black "
                f"and white by chance. The truth is the mapping that was drawn: wrong is a page accepted "
                f"as another form, or with a box (of a list, a name) more than {MAX_WRONG_MM} mm from it."
            ),
            _SPECIFICATION.format(marks=marks),
            *((_ASKED,) if is_existing else ()),
            (
                f"Over all pages within the specification that were accepted: the box farthest from the "
                f"truth misses it by {np.median(misses):.3f} mm in the median page and {misses.max():.3f} mm "
                f"in the worst; the median box by {np.median(medians):.3f} mm. {harm}."
            ),
        ),
        claims=(
            Claim("no wrong registration is accepted", count_of(len(wrong), len(rows)), not wrong),
            Claim(
                "at most 1 in 500 pages within the specification is refused",
                count_of(len(refused), len(inside)),
                len(refused) <= REFUSED_BAR * len(inside) if inside else None,
            ),
        ),
        tables=(_by_kind(rows), _by_design(rows), _refusals(rows)),
        findings=tuple(
            f"page {row.number}: {row.kind}, {row.design}, {row.dpi} dpi: {row.outcome}"
            for row in (wrong + refused)[:_MOST_FINDINGS]
        ),
    )


def _summary(group: Sequence[Row]) -> tuple[str, ...]:
    right = [row.worst_mm for row in group if row.outcome == "right"]
    wrong = sum(row.is_wrong for row in group)
    inside = [row for row in group if row.in_spec]
    refused = sum(row.outcome != "right" and not row.is_wrong for row in inside)
    middle, worst = (f"{np.median(right):.3f}", f"{max(right):.3f}") if right else ("–", "–")
    return (
        f"{len(group):,}",
        f"{len(right):,}",
        f"{wrong:,}",
        f"{len(inside):,}",
        f"{refused:,}",
        middle,
        worst,
    )


_HEADS = ("pages", "accepted, right", "accepted, wrong", "within the specification", "refused of those", "worst box, median page (mm)", "worst box, worst page (mm)")  # fmt: skip


def _by_kind(rows: Sequence[Row]) -> Table:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.kind].append(row)
    order = sorted(groups, key=lambda kind: (kind == HARMED, -len(groups[kind])))
    return Table(
        ("kind", *_HEADS), tuple((kind, *_summary(groups[kind])) for kind in order), "By kind"
    )


def _by_design(rows: Sequence[Row]) -> Table:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.design].append(row)
        groups[f"{row.dpi} dpi"].append(row)
    order = sorted(groups, key=lambda name: (name.endswith(" dpi"), name))
    return Table(
        ("paper", *_HEADS),
        tuple((name, *_summary(groups[name])) for name in order),
        "By ballot and resolution",
    )


def _refusals(rows: Sequence[Row]) -> Table:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.outcome != "right" and not row.is_wrong:
            counts[row.outcome]["all"] += 1
            counts[row.outcome]["inside"] += row.in_spec
    return Table(
        ("reason", "pages refused", "of those within the specification"),
        tuple(
            (reason, f"{counts[reason]['all']:,}", f"{counts[reason]['inside']:,}")
            for reason in sorted(counts, key=lambda reason: -counts[reason]["all"])
        ),
        "Why pages were refused",
    )
