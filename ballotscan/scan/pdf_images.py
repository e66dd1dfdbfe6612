"""Pictures inside a PDF, decoded as they are stored.

Only what a PDF shows just as it is stored is taken: no masks, no inverted or odd colours. For
everything else the answer is None, and the page is drawn.
"""

import zlib

import pikepdf
from pikepdf.models.image import PdfImage, UnsupportedImageTypeError

from ballotscan.locale.message import Words
from ballotscan.scan.images import Pixels, decode_jpeg, jpeg_colours, to_pixels
from ballotscan.scan.refusal import check_size, damaged
from ballotscan.scan.tiff_pages import FAX_ZERO_TAIL

# What makes a picture look different from how it is stored, or hides it.
ALTERING = ("/SMask", "/Mask", "/SMaskInData", "/OC", "/Matte")

GREY, RGB, INDEXED = "grey", "rgb", "indexed"
CHANNELS = {"/DeviceGray": GREY, "/CalGray": GREY, "/DeviceRGB": RGB, "/CalRGB": RGB}
PROFILES = {1: GREY, 3: RGB}
KNOWN_DEPTHS = frozenset({(GREY, 1), (GREY, 8), (RGB, 8), (INDEXED, 1), (INDEXED, 8)})
JPEG_COLOURS = {"Gray": GREY, "YCbCr": RGB, "RGB": RGB}


def stored_pixels(image: pikepdf.Stream, where: Words, max_pixels: int) -> Pixels | None:
    """Decode a picture as it is stored.

    Returns:
        Its pixels, first row and column first, whichever way the page turns them; None where it
        must be drawn.

    Raises:
        DamagedScanError: The picture is cut off or broken.
        UnsupportedScanError: It is too large.
    """
    size_px = int(image.Width), int(image.Height)
    check_size(size_px, max_pixels, where)
    colours = _colours(image.get("/ColorSpace"))
    if any(key in image for key in ALTERING) or image.get("/ImageMask", False):
        return None
    if not _is_plain(image.get("/Decode"), colours):
        return None
    filters = _names(image.get("/Filter"))
    if filters[-1:] == ["/DCTDecode"]:
        return _stored_jpeg(image, filters, colours, where)
    if filters[-1:] == ["/JPXDecode"]:
        # The colours stand in the picture; what stands beside it would be laid over them.
        known = "/ColorSpace" not in image or colours in {GREY, RGB}
    elif filters[-1:] == ["/CCITTFaxDecode"]:
        known = colours == GREY and _is_plain_fax(image)
        if known and image.read_raw_bytes().endswith(FAX_ZERO_TAIL):
            raise damaged(where)
    else:
        if filters == ["/FlateDecode"]:
            zlib.decompress(image.read_raw_bytes())  # qpdf does not look at the checksum
        known = (colours, int(image.get("/BitsPerComponent", 0))) in KNOWN_DEPTHS
    return _pillow_pixels(image, where) if known else None


def _stored_jpeg(
    image: pikepdf.Stream, filters: list[str], colours: str | None, where: Words
) -> Pixels | None:
    """Decode the JPEG just as if it were a file of its own, but for EXIF, which PDF ignores."""
    data = image.read_raw_bytes()
    if filters == ["/FlateDecode", "/DCTDecode"]:
        data = zlib.decompress(data)
    elif len(filters) > 1:
        return None
    if "/DecodeParms" in image or JPEG_COLOURS.get(jpeg_colours(data)) != colours:
        return None
    pixels = decode_jpeg(data, where)
    return pixels if pixels.shape[:2] == (int(image.Height), int(image.Width)) else None


def _pillow_pixels(image: pikepdf.Stream, where: Words) -> Pixels | None:
    try:
        picture = PdfImage(image).as_pil_image()
    except (UnsupportedImageTypeError, NotImplementedError, pikepdf.DependencyError):
        return None  # such as JBIG2 where jbig2dec is not installed
    return to_pixels(picture, where)


def _colours(space: pikepdf.Object | None) -> str | None:
    """Tell how a colour space reads: grey, rgb, indexed (into one of them), or None."""
    if space is None:
        return None
    if isinstance(space, pikepdf.Name):
        return CHANNELS.get(str(space))
    family = str(space[0])
    if family == "/ICCBased":
        return PROFILES.get(int(space[1].N))
    if family == "/Indexed":
        return INDEXED if _colours(space[1]) in {GREY, RGB} else None
    return CHANNELS.get(family)


def _is_plain(decode: pikepdf.Object | None, colours: str | None) -> bool:
    """Say whether a Decode array leaves values as they are."""
    if decode is None:
        return True
    values = [float(value) for value in decode]
    return colours in {GREY, RGB} and values == [0.0, 1.0] * (len(values) // 2)


def _is_plain_fax(image: pikepdf.Stream) -> bool:
    parameters = image.get("/DecodeParms")
    if parameters is None:
        return True
    return isinstance(parameters, pikepdf.Dictionary) and "/EncodedByteAlign" not in parameters


def _names(filters: pikepdf.Object | None) -> list[str]:
    if filters is None:
        return []
    if isinstance(filters, pikepdf.Array):
        return [str(name) for name in filters]
    return [str(filters)]
