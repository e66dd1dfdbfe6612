"""Photographs of our own paper, with a perspective that is known."""

import cv2
import numpy as np
import pytest

from ballotscan.election.records import PageFault
from ballotscan.scan.photographs import flatten_photograph
from ballotscan.scan.references import RegistrationOptions
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

PHOTO = RegistrationOptions(is_photo=True)
SCAN = RegistrationOptions()
CANVAS_PX = (2000, 2600)
# Corners of the sheet in the picture: from the front, from below, from a corner, on its side.
VIEWS = {
    "front": [(300, 250), (1700, 260), (1690, 2300), (310, 2290)],
    "below": [(335, 350), (1665, 350), (1800, 2300), (200, 2300)],
    "corner": [(360, 300), (1640, 420), (1760, 2330), (260, 2180)],
    "side": [(1880, 620), (1820, 1980), (140, 1850), (160, 700)],
}


def put(matrix, points):
    return cv2.perspectiveTransform(np.asarray(points, dtype=float)[None], matrix)[0]


def take(ballot, view, *, shadow=0.0):
    """The picture, and the true matrix from template pixels."""
    rows, columns = ballot.fine.shape
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float32) - 0.5
    fine = cv2.getPerspectiveTransform(corners, np.array(VIEWS[view], dtype=np.float32))
    picture = cv2.warpPerspective(
        cv2.GaussianBlur(ballot.fine, (3, 3), 0), fine, CANVAS_PX, borderValue=(96,)
    )
    if shadow:
        light = np.ones((3, 2), dtype=np.float32)
        light[1:, 0] -= shadow
        light = cv2.resize(light, CANVAS_PX)
        picture = (picture * light).astype(np.uint8)
    twice = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1.0]])
    return picture, fine @ twice


@pytest.mark.parametrize("view", VIEWS)
def test_a_photograph_lies_where_it_was_taken(ballot, references, scanner, view):
    picture, truth = take(ballot, view)

    registered = register_page(scanner.page(picture, 72.0), references, PHOTO)

    assert isinstance(registered, RegisteredPage)
    centres = ballot.box_centres
    shifts = registered.box_shifts + registered.mapping.shifts_at(centres)
    found = put(registered.scan_matrix, centres + shifts)
    back = put(np.linalg.inv(truth), found)
    assert np.abs(back - centres).max() < 1.0  # template pixels: 0.13 mm
    assert registered.is_box_sure.all()


@pytest.mark.parametrize("view", ["below", "corner"])
def test_without_being_told_of_photographs_perspective_is_refused(
    ballot, references, scanner, view
):
    picture, _ = take(ballot, view)

    outcome = register_page(scanner.page(picture, None), references, SCAN)

    assert isinstance(outcome, UnreadablePage)


def test_a_photograph_in_shadow_is_registered(ballot, references, scanner):
    picture, truth = take(ballot, "below", shadow=0.5)

    registered = register_page(scanner.page(picture, 72.0), references, PHOTO)

    assert isinstance(registered, RegisteredPage)
    found = put(registered.scan_matrix, ballot.box_centres + registered.box_shifts)
    assert np.abs(put(np.linalg.inv(truth), found) - ballot.box_centres).max() < 1.5


def test_a_photograph_with_one_code_covered_is_registered_or_refused(ballot, references, scanner):
    picture, truth = take(ballot, "below")
    for code in ballot.page.codes:
        covered = picture.copy()
        middle = (code.left_mm + 7, code.top_mm + 7)
        x, y = put(truth, [[mm * 200 / 25.4 for mm in middle]])[0]
        cv2.circle(covered, (int(x), int(y)), 60, (255,), -1)

        outcome = register_page(scanner.page(covered, None), references, PHOTO)

        if isinstance(outcome, RegisteredPage):
            found = put(outcome.scan_matrix, ballot.box_centres + outcome.box_shifts)
            assert np.abs(put(np.linalg.inv(truth), found) - ballot.box_centres).max() < 2.75


def test_a_scan_is_read_as_a_photograph_too(ballot, references, scanner):
    matrix, canvas = scanner.pose(angle_deg=2)

    registered = register_page(scanner.page(ballot.scan(matrix, canvas), 200.0), references, PHOTO)

    assert isinstance(registered, RegisteredPage)


def test_a_picture_without_a_code_is_left_as_it_is(references, scanner):
    empty = np.full((2000, 1500), 240, dtype=np.uint8)

    assert flatten_photograph(empty, references, PHOTO) is None
    outcome = register_page(scanner.page(empty, 72.0), references, PHOTO)
    assert isinstance(outcome, UnreadablePage)
    assert outcome.fault is PageFault.EMPTY_PAGE


def test_the_place_on_a_fine_scan_is_that_of_the_file(ballot, references, scanner):
    matrix, canvas = scanner.pose(420, angle_deg=1)

    registered = register_page(scanner.page(ballot.scan(matrix, canvas), 420.0), references, SCAN)

    assert isinstance(registered, RegisteredPage)
    assert registered.pixels.shape[0] < 0.6 * canvas[1]
    found = put(registered.scan_matrix, ballot.box_centres)
    assert np.abs(found - put(matrix, ballot.box_centres)).max() < 1
