"""Printed ballots: what the template says is where the ink is."""

import datetime as dt
import io
import itertools
import shutil
import subprocess
import unicodedata

import cv2
import numpy as np
import pikepdf
import pytest
import zxingcpp
from pdf2image import convert_from_bytes
from PIL import Image

from ballotscan.design.printing import design_ballot, fill_pages, take_order, write_ballot
from ballotscan.election.blanks import load_blank
from ballotscan.election.code import PageCode
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import PX_PER_MM
from ballotscan.election.template_files import layout_fingerprint, load_template
from ballotscan.errors import ElectionError, OutputError

PDF_DPI = 300
TOLERANCE_MM = 0.1
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
GIVEN = [
    "Ánh",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Giang",
    "Hằng",
    "Hạnh",
    "Ấn",
    "Phượng",
    "Quỳnh",
    "Sơn",
    "Thảo",
    "Thắng",
    "Vỹ",
    "Yến",
]


def people(number, **details):
    return tuple(
        Candidate(name=f"{FAMILY[n % 16]} Thị Ngọc {GIVEN[(n * 7 + n // 16) % 16]}", **details)
        for n in range(number)
    )


def contest(marking, candidates, *, name="ban-chap-hanh", **more):
    more = {"title": "Bầu Ban Chấp hành Đảng bộ", "seats": 1, **more}
    return Contest(id=name, marking=marking, candidates=candidates, **more)


def election(*contests, paper="a4", language="vi", **more):
    fields = {
        "id": "dai-hoi-2025",
        "title": "Đại hội đại biểu lần thứ XV, nhiệm kỳ 2025 - 2030",
        "organisation": "Đảng bộ huyện Sông Trà",
        "place": "Sông Trà",
        "date": dt.date(2025, 6, 29),
        **more,
    }
    return Election(contests=contests, paper=paper, language=language, **fields)


def printed(*contests, **more):
    return design_ballot(contests, election(*contests, **more))


DESIGNS = {
    "agree": lambda: printed(contest(Marking.AGREE_DISAGREE, people(15, unit="Chủ tịch xã"))),
    "one": lambda: printed(contest(Marking.AGREE_DISAGREE, people(1)), paper="a5"),
    "both-sides": lambda: printed(contest(Marking.AGREE_DISAGREE, people(40))),
    "strike": lambda: printed(contest(Marking.STRIKE_OUT, people(24))),
    "long-names": lambda: printed(
        contest(Marking.STRIKE_OUT, (*people(2), Candidate(name="Phan Văn An Bình " * 4))),
        paper="a5",
    ),
    "two-contests": lambda: printed(
        contest(Marking.CHOOSE, people(5), name="council", ballot="general"),
        contest(Marking.CHOOSE, people(3), name="trustee", ballot="general"),
        paper="us-letter",
        language="en",
    ),
}


@pytest.fixture(scope="module", params=list(DESIGNS))
def ballot(request):
    return DESIGNS[request.param]()


@pytest.fixture(scope="module")
def sheets(ballot):
    """The PDF as a printer draws it, by another program than made it: one grey page a side."""
    return draw_pdf(ballot.pdf, PDF_DPI)


def draw_pdf(pdf, dpi):
    # Cairo, because poppler's own drawing moves letters and lines to whole pixels.
    images = convert_from_bytes(pdf, dpi=dpi, grayscale=True, use_pdftocairo=True)
    return [np.asarray(image) for image in images]


def ink_near(pixels, rect, margin_mm, dpi=PDF_DPI):
    """Darkness 0..1 of a window around a rectangle, and where the window begins in mm."""
    scale = dpi / 25.4
    left, top = (int((edge - margin_mm) * scale) for edge in (rect.left_mm, rect.top_mm))
    right = int(np.ceil((rect.left_mm + rect.width_mm + margin_mm) * scale))
    bottom = int(np.ceil((rect.top_mm + rect.height_mm + margin_mm) * scale))
    return 1 - pixels[top:bottom, left:right] / 255, left / scale, top / scale


def centre_of(profile, start_mm, dpi=PDF_DPI):
    """Centre of the ink along a line of pixels, in mm."""
    places = start_mm + (np.arange(len(profile)) + 0.5) * 25.4 / dpi
    return float((profile * places).sum() / profile.sum())


def extent_of(ink, left_mm, top_mm, dpi=PDF_DPI):
    """Left, top, right and bottom of what is dark, in mm."""
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis=axis)) for axis in (1, 0))
    step = 25.4 / dpi
    return np.array(
        [
            left_mm + columns[0] * step,
            top_mm + rows[0] * step,
            left_mm + (columns[-1] + 1) * step,
            top_mm + (rows[-1] + 1) * step,
        ]
    )


def edges(rect):
    return np.array(
        [
            rect.left_mm,
            rect.top_mm,
            rect.left_mm + rect.width_mm,
            rect.top_mm + rect.height_mm,
        ]
    )


def test_each_disc_is_printed_where_the_template_says(ballot, sheets):
    for page, pixels in zip(ballot.template.pages, sheets, strict=True):
        assert len(page.fiducials) == 7
        for disc in page.fiducials:
            radius = disc.diameter_mm / 2
            square = type(page.codes[0])(disc.x_mm - radius, disc.y_mm - radius, 4.5, 4.5)
            ink, left, top = ink_near(pixels, square, 1.0)

            assert centre_of(ink.sum(axis=0), left) == pytest.approx(disc.x_mm, abs=0.03)
            assert centre_of(ink.sum(axis=1), top) == pytest.approx(disc.y_mm, abs=0.03)
            area_mm2 = ink.sum() * (25.4 / PDF_DPI) ** 2
            assert area_mm2 == pytest.approx(np.pi * radius**2, rel=0.02)


def test_the_outline_of_each_box_is_printed_where_the_template_says(ballot, sheets):
    outline_mm = 0.3
    for page, pixels in zip(ballot.template.pages, sheets, strict=True):
        for box in page.boxes:
            ink, left, top = ink_near(pixels, box.rect, 1.0)
            middle_row, middle_column = (length // 2 for length in ink.shape)
            across = ink[middle_row - 12 : middle_row + 12].mean(axis=0)
            down = ink[:, middle_column - 12 : middle_column + 12].mean(axis=1)
            half = middle_column

            measured = [
                centre_of(across[:half], left),
                centre_of(down[:half], top),
                centre_of(across[half:], left + half * 25.4 / PDF_DPI),
                centre_of(down[half:], top + half * 25.4 / PDF_DPI),
            ]
            expected = edges(box.rect) + np.array([1, 1, -1, -1]) * outline_mm / 2
            assert np.abs(measured - expected).max() < TOLERANCE_MM
            assert across[:half].sum() * 25.4 / PDF_DPI == pytest.approx(outline_mm, abs=0.1)


def test_the_letters_of_each_name_fill_its_lines(ballot, sheets):
    for page, pixels in zip(ballot.template.pages, sheets, strict=True):
        for name in page.names:
            lines = np.array([edges(line) for line in name.lines])
            whole = [*lines[:, :2].min(axis=0), *lines[:, 2:].max(axis=0)]
            rect = type(page.codes[0])(*whole[:2], whole[2] - whole[0], whole[3] - whole[1])
            found = extent_of(*ink_near(pixels, rect, 0.6))

            # Letters keep a little white to their sides; above and below the extent is exact.
            assert np.abs(found - whole)[[1, 3]].max() < 0.15
            assert np.abs(found - whole)[[0, 2]].max() < 0.6


def test_a_long_name_has_an_extent_for_each_line():
    template = DESIGNS["long-names"]().template
    name = template.pages[0].names[2]

    assert name.text == " ".join(["Phan Văn An Bình"] * 4)
    assert len(name.lines) == 2
    assert name.lines[1].top_mm > name.lines[0].top_mm + name.lines[0].height_mm / 2


def test_each_code_is_printed_where_the_template_says(ballot, sheets):
    for page, pixels in zip(ballot.template.pages, sheets, strict=True):
        assert len(page.codes) == 2
        for code in page.codes:
            found = extent_of(*ink_near(pixels, code, 1.5))

            assert np.abs(found - edges(code)).max() < TOLERANCE_MM


def test_both_codes_of_each_page_say_what_it_is(ballot):
    template = ballot.template
    for page, blank in zip(template.pages, ballot.blanks, strict=True):
        code = PageCode(
            "dai-hoi-2025", template.ballot_id, template.round, page.number, template.fingerprint
        )
        with Image.open(io.BytesIO(blank)) as image:
            found = zxingcpp.read_barcodes(np.asarray(image))

        assert [barcode.text for barcode in found] == [code.to_text()] * 2


def test_the_blank_is_the_page_as_it_is_printed(ballot):
    for page, blank, other in zip(
        ballot.template.pages, ballot.blanks, draw_pdf(ballot.pdf, 200), strict=True
    ):
        with Image.open(io.BytesIO(blank)) as opened:
            assert opened.mode == "L"
            pixels = np.asarray(opened)
        assert pixels.shape == (
            round(page.height_mm * PX_PER_MM),
            round(page.width_mm * PX_PER_MM),
        )

        rows, columns = np.minimum(pixels.shape, other.shape)
        one, two = (255 - p[:rows, :columns].astype(np.float32) for p in (pixels, other))
        shift, response = cv2.phaseCorrelate(one, two)
        assert np.abs(shift).max() < 0.1
        assert response > 0.9
        assert abs(one.mean() / two.mean() - 1) < 0.03


def test_around_each_box_the_paper_is_white(ballot):
    for page, blank in zip(ballot.template.pages, ballot.blanks, strict=True):
        with Image.open(io.BytesIO(blank)) as image:
            pixels = np.asarray(image)
        for box in page.boxes:
            ink, _, _ = ink_near(pixels, box.rect, 2.2, dpi=200)
            inner = ink[17:-17, 17:-17]  # the box with its outline, a pixel more all round

            assert inner.sum() > 0
            assert ink.sum() == pytest.approx(inner.sum())


def test_boxes_stand_five_millimetres_apart(ballot):
    for page in ballot.template.pages:
        for one, other in itertools.combinations(page.boxes, 2):
            a, b = edges(one.rect), edges(other.rect)
            gaps = np.maximum(a[:2] - b[2:], b[:2] - a[2:])

            assert gaps.max() >= 5 - 1e-3


def test_every_row_has_its_boxes_or_its_name(ballot):
    template = ballot.template
    boxes = [(b.contest_id, b.candidate, b.role) for page in template.pages for b in page.boxes]
    names = [(n.contest_id, n.candidate) for page in template.pages for n in page.names]

    assert len(set(boxes)) == len(boxes)
    assert boxes or names
    for page in template.pages:
        for box in page.boxes:
            assert box.position == f"{box.contest_id}/{box.candidate}/{box.role}"
            assert (box.rect.width_mm, box.rect.height_mm) == (6, 6)
        for name in page.names:
            assert name.position == f"{name.contest_id}/{name.candidate}/name"
    roles = {role for _, _, role in boxes}
    assert roles in (set(), {BoxRole.CHOOSE}, {BoxRole.AGREE, BoxRole.DISAGREE})


def test_a_written_ballot_loads_as_it_was_designed(ballot, tmp_path):
    template = write_ballot(ballot, tmp_path / "ballots" / "one")

    assert load_template(tmp_path / "ballots" / "one") == template
    assert template.pages == ballot.template.pages
    assert template.fingerprint == layout_fingerprint(ballot.template)
    assert (template.folder / "ballot.pdf").read_bytes() == ballot.pdf
    for page in template.pages:
        assert load_blank(template, page.number).shape[0] == round(page.height_mm * PX_PER_MM)


def test_the_print_dialog_is_asked_for_full_size_and_both_sides(ballot):
    with pikepdf.open(io.BytesIO(ballot.pdf)) as pdf:
        wishes = pdf.Root.ViewerPreferences

        assert wishes.PrintScaling == "/None"
        assert ("/Duplex" in wishes) == (len(ballot.blanks) == 2)


def test_the_same_election_gives_the_same_bytes():
    assert DESIGNS["one"]() == DESIGNS["one"]()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Đại hội bất thường"},
        {"place": "Sông Trăng"},
        {"date": dt.date(2025, 6, 30)},
        {"id": "dai-hoi-2026"},
    ],
    ids=str,
)
def test_another_election_text_is_another_edition(change):
    sheet = contest(Marking.AGREE_DISAGREE, people(1))

    assert printed(sheet, **change).template.fingerprint != printed(sheet).template.fingerprint


def test_another_name_is_another_edition_though_no_box_moves():
    one = printed(contest(Marking.AGREE_DISAGREE, (Candidate(name="Trần Văn An"),)))
    other = printed(contest(Marking.AGREE_DISAGREE, (Candidate(name="Trần Văn Ân"),)))

    assert one.template.pages[0].boxes == other.template.pages[0].boxes
    assert one.template.fingerprint != other.template.fingerprint


@pytest.mark.parametrize(
    ("marking", "expected"),
    [
        (Marking.AGREE_DISAGREE, ExpectedMark.CROSS),
        (Marking.CHOOSE, ExpectedMark.CROSS),
        (Marking.STRIKE_OUT, ExpectedMark.STRIKE),
    ],
)
def test_the_template_knows_the_mark_that_voters_are_told_to_make(marking, expected):
    assert printed(contest(marking, people(2)), paper="a5").template.expected_mark is expected


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize(
    "marking",
    # Three boxes, or a grid, take the whole width of the page.
    [marking for marking in Marking if marking not in {Marking.ONE_OF_THREE, Marking.RANK}],
)
@pytest.mark.parametrize("number", [1, 2, 15, 17, 33, 41, 64, 70])
def test_up_to_seventy_candidates_fit_on_one_sheet(number, marking, paper):
    sheet = contest(marking, people(number), seats=number)

    pages = fill_pages(take_order((sheet,), election(sheet, paper=paper)))

    rows = [piece["row"]["number"] for page in pages for piece in page if piece["kind"] == "row"]
    assert rows == list(range(1, number + 1))
    assert len(pages) <= 2


def test_a_sheet_that_is_too_small_is_refused_with_what_to_do():
    sheet = contest(Marking.AGREE_DISAGREE, people(70))

    with pytest.raises(ElectionError, match=r"70 candidates do not fit.*choose larger paper"):
        printed(sheet, paper="a5")


def test_a_word_wider_than_its_column_is_refused_by_name():
    sheet = contest(Marking.STRIKE_OUT, (Candidate(name="A" * 90),))

    with pytest.raises(ElectionError, match=r"'A{90}' is wider than its place"):
        printed(sheet)


def test_a_letter_that_the_font_has_not_is_refused_by_name():
    sheet = contest(Marking.STRIKE_OUT, (Candidate(name="Lý 小龍"),))

    with pytest.raises(ElectionError, match=r"'小' \(U\+5C0F\) in 'Lý 小龍'"):
        printed(sheet)


def test_contests_of_two_rounds_are_not_printed_on_one_sheet():
    first = contest(Marking.CHOOSE, people(2), name="one", ballot="sheet")
    second = contest(Marking.CHOOSE, people(2), name="two", ballot="sheet", round=2)

    with pytest.raises(ElectionError, match="rounds 1 and 2"):
        printed(first, second)


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        write_ballot(DESIGNS["one"](), tmp_path / "file")


def test_only_vietnamese_ballots_leave_room_for_a_seal():
    sheet = contest(Marking.CHOOSE, people(2))

    assert printed(sheet).template.pages[0].seal is not None
    assert printed(sheet, language="en").template.pages[0].seal is None
    wanted = design_ballot((sheet,), election(sheet, language="en"), seal_space=True)
    assert wanted.template.pages[0].seal is not None


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext of poppler-utils")
def test_all_vietnamese_letters_can_be_read_from_the_pdf(tmp_path):
    letters = [
        unicodedata.normalize("NFC", letter + accent)
        for letter in "AĂÂEÊIOÔƠUƯYaăâeêioôơuưy"
        for accent in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
    ]
    words = ["".join(letters[start : start + 6]) for start in range(0, len(letters), 6)]
    sheet = contest(Marking.AGREE_DISAGREE, (Candidate(name=" ".join(["Đđ", *words])),))
    (tmp_path / "ballot.pdf").write_bytes(printed(sheet).pdf)

    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(tmp_path / "ballot.pdf"), "-"],  # noqa: S607
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout

    assert set(words) <= set(unicodedata.normalize("NFC", text).split())


def numbered(marking, candidates=3, **fields):
    return contest(marking, people(candidates)).model_copy(update={"seats": 1, **fields})


@pytest.mark.parametrize(
    ("sheet", "expected_mark"),
    [
        (numbered(Marking.APPROVE), ExpectedMark.CROSS),
        (numbered(Marking.ONE_OF_THREE), ExpectedMark.CROSS),
        (numbered(Marking.RANK, ranks=3), ExpectedMark.FILL),
        (numbered(Marking.POINTS, votes_per_candidate=2, list_cross=True, seats=4), ExpectedMark.CROSS),
    ],
    ids=["approve", "one-of-three", "rank", "points"],
)  # fmt: skip
def test_every_box_of_a_contest_is_printed_once(sheet, expected_mark):
    template = printed(sheet).template

    found = [ColumnKey(b.candidate, b.role, b.number) for p in template.pages for b in p.boxes]
    found += [ColumnKey(n.candidate, None) for p in template.pages for n in p.names]
    assert sorted(map(str, found)) == sorted(map(str, column_keys(sheet)))
    assert template.expected_mark is expected_mark


def test_boxes_keep_their_distance_however_many_stand_in_a_row():
    (page,) = printed(numbered(Marking.RANK, candidates=8, ranks=10)).template.pages

    lefts = sorted({(b.rect.left_mm, b.rect.width_mm) for b in page.boxes})
    gaps = [b[0] - (a[0] + a[1]) for a, b in itertools.pairwise(lefts)]
    assert min(gaps) > 4.9
