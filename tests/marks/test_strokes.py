"""Names printed in the ballots' own type, and strokes drawn through, over and around them."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ballotscan.election.records import MarkStatus
from ballotscan.election.rules import StrikeForm, load_rules
from ballotscan.election.template import PX_PER_MM, NameField, Rect
from ballotscan.errors import SettingsError, TemplateError
from ballotscan.marks.letters import (
    FAMILY,
    GIVEN,
    MIDDLE,
    SECOND,
    TITLE,
    Line,
    find_words,
)
from ballotscan.marks.names import prepare_names
from ballotscan.marks.sight import GREYS, Sight
from ballotscan.marks.strikes import Form, classify_strikes, find_forms
from ballotscan.marks.strikethresholds import StrikeThresholds
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.marks.strokes import score_names

FINE = 3
WIDTH_MM, HEIGHT_MM = 120, 75
TYPE_MM = 4.6  # 13 points
# Left and top of each line in mm, and its words.
LINES = {
    "short": ((15, 8, "Lê Thị Hà"),),
    "long": ((15, 22, "Nguyễn Văn Đủ"),),
    "titled": ((15, 36, "Ông Trần Minh Quyền"),),
    "second": ((15, 50, "Bà Phạm Thu Thủy"), (15, 56, "(Thích Nữ Diệu Lan)")),
}
NAMES = {name: place for place, name in enumerate(LINES)}


@cache
def typeface():
    font = files("ballotscan.design") / "fonts" / "LiberationSerif-Bold.ttf"
    with as_file(font) as path:
        return ImageFont.truetype(str(path), round(TYPE_MM * PX_PER_MM * FINE))


@cache
def print_of(lines):
    """The printed page, fine, and the extent of each line's letters in mm."""
    k = PX_PER_MM * FINE
    page = Image.new("L", (round(WIDTH_MM * k), round(HEIGHT_MM * k)), 255)
    pen = ImageDraw.Draw(page)
    rects = []
    for left_mm, top_mm, text in lines:
        at = (left_mm * k, top_mm * k)
        pen.text(at, text, font=typeface(), fill=0)
        left, top, right, bottom = pen.textbbox(at, text, font=typeface())
        rects.append(Rect(left / k, top / k, (right - left) / k, (bottom - top) / k))
    return np.array(page), tuple(rects)


PRINT, RECTS = print_of(tuple(line for lines in LINES.values() for line in lines))


def fields():
    rects = iter(RECTS)
    return tuple(
        NameField(name, tuple(next(rects) for _ in lines), " ".join(line[2] for line in lines), "c", number)
        for number, (name, lines) in enumerate(LINES.items(), start=1)
    )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """The printed page and what a pen drew on it: polylines in mm, width in mm, ink 0 to 1."""

    strokes: tuple = ()
    moved_px: tuple = (0, 0)
    printed: bool = True
    spread_px: int = 0  # by how many fine pixels all print has grown

    def draw(self, *points_mm, width_mm=0.4, ink=0.8):
        return replace(self, strokes=(*self.strokes, (points_mm, width_mm, ink)))

    def strike(self, name, *, start=-0.05, end=1.05, rise=0.0, slope=0.0, line=0, **pen):  # noqa: PLR0913 - each by its name
        """A line over a share of a name's length; rises are shares of the letters' height."""
        rect = fields()[NAMES[name]].lines[line]
        x = [rect.left_mm + share * rect.width_mm for share in (start, end)]
        y = [rect.top_mm + (0.5 + rise + lean) * rect.height_mm for lean in (-slope, slope)]
        return self.draw((x[0], y[0]), (x[1], y[1]), **pen)

    def grey(self):
        k = PX_PER_MM * FINE
        light = PRINT.astype(np.float32) / 255 if self.printed else np.ones(PRINT.shape, np.float32)
        light = cv2.erode(light, np.ones((2 * self.spread_px + 1,) * 2, dtype=np.uint8))
        for points, width_mm, ink in self.strokes:
            cover = np.zeros(light.shape, dtype=np.uint8)
            corners = np.round(np.array(points) * k).astype(np.int32)
            cv2.polylines(
                cover, [corners], isClosed=False, color=255, thickness=round(width_mm * k)
            )
            light = np.minimum(light, 1 - ink * cover.astype(np.float32) / 255)
        size = (round(WIDTH_MM * PX_PER_MM), round(HEIGHT_MM * PX_PER_MM))
        page = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
        page = cv2.GaussianBlur(page, (0, 0), 0.5)
        page = np.roll(page, self.moved_px[::-1], axis=(0, 1))
        return np.round(245 - 220 * (1 - page)).clip(0, 255).astype(np.uint8)


BLANK = Page().grey()
REFERENCE = prepare_names(BLANK, fields())


def measure(page, reference=REFERENCE, paper=245.0, sight=GREYS):
    grey = page.grey()
    framed = np.pad(grey, 200, constant_values=245)
    tiles = np.stack(
        [
            framed[y + 200 : y + 200 + rows, x + 200 : x + 200 + columns]
            for x, y, columns, rows in reference.rects_px.tolist()
        ]
    )
    half = cv2.resize(grey, (grey.shape[1] // 2, grey.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return score_names(tiles, half, np.full(len(tiles), paper), reference, sight)


def read(page, match=0.95, thresholds=StrikeThresholds(), sight=GREYS):  # noqa: B008 - frozen
    features = measure(page, sight=sight)
    forms = find_forms(features, np.full(len(features), match), thresholds)
    return {name: Form(form).name for name, form in zip(LINES, forms.tolist(), strict=True)}


def number(page, name, feature):
    return float(measure(page)[NAMES[name], feature])


def test_untouched_names_have_no_strokes():
    assert set(read(Page()).values()) == {"NONE"}


@pytest.mark.parametrize("moved_px", [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_a_page_that_lies_an_eighth_of_a_millimetre_off_has_no_strokes(moved_px):
    assert set(read(Page(moved_px=moved_px)).values()) == {"NONE"}


@pytest.mark.parametrize("name", ["short", "long", "titled"])
@pytest.mark.parametrize("pen", [{}, {"width_mm": 0.25}, {"width_mm": 0.9}, {"ink": 0.4}])
def test_a_line_through_the_middle_is_read_and_only_on_its_own_name(name, pen):
    forms = read(Page().strike(name, **pen))

    assert forms == dict.fromkeys(LINES, "NONE") | {name: "MIDDLE"}


def test_two_lines_through_the_middle_are_read_like_one():
    page = Page().strike("long", rise=-0.1).strike("long", rise=0.1)

    assert read(page)["long"] == "MIDDLE"


def test_a_title_need_not_be_struck():
    assert read(Page().strike("titled", start=0.2))["titled"] == "MIDDLE"


def test_both_lines_of_a_name_must_be_struck():
    one = Page().strike("second")

    assert read(one)["second"] == "UNCLEAR"
    assert read(one.strike("second", line=1))["second"] == "MIDDLE"


@pytest.mark.parametrize(
    ("stroke", "form"),
    [
        ({"end": 0.5}, "NOT_GIVEN"),
        ({"end": 0.3}, "NOT_GIVEN"),
        ({"start": 0.75}, "UNCLEAR"),
        ({"rise": 0.68}, "BELOW"),
        ({"rise": -0.68}, "UNCLEAR"),
        ({"slope": 0.45}, "ACROSS"),
    ],
)
def test_other_lines_are_told_from_one_through_the_middle(stroke, form):
    assert read(Page().strike("long", **stroke))["long"] == form


def test_a_cross_over_a_name_is_no_line_through_its_middle():
    page = Page().strike("long", slope=0.5).strike("long", slope=-0.5)

    assert read(page)["long"] in {"ACROSS", "COVERED"}


def zigzag(page, name, step_mm, **pen):
    rect = fields()[NAMES[name]].lines[0]
    x = np.arange(rect.left_mm, rect.left_mm + rect.width_mm, step_mm)
    y = rect.top_mm + np.where(np.arange(len(x)) % 2, 0.95, 0.05) * rect.height_mm
    return page.draw(*zip(x.tolist(), y.tolist(), strict=True), **pen)


def test_going_to_and_fro_over_a_name_covers_it():
    assert read(zigzag(Page(), "long", 1.8))["long"] == "COVERED"


def test_a_scribble_is_no_stroke_that_counts():
    assert read(zigzag(Page(), "long", 0.5))["long"] == "CANCELLED"


def test_a_line_scribbled_out_in_part_is_taken_back():
    rect = fields()[NAMES["long"]].lines[0]
    page = Page().strike("long")
    for step in np.arange(0, 12, 0.45):
        x = rect.left_mm + 8 + step
        page = page.draw((x, rect.top_mm), (x + 0.3, rect.top_mm + rect.height_mm))

    assert read(page)["long"] == "CANCELLED"


def test_an_upright_line_over_several_names_makes_none_of_them_untouched():
    forms = read(Page().draw((24, 5), (25, 62)))

    assert set(forms.values()) == {"UNCLEAR"}


def test_a_bracket_beside_names_makes_them_unclear():
    forms = read(Page().draw((88, 9), (91, 10), (91, 26), (88, 27)))

    assert forms == {"short": "UNCLEAR", "long": "UNCLEAR", "titled": "NONE", "second": "NONE"}


@pytest.mark.parametrize("beyond_mm", [1.5, 0.6, 0.0, -0.6])
def test_a_ring_around_or_over_a_name_is_no_stroke_through_it(beyond_mm):
    rect = fields()[NAMES["long"]].lines[0]
    angle = np.linspace(0, 2 * np.pi, 80)
    x = rect.left_mm + rect.width_mm / 2 + (rect.width_mm / 2 + beyond_mm) * np.cos(angle)
    y = rect.top_mm + rect.height_mm / 2 + (rect.height_mm / 2 + beyond_mm) * np.sin(angle)

    forms = read(Page().draw(*zip(x.tolist(), y.tolist(), strict=True)))

    assert forms["long"] == "UNCLEAR"


def test_a_line_hatched_out_in_part_is_taken_back():
    rect = fields()[NAMES["long"]].lines[0]
    page = Page().strike("long")
    for x in rect.left_mm + 6 + 1.6 * np.arange(4):
        page = page.draw(
            (x - 0.8, rect.top_mm - 0.9), (x + 0.8, rect.top_mm + rect.height_mm + 0.9)
        )

    assert read(page)["long"] == "UNCLEAR"


def test_what_shines_through_the_paper_strikes_nothing():
    page = Page().strike("long", width_mm=1.3, ink=0.3)

    assert read(page)["long"] == "UNCLEAR"


def test_a_line_that_is_seen_in_the_pale_setting_alone_is_asked_about():
    assert read(Page().strike("long", ink=0.2))["long"] == "UNCLEAR"


def test_where_strokes_are_lost_a_slanted_line_may_have_been_taken_back():
    page = Page().strike("long", slope=0.45)
    shown, lost = (
        read(page, sight=Sight(is_bilevel=True, px_mm=25.4 / 300, cut=cut)) for cut in (0.2, 0.5)
    )

    assert (shown["long"], lost["long"]) == ("ACROSS", "UNCLEAR")


def test_the_least_trace_is_asked_about_where_another_name_shows_that_the_pen_is_pale():
    rect = fields()[NAMES["long"]].lines[0]
    x, y = rect.left_mm + rect.width_mm + 1.0, rect.top_mm + 1.0
    speck = Page().draw((x, y), (x + 0.1, y), width_mm=0.3, ink=0.3)

    assert read(speck)["long"] == "NONE"
    assert read(speck.strike("titled", ink=0.8))["long"] == "NONE"
    assert read(speck.strike("titled", ink=0.2))["long"] == "UNCLEAR"


def test_a_line_that_begins_within_the_family_name_does_not_strike_the_name():
    assert read(Page().strike("long", start=0.16))["long"] == "UNCLEAR"


def test_a_line_between_two_names_makes_both_unclear():
    forms = read(Page().draw((15, 32), (50, 32)))

    assert forms == {"short": "NONE", "long": "UNCLEAR", "titled": "UNCLEAR", "second": "NONE"}


@pytest.mark.parametrize(
    ("cut", "form"), [(0.2, "NONE"), (0.33, "NONE"), (0.4, "UNCLEAR"), (np.nan, "UNCLEAR")]
)
def test_a_name_is_surely_untouched_only_where_thin_strokes_would_be_seen(cut, form):
    sight = Sight(is_bilevel=True, px_mm=25.4 / 200, cut=cut)

    assert set(read(Page(), sight=sight).values()) == {form}


BLACK_AND_WHITE = Sight(is_bilevel=True, px_mm=25.4 / 200, cut=0.5)


def test_broad_lines_on_other_names_show_that_the_pen_is_seen_in_black_and_white():
    one = Page().strike("long")
    two = one.strike("titled")

    assert read(one, sight=BLACK_AND_WHITE)["short"] == "UNCLEAR"
    assert read(two, sight=BLACK_AND_WHITE)["short"] == "NONE"


def test_where_lines_are_thin_in_black_and_white_no_name_is_surely_untouched():
    thin = Page().strike("long", width_mm=0.2).strike("titled", width_mm=0.2)
    sight = replace(BLACK_AND_WHITE, cut=0.3)

    assert read(thin, sight=sight)["short"] == "UNCLEAR"
    assert read(thin, sight=BLACK_AND_WHITE)["short"] == "UNCLEAR"


def test_print_that_has_spread_says_nothing():
    page = Page(spread_px=10)

    assert set(read(page).values()) == {"UNCLEAR"}
    assert set(read(page.strike("long")).values()) == {"UNCLEAR"}


@pytest.mark.parametrize("width_mm", [0.4, 0.9])
def test_lines_through_all_names_are_no_spread_print(width_mm):
    page = Page()
    for name in ("short", "long", "titled"):
        page = page.strike(name, width_mm=width_mm)
    page = page.strike("second", width_mm=width_mm).strike("second", line=1, width_mm=width_mm)

    assert set(read(page).values()) == {"MIDDLE"}


def test_specks_far_apart_beside_a_name_are_no_stroke():
    rect = fields()[NAMES["long"]].lines[0]
    page, y = Page(), rect.top_mm + 2.0
    for x in (rect.left_mm + rect.width_mm + 8, 80, 95, 108):
        page = page.draw((x, y), (x + 0.1, y), width_mm=0.4)

    assert read(page)["long"] == "NONE"
    assert read(page.draw((85, y), (89, y)))["long"] == "UNCLEAR"


def test_a_line_that_runs_on_to_both_sides_may_be_a_fold():
    rect = fields()[NAMES["long"]].lines[0]
    y = rect.top_mm + rect.height_mm / 2

    assert read(Page().draw((2, y), (118, y)))["long"] != "MIDDLE"


def test_a_name_that_is_not_on_the_page_is_not_untouched():
    assert "NONE" not in read(Page(printed=False)).values()


def test_an_untouched_name_whose_print_does_not_fit_is_unclear():
    assert set(read(Page(), match=0.4).values()) == {"UNCLEAR"}


def test_other_words_than_the_template_has_are_unclear():
    other, _ = print_of(((15, 8, "Võ Quốc Anh"),))
    reference = prepare_names(255 - (255 - cv2.resize(other, BLANK.shape[::-1])), fields()[:1])

    features = measure(Page(), reference)

    assert find_forms(features, np.ones(1), StrikeThresholds()).tolist() == [Form.UNCLEAR]


def test_coverage_and_height_are_those_that_were_drawn():
    half = Page().strike("long", end=0.5)
    low = Page().strike("long", rise=0.2)

    assert number(half, "long", StrokeFeature.COVER) == pytest.approx(0.5, abs=0.08)
    assert number(low, "long", StrokeFeature.HEIGHT) > number(half, "long", StrokeFeature.HEIGHT)
    assert number(half, "long", StrokeFeature.GIVEN) == 0
    assert number(half, "long", StrokeFeature.UNBROKEN) > 0.9


def test_without_paper_a_name_is_not_read():
    features = measure(Page(), paper=np.nan)

    assert np.isnan(features).all()
    assert find_forms(features, np.ones(4), StrikeThresholds()).tolist() == [Form.UNREAD] * 4


def test_a_page_without_names_has_no_numbers():
    reference = prepare_names(BLANK, ())

    features = score_names(np.empty((0, 2, 2), np.uint8), BLANK, np.empty(0), reference)

    assert features.shape == (0, len(StrokeFeature))


def test_a_name_where_nothing_is_printed_is_refused():
    nowhere = NameField("c/9/name", (Rect(80, 65, 20, 4),), "Lê Hà", "c", 9)

    with pytest.raises(TemplateError, match="c/9/name"):
        prepare_names(BLANK, (nowhere,))


def test_words_are_told_apart_and_known():
    kinds = REFERENCE.words.kind[REFERENCE.words.line == 2].tolist()
    second = REFERENCE.words.kind[np.isin(REFERENCE.words.line, (3, 4))].tolist()

    assert kinds == [TITLE, FAMILY, MIDDLE, GIVEN]
    assert second == [TITLE, FAMILY, MIDDLE, GIVEN, SECOND, SECOND, SECOND, SECOND]


def kinds_of(*words):
    """What the words of a name are, that are printed on one line with gaps like those between words."""
    gaps = tuple((10, 20 * at, 20 * at + 10) for at in range(1, len(words)))
    line = Line(0, (0, 30), (0, 20 * len(words) + 10), 15.0, 10.0, gaps)
    name = NameField("c/1/name", (RECTS[0],), " ".join(words), "c", 1)
    return find_words([line], [name], [0]).kind.tolist()


def test_a_title_of_two_words_is_a_title_but_half_of_it_is_a_family_name():
    assert kinds_of("Đồng", "chí", "Lê", "Hà") == [TITLE, TITLE, FAMILY, GIVEN]
    assert kinds_of("Đồng", "Văn", "Hà") == [FAMILY, MIDDLE, GIVEN]


def test_a_name_of_one_word_is_the_given_name():
    assert kinds_of("Hà") == [GIVEN]


def test_a_line_whose_words_do_not_fit_its_text_is_one_word():
    renamed = replace(fields()[0], text="Lê")

    words = prepare_names(BLANK, (replace(renamed, text="A B C D E F G H I J K L M"),)).words

    assert words.kind.tolist() == [MIDDLE]


PARTY = load_rules("vn-dang")


def with_rules(**changes):
    return PARTY.model_copy(update=changes)


def test_the_party_counts_lines_through_the_middle_and_asks_about_all_others():
    statuses = classify_strikes(np.arange(len(Form), dtype=np.int8), PARTY)

    struck = {Form(form) for form in np.flatnonzero(statuses == MarkStatus.MARKED)}
    kept = {Form(form) for form in np.flatnonzero(statuses == MarkStatus.EMPTY)}
    assert (struck, kept) == ({Form.MIDDLE}, {Form.NONE})
    assert statuses[Form.UNREAD] == MarkStatus.UNREAD
    assert statuses[Form.CANCELLED] == MarkStatus.CANCELLED


@pytest.mark.parametrize(
    ("changes", "form", "status"),
    [
        ({"acceptable": (StrikeForm.ACROSS,)}, Form.ACROSS, MarkStatus.MARKED),
        ({"acceptable": (StrikeForm.COVERED,)}, Form.COVERED, MarkStatus.MARKED),
        ({"not_struck": (StrikeForm.BELOW,)}, Form.BELOW, MarkStatus.EMPTY),
        ({"not_struck": (StrikeForm.NOT_GIVEN,)}, Form.NOT_GIVEN, MarkStatus.EMPTY),
        ({"prescribed": ()}, Form.MIDDLE, MarkStatus.MARGINAL),
    ],
)
def test_what_counts_is_said_by_the_rules(changes, form, status):
    statuses = classify_strikes(np.array([[form]], dtype=np.int8), with_rules(**changes))

    assert statuses.tolist() == [[status]]


def test_changed_thresholds_change_the_reading_without_the_picture():
    features = measure(Page().strike("long", end=0.95, ink=0.6))
    strict = StrikeThresholds(all_along=1.0, whole=1.0)

    assert find_forms(features, np.ones(4), StrikeThresholds())[1] == Form.MIDDLE
    assert find_forms(features, np.ones(4), strict)[1] == Form.UNCLEAR


@pytest.mark.parametrize("wrong", [{"whole": 1.5}, {"match": 0}, {"seen_mm": -1}, {"sightings": 0}])
def test_thresholds_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        StrikeThresholds(**wrong)


def test_broad_lines_side_by_side_are_read_like_one():
    pen = {"width_mm": 1.3, "ink": 0.9}
    page = Page().strike("long", rise=-0.14, **pen).strike("long", rise=0.14, **pen)
    rect = fields()[NAMES["long"]].lines[0]
    taken_back = page
    for x in rect.left_mm + 6 + 0.8 * np.arange(9):
        ends = (x, rect.top_mm - 0.3), (x, rect.top_mm + rect.height_mm + 0.3)
        taken_back = taken_back.draw(*ends, **pen)
    dense = StrikeThresholds(densest=0.5)
    even = StrikeThresholds(densest=0.5, even=1.0)

    assert number(page, "long", StrokeFeature.DENSEST) >= dense.densest
    assert read(page, thresholds=dense)["long"] == "MIDDLE"
    assert read(page, thresholds=even)["long"] == "CANCELLED"
    assert read(taken_back, thresholds=dense)["long"] == "CANCELLED"


@pytest.mark.parametrize("width_mm", [0.3, 1.2])
def test_a_way_keeps_to_the_middle_of_its_stroke(width_mm):
    page = Page().strike("long", slope=0.1, width_mm=width_mm)

    assert number(page, "long", StrokeFeature.SWING) < 0.04
    assert number(page, "long", StrokeFeature.OFF_MM2) < 0.1


def test_ink_between_two_columns_belongs_to_the_nearer_one():
    lines = (((10, 8, "Lê Thị Hà"),), ((80, 8, "Lê Thị Hà"),))
    _, rects = print_of(tuple(line for (line,) in lines))
    columns = [NameField(str(x), (rect,), "Lê Thị Hà", "c", x) for x, rect in enumerate(rects, 1)]
    ink = np.full(BLANK.shape, 245, dtype=np.uint8)
    for rect in rects:
        top, left = (round(mm * PX_PER_MM) for mm in (rect.top_mm, rect.left_mm))
        ink[top : top + 30, left : left + 120 : 4] = 20
    reference = prepare_names(ink, columns)
    at_mm = (reference.aside_at % (ink.shape[1] // 2)) * 2 / PX_PER_MM

    middle = (rects[0].left_mm + 15 + rects[1].left_mm) / 2
    assert at_mm[reference.aside_name == 1].min() == pytest.approx(middle, abs=0.5)
    assert at_mm[reference.aside_name == 0].max() > middle


@pytest.mark.parametrize(("along", "form"), [(True, "UNCLEAR"), (False, "NONE")])
def test_a_bracket_along_a_printed_ruling_makes_it_broader(along, form):
    ruled = Page().draw((55, 2), (55, 72), width_mm=0.15, ink=1.0)
    reference = prepare_names(ruled.grey(), fields())
    page = ruled.draw((55.1, 21), (55.1, 28), width_mm=0.4) if along else ruled
    features = measure(page, reference)
    forms = find_forms(features, np.full(len(features), 0.95), StrikeThresholds())

    assert [Form(each).name for each in forms.tolist()] == ["NONE", form, "NONE", "NONE"]


def test_in_black_and_white_a_line_may_end_behind_what_is_seen_of_it():
    page = Page().strike("long", end=0.5, width_mm=0.5)
    features = measure(page, sight=Sight(is_bilevel=True, px_mm=25.4 / 300, cut=0.2))
    forms = find_forms(features, np.full(len(features), 0.95), StrikeThresholds())

    assert read(page)["long"] == "NOT_GIVEN"
    assert Form(int(forms[NAMES["long"]])) is Form.UNCLEAR
