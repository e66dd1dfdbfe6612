"""Which scanned pages are the two sides of one sheet.

Papers carry no number of their own, for secrecy, so the two sides of a sheet are known only by
their place in the scan: a duplex scanner gives front and back one after the other, or back and front
where the sheet lay face down. A run of pages (one folder, one file) that falls into pairs from first
to last has lost nothing; a page in it that could not be read keeps its partner. Any other run is cut
wherever two neighbours cannot be a sheet. A stretch of even length is then paired; in one of odd
length a side is missing, nothing on the paper says which, and all of it goes to people. So one lost
image never joins the sides of two voters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import PurePosixPath

from natsort import natsort_keygen

_SHEET_SIDES = 2

_natural = natsort_keygen()


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What pairing needs to know of a page.

    Attributes:
        source: Path of the scan file, with forward slashes.
        page_in_file: From 1.
        pages_in_file: How many pages the file has.
        ballot_id: None where the page could not be identified.
        number: Template page it was read as; None likewise.
        sides: How many pages that ballot has; None likewise.
    """

    source: str
    page_in_file: int
    pages_in_file: int
    ballot_id: str | None
    number: int | None
    sides: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pages of one sheet, as indices into the pages given, front first.

    Attributes:
        is_complete: Every side is there. A sheet that is not goes to people.
    """

    pages: tuple[int, ...]
    is_complete: bool


def scan_order(pages: Sequence[ScannedPage]) -> list[int]:
    """Indices of the pages in the order in which they were scanned: natural order of the names."""
    return sorted(
        range(len(pages)),
        key=lambda index: (
            _natural(pages[index].source.casefold()),
            pages[index].source,
            pages[index].page_in_file,
        ),
    )


def assemble_sheets(pages: Sequence[ScannedPage], *, has_two_sided: bool) -> list[Sheet]:
    """Bring the pages together that are one sheet.

    Args:
        pages: All pages of the count.
        has_two_sided: Whether any ballot of the election has two printed sides; without one, every
            page is a sheet, also a page that could not be identified.

    Returns:
        Every page in exactly one sheet, in the order of the scans.
    """
    order = scan_order(pages)
    if not has_two_sided:
        return [Sheet((index,), is_complete=True) for index in order]
    sheets: list[Sheet] = []
    for _, run in groupby(order, key=lambda index: _run_of(pages[index])):
        sheets += _pair_run(pages, list(run))
    return sheets


def _run_of(page: ScannedPage) -> str:
    """The pages that one feed of the scanner made: a file of many pages, or a folder of files."""
    if page.pages_in_file > 1:
        return page.source
    return f"{PurePosixPath(page.source).parent}/"


def _pair_run(pages: Sequence[ScannedPage], run: list[int]) -> list[Sheet]:
    if _no_place_is_missing(pages, run):
        return _pair_all(pages, run)
    sheets: list[Sheet] = []
    for stretch in _alternating_stretches(pages, run):
        if pages[stretch[0]].sides == 1:
            sheets.append(Sheet((stretch[0],), is_complete=True))
        elif len(stretch) % _SHEET_SIDES == 0:
            sheets += _pair_all(pages, stretch)
        else:
            sheets += [Sheet((index,), is_complete=False) for index in stretch]
    return sheets


def _no_place_is_missing(pages: Sequence[ScannedPage], run: list[int]) -> bool:
    """Whether a run falls into pairs from first to last, a page that could not be read included."""
    if len(run) % _SHEET_SIDES or not all(_follows(pages[a], pages[b]) for a, b in pairwise(run)):
        return False
    couples = zip(run[::2], run[1::2], strict=True)
    return all(_can_be_a_sheet(pages[a], pages[b]) for a, b in couples)


def _pair_all(pages: Sequence[ScannedPage], run: list[int]) -> list[Sheet]:
    sheets = []
    for couple in zip(run[::2], run[1::2], strict=True):
        front_first = tuple(sorted(couple, key=lambda index: pages[index].number or 0))
        is_complete = all(pages[index].number for index in couple)
        sheets.append(Sheet(front_first, is_complete=is_complete))
    return sheets


def _alternating_stretches(pages: Sequence[ScannedPage], run: list[int]) -> list[list[int]]:
    """Cut a run wherever two pages that follow each other cannot be front and back of the same."""
    stretches = [[run[0]]]
    for index in run[1:]:
        before = pages[stretches[-1][-1]]
        are_read = before.number is not None and pages[index].number is not None
        if are_read and _can_be_a_sheet(before, pages[index]) and _follows(before, pages[index]):
            stretches[-1].append(index)
        else:
            stretches.append([index])
    return stretches


def _can_be_a_sheet(first: ScannedPage, second: ScannedPage) -> bool:
    known = [page for page in (first, second) if page.ballot_id is not None]
    return (
        len({page.ballot_id for page in known}) == 1
        and len({page.number for page in known}) == len(known)
        and all(page.sides == _SHEET_SIDES for page in known)
    )


def _follows(first: ScannedPage, second: ScannedPage) -> bool:
    """Whether no page can be missing between two pages of one run."""
    if first.source == second.source:
        return second.page_in_file == first.page_in_file + 1
    numbers = [re.findall(r"\d+", PurePosixPath(page.source).stem) for page in (first, second)]
    if len(numbers[0]) != len(numbers[1]):
        return False
    changed = [(int(a), int(b)) for a, b in zip(*numbers, strict=True) if int(a) != int(b)]
    if not changed:
        return True  # names without a count: nothing says that one is missing
    # 0007-1, 0007-2, 0008-1: a count inside a count; the last one starts anew where the first steps.
    last_steps = len(changed) == 1 and changed[0][1] == changed[0][0] + 1
    outer_steps = len(changed) > 1 and changed[0][1] == changed[0][0] + 1
    return last_steps or outer_steps
