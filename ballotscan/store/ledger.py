"""The ledger: an append-only SQLite file that says what was read from which page.

One count at a time writes pages to it, and only its parent process; people may decide meanwhile. What
is committed is on the disk (write-ahead log, `synchronous = full`). `insert or replace` never appears here: the schema's triggers
refuse every update and delete, so what a page was read as stays on record even when it is read anew.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ballotscan.election.findings import Finding, FindingKind, InkColour
from ballotscan.election.records import PageFault, PageRef
from ballotscan.errors import LedgerBusyError, LedgerError
from ballotscan.locale.message import Words, keep_words, message, recall_words
from ballotscan.store.ledger_file import LedgerOwner, connect, open_existing


@dataclass(frozen=True, slots=True, eq=False)
class PageEntry:
    """One measurement of one page.

    Attributes:
        features: (P, F) float32; None where the page could not be read.
        outline: (P,) float32 correlation of each box's printed surroundings; None likewise.
        matrix: (3, 3) float64, template pixels to scan pixels; None likewise.
        findings: What is on the page beside its marks.
    """

    ref: PageRef
    source: str
    work_key: str
    ballot_id: str | None
    page_number: int | None
    fault: PageFault | None
    detail: Words
    features: NDArray[np.float32] | None
    outline: NDArray[np.float32] | None
    matrix: NDArray[np.float64] | None
    residual_px: float | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanEntry:
    """One scan file whose pages stand, or will stand, in the ledger."""

    sha256: str
    source: str
    page_count: int


class Ledger:
    """An open ledger; a context manager. One count at a time may hold it."""

    def __init__(self, connection: sqlite3.Connection, lock: FileLock | None) -> None:
        self._connection = connection
        self._lock = lock

    @classmethod
    def open(cls, path: Path, owner: LedgerOwner) -> Self:
        """Open the ledger of an election, or begin it.

        Raises:
            LedgerBusyError: Another count is writing to it.
            LedgerDamagedError: The file is not a ledger or is broken.
            WrongElectionError: It belongs to another election or another definition of this one.
            LedgerError: It cannot be created there.
        """
        lock = FileLock(path.with_name(path.name + ".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            msg = message(
                "{path}: another count is writing to this ledger. Wait until it is done, then count again.",
                path=path,
            )
            raise LedgerBusyError(msg) from None
        except OSError as error:
            msg = message(
                "{path}: the ledger cannot be written here ({reason}). Choose a folder where you may write.",
                path=path,
                reason=error.strerror,
            )
            raise LedgerError(msg) from error
        try:
            connection = connect(path, owner)
        except BaseException:
            lock.release()
            raise
        return cls(connection, lock)

    @classmethod
    def consult(cls, path: Path, owner: LedgerOwner) -> Self:
        """Open a ledger that is there, to read pages from it while a count may go on.

        Raises:
            LedgerDamagedError: The file is not a ledger or is broken.
            WrongElectionError: It belongs to another election or another definition of this one.
            LedgerError: Nothing has been counted yet.
        """
        return cls(open_existing(path, owner), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def measured(self, work_key: str) -> set[PageRef]:
        """The pages already measured with these options and templates."""
        rows = self._connection.execute(
            "select scan_sha256, page_in_file from page where work_key = ?", (work_key,)
        )
        return {PageRef(sha256, number) for sha256, number in rows}

    def scans(self) -> dict[str, ScanEntry]:
        """Every scan file on record, by hash."""
        rows = self._connection.execute("select sha256, source, page_count from scan")
        return {sha256: ScanEntry(sha256, source, count) for sha256, source, count in rows}

    def add_scans(self, scans: Iterable[ScanEntry]) -> None:
        """Put scan files on record; those already there stay as they are."""
        with self._connection:
            self._connection.executemany(
                "insert or ignore into scan (sha256, source, page_count) values (?, ?, ?)",
                [(scan.sha256, scan.source, scan.page_count) for scan in scans],
            )

    def add_pages(
        self, entries: Iterable[PageEntry], drawings: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Put measurements on record, all of them or none; one already there stays as it is.

        Args:
            entries: The measurements; their scans must be on record.
            drawings: (record id, reading) of the audit images drawn with them.
        """
        with self._connection:
            self._connection.executemany(
                "insert or ignore into page (scan_sha256, page_in_file, work_key, ballot_id,"
                " page_number, fault, detail, features, outline, matrix, residual_px, findings)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_page_row(entry) for entry in entries],
            )
            self._connection.executemany(
                "insert into drawing (record_id, reading) values (?, ?)", list(drawings)
            )

    def pages(self) -> list[PageEntry]:
        """The last measurement of every page on record, in no order that means anything."""
        rows = self._connection.execute(
            "select page.scan_sha256, page.page_in_file, scan.source, page.work_key,"
            " page.ballot_id, page.page_number, page.fault, page.detail, page.features,"
            " page.outline, page.matrix, page.residual_px, page.findings"
            " from page join scan on scan.sha256 = page.scan_sha256"
            " where page.id in (select max(id) from page group by scan_sha256, page_in_file)"
        )
        return [_entry(row) for row in rows]

    def last_page(self) -> int:
        """Number of the last measurement; it grows whenever a page is read."""
        (number,) = self._connection.execute("select coalesce(max(id), 0) from page").fetchone()
        return int(number)

    def drawings(self) -> dict[str, str]:
        """The reading that each audit image shows, by record id."""
        rows = self._connection.execute("select record_id, reading from drawing order by id")
        return dict(rows.fetchall())

    def add_canvass(self, *, made_by: str, made_at: str, settings: str, result_sha256: str) -> None:
        """Put on record how a result was made."""
        with self._connection:
            self._connection.execute(
                "insert into canvass (made_by, made_at, settings, result_sha256) values (?, ?, ?, ?)",
                (made_by, made_at, settings, result_sha256),
            )


def _page_row(entry: PageEntry) -> tuple[object, ...]:
    return (
        entry.ref.sha256,
        entry.ref.page_in_file,
        entry.work_key,
        entry.ballot_id,
        entry.page_number,
        None if entry.fault is None else entry.fault.value,
        keep_words(entry.detail),
        _blob(entry.features, "<f4"),
        _blob(entry.outline, "<f4"),
        _blob(entry.matrix, "<f8"),
        entry.residual_px,
        None if entry.fault is not None else _write_findings(entry.findings),
    )


def _write_findings(findings: Iterable[Finding]) -> str:
    """A list for each finding, its fields in order."""
    return json.dumps([astuple(finding) for finding in findings], separators=(",", ":"))


def _read_findings(text: str) -> tuple[Finding, ...]:
    found = []
    for kind, left, top, width, height, area, colour, is_rising, at_mm in json.loads(text):
        ink = None if colour is None else InkColour(colour)
        place = (left, top, width, height)
        found.append(Finding(FindingKind(kind), *place, area, ink, is_rising, at_mm))
    return tuple(found)


def _blob(array: NDArray[np.float32] | NDArray[np.float64] | None, kind: str) -> bytes | None:
    return None if array is None else array.astype(kind).tobytes()


def _entry(row: tuple[Any, ...]) -> PageEntry:
    (
        sha256,
        number,
        source,
        key,
        ballot,
        page,
        fault,
        detail,
        features,
        outline,
        matrix,
        res,
        found,
    ) = row
    edges = scores = plane = None
    if fault is None:
        edges = np.frombuffer(outline, dtype="<f4")
        scores = np.frombuffer(features, dtype="<f4").reshape(edges.size, -1 if edges.size else 0)
        plane = np.frombuffer(matrix, dtype="<f8").reshape(3, 3)
    return PageEntry(
        ref=PageRef(sha256, number),
        source=source,
        work_key=key,
        ballot_id=ballot,
        page_number=page,
        fault=None if fault is None else PageFault(fault),
        detail=recall_words(detail),
        features=scores,
        outline=edges,
        matrix=plane,
        residual_px=res,
        findings=() if found is None else _read_findings(found),
    )
