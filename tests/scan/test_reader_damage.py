"""Broken files: a page is read right, or it is refused with a ScanError; nothing in between."""

import zlib
from io import BytesIO

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from ballotscan.errors import ScanError
from ballotscan.scan.reader import ReaderOptions, inspect_scan, read_page

OPTIONS = ReaderOptions(pdf_dpi=72)
ROWS, COLUMNS = 320, 304


def sheet(seed):
    """Print-like paper with grain down to its last row, so that a lost row would show."""
    noise = np.random.default_rng(seed).integers(-6, 7, (ROWS, COLUMNS))
    print_ = np.add.outer(np.arange(ROWS) // 9, np.arange(COLUMNS) // 11) % 3 == 0
    return np.clip(np.where(print_, 40, 230) + noise, 0, 255).astype(np.uint8)


def encoded(kind, seeds=(1,), *, mode="L", **options):
    pictures = [Image.fromarray(sheet(seed)).convert("L") for seed in seeds]
    if mode == "1":
        pictures = [picture.point(lambda value: 255 * (value > 128)) for picture in pictures]
    pictures = [picture.convert(mode) for picture in pictures]
    buffer = BytesIO()
    if kind == "TIFF":
        options |= {"save_all": True, "append_images": pictures[1:]}
    pictures[0].save(buffer, kind, **options)
    return buffer.getvalue()


def pdf(image_filter, data):
    buffer = BytesIO()
    with pikepdf.new() as file:
        for _ in range(2):
            file.add_blank_page(page_size=(COLUMNS, ROWS))
            image = file.make_stream(
                data,
                Subtype=pikepdf.Name.Image,
                Width=COLUMNS,
                Height=ROWS,
                BitsPerComponent=8,
                ColorSpace=pikepdf.Name.DeviceGray,
                Filter=image_filter,
            )
            content = f"q {COLUMNS} 0 0 {ROWS} 0 0 cm /A Do Q"
            page = file.pages[-1].obj
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=image))
            page.Contents = file.make_stream(content.encode())
        file.save(buffer)
    return buffer.getvalue()


PACKED = {
    "grey.jpg": encoded("JPEG", quality=85),
    "colour.jpg": encoded("JPEG", mode="RGB", quality=85),
    "progressive.jpg": encoded("JPEG", progressive=True),
    "restarts.jpg": encoded("JPEG", restart_marker_rows=1),
    "grey.png": encoded("PNG"),
    "bits.png": encoded("PNG", mode="1"),
    "lossless.webp": encoded("WEBP", mode="RGB", lossless=True),
    "lossy.webp": encoded("WEBP", mode="RGB"),
    "g4.tif": encoded("TIFF", (1, 2, 3), mode="1", compression="group4"),
    "g3.tif": encoded("TIFF", (1, 2), mode="1", compression="group3"),
    "lzw.tif": encoded("TIFF", (1, 2), compression="tiff_lzw"),
    "deflate.tif": encoded("TIFF", (1, 2), compression="tiff_adobe_deflate"),
    "jpeg.tif": encoded("TIFF", (1, 2), compression="jpeg"),
    "jpeg.pdf": pdf(pikepdf.Name.DCTDecode, encoded("JPEG")),
    "flate.pdf": pdf(pikepdf.Name.FlateDecode, zlib.compress(sheet(1).tobytes())),
}
# A zero is a black pixel here, so that a file never written to its end cannot be told from paper
# that lay on a black lid; what is cut off can be.
PLAIN = {
    "grey.bmp": encoded("BMP"),
    "raw.tif": encoded("TIFF", (1, 2)),
    "packbits.tif": encoded("TIFF", (1, 2), compression="packbits"),
}
WHOLE = PACKED | PLAIN
CUTS = st.floats(0, 1, exclude_max=True)


def pages_of(path):
    """Return what is read of each page: its pixels, or None where it is refused."""
    try:
        scan = inspect_scan(path, OPTIONS)
    except ScanError:
        return []
    pages = []
    for number in range(1, scan.page_count + 1):
        try:
            pages.append(read_page(scan, number, OPTIONS).pixels)
        except ScanError:
            pages.append(None)
    return pages


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damage")


@pytest.fixture(scope="module")
def whole_pages(folder):
    pages = {}
    for name, data in WHOLE.items():
        (folder / name).write_bytes(data)
        pages[name] = pages_of(folder / name)
    return pages


def assert_right_or_refused(pages, expected):
    assert len(pages) in {0, len(expected)}
    for page, right in zip(pages, expected, strict=False):
        assert page is None or np.array_equal(page, right)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_read(whole_pages, name):
    assert whole_pages[name]
    assert all(page is not None and np.ptp(page) > 150 for page in whole_pages[name])


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=25, deadline=None)
@given(cut=CUTS)
def test_a_file_cut_off_anywhere_is_refused_or_still_right(folder, whole_pages, name, cut):
    data = WHOLE[name]
    path = folder / f"cut.{name}"
    path.write_bytes(data[: int(len(data) * cut)])

    assert_right_or_refused(pages_of(path), whole_pages[name])


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("missing", [1, 2, 3, 8, 20, 64])
def test_the_last_bytes_are_missed(folder, whole_pages, name, missing):
    path = folder / f"short.{name}"
    path.write_bytes(WHOLE[name][:-missing])

    pages = pages_of(path)

    assert_right_or_refused(pages, whole_pages[name])
    if name.endswith((".jpg", ".png", ".webp", ".bmp")):
        assert pages in ([], [None])


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=25, deadline=None)
@given(written=CUTS)
def test_a_file_never_written_to_its_end_is_refused(folder, whole_pages, name, written):
    data = PACKED[name]
    keep = min(int(len(data) * written), len(data) - 64)
    path = folder / f"unfinished.{name}"
    path.write_bytes(data[:keep] + bytes(len(data) - keep))

    assert_right_or_refused(pages_of(path), whole_pages[name])


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=20, deadline=None)
@given(where=CUTS, junk=st.binary(min_size=1, max_size=40))
def test_overwritten_bytes_never_break_the_reader(folder, name, where, junk):
    data = bytearray(WHOLE[name])
    start = int(len(data) * where)
    data[start : start + len(junk)] = junk
    path = folder / f"overwritten.{name}"
    path.write_bytes(data[: len(WHOLE[name])])

    pages = pages_of(path)  # raises nothing but what it catches

    assert all(page is None or page.dtype == np.uint8 for page in pages)


SIGNATURES = [
    b"",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0\x08\0\0\0",
    b"MM\0*",
    b"%PDF-1.4\n",
]
SIGNATURES += [b"RIFF\x80\0\0\0WEBPVP8 ", b"BM\x80\0\0\0\0\0\0\0", b"II+\0\x08\0\0\0"]


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(SIGNATURES), rest=st.binary(max_size=300))
def test_random_bytes_are_no_page(folder, start, rest):
    (folder / "random").write_bytes(start + rest)

    assert all(page is None for page in pages_of(folder / "random"))


def test_pillow_is_not_told_to_forgive():
    assert not TiffImagePlugin.ImageFile.LOAD_TRUNCATED_IMAGES
