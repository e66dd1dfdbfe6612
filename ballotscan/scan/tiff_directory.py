"""The directories of a TIFF file, one a page, checked to the last byte.

Decoders forgive a directory that is cut off: they warn, leave out what is missing, and a page is
lost or comes out as its negative. Layout: TIFF 6.0, section 2, and BigTIFF.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ballotscan.locale.message import Words, message
from ballotscan.scan.refusal import damaged

SUBFILE_TAG = 254  # NewSubfileType
REDUCED_OR_MASK = 0b101  # a thumbnail, or a mask: not a page of its own
STRIP_TAGS = 273, 279  # StripOffsets, StripByteCounts
TILE_TAGS = 324, 325  # TileOffsets, TileByteCounts

SIZE_OF_TYPE = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4,
    10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip
CODE_OF_INTEGER = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}

# A tail of zeros that nothing points to is space set aside for pages that were never written;
# shorter ones may be padding to a block.
PADDING_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Directory:
    """What one directory says, as far as it is whole numbers.

    Attributes:
        frame: Its place in the file, from 0, thumbnails counted.
        numbers: Tag to values.
        end: Where the last byte ends that it uses, itself and its pixels included.
    """

    frame: int
    numbers: dict[int, tuple[int, ...]]
    end: int

    @property
    def is_page(self) -> bool:
        """Whether it is a page, and no thumbnail or mask."""
        return not self.numbers.get(SUBFILE_TAG, (0,))[0] & REDUCED_OR_MASK

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """Offset and size in bytes of each strip or tile."""
        return _pieces(self.numbers)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes and struct codes of one of the two layouts, in the byte order of the file."""

    order: str
    count_code: str
    offset_code: str
    header_bytes: int

    @property
    def entry(self) -> struct.Struct:
        """Tag, type, count; the value, or its offset, fills up the entry."""
        return struct.Struct(f"{self.order}HH{self.offset_code}")

    def read(self, handle: BinaryIO, start: int, code: str, where: Words) -> tuple[int, ...]:
        """Unpack numbers at a place in the file.

        Raises:
            DamagedScanError: The file ends before.
        """
        unpacker = struct.Struct(self.order + code)
        handle.seek(start)
        data = handle.read(unpacker.size)
        if len(data) < unpacker.size:
            raise damaged(where)
        return unpacker.unpack(data)


def walk_directories(handle: BinaryIO, where: Words) -> Iterator[Directory]:
    """Yield the directories of a TIFF in order.

    Raises:
        DamagedScanError: A directory, or what it points to, is not all in the file.
    """
    layout = _layout(handle)
    size = handle.seek(0, os.SEEK_END)
    (start,) = layout.read(handle, layout.header_bytes, layout.offset_code, where)
    seen: set[int] = set()
    end = 0
    while start:
        if start in seen:
            raise damaged(where, message("the list of pages runs in a circle"))
        numbers, entries_end = _read_entries(handle, layout, start, size, where)
        offset_bytes = struct.calcsize(layout.offset_code)
        pieces_end = max((offset + count for offset, count in _pieces(numbers)), default=0)
        end = max(end, pieces_end, entries_end + offset_bytes)
        if end > size:
            raise damaged(where)
        yield Directory(len(seen), numbers, end)
        seen.add(start)
        (start,) = layout.read(handle, entries_end, layout.offset_code, where)
    if size - end > PADDING_BYTES:
        handle.seek(end)
        if not any(handle.read()):
            raise damaged(where, message("the file was not written to its end"))


def _layout(handle: BinaryIO) -> _Layout:
    handle.seek(0)
    head = handle.read(4)
    order = "<" if head.startswith(b"II") else ">"
    is_big = 43 in head[2:]  # noqa: PLR2004  # BigTIFF's version; 42 before
    return _Layout(order, "Q", "Q", 8) if is_big else _Layout(order, "H", "I", 4)


def _read_entries(
    handle: BinaryIO, layout: _Layout, start: int, size: int, where: Words
) -> tuple[dict[int, tuple[int, ...]], int]:
    """Return the whole numbers of a directory and where its entries end."""
    entry = layout.entry
    inline_bytes = struct.calcsize(layout.offset_code)
    first = start + struct.calcsize(layout.count_code)
    (count,) = layout.read(handle, start, layout.count_code, where)
    end = first + count * (entry.size + inline_bytes)
    if count < 1 or end > size:
        raise damaged(where)
    handle.seek(first)
    data = handle.read(end - first)
    numbers = {}
    for place in range(0, len(data), entry.size + inline_bytes):
        tag, kind, length = entry.unpack_from(data, place)
        if tag == 0 or kind == 0:  # zeros where an entry should be
            raise damaged(where)
        value_bytes = SIZE_OF_TYPE.get(kind, 0) * length
        value_start = first + place + entry.size
        if value_bytes > inline_bytes:
            (value_start,) = struct.unpack_from(
                layout.order + layout.offset_code, data, place + entry.size
            )
            if value_start + value_bytes > size:
                raise damaged(where)
        if kind in CODE_OF_INTEGER and length > 0:
            code = f"{length}{CODE_OF_INTEGER[kind]}"
            numbers[tag] = layout.read(handle, value_start, code, where)
    return numbers, end


def _pieces(numbers: dict[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    offsets, counts = TILE_TAGS if TILE_TAGS[0] in numbers else STRIP_TAGS
    return list(zip(numbers.get(offsets, ()), numbers.get(counts, ()), strict=False))
