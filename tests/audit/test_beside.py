import dataclasses

import numpy as np
import pytest

from ballotscan.audit.beside import describe_finding
from ballotscan.audit.marking import ALERT
from ballotscan.audit.overlay import BANNER_PX, draw_audit_image
from ballotscan.audit.panel import CAPTION_PX
from ballotscan.election.findings import Finding, FindingKind, InkColour

PX_PER_MM = 827 / 210
WRITING = Finding(FindingKind.WRITING, 40, 200, 30, 8, 25.0, InkColour.BLUE)


def draw(record, read_page, election, *findings):
    page = dataclasses.replace(
        read_page, record=dataclasses.replace(read_page.record, findings=findings)
    )
    return draw_audit_image(record, [page], election)


def test_writing_is_framed_where_it_is(record, read_page, election):
    image = draw(record, read_page, election, WRITING)

    top = BANNER_PX + CAPTION_PX + round((WRITING.top_mm - 1) * PX_PER_MM)
    middle = round((WRITING.left_mm + 15) * PX_PER_MM)
    edge = image.luma[top - 6 : top + 4, middle]
    assert edge.min() == pytest.approx(ALERT.luma * 250 / 255, abs=1)


def test_what_is_framed_is_not_drawn_on(record, read_page, election):
    image = draw(record, read_page, election, WRITING)

    top = BANNER_PX + CAPTION_PX + round(WRITING.top_mm * PX_PER_MM)
    left = round(WRITING.left_mm * PX_PER_MM)
    assert (image.luma[top : top + 31, left : left + 118] == 250).all()


def test_findings_are_listed_in_the_margin(record, read_page, election):
    without = draw(record, read_page, election)
    image = draw(record, read_page, election, WRITING)

    columns = slice(read_page.image.shape[1] + 10, None)
    assert np.any(image.luma[:, columns] != without.luma[:, columns])


def test_findings_at_the_edge_of_the_page_are_drawn_as_far_as_they_are_on_it(
    record, read_page, election
):
    around = (
        Finding(FindingKind.WRITING, -3, -3, 20, 5, 9.0),
        Finding(FindingKind.SEAL, 190, 280, 30, 30, 60.0, InkColour.RED),
        Finding(FindingKind.STREAK, 100, 0, 0.5, 297, 40.0, at_mm=101.0),
        Finding(FindingKind.FOLD, 0, 140, 210, 1, 40.0, is_rising=True),
    )

    image = draw(record, read_page, election, *around)

    assert image.luma.shape[0] >= read_page.image.shape[0]


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (WRITING, "writing or a sign, blue, 30 × 8 mm"),
        (
            Finding(FindingKind.STREAK, 100, 0, 0.5, 297, 40.0, at_mm=101.4),
            "streak of the scanner, 101 mm from the edge of the scan: clean the scanner glass",
        ),
        (Finding(FindingKind.FOLD, 0, 140, 210, 1, 40.0), "fold"),
        (Finding(FindingKind.SEAL, 10, 10, 30, 30, 60.0, InkColour.RED), "seal, red"),
    ],
)
def test_each_finding_has_its_words(finding, words):
    assert describe_finding(finding, "en") == words
