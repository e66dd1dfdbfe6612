"""ballotscan review as a user runs it."""

import csv

import pytest
from typer.testing import CliRunner

from ballotscan.cli import review as review_module
from ballotscan.cli.app import app
from ballotscan.cli.review import ReviewedCount
from ballotscan.cli.workspace import open_workspace
from ballotscan.election.records import Adjudication, BallotStatus, Decision, Question, Reason
from ballotscan.errors import LedgerError
from ballotscan.review.desk import Desk, Source
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger


def run(*command):
    return CliRunner().invoke(app, [*map(str, command)])


def read_ballots(root):
    with (root / "results" / "ballots.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def invalidate(root, record, people):
    """What two people say on the pages."""
    workspace = open_workspace(root)
    with (
        Ledger.consult(workspace.folder.ledger, workspace.owner) as ledger,
        AdjudicationBook.open(workspace.folder.ledger, workspace.owner) as book,
    ):
        counted = ReviewedCount(workspace, ledger, book, root / "results")
        desk = Desk(Source(counted.read, ledger.last_page), book)
        question = Question(record, "ban-chap-hanh")
        desk.answer("a", [Adjudication(question, Decision.ASK, people[0], "", words="look")])
        for person in people:
            answer = Adjudication(
                question, Decision.WORTH, person, "", status=BallotStatus.INVALID, reasons=Reason.ID_MARK
            )  # fmt: skip
            desk.answer(person, [answer])


@pytest.fixture
def served(monkeypatch):
    """The server is not run; gives what it was started with."""
    started = []
    monkeypatch.setattr(
        review_module, "serve", lambda parts, **options: started.append((parts, options))
    )
    return started


def test_nothing_can_be_decided_before_anything_is_counted(election_folder):
    result = run("review", election_folder, "--no-browser")

    assert isinstance(result.exception, LedgerError)
    assert "ballotscan count" in str(result.exception)


def test_the_pages_are_for_this_machine_alone_unless_asked(election_folder, served):
    run("count", election_folder / "scans", "-e", election_folder, "-w", "1", "-q")
    run("review", election_folder)
    run("review", election_folder, "--lan", "--no-browser", "--port", "8765")

    kept = [(one["is_lan"], one["opens_browser"], one["port"]) for _, one in served]
    assert kept == [(False, True, 0), (True, False, 8765)]


@pytest.mark.usefixtures("served")
def test_at_the_end_the_results_are_as_people_concluded(election_folder):
    run("count", election_folder / "scans", "-e", election_folder, "-w", "1", "-q")
    record = next(b for b in read_ballots(election_folder) if b["contest_status"] == "valid")[
        "record"
    ]
    picture = election_folder / "results" / "audit" / f"{record}.jpg"
    before = picture.read_bytes()
    invalidate(election_folder, record, ("Lê Văn Ất", "Trần Thị Bính"))
    result = run("review", election_folder, "--no-browser")
    ballot = next(b for b in read_ballots(election_folder) if b["record"] == record)

    assert result.exit_code == 0
    assert (ballot["machine_status"], ballot["contest_status"]) == ("valid", "invalid")
    assert (ballot["decisions"], ballot["decided_by"]) == (
        "invalid ID_MARK",
        "Lê Văn Ất + Trần Thị Bính",
    )
    assert picture.read_bytes() != before
    assert "index.html" in result.stdout


def test_a_later_count_keeps_what_people_decided(election_folder):
    count = ["count", election_folder / "scans", "-e", election_folder, "-w", "1", "-q"]
    run(*count)
    record = next(b for b in read_ballots(election_folder) if b["contest_status"] == "valid")[
        "record"
    ]
    invalidate(election_folder, record, ("Ana", "Bính"))
    run(*count)

    ballot = next(b for b in read_ballots(election_folder) if b["record"] == record)
    assert ballot["contest_status"] == "invalid"
