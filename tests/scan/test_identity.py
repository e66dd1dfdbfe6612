import cv2
import numpy as np
import pytest

from ballotscan.scan.identity import (
    CodePlace,
    IdentityOptions,
    code_places,
    find_all_codes,
    find_codes,
    find_codes_patiently,
    read_code_at,
)

OPTIONS = IdentityOptions()


def true_corners(ballot, matrix):
    places = []
    for rect in ballot.page.codes:
        x0, y0 = rect.left_mm, rect.top_mm
        x1, y1 = x0 + rect.width_mm, y0 + rect.height_mm
        places.append([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    points = np.array(places) * 200 / 25.4 - 0.5
    return cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0].reshape(-1, 4, 2)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize(("dpi", "scale"), [(150, 0.9), (200, 1.0), (300, 1.0), (600, 1.05)])
def test_both_codes_are_found_any_way_up(ballot, scanner, quarters, dpi, scale):
    matrix, canvas = scanner.pose(dpi, angle_deg=1.5, quarters=quarters, scale=scale)
    pixels = ballot.scan(matrix, canvas)

    found = find_codes(pixels, code_places([ballot.page]), OPTIONS)

    assert [each.code for each in found] == [scanner.code] * 2
    for each in found:
        misses = np.abs(true_corners(ballot, matrix) - each.corners).max(axis=(1, 2))
        assert misses.min() < 2.0 * dpi / 200


@pytest.mark.parametrize("angle_deg", [-10, 10])
def test_codes_are_found_on_a_larger_glass_too(ballot, scanner, angle_deg):
    matrix, canvas = scanner.pose(angle_deg=angle_deg, canvas_px=(1654, 2339), shift_px=(99, 250))

    found = find_codes(ballot.scan(matrix, canvas), code_places([ballot.page]), OPTIONS)

    assert {each.code for each in found} == {scanner.code}


def test_all_codes_of_a_scan_are_listed(ballot, scanner):
    one = ballot.scan(*scanner.pose())

    found = find_all_codes(np.vstack([one, one]))

    assert [each.code for each in found] == [scanner.code] * 4


def test_codes_are_found_without_knowing_where(ballot, scanner):
    found = find_codes(ballot.scan(*scanner.pose()), (), OPTIONS)

    assert [each.code for each in found] == [scanner.code] * 2


def test_codes_are_found_in_colour_and_under_a_red_seal(ballot, scanner):
    pixels = cv2.cvtColor(ballot.scan(*scanner.pose()), cv2.COLOR_GRAY2BGR)
    seal = np.full_like(pixels, 255)
    cv2.circle(seal, (930, 110), 90, (60, 50, 220), -1)

    found = find_codes(np.minimum(pixels, seal), code_places([ballot.page]), OPTIONS)

    assert len(found) == 2


def test_a_foreign_code_is_named_and_is_not_ours(scanner):
    pixels = scanner.draw(text="https://example.org/").scan(*scanner.pose())

    found = find_codes(pixels, (), OPTIONS)

    assert {each.text for each in found} == {"https://example.org/"}
    assert all(each.code is None for each in found)


def test_ours_comes_before_a_foreign_one(ballot, scanner):
    fine = ballot.fine.copy()
    other = scanner.draw(text="https://example.org/").fine
    fine[:600] = other[:600]

    found = find_codes(ballot.with_fine(fine).scan(*scanner.pose()), (), OPTIONS)

    assert [each.code for each in found] == [scanner.code, None]


def test_bare_paper_has_no_code():
    pixels = np.full((1654, 1165), 240, dtype=np.uint8)

    assert find_codes(pixels, (), OPTIONS) == []
    assert find_codes_patiently(pixels) == []


def test_patience_reads_what_a_quick_look_does_not(ballot, scanner):
    negative = 255 - ballot.scan(*scanner.pose())

    assert find_codes(negative, (), OPTIONS) == []
    assert {each.code for each in find_codes_patiently(negative)} == {scanner.code}


def test_a_code_is_read_where_it_is_known_to_be(ballot, scanner):
    matrix, canvas = scanner.pose(angle_deg=-1)
    pixels = ballot.scan(matrix, canvas)
    corners = true_corners(ballot, matrix)

    read = [read_code_at(pixels, each, OPTIONS) for each in corners]

    assert [each[0].code for each in read] == [scanner.code] * 2
    assert read_code_at(pixels, corners[0] + 300, OPTIONS) == []
    assert read_code_at(pixels, corners[0] - 3000, OPTIONS) == []


def test_pages_that_share_a_place_share_a_window(ballot):
    places = code_places([ballot.page, ballot.page])

    assert places == (
        CodePlace(0.8, 0.07, 14, 148.0, 210.0),
        CodePlace(0.2, 0.93, 14, 148.0, 210.0),
    )
