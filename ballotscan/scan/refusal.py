"""How a scan is refused: which error, in which words, and what a clerk can do about it."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager

from PIL import Image

from ballotscan.errors import DamagedScanError, ScanError, UnsupportedScanError


@contextmanager
def decoding(where: str) -> Generator[None]:
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


def damaged(where: str, what: str = "it is cut off or broken") -> DamagedScanError:
    """Say that a file or page is broken, and what to do."""
    advice = "Copy the file from the scanner again, or scan the sheet again."
    return DamagedScanError(f"{where}: {what}. {advice}")


def unsupported(where: str, what: str, advice: str) -> UnsupportedScanError:
    """Say that a file or page is not what a scanner makes of a ballot, and what to do."""
    return UnsupportedScanError(f"{where}: {what}. {advice}")


def too_large(where: str, size_px: tuple[int, int] | None = None) -> UnsupportedScanError:
    """Say that a picture has more pixels than a scan can have."""
    size = f" ({size_px[0]} x {size_px[1]} pixels)" if size_px else ""
    what = f"the picture is too large for a scanned ballot{size}"
    return unsupported(where, what, "Scan the sheet at 300 dpi.")


def check_size(size_px: tuple[int, int], max_pixels: int, where: str) -> None:
    """Refuse a picture by the size in its header, before memory is set aside for it.

    Raises:
        DamagedScanError: It has no pixels.
        UnsupportedScanError: It has too many.
    """
    columns, rows = size_px
    if columns < 1 or rows < 1:
        raise damaged(where, "the picture has no pixels")
    if columns * rows > max_pixels:
        raise too_large(where, size_px)
