from pathlib import Path

import pytest

from ballotscan.errors import OutputError
from ballotscan.store.outputs import remove_output, write_output


def test_a_file_is_written_and_its_folder_made(tmp_path):
    path = tmp_path / "kết quả" / "totals.csv"

    write_output(path, b"1\r\n")

    assert path.read_bytes() == b"1\r\n"
    assert [file.name for file in path.parent.iterdir()] == ["totals.csv"]


def test_a_file_that_was_there_is_replaced(tmp_path):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"a much longer text than the new one")

    write_output(path, b"new")

    assert path.read_bytes() == b"new"


def test_a_file_that_is_held_open_elsewhere_stays_and_the_error_says_what_to_do(
    tmp_path, monkeypatch
):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"old")

    def refuse(_, target):  # what Windows does while Excel shows the file
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(OutputError, match=r"totals\.csv.*Excel, close it and run again"):
        write_output(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["totals.csv"]


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "results").write_text("not a folder", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        write_output(tmp_path / "results" / "totals.csv", b"")


def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch):
    def refuse(path, *_args, **_kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(OutputError, match="choose a folder that you may write to"):
        write_output(tmp_path / "totals.csv", b"")


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ballotscan.store.outputs.os.fsync", refuse)

    with pytest.raises(OutputError, match=r"No space left on device; .* make room"):
        write_output(tmp_path / "totals.csv", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_no_longer_holds_is_removed_or_the_error_says_why_not(tmp_path, monkeypatch):
    path = tmp_path / "minutes-draft.pdf"
    path.write_bytes(b"old")

    def refuse(path, **_):  # what Windows does while a reader shows the file
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", refuse)
        with pytest.raises(OutputError, match=r"minutes-draft\.pdf.*close it and run again"):
            remove_output(path)
    remove_output(path)
    remove_output(path)

    assert not path.exists()
