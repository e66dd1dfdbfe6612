"""Scans of paper that this project did not make, counted through the program.

They lie in `shared/data` beside the checkout, where they are; elsewhere these tests are skipped.
"""

import csv
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
OPENCOUNT = DATA / "opencount"

needs_opencount = pytest.mark.skipif(
    not OPENCOUNT.is_dir(), reason=f"the real scans of OpenCount are not at {OPENCOUNT}"
)

SEATS = {"School Director": 3, "School Board": 3}


def boxes_of(blank):
    path = OPENCOUNT / "templates" / f"{blank}_boxes.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [line["position_id"].split("/") for line in csv.DictReader(stream)]


def write_election(root, name, blanks):
    contests = {}
    for blank in blanks:
        for contest, candidate in boxes_of(blank):
            contests.setdefault(contest, []).append(candidate)
    text = (
        f'id = "{name}"\ntitle = "{name}"\norganisation = "County"\nplace = "{name}"\n'
        'date = 2012-06-04\nlanguage = "en"\nrules = "us-nofm"\npaper = "us-letter"\n'
    )
    for contest, candidates in contests.items():
        names = ", ".join(f'{{ name = "{candidate}" }}' for candidate in candidates)
        text += (
            f'[[contests]]\nid = "{contest.lower().replace(" ", "-")}"\ntitle = "{contest}"\n'
            f'seats = {SEATS.get(contest, 1)}\nmarking = "choose"\nballot = "{name}"\n'
            f"candidates = [{names}]\n"
        )
    (root / "election.toml").write_text(text, encoding="utf-8")


def read_expected(name):
    """{contest: ({candidate: votes}, ballots with an overvote, ballots)} of the published count."""
    text = (OPENCOUNT / "expected" / f"{name}_election_results.txt").read_text("utf-8")
    expected, contest = {}, None
    for line in text.split("------------------\n")[2].splitlines():
        if line and not line.startswith("\t"):
            contest = line.strip()
            expected[contest] = ([], {})
        elif ": " in line:
            label, number = re.fullmatch(r"\t(.+): (\d+)", line).groups()
            if label in ("Over Votes", "Under Votes", "Total Ballots"):
                expected[contest][1][label] = int(number)
            else:
                expected[contest][0].append((re.sub(r"\d$", "", label), int(number)))
    return expected


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@needs_opencount
@pytest.mark.parametrize(
    ("name", "blanks", "sheets"),
    [("durant", ["durant_blank"], 12), ("juneau", ["juneau_blank-1", "juneau_blank-2"], 6)],
)
def test_real_ballots_count_as_they_were_published(tmp_path, name, blanks, sheets):
    write_election(tmp_path, name, blanks)
    pictures = [OPENCOUNT / "templates" / f"{blank}.tif" for blank in blanks]
    lists = [OPENCOUNT / "templates" / f"{blank}_boxes.csv" for blank in blanks]
    flags = [word for path in lists for word in ("--boxes", path)]
    run("template", "import", *pictures, *flags, "-e", tmp_path, "--mark", "fill")
    scans = tmp_path / "scans"
    scans.mkdir()
    for path in (OPENCOUNT / "images").glob(f"{name}_*"):
        shutil.copy(path, scans)

    result = run("count", scans, "-e", tmp_path, "-w", "1")

    assert result.exit_code == 0
    with (tmp_path / "results/totals.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    for contest, (votes, numbers) in read_expected(name).items():
        found = [line for line in lines if line["title"] == contest]
        assert sorted(
            (re.sub(r"\d$", "", line["name"]), int(line["votes"])) for line in found
        ) == sorted(votes)
        assert int(found[0]["ballots"]) == numbers["Total Ballots"] == sheets
        assert int(found[0]["invalid"]) == numbers["Over Votes"]
        assert int(found[0]["review"]) == 0
