"""Text documents become PDFs through LibreOffice, or a clear error."""

import sys
import zipfile

import pytest

from ballotscan.count.existing_paper import read_blanks
from ballotscan.drawing import documents
from ballotscan.drawing.documents import convert_document, find_office, is_document
from ballotscan.drawing.name_rows import propose_names
from ballotscan.drawing.proposals import propose_boxes
from ballotscan.errors import DamagedScanError, MissingToolError

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_CELL = "<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
_BORDERS = "".join(
    f"<w:{side} w:val='single' w:sz='4' w:color='000000'/>"
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_DOCUMENT = """<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>PHIẾU BẦU CỬ</w:t></w:r></w:p>TABLE</w:body></w:document>"""


def table(names):
    """As Word writes it: four columns, the last two empty under their headings."""
    lines = [("STT", "Họ và tên", "Đồng ý", "Không đồng ý")]
    lines += [(str(number), name, "", "") for number, name in enumerate(names, start=1)]
    rows = "".join(
        "<w:tr><w:trPr><w:trHeight w:val='560'/></w:trPr>"
        + "".join(
            _CELL.format(width=width, text=text)
            for width, text in zip((800, 4200, 1700, 2200), line, strict=True)
        )
        + "</w:tr>"
        for line in lines
    )
    return f"<w:tbl><w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>{rows}</w:tbl><w:p/>"


def write_docx(path, names=()):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", _DOCUMENT.replace("TABLE", table(names)))


@pytest.mark.parametrize(
    ("name", "is_text"), [("a.docx", True), ("a.DOC", True), ("a.pdf", False), ("a.png", False)]
)
def test_text_documents_are_known_by_their_suffix(tmp_path, name, is_text):
    assert is_document(tmp_path / name) is is_text


def test_without_libreoffice_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "find_office", lambda: None)

    with pytest.raises(MissingToolError, match=r"phieu\.docx.*save the ballot as PDF"):
        convert_document(tmp_path / "phieu.docx", tmp_path / "out")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_document_that_gives_no_pdf_is_named(tmp_path, monkeypatch):
    office = tmp_path / "soffice"
    office.write_text("#!/bin/sh\necho 'source file could not be loaded' >&2\n", encoding="utf-8")
    office.chmod(0o755)
    monkeypatch.setattr(documents, "find_office", lambda: office)

    with pytest.raises(DamagedScanError, match="could not be loaded"):
        convert_document(tmp_path / "phieu.docx", tmp_path / "out")


@pytest.mark.slow
@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed here")
def test_a_word_document_becomes_a_page(tmp_path):
    write_docx(tmp_path / "Phiếu bầu.docx")

    made = convert_document(tmp_path / "Phiếu bầu.docx", tmp_path / "out")

    (page,) = read_blanks([made])
    assert page.pixels.min() < 100
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Phiếu bầu.pdf"]


@pytest.mark.slow
@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed here")
def test_the_boxes_of_a_table_made_in_word_are_proposed(word, tmp_path):
    write_docx(tmp_path / "phieu.docx", word.NAMES)
    (page,) = read_blanks([convert_document(tmp_path / "phieu.docx", tmp_path / "out")])

    (found,) = propose_names([page.pixels], [word.NAMES])

    assert len(propose_boxes(page.pixels)) == 2 * len(word.NAMES)
    assert len(found.names) == len(word.NAMES)
