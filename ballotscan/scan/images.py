"""Single pictures: from the bytes of a JPEG, PNG, WebP or BMP file to grey or BGR pixels.

A decoder that meets broken data often hands back what it has, the rest grey or black. Nothing of
that kind may pass here: a picture is whole, or it is refused.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from ballotscan.locale.message import Words, message
from ballotscan.scan.refusal import check_size, damaged, decoding, unsupported

Pixels = NDArray[np.uint8]

ORIENTATION_TAG = 0x0112
BITS_TAG = 258  # BitsPerSample
PHOTOMETRIC_TAG = 262
MIN_IS_WHITE = 0

# Every 16th row and column: enough to see at a glance that a scan has colour, which spares the
# look at all of its pixels.
GLANCE_STEP = 16
BAND_ROWS = 128  # looked at together: they fit the processor's cache, which is 8 times faster

FOUR_INKS = frozenset({"CMYK", "YCCK"})

# No compressed stream ends in so many zero bytes; a file whose space was set aside, but which was
# never written to its end, does.
ZERO_TAIL = bytes(32)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture, upright as its file says it is to be shown.

    Attributes:
        pixels: uint8, (rows, columns) grey or (rows, columns, 3) BGR.
        density_dpi: Pixels an inch across and down as the file has them, however unlikely.
    """

    pixels: Pixels
    density_dpi: tuple[float, float] | None


def read_jpeg(handle: BinaryIO, where: Words, max_pixels: int) -> Picture:
    """Decode a JPEG file.

    Raises:
        DamagedScanError: It is cut off or broken.
        UnsupportedScanError: It is too large.
    """
    data = handle.read()
    with decoding(where), Image.open(BytesIO(data), formats=("JPEG",)) as header:
        check_size(header.size, max_pixels, where)
        density = stored_density(header)
        orientation = _orientation(header)
    pixels = decode_jpeg(data, where)
    return Picture(_turn_upright(pixels, orientation), density)


def decode_jpeg(data: bytes, where: Words) -> Pixels:
    """Decode JPEG bytes as they are stored, without a look at EXIF.

    libjpeg fills what it cannot decode with grey and warns; simplejpeg, left strict, makes every
    such warning an error: a missing tail, a missing end marker, bytes left over.

    Raises:
        DamagedScanError: The data is cut off or broken.
    """
    with decoding(where):
        kind = jpeg_colours(data)
        if kind == "Gray":
            grey: Pixels = simplejpeg.decode_jpeg(data, "GRAY")[:, :, 0]
            return grey
        if kind in FOUR_INKS:
            return _paper_colour(simplejpeg.decode_jpeg(data, "CMYK"))
        bgr: Pixels = simplejpeg.decode_jpeg(data, "BGR")
        return grey_if_colourless(bgr)


def jpeg_colours(data: bytes) -> str:
    """Name the colours of a JPEG as simplejpeg does: Gray, YCbCr, RGB, CMYK or YCCK."""
    # Not strict: what is wrong with the data comes up when it is decoded.
    return str(simplejpeg.decode_jpeg_header(data, strict=False)[2])


def read_picture(handle: BinaryIO, where: Words, max_pixels: int, kind: str) -> Picture:
    """Decode a PNG, WebP or BMP file.

    Args:
        handle: The open file, at its beginning.
        where: Its name in messages.
        max_pixels: Larger pictures are refused.
        kind: The format as Pillow names it.

    Raises:
        DamagedScanError: It is cut off or broken.
        UnsupportedScanError: It is too large, animated, or has pixels of a kind no scanner makes.
    """
    data = handle.read()
    if kind == "PNG":
        _check_png(data, where)
    if kind == "WEBP":
        _check_webp(data, where)
    with decoding(where), Image.open(BytesIO(data), formats=(kind,)) as picture:
        check_size(picture.size, max_pixels, where)
        if getattr(picture, "n_frames", 1) > 1:
            what = message("this is an animation, not a scan")
            raise unsupported(where, what, message("Take it out of the folder."))
        density = stored_density(picture)
        orientation = _orientation(picture)
        pixels = to_pixels(picture, where)
    return Picture(_turn_upright(pixels, orientation), density)


def to_pixels(picture: Image.Image, where: Words) -> Pixels:
    """Decode an open Pillow picture of any mode to grey or BGR, transparency over white paper.

    Raises:
        UnsupportedScanError: Pixels of a kind no scanner makes, such as floating point.
    """
    mode = picture.mode
    if mode.startswith("I;16"):
        return _from_deep_grey(picture)
    if mode == "L" and "transparency" not in picture.info:
        return np.array(picture, dtype=np.uint8)
    if mode == "1" and "transparency" not in picture.info:
        return np.array(picture.convert("L"), dtype=np.uint8)
    if picture.has_transparency_data:
        layers = picture.convert("RGBA")
        paper = Image.new("RGBA", layers.size, "white")
        picture = Image.alpha_composite(paper, layers)
    elif mode not in {"RGB", "P", "CMYK", "YCbCr", "RGBX"}:
        what = message("the pixels are of a kind that scanners do not make ({mode})", mode=mode)
        raise unsupported(where, what, message("Scan to black and white, grey or colour."))
    rgb = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    return grey_if_colourless(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8))


def grey_if_colourless(bgr: Pixels) -> Pixels:
    """Return one channel where all three are equal everywhere, else the colours as they are.

    Only exact equality counts. A grey scan saved as colour has it, in JPEG too, because chroma is
    then zero throughout; and a picture that has it loses nothing. A small tolerance would save
    time, but blue pen on a pale scan is a small difference as well.
    """
    if _has_colour(bgr[::GLANCE_STEP, ::GLANCE_STEP]):
        return bgr
    bands = (bgr[row : row + BAND_ROWS] for row in range(0, bgr.shape[0], BAND_ROWS))
    if any(_has_colour(band) for band in bands):
        return bgr
    return np.asarray(cv2.extractChannel(bgr, 1), dtype=np.uint8)


def _has_colour(bgr: Pixels) -> bool:
    blue, green, red = cv2.split(bgr)
    return cv2.norm(blue, green, cv2.NORM_INF) > 0 or cv2.norm(green, red, cv2.NORM_INF) > 0


def stored_density(picture: Image.Image) -> tuple[float, float] | None:
    """Return the stored pixels an inch; zero where the file divides by zero."""
    try:
        across, down = (float(value) for value in picture.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return across, down


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none that can be read.

    Upright is a safe answer: registration finds out how the page lies, whatever the file says.
    """
    try:
        value = picture.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001  # broken EXIF raises anything, and the picture is still good
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004  # EXIF's own


def _turn_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation; the numbers are those of EXIF 2.3, table 6 (tag 274)."""
    if orientation == 1:
        return pixels
    if orientation in {5, 6, 7, 8}:  # rows and columns changed places
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _from_deep_grey(picture: Image.Image) -> Pixels:
    """Keep the upper 8 of 9 to 16 bits, and turn round TIFF's "0 is white" (Pillow does not)."""
    deep = np.array(picture, dtype=np.uint16)
    tags = getattr(picture, "tag_v2", {})
    bits = tags.get(BITS_TAG, (16,))[0]
    grey: Pixels = np.right_shift(deep, bits - 8).astype(np.uint8)
    if tags.get(PHOTOMETRIC_TAG) == MIN_IS_WHITE:
        np.subtract(255, grey, out=grey)
    return grey


def _paper_colour(cmyk: Pixels) -> Pixels:
    """Turn the CMYK of a JPEG, (rows, columns, 4), into BGR or grey.

    JPEG stores CMYK upside down, 255 for no ink: Adobe began it, and what came after, Pillow
    included, takes it as given. No ink profile is used; ink on paper needs no exact colours.
    """
    rgb = np.array(Image.frombytes("CMYK", cmyk.shape[1::-1], (~cmyk).tobytes()).convert("RGB"))
    return grey_if_colourless(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8))


def _check_png(data: bytes, where: Words) -> None:
    """Check the chunks of a PNG and their checksums to the end; decoders skip most of them.

    Raises:
        DamagedScanError: A chunk is missing, cut off or does not give its checksum.
    """
    view = memoryview(data)
    start = 8
    while start + 12 <= len(data):
        length = int.from_bytes(view[start : start + 4], "big")
        end = start + 12 + length
        if end > len(data) or zlib.crc32(view[start + 4 : end - 4]) != int.from_bytes(
            view[end - 4 : end], "big"
        ):
            break
        if data[start + 4 : start + 8] == b"IEND":
            return
        start = end
    raise damaged(where)


def _check_webp(data: bytes, where: Words) -> None:
    """Refuse a WebP shorter than it says, or never written to its end.

    Raises:
        DamagedScanError: The file is cut off.
    """
    size = 8 + int.from_bytes(data[4:8], "little")
    if size > len(data) or data[:size].endswith(ZERO_TAIL):
        raise damaged(where)
