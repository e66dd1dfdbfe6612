"""From what is beside the marks to questions for people."""

import dataclasses

import pytest

from ballotscan.count.findings import (
    FindingThresholds,
    bound_fields,
    choose_shown,
    count_unsealed,
    hidden_columns,
    is_seen_through,
    list_streaks,
    suggest_reasons,
)
from ballotscan.election.findings import Finding, FindingKind, InkColour
from ballotscan.election.records import BoxRole, ExpectedMark, Reason
from ballotscan.election.rules import Verdict, load_rules
from ballotscan.election.template import (
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.errors import SettingsError

THRESHOLDS = FindingThresholds()
PARTY = load_rules("vn-dang")
SPACE = Rect(10, 10, 38, 38)
BOXES = tuple(
    MarkBox(f"{row}", Rect(150, 100 + 12 * row, 6, 6), "c", row + 1, BoxRole.AGREE)
    for row in range(5)
)
NAMES = tuple(
    NameField(f"{row}", (Rect(30, 100 + 12 * row, 60, 5),), "A B", "c", row + 1) for row in range(5)
)


def make_template(tmp_path, seal=SPACE, names=()):
    page = TemplatePage(1, 210, 297, "", "", seal=seal, boxes=BOXES, names=names)
    back = dataclasses.replace(page, number=2, seal=None)
    return BallotTemplate(
        "c", "e", 1, Identity.CODE, ExpectedMark.CROSS, is_photo=False, pages=(page, back), fingerprint="", folder=tmp_path
    )  # fmt: skip


@pytest.fixture
def template(tmp_path):
    return make_template(tmp_path)


def writing(left=40, top=180, width=30, height=6, area=20.0):
    return Finding(FindingKind.WRITING, left, top, width, height, area)


def pen(colour, area=20.0):
    return Finding(FindingKind.PEN, 150, 100, 6, 6, area, colour)


def seal(left=15, top=15, colour=InkColour.RED):
    return Finding(FindingKind.SEAL, left, top, 30, 30, 60.0, colour)


def line(kind=FindingKind.STREAK, left=0, top=102, width=210, height=0.5, **more):
    return Finding(kind, left, top, width, height, 40.0, **more)


def reasons_of(template, *findings, rules=PARTY):
    return suggest_reasons([(1, findings)], template, rules, THRESHOLDS)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (writing(40, 165, 40, 6), Reason.WRITE_IN),  # below the last row
        (writing(40, 110, 40, 6), Reason.WRITE_IN),  # between two names
        (writing(40, 250, 40, 10), Reason.ADDED_TEXT),  # a signature at the foot
        (writing(120, 20, 60, 10), Reason.ADDED_TEXT),
        (writing(100, 60, 5, 5, 5.0), Reason.ID_MARK),
    ],
)
def test_the_reason_suggested_follows_from_place_and_size(template, found, reason):
    assert reasons_of(template, found) is reason


def test_less_ink_than_the_threshold_is_not_asked_about(template):
    assert reasons_of(template, writing(area=2.4)) == Reason(0)
    assert reasons_of(template, writing(area=2.5)) != Reason(0)


def test_two_colours_of_ink_are_asked_about(template):
    assert reasons_of(template, pen(InkColour.BLUE)) == Reason(0)
    assert reasons_of(template, pen(InkColour.BLUE), pen(InkColour.BLACK)) is Reason.MULTI_INK
    assert reasons_of(template, pen(InkColour.BLUE), pen(InkColour.BLACK, 2.0)) == Reason(0)


def test_colours_on_both_sides_of_a_sheet_are_taken_together(template):
    pages = [(1, [pen(InkColour.BLUE)]), (2, [pen(InkColour.RED)])]

    assert suggest_reasons(pages, template, PARTY, THRESHOLDS) is Reason.MULTI_INK


def test_other_print_than_the_forms_is_asked_about_under_all_rules(template):
    other = Finding(FindingKind.PRINT, 60, 20, 3, 4, 12.0)

    for rules in (PARTY, load_rules("us-nofm")):
        assert Reason.NOT_ISSUED in reasons_of(template, other, rules=rules)
        assert choose_shown((other,), rules, THRESHOLDS) == (other,)


def test_rules_may_have_no_word_about_writing_and_inks(template):
    rules = load_rules("us-nofm")
    found = (writing(), pen(InkColour.BLUE), pen(InkColour.RED))

    assert reasons_of(template, *found, rules=rules) == Reason(0)
    assert choose_shown(found, rules, THRESHOLDS) == ()


def test_streaks_and_seals_are_shown_under_any_rules():
    found = (line(), seal())

    assert choose_shown(found, load_rules("us-nofm"), THRESHOLDS) == found


def test_a_single_pen_is_not_shown():
    assert choose_shown([pen(InkColour.BLUE)], PARTY, THRESHOLDS) == ()


def test_a_missing_seal_is_asked_about_where_the_rules_want_one(template):
    rules = PARTY.model_copy(update={"needs_seal": True})

    assert reasons_of(template, rules=PARTY) == Reason(0)
    assert reasons_of(template, rules=rules) is Reason.NO_SEAL
    assert reasons_of(template, seal(), rules=rules) == Reason(0)


def test_the_seal_is_asked_for_on_the_side_that_has_its_space(template):
    rules = PARTY.model_copy(update={"needs_seal": True})

    only_back = suggest_reasons([(2, [])], template, rules, THRESHOLDS)
    on_back = suggest_reasons([(1, []), (2, [seal()])], template, rules, THRESHOLDS)

    assert only_back == Reason(0)  # the front was not read: another question
    assert on_back is Reason.NO_SEAL


def test_a_seal_without_a_space_may_be_on_any_page(tmp_path):
    rules = PARTY.model_copy(update={"needs_seal": True})
    template = make_template(tmp_path, seal=None)

    found = suggest_reasons([(1, []), (2, [seal()])], template, rules, THRESHOLDS)

    assert found == Reason(0)


# --- what a seal or a line hides ---------------------------------------------------------------


def test_seals_that_all_sheets_lack_are_counted(template):
    sheets = [[(1, [line()])] for _ in range(30)]

    assert count_unsealed(sheets, template) == 30


@pytest.mark.parametrize("found", [seal(), seal(colour=None), pen(InkColour.BLUE)])
def test_one_seal_or_one_colour_shows_that_red_is_not_dropped(template, found):
    sheets = [[(1, [])] for _ in range(30)]

    assert count_unsealed([*sheets, [(1, [found])]], template) == 0


def test_few_sheets_or_a_ballot_without_space_for_a_seal_say_nothing(template, tmp_path):
    assert count_unsealed([[(1, [])]] * 4, template) == 0
    assert count_unsealed([[(1, [])]] * 30, make_template(tmp_path, seal=None)) == 0


def hidden(template, *findings):
    page = template.pages[0]
    return hidden_columns(page, bound_fields(page), findings)


def test_boxes_under_a_seal_without_colour_are_hidden(template):
    assert hidden(template, seal(140, 95, None)) == [0, 1, 2]
    assert hidden(template, seal(15, 15, None)) == []


def test_boxes_under_a_red_seal_are_seen_through_it(template):
    assert hidden(template, seal(140, 95), pen(InkColour.BLUE)) == []


def test_where_no_pen_is_known_nothing_is_seen_through_a_seal(template):
    assert hidden(template, seal(140, 95)) == [0, 1, 2]


def test_red_pens_are_not_seen_through_a_red_seal(template):
    found = (seal(140, 95), pen(InkColour.RED))

    assert not is_seen_through(*found[:1], found)
    assert hidden(template, *found) == [0, 1, 2]


def test_a_line_through_a_name_is_like_a_stroke(tmp_path):
    template = make_template(tmp_path, names=NAMES)
    first_name = len(BOXES)

    assert hidden(template, line(top=102)) == [first_name]
    assert hidden(template, line(top=108)) == []


@pytest.mark.parametrize(("is_rising", "row"), [(False, 0), (True, 1)])
def test_a_tilted_line_is_followed(tmp_path, is_rising, row):
    template = make_template(tmp_path, names=NAMES)
    found = line(top=98, height=20, is_rising=is_rising)

    assert hidden(template, found) == [len(BOXES) + row]


def test_upright_lines_strike_out_nobody(tmp_path):
    template = make_template(tmp_path, names=NAMES)

    assert hidden(template, line(left=50, top=0, width=1, height=297)) == []


# --- streaks ------------------------------------------------------------------------------------


def test_streaks_at_one_place_of_the_glass_are_one():
    pages = [[line(at_mm=112.0)], [line(at_mm=50.0)], [line(at_mm=113.1)], []]

    assert list_streaks(pages) == [(113.1, 2), (50.0, 1)]


def test_folds_are_no_matter_of_the_glass():
    assert list_streaks([[line(FindingKind.FOLD, at_mm=112.0)]]) == []


def test_a_threshold_of_nothing_is_refused():
    with pytest.raises(SettingsError, match="writing_mm2"):
        FindingThresholds(writing_mm2=0)


def test_rules_cannot_make_writing_invalid_by_machine():
    with pytest.raises(ValueError, match="never decides this alone"):
        type(PARTY).model_validate(PARTY.model_dump() | {"writing": Verdict.INVALID})
