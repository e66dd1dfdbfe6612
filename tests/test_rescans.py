"""The deck of real scans that are scanned again: what it does to a page, and how it compares."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from decks.rescanning import BILEVEL, BORDER, KINDS, LEAST_DPI, MILD, choose_kind, scan_again  # noqa: E402 - scripts are no package
from decks.rescans import compare  # noqa: E402

from ballotscan.election.records import MarkStatus  # noqa: E402

DPI = 150.0


@pytest.fixture(scope="module")
def page():
    drawn = np.full((1754, 1240, 3), 250, dtype=np.uint8)
    for row in range(150, 1600, 60):
        cv2.putText(drawn, "PHIEU BAU CU 1234567", (120, row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (30,) * 3, 3)  # fmt: skip
    return drawn


def again(page, kind, seed):
    rng = np.random.default_rng(seed)
    return scan_again(page, DPI, kind, rng, says_dpi=True, degrade=None)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Augraphy"])
def test_the_same_seed_scans_in_the_same_way_and_another_otherwise(page, kind):
    one, same, other = (again(page, kind, seed) for seed in (1, 1, 2))

    assert np.array_equal(one.pixels, same.pixels)
    assert one.told == same.told != other.told


@pytest.mark.parametrize("seed", range(6))
def test_no_print_is_cut_off_and_none_is_too_coarse(page, seed):
    scan = again(page, MILD, seed)

    dark = (scan.pixels if scan.pixels.ndim == 2 else scan.pixels.min(axis=2)) < 128
    assert not dark[:3].any()
    assert not dark[-3:].any()
    assert not dark[:, :3].any()
    assert not dark[:, -3:].any()
    shares = [dark.mean(), (page.min(axis=2) < 128).mean()]
    assert shares[0] > 0.8 * shares[1]
    assert scan.dpi is None or scan.dpi >= LEAST_DPI


def test_black_and_white_is_black_and_white_and_a_border_is_dark(page):
    bilevel, bordered = again(page, BILEVEL, 3), again(page, BORDER, 3)

    assert set(np.unique(bilevel.pixels)) == {0, 255}
    assert (bordered.pixels[[0, -1]] < 90).any()


def test_photographs_are_not_made_black_and_white():
    rng = np.random.default_rng(4)

    kinds = {choose_kind(rng, is_photo=True, has_augraphy=False) for _ in range(200)}

    assert BILEVEL not in kinds
    assert "Augraphy" not in kinds
    assert MILD in kinds


def test_every_way_to_be_wrong_is_counted():
    truth = {"a": "marked", "b": "unmarked", "c": "marginal", "d": "marginal", "e": "marked", "f": "marked"}  # fmt: skip
    states = {
        "a": MarkStatus.EMPTY,
        "b": MarkStatus.MARKED,
        "c": MarkStatus.MARGINAL,
        "d": MarkStatus.MARKED,
        "e": MarkStatus.MARKED,
    }

    assert compare(states, truth) == (["a"], ["b"], 1, 1, ["d"])
