"""What the decks of one mark in all boxes, and of one sheet scanned again, found."""

from collections.abc import Sequence

from decks.report import Claim, Section, Table, count_of
from decks.steadiness import CLEAR, RESCANS, UNCLEAR, Pasted, Rescanned
from scipy.stats import binomtest

TITLE = "No bias, and the same again"
_BIAS_P = 0.01
_MOST_FINDINGS = 30


def report_steadiness(
    pasted: Sequence[Pasted], again: Sequence[Rescanned], made: str, harm: str
) -> Section:
    """Count and say."""
    split = [page for page in pasted if page.is_split]
    turned = [box for box in again if box.has_turned]
    first = sum(page.firsts > page.seconds for page in pasted if page.firsts >= 0)
    second = sum(page.firsts < page.seconds for page in pasted if page.firsts >= 0)
    p = binomtest(first, first + second).pvalue if first + second else 1.0
    sheets = len({box.number for box in again})
    return Section(
        TITLE,
        made,
        text=(
            (
                f"One and the same mark was drawn into every box of a page, {len(pasted):,} times with "
                f"another mark, hand, pen and scan: {CLEAR} on every other page, {UNCLEAR} on the rest. "
                f"Then {sheets} sheets with all kinds of marks ({len(again):,} boxes) were scanned "
                f"{RESCANS} times each, another way up, crooked and noisy anew. {harm}."
            ),
        ),
        claims=(
            Claim(
                "the same mark is never a vote in one box and none in another of the page",
                count_of(len(split), len(pasted)),
                not split if pasted else None,
            ),
            Claim(
                "of pages whose two columns differ, neither column is favoured",
                f"{first} : {second}, p = {p:.2g}",
                p > _BIAS_P,
            ),
            Claim(
                f"in {RESCANS} scans of a sheet no vote turns into none, or back",
                count_of(len(turned), len(again)),
                not turned if again else None,
            ),
        ),
        tables=(_pasted_table(pasted), _again_table(again)),
        findings=tuple(
            [
                f"page {page.number}: {page.kind}, {page.design}: {page.empty} empty, {page.asked} "
                f"asked, {page.marked} marked"
                for page in split
            ]
            + [
                f"sheet {box.number}, {box.position}: {box.kind}: {box.empty} times empty, {box.asked} "
                f"asked, {box.marked} marked"
                for box in turned
            ]
        )[:_MOST_FINDINGS],
    )


def _pasted_table(pasted: Sequence[Pasted]) -> Table:
    rows = []
    for kind in (CLEAR, UNCLEAR):
        pages = [page for page in pasted if page.kind == kind]
        same = sum(page.is_same for page in pages)
        split = sum(page.is_split for page in pages)
        rows.append(
            (kind, f"{len(pages):,}", f"{same:,}", f"{len(pages) - same - split:,}", f"{split:,}")
        )
    heads = ("mark", "pages", "same state in all boxes", "asked about in some", "vote in some, none in others")  # fmt: skip
    return Table(heads, tuple(rows), "One mark in every box")


def _again_table(again: Sequence[Rescanned]) -> Table:
    kinds = sorted({box.kind for box in again})
    rows = []
    for kind in kinds:
        boxes = [box for box in again if box.kind == kind]
        same = sum((box.empty, box.asked, box.marked).count(0) == 2 for box in boxes)  # noqa: PLR2004
        turned = sum(box.has_turned for box in boxes)
        rows.append(
            (kind, f"{len(boxes):,}", f"{same:,}", f"{len(boxes) - same - turned:,}", f"{turned:,}")
        )
    heads = ("box", "boxes", "same state every time", "asked about at times", "vote and none")
    return Table(heads, tuple(rows), "One sheet scanned again")
