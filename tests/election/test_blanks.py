import dataclasses
import hashlib

import cv2
import numpy as np
import pytest

from ballotscan.election.blanks import load_blank
from ballotscan.errors import TemplateError


def with_blank(template, content):
    """The template with another file as its blank."""
    (page,) = template.pages
    (template.folder / page.blank).write_bytes(content)
    page = dataclasses.replace(page, blank_sha256=hashlib.sha256(content).hexdigest())
    return dataclasses.replace(template, pages=(page,))


def test_a_blank_is_grey_at_200_dpi(template):
    blank = load_blank(template, 1)

    assert blank.shape == (1654, 1165)
    assert blank.dtype == np.uint8
    assert blank.min() == 255


def test_a_blank_that_was_changed_after_loading_is_refused(template):
    path = template.folder / template.pages[0].blank
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(TemplateError, match="not the blank page"):
        load_blank(template, 1)


def test_a_missing_blank_is_refused(template):
    (template.folder / template.pages[0].blank).unlink()

    with pytest.raises(TemplateError, match="cannot be read"):
        load_blank(template, 1)


def test_a_blank_that_is_no_picture_is_refused(template):
    with pytest.raises(TemplateError, match="not a picture"):
        load_blank(with_blank(template, b"no picture"), 1)


def test_a_blank_of_another_size_is_refused(template):
    content = cv2.imencode(".png", np.zeros((300, 200), np.uint8))[1].tobytes()

    with pytest.raises(TemplateError, match=r"200 x 300 pixels.*1165 x 1654"):
        load_blank(with_blank(template, content), 1)
