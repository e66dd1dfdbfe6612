"""TIFF: the ways scanners and fax programs pack pages, and many pages in one file."""

import struct

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from ballotscan.errors import DamagedScanError
from ballotscan.scan.reader import ReaderOptions, inspect_scan, read_page

OPTIONS = ReaderOptions()
ROWS, COLUMNS = 420, 340
SHORT, LONG = 3, 4
WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS_PER_STRIP, COUNTS = (
    256, 257, 258, 259, 262, 273, 277, 278, 279,
)  # fmt: skip


def grey_sheet():
    pixels = np.tile(np.linspace(120, 250, COLUMNS), (ROWS, 1)).astype(np.uint8)
    pixels[16:64, 24:120] = 0
    return pixels


def bits():
    """Print-like: many short runs, none in the last rows."""
    pattern = (np.add.outer(np.arange(ROWS) // 5, np.arange(COLUMNS) // 7) % 3) > 0
    pattern[-30:] = True
    return pattern


def black_and_white():
    return np.where(bits(), 255, 0)


def pages_of(path):
    scan = inspect_scan(path, OPTIONS)
    return [read_page(scan, number, OPTIONS) for number in range(1, scan.page_count + 1)]


def write_tiff(path, tags, data):
    """Write a TIFF of one strip with its directory in front, as many scanners do."""
    size = 8 + 2 + 12 * (len(tags) + 4) + 4
    tags |= {OFFSETS: (LONG, size), COUNTS: (LONG, len(data))}
    tags |= {WIDTH: (LONG, COLUMNS), LENGTH: (LONG, ROWS)}
    entries = b"".join(
        struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", value)
        for tag, (kind, value) in sorted(tags.items())
    )
    path.write_bytes(
        b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0\0\0\0" + bytes(data)
    )
    return path


def packed_strip(tmp_path, picture, compression):
    """Return what libtiff makes of a picture in one strip."""
    picture.save(
        tmp_path / "source.tif", compression=compression, strip_size=1 << 30, tiffinfo={278: ROWS}
    )
    with Image.open(tmp_path / "source.tif") as source:
        (offset,), (count,) = source.tag_v2[OFFSETS], source.tag_v2[COUNTS]
    return (tmp_path / "source.tif").read_bytes()[offset : offset + count]


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_grey_page_comes_out_bit_for_bit_however_it_is_packed(tmp_path, packing, mode):
    Image.fromarray(grey_sheet()).convert(mode).save(tmp_path / "1.tif", compression=packing)

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.array_equal(page.pixels, grey_sheet())


@pytest.mark.parametrize("packing", ["raw", "group3", "group4", "tiff_ccitt", "packbits"])
@pytest.mark.parametrize("photometric", [0, 1])
def test_black_is_black_however_a_fax_stores_it(tmp_path, packing, photometric):
    Image.fromarray(bits()).save(
        tmp_path / "1.tif", compression=packing, tiffinfo={PHOTOMETRIC: photometric}
    )

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.array_equal(page.pixels, black_and_white())


@pytest.mark.parametrize("photometric", [0, 1])
def test_a_bilevel_page_written_by_hand_obeys_its_photometric_tag(tmp_path, photometric):
    ink = ~bits() if photometric == 0 else bits()
    tags = {BITS: (SHORT, 1), COMPRESSION: (SHORT, 1), PHOTOMETRIC: (SHORT, photometric)}
    write_tiff(tmp_path / "1.tif", tags, np.packbits(ink, axis=1).tobytes())

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.array_equal(page.pixels, black_and_white())


@pytest.mark.parametrize(("photometric", "expected"), [(0, 255 - grey_sheet()), (1, grey_sheet())])
@pytest.mark.parametrize("depth", [8, 16])
def test_grey_of_any_depth_obeys_its_photometric_tag(tmp_path, photometric, expected, depth):
    samples = grey_sheet().astype("<u2") * 257 if depth == 16 else grey_sheet()
    tags = {BITS: (SHORT, depth), COMPRESSION: (SHORT, 1), PHOTOMETRIC: (SHORT, photometric)}
    write_tiff(tmp_path / "1.tif", tags, samples.tobytes())

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.array_equal(page.pixels, expected)


def test_colours_come_out_as_bgr(tmp_path):
    rgb = np.dstack([grey_sheet(), grey_sheet() // 2, np.full_like(grey_sheet(), 9)])
    Image.fromarray(rgb).save(tmp_path / "1.tif", compression="tiff_lzw")

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.array_equal(page.pixels, rgb[:, :, ::-1])


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_inside_a_tiff_is_read(tmp_path, mode):
    Image.fromarray(grey_sheet()).convert(mode).save(tmp_path / "1.tif", compression="jpeg")

    (page,) = pages_of(tmp_path / "1.tif")

    assert np.abs(page.pixels[300:].astype(int) - grey_sheet()[300:]).max() < 6


def test_every_page_of_a_file_is_its_own(tmp_path):
    sheets = [Image.fromarray(np.roll(bits(), shift, axis=1)) for shift in range(5)]
    sheets[0].save(
        tmp_path / "1.tif", compression="group4", save_all=True, append_images=sheets[1:]
    )

    pages = pages_of(tmp_path / "1.tif")

    assert [page.ref.page_in_file for page in pages] == [1, 2, 3, 4, 5]
    for page, sheet in zip(pages, sheets, strict=True):
        assert np.array_equal(page.pixels, np.where(np.asarray(sheet), 255, 0))


def test_a_thumbnail_is_not_a_page(tmp_path):
    writer = TiffImagePlugin.AppendingTiffWriter(tmp_path / "1.tif", new=True)
    for shift, subfile in ((0, 0), (1, 1), (2, 0), (3, 4)):
        picture = Image.fromarray(np.roll(grey_sheet(), shift, axis=1))
        picture.save(writer, "TIFF", tiffinfo={254: subfile})
        writer.newFrame()
    writer.close()

    pages = pages_of(tmp_path / "1.tif")

    assert len(pages) == 2
    assert np.array_equal(pages[1].pixels, np.roll(grey_sheet(), 2, axis=1))


def test_a_page_without_a_density_does_not_take_that_of_the_page_before(tmp_path):
    writer = TiffImagePlugin.AppendingTiffWriter(tmp_path / "1.tif", new=True)
    for options in ({"dpi": (200, 200)}, {}):
        Image.fromarray(grey_sheet()).save(writer, "TIFF", **options)
        writer.newFrame()
    writer.close()

    assert [page.dpi for page in pages_of(tmp_path / "1.tif")] == [200.0, None]


def test_a_density_in_centimetres_is_told_in_inches(tmp_path):
    Image.fromarray(grey_sheet()).save(
        tmp_path / "1.tif", x_resolution=118.11, y_resolution=118.11, resolution_unit="cm"
    )

    (page,) = pages_of(tmp_path / "1.tif")

    assert page.dpi == pytest.approx(300, abs=0.1)


def test_a_fax_with_oblong_pixels_has_no_density(tmp_path):
    Image.fromarray(bits()).save(tmp_path / "1.tif", dpi=(204, 98))

    (page,) = pages_of(tmp_path / "1.tif")

    assert page.dpi is None


# ---- damage


def test_one_damaged_page_does_not_cost_the_others(tmp_path):
    sheets = [Image.fromarray(np.roll(grey_sheet(), shift, axis=1)) for shift in range(3)]
    sheets[0].save(
        tmp_path / "1.tif",
        compression="tiff_adobe_deflate",
        save_all=True,
        append_images=sheets[1:],
    )
    with Image.open(tmp_path / "1.tif") as pages:
        pages.seek(1)
        start = pages.tag_v2[OFFSETS][0]
    data = bytearray((tmp_path / "1.tif").read_bytes())
    data[start + 20 : start + 60] = bytes(40)
    (tmp_path / "1.tif").write_bytes(data)

    scan = inspect_scan(tmp_path / "1.tif", OPTIONS)

    assert np.array_equal(read_page(scan, 1, OPTIONS).pixels, grey_sheet())
    assert np.array_equal(read_page(scan, 3, OPTIONS).pixels, np.roll(grey_sheet(), 2, axis=1))
    with pytest.raises(DamagedScanError, match=r"^Page 2 of '.*1\.tif': "):
        read_page(scan, 2, OPTIONS)


@pytest.mark.parametrize("packing", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_page_never_written_to_its_end_is_damaged(tmp_path, packing, share):
    picture = Image.fromarray(bits() if packing.startswith("group") else grey_sheet())
    strip = packed_strip(tmp_path, picture, packing)
    code = TiffImagePlugin.COMPRESSION_INFO_REV[packing]
    depth = 1 if packing.startswith("group") else 8
    with Image.open(tmp_path / "source.tif") as source:
        photometric = source.tag_v2[PHOTOMETRIC]
    tags = {BITS: (SHORT, depth), COMPRESSION: (SHORT, code), PHOTOMETRIC: (SHORT, photometric)}
    tags |= {SAMPLES: (SHORT, 1), ROWS_PER_STRIP: (SHORT, ROWS)}
    whole = pages_of(write_tiff(tmp_path / "whole.tif", dict(tags), strip))
    written = int(len(strip) * share)
    unfinished = strip[:written] + bytes(len(strip) - written)
    scan = inspect_scan(write_tiff(tmp_path / "1.tif", tags, unfinished), OPTIONS)

    assert np.array_equal(whole[0].pixels, np.asarray(picture.convert("L")))
    with pytest.raises(DamagedScanError, match="cut off or broken"):
        read_page(scan, 1, OPTIONS)


def test_a_half_written_jpeg_inside_a_tiff_is_damaged(tmp_path):
    Image.fromarray(grey_sheet()).save(
        tmp_path / "1.tif", compression="jpeg", strip_size=1 << 30, tiffinfo={278: ROWS}
    )
    with Image.open(tmp_path / "1.tif") as source:
        offset, count = source.tag_v2[OFFSETS][-1], source.tag_v2[COUNTS][-1]
    data = bytearray((tmp_path / "1.tif").read_bytes())
    data[offset + count // 2 : offset + count] = bytes(count - count // 2)
    (tmp_path / "1.tif").write_bytes(data)

    with pytest.raises(DamagedScanError):
        pages_of(tmp_path / "1.tif")


def test_a_list_of_pages_that_runs_in_a_circle_is_damaged(tmp_path):
    path = tmp_path / "1.tif"
    tags = {BITS: (SHORT, 8), COMPRESSION: (SHORT, 1), PHOTOMETRIC: (SHORT, 1)}
    write_tiff(path, tags, grey_sheet().tobytes())
    data = bytearray(path.read_bytes())
    end = 8 + 2 + 12 * int.from_bytes(data[8:10], "little")
    data[end : end + 4] = struct.pack("<I", 8)
    path.write_bytes(data)

    with pytest.raises(DamagedScanError, match="runs in a circle"):
        inspect_scan(path, OPTIONS)
