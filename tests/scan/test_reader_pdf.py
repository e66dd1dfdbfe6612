"""PDF: the stored picture where the page is just that, and else the page as it is drawn."""

import shutil
import zlib
from io import BytesIO

import numpy as np
import pikepdf
import pytest
import simplejpeg
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ballotscan.errors import (
    DamagedScanError,
    EncryptedScanError,
    MissingToolError,
    UnsupportedScanError,
)
from ballotscan.scan import pdf_pages
from ballotscan.scan.reader import ReaderOptions, inspect_scan, read_page

OPTIONS = ReaderOptions(pdf_dpi=72)
ROWS, COLUMNS = 420, 340
DPI = 200
WIDTH_PT, HEIGHT_PT = COLUMNS / DPI * 72, ROWS / DPI * 72
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="poppler is not installed"
)


def grey_sheet():
    pixels = np.tile(np.linspace(120, 250, COLUMNS), (ROWS, 1)).astype(np.uint8)
    pixels[16:64, 24:120] = 0
    return pixels


def bits():
    return grey_sheet() > 180


def jpeg_bytes(pixels=None, **options):
    buffer = BytesIO()
    Image.fromarray(grey_sheet() if pixels is None else pixels).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def image_object(pdf, data, **keys):
    image = pdf.make_stream(data)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height = COLUMNS, ROWS
    image.BitsPerComponent, image.ColorSpace = 8, Name.DeviceGray
    for key, value in keys.items():
        image[f"/{key}"] = value
    return image


def jpeg_object(pdf, data=None, **keys):
    return image_object(pdf, data or jpeg_bytes(), **{"Filter": Name.DCTDecode, **keys})


def flate_object(pdf, data, **keys):
    return image_object(pdf, zlib.compress(data), Filter=Name.FlateDecode, **keys)


def add_page(pdf, image, content=None, **keys):
    """Add a page that shows the image all over it, unless told otherwise."""
    content = content or f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /Im0 Do Q"
    pdf.add_blank_page(page_size=(WIDTH_PT, HEIGHT_PT))
    page = pdf.pages[-1]
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.obj.Contents = pdf.make_stream(content.encode())
    for key, value in keys.items():
        page.obj[f"/{key}"] = value


def one_page(tmp_path, make_image, content=None, **keys):
    with pikepdf.new() as pdf:
        add_page(pdf, make_image(pdf), content, **keys)
        pdf.save(tmp_path / "1.pdf")
    return tmp_path / "1.pdf"


def read(path, page=1, options=OPTIONS):
    return read_page(inspect_scan(path, options), page, options)


@pytest.fixture
def no_drawing(monkeypatch):
    """Fail if the page is drawn instead of taken as it is stored."""

    def refuse(*_args, **_options):
        raise AssertionError

    monkeypatch.setattr(pdf_pages, "convert_from_path", refuse)


# ---- as stored


@pytest.mark.usefixtures("no_drawing")
def test_a_jpeg_comes_out_bit_for_bit_as_if_it_were_a_file(tmp_path):
    page = read(one_page(tmp_path, jpeg_object))

    assert np.array_equal(page.pixels, simplejpeg.decode_jpeg(jpeg_bytes(), "GRAY")[:, :, 0])
    assert page.dpi == DPI


@pytest.mark.usefixtures("no_drawing")
def test_a_colour_jpeg_comes_out_bit_for_bit_too(tmp_path):
    data = jpeg_bytes(np.dstack([grey_sheet(), grey_sheet() // 2, grey_sheet() // 3]))

    page = read(one_page(tmp_path, lambda pdf: jpeg_object(pdf, data, ColorSpace=Name.DeviceRGB)))

    assert np.array_equal(page.pixels, simplejpeg.decode_jpeg(data, "BGR"))


@pytest.mark.usefixtures("no_drawing")
def test_exif_inside_a_pdf_is_ignored_as_viewers_do(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6

    page = read(one_page(tmp_path, lambda pdf: jpeg_object(pdf, jpeg_bytes(exif=exif))))

    assert page.pixels.shape == (ROWS, COLUMNS)


@pytest.mark.usefixtures("no_drawing")
def test_a_jpeg_packed_once_more_is_unpacked(tmp_path):
    page = read(
        one_page(
            tmp_path,
            lambda pdf: jpeg_object(
                pdf,
                zlib.compress(jpeg_bytes()),
                Filter=Array([Name.FlateDecode, Name.DCTDecode]),
            ),
        )
    )

    assert np.array_equal(page.pixels, simplejpeg.decode_jpeg(jpeg_bytes(), "GRAY")[:, :, 0])


def profile(pdf, channels):
    return Array([Name.ICCBased, pdf.make_stream(b"", N=channels)])


def palette(pdf):
    del pdf
    return Array([Name.Indexed, Name.DeviceGray, 1, b"\xff\x00"])


STORED = {
    "grey": lambda pdf: flate_object(pdf, grey_sheet().tobytes()),
    "rgb": lambda pdf: flate_object(
        pdf,
        np.dstack([grey_sheet(), 255 - grey_sheet(), grey_sheet() // 2]).tobytes(),
        ColorSpace=Name.DeviceRGB,
    ),
    "calibrated": lambda pdf: flate_object(
        pdf,
        grey_sheet().tobytes(),
        ColorSpace=Array([Name.CalGray, Dictionary(WhitePoint=Array([0.95, 1, 1.09]))]),
    ),
    "bilevel": lambda pdf: flate_object(pdf, np.packbits(bits(), axis=1), BitsPerComponent=1),
    "palette": lambda pdf: flate_object(
        pdf, np.packbits(bits(), axis=1), BitsPerComponent=1, ColorSpace=palette(pdf)
    ),
    "predictor": lambda pdf: flate_object(
        pdf,
        np.insert(grey_sheet(), 0, 0, axis=1).tobytes(),
        DecodeParms=Dictionary(Predictor=15, Columns=COLUMNS),
    ),
}


@needs_poppler
@pytest.mark.parametrize(
    "kind", sorted(STORED.keys() - {"calibrated"})
)  # poppler tints by white point
def test_what_is_stored_is_what_poppler_shows(tmp_path, kind, monkeypatch):
    path = one_page(tmp_path, STORED[kind])
    options = ReaderOptions(pdf_dpi=DPI)
    stored = read(path, options=options).pixels
    monkeypatch.setattr(pdf_pages, "stored_pixels", lambda *_args: None)
    drawn = read(path, options=options).pixels

    assert stored.shape == drawn.shape
    assert np.abs(stored.astype(int) - drawn).mean() < 1  # poppler may move edges by a pixel
    assert np.array_equal(
        stored[:8, -8:].mean(axis=(0, 1)).round(), drawn[:8, -8:].mean(axis=(0, 1)).round()
    )


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("kind", STORED)
def test_plain_pictures_of_every_packing_are_not_drawn(tmp_path, kind):
    assert read(one_page(tmp_path, STORED[kind])).pixels.shape[:2] == (ROWS, COLUMNS)


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("black_is_1", [False, True])
@pytest.mark.parametrize(("compression", "k"), [("group4", -1), ("group3", 0)])
def test_a_fax_page_is_read_as_stored(tmp_path, compression, k, black_is_1):
    Image.fromarray(bits()).save(
        tmp_path / "1.tif",
        compression=compression,
        strip_size=1 << 30,
        tiffinfo={278: ROWS, 262: 0},
    )
    with Image.open(tmp_path / "1.tif") as tiff:
        (start,), (count,) = tiff.tag_v2[273], tiff.tag_v2[279]
    data = (tmp_path / "1.tif").read_bytes()[start : start + count]
    parameters = Dictionary(K=k, Columns=COLUMNS, Rows=ROWS, BlackIs1=black_is_1)
    ink = bits() != black_is_1

    page = read(
        one_page(
            tmp_path,
            lambda pdf: image_object(
                pdf, data, Filter=Name.CCITTFaxDecode, BitsPerComponent=1, DecodeParms=parameters
            ),
        )
    )

    assert np.array_equal(page.pixels, np.where(ink, 255, 0))


@pytest.mark.usefixtures("no_drawing")
def test_a_jpeg_2000_is_read_as_stored(tmp_path):
    buffer = BytesIO()
    Image.fromarray(grey_sheet()).save(buffer, "JPEG2000")

    page = read(
        one_page(tmp_path, lambda pdf: image_object(pdf, buffer.getvalue(), Filter=Name.JPXDecode))
    )

    assert np.array_equal(page.pixels, grey_sheet())


# ---- how the page shows it

PLACEMENTS = {
    "upright": "{w} 0 0 {h} 0 0 cm",
    "half turn": "-{w} 0 0 -{h} {w} {h} cm",
    "mirrored": "-{w} 0 0 {h} {w} 0 cm",
    "upside down": "{w} 0 0 -{h} 0 {h} cm",
    "in steps": "1 0 0 1 0 {h} cm q Q 2 0 0 2 0 0 cm {w2} 0 0 -{h2} 0 0 cm",
}
QUARTERS = {
    "quarter left": "0 {h} -{w} 0 {w} 0 cm",
    "quarter right": "0 -{h} {w} 0 0 {h} cm",
    "transposed": "0 {h} {w} 0 0 0 cm",
    "transversed": "0 -{h} -{w} 0 {w} {h} cm",
}


SEEN = {
    "upright": lambda stored: stored,
    "half turn": lambda stored: np.rot90(stored, 2),
    "mirrored": np.fliplr,
    "upside down": np.flipud,
    "in steps": np.flipud,
    "quarter left": lambda stored: np.rot90(stored, 1),
    "quarter right": lambda stored: np.rot90(stored, -1),
    "transposed": lambda stored: np.rot90(stored.T, 2),
    "transversed": lambda stored: stored.T,
}


def placed(tmp_path, placement, rotate):
    """Write a page that shows the sheet in one of the placements."""
    size = (WIDTH_PT, HEIGHT_PT) if placement in PLACEMENTS else (HEIGHT_PT, WIDTH_PT)
    width, height = size
    matrix = (PLACEMENTS | QUARTERS)[placement].format(
        w=width, h=height, w2=width / 2, h2=height / 2
    )
    return one_page(
        tmp_path,
        lambda pdf: flate_object(pdf, grey_sheet().tobytes()),
        f"q {matrix} /Im0 Do Q",
        MediaBox=Array([0, 0, width, height]),
        Rotate=rotate,
    )


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("placement", SEEN)
def test_a_picture_is_turned_as_its_page_shows_it(tmp_path, placement, rotate):
    page = read(placed(tmp_path, placement, rotate))

    assert np.array_equal(page.pixels, np.rot90(SEEN[placement](grey_sheet()), -rotate // 90))
    assert page.dpi == DPI


@needs_poppler
@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("placement", [*PLACEMENTS, *QUARTERS])
def test_a_picture_lies_as_poppler_lays_it(tmp_path, placement, rotate, monkeypatch):
    path = placed(tmp_path, placement, rotate)
    options = ReaderOptions(pdf_dpi=DPI)
    stored = read(path, options=options)
    monkeypatch.setattr(pdf_pages, "stored_pixels", lambda *_args: None)
    drawn = read(path, options=options)

    assert stored.pixels.shape == drawn.pixels.shape
    assert stored.pixels.flags.c_contiguous
    assert np.abs(stored.pixels.astype(int) - drawn.pixels).mean() < 1
    assert stored.dpi == DPI


@pytest.mark.usefixtures("no_drawing")
def test_a_rotation_of_the_whole_file_is_obeyed(tmp_path):
    with pikepdf.new() as pdf:
        add_page(pdf, jpeg_object(pdf))
        pdf.Root.Pages.Rotate = 90
        pdf.save(tmp_path / "1.pdf")

    stored = simplejpeg.decode_jpeg(jpeg_bytes(), "GRAY")[:, :, 0]
    assert np.array_equal(read(tmp_path / "1.pdf").pixels, np.rot90(stored, -1))


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize(
    "layer",
    [
        "BT /F0 12 Tf 3 Tr 10 10 Td (Nguyen Van A) Tj ET",
        "/Artifact BMC EMC /P <</MCID 0>> BDC EMC",
        "0 0 0 rg 1 w",
    ],
)
def test_an_invisible_layer_does_not_matter(tmp_path, layer):
    content = f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /Im0 Do Q {layer}"

    assert read(one_page(tmp_path, jpeg_object, content)).pixels.shape == (ROWS, COLUMNS)


# ---- as drawn

SHOWN = f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /Im0 Do Q"


@needs_poppler
@pytest.mark.parametrize(
    "content",
    [
        f"{SHOWN} 0 0 1 rg 20 20 80 60 re f",
        f"q 60 0 0 70 0 0 cm /Im0 Do Q q 60 0 0 70 {WIDTH_PT - 60} {HEIGHT_PT - 70} cm /Im0 Do Q",
        f"q {WIDTH_PT / 2} 0 0 {HEIGHT_PT / 2} 0 0 cm /Im0 Do Q",
        f"q {WIDTH_PT} 9 -9 {HEIGHT_PT} 0 0 cm /Im0 Do Q",
        f"0 0 50 50 re W n {SHOWN}",
        f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q",
        f"/OC /Layer BDC {SHOWN} EMC",
        "0 0 1 rg 20 20 80 60 re f",
    ],
    ids=["ink on top", "two", "half", "leaning", "clipped", "inline", "layer", "no picture"],
)
def test_a_page_that_is_not_just_one_picture_is_drawn(tmp_path, content):
    options = ReaderOptions(pdf_dpi=250)

    page = read(one_page(tmp_path, jpeg_object, content), options=options)

    assert page.pixels.shape[:2] == (ROWS * 250 // DPI, COLUMNS * 250 // DPI)
    assert page.dpi == 250


@needs_poppler
@pytest.mark.parametrize(
    "make_image",
    [
        lambda pdf: jpeg_object(pdf, Decode=Array([1, 0])),
        lambda pdf: jpeg_object(
            pdf, SMask=flate_object(pdf, (grey_sheet() // 2).tobytes(), Decode=Array([0, 1]))
        ),
        lambda pdf: jpeg_object(pdf, Mask=Array([0, 9])),
        lambda pdf: jpeg_object(pdf, ColorSpace=Array([Name.Indexed, Name.DeviceGray, 1, b"ab"])),
        lambda pdf: flate_object(
            pdf, np.packbits(bits(), axis=1), BitsPerComponent=1, ImageMask=True
        ),
        lambda pdf: flate_object(
            pdf, np.zeros((ROWS, COLUMNS, 4), np.uint8).tobytes(), ColorSpace=Name.DeviceCMYK
        ),
    ],
    ids=["inverted", "soft mask", "key mask", "palette of a jpeg", "stencil", "cmyk"],
)
def test_a_picture_that_is_not_shown_as_stored_is_drawn(tmp_path, make_image):
    options = ReaderOptions(pdf_dpi=250)

    page = read(one_page(tmp_path, make_image), options=options)

    assert page.dpi == 250


@needs_poppler
def test_ink_drawn_over_a_scan_is_seen_in_its_colour(tmp_path):
    path = one_page(tmp_path, jpeg_object, f"{SHOWN} 0 0 1 rg 20 20 80 60 re f")

    pixels = read(path, options=ReaderOptions(pdf_dpi=DPI)).pixels

    assert pixels[round((HEIGHT_PT - 50) * DPI / 72), round(60 * DPI / 72)].tolist() == [255, 0, 0]


@needs_poppler
def test_a_drawn_page_without_colour_is_grey(tmp_path):
    path = one_page(tmp_path, jpeg_object, f"{SHOWN} 0 g 20 20 80 60 re f")

    assert read(path, options=ReaderOptions(pdf_dpi=DPI)).pixels.ndim == 2


@needs_poppler
def test_a_note_stuck_on_the_page_is_drawn(tmp_path):
    with pikepdf.new() as pdf:
        note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([20, 20, 100, 80]))
        note.C, note.IC = Array([0, 0, 0]), Array([0, 0, 0])
        add_page(pdf, jpeg_object(pdf), Annots=Array([pdf.make_indirect(note)]))
        pdf.save(tmp_path / "1.pdf")

    assert read(tmp_path / "1.pdf", options=ReaderOptions(pdf_dpi=250)).dpi == 250


@needs_poppler
def test_only_the_cropped_part_of_a_page_is_shown(tmp_path):
    crop = Array([0, 0, WIDTH_PT, HEIGHT_PT * 0.75])

    page = read(one_page(tmp_path, jpeg_object, CropBox=crop), options=ReaderOptions(pdf_dpi=DPI))

    assert page.pixels.shape == (ROWS * 3 // 4, COLUMNS)
    assert page.pixels.min() > 100  # the block at the top is cut away


@needs_poppler
def test_a_file_whose_name_begins_with_a_dash_is_drawn(tmp_path, monkeypatch):
    one_page(tmp_path, jpeg_object, f"{SHOWN} 0 g 20 20 80 60 re f").rename(tmp_path / "-r.pdf")
    monkeypatch.chdir(tmp_path)

    name = next(path.relative_to(tmp_path) for path in tmp_path.iterdir())
    assert read(name, options=ReaderOptions(pdf_dpi=DPI)).pixels.shape == (ROWS, COLUMNS)


def test_a_missing_poppler_is_told_with_the_command_that_installs_it(tmp_path, monkeypatch):
    path = one_page(tmp_path, jpeg_object, f"{SHOWN} 0 g 20 20 80 60 re f")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingToolError) as caught:
        read(path, options=ReaderOptions(pdf_dpi=DPI))

    for words in ("1.pdf", "apt install poppler-utils", "Windows", "poppler-windows/releases"):
        assert words in str(caught.value)


# ---- files


@pytest.mark.usefixtures("no_drawing")
def test_every_page_of_a_file_is_its_own(tmp_path):
    sheets = [np.roll(grey_sheet(), 7 * shift, axis=1) for shift in range(4)]
    with pikepdf.new() as pdf:
        for sheet in sheets:
            add_page(pdf, flate_object(pdf, sheet.tobytes()))
        pdf.save(tmp_path / "1.pdf")

    scan = inspect_scan(tmp_path / "1.pdf", OPTIONS)

    assert scan.page_count == 4
    for number, sheet in enumerate(sheets, start=1):
        assert np.array_equal(read_page(scan, number, OPTIONS).pixels, sheet)


def test_one_damaged_page_does_not_cost_the_others(tmp_path):
    data = jpeg_bytes()
    with pikepdf.new() as pdf:
        for part in (data, data[: len(data) // 2], data):
            add_page(pdf, jpeg_object(pdf, part))
        pdf.save(tmp_path / "1.pdf")

    scan = inspect_scan(tmp_path / "1.pdf", OPTIONS)

    assert np.array_equal(read_page(scan, 1, OPTIONS).pixels, read_page(scan, 3, OPTIONS).pixels)
    with pytest.raises(DamagedScanError, match=r"^Page 2 of '.*1\.pdf': "):
        read_page(scan, 2, OPTIONS)


@needs_poppler
@pytest.mark.parametrize("made", ["short", "cut", "changed"])
def test_packed_pixels_that_do_not_fill_the_picture_are_damaged(tmp_path, made):
    raw = np.random.default_rng(1).integers(0, 255, (ROWS, COLUMNS), np.uint8).tobytes()
    packed = zlib.compress(raw)
    data = {
        "short": zlib.compress(raw[: len(raw) // 2]),
        "cut": packed[: len(packed) // 2],
        "changed": packed[:-4] + bytes(4),
    }[made]

    with pytest.raises(DamagedScanError):
        read(one_page(tmp_path, lambda pdf: image_object(pdf, data, Filter=Name.FlateDecode)))


def test_a_pdf_that_wants_a_password_says_so(tmp_path):
    with pikepdf.new() as pdf:
        add_page(pdf, jpeg_object(pdf))
        pdf.save(tmp_path / "1.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))

    with pytest.raises(EncryptedScanError, match=r"1\.pdf.*password.*without one"):
        inspect_scan(tmp_path / "1.pdf", OPTIONS)


@pytest.mark.usefixtures("no_drawing")
def test_a_pdf_that_anybody_may_open_is_read_although_encrypted(tmp_path):
    with pikepdf.new() as pdf:
        add_page(pdf, jpeg_object(pdf))
        pdf.save(tmp_path / "1.pdf", encryption=pikepdf.Encryption(owner="a", user=""))

    assert read(tmp_path / "1.pdf").pixels.shape == (ROWS, COLUMNS)


def test_a_pdf_without_pages_is_damaged(tmp_path):
    with pikepdf.new() as pdf:
        pdf.save(tmp_path / "1.pdf")

    with pytest.raises(DamagedScanError, match="no pages"):
        inspect_scan(tmp_path / "1.pdf", OPTIONS)


@pytest.mark.parametrize(
    "make_image",
    [
        lambda pdf: jpeg_object(pdf, Width=30_000, Height=30_000),
        lambda pdf: flate_object(pdf, b"", Width=30_000, Height=30_000),
    ],
)
def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path, make_image):
    with pytest.raises(UnsupportedScanError, match=r"too large.*30000 x 30000"):
        read(one_page(tmp_path, make_image))


def test_a_page_too_large_to_draw_is_refused(tmp_path):
    path = one_page(tmp_path, jpeg_object, "0 0 9 9 re f", MediaBox=Array([0, 0, 14_400, 14_400]))

    with pytest.raises(UnsupportedScanError, match="too large"):
        read(path, options=ReaderOptions(pdf_dpi=300))
