"""From scan files to pages: what the scanner wrote, whole, upright, and named once.

The kind of a file is decided by its first bytes; the suffix only helps the message. Pictures are
always decoded from bytes or an open file, because OpenCV cannot open every path on Windows.
"""

import hashlib
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from natsort import natsort_keygen, ns

from ballotscan.election.records import PageRef
from ballotscan.errors import DamagedScanError
from ballotscan.locale.message import Words, message
from ballotscan.scan.file_kinds import HEAD_BYTES, describe_foreign, scan_kind
from ballotscan.scan.files import list_files, open_scan, stamp
from ballotscan.scan.images import Picture, Pixels, read_jpeg, read_picture
from ballotscan.scan.pdf_pages import Drawing, count_pdf_pages, read_pdf_page
from ballotscan.scan.refusal import damaged, unsupported
from ballotscan.scan.tiff_pages import count_tiff_pages, read_tiff_page


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One scanned page, as the scanner saw it.

    Attributes:
        pixels: uint8, (rows, columns) grey, or (rows, columns, 3) BGR where the scan has colour.
        dpi: Pixels an inch, the same in both directions; None where the file does not say or
            cannot be believed.
        ref: The name under which the page is counted once.
    """

    pixels: Pixels
    dpi: float | None
    ref: PageRef


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file of scanned pages as it was when it was first looked at.

    Attributes:
        path: Where it lies.
        sha256: Hash of its bytes, in hexadecimal.
        size_bytes: Its size.
        modified_ns: When it was last written to, in nanoseconds since 1970.
        page_count: How many pages it holds, at least 1.
    """

    path: Path
    sha256: str
    size_bytes: int
    modified_ns: int
    page_count: int


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What a scan may be.

    Attributes:
        max_pixels: Larger pictures are refused before they are decoded. Pillow's limit, a quarter
            of a gigabyte in colour: A3 at 600 dpi has 70 million pixels.
        max_pages: Files of more are refused; the largest feeders hold some 1,000 sheets.
        min_side_px: Smaller pictures cannot be ballots: A6, the smallest usual paper, is 413
            pixels wide at 100 dpi.
        min_dpi: Lower densities are taken for unknown. Scanners begin at 75 or 100 dpi, and 72 and
            96 are what cameras and editors write where nobody measured anything.
        max_dpi: Likewise higher ones; office scanners end at 1200, and some write 2400.
        max_dpi_ratio: Densities across and down that differ by more are taken for unknown. 200 dpi
            stored in whole pixels a centimetre is off by 0.4 %; a fax (204 x 196) by 4 %.
        pdf_dpi: Density at which a PDF page that is not one scanned picture is drawn. 300 dpi is
            what office scanners give; the template needs 200.
        pdf_timeout_s: After so many seconds drawing a PDF page is given up; it takes well under
            one for a scanned page.
    """

    max_pixels: int = 89_478_485
    max_pages: int = 10_000
    min_side_px: int = 300
    min_dpi: float = 100.0
    max_dpi: float = 2400.0
    max_dpi_ratio: float = 1.01
    pdf_dpi: int = 300
    pdf_timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class ScanKind:
    """How files of one kind are read.

    Attributes:
        count: (file, its name in messages) -> number of pages.
        read: (file, page from 1, its name in messages, options) -> the picture.
    """

    count: Callable[[BinaryIO, Words], int]
    read: Callable[[BinaryIO, int, Words, ReaderOptions], Picture]


def find_scans(paths: Sequence[Path]) -> list[Path]:
    """List the files in folders (and folders in them) and the files named one by one.

    Files that a system leaves in folders of its own accord are passed over; every other file is
    listed, so that one that is no scan is named by `inspect_scan` and not silently skipped.

    Returns:
        Each file once, in natural order (scan2 before scan10), the same on every system and
        whatever the order of `paths`.

    Raises:
        ScanError: A path does not exist, or a folder cannot be looked into.
    """
    key = natsort_keygen(key=lambda file: file.as_posix(), alg=ns.PATH | ns.IGNORECASE)
    return sorted(list_files(paths), key=lambda file: (key(file), file.as_posix()))


def inspect_scan(path: Path, options: ReaderOptions) -> ScanFile:
    """Hash a file and count its pages, without decoding them.

    Raises:
        UnsupportedScanError: It is not a kind of file that holds scans, or has too many pages.
        DamagedScanError: It is empty, broken, or still being written.
        EncryptedScanError: It is a PDF that wants a password.
        ScanError: It is not there or must not be read.
    """
    where = f"'{path}'"
    with open_scan(path) as handle:
        before = stamp(path)
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
        page_count = _kind_of(handle, path).count(handle, where)
        if page_count < 1:
            raise damaged(where, message("the file has no pages"))
        if page_count > options.max_pages:
            what = message("{pages} pages are too many for one file", pages=page_count)
            raise unsupported(where, what, message("Scan smaller stacks, or split the file."))
        if stamp(path) != before or handle.seek(0, os.SEEK_END) != before[0]:
            raise _changed(where)
    return ScanFile(path, sha256, *before, page_count)


def read_page(scan: ScanFile, page_in_file: int, options: ReaderOptions) -> Page:
    """Decode one page.

    Args:
        scan: The file as `inspect_scan` saw it.
        page_in_file: Number of the page, from 1.
        options: What a scan may be.

    Raises:
        DamagedScanError: The page is cut off or broken, or the file has changed since.
        UnsupportedScanError: The page is too large, too small, or of a kind that is not known.
        MissingToolError: The page must be drawn, and poppler is not installed.
        ScanError: The file is no longer there or must not be read.
    """
    if not 1 <= page_in_file <= scan.page_count:
        msg = f"no page {page_in_file} among {scan.page_count}"
        raise ValueError(msg)
    where: Words = f"'{scan.path}'"
    if scan.page_count > 1:
        where = message("Page {page} of {file}", page=page_in_file, file=where)
    with open_scan(scan.path) as handle:
        _check_unchanged(scan, where)
        picture = _kind_of(handle, scan.path).read(handle, page_in_file, where, options)
        _check_unchanged(scan, where)
    rows, columns = picture.pixels.shape[:2]
    if min(rows, columns) < options.min_side_px:
        what = message(
            "the picture is too small for a scanned ballot ({columns} x {rows} pixels)",
            columns=columns,
            rows=rows,
        )
        raise unsupported(where, what, message("Scan the sheet at 300 dpi."))
    dpi = _plausible_dpi(picture.density_dpi, options)
    return Page(picture.pixels, dpi, PageRef(scan.sha256, page_in_file))


def _check_unchanged(scan: ScanFile, where: Words) -> None:
    if stamp(scan.path) != (scan.size_bytes, scan.modified_ns):
        raise _changed(where)


def _changed(where: Words) -> DamagedScanError:
    return DamagedScanError(
        message(
            "{where}: the file was changed while it was being read. Wait until the scanner has"
            " finished, then count again.",
            where=where,
        )
    )


def _kind_of(handle: BinaryIO, path: Path) -> ScanKind:
    """Tell the kind of a file by its first bytes.

    Raises:
        DamagedScanError: The file is empty.
        UnsupportedScanError: Not a kind that holds scans.
    """
    where = f"'{path}'"
    head = handle.read(HEAD_BYTES)
    handle.seek(0)
    if not head:
        raise damaged(where, message("the file is empty (0 bytes)"))
    kind = scan_kind(head)
    if kind is None:
        advice = message("Scan to JPEG, PNG, TIFF or PDF, or take the file out of the folder.")
        raise unsupported(where, describe_foreign(head, path), advice)
    return KINDS[kind]


def _plausible_dpi(density: tuple[float, float] | None, options: ReaderOptions) -> float | None:
    """Return the density if it can be believed, to 0.1 dpi."""
    if density is None or not all(math.isfinite(value) for value in density):
        return None
    low, high = sorted(density)
    if low < options.min_dpi or high > options.max_dpi or high > low * options.max_dpi_ratio:
        return None
    return round(math.sqrt(low * high), 1)


def _count_one(_handle: BinaryIO, _where: Words) -> int:
    return 1


def _read_jpeg(handle: BinaryIO, _page: int, where: Words, options: ReaderOptions) -> Picture:
    return read_jpeg(handle, where, options.max_pixels)


def _read_picture(
    handle: BinaryIO, _page: int, where: Words, options: ReaderOptions, *, kind: str
) -> Picture:
    return read_picture(handle, where, options.max_pixels, kind)


def _read_tiff(handle: BinaryIO, page: int, where: Words, options: ReaderOptions) -> Picture:
    return read_tiff_page(handle, page, where, options.max_pixels)


def _read_pdf(handle: BinaryIO, page: int, where: Words, options: ReaderOptions) -> Picture:
    drawing = Drawing(options.pdf_dpi, options.pdf_timeout_s)
    return read_pdf_page(handle, page, where, options.max_pixels, drawing)


KINDS: dict[str, ScanKind] = {
    "JPEG": ScanKind(_count_one, _read_jpeg),
    "PNG": ScanKind(_count_one, partial(_read_picture, kind="PNG")),
    "TIFF": ScanKind(count_tiff_pages, _read_tiff),
    "WEBP": ScanKind(_count_one, partial(_read_picture, kind="WEBP")),
    "BMP": ScanKind(_count_one, partial(_read_picture, kind="BMP")),
    "PDF": ScanKind(count_pdf_pages, _read_pdf),
}
