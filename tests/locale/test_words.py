import pytest

from ballotscan.election.findings import FindingKind, InkColour
from ballotscan.election.records import (
    BallotStatus,
    BoxRole,
    MarkStatus,
    PageFault,
    Reason,
    RowState,
)
from ballotscan.election.rules import Base
from ballotscan.locale.catalogue import translator
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.tabulation.outcome import DiscrepancyKind
from ballotscan.tabulation.standings import Standing, StandingReason

MEMBERS = [
    member
    for kind in (
        Base,
        BallotStatus,
        BoxRole,
        DiscrepancyKind,
        FindingKind,
        InkColour,
        MarkStatus,
        PageFault,
        Reason,
        RowState,
        Standing,
        StandingReason,
    )
    for member in kind
]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: f"{type(m).__name__}.{m.name}")
def test_every_member_has_words_in_both_languages(member):
    english = in_words(member, translator("en"))
    vietnamese = in_words(member, translator("vi"))

    assert english
    assert vietnamese != english


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "kind", [BallotStatus, FindingKind, InkColour, MarkStatus, PageFault, Reason, RowState]
)
def test_no_two_members_of_a_kind_are_called_the_same(kind, language):
    words = [in_words(member, translator(language)) for member in kind]

    assert len(set(words)) == len(words)


def test_a_set_of_reasons_gives_a_sentence_each_in_fixed_order():
    reasons = Reason.UNCLEAR | Reason.OVERVOTE

    assert reasons_in_words(reasons, translator("en")) == (
        "More people chosen than there are seats",
        "A mark can be read in two ways",
    )


def test_no_reason_gives_no_sentence():
    assert reasons_in_words(Reason(0), translator("vi")) == ()


def test_a_set_of_reasons_has_no_single_name():
    with pytest.raises(KeyError):
        in_words(Reason.UNCLEAR | Reason.OVERVOTE, translator("en"))
