"""Streaks of the scanner: seen on the scan from end to end, and told from folds and printed rules."""

import numpy as np
import pytest

from ballotscan.design.scanner import Scanner, Streak
from ballotscan.design.testdeck import PlannedBallot, load_printed, make_page
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.template_files import load_template
from ballotscan.marks.glass import find_lying, find_streaks

PX_PER_MM = 200 / 25.4


@pytest.fixture(scope="module")
def template(printed_election):
    return load_template(ElectionFolder(printed_election).ballot("ban-chap-hanh"))


def scanned(template, seed, streaks=(), skew_deg=0.4):
    plan = PlannedBallot(marks={}, scanner=Scanner(streaks=streaks, skew_deg=skew_deg))
    rng = np.random.default_rng([11, seed])
    return make_page(load_printed(template)[0], template.pages[0], plan, rng).pixels


@pytest.mark.parametrize("width_mm", [0.12, 0.2, 0.5])
@pytest.mark.parametrize("shade", [0.2, 0.35, 0.6])
def test_thin_and_pale_streaks_are_seen_where_they_are(template, width_mm, shade):
    scan = scanned(template, 1, (Streak(60.3, width_mm, shade),))

    (found,) = find_streaks(scan, PX_PER_MM)

    assert found.at_px / PX_PER_MM == pytest.approx(60.3, abs=0.3)


@pytest.mark.parametrize("seed", range(8))
def test_a_page_without_a_streak_has_none(template, seed):
    scan = scanned(template, seed, skew_deg=0.0)

    assert find_streaks(scan, PX_PER_MM) == []


def test_a_line_that_ends_before_the_paper_does_is_no_streak(template):
    scan = scanned(template, 2).copy()
    scan[120:-120, 500] = 90

    assert find_streaks(scan, PX_PER_MM) == []


def test_a_line_that_leans_is_no_streak(template):
    scan = scanned(template, 3).copy()
    rows = np.arange(len(scan))
    scan[rows, 500 + rows // 100] = 90

    assert find_streaks(scan, PX_PER_MM) == []


def test_a_streak_of_a_turned_scan_lies_in_a_row(template):
    scan = np.rot90(scanned(template, 4, (Streak(60.3, 0.12, 0.35),)))

    (found,) = find_lying(scan, PX_PER_MM, scan.shape[0] - 60 * PX_PER_MM)

    assert (scan.shape[0] - found.at_px) / PX_PER_MM == pytest.approx(60.3, abs=0.3)
