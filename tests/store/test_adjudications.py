"""What people decided stays on record, whatever comes after."""

import sqlite3

import pytest

from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.errors import LedgerBusyError, LedgerError, WrongElectionError
from ballotscan.store import ledger_file
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger
from ballotscan.store.ledger_file import LedgerOwner

OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")
MARKS = Adjudication(
    Question("a1-1", "bch", 2), Decision.MARKS, "Lê Văn Ất", "r1",
    marks=(MarkStatus.MARKED, MarkStatus.EMPTY),
)  # fmt: skip
WORTH = Adjudication(
    Question("a1-1", "bch"), Decision.WORTH, "Ất, Bính", "r1", status=BallotStatus.INVALID,
    reasons=Reason.OVERVOTE | Reason.NO_SEAL, words="đóng dấu sai", is_committee=True,
)  # fmt: skip
SHEET = Adjudication(
    Question("b2-1"), Decision.WORTH, "Bính", "r2", status=BallotStatus.VALID, ballot_id="bch"
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, OWNER):
        pass
    return path


def test_what_was_decided_comes_back_the_same(path):
    with AdjudicationBook.open(path, OWNER) as book:
        added = book.add([MARKS, WORTH, SHEET])
    with AdjudicationBook.open(path, OWNER) as book:
        found = book.all()

    assert found == added
    assert [one.number for one in found] == [1, 2, 3]
    assert [(one.question, one.answer, one.words, one.person) for one in found] == [
        (one.question, one.answer, one.words, one.person) for one in (MARKS, WORTH, SHEET)
    ]
    assert all(one.made_at.endswith("+00:00") for one in found)


@pytest.mark.parametrize(
    "statement", ["update adjudication set person = 'x'", "delete from adjudication"]
)
def test_a_decision_cannot_be_changed_or_taken_away(path, statement):
    with AdjudicationBook.open(path, OWNER) as book:
        book.add([MARKS])
    connection = sqlite3.connect(path)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_people_decide_while_a_count_holds_the_ledger(path):
    with Ledger.open(path, OWNER), AdjudicationBook.open(path, OWNER) as book:
        book.add([MARKS])

        assert len(book.all()) == 1


def test_only_later_decisions_are_asked_for(path):
    with AdjudicationBook.open(path, OWNER) as book:
        book.add([MARKS, WORTH])

        assert [one.number for one in book.all(after=1)] == [2]


def test_a_ledger_that_is_being_written_to_is_waited_for_and_then_said(path, monkeypatch):
    monkeypatch.setattr(ledger_file, "BUSY_SECONDS", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    with AdjudicationBook.open(path, OWNER) as book:
        other.execute("begin immediate")
        with pytest.raises(LedgerBusyError, match="Decide again"):
            book.add([MARKS])
        other.execute("rollback")

        assert book.all() == []
    other.close()


def test_nothing_is_decided_before_anything_is_counted(tmp_path):
    with pytest.raises(LedgerError, match="ballotscan count"):
        AdjudicationBook.open(tmp_path / "ledger.sqlite3", OWNER)


def test_decisions_of_another_election_are_refused(path):
    with pytest.raises(WrongElectionError):
        AdjudicationBook.open(path, LedgerOwner("other", "F1NGER", "ballotscan 0"))


def test_a_mark_needs_its_marks_and_a_worth_its_status(path):
    bad = Adjudication(Question("a1-1", "bch"), Decision.WORTH, "Ất", "r1")
    with AdjudicationBook.open(path, OWNER) as book:
        with pytest.raises(sqlite3.IntegrityError):
            book.add([MARKS, bad])

        assert book.all() == []
