import os
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ballotscan.errors import DamagedScanError, ExitCode, ScanError, UnsupportedScanError
from ballotscan.scan.reader import ReaderOptions, find_scans, inspect_scan, read_page

OPTIONS = ReaderOptions()
ROWS, COLUMNS = 420, 340


def sheet():
    """Grey paper that looks different from every side."""
    pixels = np.tile(np.linspace(120, 250, COLUMNS), (ROWS, 1)).astype(np.uint8)
    pixels[10:60, 20:120] = 0
    return pixels


def save_sheet(path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet()).save(path, **options)
    return path


# ---- which files


def test_scans_are_found_in_natural_order_through_folders(tmp_path):
    for name in ("b/scan10.png", "b/scan2.png", "b/Scan1.png", "a/2.tif", "a/10.tif", "z.jpg"):
        save_sheet(tmp_path / name)

    found = [path.relative_to(tmp_path).as_posix() for path in find_scans([tmp_path])]

    assert found == ["a/2.tif", "a/10.tif", "b/Scan1.png", "b/scan2.png", "b/scan10.png", "z.jpg"]


def test_the_order_of_the_arguments_is_irrelevant(tmp_path):
    paths = [save_sheet(tmp_path / f"{name}.png") for name in ("10", "9", "1")]

    assert find_scans(paths) == find_scans(paths[::-1]) == [paths[2], paths[1], paths[0]]


def test_a_file_named_twice_is_found_once(tmp_path):
    path = save_sheet(tmp_path / "folder" / "1.png")

    found = find_scans(
        [path, tmp_path, tmp_path / "folder", path.parent / ".." / "folder" / "1.png"]
    )

    assert len(found) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right that few users have")
def test_a_linked_folder_is_entered_and_a_circle_of_links_ends(tmp_path):
    save_sheet(tmp_path / "elsewhere" / "1.png")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "scans")

    found = find_scans([tmp_path / "scans"])

    assert found == [tmp_path / "scans" / "linked" / "1.png"]


def test_what_a_system_leaves_in_folders_is_passed_over(tmp_path):
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", ".hidden.png", ".trash/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    assert find_scans([tmp_path]) == []


def test_a_foreign_file_is_found_so_that_it_is_named(tmp_path):
    (tmp_path / "list.docx").write_bytes(b"PK\x03\x04...")

    assert find_scans([tmp_path]) == [tmp_path / "list.docx"]


def test_a_hidden_file_that_is_asked_for_is_found(tmp_path):
    path = save_sheet(tmp_path / ".hidden.png")

    assert find_scans([path]) == [path]


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ScanError, match=r"nowhere.*no such file or folder"):
        find_scans([tmp_path / "nowhere"])


# ---- what is known of a file


def test_a_file_is_named_by_the_hash_of_its_bytes(tmp_path):
    path = tmp_path / "1.png"
    save_sheet(path)
    copy = tmp_path / "copy.png"
    copy.write_bytes(path.read_bytes())

    scan, copied = inspect_scan(path, OPTIONS), inspect_scan(copy, OPTIONS)

    assert len(scan.sha256) == 64
    assert scan.sha256 == copied.sha256
    assert (scan.size_bytes, scan.page_count) == (path.stat().st_size, 1)


def test_a_page_carries_the_hash_and_its_number(tmp_path):
    scan = inspect_scan(save_sheet(tmp_path / "1.png"), OPTIONS)

    ref = read_page(scan, 1, OPTIONS).ref

    assert (ref.sha256, ref.page_in_file) == (scan.sha256, 1)


@pytest.mark.parametrize("page", [-1, 0, 2])
def test_a_page_number_outside_the_file_is_a_bug_of_the_caller(tmp_path, page):
    scan = inspect_scan(save_sheet(tmp_path / "1.png"), OPTIONS)

    with pytest.raises(ValueError, match="no page"):
        read_page(scan, page, OPTIONS)


def test_a_long_vietnamese_path_with_spaces_is_read(tmp_path):
    folder = tmp_path / "Tổ bầu cử số 3 – phường Nghĩa Đô" / ("phiếu " * 20).strip()
    path = save_sheet(folder / "Phiếu bầu số 1 (ảnh quét).png")

    page = read_page(inspect_scan(find_scans([tmp_path])[0], OPTIONS), 1, OPTIONS)

    assert path.is_file()
    assert np.array_equal(page.pixels, sheet())


# ---- what is no scan


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("1.jpg", "Danh sách ứng cử viên\n".encode(), "a text file although its name ends in .jpg"),
        ("list.csv", b"a,b\n1,2\n", "a text file, not a scan"),
        ("1.docx", b"PK\x03\x04" + bytes(30), "an office document"),
        ("1.gif", b"GIF89a" + bytes(30), "a GIF picture"),
        ("1.heic", b"\x00\x00\x00\x18ftypheic" + bytes(30), "a HEIC photo"),
        ("1.tif", bytes(5000), "never written"),
        ("BMW.txt", b"BMW is a car, not a bitmap", "a text file"),
        ("1", b"\x01\x02\x03\x04", "unknown kind"),
    ],
)
def test_a_foreign_file_is_named_for_what_it_is(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)

    with pytest.raises(UnsupportedScanError) as caught:
        inspect_scan(tmp_path / name, OPTIONS)

    assert name in str(caught.value)
    assert words in str(caught.value)
    assert "take the file out of the folder" in str(caught.value)
    assert caught.value.exit_code == ExitCode.SCAN


def test_the_kind_is_told_by_content_not_by_suffix(tmp_path):
    save_sheet(tmp_path / "1.png").rename(tmp_path / "1.jpg")

    page = read_page(inspect_scan(tmp_path / "1.jpg", OPTIONS), 1, OPTIONS)

    assert np.array_equal(page.pixels, sheet())


def test_an_empty_file_is_damaged(tmp_path):
    (tmp_path / "1.jpg").touch()

    with pytest.raises(DamagedScanError, match=r"1\.jpg.*empty \(0 bytes\)"):
        inspect_scan(tmp_path / "1.jpg", OPTIONS)


def test_a_folder_is_no_scan(tmp_path):
    with pytest.raises(UnsupportedScanError, match="this is a folder"):
        inspect_scan(tmp_path, OPTIONS)


def test_a_file_that_has_gone_is_an_error_that_says_so(tmp_path):
    path = save_sheet(tmp_path / "1.png")
    scan = inspect_scan(path, OPTIONS)
    path.unlink()

    with pytest.raises(ScanError, match="no such file"):
        read_page(scan, 1, OPTIONS)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_an_error_that_says_so(tmp_path):
    path = save_sheet(tmp_path / "1.png")
    path.chmod(0)

    with pytest.raises(ScanError, match="may not read"):
        inspect_scan(path, OPTIONS)


def test_a_refused_right_is_told_in_a_sentence(tmp_path, monkeypatch):
    path = save_sheet(tmp_path / "1.png")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(ScanError, match=r"1\.png': you may not read this"):
        inspect_scan(path, OPTIONS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(UnsupportedScanError, match="not an ordinary file"):
        inspect_scan(tmp_path / "pipe", OPTIONS)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right that few users have")
def test_a_link_to_itself_is_an_error_that_says_so(tmp_path):
    (tmp_path / "1.png").symlink_to(tmp_path / "1.png")

    (found,) = find_scans([tmp_path])

    with pytest.raises(ScanError, match="cannot be read"):
        inspect_scan(found, OPTIONS)


def test_a_disk_that_fails_while_reading_is_told_in_a_sentence(tmp_path, monkeypatch):
    scan = inspect_scan(save_sheet(tmp_path / "1.png"), OPTIONS)

    class FailingDisk(BytesIO):
        def read(self, *_args):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", lambda *_args: FailingDisk())

    with pytest.raises(ScanError, match=r"1\.png': it cannot be read .*Input/output error"):
        read_page(scan, 1, OPTIONS)


def test_a_file_of_too_many_pages_is_refused(tmp_path):
    sheets = [Image.fromarray(sheet())] * 3
    sheets[0].save(tmp_path / "1.tif", save_all=True, append_images=sheets[1:])

    with pytest.raises(UnsupportedScanError, match="3 pages are too many"):
        inspect_scan(tmp_path / "1.tif", ReaderOptions(max_pages=2))


# ---- a file that changes


def test_a_file_that_grew_since_is_refused(tmp_path):
    path = save_sheet(tmp_path / "1.png")
    scan = inspect_scan(path, OPTIONS)
    with path.open("ab") as handle:
        handle.write(b"more")

    with pytest.raises(DamagedScanError, match="Wait until the scanner has finished"):
        read_page(scan, 1, OPTIONS)


def test_a_file_written_anew_with_the_same_size_is_refused(tmp_path):
    path = save_sheet(tmp_path / "1.png")
    scan = inspect_scan(path, OPTIONS)
    os.utime(path, ns=(time.time_ns(), scan.modified_ns + 1_000_000))

    with pytest.raises(DamagedScanError, match="changed"):
        read_page(scan, 1, OPTIONS)


# ---- sizes


@pytest.mark.parametrize(("columns", "rows"), [(299, 900), (900, 299)])
def test_a_picture_too_small_for_a_ballot_is_refused(tmp_path, columns, rows):
    Image.new("L", (columns, rows)).save(tmp_path / "stamp.png")

    with pytest.raises(UnsupportedScanError, match=rf"too small.*{columns} x {rows} pixels"):
        read_page(inspect_scan(tmp_path / "stamp.png", OPTIONS), 1, OPTIONS)


def test_the_smallest_side_is_still_read(tmp_path):
    Image.new("L", (300, 300), 255).save(tmp_path / "small.png")

    assert read_page(inspect_scan(tmp_path / "small.png", OPTIONS), 1, OPTIONS).pixels.min() == 255


@pytest.mark.parametrize("kind", ["png", "tif", "jpg", "bmp", "webp"])
def test_too_many_pixels_are_refused_by_the_header(tmp_path, kind):
    path = save_sheet(tmp_path / f"1.{kind}")
    options = ReaderOptions(max_pixels=ROWS * COLUMNS - 1)

    with pytest.raises(UnsupportedScanError, match=r"too large.*Scan the sheet at 300 dpi"):
        read_page(inspect_scan(path, options), 1, options)


@pytest.mark.parametrize("side", [10_000, 30_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path, side):
    path = tmp_path / "bomb.png"
    save_sheet(path)
    data = bytearray(path.read_bytes())
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path.write_bytes(data)

    with pytest.raises(UnsupportedScanError, match="too large"):
        read_page(inspect_scan(path, OPTIONS), 1, OPTIONS)


# ---- density


@pytest.mark.parametrize(
    ("stored", "dpi"),
    [
        ((200, 200), 200.0),
        ((300, 301), 300.5),
        ((72, 72), None),
        ((96, 96), None),
        ((1, 1), None),
        ((204, 98), None),
        ((5000, 5000), None),
        (None, None),
    ],
)
def test_a_density_counts_only_if_it_can_be_believed(tmp_path, stored, dpi):
    path = save_sheet(tmp_path / "1.jpg", **({"dpi": stored} if stored else {}))

    assert read_page(inspect_scan(path, OPTIONS), 1, OPTIONS).dpi == dpi
