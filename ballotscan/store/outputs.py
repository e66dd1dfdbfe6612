"""Results on disk: the whole file or the one that was there before, never a half."""

import os
from pathlib import Path

from ballotscan.errors import OutputError
from ballotscan.locale.message import Message, message


def write_output(path: Path, content: bytes) -> None:
    """Write a file beside its place and put it there in one step; make its folder where missing.

    Args:
        path: Where the file shall stand; one that stands there is replaced.
        content: All of it.

    Raises:
        OutputError: It cannot be written; what stood there before is unchanged.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        _discard(partial)
        msg = message("{path}: cannot be written ({error})", path=path, error=_cause(error, path))
        raise OutputError(msg) from error


def remove_output(path: Path) -> None:
    """Take away a file that no longer holds; nothing happens where there is none.

    Raises:
        OutputError: It cannot be taken away.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        msg = message(
            "{path}: no longer holds and cannot be removed ({error})",
            path=path,
            error=_cause(error, path),
        )
        raise OutputError(msg) from error


def _discard(partial: Path) -> None:
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return  # the folder is not ours; the error that led here says so


def _cause(error: OSError, path: Path) -> Message:
    reason = error.strerror or str(error)
    if isinstance(error, PermissionError) and path.is_file():
        # Windows keeps a file that is open in Excel or in a browser from being replaced.
        return message(
            "{reason}; if it is open in another program such as Excel, close it and run again",
            reason=reason,
        )
    if isinstance(error, PermissionError):
        return message("{reason}; choose a folder that you may write to", reason=reason)
    return message("{reason}; choose another folder or make room on the disk", reason=reason)
