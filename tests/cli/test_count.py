"""The main job as a user runs it: from scans to totals, again and again."""

import csv
import filecmp
import json
import shutil
import sqlite3
import subprocess
import sys

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.errors import BallotscanError, ExitCode


def count(root, *flags, scans=None):
    """Run the command in this process; errors of our tree come back as they are raised."""
    command = ["count", str(scans or root / "scans"), "--election", str(root), "--workers", "1"]
    return CliRunner().invoke(app, [*command, *flags])


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def all_files(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_totals_tables_pictures_and_a_page_are_written(election_folder):
    result = count(election_folder, "--show-totals")

    results = election_folder / "results"
    assert result.exit_code == ExitCode.DONE
    ballots = read_csv(results / "ballots.csv")
    assert len(ballots) == 6
    assert {f"{ballot['record']}.jpg" for ballot in ballots} == {
        path.name for path in (results / "audit").iterdir()
    }
    totals = json.loads((results / "totals.json").read_text("utf-8"))
    assert totals["ballots"]["read"] == 6
    assert len(read_csv(results / "totals.csv")) == 4
    assert "Nguyễn Thị Ánh" in (results / "index.html").read_text("utf-8")


def test_the_totals_agree_with_the_ballots(election_folder):
    count(election_folder, "--show-totals")

    ballots = read_csv(election_folder / "results" / "ballots.csv")
    valid = [ballot for ballot in ballots if ballot["contest_status"] == "valid"]
    assert valid
    for line in read_csv(election_folder / "results" / "totals.csv"):
        agreeing = [b for b in valid if b[f"row_{line['number']}"] == "agree"]
        assert int(line["votes"]) == len(agreeing)


def test_no_totals_are_shown_while_ballots_wait_where_the_rules_say_so(election_folder):
    (election_folder / "scans" / "blank.jpg").write_bytes(
        cv2.imencode(".jpg", np.full((1170, 827), 255, np.uint8))[1].tobytes()
    )
    result = count(election_folder)

    results = election_folder / "results"
    assert {line["votes"] for line in read_csv(results / "totals.csv")} == {""}
    assert json.loads((results / "totals.json").read_text("utf-8"))["withheld"] is True
    page = (results / "index.html").read_text("utf-8")
    assert "không hiển thị kết quả" in page
    assert "Nguyễn Thị Ánh" not in page
    assert "Nguyễn Thị Ánh" not in result.stdout


def test_a_second_count_reads_nothing_again_and_says_the_same(election_folder):
    count(election_folder)
    first = (election_folder / "results" / "totals.csv").read_bytes()

    again = count(election_folder)

    assert (election_folder / "results" / "totals.csv").read_bytes() == first
    assert "6 trang đã đếm từ trước" in again.stdout
    with sqlite3.connect(election_folder / "ledger.sqlite3") as ledger:
        assert ledger.execute("select count(*) from page").fetchone() == (6,)
    ledger.close()


def test_a_copy_of_a_scan_counts_once_and_is_named(election_folder):
    shutil.copy(election_folder / "scans" / "0001.jpg", election_folder / "scans" / "copy.jpg")

    result = count(election_folder)

    assert (
        json.loads((election_folder / "results/totals.json").read_text("utf-8"))["ballots"]["read"]
        == 6
    )
    assert "1 tệp là bản sao" in result.stdout


def test_piles_scanned_later_are_added(election_folder, tmp_path):
    later = tmp_path / "later"
    later.mkdir()
    for name in ("0005.jpg", "0006.jpg"):
        shutil.move(election_folder / "scans" / name, later / name)
    count(election_folder)

    count(election_folder, scans=later)

    assert len(read_csv(election_folder / "results" / "ballots.csv")) == 6


def test_any_number_of_workers_gives_the_same_bytes(election_folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(election_folder, other)
    count(election_folder)
    command = ["count", str(other / "scans"), "--election", str(other), "--workers", "2", "-q"]

    done = subprocess.run([sys.executable, "-m", "ballotscan", *command], check=False)

    one, two = election_folder / "results", other / "results"
    assert done.returncode == 0
    assert all_files(one) == all_files(two)
    same, different, odd = filecmp.cmpfiles(one, two, all_files(one), shallow=False)
    assert (different, odd) == ([], [])
    assert len(same) == len(all_files(one))


def test_a_lost_audit_image_is_drawn_again_the_same(election_folder):
    count(election_folder)
    image = next((election_folder / "results" / "audit").iterdir())
    content = image.read_bytes()
    image.unlink()

    count(election_folder)

    assert image.read_bytes() == content


def test_changed_thresholds_count_again_without_the_scans(election_folder):
    count(election_folder)
    shutil.rmtree(election_folder / "scans")
    (election_folder / "scans").mkdir()
    (election_folder / "ballotscan.toml").write_text(
        "[thresholds]\nmarginal = 0.99\ndefinite = 1.0\n", encoding="utf-8"
    )

    count(election_folder)

    statuses = {b["contest_status"] for b in read_csv(election_folder / "results/ballots.csv")}
    assert statuses == {"review"}


def test_the_ledger_says_how_a_result_was_made(election_folder):
    count(election_folder)

    with sqlite3.connect(election_folder / "ledger.sqlite3") as ledger:
        made_by, settings = ledger.execute("select made_by, settings from canvass").fetchone()
    ledger.close()
    assert made_by.startswith("ballotscan ")
    assert json.loads(settings)["settings"]["canvass"]["thresholds"]["definite"] == 0.25


def test_a_new_ledger_keeps_the_old_one(election_folder):
    count(election_folder)

    count(election_folder, "--new-ledger")

    assert (election_folder / "ledger-1.sqlite3").is_file()
    assert (election_folder / "ledger.sqlite3").is_file()


def test_json_goes_to_stdout_and_nothing_else(election_folder):
    result = count(election_folder, "--json")

    assert json.loads(result.stdout) == json.loads(
        (election_folder / "results" / "totals.json").read_text("utf-8")
    )


def test_quiet_prints_nothing(election_folder):
    assert count(election_folder, "--quiet").output == ""


def test_waiting_ballots_fail_only_where_that_is_asked(election_folder):
    (election_folder / "ballotscan.toml").write_text(
        "[thresholds]\nmarginal = 0.99\ndefinite = 1.0\n", encoding="utf-8"
    )

    assert count(election_folder).exit_code == ExitCode.DONE
    assert count(election_folder, "--fail-on-review").exit_code == ExitCode.REVIEW


def test_a_changed_definition_needs_a_new_ledger(election_folder):
    count(election_folder)
    definition = election_folder / "election.toml"
    text = definition.read_text("utf-8").replace("Đại hội thử nghiệm", "Đại hội khác")
    definition.write_text(text, encoding="utf-8")

    result = count(election_folder)

    assert isinstance(result.exception, BallotscanError)
    assert result.exception.exit_code == ExitCode.LEDGER
    assert "--new-ledger" in str(result.exception)


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda root: (root / "election.toml").unlink(), ExitCode.DEFINITION, "ballotscan new"),
        (lambda root: shutil.rmtree(root / "ballots"), ExitCode.DEFINITION, "ballotscan design"),
        (lambda root: (root / "ballotscan.toml").write_text("[x]\n"), ExitCode.SETTINGS, "no such table"),
        (lambda root: (root / "ledger.sqlite3").write_text("x" * 999), ExitCode.LEDGER, "not a ballotscan ledger"),
        (lambda root: (root / "results").write_text("a file"), ExitCode.OUTPUT, "cannot be made"),
        (lambda root: shutil.rmtree(root / "scans"), ExitCode.SCAN, "scans"),
    ],
)  # fmt: skip
def test_what_stops_a_count_has_its_exit_code_and_says_what_to_do(
    election_folder, spoil, code, words
):
    spoil(election_folder)

    result = count(election_folder)

    assert isinstance(result.exception, BallotscanError)
    assert result.exception.exit_code == code
    assert words in str(result.exception)


def test_an_error_is_one_line_on_stderr_with_its_exit_code(tmp_path):
    command = [
        sys.executable,
        "-m",
        "ballotscan",
        "count",
        str(tmp_path),
        "--election",
        str(tmp_path),
    ]

    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")

    assert done.returncode == ExitCode.DEFINITION
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_definition_that_changed_after_printing_is_not_counted(election_folder):
    definition = election_folder / "election.toml"
    lines = definition.read_text("utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if "Nguyễn Thị Ánh" in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    definition.write_text("\n".join(lines), encoding="utf-8")

    result = count(election_folder)

    assert isinstance(result.exception, BallotscanError)
    assert result.exception.exit_code == ExitCode.DEFINITION
    assert "has changed since this ballot was made" in str(result.exception)
