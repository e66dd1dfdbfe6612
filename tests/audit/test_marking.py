import numpy as np
import pytest

from ballotscan.audit.canvas import Area, blank_image
from ballotscan.audit.marking import BALLOT_COLOURS, ROW_COLOURS, STYLES, outline
from ballotscan.election.records import BallotStatus, MarkStatus, RowState

BOX = Area(20, 20, 44, 44)
EVERY_STATUS = pytest.mark.parametrize("status", list(MarkStatus), ids=lambda s: s.name)


@EVERY_STATUS
def test_a_frame_leaves_the_box_itself_untouched(status):
    image = blank_image(64, 64)

    outline(image, BOX, status)

    assert (image.luma[20:44, 20:44] == 255).all()
    assert (image.blue[10:22, 10:22] == 128).all()
    assert image.luma.min() < 255


@EVERY_STATUS
def test_a_stroke_over_the_edge_of_the_box_stays_visible(status):
    image = blank_image(64, 64)
    image.luma[:, 30:32] = 150  # pencil

    outline(image, BOX, status)

    framed = np.nonzero((image.luma < 255).any(axis=1))[0]
    assert (image.luma[framed, 30:32] < image.luma[framed, 26:28]).all()


def test_no_two_statuses_look_the_same_without_colour():
    frames = set()
    for status in MarkStatus:
        image = blank_image(64, 64)
        outline(image, BOX, status)
        frames.add((image.luma < 255).tobytes())

    assert len(frames) == len(MarkStatus)


def test_no_two_statuses_have_the_same_colour():
    assert len({style.colour for style in STYLES.values()}) == len(STYLES) == len(MarkStatus)


@EVERY_STATUS
@pytest.mark.parametrize("area", [Area(-4, -4, 10, 10), Area(50, 50, 70, 70), Area(0, 60, 8, 64)])
def test_a_frame_at_the_edge_of_the_picture_is_cut_off(status, area):
    image = blank_image(64, 64)

    outline(image, area, status)

    assert image.luma.shape == (64, 64)
    assert image.luma.min() < 255


@EVERY_STATUS
def test_a_frame_outside_the_picture_draws_nothing(status):
    image = blank_image(64, 64)

    outline(image, Area(100, 100, 120, 120), status)
    outline(image, Area(-40, -40, -20, -20), status)

    assert (image.luma == 255).all()


@EVERY_STATUS
def test_a_frame_of_the_smallest_box_is_still_seen(status):
    image = blank_image(32, 32)

    outline(image, Area(14, 14, 16, 16), status)

    assert np.count_nonzero(image.luma < 255) >= 4


def test_every_ballot_status_has_a_colour_of_its_own():
    assert len({BALLOT_COLOURS[status] for status in BallotStatus}) == len(BallotStatus)


def test_rows_that_need_a_person_stand_out():
    assert ROW_COLOURS[RowState.UNCLEAR] == ROW_COLOURS[RowState.UNREAD]
