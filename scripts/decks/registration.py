"""Registration: printed and marked ballots, laid on scans in every way, where the truth is known.

Each page is one of a few dozen printed, marked and worn ballots, bent, turned, scaled, pulled, cut,
robbed of marks and spoilt by chance, and given to `register_page`. Right is only what lies within
0.5 mm of the truth at every box (of a list without boxes: at every name) and is the form that it
is. What lies within the specification must not be refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from decks.papers import LEVELS_DPI, MarkedPaper
from decks.poses import MM_PER_INCH, Pixels, Points, Pose, Slip, Wave, lay, photograph
from decks.spoiling import lose_mark, make_grain, spoil

from ballotscan.election.template import Identity, Rect

LEAST_DISCS = 3  # any three that are whole

GENERIC = "turned, scaled, bent"
OTHERS = "other ballots"
MISSING, CUT = "marks missing", "edges cut"
WILD, SLIPS, PARTS = "beyond the specification", "slipping feed", "parts cut off"
BAD, MIRRORED = "badly scanned", "mirrored"
KINDS = {
    GENERIC: 0.50,
    MISSING: 0.12,
    CUT: 0.10,
    BAD: 0.06,
    OTHERS: 0.08,
    SLIPS: 0.04,
    WILD: 0.06,
    PARTS: 0.03,
    MIRRORED: 0.01,
}
IN_SPEC = {GENERIC, MISSING, CUT}  # where all that must be there is there

# The specification: paper that lies as it may.
MAX_SKEW_DEG, SCALES, MAX_STRETCH, MAX_SHEAR_DEG = 10.0, (0.9, 1.1), 1.01, 0.5
MAX_WAVE_MM, LEAST_PERIOD_MM = 0.45, 80.0  # the worst feed known
DPIS = {150: 0.46, 200: 0.40, 300: 0.12, 400: 0.012, 600: 0.008}


@dataclass(frozen=True, eq=False)
class Taken:
    """A scan and its truth."""

    kind: str
    paper: MarkedPaper
    pose: Pose
    pixels: Pixels
    claimed_dpi: float | None
    in_spec: bool
    is_mirrored: bool = False


@dataclass(frozen=True, eq=False)
class Setting:
    """All that the pages of a deck are drawn from.

    Attributes:
        kinds: Share of each kind of page.
    """

    ours: Sequence[MarkedPaper]
    others: Sequence[MarkedPaper]
    seed: int
    kinds: Mapping[str, float]
    grain: Pixels = field(default_factory=lambda: make_grain(0))


def draw_pose(paper: MarkedPaper, kind: str, rng: np.random.Generator) -> Pose:
    """Where the page lies."""
    wild = kind == WILD
    dpi = int(rng.choice(list(DPIS), p=list(DPIS.values())))
    skew = rng.uniform(-10, 10) if rng.random() < 0.5 else rng.normal(0, 1.5)  # noqa: PLR2004
    scale = rng.uniform(*SCALES) if rng.random() < 0.6 else rng.normal(1, 0.004)  # noqa: PLR2004
    stretch, shear = 1 + rng.uniform(-0.01, 0.01), rng.uniform(-0.5, 0.5) * rng.random()
    along, period = rng.uniform(0, MAX_WAVE_MM) * rng.random(), rng.uniform(LEAST_PERIOD_MM, 300)
    if wild:
        skew, scale = rng.uniform(-45, 45), rng.uniform(0.75, 1.3)
        stretch, shear = 1 + rng.uniform(-0.05, 0.05), rng.uniform(-2, 2)
        along, period = rng.uniform(0, 2.0) * rng.random(), rng.uniform(40, 300)
    skew = float(np.clip(skew, -45, 45))
    turn = np.radians(skew + 90 * int(rng.integers(4)))
    k = dpi / MM_PER_INCH
    pull = np.array(
        [[scale * np.sqrt(stretch), np.tan(np.radians(shear))], [0, scale / np.sqrt(stretch)]]
    )
    linear = k * pull @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    # The glass is as large as the paper, or as what the paper takes up on it, or larger.
    sides = np.array(paper.size_mm) / 2 * [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    taken = 2 * np.abs(sides @ linear.T).max(axis=0)
    even = k * np.array(paper.size_mm)[:: 1 if abs(np.cos(turn)) > abs(np.sin(turn)) else -1]
    glass = taken + rng.uniform(-2, 10) * k if rng.random() < 0.6 else even  # noqa: PLR2004
    if kind == CUT:
        glass = glass - rng.uniform(0, 14, 2) * k
    size = np.maximum(np.rint(glass), 320).astype(int)
    offset = rng.uniform(-3, 3, 2) * k
    if kind == PARTS:
        offset += rng.choice([-1, 1], 2) * rng.uniform(0, 60, 2) * k
    slips: tuple[Slip, ...] = ()
    if kind == SLIPS:
        places = rng.uniform(0.1, 0.9, int(rng.integers(1, 3))) * paper.size_mm[1]
        slips = tuple(Slip(float(at), float(rng.uniform(-4, 4))) for at in places)
    matrix = lay(paper.size_mm, (size - 1) / 2 + offset, linear)
    if wild and rng.random() < 0.3:  # noqa: PLR2004 - a photograph
        tilt = np.eye(3)
        tilt[2, :2] = rng.uniform(-0.15, 0.15, 2) / size
        matrix = tilt @ matrix
    wave = Wave(float(along), float(along * rng.uniform(0, 0.5)), float(period), float(rng.uniform(0, 6.28)))  # fmt: skip
    return Pose(
        matrix=matrix,
        size_px=(int(size[0]), int(size[1])),
        dpi=dpi,
        skew_deg=skew,
        scale=float(scale),
        stretch=float(max(stretch, 1 / stretch)),
        shear_deg=float(shear),
        waves=(wave,),
        slips=slips,
    )


def take(setting: Setting, number: int) -> Taken:
    """Draw one page and its truth; it depends on the seed and the number alone."""
    rng = np.random.default_rng([setting.seed, number])
    shares = np.array(list(setting.kinds.values()))
    kind = str(rng.choice(list(setting.kinds), p=shares / shares.sum()))
    papers = setting.others if kind == OTHERS else setting.ours
    paper = papers[int(rng.integers(len(papers)))]
    pose = draw_pose(paper, kind, rng)
    level = min((dpi for dpi in LEVELS_DPI if dpi >= pose.dpi), default=LEVELS_DPI[-1])
    page = paper.levels[level].copy()
    gone = _lose_marks(paper, page, level, rng) if kind == MISSING else []
    background = int(rng.choice([255, 250, 128, 20]))
    scan = photograph(page, level, pose, background)
    scan = _spoil(scan, setting.grain, kind, pose.dpi, rng)
    is_mirrored = kind == MIRRORED
    if is_mirrored:
        scan = np.ascontiguousarray(scan[:, ::-1])
    claimed = None if rng.random() < 0.1 else float(pose.dpi)  # noqa: PLR2004
    in_spec = kind in IN_SPEC and _is_as_paper_lies(pose) and _is_all_there(paper, pose, gone)
    return Taken(kind, paper, pose, scan, claimed, in_spec, is_mirrored)


def _lose_marks(
    paper: MarkedPaper, page: Pixels, dpi: float, rng: np.random.Generator
) -> list[Rect]:
    """Cover up to all but three discs, and sometimes one of the codes."""
    discs = [disc.rect for disc in paper.page.fiducials]
    if not discs:
        return []
    most = len(discs) - LEAST_DISCS
    lost = [discs[at] for at in rng.permutation(len(discs))[: int(rng.integers(1, most + 1))]]
    if rng.random() < 0.3:  # noqa: PLR2004
        lost.append(paper.page.codes[int(rng.integers(len(paper.page.codes)))])
    for rect in lost:
        lose_mark(page, dpi, rect, rng)
    return lost


def _spoil(scan: Pixels, grain: Pixels, kind: str, dpi: int, rng: np.random.Generator) -> Pixels:
    if kind == BAD:
        return spoil(
            scan,
            grain,
            rng,
            dpi=dpi,
            blur_mm=float(rng.uniform(0.1, 0.3)),
            noise=float(rng.uniform(5, 30)),
            levels=(float(rng.uniform(20, 120)), float(rng.uniform(160, 255))),
            fall=float(rng.uniform(0, 0.5)),
            threshold=float(rng.uniform(0.35, 0.9)) if rng.random() < 0.4 else None,  # noqa: PLR2004
            quality=int(rng.integers(10, 60)),
        )
    is_bilevel = rng.random() < 0.1  # noqa: PLR2004
    return spoil(
        scan,
        grain,
        rng,
        dpi=dpi,
        blur_mm=float(rng.uniform(0.03, 0.09)) if rng.random() < 0.4 else 0.0,  # noqa: PLR2004
        noise=float(rng.uniform(1, 6)),
        levels=(float(rng.uniform(0, 50)), float(rng.uniform(225, 265))),
        fall=float(rng.uniform(0, 0.12)) if rng.random() < 0.4 else 0.0,  # noqa: PLR2004
        threshold=float(rng.uniform(0.5, 0.75)) if is_bilevel else None,
        quality=int(rng.integers(60, 96)) if rng.random() < 0.2 else None,  # noqa: PLR2004
    )


def _is_as_paper_lies(pose: Pose) -> bool:
    return (
        abs(pose.skew_deg) <= MAX_SKEW_DEG
        and SCALES[0] <= pose.scale <= SCALES[1]
        and pose.stretch <= MAX_STRETCH + 1e-3
        and abs(pose.shear_deg) <= MAX_SHEAR_DEG
        and all(
            wave.along_mm <= MAX_WAVE_MM and wave.period_mm >= LEAST_PERIOD_MM
            for wave in pose.waves
        )
        and not pose.slips
        and not np.any(pose.matrix[2, :2])
    )


def _is_all_there(paper: MarkedPaper, pose: Pose, gone: Sequence[Rect]) -> bool:
    """Whether all boxes, three whole discs and a whole code are on the scan."""
    if not is_on(pose, paper.corners_mm, 0.5):
        return False
    page = paper.page
    if paper.template.identity is not Identity.CODE:
        return True
    discs = [rect for disc in page.fiducials if (rect := disc.rect) not in gone]
    codes = [rect for rect in page.codes if rect not in gone]
    whole = sum(is_on(pose, _corners(rect), 0.5) for rect in discs)
    return whole >= LEAST_DISCS and any(is_on(pose, _corners(rect), 1.0) for rect in codes)


def _corners(rect: Rect) -> Points:
    right, bottom = rect.left_mm + rect.width_mm, rect.top_mm + rect.height_mm
    return np.array([(x, y) for x in (rect.left_mm, right) for y in (rect.top_mm, bottom)])


def is_on(pose: Pose, points_mm: Points, margin_mm: float) -> bool:
    """Whether all these points of the paper are on the scan, so far from its edge."""
    margin_px = margin_mm * pose.dpi / MM_PER_INCH
    seen = pose.locate(points_mm) + 0.5
    return bool(((seen >= margin_px) & (seen <= np.array(pose.size_px) - margin_px)).all())
