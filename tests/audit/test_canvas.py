import cv2
import numpy as np
import pytest
import simplejpeg

from ballotscan.audit.canvas import (
    Area,
    Colour,
    blank_image,
    encode_audit_image,
    even,
    fill,
    paste,
    paste_scan,
)

RED = Colour.from_rgb("#FF0000")


def decoded(image):
    return simplejpeg.decode_jpeg(encode_audit_image(image), "BGR")


def test_a_blank_image_has_even_sides_and_is_white():
    image = blank_image(11, 20)

    assert (image.height_px, image.width_px) == (12, 20)
    assert (image.to_bgr() == 255).all()


@pytest.mark.parametrize("code", ["#0072B2", "#E69F00", "#FFFFFF", "#000000", "#D55E00"])
def test_a_colour_survives_its_planes(code):
    image = blank_image(4, 4)
    fill(image, Area(0, 0, 4, 4), Colour.from_rgb(code))

    blue, green, red = image.to_bgr()[0, 0].tolist()
    wanted = [int(code[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.abs(np.subtract([red, green, blue], wanted)).max() <= 2


def test_what_is_saved_is_what_was_drawn():
    image = blank_image(64, 64)
    fill(image, Area(16, 16, 48, 48), RED)

    assert np.abs(decoded(image)[32, 32].astype(int) - [0, 0, 255]).max() <= 6
    assert (decoded(image)[4, 4] >= 250).all()


def test_a_grey_scan_is_pasted_as_it_is():
    rng = np.random.default_rng(3)
    scan = rng.integers(0, 256, (31, 41), dtype=np.uint8)
    image = blank_image(40, 60)

    paste_scan(image, scan, 4, 6)

    assert (image.luma[4:35, 6:47] == scan).all()
    assert (image.blue == 128).all()


@pytest.mark.parametrize("shape", [(40, 60), (41, 61)])
def test_a_colour_scan_keeps_its_colours(shape):
    scan = np.zeros((*shape, 3), np.uint8)
    scan[:, :20] = (200, 60, 30)
    scan[:, 20:] = (40, 90, 220)
    image = blank_image(50, 80)

    paste_scan(image, scan, 2, 2)

    shown = image.to_bgr()
    assert np.abs(shown[20, 10].astype(int) - [200, 60, 30]).max() <= 3
    assert np.abs(shown[20, 50].astype(int) - [40, 90, 220]).max() <= 3


def test_a_picture_pasted_on_another_replaces_what_was_there():
    image, sprite = blank_image(20, 20), blank_image(4, 6)
    fill(sprite, Area(0, 0, 4, 6), RED)

    paste(image, sprite, 10, 8)

    assert cv2.countNonZero(cv2.inRange(image.to_bgr(), (0, 0, 250), (4, 4, 255))) == 24


@pytest.mark.parametrize(("length", "expected"), [(0, 0), (3.2, 4), (4.9, 4), (5.1, 6)])
def test_lengths_become_even(length, expected):
    assert even(length) == expected
