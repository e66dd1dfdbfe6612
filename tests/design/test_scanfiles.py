import io

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ballotscan.design.scanfiles import encode_jpeg, encode_pdf, encode_png, encode_tiff
from ballotscan.design.scanner import Scan, ScanTruth

NOWHERE = ScanTruth(np.eye(3), np.zeros((2, 2)), np.eye(3))


def scan(*, colour=False, bilevel=False, dpi=150, seed=1):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (60, 40, 3) if colour else (60, 40), dtype=np.uint8)
    pixels = np.where(pixels < 128, 0, 255).astype(np.uint8) if bilevel else pixels
    return Scan(pixels, dpi, NOWHERE)


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("encode", [encode_jpeg, encode_png, lambda page: encode_tiff([page])])
@pytest.mark.parametrize("colour", [False, True])
def test_a_picture_keeps_size_colour_and_resolution(encode, colour):
    picture = opened(encode(scan(colour=colour)))

    assert picture.size == (40, 60)
    assert picture.mode == ("RGB" if colour else "L")
    assert round(float(picture.info["dpi"][0])) == 150


def test_a_lossless_picture_keeps_every_pixel():
    page = scan(colour=True)

    assert np.array_equal(np.asarray(opened(encode_png(page)))[:, :, ::-1], page.pixels)


def test_a_1_bit_tiff_is_packed_as_a_fax():
    page = scan(bilevel=True)

    picture = opened(encode_tiff([page]))

    assert picture.mode == "1"
    assert picture.info["compression"] == "group4"
    assert np.array_equal(np.asarray(picture) * 255, page.pixels)


def test_a_tiff_holds_many_pages():
    pages = [scan(seed=seed) for seed in range(3)]

    picture = opened(encode_tiff(pages))

    assert picture.n_frames == 3
    picture.seek(2)
    assert np.array_equal(np.asarray(picture), pages[2].pixels)


def test_a_pdf_holds_the_very_jpegs():
    pages = [scan(), scan(colour=True)]

    with pikepdf.open(io.BytesIO(encode_pdf(pages))) as pdf:
        pictures = [page.Resources.XObject.Page.read_raw_bytes() for page in pdf.pages]
        boxes = [[float(edge) for edge in page.mediabox] for page in pdf.pages]

    assert pictures == [encode_jpeg(page) for page in pages]
    assert boxes[0] == pytest.approx([0, 0, 40 * 72 / 150, 60 * 72 / 150], abs=0.01)


@pytest.mark.parametrize("encode", [encode_pdf, encode_tiff])
def test_the_same_pages_give_the_same_bytes(encode):
    assert encode([scan(), scan(seed=2)]) == encode([scan(), scan(seed=2)])
