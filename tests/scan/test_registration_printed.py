"""Registration of ballots that were really printed, marked by hands, and scanned by drawn scanners."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.paper import Fold, Paper, Seal, Tear
from ballotscan.design.scanner import ColourMode, Scanner
from ballotscan.design.testdeck import load_printed, make_page, plan_ballot
from ballotscan.election.blanks import load_blank
from ballotscan.election.records import PageFault, PageRef
from ballotscan.election.template import PX_PER_MM
from ballotscan.election.template_files import load_template
from ballotscan.scan.mapping import template_px
from ballotscan.scan.reader import Page
from ballotscan.scan.references import RegistrationOptions, prepare_references
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

OPTIONS = RegistrationOptions()
FOLDERS = sorted((Path(__file__).parents[2] / "templates").glob("*/ballots/*/template.json"))
MAX_ERROR_MM = 0.25  # reading bears 0.35

SCANNERS = {
    "even": Scanner(skew_deg=0.8, noise=3, dust=20),
    "upside down, 300 dpi": Scanner(dpi=300, quarter_turns=2, skew_deg=-1.5, scale=(1.004, 0.997)),
    "slipping": Scanner(wobble_mm=0.4, skew_deg=0.5),
    "slipping, long side first": Scanner(wobble_mm=0.4, quarter_turns=1, black=50, white=230),
    "bilevel": Scanner(mode=ColourMode.BILEVEL, skew_deg=-2, quarter_turns=3, threshold=0.6),
    "dark and coarse": Scanner(dpi=150, black=60, white=215, light_fall=0.2, noise=6, blur_mm=0.1),
    "crooked on black glass": Scanner(skew_deg=9, margin_mm=(30, 30, 30, 30), background=20),
}


@pytest.fixture(scope="module")
def templates():
    return [load_template(path) for path in FOLDERS]


@pytest.fixture(scope="module")
def references(templates):
    blanks = [
        (template, {page.number: load_blank(template, page.number) for page in template.pages})
        for template in templates
    ]
    return prepare_references(blanks, OPTIONS)


def scan(template, scanner, *, paper=None, seed=1):
    rng = np.random.default_rng(seed)
    kinds = {MarkKind.CROSS: 0.6, MarkKind.TICK: 0.2, MarkKind.FILL: 0.2}
    planned = replace(
        plan_ballot(template, rng, kinds=kinds, empty_rows=0.1, double_rows=0.2),
        scanner=scanner,
        paper=paper or Paper(),
    )
    page = template.pages[0]
    return make_page(load_printed(template)[0], page, planned, rng)


def read(taken, references):
    page = Page(taken.pixels, float(taken.dpi), PageRef("0" * 64, 1))
    return register_page(page, references, OPTIONS)


def errors_mm(registered, taken):
    """How far boxes, or names where there are none, are from the truth."""
    rects = [box.rect for box in registered.page.boxes]
    shifts = registered.box_shifts
    if not rects:
        rects = [name.lines[0] for name in registered.page.names]
        shifts = np.zeros((len(rects), 2))
    middles = [
        (rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2) for rect in rects
    ]
    points = np.array([template_px(*middle) for middle in middles])
    halved = taken.pixels.shape[0] // registered.pixels.shape[0]
    found = (registered.mapping.apply(points + shifts) + 0.5) * halved - 0.5
    apart = np.hypot(*(found - taken.truth.locate(np.array(middles))).T)
    return apart / taken.dpi * 25.4


@pytest.mark.parametrize("number", range(len(FOLDERS)))
@pytest.mark.parametrize("scanner", SCANNERS.values(), ids=SCANNERS)
def test_a_printed_ballot_lies_where_it_was_put(templates, references, number, scanner):
    taken = scan(templates[number], scanner, seed=number)

    registered = read(taken, references)

    assert isinstance(registered, RegisteredPage)
    assert registered.template is templates[number]
    assert errors_mm(registered, taken).max() < MAX_ERROR_MM


def test_seal_folds_holes_and_a_torn_corner_are_borne(templates, references):
    paper = Paper(
        seal=Seal("BAN KIỂM PHIẾU", "BCH", x_mm=188, y_mm=20),
        folds=(Fold(0.5), Fold(0.45, is_upright=True)),
        tears=(Tear(12, 285, 135),),
        holes_mm=((8, 108), (8, 188)),
        staples_mm=((10, 8),),
    )
    taken = scan(templates[0], Scanner(mode=ColourMode.COLOUR, skew_deg=1), paper=paper)

    registered = read(taken, references)

    assert isinstance(registered, RegisteredPage)
    assert errors_mm(registered, taken).max() < MAX_ERROR_MM


def test_a_right_code_on_a_wrong_ballot_is_refused(templates, references):
    taken = scan(templates[0], Scanner())
    other = scan(templates[1], Scanner())
    mm = PX_PER_MM
    middle = slice(int(28 * mm), int(265 * mm)), slice(int(15 * mm), int(195 * mm))
    height = min(taken.pixels.shape[0], other.pixels.shape[0])
    taken.pixels[middle] = 255
    upper = slice(int(28 * mm), int(min(265 * mm, height - 30 * mm)))
    columns = slice(int(15 * mm), min(int(195 * mm), other.pixels.shape[1]))
    taken.pixels[upper, columns] = other.pixels[upper, columns]

    refused = read(taken, references)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.PRINT_MISSING
