import dataclasses
import time

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.audit.canvas import encode_audit_image
from ballotscan.audit.margin import MARGIN_PX, draw_fault
from ballotscan.audit.marking import BALLOT_COLOURS, STYLES
from ballotscan.audit.overlay import BANNER_PX, draw_audit_image
from ballotscan.audit.panel import CAPTION_PX, MAX_SCAN_PX, UnreadPage, stacked
from ballotscan.election.records import BallotStatus, MarkStatus, PageFault, Reason
from ballotscan.election.template import NameField, Rect
from ballotscan.locale.catalogue import translator
from ballotscan.locale.message import message

PX_PER_MM = 827 / 210  # the width of the page in the pictures of these tests


def box_corner(template, index):
    rect = template.boxes[index].rect
    top = BANNER_PX + CAPTION_PX + rect.top_mm * PX_PER_MM
    return round(top), round(rect.left_mm * PX_PER_MM)


def on_paper(status):
    """Brightness of a frame that lies over paper of 250."""
    return STYLES[status].colour.luma * 250 / 255


def test_the_page_is_shown_as_it_was_scanned(record, read_page, election):
    rng = np.random.default_rng(1)
    scan = rng.integers(0, 256, read_page.image.shape, dtype=np.uint8)
    page = dataclasses.replace(
        read_page,
        image=scan,
        template=dataclasses.replace(read_page.template, boxes=()),
        statuses=np.empty(0, np.int8),
    )

    image = draw_audit_image(record, [page], election)

    top = BANNER_PX + CAPTION_PX
    assert (image.luma[top : top + scan.shape[0], : scan.shape[1]] == scan).all()


def test_drawing_changes_nothing_of_what_it_is_given(record, read_page, election):
    before = read_page.image.copy()

    draw_audit_image(record, [read_page], election)

    assert (read_page.image == before).all()


@pytest.mark.parametrize("index", range(6))
def test_each_box_is_framed_in_the_style_of_its_status(record, read_page, election, index):
    status = MarkStatus(read_page.statuses[index])

    image = draw_audit_image(record, [read_page], election)

    top, left = box_corner(read_page.template, index)
    corner = image.luma[top - 8 : top + 2, left - 8 : left + 2]
    assert abs(int(corner.min()) - on_paper(status)) <= 1


def test_the_inside_of_a_box_is_never_drawn_on(record, read_page, election):
    image = draw_audit_image(record, [read_page], election)

    for index in range(6):
        top, left = box_corner(read_page.template, index)
        assert (image.luma[top + 2 : top + 24, left + 2 : left + 24] == 250).all()


def test_the_reading_stands_beside_its_row(record, read_page, election):
    image = draw_audit_image(record, [read_page], election)

    margin = image.luma[:, -MARGIN_PX + 2 :]
    for index in (0, 2, 4):
        top, _ = box_corner(read_page.template, index)
        assert margin[top + 4 : top + 22].min() < 120


def test_a_changed_row_state_changes_the_margin_only(record, read_page, election):
    rows = record.contests[0].rows
    changed = dataclasses.replace(
        record.contests[0], rows=(dataclasses.replace(rows[0], votes=0), *rows[1:])
    )
    other = dataclasses.replace(record, contests=(changed,))

    one = draw_audit_image(record, [read_page], election)
    two = draw_audit_image(other, [read_page], election)

    differs = np.nonzero((one.luma != two.luma).any(axis=0))[0]
    assert len(differs)
    assert differs.min() >= one.width_px - MARGIN_PX


@pytest.mark.parametrize("status", list(BallotStatus), ids=lambda s: s.name)
def test_the_banner_has_the_colour_of_the_ballot_status(record, read_page, election, status):
    ballot = dataclasses.replace(record, status=status, reasons=Reason(0))

    image = draw_audit_image(ballot, [read_page], election)

    assert image.luma[20, 4] == BALLOT_COLOURS[status].luma


def test_the_banner_speaks_the_language_of_the_election(record, read_page, election):
    english = election.model_copy(update={"language": "en"})

    one = draw_audit_image(record, [read_page], election)
    two = draw_audit_image(record, [read_page], english)

    assert (one.luma[:BANNER_PX] != two.luma[:BANNER_PX]).any()


def test_two_pages_of_a_sheet_stand_side_by_side(record, read_page, election):
    single = draw_audit_image(record, [read_page], election)

    double = draw_audit_image(record, [read_page, read_page], election)

    assert double.height_px == single.height_px
    assert double.width_px > 2 * single.width_px
    left = double.luma[BANNER_PX:, : single.width_px]
    right = double.luma[BANNER_PX:, -single.width_px :]
    assert (left == right).all()


def test_an_unread_page_is_shown_reduced_and_unframed(record, page_record, election):
    scan = np.tile(np.arange(200, dtype=np.uint8), (3000, 10))
    fault = dataclasses.replace(page_record, fault=PageFault.FEW_MARKS, detail="2 of 4 found")

    image = draw_audit_image(record, [UnreadPage(fault, scan)], election)

    assert image.height_px <= BANNER_PX + CAPTION_PX + MAX_SCAN_PX[0]
    assert image.width_px <= MAX_SCAN_PX[1] + MARGIN_PX
    page = image.luma[BANNER_PX + CAPTION_PX :, : image.width_px - MARGIN_PX]
    assert abs(float(page.mean()) - float(scan.mean())) < 5


def test_why_a_page_was_not_read_stands_in_the_language_of_the_election():
    why = message("the page is a mirror image")
    translated = why.say(translator("vi"))

    of_message = draw_fault(PageFault.OUT_OF_SQUARE, why, "vi")

    assert translated != str(why)
    of_translation = draw_fault(PageFault.OUT_OF_SQUARE, translated, "vi")
    assert np.array_equal(of_message.luma, of_translation.luma)


def test_a_small_unread_scan_is_not_enlarged(record, page_record, election):
    scan = np.full((100, 80), 77, np.uint8)

    image = draw_audit_image(record, [UnreadPage(page_record, scan)], election)

    assert np.count_nonzero(image.luma == 77) >= scan.size
    assert image.width_px == 80 + MARGIN_PX


@pytest.mark.parametrize("fault", list(PageFault), ids=lambda f: f.name)
def test_a_page_without_pixels_still_says_why(record, page_record, election, fault):
    unread = dataclasses.replace(page_record, fault=fault)

    image = draw_audit_image(record, [UnreadPage(unread, None)], election)

    margin = image.luma[BANNER_PX + CAPTION_PX :, -MARGIN_PX + 4 :]
    assert np.count_nonzero(margin < 160) > 100


def test_a_ballot_that_nobody_knows_can_be_drawn(record, page_record, election):
    unknown = dataclasses.replace(record, ballot_id=None, contests=())

    image = draw_audit_image(unknown, [UnreadPage(page_record, None)], election)

    assert image.height_px > BANNER_PX


def test_statuses_that_do_not_fit_the_template_are_refused(record, read_page, election):
    page = dataclasses.replace(read_page, statuses=np.zeros(5, np.int8))

    with pytest.raises(ValueError, match="zip"):
        draw_audit_image(record, [page], election)


def test_a_name_that_may_be_struck_out_is_framed(record, read_page, election):
    name = NameField("n1", (Rect(30, 200, 50, 5),), "Nguyễn Văn An", "ban-chap-hanh", 1)
    page = dataclasses.replace(
        read_page,
        template=dataclasses.replace(read_page.template, boxes=(), names=(name,)),
        statuses=np.array([MarkStatus.MARKED], np.int8),
    )

    image = draw_audit_image(record, [page], election)

    top = BANNER_PX + CAPTION_PX + round(200 * PX_PER_MM)
    left = round(30 * PX_PER_MM)
    found = image.luma[top - 6 : top + 2, left : left + 100].min()
    assert abs(int(found) - on_paper(MarkStatus.MARKED)) <= 1


def test_a_box_of_no_contest_is_framed_too(record, read_page, election):
    template = read_page.template
    box = dataclasses.replace(template.boxes[0], contest_id=None, candidate=None, role=None)
    page = dataclasses.replace(
        read_page,
        template=dataclasses.replace(template, boxes=(box,)),
        statuses=read_page.statuses[:1],
    )

    image = draw_audit_image(record, [page], election)

    top, left = box_corner(template, 0)
    above = image.luma[top - 6 : top, left + 10]
    assert abs(int(above.min()) - on_paper(MarkStatus.MARKED)) <= 1


def test_a_thin_pencil_cross_is_seen_in_the_saved_picture(record, read_page, election):
    scan = read_page.image.copy()
    top, left = box_corner(read_page.template, 0)
    row, column = top - BANNER_PX - CAPTION_PX, left
    for step in range(4, 22):  # one pixel wide at 100 dpi, as light as a hard pencil
        scan[row + step, column + step] = 190
        scan[row + step, column + 26 - step] = 190
    page = dataclasses.replace(read_page, image=scan)

    saved = encode_audit_image(draw_audit_image(record, [page], election))
    shown = simplejpeg.decode_jpeg(saved, "GRAY")[..., 0]

    stroke = [int(shown[top + step, left + step]) for step in range(4, 22)]
    paper = int(np.median(shown[top + 2 : top + 22, left + 2 : left + 22]))
    assert paper - np.median(stroke) > 40


@given(
    st.lists(st.tuples(st.floats(-50, 2000), st.integers(1, 20)), max_size=80),
)
def test_stacked_pieces_never_overlap_and_never_rise(pieces):
    wanted = [top for top, _ in pieces]
    heights = [2 * half for _, half in pieces]

    tops = stacked(wanted, heights)

    ends = [top + height for top, height in zip(tops, heights, strict=True)]
    assert all(end <= top for end, top in zip(ends, tops[1:], strict=False))
    assert all(top >= want - 1 for top, want in zip(tops, wanted, strict=True))
    assert all(top >= 0 and top % 2 == 0 for top in tops)


def test_rows_in_two_columns_become_a_plain_list(record, read_page, election):
    template = read_page.template
    boxes = tuple(
        dataclasses.replace(box, rect=dataclasses.replace(box.rect, top_mm=200.0))
        for box in template.boxes
    )
    page = dataclasses.replace(read_page, template=dataclasses.replace(template, boxes=boxes))

    image = draw_audit_image(record, [page], election)

    margin = image.luma[BANNER_PX + CAPTION_PX :, -MARGIN_PX + 4 :]
    assert margin[:40].min() < 120


def test_drawing_is_fast_once_the_letters_are_there(record, read_page, election):
    draw_audit_image(record, [read_page], election)

    began = time.process_time()
    for _ in range(20):
        draw_audit_image(record, [read_page], election)
    seconds = (time.process_time() - began) / 20

    assert seconds < 0.01  # 0.4 ms on the computer it was written on; generous for a busy one
