"""What a deck found, as sections of docs/accuracy.md: sentences, tables, and claims that hold or not.

A section stands under its own heading with the day and the version of the program that it was made
with, so that one deck can be run again without the others.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import beta

CONFIDENCE = 0.95
_VERDICTS = {True: "met", False: "**not met**", None: "not tried"}
_RARE = 0.001  # below this, a share is said as so many in 10,000


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must be so.

    Attributes:
        is_met: None where it could not be tried.
    """

    text: str
    figure: str
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words and numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What one deck found.

    Attributes:
        made: Day, version, seed and options.
        text: Paragraphs that say what was done.
        skipped: Why nothing was done; empty where it was.
        findings: Wrong readings one by one, so that each can be made again.
        printed: What another program printed, as it stands.
    """

    title: str
    made: str
    text: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[str, ...] = ()
    skipped: str = ""
    printed: str = ""


def upper_bound(wrong: int, cases: int) -> float:
    """The share below which the true one lies with 95 % confidence, one-sided.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26 (1934); with nothing wrong it is about 3 / cases.
    """
    if wrong >= cases:
        return 1.0
    return float(beta.ppf(CONFIDENCE, wrong + 1, cases - wrong))


def count_of(wrong: int, cases: int) -> str:
    """So many of so many, and what that says of the next ones."""
    if cases == 0:
        return "no cases"
    bound = upper_bound(wrong, cases)
    said = f"{1e4 * bound:.2g} in 10,000" if bound < _RARE else f"{bound:.2%}"
    return f"{wrong:,} of {cases:,} (95 %: below {said})"


def to_markdown(section: Section) -> str:
    """One section of the page."""
    lines = [f"## {section.title}", "", f"*{section.made}*", ""]
    if section.skipped:
        return "\n".join([*lines, f"Not run: {section.skipped}", ""])
    for paragraph in section.text:
        lines += [paragraph, ""]
    if section.claims:
        lines += _table(
            ("what must be so", "figure", ""),
            [(claim.text, claim.figure, _VERDICTS[claim.is_met]) for claim in section.claims],
        )
    for table in section.tables:
        if table.title:
            lines += [f"**{table.title}**", ""]
        lines += _table(table.heads, table.rows)
    if section.printed:
        lines += ["```text", section.printed.strip("\n"), "```", ""]
    if section.findings:
        lines += ["Wrong readings, each to be made again with its seed and number:", ""]
        lines += [f"* {finding}" for finding in section.findings]
        lines.append("")
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; numbers to the right."""
    shown = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    right = [
        all(re.fullmatch(r"[\d.,%–-]*", row[column].strip()) for row in shown)
        for column in range(len(heads))
    ]
    rule = ["---:" if is_right else "---" for is_right in right]
    return ["| " + " | ".join(cells) + " |" for cells in (list(heads), rule, *shown)] + [""]


def merge_page(page: Path, intro: str, sections: Sequence[Section], order: Sequence[str]) -> str:
    """The whole page: the new sections, and those of decks that were not run now as they stood.

    Args:
        page: The page as it is; need not be there.
        intro: What stands above the sections.
        sections: New ones.
        order: Titles of all sections, in their order.
    """
    kept = {}
    if page.is_file():
        for part in re.split(r"(?m)^(?=## )", page.read_text("utf-8"))[1:]:
            kept[part.partition("\n")[0].removeprefix("## ")] = part.rstrip() + "\n"
    kept |= {section.title: to_markdown(section).rstrip() + "\n" for section in sections}
    return "\n".join([intro.rstrip() + "\n", *(kept[title] for title in order if title in kept)])
