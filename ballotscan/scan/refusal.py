"""How a scan is refused: which error, in which words, and what a clerk can do about it."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager

from PIL import Image

from ballotscan.errors import DamagedScanError, ScanError, UnsupportedScanError
from ballotscan.locale.message import Words, message


@contextmanager
def decoding(where: Words) -> Generator[None]:
    """Turn whatever a decoder throws at broken data into one error of ours.

    Decoders meet broken data anywhere in their code; beside their own errors they raise
    struct.error, KeyError, ZeroDivisionError and so on, so that no list of them would be complete.
    Only calls into decoders belong inside.

    Raises:
        DamagedScanError: The decoder gave up.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, and limits that we set ourselves
            yield
    except ScanError:
        raise
    except Image.DecompressionBombError as error:
        raise too_large(where) from error
    except Exception as error:
        raise damaged(where) from error


def damaged(where: Words, what: Words | None = None) -> DamagedScanError:
    """Say that a file or page is broken, and what to do."""
    return DamagedScanError(
        message(
            "{where}: {what}. Copy the file from the scanner again, or scan the sheet again.",
            where=where,
            what=what or message("it is cut off or broken"),
        )
    )


def unsupported(where: Words, what: Words, advice: Words) -> UnsupportedScanError:
    """Say that a file or page is not what a scanner makes of a ballot, and what to do."""
    return UnsupportedScanError(
        message("{where}: {what}. {advice}", where=where, what=what, advice=advice)
    )


def too_large(where: Words, size_px: tuple[int, int] | None = None) -> UnsupportedScanError:
    """Say that a picture has more pixels than a scan can have."""
    what = message("the picture is too large for a scanned ballot")
    if size_px:
        what = message(
            "the picture is too large for a scanned ballot ({columns} x {rows} pixels)",
            columns=size_px[0],
            rows=size_px[1],
        )
    return unsupported(where, what, message("Scan the sheet at 300 dpi."))


def check_size(size_px: tuple[int, int], max_pixels: int, where: Words) -> None:
    """Refuse a picture by the size in its header, before memory is set aside for it.

    Raises:
        DamagedScanError: It has no pixels.
        UnsupportedScanError: It has too many.
    """
    columns, rows = size_px
    if columns < 1 or rows < 1:
        raise damaged(where, message("the picture has no pixels"))
    if columns * rows > max_pixels:
        raise too_large(where, size_px)
