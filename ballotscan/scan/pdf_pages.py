"""Pages of a PDF: the scanner's picture as it is stored, or else the page as it is drawn.

An office scanner wraps one picture a page. Drawing such a page costs six times the decoding and
resamples it, so the stored picture is taken wherever the page shows exactly that and nothing else.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pikepdf
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPopplerTimeoutError

from ballotscan.errors import DamagedScanError, EncryptedScanError, MissingToolError
from ballotscan.locale.message import Words, message
from ballotscan.scan.images import Picture, Pixels, to_pixels
from ballotscan.scan.pdf_images import stored_pixels
from ballotscan.scan.refusal import check_size, damaged, decoding, unsupported

POINTS_PER_INCH = 72

# Operators that paint nothing by themselves. Text operators are among them, because a searchable
# scan carries its text in an invisible layer; showing text is looked at separately.
SILENT = frozenset(
    {"BT", "ET", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "w", "J", "j", "M", "d", "i", "ri", "n", "BMC", "EMC", "MP", "DP", "BX", "EX"}
)  # fmt: skip
SHOW_TEXT = frozenset({"Tj", "TJ", "'", '"'})
INVISIBLE_TEXT = 3  # text rendering mode (ISO 32000-1, table 106)

# How far a picture may miss the edge of its page, as a share of the side: scanners round page
# sizes to whole points or millimetres.
EDGE_TOLERANCE = 0.01
# How far it may lean; 0.001 is a third of a millimetre along A4, and the picture itself is straight.
LEAN_TOLERANCE = 0.001


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a page that is not one stored picture is drawn."""

    dpi: int
    timeout_s: int


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture and where its page shows it.

    Attributes:
        image: The image XObject.
        matrix: From the unit square, y up, to points on the page.
    """

    image: pikepdf.Stream
    matrix: pikepdf.Matrix


def count_pdf_pages(handle: BinaryIO, where: Words) -> int:
    """Count the pages of a PDF.

    Raises:
        DamagedScanError: The file is cut off or broken.
        EncryptedScanError: It wants a password.
    """
    with _opened(handle, where) as pdf, decoding(where):
        return len(pdf.pages)


def read_pdf_page(
    handle: BinaryIO, page_in_file: int, where: Words, max_pixels: int, drawing: Drawing
) -> Picture:
    """Read one page of a PDF, numbered from 1, as stored if it can be and else as drawn.

    Raises:
        DamagedScanError: The page is cut off or broken.
        EncryptedScanError: The file wants a password.
        UnsupportedScanError: The page or its picture is too large, or takes too long to draw.
        MissingToolError: The page must be drawn, and poppler is not installed.
    """
    with _opened(handle, where) as pdf, decoding(where):
        page = pdf.pages[page_in_file - 1]
        placement = _sole_picture(page)
        if placement is not None and _fills(placement.matrix, page):
            pixels = stored_pixels(placement.image, where, max_pixels)
            if pixels is not None:
                return _upright(pixels, placement.matrix, page)
        left, bottom, right, top = _box(page)
        scale = drawing.dpi * _user_unit(page) / POINTS_PER_INCH
        size_px = round((right - left) * scale), round((top - bottom) * scale)
    check_size(size_px, max_pixels, where)
    return _draw(Path(handle.name), page_in_file, where, drawing)


@contextmanager
def _opened(handle: BinaryIO, where: Words) -> Generator[pikepdf.Pdf]:
    """Open a PDF without repairs: a repaired file may have lost pages.

    By its path: qpdf reads that six times faster than a Python file, and mapped memory would end
    the whole program if a network drive went away.
    """
    with decoding(where):
        try:
            pdf = pikepdf.open(Path(handle.name), attempt_recovery=False)
        except pikepdf.PasswordError as error:
            raise _encrypted(where) from error
    with pdf:
        yield pdf


def _sole_picture(page: pikepdf.Page) -> Placement | None:
    """Return the picture of a page that shows one picture and nothing else."""
    if len(page.obj.get("/Annots", ())) > 0:
        return None
    matrix, text_mode = pikepdf.Matrix(), 0
    saved: list[tuple[pikepdf.Matrix, int]] = []
    placement = None
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "q":
            saved.append((matrix, text_mode))
        elif operator == "Q":
            matrix, text_mode = saved.pop()
        elif operator == "cm":
            matrix = pikepdf.Matrix(operands) @ matrix
        elif operator == "Tr":
            text_mode = int(operands[0])
        elif operator == "Do" and placement is None:
            image = page.resources.XObject[str(operands[0])]
            if not isinstance(image, pikepdf.Stream) or image.Subtype != "/Image":
                return None
            placement = Placement(image, matrix)
        elif not _paints_nothing(operator, list(operands), text_mode):
            return None
    return placement


def _paints_nothing(operator: str, operands: list[pikepdf.Object], text_mode: int) -> bool:
    if operator in SHOW_TEXT:
        return text_mode == INVISIBLE_TEXT
    if operator == "BDC":
        return str(operands[0]) != "/OC"  # optional content may be switched off
    return operator in SILENT


def _box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of what is shown of a page, in its own units."""
    crop, media = ([float(value) for value in box] for box in (page.cropbox, page.mediabox))
    return (
        max(min(crop[0::2]), min(media[0::2])),
        max(min(crop[1::2]), min(media[1::2])),
        min(max(crop[0::2]), max(media[0::2])),
        min(max(crop[1::2]), max(media[1::2])),
    )


def _user_unit(page: pikepdf.Page) -> float:
    return float(page.obj.get("/UserUnit", 1))


def _fills(matrix: pikepdf.Matrix, page: pikepdf.Page) -> bool:
    """Say whether a picture covers its page upright, mirrored or turned by quarters, no more."""
    a, b, c, d, x, y = matrix.shorthand
    straight, leaning = sorted((abs(a) + abs(d), abs(b) + abs(c)), reverse=True)
    if leaning > LEAN_TOLERANCE * straight:
        return False
    left, bottom, right, top = _box(page)
    xs, ys = sorted((x, x + a + c)), sorted((y, y + b + d))
    miss_x = max(abs(xs[0] - left), abs(xs[1] - right)) / max(right - left, 1)
    miss_y = max(abs(ys[0] - bottom), abs(ys[1] - top)) / max(top - bottom, 1)
    return max(miss_x, miss_y) <= EDGE_TOLERANCE


def _upright(pixels: Pixels, matrix: pikepdf.Matrix, page: pikepdf.Page) -> Picture:
    """Turn a stored picture as its page shows it, and work out its density.

    Column u (share of the width, from the left) and row v (from the top) lie at
    (a u + c (1 - v), b u + d (1 - v)), and the page's y points up.
    """
    a, b, c, d = matrix.shorthand[:4]
    rows, columns = pixels.shape[:2]
    if abs(a) > abs(b):
        turned = pixels[:: 1 if d > 0 else -1, :: 1 if a > 0 else -1]
        width, height = abs(a), abs(d)
    else:
        turned = np.swapaxes(pixels, 0, 1)[:: -1 if b > 0 else 1, :: -1 if c > 0 else 1]
        width, height = abs(b), abs(c)
    quarters = round(float(page.obj.get("/Rotate", 0)) / 90)  # clockwise
    turned = np.rot90(turned, -quarters)
    points = POINTS_PER_INCH / _user_unit(page)
    density = columns * points / width, rows * points / height
    return Picture(np.ascontiguousarray(turned), density)


def _draw(path: Path, page_in_file: int, where: Words, drawing: Drawing) -> Picture:
    """Draw a page with poppler, whatever is on it."""
    try:
        with decoding(where):
            drawn = convert_from_path(
                path.absolute(),  # a name that begins with a dash would be taken for a flag
                dpi=drawing.dpi,
                first_page=page_in_file,
                last_page=page_in_file,
                use_cropbox=True,
                strict=True,  # else a broken picture is drawn as far as it goes
                timeout=drawing.timeout_s,
            )
            if len(drawn) != 1:
                raise damaged(where)
            pixels = to_pixels(drawn[0], where)
    except DamagedScanError as error:
        cause = error.__cause__
        if isinstance(cause, PDFInfoNotInstalledError):
            raise _poppler_missing(where) from cause
        if isinstance(cause, PDFPopplerTimeoutError):
            what = message(
                "the page could not be drawn within {seconds} seconds", seconds=drawing.timeout_s
            )
            raise unsupported(where, what, message("Scan to JPEG or TIFF instead.")) from cause
        raise
    return Picture(pixels, (drawing.dpi, drawing.dpi))


def _encrypted(where: Words) -> EncryptedScanError:
    return EncryptedScanError(
        message(
            "{where}: the PDF wants a password. Save it without one, or switch off encryption at the"
            " scanner and scan again.",
            where=where,
        )
    )


def _poppler_missing(where: Words) -> MissingToolError:
    return MissingToolError(
        message(
            "{where}: to read this PDF, the program poppler must be installed."
            " Debian and Ubuntu: sudo apt install poppler-utils. Windows: unpack poppler from"
            " https://github.com/oschwartz10612/poppler-windows/releases and add its folder"
            " Library\\bin to PATH. macOS: brew install poppler. Or scan to JPEG or TIFF instead.",
            where=where,
        )
    )
