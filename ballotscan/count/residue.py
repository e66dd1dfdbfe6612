"""Ink that stands in the same place on most sheets: another edition of the form, or a printing flaw.

Hands differ: where they mark a box, how large, and how hard. Print does not. So where the same ink,
of the same size, at the same place is found on more than half of the sheets, it is no mark of
voters, and the blank of the template lacks it. It is reported, and boxes that would be marked by it
go to people; it is never taken into the blank.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.records import MarkStatus
from ballotscan.election.template import BallotTemplate, MarkBox, Rect
from ballotscan.marks.scoring import Feature

# Fewer sheets may be alike by chance, or marked by one hand.
_LEAST_SHEETS = 10
_LEAST_INK_MM2 = 0.1  # less is grain of the paper
# Spread of what is the same on all sheets: the middle half of them. Of crosses by different hands the
# places spread over 0.15 to 0.3 of the way to the edge, their ink over half of it and more.
_SAME_PLACE = 0.12
_SAME_AMOUNT = 0.35
_LIKE_IT = 1.5  # ink up to this times the usual residue is residue
_CELL_MM = 3.0  # sheets lie a little differently, and ink is measured to a tenth of this


@dataclass(frozen=True, slots=True)
class Residue:
    """Ink that most sheets of a ballot have at one place, and its template has not.

    Attributes:
        page: Number of the template page.
        position: Of the box that it is in or beside; None where it is beside all of them.
        rect: Where it is: the box, or the rectangle around it.
        sheets: How many sheets have it.
        of_sheets: Of how many that could be read there.
        is_print: Whether it is print that is otherwise than on the template, not ink that it lacks.
    """

    ballot_id: str
    page: int
    position: str | None
    rect: Rect
    sheets: int
    of_sheets: int
    is_print: bool = False


def doubt_residue(
    statuses: NDArray[np.int8], features: NDArray[np.float32], template: BallotTemplate
) -> tuple[Residue, ...]:
    """Find the same ink in the same box of most sheets, and ask about marks that may be it.

    Args:
        statuses: (B, P) MarkStatus; marks that may be residue become MARGINAL.
        features: (B, P, F) numbers about boxes, NaN in columns of names.
        template: Which ballot they are.

    Returns:
        What was found, in the order of the boxes.
    """
    if len(statuses) < _LEAST_SHEETS:
        return ()
    found = []
    columns = [(page.number, column) for page in template.pages for column in page.columns]
    for place, (page, box) in enumerate(columns):
        if not isinstance(box, MarkBox):
            continue
        of_box = features[:, place]
        is_read = np.isfinite(of_box[:, Feature.SCORE])
        is_free = is_read & (statuses[:, place] != MarkStatus.MARKED)
        # Below marks of voters residue is not seen by itself: look at all sheets, and at the others.
        for among in (is_free, is_read):
            alike = _alike_in_box(of_box, among) | _alike_beside(of_box, among)
            if not _is_most(alike, among):
                continue
            found.append(
                Residue(
                    template.ballot_id,
                    page,
                    box.position,
                    box.rect,
                    int(alike.sum()),
                    int(among.sum()),
                )
            )
            usual_mm2 = float(np.median(of_box[alike, Feature.INK_MM2]))
            may_be = is_read & (of_box[:, Feature.INK_MM2] <= _LIKE_IT * usual_mm2)
            may_be &= statuses[:, place] == MarkStatus.MARKED
            statuses[may_be, place] = MarkStatus.MARGINAL
            break
    return tuple(found)


def _is_most(alike: NDArray[np.bool_], among: NDArray[np.bool_]) -> bool:
    return bool(alike.sum() >= _LEAST_SHEETS and 2 * alike.sum() > among.sum())


def _alike_in_box(of_box: NDArray[np.float32], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(B,) the sheets whose ink in the box is the same; none where it differs."""
    inked = among & (of_box[:, Feature.INK_MM2] >= _LEAST_INK_MM2)
    return _same(
        of_box,
        inked,
        among,
        places=(Feature.MIDDLE_X, Feature.MIDDLE_Y),
        amounts=(Feature.INK_MM2, Feature.EXTENT_MM),
    )


def _alike_beside(of_box: NDArray[np.float32], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Likewise for ink beside the box that reaches into none."""
    inked = among & (of_box[:, Feature.BESIDE_MM2] >= _LEAST_INK_MM2)
    return _same(of_box, inked, among, places=(), amounts=(Feature.BESIDE_MM2,))


def _same(
    of_box: NDArray[np.float32],
    inked: NDArray[np.bool_],
    among: NDArray[np.bool_],
    *,
    places: Sequence[Feature],
    amounts: Sequence[Feature],
) -> NDArray[np.bool_]:
    if not _is_most(inked, among):
        return np.zeros_like(inked)
    low, middle, high = np.percentile(of_box[inked], (25, 50, 75), axis=0)
    spread = high - low
    is_same = all(spread[each] <= _SAME_PLACE for each in places)
    is_same &= all(spread[each] <= _SAME_AMOUNT * middle[each] for each in amounts)
    return inked if is_same else np.zeros_like(inked)


def find_beside(
    sheets: Sequence[Mapping[int, Sequence[Finding]]], template: BallotTemplate
) -> tuple[Residue, ...]:
    """Find writing, or other print, that stands in the same place on most sheets.

    Args:
        sheets: For each sheet, what was found on its pages that could be read, by page number.
        template: Which ballot they are.
    """
    return tuple(
        one
        for kind in (FindingKind.WRITING, FindingKind.PRINT)
        for page in template.pages
        for one in _find_alike(
            [
                [finding for finding in sheet[page.number] if finding.kind is kind]
                for sheet in sheets
                if page.number in sheet
            ],
            (template.ballot_id, page.number, kind),
        )
    )


def _find_alike(
    of_page: Sequence[Sequence[Finding]], where: tuple[str, int, FindingKind]
) -> Iterator[Residue]:
    """Find what stands in the same place on most sheets, among findings of one kind on one page."""
    ballot_id, page_number, kind = where
    cells: Counter[tuple[int, int]] = Counter()
    for findings in of_page:
        cells.update(_cells(findings))
    taken: set[tuple[int, int]] = set()
    for cell, count in cells.most_common():
        if count < _LEAST_SHEETS or 2 * count <= len(of_page):
            break
        if any(abs(cell[0] - x) <= 1 and abs(cell[1] - y) <= 1 for x, y in taken):
            continue
        taken.add(cell)
        some = [one for findings in of_page for one in findings if cell in _cells([one])]
        sides = [(one.left_mm, one.top_mm, one.width_mm, one.height_mm) for one in some]
        rect = Rect(*(round(float(side), 1) for side in np.median(sides, axis=0)))
        is_print = kind is FindingKind.PRINT
        yield Residue(ballot_id, page_number, None, rect, count, len(of_page), is_print)


def _cells(findings: Sequence[Finding]) -> set[tuple[int, int]]:
    """The squares of the page that the middles of findings lie in or next to."""
    cells = set()
    for finding in findings:
        x = (finding.left_mm + finding.width_mm / 2) / _CELL_MM
        y = (finding.top_mm + finding.height_mm / 2) / _CELL_MM
        # In the four squares around: what lies on an edge is in both.
        cells |= {(round(x) - a, round(y) - b) for a in (0, 1) for b in (0, 1)}
    return cells
