"""Files and folders: which there are, and opening them or saying why not."""

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from ballotscan.errors import ScanError
from ballotscan.locale.message import Words, message
from ballotscan.scan.refusal import unsupported

SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin"})


def list_files(paths: Sequence[Path]) -> list[Path]:
    """List files, and the files below folders, each once and in no order.

    Raises:
        ScanError: A path does not exist, or a folder cannot be looked into.
    """
    found: dict[str, Path] = {}
    visited: set[str] = set()
    for path in paths:
        with reachable(path):
            if not path.exists() and not path.is_symlink():
                raise _missing(path)
            for file in _files_below(path, visited):
                found.setdefault(os.path.realpath(file), file)
    return list(found.values())


@contextmanager
def open_scan(path: Path) -> Generator[BufferedReader]:
    """Open a file; a pipe or device is refused before opening it can block.

    Raises:
        UnsupportedScanError: It is not an ordinary file.
        ScanError: It is not there, may not be read, or its disk fails while it is read.
    """
    where = f"'{path}'"
    with reachable(path):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise unsupported(where, message("this is a folder"), message("Name the files in it."))
        if not stat.S_ISREG(mode):
            raise unsupported(
                where, message("this is not an ordinary file"), message("Leave it out.")
            )
        with path.open("rb") as handle:
            yield handle


def stamp(path: Path) -> tuple[int, int]:
    """Return size in bytes and time of the last change in nanoseconds.

    Raises:
        ScanError: The file is not there or may not be looked at.
    """
    with reachable(path):
        status = path.stat()
        return status.st_size, status.st_mtime_ns


@contextmanager
def reachable(path: Path) -> Generator[None]:
    """Turn what the system says of a path into a sentence.

    Raises:
        ScanError: The system refused or failed.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise _missing(path) from error
    except PermissionError as error:
        raise _unreadable(
            path, message("you may not read this"), message("Ask its owner.")
        ) from error
    except OSError as error:
        what = message("it cannot be read ({error})", error=error)
        raise _unreadable(path, what, message("Copy it to this computer's disk.")) from error


def _files_below(path: Path, visited: set[str]) -> Iterator[Path]:
    """Yield a file itself, or the files in a folder; follows links, but into no folder twice."""
    if not path.is_dir():
        yield path
        return
    folder = os.path.realpath(path)  # unlike resolve(), bears a link to itself
    if folder in visited:
        return
    visited.add(folder)
    for entry in path.iterdir():
        if not entry.name.startswith(".") and entry.name.casefold() not in SYSTEM_FILES:
            yield from _files_below(entry, visited)


def _missing(path: Path) -> ScanError:
    return _unreadable(
        path, message("there is no such file or folder"), message("Check the name, and the disk.")
    )


def _unreadable(path: Path, what: Words, advice: Words) -> ScanError:
    return ScanError(message("'{path}': {what}. {advice}", path=path, what=what, advice=advice))
