"""Pages of a TIFF file, one or many, as scanners and fax programs write them."""

import zlib
from typing import BinaryIO

import simplejpeg
from PIL import TiffImagePlugin

from ballotscan.scan.images import (
    FOUR_INKS,
    Picture,
    check_size,
    damaged,
    decoding,
    jpeg_colours,
    stored_density,
    to_pixels,
)

SUBFILE_TAG = 254  # NewSubfileType
REDUCED_OR_MASK = 0b101  # a thumbnail, or a mask: not a page of its own
COMPRESSION_TAG = 259
X_RESOLUTION_TAG = 282
JPEG_TABLES_TAG = 347
STRIPS_TAGS = (273, 279)  # StripOffsets, StripByteCounts
TILES_TAGS = (324, 325)  # TileOffsets, TileByteCounts
UNCOMPRESSED, JPEG = 1, 7
FAX = frozenset({2, 3, 4})  # ITU-T T.4 and T.6
DEFLATE = frozenset({8, 32946})

# Fax data closes with an end code that has ones in it; writers fill up to a whole word at most.
FAX_ZERO_TAIL = bytes(8)


def count_pages(handle: BinaryIO, where: str) -> int:
    """Count the pages of a TIFF; thumbnails and masks are none.

    Raises:
        DamagedScanError: The list of pages is cut off or broken.
    """
    with decoding(where), TiffImagePlugin.TiffImageFile(handle) as pages:
        return len(_page_frames(pages))


def read_page(handle: BinaryIO, page_in_file: int, where: str, max_pixels: int) -> Picture:
    """Decode one page of a TIFF, numbered from 1.

    Raises:
        DamagedScanError: This page, or the list of pages, is cut off or broken.
        UnsupportedScanError: The page is too large or packed in a way that is not known.
    """
    with decoding(where), TiffImagePlugin.TiffImageFile(handle) as picture:
        picture.seek(_page_frames(picture)[page_in_file - 1])
        check_size(picture.size, max_pixels, where)
        _check_data(handle, picture, where)
        # Pillow keeps the density of the page before where this page has none.
        density = stored_density(picture) if X_RESOLUTION_TAG in picture.tag_v2 else None
        picture.load()  # turns the page upright if its Orientation says so
        return Picture(to_pixels(picture, where), density)


def _page_frames(pages: TiffImagePlugin.TiffImageFile) -> list[int]:
    """Return the numbers, from 0, of the frames that are pages."""
    frames = []
    for frame in range(pages.n_frames):
        pages.seek(frame)
        if not pages.tag_v2.get(SUBFILE_TAG, 0) & REDUCED_OR_MASK:
            frames.append(frame)
    return frames


def _check_data(handle: BinaryIO, picture: TiffImagePlugin.TiffImageFile, where: str) -> None:
    """Check the packed data of a page for what libtiff lets pass.

    libtiff takes a broken or never written end of fax, deflate or JPEG data for white, black or
    grey pixels and reports nothing. Deflate and JPEG can be checked to the end; fax data has no
    checksum, but it never ends in zeros.

    Raises:
        DamagedScanError: The data does not reach its end.
    """
    tags = picture.tag_v2
    offsets_tag, counts_tag = TILES_TAGS if TILES_TAGS[0] in tags else STRIPS_TAGS
    compression = tags.get(COMPRESSION_TAG, UNCOMPRESSED)
    if offsets_tag not in tags or counts_tag not in tags:
        if compression == UNCOMPRESSED:
            return  # Pillow works the lengths out and refuses what is short
        raise damaged(where)
    tables = tags.get(JPEG_TABLES_TAG, b"")
    for offset, count in zip(tags[offsets_tag], tags[counts_tag], strict=True):
        handle.seek(offset)
        data = handle.read(count)
        if len(data) < count:
            raise damaged(where)
        if compression in DEFLATE:
            zlib.decompress(data)
        elif compression == JPEG:
            whole = tables[:-2] + data[2:] if tables else data
            simplejpeg.decode_jpeg(whole, "CMYK" if jpeg_colours(whole) in FOUR_INKS else "GRAY")
        elif compression in FAX and data.endswith(FAX_ZERO_TAIL):
            raise damaged(where)
