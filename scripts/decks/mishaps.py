"""What befalls a whole page: folds, streaks, seals, bad print, and marks on its back."""

import dataclasses
from enum import StrEnum

import numpy as np
from decks.kinds import EMPTY, FLAWED, MM_PER_INCH, middle_of
from decks.penwork import Pixels, cut_window
from numpy.typing import NDArray

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Hand
from ballotscan.design.paper import Fold, Paper, Seal, Sheet
from ballotscan.design.pens import PENS, Stroke, draw_strokes
from ballotscan.design.scanner import Scan, Scanner, Streak
from ballotscan.election.template import TemplatePage


class Event(StrEnum):
    """What befalls a whole page."""

    NOTHING = "nothing"
    FOLD = "fold"
    STREAK = "streak"
    SEAL = "seal"
    FLAWS = "flaws in print"
    BACK = "marks on the back"
    PAPER = "coloured, punched, stapled paper on a dark bed"
    GLARE = "light from outside"
    AUGRAPHY = "Augraphy"


EVENTS = {
    Event.NOTHING: 0.33,
    Event.FOLD: 0.12,
    Event.STREAK: 0.12,
    Event.SEAL: 0.10,
    Event.FLAWS: 0.07,
    Event.BACK: 0.07,
    Event.PAPER: 0.06,
    Event.GLARE: 0.05,
    Event.AUGRAPHY: 0.08,
}
# What is left of blue, green and red light: pink, yellow, blue, green, grey recycled paper.
_TONES = ((0.84, 0.80, 0.97), (0.62, 0.92, 0.96), (0.95, 0.88, 0.76), (0.80, 0.93, 0.82), (0.82, 0.85, 0.87))  # fmt: skip


def flaw_print(
    page_pixels: Pixels,
    dpi: float,
    page: TemplatePage,
    kinds: list[str],
    rng: np.random.Generator,
) -> None:
    """Print that is not as it should be, at every second empty box: ghosts, gaps, scratches."""
    k = dpi / MM_PER_INCH
    for at, box in enumerate(page.boxes):
        if kinds[at] != EMPTY or rng.random() < 0.5:  # noqa: PLR2004
            continue
        kinds[at] = FLAWED
        rows, columns = cut_window(page_pixels, dpi, box, 1.5)
        part = page_pixels[rows, columns].copy()
        match int(rng.integers(3)):
            case 0:  # the drum prints it again, paler and beside
                shift = np.rint(rng.uniform(-0.8, 0.8, 2) * k).astype(int)
                moved = np.roll(part, tuple(shift.tolist()), axis=(0, 1)).astype(np.float32)
                light = 1 - rng.uniform(0.1, 0.45) * (1 - moved / 255)
                page_pixels[rows, columns] = np.rint(part * light).astype(np.uint8)
            case 1:  # toner is missing
                row = int(rng.integers(part.shape[0]))
                page_pixels[rows, columns][row : row + max(1, round(0.4 * k))] = 255
            case _:  # a scratch of the drum, all along the page
                x = round((box.rect.left_mm + rng.uniform(0.2, 0.8) * box.rect.width_mm) * k)
                line = page_pixels[:, x : x + max(1, round(rng.uniform(0.08, 0.2) * k))]
                shade = rng.uniform(0.2, 0.8)
                line[:] = np.rint(line * shade).astype(np.uint8)
                _touch_column(page, kinds, x / k)


def _touch_column(page: TemplatePage, kinds: list[str], x_mm: float) -> None:
    """Every empty box that a line along the page runs through is flawed."""
    for at, box in enumerate(page.boxes):
        left, right = box.rect.left_mm - 0.5, box.rect.left_mm + box.rect.width_mm + 0.5
        if kinds[at] == EMPTY and left < x_mm < right:
            kinds[at] = FLAWED


def befall(
    event: Event, page: TemplatePage, sheet: Sheet, hand: Hand, rng: np.random.Generator
) -> tuple[Paper, Pixels | None, set[int]]:
    """What the sheet goes through, what is on its back, and the boxes that are touched by it."""
    box = page.boxes[int(rng.integers(len(page.boxes)))]
    near = middle_of(box) + rng.uniform(-2.5, 2.5, 2)
    match event:
        case Event.FOLD:
            upright = bool(rng.random() < 0.5)  # noqa: PLR2004
            share = near[0] / page.width_mm if upright else near[1] / page.height_mm
            fold = Fold(
                float(share),
                is_upright=upright,
                tilt_deg=float(rng.normal(0, 0.3)),
                depth=float(rng.uniform(0.15, 0.8)),
            )
            return Paper(folds=(fold,)), None, _on_fold(page, fold)
        case Event.SEAL:
            turn = rng.uniform(0, 2 * np.pi)
            centre = near + rng.uniform(0, 15) * np.array([np.cos(turn), np.sin(turn)])
            seal = Seal(
                "ĐẢNG BỘ HUYỆN THỬ",
                "BAN CHẤP HÀNH",
                float(centre[0]),
                float(centre[1]),
                diameter_mm=34.0,
                turn_deg=float(rng.uniform(-40, 40)),
                strength=float(rng.uniform(0.4, 1.0)),
            )
            under = {
                at
                for at, each in enumerate(page.boxes)
                if np.hypot(*(middle_of(each) - centre)) < 34.0 / 2 + 3
            }
            return Paper(seal=seal), None, under
        case Event.BACK:
            back = np.full(sheet.pixels.shape[:2], 255, dtype=np.uint8)
            strokes, behind = _cross_back(page, hand, rng)
            pen = PENS["felt-black"] if rng.random() < 0.5 else hand.pen  # noqa: PLR2004
            back = draw_strokes(back, sheet.dpi, strokes, pen, rng)
            return Paper(show_through=float(rng.uniform(0.08, 0.30))), back, behind
        case Event.PAPER:
            tone = _TONES[int(rng.integers(len(_TONES)))]
            side = page.height_mm / 2
            return (
                Paper(
                    tone=tone,
                    holes_mm=((11.0, side - 40), (11.0, side + 40)),
                    staples_mm=((float(rng.uniform(8, 20)), float(rng.uniform(5, 12))),),
                ),
                None,
                set(),
            )
        case Event.NOTHING if rng.random() < 0.3:  # noqa: PLR2004
            return Paper(crumple=float(rng.uniform(0, 0.5)), show_through=0.06), None, set()
        case _:
            return Paper(), None, set()


def _on_fold(page: TemplatePage, fold: Fold) -> set[int]:
    """The boxes that a fold runs through."""
    lean = np.tan(np.radians(fold.tilt_deg))
    touched = set()
    for at, box in enumerate(page.boxes):
        x, y = middle_of(box)
        if fold.is_upright:
            away = x - fold.at * page.width_mm - lean * (y - page.height_mm / 2)
        else:
            away = y - fold.at * page.height_mm - lean * (x - page.width_mm / 2)
        if abs(away) < min(box.rect.width_mm, box.rect.height_mm) / 2 + 0.5:
            touched.add(at)
    return touched


def _cross_back(
    page: TemplatePage, hand: Hand, rng: np.random.Generator
) -> tuple[list[Stroke], set[int]]:
    """Crosses on the other side of every third box."""
    strokes: list[Stroke] = []
    behind = set()
    for at, box in enumerate(page.boxes):
        if rng.random() < 0.35:  # noqa: PLR2004
            rect = box.rect
            left = page.width_mm - rect.left_mm - rect.width_mm
            mirrored = dataclasses.replace(rect, left_mm=left)
            strokes += mark_strokes(mirrored, MarkKind.CROSS, hand, rng)
            behind.add(at)
    return strokes, behind


def streak_through(page: TemplatePage, rng: np.random.Generator) -> Streak:
    """Dust on the glass that lies where some box passes."""
    box = page.boxes[int(rng.integers(len(page.boxes)))]
    x_mm = middle_of(box)[0] + rng.uniform(-3.0, 3.0)
    width = rng.uniform(0.1, 0.5) if rng.random() < 0.8 else rng.uniform(0.5, 2.0)  # noqa: PLR2004
    return Streak(float(x_mm), float(width), float(rng.uniform(0.1, 0.75)))


def shine(page: TemplatePage, scan: Scan, rng: np.random.Generator) -> tuple[Scan, set[int]]:
    """Light that falls on the sheet beside that of the scanner, brightest near some box.

    Returns:
        The scan, and the boxes on which a tenth of white, or more, was added.
    """
    k = scan.dpi / MM_PER_INCH
    middles = scan.truth.locate(np.array([middle_of(box) for box in page.boxes]))
    centre = middles[int(rng.integers(len(middles)))] + rng.uniform(-15, 15, 2) * k
    reach = rng.uniform(8, 45, 2) * k
    brightest, soft = rng.uniform(40, 230), rng.uniform(1, 4)

    def light(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.floating]:
        away = ((x - centre[0]) / reach[0]) ** 2 + ((y - centre[1]) / reach[1]) ** 2
        return np.asarray(brightest * np.exp(-(away**soft)))

    rows, columns = scan.pixels.shape[:2]
    added = light(np.arange(columns)[None].astype(float), np.arange(rows)[:, None].astype(float))
    added = added if scan.pixels.ndim == added.ndim else added[:, :, None]
    pixels = np.minimum(scan.pixels + added, 255).astype(np.uint8)
    at_boxes = light(middles[:, 0], middles[:, 1])
    touched = set(np.flatnonzero(at_boxes >= 25.5).tolist())  # noqa: PLR2004
    return dataclasses.replace(scan, pixels=pixels), touched


def under_streak(page: TemplatePage, scan: Scan, scanner: Scanner) -> set[int]:
    """The boxes that the streak runs through, by the truth of the scan."""
    (streak,) = scanner.streaks
    k = scan.dpi / MM_PER_INCH
    x_mm = (scan.truth.locate(np.array([middle_of(box) for box in page.boxes]))[:, 0] + 0.5) / k
    reach = streak.width_mm / 2 + 0.3
    return {
        at
        for at, (box, x) in enumerate(zip(page.boxes, x_mm.tolist(), strict=True))
        if abs(x - streak.x_mm) < box.rect.width_mm / 2 + reach
    }
