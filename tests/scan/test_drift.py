import numpy as np

from ballotscan.scan.drift import draw_mesh, prepare_drift
from ballotscan.scan.mapping import PageMapping

SIZE_PX = (1165, 1654)
PX_PER_MM = 200 / 25.4
PLACES = np.array([(x, y) for y in range(60, 1650, 95) for x in (800, 990)], dtype=float)


def test_one_shift_of_all_places_is_the_shift_of_the_page():
    reference = prepare_drift(SIZE_PX, PLACES)
    shifts = np.full((len(PLACES), 2), (2.0, -1.0), dtype=np.float32)

    mesh = draw_mesh(reference, shifts, np.ones(len(PLACES), dtype=bool), is_sideways=False)

    assert np.abs(PageMapping(np.eye(3), mesh).shifts_at(PLACES) - (2, -1)).max() < 0.15


def test_a_slipping_feed_is_followed_far_from_the_boxes():
    reference = prepare_drift(SIZE_PX, PLACES)
    along = 3.5 * np.sin(PLACES[:, 1] / (100 * PX_PER_MM) * 2 * np.pi)
    shifts = np.stack([np.zeros_like(along), along], axis=1).astype(np.float32)

    mesh = draw_mesh(reference, shifts, np.ones(len(PLACES), dtype=bool), is_sideways=False)

    far = PLACES - (600, 0)
    assert np.abs(PageMapping(np.eye(3), mesh).shifts_at(far) - shifts).max() < 1.2


def test_a_page_fed_sideways_slips_in_columns():
    turned = PLACES[:, ::-1]
    reference = prepare_drift(SIZE_PX[::-1], turned)
    along = 3.5 * np.sin(turned[:, 0] / (100 * PX_PER_MM) * 2 * np.pi)
    shifts = np.stack([along, np.zeros_like(along)], axis=1).astype(np.float32)

    mesh = draw_mesh(reference, shifts, np.ones(len(PLACES), dtype=bool), is_sideways=True)

    assert np.abs(PageMapping(np.eye(3), mesh).shifts_at(turned) - shifts).max() < 1.2


def test_places_that_are_not_known_do_not_count():
    reference = prepare_drift(SIZE_PX, PLACES)
    shifts = np.full((len(PLACES), 2), 99.0, dtype=np.float32)
    shifts[::2] = 1

    mesh = draw_mesh(reference, shifts, np.arange(len(PLACES)) % 2 == 0, is_sideways=False)

    assert mesh.max() <= 1.0001


def test_far_from_everything_nothing_moves():
    reference = prepare_drift(SIZE_PX, np.array([(600.0, 60.0)]))

    mesh = draw_mesh(reference, np.array([[5, 5]], np.float32), np.array([True]), is_sideways=False)

    assert np.abs(mesh[-1]).max() < 0.01
