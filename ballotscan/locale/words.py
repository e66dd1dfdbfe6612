"""What each status, state, reason and fault is called.

This room stands below the election, so it knows the members by their names only; a test holds the
tables against the enumerations of `election.records`.
"""

from enum import Enum, IntFlag

from ballotscan.locale.catalogue import Translate, phrase
from ballotscan.locale.message import Message

_WORDS: dict[str, dict[str, str]] = {
    "BallotStatus": {
        "REVIEW": phrase("Waits for the committee"),
        "VALID": phrase("Valid"),
        "INVALID": phrase("Invalid"),
        "SET_ASIDE": phrase("Set aside, in no total"),
    },
    "RowState": {
        "UNREAD": phrase("not read"),
        "UNCLEAR": phrase("unclear"),
        "AGREE": phrase("agree"),
        "DISAGREE": phrase("disagree"),
        "BOTH": phrase("both boxes marked"),
        "NEITHER": phrase("no box marked"),
        "CHOSEN": phrase("chosen"),
        "NOT_CHOSEN": phrase("not chosen"),
        "KEPT": phrase("kept"),
        "STRUCK": phrase("struck out"),
        "SEVERAL": phrase("several boxes marked"),
        "HIGH": phrase("high confidence"),
        "CONFIDENCE": phrase("confidence"),
        "LOW": phrase("low confidence"),
        "VOTES_1": phrase("1 vote"),
        "VOTES_2": phrase("2 votes"),
        "VOTES_3": phrase("3 votes"),
        "STRUCK_VOTES": phrase("votes, and struck out"),
        "RANK_1": phrase("choice 1"),
        "RANK_2": phrase("choice 2"),
        "RANK_3": phrase("choice 3"),
        "RANK_4": phrase("choice 4"),
        "RANK_5": phrase("choice 5"),
        "RANK_6": phrase("choice 6"),
        "RANK_7": phrase("choice 7"),
        "RANK_8": phrase("choice 8"),
        "RANK_9": phrase("choice 9"),
        "RANK_10": phrase("choice 10"),
    },
    "MarkStatus": {
        "UNREAD": phrase("box not read"),
        "EMPTY": phrase("empty"),
        "MARGINAL": phrase("doubtful mark"),
        "MARKED": phrase("marked"),
        "CANCELLED": phrase("mark crossed out"),
    },
    "Reason": {
        "NOT_ISSUED": phrase("Not issued by the counting committee"),
        "NO_SEAL": phrase("No seal on the ballot"),
        "OVERVOTE": phrase("More people chosen than there are seats"),
        "NONE_CHOSEN": phrase("Nobody is chosen"),
        "SINGLE_BOTH": phrase("Both boxes marked for the only candidate"),
        "SINGLE_NEITHER": phrase("No box marked for the only candidate"),
        "WRITE_IN": phrase("A name outside the list was added"),
        "ADDED_TEXT": phrase("Signed, or something was written on the ballot"),
        "ID_MARK": phrase("A sign that sets the ballot apart"),
        "MULTI_INK": phrase("More than one colour of ink"),
        "UNCLEAR": phrase("A mark can be read in two ways"),
        "SUM_OVER": phrase("More votes given than the voter holds"),
        "UNREADABLE": phrase("A page could not be read"),
        "ROW_BOTH": phrase("Both boxes of a row are marked"),
        "ROW_NEITHER": phrase("A row has no mark"),
        "ALL_ROWS_VOID": phrase("No row of the ballot counts"),
        "UNPAIRED": phrase("The other side of the sheet is missing or does not fit"),
        "UNTOUCHED": phrase("Nobody is struck out"),
        "ROW_SEVERAL": phrase("More than one box of a row is marked"),
        "SEVERAL_LISTS": phrase("More than one list is crossed"),
        "ROW_STRUCK": phrase("Votes are given to somebody who is struck out"),
    },
    "FindingKind": {
        "WRITING": phrase("writing or a sign"),
        "SEAL": phrase("seal"),
        "STREAK": phrase("streak of the scanner"),
        "FOLD": phrase("fold"),
        "PRINT": phrase("printed otherwise than the form"),
        "PEN": phrase("ink"),
    },
    "InkColour": {
        "BLACK": phrase("black"),
        "BLUE": phrase("blue"),
        "RED": phrase("red"),
        "GREEN": phrase("green"),
    },
    "PageFault": {
        "DAMAGED": phrase("The file or this page of it cannot be opened; scan the sheet again"),
        "EMPTY_PAGE": phrase("The page is empty; look whether the sheet was scanned face down"),
        "NO_CODE": phrase(
            "The printed code cannot be read; scan the sheet again or read it by eye"
        ),
        "OTHER_ELECTION": phrase("This is a ballot of another election; take it out of the pile"),
        "OTHER_LAYOUT": phrase("This ballot was printed from another edition of the form"),
        "FEW_MARKS": phrase(
            "Too few registration marks are left; scan the sheet again, lying flat"
        ),
        "NO_FIT": phrase("The page fits no ballot form of this election"),
        "TWO_FORMS": phrase(
            "The page fits more than one ballot form; the committee must say which"
        ),
        "OUT_OF_SQUARE": phrase(
            "The page is stretched or skewed; scan the sheet again, lying flat"
        ),
        "PRINT_MISSING": phrase("Too much of the printed form is missing or covered"),
        "TOO_COARSE": phrase("The scan is too coarse; scan at 200 dpi or more"),
    },
    "Standing": {
        "ELECTED": phrase("Elected"),
        "NOT_ELECTED": phrase("Not elected"),
        "TIED": phrase("Equal votes, to be decided by people"),
        "OPEN": phrase("Still open"),
        "UNKNOWN": phrase("Cannot be said yet"),
        "RATED": phrase("Counted"),
    },
    "StandingReason": {
        "ENOUGH_VOTES": phrase("enough votes"),
        "BELOW_THRESHOLD": phrase("not more than half"),
        "NO_VOTES": phrase("no votes"),
        "OTHERS_HAVE_MORE": phrase("others have more votes"),
        "TIE_AT_THE_LAST_SEAT": phrase("equal votes at the last seat"),
        "BALLOTS_PENDING": phrase("undecided ballots can change it"),
        "BASE_NOT_ENTERED": phrase("the base is not entered"),
        "TIE_IN_A_ROUND": phrase("equal votes in a round"),
        "TURNOUT_TOO_LOW": phrase("too few took part"),
        "NO_ELECTION": phrase("a vote of confidence elects nobody"),
    },
    "Base": {
        "CONVENED": phrase("people convened"),
        "PRESENT": phrase("people present"),
        "ISSUED": phrase("ballots issued"),
        "COLLECTED": phrase("ballots collected"),
        "VALID": phrase("valid ballots"),
        "VOTES": phrase("all votes given"),
        "COMMITTEE": phrase("as the committee decided"),
    },
    # {found} and {expected} are numbers.
    "DiscrepancyKind": {
        "COLLECTED_EXCEEDS_ISSUED": phrase(
            "Ballots collected: {found}, more than were issued: {expected}; clear this up first"
        ),
        "READ_EXCEEDS_ISSUED": phrase(
            "Ballots scanned: {found}, more than were issued: {expected}; look for sheets scanned "
            "twice"
        ),
        "READ_EXCEEDS_COLLECTED": phrase(
            "Ballots scanned: {found}, more than were collected: {expected}; look for sheets "
            "scanned twice, or for a wrong number"
        ),
        "READ_BELOW_COLLECTED": phrase(
            "Ballots collected: {expected}, scanned so far: {found}; scan the others"
        ),
        "VALID_EXCEEDS_BASE": phrase(
            "Valid ballots: {found}, more than the base of the percentage: {expected}; check the base"
        ),
        "BALLOTS_IN_REVIEW": phrase("Ballots that wait for the committee: {found}"),
        "ISSUED_EXCEEDS_PRESENT": phrase(
            "Ballots issued: {found}, more than people present: {expected}"
        ),
        "PRESENT_EXCEEDS_CONVENED": phrase(
            "People present: {found}, more than were convened: {expected}"
        ),
        "NOT_ENTERED": phrase("a number is missing in election.toml"),
    },
    "BoxRole": {
        "CHOOSE": phrase("choose"),
        "AGREE": phrase("agree"),
        "DISAGREE": phrase("disagree"),
        "HIGH": phrase("high confidence"),
        "CONFIDENCE": phrase("confidence"),
        "LOW": phrase("low confidence"),
        "POINT": phrase("vote"),
        "RANK": phrase("choice"),
        "LIST": phrase("whole list"),
    },
}


def in_words(member: Enum, translate: Translate) -> str:
    """What one member of an enumeration of `election.records` is called.

    Raises:
        KeyError: The member has no words; a flag of several reasons is one such.
    """
    return translate(_WORDS[type(member).__name__][member.name])


def name_of(member: Enum) -> Message:
    """What a member is called, to be said later.

    Raises:
        KeyError: The member has no words.
    """
    return Message(_WORDS[type(member).__name__][member.name])


def reasons_in_words(reasons: IntFlag, translate: Translate) -> tuple[str, ...]:
    """The sentence of every reason in a set of them, in their fixed order."""
    return tuple(in_words(reason, translate) for reason in reasons)
