import unicodedata

import numpy as np

from ballotscan.audit.lettering import (
    BOLD,
    REGULAR,
    coverage,
    label,
    load_font,
    printable,
    shorten,
    typeset,
    wrap,
)
from ballotscan.audit.marking import INK

VIETNAMESE = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"


def test_the_fonts_have_every_vietnamese_letter():
    for file in (REGULAR, BOLD):
        missing = load_font(file, 13).getmask("\ufffe")
        for letter in VIETNAMESE + VIETNAMESE.lower() + "●○":
            shape = load_font(file, 13).getmask(letter)

            assert bytes(shape) != bytes(missing), letter


def test_letters_that_differ_by_their_accent_look_different():
    shapes = {coverage(letter, 22, 16, 1, (REGULAR, 13)).tobytes() for letter in VIETNAMESE}

    assert len(shapes) == len(VIETNAMESE)


def test_decomposed_letters_are_drawn_as_whole_ones():
    name = "Nguyễn Thị Ẩn"

    drawn = typeset(unicodedata.normalize("NFD", name), 20, 500, REGULAR, 13)

    assert (drawn == typeset(name, 20, 500, REGULAR, 13)).all()


def test_letters_that_cannot_be_printed_are_a_square():
    assert printable("a\x00b\u202ec") == "a□b□c"


def test_a_line_that_is_too_long_ends_in_an_ellipsis():
    text = "Bầu Ban Chấp hành Đảng bộ huyện khóa XIII"

    short = shorten(text, 120, REGULAR, 13)

    assert short.endswith("…")
    assert text.startswith(short[:-1])
    assert load_font(REGULAR, 13).getlength(short) <= 120


def test_a_line_that_fits_is_left_alone():
    assert shorten("An", 120, REGULAR, 13) == "An"


def test_a_wrapped_text_keeps_its_words_in_order():
    text = "Còn quá ít dấu định vị trên phiếu; hãy vuốt phẳng và quét lại"

    lines = wrap(text, 150, REGULAR, 13)

    assert len(lines) > 1
    assert " ".join(lines) == text
    assert all(load_font(REGULAR, 13).getlength(line) <= 150 for line in lines)


def test_a_line_is_cut_off_where_its_place_ends():
    assert typeset("x" * 200, 20, 90, REGULAR, 13).shape == (20, 90)


def test_an_empty_line_has_no_width():
    assert typeset("", 20, 90, REGULAR, 13).shape == (20, 0)


def test_a_label_holds_its_words_in_ink():
    sprite = label("Hợp lệ", BOLD, 22, INK)

    assert sprite.luma.min() < 60
    assert (sprite.luma[:, -1] == 255).all()
    assert np.array_equal(sprite.luma, label("Hợp lệ", BOLD, 22, INK).luma)
