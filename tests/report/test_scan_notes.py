"""What is said once about all scans."""

import dataclasses

import pytest

from ballotscan.count.residue import Residue
from ballotscan.election.template import Rect
from ballotscan.locale.catalogue import translator
from ballotscan.report.scan_notes import scan_notes


def said(canvass, language="en", **changes):
    translate = translator(language)
    return [note.say(translate) for note in scan_notes(dataclasses.replace(canvass, **changes))]


def test_a_count_in_order_says_nothing(canvass):
    assert said(canvass) == []


@pytest.mark.parametrize(("language", "word"), [("en", "printing flaw"), ("vi", "lỗi in")])
def test_residue_is_named_with_its_box_and_sheets(canvass, language, word):
    residue = (Residue("ballot", 1, "row-3-agree", Rect(20, 30, 5, 5), 40, 50),)

    (sentence,) = said(canvass, language, residue=residue)

    assert word in sentence
    assert all(part in sentence for part in ("row-3-agree", "40", "50"))


def test_many_places_are_cut_and_the_rest_is_counted(canvass):
    residue = tuple(Residue("ballot", 1, None, Rect(n, 30, 5, 5), 40, 50) for n in range(13))

    assert said(canvass, residue=residue)[-1].startswith("and at 3 more places")


def test_scans_in_black_and_white_are_warned_of_once(canvass):
    (sentence,) = said(canvass, bilevel_sheets=12)

    assert sentence.startswith("12 sheets were scanned in black and white")


@pytest.mark.parametrize(("language", "word"), [("en", "drops red"), ("vi", "màu đỏ")])
def test_seals_that_no_sheet_shows_are_said_once(canvass, language, word):
    (sentence,) = said(canvass, language, unsealed_sheets=30)

    assert word in sentence
    assert "30" in sentence
