"""Voting rules as data: one preset a TOML file in `rules/`, never a branch in the code.

An election may bring rules of its own: `rules = "our-rules.toml"` names a file beside its
definition, with the same keys as a preset.
"""

import json
import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ballotscan.election.definition import Election, Line, Marking
from ballotscan.election.problems import describe, key_path, list_problems, suggest
from ballotscan.election.records import Reason
from ballotscan.election.toml_lines import find_lines, line_of
from ballotscan.errors import ElectionError
from ballotscan.locale.message import message


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


class StrikeForm(StrEnum):
    """What a voter may have drawn on a printed name, as far as it is clear."""

    MIDDLE = "middle"  # one or more lines through the middle of all of the name
    ACROSS = "across"  # slanted, crossed or wavy lines over all of it
    COVERED = "covered"  # many strokes over all of it, upright or to and fro
    NOT_GIVEN = "not-given"  # a line through other words, not through the given name
    BELOW = "below"  # a line below the letters


class ListRest(StrEnum):
    """Whom the votes go to that a voter leaves to a list, from the top of it down."""

    UNMARKED = "unmarked"  # one vote each to those without a vote of their own; the rest lapses
    REPEATED = "repeated"  # one vote each, again and again, up to the most that one may have


class SkippedRanks(StrEnum):
    """What ranks that are given to nobody do to the ranks after them."""

    PASSED_OVER = "passed-over"
    ONE_EXHAUSTS = "one-exhausts"  # nothing after a skipped rank counts
    TWO_EXHAUST = "two-exhaust"  # nothing after two of them in a row counts


class OvervotedRank(StrEnum):
    """What a rank does that is given to several candidates."""

    PASSED_OVER = "passed-over"
    EXHAUSTS = "exhausts"  # nothing from there on counts, while one of them is still in the count
    EXHAUSTS_IF_SEVERAL_CONTINUE = "exhausts-if-several-continue"  # it counts for the last of them


class Base(StrEnum):
    """What percentages and `more than half` are taken of."""

    CONVENED = "convened"  # entered by people: those convened, as adjusted by the congress
    PRESENT = "present"
    ISSUED = "issued"
    COLLECTED = "collected"  # entered by people; checked against the ballots read
    VALID = "valid"  # valid ballots of the contest
    VOTES = "votes"  # all votes given, where a ballot may give a candidate several
    COMMITTEE = "committee"  # entered by people, who decide which number it is


class Threshold(StrEnum):
    """What a candidate needs besides a place among the first."""

    MORE_THAN_HALF = "more-than-half"  # strictly: 2 * votes > base
    NONE = "none"  # the highest are elected


class Tie(StrEnum):
    """What happens where equal votes cross the last seat. The program never picks."""

    COMMITTEE = "committee"
    LOT = "lot"
    OLDER = "older"  # reported with the birth years where known; people conclude


def _never_invalid(verdict: Verdict) -> Verdict:
    """What a machine takes for writing may be anything: only people can say what it is."""
    if verdict is Verdict.INVALID:
        msg = message(
            "the program never decides this alone; write 'committee', or 'valid' for no question"
        )
        raise ValueError(msg)
    return verdict


def _never_valid(verdict: Verdict) -> Verdict:
    """Votes for more than the seats cannot all count, whatever the rules say."""
    if verdict is Verdict.VALID:
        msg = message(
            "a ballot with more chosen than seats cannot be valid; write 'invalid' or 'committee'"
        )
        raise ValueError(msg)
    return verdict


def _is_reason(name: str) -> str:
    """Only what the program has words for can be shown to people and counted."""
    known = [reason.name or "" for reason in Reason]
    if name not in known:
        msg = message(
            "{name!r} is no reason{suggestion}", name=name, suggestion=suggest(name, known)
        )
        raise ValueError(msg)
    return name


class VotingRules(BaseModel):
    """How marks become votes and votes become a result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Line
    title_en: Line
    title_vi: Line
    source: Line
    markings: Annotated[tuple[Marking, ...], Field(min_length=1)]
    # What is not said goes to people. `KEYS_OF_MARKING` says which way of marking asks for what.
    # More chosen than seats; of points, more votes than seats.
    overvote: Annotated[Verdict, AfterValidator(_never_valid)] = Verdict.COMMITTEE
    # No box marked; strike-out, several candidates: all struck out.
    none_chosen: Verdict = Verdict.COMMITTEE
    none_agreed: Verdict = Verdict.COMMITTEE  # several candidates: some `disagree`, no `agree`
    # Several candidates: both boxes, or more than one of three, are marked; or none.
    row_both: RowVerdict = RowVerdict.COMMITTEE
    row_neither: RowVerdict = RowVerdict.COMMITTEE
    all_rows_void: Verdict = Verdict.COMMITTEE  # no row has exactly one box marked
    single_both: RowVerdict = RowVerdict.COMMITTEE  # likewise, one candidate
    single_neither: RowVerdict = RowVerdict.COMMITTEE
    single_struck: Verdict = Verdict.COMMITTEE  # one candidate, struck out
    untouched: Verdict = (
        Verdict.COMMITTEE
    )  # several candidates, no more than seats, none struck out
    invalid_disagrees: bool = False  # an invalid ballot counts as `disagree` for everybody on it
    # Points.
    list_rest: ListRest = ListRest.UNMARKED
    several_lists: Verdict = (
        Verdict.COMMITTEE
    )  # more than one list crossed; `valid`: they are ignored
    row_struck: RowVerdict = RowVerdict.COMMITTEE  # votes for somebody who is struck out
    # Ranks.
    skipped_ranks: SkippedRanks = SkippedRanks.PASSED_OVER
    overvoted_rank: OvervotedRank = OvervotedRank.EXHAUSTS
    # Strike-out: what voters are told to draw, what counts all the same, and what counts as nothing.
    # What is in none of the three goes to people, and so does all that is not clear.
    prescribed: tuple[StrikeForm, ...] = (StrikeForm.MIDDLE,)
    acceptable: tuple[StrikeForm, ...] = ()
    not_struck: tuple[StrikeForm, ...] = ()
    base: Base
    threshold: Threshold
    tie: Tie
    turnout: Threshold = Threshold.NONE  # how many of those convened must have taken part
    seal_space: bool = False  # a space for the committee's seal is printed
    needs_seal: bool = False  # a ballot without it goes to the committee
    # Beside the marks: words, signatures, signs; and ink of several colours.
    writing: Annotated[Verdict, AfterValidator(_never_invalid)] = Verdict.COMMITTEE
    several_inks: Annotated[Verdict, AfterValidator(_never_invalid)] = Verdict.COMMITTEE
    # How people conclude on what waits for them.
    two_people: bool  # each item is decided by two named people, who do not see each other's answer
    totals_while_waiting: bool  # false: no totals are shown while anything waits
    # Why people may declare a ballot invalid: names of `Reason`, in the order they are shown in.
    invalid_reasons: Annotated[
        tuple[Annotated[str, AfterValidator(_is_reason)], ...], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _never_both(self) -> Self:
        """A stroke cannot count and not count."""
        struck = {*self.prescribed, *self.acceptable}
        both = [form.value for form in self.not_struck if form in struck]
        if both:
            msg = message(
                "{both!r} stands in 'not_struck' and among what counts; take it out of one",
                both=both[0],
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _disagree_has_a_box(self) -> Self:
        """Only where people can disagree can a row without a clear answer count as that."""
        if Marking.AGREE_DISAGREE not in self.markings:
            for key in ("row_both", "row_neither", "single_both", "single_neither", "row_struck"):
                if getattr(self, key) is RowVerdict.DISAGREE:
                    msg = message(
                        "{key!r} is 'disagree', but no contest has a box to disagree", key=key
                    )
                    raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _half_is_of_ballots(self) -> Self:
        """Half of the base is a bar only where a ballot gives a candidate one vote or none."""
        several = {Marking.POINTS, Marking.RANK, Marking.ONE_OF_THREE} & {*self.markings}
        if several and self.threshold is not Threshold.NONE:
            msg = message(
                "'threshold' must be 'none' where contests are marked by {several!r}",
                several=min(several).value,
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _reasons_stand_once(self) -> Self:
        twice = [name for name in self.invalid_reasons if self.invalid_reasons.count(name) > 1]
        if twice:
            msg = message(
                "{twice!r} stands twice in 'invalid_reasons'; take one out", twice=twice[0]
            )
            raise ValueError(msg)
        return self


# Which keys a way of marking asks for; the others say nothing about it.
KEYS_OF_MARKING: dict[Marking, tuple[str, ...]] = {
    Marking.STRIKE_OUT: (
        "overvote", "none_chosen", "untouched", "single_struck",
        "prescribed", "acceptable", "not_struck",
    ),
    Marking.AGREE_DISAGREE: (
        "overvote", "row_both", "row_neither", "none_agreed", "all_rows_void",
        "single_both", "single_neither",
    ),
    Marking.CHOOSE: ("overvote", "none_chosen"),
    Marking.APPROVE: ("none_chosen",),
    Marking.ONE_OF_THREE: (
        "row_both", "row_neither", "all_rows_void", "single_both", "single_neither",
    ),
    Marking.POINTS: (
        "overvote", "none_chosen", "list_rest", "several_lists", "row_struck",
        "prescribed", "acceptable", "not_struck",
    ),
    Marking.RANK: ("none_chosen", "skipped_ranks", "overvoted_rank"),
}  # fmt: skip

_PRESETS = files("ballotscan.election") / "rules"
_SUFFIX = ".toml"


@lru_cache
def list_rules() -> tuple[str, ...]:
    """The ids of the presets that come with the program."""
    names = (file.name for file in _PRESETS.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def load_rules(name: str, folder: Path | None = None) -> VotingRules:
    """Load voting rules.

    Args:
        name: Id of a preset, or the name of a file that ends in `.toml`.
        folder: Where such a file lies: the folder of the election.

    Raises:
        ElectionError: There are no such rules, or they are not as they must be; names the file,
            the line, the key and what to write instead.
    """
    presets = list_rules()
    if name.endswith(_SUFFIX):
        path = (folder or Path()) / name
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            msg = message(
                "{path}: the rules cannot be read ({error}); put them there as UTF-8 text",
                path=path,
                error=error,
            )
            raise ElectionError(msg) from error
        rules = _parse(text, path)
        if rules.id in presets:
            msg = message(
                "{path}: key 'id': {id!r} is a preset; give your own rules an id of their own",
                path=path,
                id=rules.id,
            )
            raise ElectionError(msg)
        return rules
    if name not in presets:
        msg = message(
            "there are no rules {name!r}{suggestion}", name=name, suggestion=suggest(name, presets)
        )
        raise ElectionError(msg)
    return _load_preset(name)


@lru_cache
def _load_preset(name: str) -> VotingRules:
    file = _PRESETS / f"{name}{_SUFFIX}"
    return _parse(file.read_text(encoding="utf-8"), Path(file.name))


def load_rules_of(election: Election, folder: Path | None = None) -> VotingRules:
    """Load the rules of an election and check that they know its ways of marking.

    Args:
        election: The election.
        folder: The folder it was loaded from.

    Raises:
        ElectionError: As `load_rules`, or a contest is marked in a way that the rules do not have.
    """
    rules = load_rules(election.rules, folder)
    for contest in election.contests:
        attendance = election.attendance_of(contest.id)
        if attendance.base is not None and rules.base is not Base.COMMITTEE:
            msg = message(
                "contest {id!r}: 'base' is entered in the attendance, but the rules {rules!r} take percentages of {base!r}; take 'base' out",
                id=contest.id,
                rules=rules.id,
                base=rules.base.value,
            )
            raise ElectionError(msg)
        if contest.marking not in rules.markings:
            msg = message(
                "contest {id!r} is marked by {marking!r}, which the rules {rules!r} do not know; use {markings}, or other rules: {known}",
                id=contest.id,
                marking=contest.marking.value,
                rules=rules.id,
                markings=" or ".join(repr(marking.value) for marking in rules.markings),
                known=", ".join(list_rules()),
            )
            raise ElectionError(msg)
    return rules


def _parse(text: str, path: Path) -> VotingRules:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = message(
            "{path}: is not TOML: {error}; look at the quotation marks and brackets there",
            path=path,
            error=error,
        )
        raise ElectionError(msg) from error
    try:
        return VotingRules.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        lines = find_lines(text)
        known = {"": tuple(VotingRules.model_fields)}
        problems = []
        for found in error.errors():
            line = line_of(lines, found["loc"])
            where = message("line {line}: ", line=line) if line else ""
            problems.append(
                message(
                    "{where}key {key!r}: {problem}",
                    where=where,
                    key=key_path(found["loc"]),
                    problem=describe(found, known),
                )
            )
        raise ElectionError(list_problems(path, problems)) from error
