import cv2
import numpy as np
import pytest

from ballotscan.design.paper import Sheet
from ballotscan.design.scanner import ColourMode, Scanner, Streak, scan_page

DPI = 300
WIDTH_MM, HEIGHT_MM = 105.0, 148.0
DISCS_MM = np.array([[12.0, 12.0], [93.0, 12.0], [12.0, 136.0], [93.0, 136.0], [50.0, 60.0]])
PERFECT = Scanner(noise=0, dust=0, light_fall=0)
MANNERS = {
    "straight": Scanner(),
    "skewed": Scanner(skew_deg=8, margin_mm=(8, 8, 8, 8)),
    "scaled": Scanner(scale=(1.004, 0.996), shear=0.002),
    "shifted": Scanner(shift_mm=(2.0, -1.5)),
    "cropped": Scanner(margin_mm=(-3, -2, -1, -4)),
    "coarse": Scanner(dpi=150),
    "fine": Scanner(dpi=600),
    "left": Scanner(quarter_turns=1, skew_deg=-1),
    "upside down": Scanner(quarter_turns=2, skew_deg=1),
    "right": Scanner(quarter_turns=3),
    "uneven feed": Scanner(wobble_mm=0.6),
    "slipping feed": Scanner(jumps_mm=((70.0, 1.5),)),
    "colour": Scanner(mode=ColourMode.COLOUR),
    "1-bit": Scanner(mode=ColourMode.BILEVEL),
    "all at once": Scanner(
        dpi=240, quarter_turns=2, skew_deg=3, scale=(1.002, 0.999), wobble_mm=0.4, noise=6,
        margin_mm=(5, 5, 5, 5), background=20,
    ),
}  # fmt: skip


def sheet(*, discs=True, shade=255):
    size = (round(HEIGHT_MM * DPI / 25.4), round(WIDTH_MM * DPI / 25.4))
    page = np.full(size, shade, dtype=np.uint8)
    for x_mm, y_mm in DISCS_MM if discs else ():
        # Drawn in 1/16 pixels; the centre of pixel 0 lies half a pixel from the edge of the paper.
        centre = tuple(round((v * DPI / 25.4 - 0.5) * 16) for v in (x_mm, y_mm))
        cv2.circle(page, centre, round(2.5 * DPI / 25.4 * 16), 0, -1, cv2.LINE_AA, 4)
    return Sheet(page, DPI)


def disc_at(pixels, near, dpi):
    reach = round(4.5 * dpi / 25.4)
    x, y = np.rint(near).astype(int)
    left, top = max(0, x - reach), max(0, y - reach)
    window = pixels[top : y + reach + 1, left : x + reach + 1]
    ink = np.where(window < 128, 255 - window.astype(float), 0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    ink[labels != 1 + stats[1:, cv2.CC_STAT_AREA].argmax()] = 0
    rows, columns = np.indices(ink.shape)
    return np.array([(columns * ink).sum(), (rows * ink).sum()]) / ink.sum() + (left, top)


@pytest.mark.parametrize("manner", MANNERS)
def test_the_paper_lies_where_the_truth_says(manner):
    scanner = MANNERS[manner]

    scan = scan_page(sheet(), scanner, np.random.default_rng(4))

    grey = scan.pixels if scan.pixels.ndim == 2 else cv2.cvtColor(scan.pixels, cv2.COLOR_BGR2GRAY)
    located = scan.truth.locate(DISCS_MM)
    found = np.array([disc_at(grey, point, scanner.dpi) for point in located])
    assert np.abs(found - located).max() * 25.4 / scanner.dpi < 0.03


def test_an_even_feed_is_a_plain_matrix():
    scan = scan_page(sheet(), Scanner(skew_deg=3, scale=(1.01, 0.99)), np.random.default_rng(4))

    plain = cv2.perspectiveTransform(DISCS_MM[None], scan.truth.matrix)[0]
    assert np.abs(plain - scan.truth.locate(DISCS_MM)).max() < 1e-6


def test_the_same_seed_gives_the_same_scan():
    scanner = Scanner(wobble_mm=0.3, dust=20, light_fall=0.2)

    first, second = (scan_page(sheet(), scanner, np.random.default_rng(4)).pixels for _ in range(2))

    assert np.array_equal(first, second)


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_the_scan_has_the_size_of_the_paper(dpi):
    pixels = scan_page(sheet(), Scanner(dpi=dpi), np.random.default_rng(4)).pixels

    assert np.abs(np.array(pixels.shape) - np.array([HEIGHT_MM, WIDTH_MM]) * dpi / 25.4).max() <= 1


def test_a_quarter_turn_lays_the_page_on_its_side():
    pixels = scan_page(sheet(), Scanner(quarter_turns=1), np.random.default_rng(4)).pixels

    assert pixels.shape[1] > pixels.shape[0]


def test_a_1_bit_scan_is_black_and_white():
    scanner = Scanner(mode=ColourMode.BILEVEL, noise=20)

    pixels = scan_page(sheet(), scanner, np.random.default_rng(4)).pixels

    assert set(np.unique(pixels).tolist()) == {0, 255}


def test_a_colour_scan_of_a_grey_sheet_has_three_channels():
    pixels = scan_page(sheet(), Scanner(mode=ColourMode.COLOUR), np.random.default_rng(4)).pixels

    assert pixels.shape[2] == 3


def test_beside_the_paper_the_backing_is_seen():
    scanner = Scanner(margin_mm=(6, 6, 6, 6), background=10, noise=0, dust=0)

    pixels = scan_page(sheet(), scanner, np.random.default_rng(4)).pixels

    assert pixels[:10, :10].max() < 60
    assert pixels[200, 100] > 200


def test_a_streak_runs_along_the_whole_feed():
    scanner = Scanner(streaks=(Streak(30.0, 0.4, 0.3),), noise=0, dust=0)

    pixels = scan_page(sheet(discs=False), scanner, np.random.default_rng(4)).pixels

    column = round(30.0 * 200 / 25.4 - 0.5)
    assert pixels[:, column].max() < 120
    assert pixels[:, column + 8].min() > 200


def test_noise_has_the_spread_it_was_given():
    scanner = Scanner(noise=6, dust=0, light_fall=0)

    pixels = scan_page(sheet(discs=False, shade=128), scanner, np.random.default_rng(4)).pixels

    assert pixels[20:-20, 20:-20].std() == pytest.approx(6, rel=0.05)


def test_black_and_white_are_what_the_sensor_says():
    scanner = Scanner(black=40, white=230, noise=0, dust=0, light_fall=0)

    pixels = scan_page(sheet(), scanner, np.random.default_rng(4)).pixels

    assert pixels.min() == 40
    assert pixels.max() == 230
