"""What happens to pages of struck names: folds, seals, a back that shines through, dirt on the glass."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from decks.reading import Pixels
from decks.struck_designs import PrintedName

from ballotscan.design.hands import random_hand
from ballotscan.design.name_strokes import StrikeKind, strike_strokes
from ballotscan.design.paper import Fold, Paper, Seal, Sheet
from ballotscan.design.pens import PENS, draw_strokes
from ballotscan.design.scanner import Scanner, Streak
from ballotscan.election.template import Rect

NOTHING, FOLD, STREAK, SPECKS, BACK, SEAL, AUGRAPHY = "nothing", "fold", "streak", "specks", "show-through", "seal", "Augraphy"  # fmt: skip
EVENTS = {NOTHING: 0.58, FOLD: 0.09, STREAK: 0.07, SPECKS: 0.06, BACK: 0.06, SEAL: 0.06, AUGRAPHY: 0.08}  # fmt: skip
_NEAR_MM = 1.5  # a fold, streak or seal so near to a name may be taken for ink on it


def befall(
    event: str, sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, Pixels | None, list[str]]:
    """What happens to the paper: how, what is on its back, and which names it hurts."""
    paper = Paper(crumple=float(rng.uniform(0, 0.3)))
    if event == FOLD:
        return _fold(paper, sheet, names, rng)
    if event == SEAL:
        return _seal(paper, names, rng)
    if event == BACK:
        back = _mark_back(sheet, names, rng)
        paper = dataclasses.replace(paper, show_through=float(rng.uniform(0.05, 0.2)))
        return paper, back, [BACK] * len(names)
    if rng.random() < 0.2:  # noqa: PLR2004 - some paper lets the print of its back shine through
        paper = dataclasses.replace(paper, show_through=0.08)
    return paper, None, [NOTHING] * len(names)


def _fold(
    paper: Paper, sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, None, list[str]]:
    """A fold along a name, and as often another one down the middle."""
    width, height = sheet.size_mm
    line = names[int(rng.integers(len(names)))].lines[0]
    y = line.top_mm + rng.uniform(-0.3, 1.3) * line.height_mm
    tilt = float(rng.normal(0, 0.3))
    folds = [Fold(y / height, tilt_deg=tilt, depth=float(rng.uniform(0.15, 0.4)))]
    if rng.random() < 0.5:  # noqa: PLR2004
        folds.append(Fold(0.5, is_upright=True))
    slope = np.tan(np.radians(tilt))

    def is_near(row: Rect) -> bool:
        at = y + slope * (row.left_mm + row.width_mm / 2 - width / 2)
        along = row.top_mm - _NEAR_MM <= at <= row.top_mm + row.height_mm + _NEAR_MM
        left, right = row.left_mm - _NEAR_MM, row.left_mm + row.width_mm + _NEAR_MM
        return along or (len(folds) > 1 and left <= width / 2 <= right)

    hurt = [FOLD if any(map(is_near, name.lines)) else NOTHING for name in names]
    return dataclasses.replace(paper, folds=tuple(folds)), None, hurt


def _seal(
    paper: Paper, names: Sequence[PrintedName], rng: np.random.Generator
) -> tuple[Paper, None, list[str]]:
    """A red seal over some names."""
    line = names[int(rng.integers(len(names)))].lines[0]
    x = float(line.left_mm + rng.uniform(0, line.width_mm))
    y = float(line.top_mm + rng.uniform(-8, 8))
    turn, strength = float(rng.normal(0, 20)), float(rng.uniform(0.4, 0.9))
    seal = Seal("ĐẢNG BỘ HUYỆN THỬ", "BAN CHẤP HÀNH", x, y, turn_deg=turn, strength=strength)

    def is_near(row: Rect) -> bool:
        across = np.clip(x, row.left_mm, row.left_mm + row.width_mm) - x
        down = np.clip(y, row.top_mm, row.top_mm + row.height_mm) - y
        return bool(np.hypot(across, down) <= seal.diameter_mm / 2 + _NEAR_MM)

    hurt = [SEAL if any(map(is_near, name.lines)) else NOTHING for name in names]
    return dataclasses.replace(paper, seal=seal), None, hurt


def _mark_back(sheet: Sheet, names: Sequence[PrintedName], rng: np.random.Generator) -> Pixels:
    """A back on which names are struck out just behind the names of the front."""
    width, _ = sheet.size_mm
    hand = random_hand(rng, PENS[str(rng.choice(["gel-black", "felt-black"]))])
    mirrored = [
        Rect(width - row.left_mm - row.width_mm, row.top_mm, row.width_mm, row.height_mm)
        for name in names
        for row in name.lines
    ]
    strokes = [
        stroke
        for rect in mirrored
        if rng.random() < 0.6  # noqa: PLR2004
        for stroke in strike_strokes([rect], StrikeKind.MIDDLE, hand, rng)
    ]
    return draw_strokes(sheet.pixels, sheet.dpi, strokes, hand.pen, rng)


def dirty(
    event: str,
    scanner: Scanner,
    names: Sequence[PrintedName],
    hurt: list[str],
    rng: np.random.Generator,
) -> tuple[Scanner, list[str]]:
    """Dirt on the glass, and which names it hurts."""
    if event == SPECKS:
        dust = int(rng.integers(150, 500))
        return dataclasses.replace(scanner, dust=dust), [SPECKS] * len(names)
    if event != STREAK:
        return scanner, hurt
    lines = [line for name in names for line in name.lines]
    line = lines[int(rng.integers(len(lines)))]
    x = float(line.left_mm + rng.uniform(0, line.width_mm))
    streak = Streak(x, width_mm=float(rng.uniform(0.1, 0.3)), shade=float(rng.uniform(0.3, 0.8)))
    # The paper lies a little crooked and aside on the glass.
    slack = 3.0 + abs(np.tan(np.radians(scanner.skew_deg))) * 150
    hurt = [
        STREAK
        if any(r.left_mm - slack <= x <= r.left_mm + r.width_mm + slack for r in name.lines)
        else damage
        for name, damage in zip(names, hurt, strict=True)
    ]
    return dataclasses.replace(scanner, streaks=(streak,)), hurt
