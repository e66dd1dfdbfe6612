"""The nouns that several rooms need: pages, marks, rows, ballots, and why.

The numbers of the enumerations stand in the ledger and in arrays; they never change their meaning.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum

from ballotscan.election.findings import Finding
from ballotscan.locale.message import Words


@dataclass(frozen=True, slots=True, order=True)
class PageRef:
    """The name under which a scanned page is counted once.

    Attributes:
        sha256: Hash of the whole file, in hexadecimal.
        page_in_file: Number of the page in the file, from 1.
    """

    sha256: str
    page_in_file: int

    @property
    def page_id(self) -> str:
        """Short name used for audit images and in tables."""
        return f"{self.sha256[:12]}-{self.page_in_file}"


class PageFault(StrEnum):
    """Why a page could not be read; an outcome, counted and shown to a person."""

    DAMAGED = "damaged"  # the file, or this page of it, cannot be decoded
    EMPTY_PAGE = "empty_page"  # nothing is printed on it
    NO_CODE = "no_code"  # the printed code is missing or cannot be read
    OTHER_ELECTION = "other_election"  # a ballot of another election, contest or round
    OTHER_LAYOUT = "other_layout"  # this election, but another edition of the ballot
    FEW_MARKS = "few_marks"  # too few registration marks are left
    NO_FIT = "no_fit"  # no template lies on this page
    TWO_FORMS = "two_forms"  # more than one template lies on this page
    OUT_OF_SQUARE = "out_of_square"  # scale, shear or residual beyond what paper does
    PRINT_MISSING = "print_missing"  # too little of the template's own print is there
    TOO_COARSE = "too_coarse"  # resolution below what reading needs


class MarkStatus(IntEnum):
    """What is in one mark box."""

    UNREAD = 0
    EMPTY = 1
    MARGINAL = 2
    MARKED = 3
    CANCELLED = 4


class RowState(IntEnum):
    """What the voter did with one candidate."""

    UNREAD = 0  # the page could not be read
    UNCLEAR = 1  # a person must look
    AGREE = 2
    DISAGREE = 3
    BOTH = 4
    NEITHER = 5
    CHOSEN = 6
    NOT_CHOSEN = 7
    KEPT = 8
    STRUCK = 9
    SEVERAL = 10  # more than one of three boxes
    HIGH = 11  # high confidence
    CONFIDENCE = 12
    LOW = 13  # low confidence
    VOTES_1 = 14  # points: so many votes
    VOTES_2 = 15
    VOTES_3 = 16
    STRUCK_VOTES = 17  # votes given to somebody who is struck out
    RANK_1 = 18  # the best rank that the candidate has
    RANK_2 = 19
    RANK_3 = 20
    RANK_4 = 21
    RANK_5 = 22
    RANK_6 = 23
    RANK_7 = 24
    RANK_8 = 25
    RANK_9 = 26
    RANK_10 = 27


class BallotStatus(IntEnum):
    """What a ballot, or a contest on it, is worth."""

    REVIEW = 0  # waits for people
    VALID = 1
    INVALID = 2
    SET_ASIDE = 3  # people took the sheet out of the count; it is in no total


class Reason(IntFlag):
    """Why a contest on a ballot is invalid, or why people must look at it.

    The names are those of the reason codes in reports and in ballots.csv.
    """

    NOT_ISSUED = 1 << 0  # not issued by the committee, or the wrong form
    NO_SEAL = 1 << 1
    OVERVOTE = 1 << 2
    NONE_CHOSEN = 1 << 3
    SINGLE_BOTH = 1 << 4
    SINGLE_NEITHER = 1 << 5
    WRITE_IN = 1 << 6
    ADDED_TEXT = 1 << 7
    ID_MARK = 1 << 8
    MULTI_INK = 1 << 9
    UNCLEAR = 1 << 10  # a mark that can be read two ways
    SUM_OVER = 1 << 11
    UNREADABLE = 1 << 12  # a page of the ballot could not be read
    ROW_BOTH = 1 << 13  # a row with both boxes marked, where the rules make the ballot invalid
    ROW_NEITHER = 1 << 14  # a row with no box marked, likewise
    ALL_ROWS_VOID = 1 << 15  # no row of the ballot counts; the rules leave it to the committee
    UNPAIRED = 1 << 16  # the other side of the sheet is missing or does not fit
    UNTOUCHED = 1 << 17  # a strike-out list with nobody struck out
    ROW_SEVERAL = 1 << 18  # a row with more than one of three boxes marked
    SEVERAL_LISTS = 1 << 19  # more than one list crossed
    ROW_STRUCK = 1 << 20  # votes given to somebody who is struck out


class ExpectedMark(StrEnum):
    """The mark that voters are told to make."""

    CROSS = "cross"
    FILL = "fill"
    STRIKE = "strike"
    ANY = "any"


class BoxRole(StrEnum):
    """What a mark in a box says about the candidate of its row."""

    CHOOSE = "choose"
    AGREE = "agree"
    DISAGREE = "disagree"
    HIGH = "high"  # high confidence
    CONFIDENCE = "confidence"
    LOW = "low"  # low confidence
    POINT = "point"  # one vote of several
    RANK = "rank"  # this rank
    LIST = "list"  # everybody on a list, not one candidate


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One scanned page of a ballot, as the ledger has it.

    Attributes:
        source: Path of the scan file as it was given, with forward slashes.
        number: Number of the template page it was read as, from 1; None where it could not be read.
        fault: Why it could not be read; None where it was.
        detail: One sentence for the reviewer about the fault; empty where there is none.
        findings: What is on it beside its marks, and people are shown.
    """

    ref: PageRef
    source: str
    number: int | None
    fault: PageFault | None
    detail: Words
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkRecord:
    """One mark box (or, with role None, one name that may be struck out) as it was read.

    Attributes:
        number: Which of several boxes of the same role; None where there is one.
        certainty: How far the machine was from asking about the box: 0 where it asks, 1 where no
            threshold is near. NaN for names, and where the box was not read. No probability.
    """

    role: BoxRole | None
    status: MarkStatus
    score: float
    number: int | None = None
    certainty: float = float("nan")


@dataclass(frozen=True, slots=True)
class RowRecord:
    """One candidate on one ballot.

    Attributes:
        votes: How many votes the ballot gives the candidate; where candidates are ranked, in the
            first round.
    """

    candidate: int
    state: RowState
    votes: int
    marks: tuple[MarkRecord, ...]

    @property
    def is_vote(self) -> bool:
        """Whether the ballot gives the candidate a vote."""
        return self.votes > 0


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """One contest on one ballot.

    Attributes:
        lists: Numbers of the lists that are crossed as a whole.
        ranking: The candidates that stand at each rank, first rank first; empty where candidates
            are not ranked.
    """

    contest_id: str
    status: BallotStatus
    reasons: Reason
    rows: tuple[RowRecord, ...]
    lists: tuple[int, ...] = ()
    ranking: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CastVoteRecord:
    """One ballot: what the machine read and what it is worth.

    Attributes:
        record_id: Name of the ballot in tables and of its audit image; made from the hash of its
            first page, so that it never depends on what else was scanned.
        ballot_id: Which ballot of the election it is; None where no page could be identified.
        contests: Empty where the ballot is not known.
    """

    record_id: str
    ballot_id: str | None
    pages: tuple[PageRecord, ...]
    status: BallotStatus
    reasons: Reason
    contests: tuple[ContestRecord, ...]


class Decision(StrEnum):
    """What somebody did about one question."""

    MARKS = "marks"  # said what is in the boxes of a row, or on its name
    WORTH = "worth"  # said whether a contest on a ballot, or a whole sheet, is valid
    RESCAN = "rescan"  # set the sheet aside; it is scanned again
    STRAY = "stray"  # set the sheet aside: no ballot of this count, or scanned twice
    COMMITTEE = "committee"  # left it to the whole committee
    ASK = "ask"  # doubted what stands: it is asked anew
    WITHDRAWN = "withdrawn"  # took an earlier decision back


NO_REASON = Reason(0)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about one row, about one contest on a ballot, or about a whole sheet.

    Attributes:
        contest_id: None where the whole sheet is asked about.
        candidate: Number of the row, from 1; None where the contest is asked about.
    """

    record_id: str
    contest_id: str | None = None
    candidate: int | None = None


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What one person, or the committee, decided about one question; never changed afterwards.

    Attributes:
        number: Its place in the ledger, from 1; 0 while it is not there yet.
        made_at: When, in UTC, as ISO 8601.
        person: Who; several names where the committee decided.
        is_committee: The whole committee decided.
        reading: Short name of the machine's reading that was looked at. A decision about another
            reading is shown and asked again, never applied.
        marks: With `MARKS`: what is in the boxes of the row, in the order of `RowRecord.marks`.
        status: With `WORTH`: `VALID` or `INVALID`.
        reasons: Why it is invalid.
        ballot_id: With `WORTH` about a sheet that the program could not identify: which ballot it is.
        words: Why, in words.
        replaces: Number of the decision that it takes the place of.
    """

    question: Question
    decision: Decision
    person: str
    reading: str
    marks: tuple[MarkStatus, ...] = ()
    status: BallotStatus | None = None
    reasons: Reason = NO_REASON
    ballot_id: str | None = None
    words: str = ""
    is_committee: bool = False
    replaces: int | None = None
    made_at: str = ""
    number: int = 0

    @property
    def answer(self) -> tuple[object, ...]:
        """What was said, whoever said it: two people agree where this is equal."""
        return self.decision, self.marks, self.status, self.reasons, self.ballot_id
