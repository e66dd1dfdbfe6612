"""Pages of a TIFF file, one or many, as scanners and fax programs write them."""

import zlib
from itertools import islice
from typing import BinaryIO

import simplejpeg
from PIL import TiffImagePlugin

from ballotscan.locale.message import Words
from ballotscan.scan.images import FOUR_INKS, Picture, jpeg_colours, stored_density, to_pixels
from ballotscan.scan.refusal import check_size, damaged, decoding
from ballotscan.scan.tiff_directory import Directory, walk_directories

COMPRESSION_TAG = 259
X_RESOLUTION_TAG = 282
JPEG_TABLES_TAG = 347
UNCOMPRESSED, JPEG = 1, 7
FAX = frozenset({2, 3, 4})  # ITU-T T.4 and T.6
DEFLATE = frozenset({8, 32946})

# Fax data closes with an end code that has ones in it; writers fill up to a whole word at most.
FAX_ZERO_TAIL = bytes(8)


def count_tiff_pages(handle: BinaryIO, where: Words) -> int:
    """Count the pages of a TIFF; thumbnails and masks are none.

    Raises:
        DamagedScanError: The list of pages is cut off or broken.
    """
    with decoding(where):
        return sum(directory.is_page for directory in walk_directories(handle, where))


def read_tiff_page(handle: BinaryIO, page_in_file: int, where: Words, max_pixels: int) -> Picture:
    """Decode one page of a TIFF, numbered from 1.

    Raises:
        DamagedScanError: This page, or the list of pages up to it, is cut off or broken.
        UnsupportedScanError: The page is too large, or has pixels of a kind no scanner makes.
    """
    with decoding(where):
        pages = (page for page in walk_directories(handle, where) if page.is_page)
        directory = next(islice(pages, page_in_file - 1, None))
        handle.seek(0)
        with TiffImagePlugin.TiffImageFile(handle) as picture:
            picture.seek(directory.frame)
            check_size(picture.size, max_pixels, where)
            _check_data(handle, directory, picture.tag_v2.get(JPEG_TABLES_TAG, b""), where)
            # Pillow keeps the density of the page before where this page has none.
            density = stored_density(picture) if X_RESOLUTION_TAG in picture.tag_v2 else None
            picture.load()  # turns the page upright if its Orientation says so
            return Picture(to_pixels(picture, where), density)


def _check_data(handle: BinaryIO, directory: Directory, tables: bytes, where: Words) -> None:
    """Check the packed data of a page for what libtiff lets pass.

    libtiff takes a broken or never written end of fax, deflate or JPEG data for white, black or
    grey pixels and reports nothing. Deflate and JPEG can be checked to the end; fax data has no
    checksum, but it never ends in zeros.

    Raises:
        DamagedScanError: The data does not reach its end.
    """
    (compression,) = directory.numbers.get(COMPRESSION_TAG, (UNCOMPRESSED,))
    if not directory.pieces:
        raise damaged(where)
    for offset, count in directory.pieces:
        handle.seek(offset)
        data = handle.read(count)
        if compression in DEFLATE:
            zlib.decompress(data)
        elif compression == JPEG:
            whole = tables[:-2] + data[2:] if tables else data
            simplejpeg.decode_jpeg(whole, "CMYK" if jpeg_colours(whole) in FOUR_INKS else "GRAY")
        elif compression in FAX and data.endswith(FAX_ZERO_TAIL):
            raise damaged(where)
