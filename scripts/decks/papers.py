"""Sheets for the registration decks: printed, marked, worn, and kept at the resolutions of scanners."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from decks.designs import Design
from decks.poses import MM_PER_INCH, Pixels, Points

from ballotscan.design.hands import random_hand
from ballotscan.design.paper import Fold, Paper, Seal
from ballotscan.design.pens import PENS
from ballotscan.design.scanner import Scanner
from ballotscan.design.testdeck import make_page, plan_ballot
from ballotscan.election.template import BallotTemplate, Rect, TemplatePage

LEVELS_DPI = (150, 200, 300)
# What the sheet is seen with before it is bent: as it is.
_CAMERA = Scanner(dpi=LEVELS_DPI[-1], blur_mm=0.02, black=0.0, noise=0.0, light_fall=0.0, dust=6)
_PENS = ("ball-blue", "ball-black", "gel-blue", "gel-black", "pencil", "felt-black")


@dataclass(frozen=True, eq=False)
class MarkedPaper:
    """One printed, marked and worn page.

    Attributes:
        stranger: Why it must not be accepted; empty where it is one of ours.
        levels: (rows, columns) grey by dpi.
        centres_mm: (N, 2) middles of its boxes, else of its names.
        corners_mm: (M, 2) corners of all of them: what must be on a scan.
    """

    template: BallotTemplate
    page: TemplatePage
    name: str
    stranger: str
    levels: dict[int, Pixels]
    centres_mm: Points
    corners_mm: Points

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return self.page.width_mm, self.page.height_mm


def mark_papers(
    designs: list[Design], *, variants: int, seed: int, are_strangers: bool = False
) -> Iterator[MarkedPaper]:
    """Mark and wear each page of each design in a few ways."""
    for number, design in enumerate(designs):
        for place, page in enumerate(design.template.pages):
            for variant in range(variants):
                rng = np.random.default_rng([seed, number, place, variant, int(are_strangers)])
                pixels = _mark(design, page, variant, rng)
                yield make_paper(
                    design, page, pixels, stranger=design.name if are_strangers else ""
                )


def _mark(design: Design, page: TemplatePage, variant: int, rng: np.random.Generator) -> Pixels:
    seal = None
    if page.seal is not None and variant % 2:
        x_mm, y_mm = page.seal.left_mm + 20, page.seal.top_mm + 20
        seal = Seal("ĐẢNG BỘ HUYỆN THỬ", "BAN CHẤP HÀNH", x_mm, y_mm, strength=0.8)
    folds = ((), (Fold(0.5),), (Fold(0.5), Fold(0.5, is_upright=True)), (Fold(0.33), Fold(0.67)))
    paper = Paper(
        seal=seal,
        folds=folds[variant % 4],
        crumple=0.1 * variant,
        show_through=0.05 * (variant % 3),
    )
    planned = dataclasses.replace(
        plan_ballot(design.template, rng),
        hand=random_hand(rng, PENS[str(rng.choice(_PENS))]),
        paper=paper,
        scanner=_CAMERA,
    )
    return make_page(design.sheets[page.number - 1], page, planned, rng).pixels


def make_paper(
    design: Design,
    page: TemplatePage,
    pixels: Pixels,
    *,
    stranger: str = "",
    rects: list[Rect] | None = None,
) -> MarkedPaper:
    """A page at the resolutions of scanners.

    Args:
        design: What it is.
        page: Likewise.
        pixels: The page at the finest of the resolutions.
        stranger: Why it must not be accepted.
        rects: Where its boxes are on the paper, if the template does not say so exactly.
    """
    if rects is None:
        rects = [box.rect for box in page.boxes] or [
            line for name in page.names for line in name.lines
        ]
    edges = np.array([(r.left_mm, r.top_mm, r.width_mm, r.height_mm) for r in rects])
    corners = [edges[:, :2] + edges[:, 2:] * (right, down) for right in (0, 1) for down in (0, 1)]
    width, height = page.width_mm / MM_PER_INCH, page.height_mm / MM_PER_INCH
    return MarkedPaper(
        template=design.template,
        page=page,
        name=design.name,
        stranger=stranger,
        levels={
            dpi: pixels
            if dpi == LEVELS_DPI[-1]
            else np.asarray(
                cv2.resize(
                    pixels, (round(width * dpi), round(height * dpi)), interpolation=cv2.INTER_AREA
                ),
                dtype=np.uint8,
            )
            for dpi in LEVELS_DPI
        },
        centres_mm=edges[:, :2] + edges[:, 2:] / 2,
        corners_mm=np.vstack(corners),
    )
