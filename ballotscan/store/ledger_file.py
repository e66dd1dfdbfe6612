"""The file of a ledger: begun, opened, checked whose it is, put aside."""

import sqlite3
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ballotscan.errors import LedgerBusyError, LedgerDamagedError, LedgerError, WrongElectionError
from ballotscan.locale.message import message

FORMAT = 2
BUSY_SECONDS = 30.0  # how long a write waits for another one; each takes milliseconds


@dataclass(frozen=True, slots=True)
class LedgerOwner:
    """The election that a ledger belongs to."""

    election_id: str
    fingerprint: str
    program: str


def set_aside(path: Path) -> Path | None:
    """Keep a ledger under another name, so that a new one can be begun.

    Returns:
        Where it is kept; None where there was none.

    Raises:
        LedgerBusyError: Another program has it open: its decisions would go into the old one.
        LedgerError: It cannot be moved.
    """
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    try:
        connection = sqlite3.connect(path, timeout=1.0)
        try:
            # Puts everything into the one file, and fails while anybody else has it open.
            connection.execute("pragma journal_mode = delete")
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        msg = message(
            "{path}: another program has this ledger open. End ballotscan review and every count"
            " first, then count again.",
            path=path,
        )
        raise LedgerBusyError(msg) from error
    except sqlite3.DatabaseError:
        pass  # a damaged ledger is what people want to put away most
    try:
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(kept.with_name(kept.name + end))
    except OSError as error:
        msg = message(
            "{path}: cannot be moved ({reason}). Close what has it open, then count again.",
            path=path,
            reason=error.strerror,
        )
        raise LedgerError(msg) from error
    return kept


def open_existing(path: Path, owner: LedgerOwner) -> sqlite3.Connection:
    """A connection to a ledger that is there; several threads may take turns with it.

    Raises:
        LedgerError: As `Ledger.consult`.
    """
    if not path.exists():
        msg = message(
            "{path}: nothing has been counted here yet. Count first: ballotscan count SCANS",
            path=path,
        )
        raise LedgerError(msg)
    return connect(path, owner)


def connect(path: Path, owner: LedgerOwner) -> sqlite3.Connection:
    """A connection to a ledger, which is begun where there is none.

    Raises:
        LedgerDamagedError: The file is not a ledger or is broken.
        WrongElectionError: It belongs to another election or another definition of this one.
        LedgerError: It cannot be created there, or another version wrote it.
    """
    is_new = not path.exists() or path.stat().st_size == 0
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    except sqlite3.Error as error:
        msg = message(
            "{path}: the ledger cannot be opened ({error}). Choose a folder where you may write.",
            path=path,
            error=error,
        )
        raise LedgerError(msg) from error
    try:
        connection.execute("pragma foreign_keys = on")
        # Readers and one writer at a time do not wait for each other, and a commit is on the disk.
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        if is_new:
            _begin(connection, owner)
        else:
            _check(connection, path, owner)
    except sqlite3.OperationalError as error:
        connection.close()
        msg = message(
            "{path}: the ledger cannot be written here ({reason}). Choose a folder where you may write.",
            path=path,
            reason=error,
        )
        raise LedgerError(msg) from error
    except sqlite3.Error as error:
        connection.close()
        msg = message(
            "{path}: this file is not a ballotscan ledger or is damaged ({error}). Restore it from your copy, or move it away and count again.",
            path=path,
            error=error,
        )
        raise LedgerDamagedError(msg) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: sqlite3.Connection, owner: LedgerOwner) -> None:
    schema = resources.files("ballotscan.store").joinpath("schema.sql").read_text("utf-8")
    # One transaction: a ledger that was cut off while it began does not exist.
    connection.executescript(f"begin immediate; {schema} commit;")
    with connection:
        connection.execute(
            "insert into election (id, format, election_id, fingerprint, created_by)"
            " values (1, ?, ?, ?, ?)",
            (FORMAT, owner.election_id, owner.fingerprint, owner.program),
        )


def _check(connection: sqlite3.Connection, path: Path, owner: LedgerOwner) -> None:
    if connection.execute("pragma quick_check(1)").fetchone() != ("ok",):
        fault = "quick_check failed"
        raise sqlite3.DatabaseError(fault)
    row = connection.execute("select format, election_id, fingerprint from election").fetchone()
    if row is None:
        with connection:
            connection.execute(
                "insert into election (id, format, election_id, fingerprint, created_by)"
                " values (1, ?, ?, ?, ?)",
                (FORMAT, owner.election_id, owner.fingerprint, owner.program),
            )
        return
    file_format, election_id, fingerprint = row
    if file_format != FORMAT:
        msg = message(
            "{path}: written by another version of ballotscan (format {file_format}, this one reads {format}). Use that version, or start a new count with --new-ledger; the old ledger is kept.",
            path=path,
            file_format=file_format,
            format=FORMAT,
        )
        raise LedgerError(msg)
    if election_id != owner.election_id:
        msg = message(
            "{path}: this ledger belongs to the election {election_id!r}, not to {wanted!r}. Count in the folder of the right election.",
            path=path,
            election_id=election_id,
            wanted=owner.election_id,
        )
        raise WrongElectionError(msg)
    if fingerprint != owner.fingerprint:
        msg = message(
            "{path}: election.toml has changed since this ledger was begun (candidates, seats, marking or rules). Put the old definition back, or start a new count with --new-ledger; the old ledger is kept.",
            path=path,
        )
        raise WrongElectionError(msg)
