"""What stands at the same place on every ballot."""

import itertools

import numpy as np
import pytest

from ballotscan.design.sheet import CODE_MM, DISC_MM, SEAL_MM, SIZES_MM, lay_side

PAPERS = sorted(SIZES_MM)


def centres(side):
    return np.array([(disc.x_mm, disc.y_mm) for disc in side.fiducials])


def flattest_triangle(points):
    """Least height of a triangle of three points: how near they come to lying in a line."""
    heights = []
    for a, b, c in itertools.combinations(points, 3):
        area = abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))
        longest = max(np.linalg.norm(a - b), np.linalg.norm(b - c), np.linalg.norm(c - a))
        heights.append(area / longest)
    return min(heights)


def overlap(one, other, margin_mm=0.0):
    return (
        one.left_mm < other.left_mm + other.width_mm + margin_mm
        and other.left_mm < one.left_mm + one.width_mm + margin_mm
        and one.top_mm < other.top_mm + other.height_mm + margin_mm
        and other.top_mm < one.top_mm + one.height_mm + margin_mm
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_no_three_discs_lie_in_a_line(paper):
    side = lay_side(paper, seal_space=True)

    assert flattest_triangle(centres(side)) > side.width_mm / 10


@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_turned_upside_down_brings_no_disc_near_another(paper):
    side = lay_side(paper, seal_space=True)
    turned = np.array([side.width_mm, side.height_mm]) - centres(side)

    distances = np.linalg.norm(centres(side)[:, None] - turned[None], axis=2)

    assert distances.min() > 20


@pytest.mark.parametrize("paper", PAPERS)
def test_every_disc_and_code_keeps_seven_millimetres_from_the_edge(paper):
    side = lay_side(paper, seal_space=True)
    size = np.array([side.width_mm, side.height_mm])

    assert centres(side).min() - DISC_MM / 2 >= 7
    assert (size - centres(side)).min() - DISC_MM / 2 >= 7
    for code in side.codes:
        assert min(code.left_mm, code.top_mm) >= 7
        assert max(code.left_mm + CODE_MM - size[0], code.top_mm + CODE_MM - size[1]) <= -7


@pytest.mark.parametrize("paper", PAPERS)
def test_the_seal_keeps_clear_of_discs_and_codes(paper):
    side = lay_side(paper, seal_space=True)

    assert side.seal.width_mm == SEAL_MM
    assert not any(overlap(side.seal, code, margin_mm=5) for code in side.codes)
    corner = np.array(
        [side.seal.left_mm + side.seal.width_mm, side.seal.top_mm + side.seal.height_mm]
    )
    assert (np.max(centres(side) - corner, axis=1) > DISC_MM).all()


@pytest.mark.parametrize("seal_space", [True, False])
@pytest.mark.parametrize("paper", PAPERS)
def test_text_keeps_three_millimetres_from_discs_and_codes(paper, seal_space):
    side = lay_side(paper, seal_space=seal_space)
    areas = [side.letterhead, side.front, side.back, side.running, side.foot]

    for area in areas:
        assert area.width_mm > 0
        assert area.height_mm > 0
        assert not any(overlap(area, code, margin_mm=2.9) for code in side.codes)
        if area is not side.foot:
            nearest = np.clip(
                centres(side),
                [area.left_mm, area.top_mm],
                [area.left_mm + area.width_mm, area.top_mm + area.height_mm],
            )
            distances = np.linalg.norm(nearest - centres(side), axis=1)
            assert distances.min() >= DISC_MM / 2 + 2.9


def test_without_a_seal_the_letterhead_stands_in_the_middle():
    side = lay_side("us-letter", seal_space=False)

    assert side.seal is None
    assert side.letterhead.left_mm + side.letterhead.width_mm / 2 == pytest.approx(
        side.width_mm / 2
    )
