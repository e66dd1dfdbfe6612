"""Words as pictures, drawn once and pasted many times.

Liberation Sans comes with the program (the ballots are printed in it), so that Vietnamese letters
look the same on every computer. Text is composed to whole letters (NFC) first: the plain layout
engine, the one that is there on every computer, sets no marks above letters.
"""

import unicodedata
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ballotscan.audit.canvas import WHITE, AuditImage, Colour, Plane, blank_image

REGULAR = "LiberationSans-Regular.ttf"
BOLD = "LiberationSans-Bold.ttf"
ELLIPSIS = "…"
_MISSING = "\N{WHITE SQUARE}"


@lru_cache
def load_font(file: str, size_px: int) -> ImageFont.FreeTypeFont:
    """One of the fonts that come with the program, at a size."""
    with as_file(files("ballotscan.design").joinpath("fonts", file)) as path:
        return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)


def printable(text: str) -> str:
    """The text as one line of whole letters; what cannot be printed becomes a small square."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if letter.isprintable() else _MISSING for letter in composed)


def shorten(text: str, width_px: float, file: str, size_px: int) -> str:
    """Cut a line at the end, with an ellipsis, so that it is no wider than `width_px`."""
    font = load_font(file, size_px)
    if font.getlength(text) <= width_px:
        return text
    while text and font.getlength(text + ELLIPSIS) > width_px:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrap(text: str, width_px: float, file: str, size_px: int) -> list[str]:
    """Break a text into lines no wider than `width_px`; a word that is wider is cut."""
    font = load_font(file, size_px)
    lines: list[str] = []
    for word in printable(text).split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width_px:
            lines[-1] += f" {word}"
        else:
            lines.append(shorten(word, width_px, file, size_px))
    return lines


def coverage(
    text: str, height_px: int, width_px: int, left_px: float, font: tuple[str, int]
) -> Plane:
    """How much ink each pixel of one line of text has.

    Args:
        text: One line; letters stand in the middle of the height.
        height_px: Rows of the result.
        width_px: Columns of the result.
        left_px: Where the text begins.
        font: File and size in pixels.

    Returns:
        (rows, columns), 0 without ink, 255 where ink covers the pixel.
    """
    face = load_font(*font)
    picture = Image.new("L", (width_px, height_px))
    # Capital letters, not the whole line with its accents, are put in the middle.
    _, top, _, bottom = face.getbbox("H")
    at = (left_px, (height_px - (bottom - top)) / 2 - top)
    ImageDraw.Draw(picture).text(at, text, font=face, fill=255)
    return np.asarray(picture)


def stain(image: AuditImage, ink: Plane, colour: Colour, top: int = 0, left: int = 0) -> None:
    """Paint where the ink is, in a colour.

    Args:
        image: What is painted on.
        ink: (rows, columns) cover, 0 to 255; even in both directions, wholly within the picture.
        colour: What it is painted with.
        top: First row; even.
        left: First column; even.
    """
    rows, columns = ink.shape
    quarters = ink.reshape(rows // 2, 2, columns // 2, 2).max(axis=(1, 3))
    half = slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2)
    whole = slice(top, top + rows), slice(left, left + columns)
    for plane, cover, place, value in (
        (image.luma, ink, whole, colour.luma),
        (image.blue, quarters, half, colour.blue),
        (image.red, quarters, half, colour.red),
    ):
        below = plane[place].astype(np.int32)
        plane[place] = below + (value - below) * cover.astype(np.int32) // WHITE


def write(
    image: AuditImage, text: str, left_px: float, font: tuple[str, int], colour: Colour
) -> None:
    """Write one line over a picture that is as high as the line; the letters fit on it.

    Args:
        image: What is written on.
        text: One line.
        left_px: Where it begins.
        font: File and size in pixels.
        colour: Of the letters.
    """
    left = max(0, 2 * int(left_px // 2) - 2)
    end = int(left_px + load_font(*font).getlength(text)) + 4
    width_px = min(image.width_px, end + end % 2) - left
    stain(image, coverage(text, image.height_px, width_px, left_px - left, font), colour, left=left)


@lru_cache(maxsize=4096)
def label(text: str, file: str, size_px: int, colour: Colour) -> AuditImage:
    """A few words in a colour on white, just as large as they are."""
    width_px = 2 * ((int(load_font(file, size_px).getlength(text)) + 3) // 2)
    height_px = 2 * (size_px * 3 // 4)
    image = blank_image(height_px, width_px)
    stain(image, coverage(text, height_px, width_px, 1, (file, size_px)), colour)
    return image


@lru_cache(maxsize=4096)
def _letter(letter: str, height_px: int, file: str, size_px: int) -> Plane:
    width_px = max(1, round(load_font(file, size_px).getlength(letter)))
    return WHITE - coverage(letter, height_px, width_px, 0, (file, size_px))


def typeset(text: str, height_px: int, width_px: int, file: str, size_px: int) -> Plane:
    """A line that is different on every ballot, set letter by letter from drawn letters.

    Twenty times as fast as drawing the whole line, because file names repeat letters only.

    Returns:
        (rows, columns) brightness, black on white; cut off at `width_px`.
    """
    letters = [_letter(letter, height_px, file, size_px) for letter in printable(text)]
    if not letters:
        return np.full((height_px, 0), WHITE, np.uint8)
    return np.concatenate(letters, axis=1)[:, :width_px]
