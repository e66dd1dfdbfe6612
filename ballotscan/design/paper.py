"""Paper: what happens to a ballot between the press and the scanner.

It is printed on paper of some tone, sealed, folded, punched, stapled, torn, and the back shines
through. All of it lies on the sheet itself; the scanner comes later.
"""

import functools
from dataclasses import dataclass

import cv2
import numpy as np
import typst
from numpy.typing import NDArray

from ballotscan.design.pens import COLOUR_AXES, GREY_WEIGHTS, MM_PER_INCH, Pixels

Field = NDArray[np.float32]

_SEAL_PPI = 300
_SEAL_COLOUR = (0.28, 0.22, 0.86)  # red stamp ink: what is left of blue, green, red light
_CREASE_MM = 0.22  # half the width of the broken surface along a fold
_FIBRE_MM = 0.8  # width of the white edge where paper tears


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet of paper seen from above.

    Attributes:
        pixels: (rows, columns) grey or (rows, columns, 3) blue, green, red.
        dpi: Resolution; the top left corner of the paper is the origin.
        gone: (rows, columns) True where the paper is torn off or punched out; None where nowhere.
    """

    pixels: Pixels
    dpi: float
    gone: NDArray[np.bool_] | None = None

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the paper."""
        rows, columns = self.pixels.shape[:2]
        return columns * MM_PER_INCH / self.dpi, rows * MM_PER_INCH / self.dpi


@dataclass(frozen=True, slots=True)
class Seal:
    """A round red seal.

    Attributes:
        ring: The words along the rim.
        middle: The words across the middle, below the star.
        x_mm: Centre.
        y_mm: Centre.
        diameter_mm: Outer diameter of the rim.
        turn_deg: How crooked it was pressed.
        strength: How well the stamp was inked, 0..1.
    """

    ring: str
    middle: str
    x_mm: float
    y_mm: float
    diameter_mm: float = 30.0
    turn_deg: float = 0.0
    strength: float = 0.85


@dataclass(frozen=True, slots=True)
class Fold:
    """A fold, as a straight line across the sheet.

    Attributes:
        at: Where it crosses the middle of the sheet, as a share of its height (of its width for
            an upright fold).
        is_upright: Whether it runs from top to bottom.
        tilt_deg: How crooked it is.
        depth: How dark the crease is, 0..1.
    """

    at: float
    is_upright: bool = False
    tilt_deg: float = 0.0
    depth: float = 0.25


@dataclass(frozen=True, slots=True)
class Tear:
    """A part torn off: all that lies beyond a rough line.

    Attributes:
        x_mm: A point of the line.
        y_mm: Likewise.
        normal_deg: Direction from the line to the lost part; 0 is right, 90 is down.
    """

    x_mm: float
    y_mm: float
    normal_deg: float


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sheet went through.

    Attributes:
        tone: Colour of the paper, (blue, green, red), each 0..1.
        holes_mm: Centres (x, y) of punched holes of 6 mm.
        staples_mm: Middles (x, y) of staples.
        show_through: How strongly the back shines through, 0..1.
        crumple: How uneven the sheet lies, 0..1.
    """

    tone: tuple[float, float, float] = (0.97, 0.98, 0.98)
    seal: Seal | None = None
    folds: tuple[Fold, ...] = ()
    tears: tuple[Tear, ...] = ()
    holes_mm: tuple[tuple[float, float], ...] = ()
    staples_mm: tuple[tuple[float, float], ...] = ()
    show_through: float = 0.0
    crumple: float = 0.0


def wear(
    sheet: Sheet, paper: Paper, rng: np.random.Generator, *, back: Pixels | None = None
) -> Sheet:
    """Let a printed and marked sheet go through the election.

    Args:
        sheet: The sheet; white where nothing is printed.
        paper: What happens to it.
        rng: Where the chance comes from.
        back: The other side, as large as the sheet, for show-through; None for another ballot like
            this one, printed on the back.

    Returns:
        A new sheet; in colour, unless it came grey and nothing red was pressed on it.
    """
    is_colour = sheet.pixels.ndim == COLOUR_AXES or paper.seal is not None
    light = (to_colour(sheet.pixels) if is_colour else sheet.pixels).astype(np.float32)
    px_per_mm = sheet.dpi / MM_PER_INCH
    if paper.seal is not None:
        _press(light, px_per_mm, paper.seal, rng)
    shade = np.ones(light.shape[:2], dtype=np.float32)
    if paper.show_through:
        shade *= _shine_through(sheet.pixels if back is None else back, px_per_mm, paper)
    for fold in paper.folds:
        shade *= _crease(light.shape[:2], px_per_mm, fold, rng)
    if paper.crumple:
        shade *= 1 - 0.12 * paper.crumple * _clouds(light.shape[:2], 25 * px_per_mm, rng)
    tone = np.array(paper.tone, dtype=np.float32)
    light *= (
        shade[:, :, None] * tone
        if is_colour
        else shade * tone.dot(np.array(GREY_WEIGHTS, np.float32))
    )
    for x_mm, y_mm in paper.staples_mm:
        _staple(light, px_per_mm, (x_mm, y_mm), rng)
    gone = np.zeros(light.shape[:2], dtype=np.uint8)
    for tear in paper.tears:
        gone |= _torn(light, px_per_mm, tear, rng)
    for x_mm, y_mm in paper.holes_mm:
        centre = (round(x_mm * px_per_mm), round(y_mm * px_per_mm))
        cv2.circle(gone, centre, round(3 * px_per_mm), 1, cv2.FILLED)
    return Sheet(np.clip(np.rint(light), 0, 255).astype(np.uint8), sheet.dpi, gone.astype(bool))


@functools.cache
def _seal_print(ring: str, middle: str, diameter_mm: float) -> NDArray[np.uint8]:
    """The inked part of a seal, (rows, columns) 0..255, set by Typst."""
    source = """
#let ring = sys.inputs.ring.clusters()
#set page(width: 1mm * float(sys.inputs.size), height: 1mm * float(sys.inputs.size), margin: 0pt)
#set text(font: "Libertinus Serif", weight: "bold", size: 1mm * float(sys.inputs.size) * 0.09)
#let radius = 1mm * float(sys.inputs.size) / 2
#place(center + horizon, circle(radius: radius - 0.5mm, stroke: 0.8mm))
#place(center + horizon, circle(radius: radius * 0.64, stroke: 0.3mm))
#place(center + horizon, dy: -radius * 0.2, text(size: radius * 0.6, "★"))
#place(center + horizon, dy: radius * 0.28, block(width: radius * 1.15, align(center, par(
  leading: 0.3em, text(size: radius * 0.16, sys.inputs.middle)))))
#let step = calc.min(15deg, 300deg / calc.max(1, ring.len() - 1))
#for (number, letter) in ring.enumerate() {
  let angle = step * (number - (ring.len() - 1) / 2)
  place(center + horizon, rotate(angle, block(height: radius * 2, width: radius,
    inset: (top: radius * 0.12), align(center + top, letter))))
}
"""
    png = typst.compile(
        source.encode(),
        format="png",
        ppi=_SEAL_PPI,
        sys_inputs={"ring": ring, "middle": middle, "size": f"{diameter_mm}"},
    )
    grey = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    return 255 - np.asarray(grey, dtype=np.uint8)


def _press(light: Field, px_per_mm: float, seal: Seal, rng: np.random.Generator) -> None:
    """Press a seal on the sheet, unevenly inked and a little smeared."""
    ink = _seal_print(seal.ring, seal.middle, seal.diameter_mm)
    scale = px_per_mm * MM_PER_INCH / _SEAL_PPI
    matrix = cv2.getRotationMatrix2D(
        ((ink.shape[1] - 1) / 2, (ink.shape[0] - 1) / 2), seal.turn_deg, scale
    )
    left = round((seal.x_mm - seal.diameter_mm / 2 - 1) * px_per_mm)
    top = round((seal.y_mm - seal.diameter_mm / 2 - 1) * px_per_mm)
    size = round((seal.diameter_mm + 2) * px_per_mm)
    matrix[0, 2] += seal.x_mm * px_per_mm - 0.5 - left - (ink.shape[1] - 1) / 2
    matrix[1, 2] += seal.y_mm * px_per_mm - 0.5 - top - (ink.shape[0] - 1) / 2
    soft = cv2.GaussianBlur(ink, (0, 0), 0.1 * _SEAL_PPI / MM_PER_INCH)
    cover = (
        cv2.warpAffine(soft, matrix, (size, size), flags=cv2.INTER_AREA).astype(np.float32) / 255
    )
    uneven = 0.55 + 0.45 * _clouds((size, size), 9 * px_per_mm, rng)
    grain = 0.8 + 0.2 * _clouds((size, size), 0.25 * px_per_mm, rng)
    cover *= seal.strength * uneven * grain
    rows = slice(max(0, top), max(0, min(light.shape[0], top + size)))
    columns = slice(max(0, left), max(0, min(light.shape[1], left + size)))
    part = cover[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    light[rows, columns] *= 1 - part[:, :, None] * (1 - np.array(_SEAL_COLOUR, dtype=np.float32))


def _shine_through(back: Pixels, px_per_mm: float, paper: Paper) -> Field:
    """What is left of the light where the back is dark; the back is seen mirrored and soft."""
    grey = cv2.cvtColor(to_colour(back), cv2.COLOR_BGR2GRAY)
    soft = cv2.GaussianBlur(cv2.flip(grey, 1), (0, 0), 0.25 * px_per_mm).astype(np.float32)
    light = 1 - paper.show_through * (1 - soft / 255)
    return np.asarray(light, dtype=np.float32)


def _crease(
    shape: tuple[int, ...], px_per_mm: float, fold: Fold, rng: np.random.Generator
) -> Field:
    """Share of light left around a fold: a broken line, and two planes that lean."""
    rows, columns = shape[:2]
    lean = np.float32(np.tan(np.radians(fold.tilt_deg)))
    x = np.arange(columns, dtype=np.float32) / np.float32(px_per_mm)
    y = (np.arange(rows, dtype=np.float32) / np.float32(px_per_mm))[:, None]
    width, height = columns / px_per_mm, rows / px_per_mm
    if fold.is_upright:
        distance = x - np.float32(fold.at * width) - lean * (y - np.float32(height / 2))
    else:
        distance = y - np.float32(fold.at * height) - lean * (x - np.float32(width / 2))
    broken = 0.35 + 0.65 * _clouds(shape, 1.5 * px_per_mm, rng)
    crease = fold.depth * broken * np.exp(-((distance / _CREASE_MM) ** 2))
    planes = 0.12 * fold.depth * np.sign(distance) * np.exp(-np.abs(distance) / 6)
    return np.asarray(1 - crease - planes, dtype=np.float32)


def _staple(
    light: Field, px_per_mm: float, centre_mm: tuple[float, float], rng: np.random.Generator
) -> None:
    """A staple of 11 mm with a bright edge and a shadow."""
    angle = rng.uniform(-0.3, 0.3)
    half = 5.5 * np.array([np.cos(angle), np.sin(angle)])
    for shift, shade in ((0.5, 150), (0.0, 70), (-0.15, 205)):
        ends = [
            tuple(np.rint((np.array(centre_mm) + sign * half + (0, shift)) * px_per_mm).astype(int))
            for sign in (-1, 1)
        ]
        width = max(1, round((0.5 if shift >= 0 else 0.2) * px_per_mm))
        cv2.line(light, ends[0], ends[1], (shade, shade, shade), width, cv2.LINE_AA)


def _torn(
    light: Field, px_per_mm: float, tear: Tear, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Mark what a tear takes away; the fibres at the edge turn white."""
    rows, columns = light.shape[:2]
    across = np.array([np.cos(np.radians(tear.normal_deg)), np.sin(np.radians(tear.normal_deg))])
    x = np.arange(columns, dtype=np.float32) / px_per_mm - tear.x_mm
    y = (np.arange(rows, dtype=np.float32) / px_per_mm - tear.y_mm)[:, None]
    distance = x * across[0] + y * across[1]
    distance = distance + 6 * (_clouds((rows, columns), 14 * px_per_mm, rng) - 0.5)
    distance += 1.2 * (_clouds((rows, columns), 1.5 * px_per_mm, rng) - 0.5)
    light[(distance > -_FIBRE_MM) & (distance <= 0)] = 250
    lost: NDArray[np.bool_] = distance > 0
    return lost.astype(np.uint8)


def to_colour(pixels: Pixels) -> Pixels:
    """The page as blue, green, red."""
    if pixels.ndim == COLOUR_AXES:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _clouds(shape: tuple[int, ...], pitch_px: float, rng: np.random.Generator) -> Field:
    """Smooth noise 0..1 whose clouds are about `pitch_px` apart."""
    rows, columns = shape[:2]
    pitch_px = max(1.0, pitch_px)
    nodes = rng.random((int(rows / pitch_px) + 3, int(columns / pitch_px) + 3), dtype=np.float32)
    clouds = cv2.resize(nodes, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(clouds, dtype=np.float32)
