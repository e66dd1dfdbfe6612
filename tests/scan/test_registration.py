from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.election.code import PageCode
from ballotscan.election.records import PageFault
from ballotscan.scan.mapping import template_px
from ballotscan.scan.references import RegistrationOptions
from ballotscan.scan.registration import (
    RegisteredPage,
    UnreadablePage,
    register_page,
    sample_boxes,
    sample_half_page,
)

OPTIONS = RegistrationOptions()

# Bounds in template pixels (0.127 mm). The plane alone is right to a seventh of a pixel; a box's
# own shift is read off a parabola at half size and adds a quarter.
PLANE_PX = 0.15
BOX_PX = 0.45
WOBBLY_BOX_PX = 1.0  # 0.13 mm; reading bears 0.35 mm


def errors_px(registered, ballot, truth, scale, *, own_shift=True):
    """How far each box is from the truth, in template pixels."""
    centres = ballot.box_centres
    moved = centres + registered.box_shifts if own_shift else centres
    return np.hypot(*(registered.mapping.apply(moved) - truth).T) / scale


def put(matrix, points):
    return cv2.perspectiveTransform(points[None], matrix)[0]


def paint_over(ballot, places, value=255):
    """The ballot with squares of 7 mm painted over at places in mm."""
    fine = ballot.fine.copy()
    for x_mm, y_mm in places:
        left, top = round((x_mm - 3.5) * 400 / 25.4), round((y_mm - 3.5) * 400 / 25.4)
        fine[max(top, 0) : top + 110, max(left, 0) : left + 110] = value
    return ballot.with_fine(fine)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("angle_deg", [-1.5, 0.0, 2.0])
def test_a_page_lies_where_it_was_put(ballot, references, scanner, quarters, angle_deg):
    matrix, canvas = scanner.pose(angle_deg=angle_deg, quarters=quarters)
    page = scanner.page(ballot.scan(matrix, canvas), 200.0)

    registered = register_page(page, references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1, own_shift=False).max() < PLANE_PX
    assert errors_px(registered, ballot, truth, 1).max() < BOX_PX
    assert registered.is_box_sure.all()
    assert registered.lift > 0.95


@pytest.mark.parametrize("angle_deg", [-10, 10])
def test_ten_degrees_askew_on_a_larger_glass_are_borne(ballot, references, scanner, angle_deg):
    matrix, canvas = scanner.pose(angle_deg=angle_deg, canvas_px=(1654, 2339), shift_px=(120, -200))
    page = scanner.page(ballot.scan(matrix, canvas, background=40), 200.0)

    registered = register_page(page, references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1, own_shift=False).max() < PLANE_PX


@pytest.mark.parametrize("dpi", [150, 240, 300])
@pytest.mark.parametrize("is_bilevel", [False, True])
def test_any_usual_resolution_will_do(ballot, references, scanner, dpi, is_bilevel):
    matrix, canvas = scanner.pose(dpi, angle_deg=0.7)
    pixels = ballot.scan(matrix, canvas)
    if is_bilevel:
        pixels = np.where(pixels > 128, 255, 0).astype(np.uint8)

    registered = register_page(scanner.page(pixels, dpi), references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    scale = dpi / 200
    assert errors_px(registered, ballot, truth, scale, own_shift=False).max() < 2 * PLANE_PX
    assert errors_px(registered, ballot, truth, scale).max() < 2 * BOX_PX


@pytest.mark.parametrize("dpi", [400, 600])
def test_a_finer_scan_is_halved_first(ballot, references, scanner, dpi):
    matrix, canvas = scanner.pose(dpi, angle_deg=-0.7)

    registered = register_page(scanner.page(ballot.scan(matrix, canvas), dpi), references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    assert registered.pixels.shape[0] == canvas[1] // 2
    truth = (put(matrix, ballot.box_centres) + 0.5) / 2 - 0.5
    assert errors_px(registered, ballot, truth, dpi / 400, own_shift=False).max() < PLANE_PX


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_paper_printed_a_tenth_smaller_or_larger_is_read(ballot, references, scanner, scale):
    matrix, canvas = scanner.pose(scale=scale, canvas_px=(1400, 1900))

    registered = register_page(
        scanner.page(ballot.scan(matrix, canvas), 200.0), references, OPTIONS
    )

    assert isinstance(registered, RegisteredPage)


@pytest.mark.parametrize("scale", [0.8, 1.2])
def test_a_copy_of_another_size_is_refused(ballot, references, scanner, scale):
    matrix, canvas = scanner.pose(scale=scale, canvas_px=(1500, 2100))

    refused = register_page(scanner.page(ballot.scan(matrix, canvas), 200.0), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.OUT_OF_SQUARE


def test_any_three_discs_suffice(ballot, references, scanner):
    discs = ballot.page.fiducials
    matrix, canvas = scanner.pose(angle_deg=1.2)
    truth = put(matrix, ballot.box_centres)
    worst = {}
    for triple in combinations(range(len(discs)), 3):
        gone = [(disc.x_mm, disc.y_mm) for n, disc in enumerate(discs) if n not in triple]
        page = scanner.page(paint_over(ballot, gone).scan(matrix, canvas), 200.0)

        registered = register_page(page, references, OPTIONS)

        if isinstance(registered, UnreadablePage):
            worst[triple] = registered.fault
        elif errors_px(registered, ballot, truth, 1).max() > BOX_PX:
            worst[triple] = errors_px(registered, ballot, truth, 1).max()
    assert worst == {}


@pytest.mark.parametrize("code_left", [0, 1])
def test_one_of_the_two_codes_suffices(ballot, references, scanner, code_left):
    rect = ballot.page.codes[1 - code_left]
    middle = (rect.left_mm + 7, rect.top_mm + 7)
    corners = [(middle[0] + x, middle[1] + y) for x in (-4, 4) for y in (-4, 4)]
    matrix, canvas = scanner.pose(angle_deg=-2, quarters=2)
    page = scanner.page(paint_over(ballot, corners).scan(matrix, canvas), 200.0)

    registered = register_page(page, references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1, own_shift=False).max() < PLANE_PX


def test_a_page_without_three_discs_is_refused(ballot, references, scanner):
    gone = [(disc.x_mm, disc.y_mm) for disc in ballot.page.fiducials[2:]]
    page = scanner.page(paint_over(ballot, gone).scan(*scanner.pose()), 200.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.FEW_MARKS
    assert "only 2 of 7" in str(refused.detail)


def test_a_disc_that_was_moved_is_outvoted(ballot, references, scanner):
    disc = ballot.page.fiducials[3]
    moved = paint_over(ballot, [(disc.x_mm, disc.y_mm)])
    centre = tuple(round(mm * 400 / 25.4) for mm in (disc.x_mm + 1.3, disc.y_mm - 0.4))
    cv2.circle(moved.fine, centre, 35, (0,), -1, cv2.LINE_AA)
    matrix, canvas = scanner.pose(angle_deg=1)

    registered = register_page(scanner.page(moved.scan(matrix, canvas), 200.0), references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1, own_shift=False).max() < PLANE_PX


@pytest.mark.parametrize("period_mm", [80, 130, 260])
@pytest.mark.parametrize("quarters", [0, 1])
def test_a_feed_that_slips_is_followed(ballot, references, scanner, period_mm, quarters):
    matrix, canvas = scanner.pose(angle_deg=0.5, quarters=quarters)
    wobble = {"amplitude_mm": 0.45, "period_mm": period_mm}
    page = scanner.page(ballot.scan_wobbly(matrix, canvas, **wobble), 200.0)

    registered = register_page(page, references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    assert registered.mapping.mesh is not None
    truth = scanner.wobbled(matrix, ballot.box_centres, **wobble)
    assert errors_px(registered, ballot, truth, 1).max() < WOBBLY_BOX_PX


def test_a_feed_that_jumps_is_followed_or_refused(ballot, references, scanner):
    matrix, canvas = scanner.pose()
    rows = 823  # between two rows of boxes
    whole = ballot.scan(matrix, canvas)
    for jump_px in (-18, -13, -9, -6, -3, 3, 6, 9, 13, 18):
        pixels = np.vstack([whole[:rows], whole[rows + jump_px :]])
        truth = put(matrix, ballot.box_centres)
        truth[truth[:, 1] > rows, 1] -= jump_px

        outcome = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

        if isinstance(outcome, RegisteredPage):
            assert errors_px(outcome, ballot, truth, 1).max() < 2.75
        else:
            assert outcome.fault in {PageFault.OUT_OF_SQUARE, PageFault.PRINT_MISSING}
            assert abs(jump_px) > 5


def fill(ballot, rows):
    """The ballot with both boxes of these rows blackened over their outlines."""
    fine = ballot.fine.copy()
    for box in ballot.page.boxes:
        if box.candidate - 1 in rows:
            left, top = (round(mm * 400 / 25.4) for mm in (box.rect.left_mm, box.rect.top_mm))
            fine[top - 15 : top + 95, left - 15 : left + 95] = 30
    return ballot.with_fine(fine)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_line_that_slid_between_lines_at_rest_is_not_read_where_it_was(
    ballot, references, scanner, is_turned
):
    matrix, canvas = scanner.pose()
    pixels = fill(ballot, {5}).scan(matrix, canvas)
    still = register_page(scanner.page(pixels, 200.0), references, OPTIONS)
    slid = pixels.copy()
    top, bottom = 920, 1000  # the sixth row of boxes and its name
    slid[top:bottom] = pixels[top - 12 : bottom - 12]
    if is_turned:
        slid = np.ascontiguousarray(np.rot90(slid))

    refused = register_page(scanner.page(slid, 200.0), references, OPTIONS)

    assert isinstance(still, RegisteredPage)
    assert not still.is_box_sure[10:12].any()
    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.OUT_OF_SQUARE
    assert "5/agree, 5/disagree" in str(refused.detail)


@pytest.mark.parametrize("jump_px", [-10, -8, 8, 10])
def test_a_marked_line_right_where_the_feed_jumps_is_not_read(ballot, references, scanner, jump_px):
    matrix, canvas = scanner.pose()
    pixels = fill(ballot, {5}).scan(matrix, canvas)
    middle = 965  # through the sixth row
    pixels = np.vstack([pixels[:middle], pixels[middle + jump_px :]])

    outcome = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

    assert isinstance(outcome, UnreadablePage)
    assert outcome.fault is PageFault.OUT_OF_SQUARE


def test_marks_do_not_pull_the_boxes(ballot, references, scanner):
    fine = ballot.fine.copy()
    for box in ballot.page.boxes[::2]:
        left, top = (round(mm * 400 / 25.4) for mm in (box.rect.left_mm, box.rect.top_mm))
        cv2.line(fine, (left - 15, top - 25), (left + 100, top + 90), (60,), 9, cv2.LINE_AA)
        cv2.line(fine, (left + 90, top - 10), (left - 20, top + 95), (60,), 9, cv2.LINE_AA)
    left, top = (round(mm * 400 / 25.4) for mm in (122, 60))
    fine[top - 10 : top + 95, left - 10 : left + 95] = 30  # filled right over its outline
    matrix, canvas = scanner.pose(angle_deg=-0.8)

    registered = register_page(
        scanner.page(ballot.with_fine(fine).scan(matrix, canvas), 200.0), references, OPTIONS
    )

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1).max() < 2 * BOX_PX
    assert not registered.is_box_sure[1]


def test_a_mirror_image_is_refused(ballot, references, scanner):
    pixels = np.ascontiguousarray(ballot.scan(*scanner.pose(angle_deg=1))[:, ::-1])

    refused = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.OUT_OF_SQUARE
    assert "mirror" in str(refused.detail)


@pytest.mark.parametrize(
    ("pull", "word"), [(((1.05, 0), (0, 1)), "stretched"), (((1, 0.03), (0, 1)), "square")]
)
def test_a_shape_that_paper_cannot_have_is_refused(ballot, references, scanner, pull, word):
    matrix, canvas = scanner.pose(canvas_px=(1300, 1800))
    matrix[:2] = np.array(pull) @ matrix[:2]

    refused = register_page(scanner.page(ballot.scan(matrix, canvas), 200), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.OUT_OF_SQUARE
    assert word in str(refused.detail)


def test_a_page_whose_boxes_are_cut_off_is_refused(ballot, references, scanner):
    whole = ballot.scan(*scanner.pose())

    kept = register_page(
        scanner.page(np.ascontiguousarray(whole[:, :1020]), 200.0), references, OPTIONS
    )
    refused = register_page(
        scanner.page(np.ascontiguousarray(whole[:, :985]), 200.0), references, OPTIONS
    )

    assert isinstance(kept, RegisteredPage)
    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.OUT_OF_SQUARE
    assert "outside the scan" in str(refused.detail)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (PageCode("other-2021", "ban-chap-hanh", 1, 1, "7F3KQ2M9XA4T"), PageFault.OTHER_ELECTION),
        (PageCode("dai-hoi-2020", "uy-ban", 1, 1, "7F3KQ2M9XA4T"), PageFault.OTHER_ELECTION),
        (PageCode("dai-hoi-2020", "ban-chap-hanh", 2, 1, "7F3KQ2M9XA4T"), PageFault.OTHER_ELECTION),
        (PageCode("dai-hoi-2020", "ban-chap-hanh", 1, 1, "AAAAAAAAAAAA"), PageFault.OTHER_LAYOUT),
        (PageCode("dai-hoi-2020", "ban-chap-hanh", 1, 2, "7F3KQ2M9XA4T"), PageFault.OTHER_LAYOUT),
    ],
)
def test_a_ballot_that_is_not_being_counted_is_refused(references, scanner, code, fault):
    page = scanner.page(scanner.draw(code).scan(*scanner.pose()), 200.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is fault


def test_a_code_of_something_else_is_no_ballot(references, scanner):
    page = scanner.page(scanner.draw(text="https://example.org/").scan(*scanner.pose()), 200.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.NO_CODE
    assert "example.org" in str(refused.detail)


def test_two_codes_that_disagree_are_refused(ballot, references, scanner):
    other = scanner.draw(PageCode("dai-hoi-2020", "ban-chap-hanh", 1, 1, "AAAAAAAAAAAA"))
    fine = ballot.fine.copy()
    fine[2900:, :700] = other.fine[2900:, :700]
    page = scanner.page(ballot.with_fine(fine).scan(*scanner.pose()), 200.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.TWO_FORMS


def test_two_sheets_on_one_scan_are_refused(ballot, references, scanner):
    one = ballot.scan(*scanner.pose())

    refused = register_page(scanner.page(np.hstack([one, one]), 200.0), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.TWO_FORMS


def test_bare_paper_is_empty(references, scanner):
    pixels = np.full((1654, 1165), 246, dtype=np.uint8)
    pixels[:, :6] = 30  # the shadow of the lid

    refused = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.EMPTY_PAGE


def test_a_page_with_a_pencil_stroke_is_not_empty(references, scanner):
    pixels = np.full((1654, 1165), 246, dtype=np.uint8)
    cv2.line(pixels, (500, 700), (640, 705), (150,), 3)

    refused = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.NO_CODE


def test_a_coarse_scan_is_refused(ballot, references, scanner):
    page = scanner.page(ballot.scan(*scanner.pose(105)), 105.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.TOO_COARSE


def test_a_ballot_whose_print_is_covered_is_refused(ballot, references, scanner):
    fine = ballot.fine.copy()
    fine[900:2500, 250:2000] = 255
    page = scanner.page(ballot.with_fine(fine).scan(*scanner.pose()), 200.0)

    refused = register_page(page, references, OPTIONS)

    assert isinstance(refused, UnreadablePage)
    assert refused.fault is PageFault.PRINT_MISSING


def test_a_red_seal_over_code_and_disc_does_no_harm(ballot, references, scanner):
    matrix, canvas = scanner.pose(angle_deg=0.6)
    grey = ballot.scan(matrix, canvas)
    pixels = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    seal = np.full_like(pixels, 255)
    for centre in ((920, 100), (1090, 80)):
        cv2.circle(seal, centre, 120, (40, 30, 215), 14)
        cv2.circle(seal, centre, 80, (60, 50, 220), -1)
    pixels = np.minimum(pixels, seal)

    registered = register_page(scanner.page(pixels, 200.0), references, OPTIONS)

    assert isinstance(registered, RegisteredPage)
    truth = put(matrix, ballot.box_centres)
    assert errors_px(registered, ballot, truth, 1, own_shift=False).max() < PLANE_PX
    assert registered.half_page.ndim == 3


def test_the_half_page_is_the_blank_at_half_size(ballot, references, scanner):
    matrix, canvas = scanner.pose(angle_deg=2, quarters=3)
    registered = register_page(
        scanner.page(ballot.scan(matrix, canvas, noise=0), 200), references, OPTIONS
    )
    blank = cv2.resize(ballot.blank[: 1654 // 2 * 2, : 1165 // 2 * 2], None, fx=0.5, fy=0.5)

    half = sample_half_page(registered)

    assert half.shape == blank.shape
    assert np.corrcoef(half.ravel(), blank.ravel())[0, 1] > 0.97


def test_boxes_are_cut_where_they_stand(ballot, references, scanner):
    wobble = {"amplitude_mm": 0.3, "period_mm": 150}
    matrix, canvas = scanner.pose(angle_deg=1)
    page = scanner.page(ballot.scan_wobbly(matrix, canvas, noise=0, **wobble), 200.0)
    registered = register_page(page, references, OPTIONS)
    lefts = [template_px(box.rect.left_mm, box.rect.top_mm) for box in ballot.page.boxes]
    corners = np.floor(np.array(lefts)).astype(int) - 8
    sizes = np.full_like(corners, 56)
    sizes[::3] += 4

    patches = sample_boxes(registered, corners, sizes)

    for patch, (left, top), (columns, rows) in zip(patches, corners, sizes, strict=True):
        wanted = ballot.blank[top : top + rows, left : left + columns]
        assert patch.shape == (rows, columns)
        assert np.corrcoef(patch.ravel(), wanted.ravel())[0, 1] > 0.9


poses = st.fixed_dictionaries(
    {
        "angle_deg": st.floats(-4, 4),
        "quarters": st.integers(0, 3),
        "shift_px": st.tuples(st.floats(-25, 25), st.floats(-25, 25)),
        "dpi": st.sampled_from([150, 200, 300]),
        "scale": st.floats(0.93, 1.03),
    }
)


@settings(max_examples=25, deadline=None)
@given(where=poses, gone=st.sets(st.integers(0, 6), max_size=3))
def test_what_is_registered_is_right(ballot, references, scanner, where, gone):
    discs = ballot.page.fiducials
    matrix, canvas = scanner.pose(**where)
    painted = paint_over(ballot, [(discs[n].x_mm, discs[n].y_mm) for n in gone])

    outcome = register_page(
        scanner.page(painted.scan(matrix, canvas), where["dpi"]), references, OPTIONS
    )

    if isinstance(outcome, RegisteredPage):
        truth = put(matrix, ballot.box_centres)
        scale = where["dpi"] / 200 * where["scale"]
        assert errors_px(outcome, ballot, truth, scale).max() < 2 * BOX_PX
    else:
        assert outcome.fault in {PageFault.FEW_MARKS, PageFault.NO_CODE, PageFault.OUT_OF_SQUARE}
