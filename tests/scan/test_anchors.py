import numpy as np

from ballotscan.scan.anchors import choose_anchors
from ballotscan.scan.mapping import PageMapping
from ballotscan.scan.outlines import OutlineOptions, prepare_outlines, soften
from ballotscan.scan.paper import enlargement, reduce_page
from ballotscan.scan.sightings import find_boxes


def test_anchors_stand_on_print_and_clear_of_boxes(ballot):
    anchors = choose_anchors(ballot.page, ballot.blank)

    assert len(anchors) > 20
    for anchor in anchors:
        left, top = (round(mm * 200 / 25.4) for mm in (anchor.left_mm, anchor.top_mm))
        assert ballot.blank[top : top + 32, left : left + 32].min() < 100
        for box in ballot.page.boxes:
            apart = max(
                box.rect.left_mm - anchor.left_mm - anchor.width_mm,
                anchor.left_mm - box.rect.left_mm - box.rect.width_mm,
                box.rect.top_mm - anchor.top_mm - anchor.height_mm,
                anchor.top_mm - box.rect.top_mm - box.rect.height_mm,
            )
            assert apart > 1.9


def test_no_two_anchors_stand_on_the_same_letters(ballot):
    anchors = choose_anchors(ballot.page, ballot.blank)

    places = np.array([(anchor.left_mm, anchor.top_mm) for anchor in anchors])
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    assert apart[~np.eye(len(places), dtype=bool)].min() > 4


def test_every_anchor_is_found_again(ballot):
    options = OutlineOptions()
    anchors = choose_anchors(ballot.page, ballot.blank)
    reference = prepare_outlines(ballot.page, ballot.blank, options, anchors)
    to_half = PageMapping(np.linalg.inv(enlargement(2)))
    moved = np.roll(ballot.blank, (3, -2), axis=(0, 1))

    seen = find_boxes(soften(reduce_page(moved, 2)), to_half, reference, options)

    assert len(seen.shifts) == len(ballot.page.boxes) + len(anchors)
    assert seen.is_sure.mean() > 0.95
    assert np.abs(seen.shifts - (-2, 3)).max() < 0.5


def test_bare_paper_has_no_anchors(ballot):
    assert choose_anchors(ballot.page, np.full_like(ballot.blank, 255)) == []
