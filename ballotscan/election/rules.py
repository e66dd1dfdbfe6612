"""Voting rules as data: one preset a TOML file in `rules/`, never a branch in the code."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ballotscan.election.definition import Marking


class Verdict(StrEnum):
    """What a finding does to a contest on a ballot."""

    VALID = "valid"  # counts as it stands
    INVALID = "invalid"  # no vote of the contest counts
    COMMITTEE = "committee"  # people decide


class RowVerdict(StrEnum):
    """What a row with both boxes, or neither, marked does."""

    ROW_NOT_COUNTED = "row-not-counted"  # it adds nothing; the ballot stays valid
    DISAGREE = "disagree"  # it counts as disagree
    INVALID = "invalid"  # the contest on this ballot is invalid
    COMMITTEE = "committee"  # people decide


class Base(StrEnum):
    """What percentages and `more than half` are taken of."""

    CONVENED = "convened"  # entered by people: those convened, as adjusted by the congress
    PRESENT = "present"
    ISSUED = "issued"
    COLLECTED = "collected"  # entered by people; checked against the ballots read
    VALID = "valid"  # valid ballots of the contest


class Threshold(StrEnum):
    """What a candidate needs besides a place among the first."""

    MORE_THAN_HALF = "more-than-half"  # strictly: 2 * votes > base
    NONE = "none"  # the highest are elected


class Tie(StrEnum):
    """What happens where equal votes cross the last seat. The program never picks."""

    COMMITTEE = "committee"
    LOT = "lot"
    OLDER = "older"  # reported with the birth years where known; people conclude


class VotingRules(BaseModel):
    """How marks become votes and votes become a result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title_en: str
    title_vi: str
    source: str
    markings: Annotated[tuple[Marking, ...], Field(min_length=1)]
    overvote: Verdict  # more chosen than seats
    none_chosen: Verdict  # nobody chosen, in a contest with several candidates
    row_both: RowVerdict  # agree-disagree, several candidates
    row_neither: RowVerdict
    all_rows_void: Verdict  # agree-disagree: no row has exactly one box marked
    single_both: RowVerdict  # agree-disagree, one candidate
    single_neither: RowVerdict
    single_struck: Verdict  # strike-out, one candidate, struck out
    base: Base
    threshold: Threshold
    tie: Tie
    needs_seal: bool = False
