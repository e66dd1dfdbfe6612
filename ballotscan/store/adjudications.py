"""The decisions of people in the ledger: added one by one, each on the disk before it is answered.

A book has a connection of its own, so people may decide while a count reads the next pile. Several
threads and several programs may add; nobody can change or take away.
"""

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.errors import LedgerBusyError, LedgerError
from ballotscan.locale.message import message
from ballotscan.store.ledger_file import LedgerOwner, open_existing

_COLUMNS = (
    "id, made_at, person, is_committee, record_id, contest_id, candidate, reading, decision, marks,"
    " status, reasons, ballot_id, words, replaces"
)


class AdjudicationBook:
    """The decisions in the ledger of an election; a context manager."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path, owner: LedgerOwner) -> Self:
        """Open the decisions of a ledger that is there.

        Raises:
            LedgerError: As `Ledger.consult`.
        """
        return cls(open_existing(path, owner))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._connection.close()

    def all(self, after: int = 0) -> list[Adjudication]:
        """Every decision, in the order in which they were made.

        Args:
            after: Only those with a higher number.
        """
        with self._lock:
            rows = self._connection.execute(
                f"select {_COLUMNS} from adjudication where id > ? order by id",  # noqa: S608 - our own names
                (after,),
            ).fetchall()
        return [_adjudication(row) for row in rows]

    def add(self, adjudications: Iterable[Adjudication]) -> list[Adjudication]:
        """Put decisions on record, all of them or none; when this returns they are on the disk.

        Returns:
            The same with their number and the time.

        Raises:
            LedgerBusyError: Another program kept the ledger for too long; nothing was added.
            LedgerError: They could not be written.
        """
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        added = []
        try:
            with self._lock, self._connection:
                for one in adjudications:
                    made_at = one.made_at or now
                    cursor = self._connection.execute(
                        "insert into adjudication (made_at, person, is_committee, record_id,"
                        " contest_id, candidate, reading, decision, marks, status, reasons,"
                        " ballot_id, words, replaces)"
                        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (made_at, *_row(one)),
                    )
                    added.append(replace(one, made_at=made_at, number=int(cursor.lastrowid or 0)))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                msg = message(
                    "the ledger is being written to; the decision was not recorded. Decide again."
                )
                raise LedgerBusyError(msg) from error
            msg = message(
                "the decision could not be written ({error}). Make room on the disk, then decide again.",
                error=error,
            )
            raise LedgerError(msg) from error
        return added


def _row(one: Adjudication) -> tuple[object, ...]:
    is_marks = one.decision is Decision.MARKS
    return (
        one.person,
        int(one.is_committee),
        one.question.record_id,
        one.question.contest_id,
        one.question.candidate,
        one.reading,
        one.decision.value,
        json.dumps([int(mark) for mark in one.marks]) if is_marks else None,
        None if one.status is None else int(one.status),
        int(one.reasons),
        one.ballot_id,
        one.words,
        one.replaces,
    )


def _adjudication(row: tuple[Any, ...]) -> Adjudication:
    (number, made_at, person, is_committee, record, contest, candidate, reading, decision, marks,
     status, reasons, ballot_id, words, replaces) = row  # fmt: skip
    return Adjudication(
        question=Question(record, contest, candidate),
        decision=Decision(decision),
        person=person,
        reading=reading,
        marks=tuple(MarkStatus(mark) for mark in json.loads(marks or "[]")),
        status=None if status is None else BallotStatus(status),
        reasons=Reason(reasons),
        ballot_id=ballot_id,
        words=words,
        is_committee=bool(is_committee),
        replaces=replaces,
        made_at=made_at,
        number=number,
    )
