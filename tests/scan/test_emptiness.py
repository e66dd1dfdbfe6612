import cv2
import numpy as np
import pytest

from ballotscan.scan.emptiness import is_empty


@pytest.fixture
def paper():
    grain = np.random.default_rng(0).normal(240, 3, (2339, 1654))
    return np.clip(grain, 0, 255).astype(np.uint8)


def test_bare_paper_is_empty(paper):
    assert is_empty(paper, 297)


def test_bare_grey_paper_in_shadow_is_empty(paper):
    shadow = np.linspace(0.6, 0.95, 1654)

    assert is_empty((paper * shadow).astype(np.uint8), 297)


def test_the_shadow_of_the_papers_edge_is_nothing(paper):
    paper[:20] = 40
    paper[:, -12:] = 90

    assert is_empty(paper, 297)


def test_dust_is_nothing(paper):
    for x, y in np.random.default_rng(1).integers(60, 1500, (40, 2)):
        paper[y : y + 3, x : x + 3] = 60

    assert is_empty(paper, 297)


def test_print_that_shows_through_is_nothing(paper):
    cv2.putText(paper, "NGUYEN VAN AN", (200, 900), cv2.FONT_HERSHEY_SIMPLEX, 2, (218,), 5)

    assert is_empty(paper, 297)


@pytest.mark.parametrize("ink", [20, 120, 160])
def test_a_word_is_something(paper, ink):
    cv2.putText(paper, "AN", (700, 900), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (ink,), 4)

    assert not is_empty(paper, 297)


def test_a_red_cross_is_something(paper):
    colour = cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR)
    cv2.line(colour, (700, 800), (760, 860), (60, 60, 230), 5)

    assert not is_empty(colour, 297)


def test_ink_that_reaches_in_from_the_edge_is_something(paper):
    cv2.line(paper, (0, 500), (300, 520), (40,), 6)

    assert not is_empty(paper, 297)


def test_a_black_scan_is_something():
    assert not is_empty(np.full((2339, 1654), 30, dtype=np.uint8), 297)
