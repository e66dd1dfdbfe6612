"""Whatever lies among the scans gets a named reason, and the rest is counted."""

import csv
import hashlib
import json
import shutil
import struct
import zlib

import cv2
import numpy as np
import pikepdf
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.design.testdeck import make_deck
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.template_files import load_template
from ballotscan.errors import ExitCode, ScanError


def count(root, scans=None):
    command = ["count", str(scans or root / "scans"), "--election", str(root), "--workers", "1"]
    return CliRunner().invoke(app, command)


def ballots(root):
    with (root / "results" / "ballots.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {line["files"]: line for line in csv.DictReader(stream)}


def damaged(root):
    totals = json.loads((root / "results" / "totals.json").read_text("utf-8"))
    return {entry["file"]: entry["reason"] for entry in totals["damaged_files"]}


def encrypted_pdf(path):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path, encryption=pikepdf.Encryption(owner="o", user="u"))


def huge_png(path):
    """30,000 x 30,000 pixels in a file of a few hundred bytes."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )  # fmt: skip


def cut_jpeg(path):
    whole = (path.parent / "0001.jpg").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("note.jpg", lambda path: path.write_text("just a text"), "no picture|not a|text"),
        ("cut.jpg", cut_jpeg, "cut off"),
        ("locked.pdf", encrypted_pdf, "password"),
        ("huge.png", huge_png, "30000|30,000|large"),
        ("empty.tif", lambda path: path.write_bytes(b""), "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_counted(
    election_folder, name, make, words
):
    make(election_folder / "scans" / name)

    result = count(election_folder)

    assert isinstance(result.exception, ScanError)
    assert result.exception.exit_code == ExitCode.SCAN
    reasons = damaged(election_folder)
    assert list(reasons) == [f"scans/{name}"]
    assert name in reasons[f"scans/{name}"]
    assert any(word in reasons[f"scans/{name}"] for word in words.split("|"))
    assert name in result.stderr
    assert len(ballots(election_folder)) == 6


def test_an_empty_folder_is_no_result(election_folder):
    shutil.rmtree(election_folder / "scans")
    (election_folder / "scans").mkdir()

    result = count(election_folder)

    assert result.exit_code == ExitCode.DONE
    assert "Chưa có phiếu nào" in result.stdout or "Không" in result.stdout
    assert ballots(election_folder) == {}


def scan_of(root, **changes):
    """One scanned ballot of an election that differs from the one at `root` by some words."""
    other = root.parent / "other"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    text = (root / "election.toml").read_text("utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    (other / "election.toml").write_text(text, encoding="utf-8")
    election = load_election(other)
    for ballot_id, contests in election.ballots.items():
        template = write_ballot(
            design_ballot(contests, election), ElectionFolder(other).ballot(ballot_id)
        )
    (page,) = make_deck(template, 1)
    return page.scan.pixels


def write_scan(root, pixels):
    (root / "scans" / "odd.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def odd_one(root):
    line = ballots(root)["scans/odd.png"]
    return line["faults"], line["ballot_reasons"], line["ballot_status"]


def test_a_ballot_of_another_election_goes_to_people(election_folder):
    pixels = scan_of(election_folder, **{"dai-hoi-thu": "dai-hoi-khac"})
    write_scan(election_folder, pixels)

    result = count(election_folder)

    assert result.exit_code == ExitCode.DONE
    assert odd_one(election_folder) == ("other_election", "NOT_ISSUED", "review")


def test_a_ballot_of_another_edition_goes_to_people(election_folder):
    write_scan(election_folder, scan_of(election_folder, Ánh="Anh"))

    count(election_folder)

    assert odd_one(election_folder) == ("other_layout", "NOT_ISSUED", "review")


def test_a_page_whose_marks_are_covered_goes_to_people(election_folder):
    scan = cv2.imread(str(next((election_folder / "scans").iterdir())), cv2.IMREAD_GRAYSCALE)
    template = load_template(ElectionFolder(election_folder).ballot("ban-chap-hanh"))
    scale = scan.shape[1] / template.pages[0].width_mm
    for mark in template.pages[0].fiducials[1:]:
        x, y = round(mark.x_mm * scale), round(mark.y_mm * scale)
        cv2.rectangle(scan, (x - 40, y - 40), (x + 40, y + 40), 255, -1)
    write_scan(election_folder, scan)

    count(election_folder)

    assert odd_one(election_folder)[1:] == ("UNREADABLE", "review")


def test_half_a_page_goes_to_people(election_folder):
    scan = cv2.imread(str(next((election_folder / "scans").iterdir())), cv2.IMREAD_GRAYSCALE)
    write_scan(election_folder, scan[: scan.shape[0] // 2])

    count(election_folder)

    assert odd_one(election_folder)[1:] == ("UNREADABLE", "review")


@pytest.mark.parametrize("grey", [255, 128, 0])
def test_a_page_with_nothing_on_it_goes_to_people(election_folder, grey):
    write_scan(election_folder, np.full((1654, 1165), grey, np.uint8))

    count(election_folder)

    assert odd_one(election_folder)[1:] == ("UNREADABLE", "review")


def test_every_fault_has_its_picture_with_the_scan(election_folder):
    write_scan(election_folder, np.full((1654, 1165), 255, np.uint8))

    count(election_folder)

    name = hashlib.sha256((election_folder / "scans/odd.png").read_bytes()).hexdigest()[:12]
    assert cv2.imread(str(election_folder / f"results/audit/{name}-1.jpg")) is not None
