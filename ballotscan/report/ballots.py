"""The list of all ballots, in a form that a browser reads at once even with many thousands."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ballotscan.count.canvass import Canvass
from ballotscan.election.records import (
    BallotStatus,
    CastVoteRecord,
    PageFault,
    PageRecord,
    Reason,
    RowState,
)
from ballotscan.locale.catalogue import translator
from ballotscan.locale.words import in_words

PICTURES = "audit"  # where the pictures lie, beside the page

_FAULTS = tuple(PageFault)


@dataclass(frozen=True, slots=True)
class BallotList:
    """All ballots, gone through once.

    Attributes:
        rows: For each ballot: record, place of its title in `titles` or None, status, reasons,
            place of its folder in `folders`, file names, page numbers, place of its fault or None,
            numbers of the rows that people must look at.
        titles: What each ballot of the election is called.
        folders: Folders of the scans, each once, with their last slash.
        invalid_by_reason: Invalid ballots by single reason; one ballot may have several.
        waiting_by_reason: Likewise those that wait.
    """

    rows: tuple[tuple[Any, ...], ...]
    titles: tuple[str, ...]
    folders: tuple[str, ...]
    invalid_by_reason: Counter[Reason]
    waiting_by_reason: Counter[Reason]


def list_ballots(canvass: Canvass) -> BallotList:
    """Go through every ballot once."""
    sheets = canvass.election.ballots
    numbers = {ballot_id: number for number, ballot_id in enumerate(sheets)}
    folders: dict[str, int] = {}
    rows = []
    by_reason: dict[BallotStatus, Counter[Reason]] = {status: Counter() for status in BallotStatus}
    for record in canvass.records():
        folder, files, pages = _place(record.pages)
        fault = next((page.fault for page in record.pages if page.fault is not None), None)
        rows.append((
            record.record_id,
            None if record.ballot_id is None else numbers.get(record.ballot_id),
            int(record.status),
            int(record.reasons),
            folders.setdefault(folder, len(folders)),
            files,
            pages,
            None if fault is None else _FAULTS.index(fault),
            _rows_to_look_at(record),
        ))  # fmt: skip
        by_reason[record.status].update(record.reasons)
    return BallotList(
        rows=tuple(rows),
        titles=tuple(" + ".join(one.title for one in contests) for contests in sheets.values()),
        folders=tuple(folders),
        invalid_by_reason=by_reason[BallotStatus.INVALID],
        waiting_by_reason=by_reason[BallotStatus.REVIEW],
    )


def _place(pages: Sequence[PageRecord]) -> tuple[str, str, str]:
    """Folder, files and page numbers of a ballot; a file is named once."""
    folder, slash, _ = pages[0].source.rpartition("/")
    prefix = folder + slash
    files = dict.fromkeys(page.source.removeprefix(prefix) for page in pages)
    return prefix, " + ".join(files), " + ".join(str(page.ref.page_in_file) for page in pages)


def _rows_to_look_at(record: CastVoteRecord) -> str:
    """Numbers of the unclear rows; those of several contests apart."""
    contests = [
        ", ".join(str(row.candidate) for row in contest.rows if row.state is RowState.UNCLEAR)
        for contest in record.contests
    ]
    return " | ".join(rows for rows in contests if rows)


def ballot_data(ballots: BallotList, language: str) -> str:
    """The list and its words as JSON that may stand in a script element.

    No character of it can end the element or begin another: `<`, `>` and `&` are escaped, and so
    are the two line ends that older scripts do not know in a string.
    """
    _ = translator(language)
    used = Reason(0)
    for counter in (ballots.invalid_by_reason, ballots.waiting_by_reason):
        for reason in counter:
            used |= reason
    document = {
        "language": language,
        "pictures": PICTURES,
        "titles": ballots.titles,
        "folders": ballots.folders,
        "statuses": [in_words(status, _) for status in BallotStatus],
        "reasons": [[int(reason), in_words(reason, _)] for reason in used],
        "faults": [in_words(fault, _) for fault in _FAULTS],
        "words": {
            "where": _("{file}, page {page}"),
            "rows": _("Rows: {rows}"),
            "alt": _("Picture of ballot {id}"),
            "missing": _("There is no picture of this ballot."),
            "previous": _("Previous"),
            "next": _("Next"),
            "range": _("{from}–{to} of {all}"),
            "none": _("No ballots."),
            "every": _("All"),
            "unknown": _("not known"),
        },
        "ballots": ballots.rows,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
