"""JPEG, PNG, WebP and BMP: what was put into the file comes out of the reader."""

from io import BytesIO

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from ballotscan.errors import DamagedScanError, UnsupportedScanError
from ballotscan.scan.reader import ReaderOptions, inspect_scan, read_page

OPTIONS = ReaderOptions()
ROWS, COLUMNS = 420, 340
ORIENTATION = 0x0112
RESOLUTION_UNIT, X_RESOLUTION, Y_RESOLUTION = 0x0128, 0x011A, 0x011B


def grey_sheet():
    """Grey paper that looks different from every side, smooth but for one black block."""
    pixels = np.tile(np.linspace(120, 250, COLUMNS), (ROWS, 1)).astype(np.uint8)
    pixels[16:64, 24:120] = 0
    return pixels


def colour_sheet():
    """The same in BGR with a blue and a red block."""
    pixels = np.dstack([grey_sheet()] * 3)
    pixels[200:280, 40:120] = (200, 60, 30)
    pixels[200:280, 200:280] = (30, 30, 210)
    return pixels


def pillow(bgr):
    return Image.fromarray(np.ascontiguousarray(bgr[:, :, ::-1]))


def read(path):
    return read_page(inspect_scan(path, OPTIONS), 1, OPTIONS)


def largest_difference(pixels, expected):
    assert pixels.shape == expected.shape
    return int(np.abs(pixels.astype(int) - expected.astype(int)).max())


# ---- JPEG


def test_a_grey_jpeg_gives_what_the_decoder_gives(tmp_path):
    Image.fromarray(grey_sheet()).save(tmp_path / "1.jpg", quality=85)

    pixels = read(tmp_path / "1.jpg").pixels

    stored = simplejpeg.decode_jpeg((tmp_path / "1.jpg").read_bytes(), "GRAY")[:, :, 0]
    assert np.array_equal(pixels, stored)
    assert pixels.flags.c_contiguous
    assert largest_difference(pixels, grey_sheet()) < 40


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_a_colour_jpeg_comes_out_as_bgr(tmp_path, options):
    pillow(colour_sheet()).save(tmp_path / "1.jpg", quality=95, **options)

    pixels = read(tmp_path / "1.jpg").pixels

    assert pixels.shape == (ROWS, COLUMNS, 3)
    assert largest_difference(pixels[220:260, 60:100], colour_sheet()[220:260, 60:100]) < 12
    assert largest_difference(pixels[220:260, 220:260], colour_sheet()[220:260, 220:260]) < 12


@pytest.mark.parametrize("quality", [30, 85])
def test_a_grey_scan_saved_as_a_colour_jpeg_is_grey(tmp_path, quality):
    pillow(np.dstack([grey_sheet()] * 3)).save(tmp_path / "1.jpg", quality=quality)

    pixels = read(tmp_path / "1.jpg").pixels

    assert pixels.shape == (ROWS, COLUMNS)


def test_one_coloured_pixel_keeps_the_colour(tmp_path):
    bgr = np.dstack([grey_sheet()] * 3)
    bgr[333, 217] = (121, 120, 120)
    pillow(bgr).save(tmp_path / "1.png")

    assert np.array_equal(read(tmp_path / "1.png").pixels, bgr)


def test_a_cmyk_jpeg_is_not_read_as_its_negative(tmp_path):
    pillow(colour_sheet()).convert("CMYK").save(tmp_path / "1.jpg", quality=95)

    pixels = read(tmp_path / "1.jpg").pixels

    assert largest_difference(pixels[220:260, 60:100], colour_sheet()[220:260, 60:100]) < 12


def test_only_the_first_picture_of_a_phone_jpeg_is_the_page(tmp_path):
    first, preview = Image.fromarray(grey_sheet()), Image.new("L", (320, 320))
    first.save(tmp_path / "1.jpg", "MPO", save_all=True, append_images=[preview])

    scan = inspect_scan(tmp_path / "1.jpg", OPTIONS)

    assert scan.page_count == 1
    assert read_page(scan, 1, OPTIONS).pixels.shape == (ROWS, COLUMNS)


# ---- orientation

ORIENTED = {  # EXIF orientation -> what was done to the upright picture before it was stored
    1: lambda upright: upright,
    2: lambda upright: np.flip(upright, 1),
    3: lambda upright: np.rot90(upright, 2),
    4: lambda upright: np.flip(upright, 0),
    5: lambda upright: np.swapaxes(upright, 0, 1),
    6: lambda upright: np.rot90(upright, 1),  # shown turned clockwise, so stored the other way
    7: lambda upright: np.flip(np.rot90(upright, 1), 1),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("sheet", [grey_sheet, colour_sheet])
def test_a_page_is_turned_as_its_file_says(tmp_path, orientation, kind, sheet):
    upright = sheet()
    stored = np.ascontiguousarray(ORIENTED[orientation](upright))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = Image.fromarray(stored) if stored.ndim == 2 else pillow(stored)
    options = {"jpg": {"quality": 95}, "webp": {"lossless": True}}.get(kind, {})
    picture.save(tmp_path / f"1.{kind}", exif=exif, **options)

    pixels = read(tmp_path / f"1.{kind}").pixels

    assert pixels.flags.c_contiguous
    middle = np.s_[24:56, 32:112]  # inside the block, away from where JPEG rings
    assert largest_difference(pixels[middle], upright[middle]) < 10
    assert largest_difference(pixels[300:, 150:190], upright[300:, 150:190]) < 10


@pytest.mark.parametrize("value", [0, 9, 200])
def test_an_orientation_that_does_not_exist_is_upright(tmp_path, value):
    exif = Image.Exif()
    exif[ORIENTATION] = value
    Image.fromarray(grey_sheet()).save(tmp_path / "1.png", exif=exif)

    assert np.array_equal(read(tmp_path / "1.png").pixels, grey_sheet())


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_broken_exif_does_not_cost_the_page(tmp_path, kind):
    Image.fromarray(grey_sheet()).save(tmp_path / f"1.{kind}", exif=b"Exif\0\0II*\0\xff\xff\0\0\1")

    assert read(tmp_path / f"1.{kind}").pixels.shape[:2] == (ROWS, COLUMNS)


# ---- density


def test_a_density_in_centimetres_is_told_in_inches(tmp_path):
    Image.fromarray(grey_sheet()).save(tmp_path / "1.jpg", dpi=(118, 118))
    data = bytearray((tmp_path / "1.jpg").read_bytes())
    assert data[6:11] == b"JFIF\0"
    data[13] = 2  # the unit: 1 an inch, 2 a centimetre
    (tmp_path / "1.jpg").write_bytes(data)

    assert read(tmp_path / "1.jpg").dpi == pytest.approx(118 * 2.54, abs=0.05)


@pytest.mark.parametrize(("unit", "dpi"), [(2, 150.0), (3, 381.0)])
def test_a_density_that_stands_in_exif_alone_is_found(tmp_path, unit, dpi):
    exif = Image.Exif()
    exif[X_RESOLUTION] = exif[Y_RESOLUTION] = 150.0
    exif[RESOLUTION_UNIT] = unit
    Image.fromarray(grey_sheet()).save(tmp_path / "1.jpg", exif=exif)

    assert read(tmp_path / "1.jpg").dpi == dpi


@pytest.mark.parametrize("kind", ["png", "bmp", "tif", "jpg"])
def test_the_density_of_each_kind_is_read(tmp_path, kind):
    Image.fromarray(grey_sheet()).save(tmp_path / f"1.{kind}", dpi=(300, 300))

    assert read(tmp_path / f"1.{kind}").dpi == pytest.approx(300, abs=0.05)


# ---- PNG, WebP, BMP


@pytest.mark.parametrize("kind", ["png", "bmp", "webp"])
@pytest.mark.parametrize("sheet", [grey_sheet, colour_sheet])
def test_lossless_kinds_come_out_bit_for_bit(tmp_path, kind, sheet):
    picture = Image.fromarray(sheet()) if sheet is grey_sheet else pillow(sheet())
    picture.save(tmp_path / f"1.{kind}", **({"lossless": True} if kind == "webp" else {}))

    assert np.array_equal(read(tmp_path / f"1.{kind}").pixels, sheet())


@pytest.mark.parametrize("kind", ["png", "bmp"])
def test_one_bit_is_black_and_white(tmp_path, kind):
    bits = grey_sheet() > 180
    Image.fromarray(bits).save(tmp_path / f"1.{kind}")

    assert np.array_equal(read(tmp_path / f"1.{kind}").pixels, np.where(bits, 255, 0))


def test_sixteen_bits_keep_their_upper_eight(tmp_path):
    deep = grey_sheet().astype(np.uint16) * 256 + 131
    Image.fromarray(deep).save(tmp_path / "1.png")

    assert np.array_equal(read(tmp_path / "1.png").pixels, grey_sheet())


def test_a_palette_of_colours_comes_out_as_bgr(tmp_path):
    pillow(colour_sheet()).quantize(64, dither=Image.Dither.NONE).save(tmp_path / "1.png")

    assert largest_difference(read(tmp_path / "1.png").pixels, colour_sheet()) < 12


def test_a_palette_of_greys_comes_out_as_grey(tmp_path):
    indexed = Image.fromarray(np.uint8(grey_sheet() > 180), "P")
    indexed.putpalette([0, 0, 0, 255, 255, 255])
    indexed.save(tmp_path / "1.png")

    assert np.array_equal(read(tmp_path / "1.png").pixels, np.where(grey_sheet() > 180, 255, 0))


def test_transparency_shows_white_paper(tmp_path):
    alpha = np.full((ROWS, COLUMNS), 255, np.uint8)
    alpha[100:150] = 0
    alpha[300:350] = 128
    picture = pillow(colour_sheet())
    picture.putalpha(Image.fromarray(alpha))
    picture.save(tmp_path / "1.png")

    pixels = read(tmp_path / "1.png").pixels

    assert (pixels[100:150] == 255).all()
    half = 255 - (255 - colour_sheet()[300:350].astype(int)) * 128 / 255
    assert largest_difference(pixels[300:350], half) <= 1
    assert np.array_equal(pixels[:100], colour_sheet()[:100])


@pytest.mark.parametrize("mode", ["P", "L", "1", "LA", "PA"])
def test_every_way_of_being_transparent_shows_white_paper(tmp_path, mode):
    black = np.zeros((ROWS, COLUMNS), np.uint8)
    black[:200] = 255
    picture = Image.fromarray(black)
    if mode == "P":
        picture = picture.convert("P")
        picture.save(tmp_path / "1.png", transparency=bytes([0] + [255] * 255))
    elif mode == "LA":
        picture.putalpha(Image.fromarray(black))
        picture.save(tmp_path / "1.png")
    elif mode == "PA":
        indexed = picture.convert("P")
        indexed.putalpha(Image.fromarray(black))
        indexed.convert("RGBA").save(tmp_path / "1.webp", lossless=True)
        (tmp_path / "1.webp").rename(tmp_path / "1.png")
    else:
        picture.convert(mode).save(tmp_path / "1.png", transparency=0)

    assert (read(tmp_path / "1.png").pixels == 255).all()


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_an_animation_is_no_scan(tmp_path, kind):
    frames = [Image.fromarray(grey_sheet()), Image.new("L", (COLUMNS, ROWS))]
    frames[0].save(tmp_path / f"1.{kind}", save_all=True, append_images=frames[1:])

    with pytest.raises(UnsupportedScanError, match="an animation, not a scan"):
        read(tmp_path / f"1.{kind}")


def test_a_png_with_a_wrong_checksum_is_damaged(tmp_path):
    buffer = BytesIO()
    Image.fromarray(grey_sheet()).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[-14] ^= 1  # the last byte of the last IDAT's checksum
    (tmp_path / "1.png").write_bytes(data)

    with pytest.raises(DamagedScanError, match="cut off or broken"):
        read(tmp_path / "1.png")
