"""What is on a small ballot beside its marks."""

import cv2
import numpy as np
import pytest

from ballotscan.election.findings import FindingKind, InkColour
from ballotscan.election.records import BoxRole
from ballotscan.election.template import PX_PER_MM, MarkBox, NameField, Rect, TemplatePage
from ballotscan.marks.foreign import ScanFrame, find_foreign
from ballotscan.marks.zones import prepare_foreign

WIDTH_MM, HEIGHT_MM = 105, 148
FINE = 4  # drawn this much larger than template pixels / 2, then averaged, as a lens does
K = PX_PER_MM / 2 * FINE
BOXES = tuple(Rect(x, y, 6, 6) for y in (70, 84, 98) for x in (70, 86))
NAMES = tuple(Rect(20, y, 30, 4) for y in (71, 85, 99))
BLACK, BLUE, RED = (20, 20, 20), (190, 70, 50), (60, 50, 210)  # blue, green, red light

PRINT = (
    *(
        ((x, y), (x + 6, y), (x + 6, y + 6), (x, y + 6), (x, y))
        for x, y in ((r.left_mm, r.top_mm) for r in BOXES)
    ),
    *(
        tuple((x, y + (4 if number % 2 else 0)) for number, x in enumerate(range(20, 51, 2)))
        for y in (71, 85, 99)
    ),
    ((15, 66), (98, 66)),
    ((15, 108), (98, 108)),
)


class Sheet:
    """A sheet of paper that is drawn on in mm."""

    def __init__(self, tone=(255, 255, 255), moved_mm=(0.0, 0.0)):
        size = (round(HEIGHT_MM * K), round(WIDTH_MM * K), 3)
        self.tone, self.moved = np.array(tone, np.float32) / 255, np.array(moved_mm)
        self.light = np.ones(size, np.float32)
        for line in PRINT:
            self.draw(line, 0.4)
        self.moved = np.zeros(2)

    def draw(self, points_mm, width_mm=0.5, colour=BLACK, strength=1.0):
        at = np.round((np.array(points_mm, float) + self.moved) * K).astype(np.int32)
        thick = max(1, round(width_mm * K))
        first = np.maximum(at.min(axis=0) - thick, 0)
        last = at.max(axis=0) + thick + 1
        window = self.light[first[1] : last[1], first[0] : last[0]]
        ink = np.zeros(window.shape[:2], np.float32)
        cv2.polylines(
            ink, [at - first.astype(np.int32)], isClosed=False, color=1.0, thickness=thick
        )
        passed = 1 - np.array(colour, np.float32) / 255
        window *= 1 - strength * ink[:, :, None] * passed
        return self

    def cross(self, x, y, size=4.5, **pen):
        r = size / 2
        self.draw([(x - r, y - r), (x + r, y + r)], **pen)
        return self.draw([(x - r, y + r), (x + r, y - r)], **pen)

    def ring(self, x, y, rx, ry=None, wobble=0.0, **pen):
        angle = np.linspace(0, 2 * np.pi, 200)
        swell = 1 + wobble * np.sin(3 * angle)
        points = np.column_stack(
            [x + rx * swell * np.cos(angle), y + (ry or rx) * swell * np.sin(angle)]
        )
        return self.draw(points, **pen)

    def write(self, x, y, width=15.0, height=4.0, **pen):
        """Loops that run to the right."""
        angle = np.linspace(0, width / 2 * 2 * np.pi, int(width * 12))
        points = np.column_stack(
            [
                x + width * angle / angle[-1] + 0.7 * np.cos(angle),
                y + height / 2 * (1 + np.sin(angle)),
            ]
        )
        return self.draw(points, **{"width_mm": 0.4, **pen})

    def seal(self, x, y, colour=RED, strength=0.8, radius=15.0):
        self.ring(x, y, radius, width_mm=0.8, colour=colour, strength=strength)
        self.ring(x, y, 0.6 * radius, width_mm=0.3, colour=colour, strength=strength)
        for turn in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            inner, outer = 0.7 * radius, 0.87 * radius
            towards = np.array([np.cos(turn), np.sin(turn)])
            ends = [(x, y) + inner * towards, (x, y) + outer * towards]
            self.draw(ends, width_mm=1.0, colour=colour, strength=strength)
        return self

    def blot(self, x, y, radius, grey=0):
        at = (round(x * K), round(y * K))
        cv2.circle(self.light, at, round(radius * K), (grey / 255,) * 3, cv2.FILLED)
        return self

    def colour(self):
        rows, columns = (round(mm * PX_PER_MM) // 2 for mm in (HEIGHT_MM, WIDTH_MM))
        whole = self.light[: rows * FINE, : columns * FINE]
        page = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA) * self.tone
        return np.clip(np.round(255 * page), 0, 255).astype(np.uint8)

    def grey(self):
        return cv2.cvtColor(self.colour(), cv2.COLOR_BGR2GRAY)


def make_page(names=(), seal=None, codes=()):
    boxes = tuple(
        MarkBox(str(place), rect, "c", place // 2 + 1, list(BoxRole)[1 + place % 2])
        for place, rect in enumerate(BOXES)
    )
    return TemplatePage(
        1, WIDTH_MM, HEIGHT_MM, "", "", codes=codes, seal=seal, boxes=boxes, names=names
    )


@pytest.fixture(scope="session")
def blank():
    half = Sheet().grey()
    return cv2.resize(half, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


@pytest.fixture(scope="session")
def reference(blank):
    return prepare_foreign(blank, make_page())


@pytest.fixture(scope="session")
def strike_list(blank):
    names = tuple(NameField(str(n), (rect,), "A B", "c", n) for n, rect in enumerate(NAMES, 1))
    return prepare_foreign(blank, make_page(names))


@pytest.fixture
def sheet():
    return Sheet()


def kinds(found):
    return [finding.kind for finding in found]


def writings(found):
    return [finding for finding in found if finding.kind is FindingKind.WRITING]


def test_nothing_is_found_on_a_blank_ballot(sheet, reference):
    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_writing_is_found_where_it_is_and_as_large_as_it_is(sheet, reference):
    sheet.draw([(30, 30), (42, 38)], width_mm=0.5).draw([(42, 30), (30, 38)], width_mm=0.5)

    (found,) = find_foreign(sheet.grey(), reference)

    assert found.kind is FindingKind.WRITING
    assert found.left_mm == pytest.approx(30, abs=0.6)
    assert found.width_mm == pytest.approx(12, abs=0.8)
    assert 1 <= found.area_mm2 / (2 * np.hypot(12, 8) * 0.5) < 1.6  # soft edges count as ink


def test_initials_of_four_square_millimetres_are_found(sheet, reference):
    sheet.draw([(30, 30), (32, 27), (34, 30), (36, 27)], width_mm=0.4)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.WRITING]


def test_words_of_one_line_are_one_finding_and_two_places_are_two(sheet, reference):
    sheet.write(20, 30).write(39, 30).write(20, 120)

    found = find_foreign(sheet.grey(), reference)

    assert [round(finding.top_mm) for finding in found] == [30, 120]


@pytest.mark.parametrize("pen", [{"colour": BLUE}, {"colour": RED}, {"strength": 0.5}])
def test_writing_of_any_pen_is_found_without_colour(sheet, reference, pen):
    sheet.write(20, 30, **pen)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.WRITING]


@pytest.mark.parametrize("tone", [(219, 204, 250), (158, 242, 250), (242, 224, 194)])
def test_coloured_paper_is_nothing(reference, tone):
    clean = find_foreign(Sheet(tone).colour(), reference)
    written = find_foreign(Sheet(tone).write(20, 30).colour(), reference)

    assert clean == ()
    assert FindingKind.WRITING in kinds(written)


def test_dust_is_nothing(sheet, reference):
    rng = np.random.default_rng(1)
    for x, y in rng.uniform((10, 10), (WIDTH_MM - 10, HEIGHT_MM - 10), (60, 2)):
        sheet.blot(x, y, rng.uniform(0.05, 0.25))

    found = find_foreign(sheet.grey(), reference)

    assert writings(found) == []


@pytest.mark.parametrize("moved_mm", [(0.25, 0.0), (-0.2, 0.2), (0.0, -0.3)])
def test_print_that_lies_a_little_off_is_nothing(reference, moved_mm):
    found = find_foreign(Sheet(moved_mm=moved_mm).grey(), reference)

    assert found == ()


# --- marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width_mm", [0.3, 1.0])
def test_a_cross_with_long_tails_is_nothing(sheet, reference, width_mm):
    sheet.cross(73, 73, size=9, width_mm=width_mm)

    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_a_tick_that_leaves_its_box_is_nothing(sheet, reference):
    sheet.draw([(71, 74), (73, 76), (80, 67)], width_mm=0.5)

    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_a_ring_around_a_box_is_nothing(sheet, reference):
    sheet.ring(73, 87, 6, 5.2)

    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_a_cross_beside_an_empty_box_is_left_to_the_box(sheet, reference):
    sheet.cross(80.2, 87)

    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_letters_beside_a_marked_box_are_writing(sheet, reference):
    sheet.cross(73, 87).draw([(62, 90), (64, 84), (66, 90), (68, 84)], width_mm=0.5)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.WRITING]


def test_a_signature_that_begins_in_a_box_is_writing(sheet, reference):
    sheet.cross(73, 73).write(50, 70, width=24, height=6)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.WRITING]


def test_a_stroke_through_a_name_is_nothing_on_a_list_to_strike_out(sheet, strike_list, reference):
    sheet.draw([(16, 87.4), (54, 86.6)])

    assert find_foreign(sheet.grey(), strike_list) == ()
    assert set(kinds(find_foreign(sheet.grey(), reference))) == {FindingKind.WRITING}


def test_a_number_written_before_a_name_is_writing(sheet, strike_list):
    sheet.draw([(12, 86), (14, 84.5), (14, 89), (12, 89), (16, 89)], width_mm=0.5)

    found = find_foreign(sheet.grey(), strike_list)

    assert kinds(found) == [FindingKind.WRITING]


# --- seal -------------------------------------------------------------------------------------


@pytest.mark.parametrize("strength", [0.5, 0.9])
@pytest.mark.parametrize("place", [(28, 28), (60, 100)])
def test_a_seal_is_found_anywhere_and_is_no_writing(sheet, reference, strength, place):
    sheet.seal(*place, strength=strength)

    (found,) = find_foreign(sheet.grey(), reference)

    assert found.kind is FindingKind.SEAL
    assert found.left_mm == pytest.approx(place[0] - 15, abs=1)
    assert found.height_mm == pytest.approx(30, abs=1.2)


@pytest.mark.parametrize(("colour", "name"), [(RED, InkColour.RED), (BLUE, InkColour.BLUE)])
def test_a_seal_has_the_colour_of_its_ink(sheet, reference, colour, name):
    sheet.seal(40, 35, colour=colour)

    (found,) = find_foreign(sheet.colour(), reference)

    assert (found.kind, found.colour) == (FindingKind.SEAL, name)


def test_a_circle_drawn_by_hand_is_no_seal(sheet, reference):
    sheet.ring(40, 35, 13, 11, wobble=0.03)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.WRITING]


def test_writing_across_a_seal_is_found(sheet, reference):
    sheet.seal(30, 30).write(20, 30, width=45)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.SEAL, FindingKind.WRITING]
    assert found[1].left_mm == pytest.approx(20, abs=2)


def test_a_pen_under_a_red_seal_is_seen_in_red_light(sheet, reference):
    sheet.write(22, 30, width=14, colour=BLUE).seal(30, 30)

    found = find_foreign(sheet.colour(), reference)

    assert writings(found)[0].left_mm == pytest.approx(22, abs=3)


def test_a_dark_pen_under_a_pale_seal_is_seen_without_colour(sheet, reference):
    sheet.write(22, 30, width=14).seal(30, 30, strength=0.5)

    found = find_foreign(sheet.grey(), reference)

    assert kinds(found) == [FindingKind.SEAL, FindingKind.WRITING]


# --- lines, holes, edges ----------------------------------------------------------------------


def make_frame(tilt_deg=0.0, shift_mm=3.0):
    angle = np.radians(tilt_deg)
    matrix = np.eye(3)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix[:2, 2] = shift_mm * PX_PER_MM
    size = (round((WIDTH_MM + 6) * PX_PER_MM), round((HEIGHT_MM + 6) * PX_PER_MM))
    return ScanFrame(matrix, size)


def test_a_line_along_the_scan_is_a_streak_and_says_where_on_the_glass(sheet, reference):
    sheet.draw([(60, -1), (60, HEIGHT_MM + 1)], width_mm=0.3, strength=0.6)

    (found,) = find_foreign(sheet.grey(), reference, make_frame())

    assert found.kind is FindingKind.STREAK
    assert found.at_mm == pytest.approx(63, abs=0.5)


def test_a_streak_over_a_tilted_page_is_tilted_against_it(sheet, reference):
    frame = make_frame(tilt_deg=1.0)
    lean = np.tan(np.radians(1.0)) * HEIGHT_MM
    sheet.draw([(60, 0), (60 + lean, HEIGHT_MM)], width_mm=0.3, strength=0.6)

    (found,) = find_foreign(sheet.grey(), reference, frame)

    assert (found.kind, found.is_rising) == (FindingKind.STREAK, False)
    assert found.width_mm == pytest.approx(lean, abs=0.8)


def test_a_broken_line_across_the_page_is_a_fold(sheet, reference):
    for x in range(0, WIDTH_MM, 4):
        sheet.draw([(x, 50.2), (x + 2.2, 50.2)], width_mm=0.4, strength=0.5)

    (found,) = find_foreign(sheet.grey(), reference, make_frame())

    assert found.kind is FindingKind.FOLD


def test_a_line_that_ends_on_the_page_is_writing(sheet, reference):
    sheet.draw([(20, 50), (70, 51)])

    found = find_foreign(sheet.grey(), reference, make_frame())

    assert kinds(found) == [FindingKind.WRITING]


@pytest.mark.parametrize("grey", [0, 90])
def test_punched_holes_are_nothing(sheet, reference, grey):
    sheet.blot(11, 40, 3, grey).blot(11, 120, 3, grey)

    found = find_foreign(sheet.grey(), reference)

    assert found == ()


def test_a_staple_is_nothing_and_such_a_stroke_in_the_middle_is_writing(sheet, reference):
    at_corner = find_foreign(Sheet().draw([(8, 9), (19, 11)], 0.7).grey(), reference)
    in_the_middle = find_foreign(sheet.draw([(48, 39), (59, 41)], 0.7).grey(), reference)

    assert at_corner == ()
    assert kinds(in_the_middle) == [FindingKind.WRITING]


def test_what_is_seen_beside_the_paper_is_nothing(sheet, reference):
    page = sheet.grey()
    page[:, -6:] = 10
    page[:3] = 90
    cv2.fillConvexPoly(page, np.array([(0, 583), (0, 520), (60, 583)]), 5)

    found = find_foreign(page, reference)

    assert writings(found) == []


def test_the_end_of_the_scan_is_nothing(sheet, reference):
    page = sheet.grey()
    page[:, :40] = 255
    page[:, 40:42] = 60
    frame = ScanFrame(np.array([[1.0, 0, -80], [0, 1, 0], [0, 0, 1]]), (740, 1165))

    found = find_foreign(page, reference, frame)

    assert found == ()


# --- pens -------------------------------------------------------------------------------------


def test_marks_of_one_pen_are_one_colour(sheet, reference):
    sheet.cross(73, 73, colour=BLUE).cross(89, 87, colour=BLUE)

    (found,) = find_foreign(sheet.colour(), reference)

    assert (found.kind, found.colour) == (FindingKind.PEN, InkColour.BLUE)


def test_a_second_pen_is_told_from_the_first(sheet, reference):
    sheet.cross(73, 73, colour=BLUE).cross(89, 87, colour=BLACK).write(20, 30, colour=RED)

    found = find_foreign(sheet.colour(), reference)

    pens = {finding.colour for finding in found if finding.kind is FindingKind.PEN}
    assert pens == {InkColour.BLUE, InkColour.BLACK, InkColour.RED}


def test_a_red_seal_is_no_pen(sheet, reference):
    sheet.cross(73, 73, colour=BLUE).seal(30, 30)

    found = find_foreign(sheet.colour(), reference)

    assert [finding.colour for finding in found if finding.kind is FindingKind.PEN] == [
        InkColour.BLUE
    ]


def test_a_page_without_colour_has_no_pens(sheet, reference):
    sheet.cross(73, 73, colour=BLUE)

    assert find_foreign(sheet.grey(), reference) == ()
