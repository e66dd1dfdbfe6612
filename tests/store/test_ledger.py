"""The ledger keeps what it was given, once, and for its own election only."""

import dataclasses
import sqlite3

import numpy as np
import pytest

from ballotscan.election.findings import Finding, FindingKind, InkColour
from ballotscan.election.records import PageFault, PageRef
from ballotscan.errors import LedgerBusyError, LedgerDamagedError, LedgerError, WrongElectionError
from ballotscan.locale.catalogue import translator
from ballotscan.locale.message import message
from ballotscan.store.ledger import Ledger, PageEntry, ScanEntry
from ballotscan.store.ledger_file import LedgerOwner, set_aside

OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")
SHA = "a" * 64
FINDINGS = (
    Finding(FindingKind.WRITING, 40.1, 180.2, 30.0, 6.5, 21.4),
    Finding(FindingKind.SEAL, 12.0, 13.0, 30.0, 30.0, 61.0, InkColour.RED),
    Finding(FindingKind.STREAK, 100.0, 0.0, 1.2, 297.0, 40.0, is_rising=True, at_mm=103.5),
)
SCAN = ScanEntry(SHA, "scans/1.jpg", 2)


def read_page(number=1, key="k1", score=0.5):
    return PageEntry(
        ref=PageRef(SHA, number),
        source="scans/1.jpg",
        work_key=key,
        ballot_id="committee",
        page_number=1,
        fault=None,
        detail="",
        features=np.full((3, 2), score, dtype=np.float32),
        outline=np.array([0.9, np.nan, 0.5], dtype=np.float32),
        matrix=np.eye(3),
        residual_px=0.2,
        findings=FINDINGS,
    )


def unreadable_page(number=2, key="k1"):
    return PageEntry(
        PageRef(SHA, number), "scans/1.jpg", key, None, None, PageFault.NO_CODE, "no code", None, None, None, None
    )  # fmt: skip


def fail_while_open(path):
    with Ledger.open(path, OWNER):
        raise WrongElectionError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite3"


def test_what_was_measured_comes_back_the_same(path):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
        ledger.add_pages([read_page(), unreadable_page()], [(PageRef(SHA, 1).page_id, "valid")])
    with Ledger.open(path, OWNER) as ledger:
        first, second = sorted(ledger.pages(), key=lambda entry: entry.ref)
        drawings = ledger.drawings()

    np.testing.assert_array_equal(first.features, read_page().features)
    np.testing.assert_array_equal(first.outline, read_page().outline)
    np.testing.assert_array_equal(first.matrix, np.eye(3))
    assert (first.findings, second.findings) == (FINDINGS, ())
    assert (second.fault, second.detail, second.features) == (PageFault.NO_CODE, "no code", None)
    assert drawings == {PageRef(SHA, 1).page_id: "valid"}


def test_why_a_page_was_not_read_can_be_said_in_another_language_later(path):
    why = message("the page is a mirror image")
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
        ledger.add_pages([dataclasses.replace(unreadable_page(), detail=why)])
    with Ledger.open(path, OWNER) as ledger:
        (page,) = ledger.pages()

    assert page.detail.say(translator("vi")) == "ảnh trang bị lật ngược như trong gương"


def test_a_page_fed_twice_is_counted_once(path):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN, ScanEntry(SHA, "scans/copy.jpg", 2)])
        ledger.add_pages([read_page()])
        ledger.add_pages([read_page()])

        assert len(ledger.pages()) == 1
        assert ledger.scans()[SHA].source == "scans/1.jpg"


def test_the_last_measurement_of_a_page_counts_and_the_first_one_stays(path):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
        ledger.add_pages([read_page(key="old", score=0.1)])
        ledger.add_pages([read_page(key="new", score=0.9)])
        (entry,) = ledger.pages()

        assert entry.features[0, 0] == np.float32(0.9)
        assert ledger.measured("old") == ledger.measured("new") == {PageRef(SHA, 1)}


@pytest.mark.parametrize("table", ["election", "scan", "page", "drawing", "canvass"])
@pytest.mark.parametrize("change", ["delete from {}", "update {} set rowid = 9"])
def test_nothing_on_record_can_be_changed(path, table, change):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
        ledger.add_pages([read_page()], [("r", "valid")])
        ledger.add_canvass(made_by="b", made_at="t", settings="{}", result_sha256="0")
    connection = sqlite3.connect(path)
    if table == "scan":
        change = change.replace("rowid = 9", "source = 'x'")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change.format(table))

    connection.close()


def test_a_second_count_at_the_same_time_is_refused(path):
    with Ledger.open(path, OWNER), pytest.raises(LedgerBusyError, match="another count"):
        Ledger.open(path, OWNER)


def test_a_ledger_is_free_again_after_an_error(path):
    with pytest.raises(WrongElectionError):
        fail_while_open(path)

    with Ledger.open(path, OWNER) as ledger:
        assert ledger.pages() == []


@pytest.mark.parametrize(
    ("owner", "word"),
    [
        (LedgerOwner("other", "F1NGER", "b"), "belongs to the election"),
        (LedgerOwner("dai-hoi", "0THER", "b"), "has changed"),
    ],
)
def test_a_ledger_of_something_else_is_refused(path, owner, word):
    Ledger.open(path, OWNER).__exit__(None, None, None)

    with pytest.raises(WrongElectionError, match=word):
        Ledger.open(path, owner)


@pytest.mark.parametrize(
    "content", [b"a text file, no ledger" * 50, b"SQLite format 3\0" + b"\1" * 4000]
)
def test_a_file_that_is_no_ledger_is_refused_by_name(path, content):
    path.write_bytes(content)

    with pytest.raises(LedgerDamagedError, match=r"ledger\.sqlite3"):
        Ledger.open(path, OWNER)


def test_a_batch_is_recorded_whole_or_not_at_all(path):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
        bad = PageEntry(PageRef("b" * 64, 1), "x", "k1", None, None, PageFault.NO_CODE, "", None, None, None, None)  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            ledger.add_pages([read_page(), bad])

        assert ledger.pages() == []


def test_a_ledger_is_set_aside_whole(path):
    with Ledger.open(path, OWNER) as ledger:
        ledger.add_scans([SCAN])
    kept = set_aside(path)

    assert (kept.name, path.exists()) == ("ledger-1.sqlite3", False)
    with Ledger.open(kept, OWNER) as ledger:
        assert SHA in ledger.scans()
    assert set_aside(path) is None


def test_a_ledger_in_which_people_are_deciding_is_not_set_aside(path):
    with Ledger.open(path, OWNER):
        pass
    with Ledger.consult(path, OWNER) as ledger:
        ledger.pages()
        with pytest.raises(LedgerBusyError, match="review"):
            set_aside(path)

    assert path.exists()


def test_a_damaged_ledger_can_be_set_aside(path):
    path.write_text("no ledger at all", encoding="utf-8")

    assert set_aside(path).read_text("utf-8") == "no ledger at all"


def test_a_ledger_that_may_only_be_read_is_not_called_damaged(path):
    Ledger.open(path, OWNER).__exit__(None, None, None)
    as_it_was = path.read_bytes()

    class ReadOnly(sqlite3.Connection):
        def execute(self, sql, *parameters):
            if "journal_mode" in sql:
                fault = "attempt to write a readonly database"
                raise sqlite3.OperationalError(fault)
            return super().execute(sql, *parameters)

    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=ReadOnly, **k))
        with pytest.raises(LedgerError, match="cannot be written here") as caught:
            Ledger.open(path, OWNER)

    assert not isinstance(caught.value, LedgerDamagedError)
    assert path.read_bytes() == as_it_was
