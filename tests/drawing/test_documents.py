"""Text documents become PDFs through LibreOffice, or a clear error."""

import sys
import zipfile

import pytest

from ballotscan.count.existing_paper import read_blanks
from ballotscan.drawing import documents
from ballotscan.drawing.documents import convert_document, find_office, is_document
from ballotscan.errors import DamagedScanError, MissingToolError

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_DOCUMENT = """<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>PHIẾU BẦU CỬ</w:t></w:r></w:p></w:body></w:document>"""


def write_docx(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", _DOCUMENT)


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
