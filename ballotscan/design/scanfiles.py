"""Scan files as office scanners write them: JPEG, PNG, TIFF, PDF; the same pages, the same bytes."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
import pikepdf
from PIL import Image

from ballotscan.design.paper import Sheet
from ballotscan.design.pens import COLOUR_AXES
from ballotscan.design.scanner import Scan

_POINTS_PER_INCH = 72


def encode_jpeg(scan: Scan | Sheet, *, quality: int = 80) -> bytes:
    """One page as JPEG, with its resolution."""
    buffer = io.BytesIO()
    _picture(scan).save(
        buffer, format="JPEG", quality=quality, optimize=True, dpi=(scan.dpi, scan.dpi)
    )
    return buffer.getvalue()


def encode_png(scan: Scan) -> bytes:
    """One page as PNG, with its resolution."""
    buffer = io.BytesIO()
    _picture(scan).save(buffer, format="PNG", dpi=(scan.dpi, scan.dpi))
    return buffer.getvalue()


def encode_tiff(scans: Sequence[Scan]) -> bytes:
    """Pages as one TIFF: 1-bit pages packed as faxes are (group 4), others as Deflate."""
    pictures = [_picture(scan) for scan in scans]
    buffer = io.BytesIO()
    first, *others = pictures
    first.save(
        buffer,
        format="TIFF",
        save_all=True,
        append_images=others,
        compression="group4" if first.mode == "1" else "tiff_adobe_deflate",
        dpi=(scans[0].dpi, scans[0].dpi),
    )
    return buffer.getvalue()


def encode_pdf(scans: Sequence[Scan | Sheet], *, quality: int = 80) -> bytes:
    """Pages as one PDF, each a JPEG that fills its page."""
    with pikepdf.new() as pdf:
        for scan in scans:
            rows, columns = scan.pixels.shape[:2]
            width, height = (side * _POINTS_PER_INCH / scan.dpi for side in (columns, rows))
            is_colour = scan.pixels.ndim == COLOUR_AXES
            picture = pdf.make_stream(
                encode_jpeg(scan, quality=quality),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=columns,
                Height=rows,
                ColorSpace=pikepdf.Name.DeviceRGB if is_colour else pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page = pdf.add_blank_page(page_size=(width, height))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=picture))
            page.Contents = pdf.make_stream(
                f"{width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do".encode()
            )
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _picture(scan: Scan | Sheet) -> Image.Image:
    """The scan as Pillow has it; a scan of black and white alone becomes a 1-bit picture."""
    if scan.pixels.ndim == COLOUR_AXES:
        return Image.fromarray(cv2.cvtColor(scan.pixels, cv2.COLOR_BGR2RGB))
    if np.isin(scan.pixels, (0, 255)).all():
        return Image.fromarray(scan.pixels).convert("1", dither=Image.Dither.NONE)
    return Image.fromarray(scan.pixels)
