"""One small election, printed once, and a pile of its ballots with planned marks."""

import shutil

import cv2
import hypothesis
import pytest

from ballotscan.design.box_marks import MarkKind
from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.design.testdeck import make_deck
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.template_files import load_template

# A busy machine is no fault of the code: how long an example takes is not judged.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

DEFINITION = """\
id = "dai-hoi-thu"
title = "Đại hội thử nghiệm"
organisation = "Đảng bộ xã Thử"
place = "Thử"
date = 2026-11-20
rules = "vn-dang"
paper = "a5"

[attendance]
convened = 6
issued = 6
collected = 6

[[contests]]
id = "ban-chap-hanh"
title = "Bầu Ban Chấp hành"
seats = 4
marking = "agree-disagree"
candidates = [
  { name = "Nguyễn Thị Ánh" },
  { name = "Trần Quốc Đạt" },
  { name = "Lê Hữu Phước" },
  { name = "Phạm Thuỳ Giang" },
]
"""


@pytest.fixture(scope="session")
def printed_election(tmp_path_factory):
    """The folder of an election whose ballot is printed; not to be written to."""
    root = tmp_path_factory.mktemp("printed")
    (root / "election.toml").write_text(DEFINITION, encoding="utf-8")
    election = load_election(root)
    for ballot_id, contests in election.ballots.items():
        write_ballot(design_ballot(contests, election), ElectionFolder(root).ballot(ballot_id))
    return root


@pytest.fixture(scope="session")
def pile(printed_election, tmp_path_factory):
    """Scans of six ballots marked with crosses; not to be written to."""
    template = load_template(ElectionFolder(printed_election).ballot("ban-chap-hanh"))
    folder = tmp_path_factory.mktemp("pile")
    for page in make_deck(template, 6, kinds={MarkKind.CROSS: 1.0}):
        content = cv2.imencode(".jpg", page.scan.pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
        (folder / f"{page.ballot:04}.jpg").write_bytes(content.tobytes())
    return folder


@pytest.fixture
def election_folder(printed_election, pile, tmp_path):
    """An election of one's own with six scanned ballots in scans/."""
    root = tmp_path / "Bầu cử 2026"
    shutil.copytree(printed_election, root)
    shutil.copytree(pile, root / "scans")
    return root


@pytest.fixture(scope="session")
def browser():
    """Chromium; where it is not installed, tests in a browser are skipped."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine; `scripts/setup test` installs it on Debian")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()
