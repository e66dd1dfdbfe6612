"""Existing paper: a blank and a list of boxes become a template that counts."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.design.typesetting import FONT_FOLDER
from ballotscan.election.template import Identity
from ballotscan.election.template_files import load_template
from ballotscan.errors import BallotscanError, ExitCode

DEFINITION = """\
id = "club"
title = "Club"
organisation = "Rowing club"
place = "Hanoi"
date = 2026-11-20
language = "en"
rules = "us-nofm"
[[contests]]
id = "chair"
title = "Chair"
seats = 1
marking = "choose"
candidates = [{ name = "Alice Moore" }, { name = "Bob Stone" }, { name = "Carol Reed" }]
"""
DPI = 150
BOXES = [(240, 420 + 160 * row, 44, 44) for row in range(3)]  # centre x, y, width, height


def draw_blank():
    """An A4 page that somebody made in a word processor, without any marks of ours."""
    image = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(image)
    fonts = [
        ImageFont.truetype(FONT_FOLDER / "LiberationSerif-Bold.ttf", size) for size in (54, 34, 24)
    ]
    draw.text((300, 120), "ROWING CLUB OF HANOI", font=fonts[0], fill=0)
    draw.text(
        (180, 230), "Election of the chair: mark one box with a cross.", font=fonts[1], fill=0
    )
    for (x, y, width, height), name in zip(
        BOXES, ("Alice Moore", "Bob Stone", "Carol Reed"), strict=True
    ):
        draw.rectangle(
            (x - width / 2, y - height / 2, x + width / 2, y + height / 2), outline=0, width=3
        )
        draw.text((320, y - 22), name, font=fonts[1], fill=0)
        draw.line((180, y + 70, 1060, y + 70), fill=90, width=2)
    for line in range(14):
        draw.text((180, 1000 + line * 44), f"{line + 1}. Rule {line * 7 % 11} of the club applies to this ballot and to all others.", font=fonts[2], fill=0)  # fmt: skip
    return image


def mark(image, row, skew_deg):
    marked = image.copy()
    draw = ImageDraw.Draw(marked)
    x, y, *_ = BOXES[row]
    draw.line((x - 18, y - 16, x + 17, y + 18), fill=40, width=4)
    draw.line((x + 16, y - 18, x - 17, y + 15), fill=40, width=4)
    return marked.rotate(skew_deg, fillcolor=255, resample=Image.Resampling.BICUBIC)


@pytest.fixture
def club(tmp_path):
    (tmp_path / "election.toml").write_text(DEFINITION, encoding="utf-8")
    draw_blank().save(tmp_path / "blank.png", dpi=(DPI, DPI))
    lines = [
        f"chair/{name},{x},{y},{width},{height}"
        for (x, y, width, height), name in zip(
            BOXES, ("Alice Moore", "Bob Stone", "3"), strict=True
        )
    ]
    (tmp_path / "boxes.csv").write_text("position_id,x,y,w,h\n" + "\n".join(lines), "utf-8")
    return tmp_path


def import_blank(club, *flags):
    command = ["template", "import", str(club / "blank.png"), "--boxes", str(club / "boxes.csv")]
    return CliRunner().invoke(app, [*command, "--election", str(club), *flags])


def test_ballots_of_existing_paper_are_counted(club):
    (club / "scans").mkdir()
    for number, row in enumerate([0, 1, 1, 2, 1]):
        mark(draw_blank(), row, number * 0.4 - 0.8).save(
            club / "scans" / f"{number}.png", dpi=(DPI, DPI)
        )
    import_blank(club)

    command = ["count", str(club / "scans"), "-e", str(club), "-w", "1", "--json"]
    result = CliRunner().invoke(app, command)

    assert result.exit_code == ExitCode.DONE
    assert '"review": 0' in result.stdout
    votes = (club / "results" / "totals.csv").read_text("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[5] for line in votes] == ["1", "3", "1"]


def test_the_template_has_its_boxes_in_millimetres_bound_to_the_contest(club):
    assert import_blank(club, "--mark", "cross").exit_code == ExitCode.DONE

    template = load_template(club / "ballots" / "chair")
    first = template.pages[0].boxes[0]
    assert template.identity is Identity.LANDMARKS
    assert first.rect.left_mm == pytest.approx((240 - 22) / DPI * 25.4, abs=0.01)
    assert [box.candidate for box in template.pages[0].boxes] == [1, 2, 3]
    assert template.pages[0].width_mm == pytest.approx(210, abs=0.2)


def test_a_blank_that_names_no_resolution_is_taken_for_the_paper_it_has_the_shape_of(club):
    draw_blank().save(club / "blank.png")

    import_blank(club)

    assert load_template(club / "ballots" / "chair").pages[0].width_mm == pytest.approx(
        210, abs=0.2
    )


def test_a_blank_of_no_usual_shape_asks_for_its_resolution(club):
    square = np.full((1500, 1500), 255, np.uint8)
    (club / "blank.png").write_bytes(cv2.imencode(".png", square)[1].tobytes())

    result = import_blank(club)

    assert isinstance(result.exception, BallotscanError)
    assert "--dpi" in str(result.exception)


def test_lists_that_do_not_fit_the_pages_are_refused(club):
    result = import_blank(club, "--boxes", str(club / "boxes.csv"))

    assert isinstance(result.exception, BallotscanError)
    assert "1 pages, but 2 lists" in str(result.exception)


def blot(image, row):
    marked = image.copy()
    x, y, width, height = BOXES[row]
    across, down = width / 2 - 3, height / 2 - 3
    ImageDraw.Draw(marked).rectangle((x - across, y - down, x + across, y + down), fill=40)
    return marked


@pytest.mark.parametrize(
    ("expected", "review", "votes"),
    [("cross", 1, ["1", "0", "0"]), ("fill", 0, ["1", "1", "0"]), ("any", 0, ["1", "1", "0"])],
)
def test_a_blot_is_asked_where_a_cross_is_expected_and_a_vote_where_a_fill_is(
    club, expected, review, votes
):
    (club / "scans").mkdir()
    mark(draw_blank(), 0, 0.4).save(club / "scans" / "1.png", dpi=(DPI, DPI))
    blot(draw_blank(), 1).save(club / "scans" / "2.png", dpi=(DPI, DPI))
    import_blank(club, "--mark", expected)

    command = ["count", str(club / "scans"), "-e", str(club), "-w", "1", "--json", "--show-totals"]
    result = CliRunner().invoke(app, command)

    assert result.exit_code == ExitCode.DONE
    assert f'"review": {review}' in result.stdout
    table = (club / "results" / "totals.csv").read_text("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[5] for line in table] == votes


def test_photographs_of_existing_paper_are_counted(club):
    (club / "scans").mkdir()
    scan = np.array(mark(draw_blank(), 1, 0.0))
    rows, columns = scan.shape
    sheet = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float32)
    seen = np.array([(160, 120), (1340, 150), (1420, 1880), (90, 1850)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(sheet, seen)
    photo = cv2.warpPerspective(scan, matrix, (1500, 2000), borderValue=(110,))
    Image.fromarray(photo).save(club / "scans" / "1.png")
    import_blank(club, "--photo")

    command = ["count", str(club / "scans"), "-e", str(club), "-w", "1", "--json", "--photo"]
    result = CliRunner().invoke(app, command)

    assert result.exit_code == ExitCode.DONE
    assert '"review": 0' in result.stdout
    table = (club / "results" / "totals.csv").read_text("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[5] for line in table] == ["0", "1", "0"]


def flaw(image, row, *, is_inside=True):
    """The sheet with a line in the printing plate: in the box, or from the box to its left."""
    marked = image.copy()
    x, y, width, _ = BOXES[row]
    start = (x - 14, y + 9) if is_inside else (x - width, y + 12)
    end = (x + 13, y - 8) if is_inside else (x - width / 2 - 4, y - 10)
    ImageDraw.Draw(marked).line((*start, *end), fill=30, width=4)
    return marked


def scan_sheets(club, sheets):
    (club / "scans").mkdir()
    grain = np.random.default_rng(7).normal(0, 2, (1754, 1240)).astype(np.float32)
    for number, sheet in enumerate(sheets):
        noisy = np.clip(np.roll(grain, 31 * number, axis=0) + sheet, 0, 255).astype(np.uint8)
        cv2.imwrite(
            str(club / "scans" / f"{number:02}.png"), noisy, [cv2.IMWRITE_PNG_COMPRESSION, 1]
        )


def count(club, *flags):
    command = ["--language", "en", "count", str(club / "scans"), "-e", str(club), "-w", "1"]
    return CliRunner().invoke(app, [*command, "--show-totals", *flags])


def votes(club):
    table = (club / "results" / "totals.csv").read_text("utf-8-sig").splitlines()[1:]
    return [line.split(",")[5] for line in table]


def residue(club):
    return json.loads((club / "results" / "totals.json").read_text("utf-8"))["residue"]


ROWS = [0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1]


@pytest.mark.parametrize("is_inside", [True, False], ids=["in the box", "beside it"])
def test_a_flaw_of_all_sheets_is_reported_and_never_a_vote(club, is_inside):
    sheets = [flaw(draw_blank(), 2, is_inside=is_inside) for _ in ROWS]
    scan_sheets(club, [mark(sheet, row, 0.2) for sheet, row in zip(sheets, ROWS, strict=True)])
    import_blank(club, "--mark", "cross")

    result = count(club)

    assert result.exit_code == ExitCode.DONE
    (found,) = residue(club)
    assert found["box"] == "chair/3"
    assert (found["sheets"], found["of_sheets"]) == (12, 12)
    assert votes(club)[2] == "0"
    assert "12 of 12 sheets have the same ink in or beside box chair/3" in said(result)
    page = (club / "results" / "index.html").read_text("utf-8")
    assert "12 of 12 sheets have the same ink in or beside box chair/3" in page


def other_title(image):
    """A sibling of the form: another club in the same city."""
    sibling = image.copy()
    draw = ImageDraw.Draw(sibling)
    draw.rectangle((290, 100, 1000, 200), fill=255)
    font = ImageFont.truetype(FONT_FOLDER / "LiberationSerif-Bold.ttf", 54)
    draw.text((300, 120), "ROWING CLUB OF HUNOI", font=font, fill=0)
    return sibling


def test_a_sheet_of_a_form_that_differs_in_a_letter_waits(club):
    scan_sheets(club, [mark(draw_blank(), 1, 0.3), mark(other_title(draw_blank()), 1, 0.3)])
    import_blank(club)

    count(club)

    lines = (club / "results" / "ballots.csv").read_text("utf-8-sig").splitlines()
    with_reason = [line for line in lines[1:] if "NOT_ISSUED" in line]
    assert len(with_reason) == 1
    assert "01.png" in with_reason[0]
    assert "review" in with_reason[0]
    assert votes(club) == ["0", "1", "0"]


def test_a_whole_deck_of_another_edition_is_said_once(club):
    scan_sheets(club, [mark(other_title(draw_blank()), row, 0.1) for row in ROWS])
    import_blank(club)

    result = count(club)

    (found,) = residue(club)
    assert found["is_print"]
    assert votes(club) == ["0", "0", "0"]
    assert "12 of 12 sheets are printed otherwise than the template" in said(result)


def said(result):
    return " ".join(result.output.split())
