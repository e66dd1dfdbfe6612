"""A blank that is a text document: LibreOffice makes the PDF that reading starts from."""

import os
import shutil
import subprocess
from pathlib import Path

from ballotscan.errors import DamagedScanError, MissingToolError, OutputError
from ballotscan.locale.message import Words, message

# What word processors write; every other file is read as a picture or PDF.
SUFFIXES = frozenset({".docx", ".doc", ".odt", ".rtf"})
TIMEOUT_S = 180  # the first start of LibreOffice takes some ten seconds on a slow disk

_INSTALLED = (
    "Program Files/LibreOffice/program/soffice.exe",
    "Program Files (x86)/LibreOffice/program/soffice.exe",
)


def is_document(path: Path) -> bool:
    """Whether a file is a text document, by its suffix."""
    return path.suffix.lower() in SUFFIXES


def find_office() -> Path | None:
    """LibreOffice on this machine; None where it is not installed."""
    known = shutil.which("soffice") or shutil.which("libreoffice")
    places = [Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")]
    places += [Path(os.environ.get("SYSTEMDRIVE", "C:") + "/") / place for place in _INSTALLED]
    if known:
        return Path(known)
    return next((place for place in places if place.is_file()), None)


def convert_document(path: Path, folder: Path) -> Path:
    """Make a PDF of a text document.

    Args:
        path: The document; it is not changed.
        folder: Where the PDF is written.

    Returns:
        The PDF.

    Raises:
        MissingToolError: LibreOffice is not installed.
        DamagedScanError: It makes no PDF of this file.
        OutputError: The folder cannot be written.
    """
    office = find_office()
    if office is None:
        what = message(
            "'{path}': a text document is read with LibreOffice, which is not installed here. Install it"
            " (Debian, Ubuntu: apt install libreoffice-writer), or, better, save the ballot as PDF in the"
            " program it was made with and give that.",
            path=path,
        )
        raise MissingToolError(what)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = message(
            "{folder}: cannot be made ({why}); choose another folder",
            folder=folder,
            why=error.strerror,
        )
        raise OutputError(what) from error
    profile = folder / "libreoffice"  # the user's own may be in use, and is none of our business
    command = [
        str(office),
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(path),
    ]
    why: Words = ""
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
        why = done.stderr.decode("utf-8", errors="replace").strip()
    except subprocess.TimeoutExpired:
        why = message("it was not done after {seconds} s", seconds=TIMEOUT_S)
    except OSError as error:
        why = str(error.strerror)
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    made = folder / f"{path.stem}.pdf"
    if not made.is_file():
        what = message(
            "'{path}': LibreOffice made no PDF of it ({why}). Save the ballot as PDF in the program it was"
            " made with and give that.",
            path=path,
            why=why or "-",
        )
        raise DamagedScanError(what)
    return made
