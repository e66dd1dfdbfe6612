"""Sheets laid on one another: who is darkest, who is lightest, and who is the stranger."""

import dataclasses

import numpy as np
import pytest

from ballotscan.election.template import MarkBox, Rect, TemplatePage
from ballotscan.review.overlays import begin_overlay, find_strangers, load_overlay, save_overlay

PAGE = TemplatePage(
    number=1,
    width_mm=60.0,
    height_mm=80.0,
    blank="p.png",
    blank_sha256="0" * 64,
    boxes=(MarkBox("1", Rect(40, 20, 5, 5)),),
)
SHAPE = begin_overlay(PAGE).darkest.shape


def blank():
    page = np.full(SHAPE, 255, np.uint8)
    page[40:60, 40:120] = 0  # a printed bar
    return page


def laid(*pages):
    overlay = begin_overlay(PAGE)
    for number, page in enumerate(pages):
        overlay.add(f"ballot-{number}", page)
    return overlay


def inked(rows, columns):
    page = blank()
    page[rows, columns] = 20
    return page


def test_the_overlay_is_the_darkest_and_lightest_of_all_sheets():
    rng = np.random.default_rng(1)
    pages = rng.integers(0, 256, (7, *SHAPE), dtype=np.uint8)
    overlay = laid(*pages)

    assert np.array_equal(overlay.darkest, pages.min(axis=0))
    assert np.array_equal(overlay.darkest_of, pages.argmin(axis=0))


def test_each_point_knows_the_sheet_it_comes_from():
    overlay = laid(blank(), inked(slice(200, 210), slice(100, 120)), blank())

    assert overlay.sheets[overlay.darkest_of[205, 110]] == "ballot-1"


def test_a_sheet_with_ink_where_nothing_is_printed_is_the_stranger():
    overlay = laid(blank(), blank(), inked(slice(200, 220), slice(60, 160)))

    (stranger,) = find_strangers(overlay, blank(), PAGE)

    assert stranger.record_id == "ballot-2"
    assert stranger.dark_mm2 == pytest.approx(20 * 100 * (25.4 / 100) ** 2, rel=0.01)


def test_a_sheet_that_lacks_print_is_the_stranger():
    overlay = laid(blank(), np.full(SHAPE, 255, np.uint8), blank())

    (stranger,) = find_strangers(overlay, blank(), PAGE)

    assert (stranger.record_id, stranger.dark_mm2) == ("ballot-1", 0)
    assert stranger.light_mm2 > 80


def test_marks_in_boxes_and_sheets_that_lie_a_little_aside_are_no_strangers():
    marked = inked(slice(85, 92), slice(165, 172))
    aside = np.roll(blank(), (1, 1), axis=(0, 1))

    assert find_strangers(laid(blank(), marked, aside), blank(), PAGE) == []


def test_no_sheets_have_no_strangers():
    assert find_strangers(begin_overlay(PAGE), blank(), PAGE) == []


def test_an_overlay_is_kept_and_goes_on(tmp_path):
    overlay = laid(blank(), inked(slice(200, 210), slice(100, 120)))
    save_overlay(overlay, tmp_path / "o" / "1.npz", "layout-1")

    kept = load_overlay(tmp_path / "o" / "1.npz", "layout-1")
    kept.add("ballot-2", blank())

    assert kept.sheets == ["ballot-0", "ballot-1", "ballot-2"]
    for name in ("darkest", "darkest_of"):
        assert np.array_equal(getattr(kept, name), getattr(overlay, name))


def test_an_overlay_of_another_layout_is_not_taken(tmp_path):
    save_overlay(laid(blank()), tmp_path / "1.npz", "layout-1")

    assert load_overlay(tmp_path / "1.npz", "layout-2") is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
def test_a_damaged_overlay_is_made_anew(tmp_path, content):
    (tmp_path / "1.npz").write_bytes(content)

    assert load_overlay(tmp_path / "1.npz", "layout-1") is None


def test_the_page_says_what_it_is_for_and_makes_nothing_by_being_looked_at(open_hall, tmp_path):
    ana = open_hall(["aad"]).sit("Ana")

    assert ana.get("/review/overlay").status_code == 200
    assert ana.get("/review/overlay/ban-chap-hanh/1").status_code == 200
    assert ana.get("/review/overlay/ban-chap-hanh/1/make").status_code in {404, 405}
    assert not (tmp_path / "overlays").exists()


@pytest.mark.parametrize("path", ["none/1", "ban-chap-hanh/2"])
def test_an_overlay_that_is_not_there_says_so(open_hall, path):
    assert open_hall(["aad"]).sit("Ana").get(f"/review/overlay/{path}").status_code == 400


def test_a_sheet_is_sent_to_review_from_the_overlay(open_hall, plan):
    hall = open_hall(["aad", "daa"])
    ana = hall.sit("Ana")

    ana.post(
        "/review/overlay/ask", record=plan.record_id(1), back="/review/overlay/ban-chap-hanh/1"
    )

    assert [item.question.record_id for item in hall.desk.items()] == [plan.record_id(1)]


def test_a_sheet_that_is_not_there_is_not_sent(open_hall):
    hall = open_hall(["aad"])

    assert hall.sit("Ana").post("/review/overlay/ask", record="../x").status_code == 400
    assert hall.desk.decisions() == []


def test_pages_know_their_size():
    large = dataclasses.replace(PAGE, width_mm=120.0)

    assert begin_overlay(large).darkest.shape[1] == pytest.approx(2 * SHAPE[1], abs=1)
