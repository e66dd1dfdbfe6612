"""What makes a ballot valid under some rules, in sentences for the hall."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ballotscan.election.definition import Marking
from ballotscan.election.records import Reason
from ballotscan.election.rules import (
    KEYS_OF_MARKING,
    Base,
    ListRest,
    OvervotedRank,
    RowVerdict,
    SkippedRanks,
    StrikeForm,
    Threshold,
    Tie,
    Verdict,
    VotingRules,
)
from ballotscan.locale.catalogue import Translate, phrase
from ballotscan.locale.words import in_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """Some sentences under a title."""

    title: str
    sentences: tuple[str, ...]


_MARKINGS = {
    Marking.STRIKE_OUT: phrase("Lists to strike out: names of those not chosen are struck through"),
    Marking.AGREE_DISAGREE: phrase("Two boxes for each person: agree, disagree"),
    Marking.CHOOSE: phrase("One box for each candidate, marked for as many as there are seats"),
    Marking.APPROVE: phrase("One box for each candidate, marked for as many as one likes"),
    Marking.ONE_OF_THREE: phrase(
        "Three boxes for each person, one of them marked; nobody is elected"
    ),
    Marking.POINTS: phrase("Several boxes for each candidate, a vote each"),
    Marking.RANK: phrase("A grid of candidates and ranks, one candidate at each rank"),
}

_FINDINGS = {
    "overvote": phrase("More people chosen than there are seats"),
    "none_chosen": phrase("Nobody is chosen"),
    "untouched": phrase("Nobody struck out, though no more names stand there than there are seats"),
    "single_struck": phrase("A list of one person, struck out"),
    "row_both": phrase("A row with more than one box marked"),
    "row_neither": phrase("A row with no box marked"),
    "none_agreed": phrase("Disagreement with some, and agreement with nobody"),
    "all_rows_void": phrase("No row with exactly one box marked"),
    "single_both": phrase("A list of one person, with more than one box marked"),
    "single_neither": phrase("A list of one person, with no box marked"),
    "several_lists": phrase("More than one list crossed"),
    "row_struck": phrase("Votes given to somebody who is struck out"),
    "writing": phrase("Writing, a signature or a sign on the ballot"),
    "several_inks": phrase("More than one colour of ink"),
}
_OVER_POINTS = phrase("More votes given than the voter has")

_VERDICTS: dict[Verdict | RowVerdict, str] = {
    Verdict.VALID: phrase("counts as it stands"),
    Verdict.INVALID: phrase("the ballot is invalid in this contest"),
    Verdict.COMMITTEE: phrase("the committee decides"),
    RowVerdict.ROW_NOT_COUNTED: phrase("the row counts for nothing, the ballot stays valid"),
    RowVerdict.DISAGREE: phrase("the row counts as disagree"),
    RowVerdict.INVALID: phrase("the ballot is invalid in this contest"),
    RowVerdict.COMMITTEE: phrase("the committee decides"),
}

_FORMS = {
    StrikeForm.MIDDLE: phrase("a line through the middle of the whole name"),
    StrikeForm.ACROSS: phrase("slanted, crossed or wavy lines over the whole name"),
    StrikeForm.COVERED: phrase("many strokes that cover the whole name"),
    StrikeForm.NOT_GIVEN: phrase("a line that leaves the given name out"),
    StrikeForm.BELOW: phrase("a line below the name"),
}
_STRIKES = {
    "prescribed": phrase("Struck out, as voters are told: {forms}."),
    "acceptable": phrase("Struck out all the same: {forms}."),
    "not_struck": phrase("Not struck out: {forms}."),
}

_SENTENCES: dict[ListRest | SkippedRanks | OvervotedRank, str] = {
    ListRest.UNMARKED: phrase(
        "Votes for single candidates come first; what is left goes down the crossed list, one vote each"
        " to those without a mark who are not struck out."
    ),
    ListRest.REPEATED: phrase(
        "Votes for single candidates come first; what is left goes down the crossed list, again and"
        " again, up to the most that one candidate may have."
    ),
    SkippedRanks.PASSED_OVER: phrase("Ranks given to nobody are passed over."),
    SkippedRanks.ONE_EXHAUSTS: phrase("After a rank given to nobody nothing counts any more."),
    SkippedRanks.TWO_EXHAUST: phrase(
        "After two ranks in a row given to nobody nothing counts any more."
    ),
    OvervotedRank.PASSED_OVER: phrase("Ranks given to several candidates are passed over."),
    OvervotedRank.EXHAUSTS: phrase(
        "From a rank on that is given to several candidates nothing counts, while one of them is still in"
        " the count."
    ),
    OvervotedRank.EXHAUSTS_IF_SEVERAL_CONTINUE: phrase(
        "A rank given to several candidates counts once one of them alone is still in the count; before"
        " that nothing from there on counts."
    ),
}

_TIES = {
    Tie.COMMITTEE: phrase("Equal votes at the last seat: people decide; the program never picks."),
    Tie.LOT: phrase("Equal votes at the last seat: the lot decides; the program draws none."),
    Tie.OLDER: phrase(
        "Equal votes at the last seat: the older person; the program tells the years of birth, people"
        " conclude."
    ),
}


def explain_rules(rules: VotingRules, translate: Translate) -> tuple[Explanation, ...]:
    """Say in sentences what the rules make of every kind of ballot."""
    parts = [
        Explanation(translate(_MARKINGS[marking]), tuple(_of_marking(marking, rules, translate)))
        for marking in rules.markings
    ]
    parts += [
        Explanation(translate(phrase("On every ballot")), tuple(_of_paper(rules, translate))),
        Explanation(translate(phrase("Result")), tuple(_of_result(rules, translate))),
        Explanation(
            translate(phrase("How the committee concludes")), tuple(_of_people(rules, translate))
        ),
        Explanation(
            translate(phrase("Reasons for which people may declare a ballot invalid")),
            tuple(in_words(Reason[name], translate) for name in rules.invalid_reasons),
        ),
    ]
    return tuple(parts)


def _of_marking(marking: Marking, rules: VotingRules, translate: Translate) -> Iterator[str]:
    for key in KEYS_OF_MARKING[marking]:
        value = getattr(rules, key)
        if key in _STRIKES:
            if value:
                forms = "; ".join(translate(_FORMS[form]) for form in value)
                yield translate(_STRIKES[key]).format(forms=forms)
        elif key in _FINDINGS:
            what = _FINDINGS[key]
            if marking is Marking.POINTS and key == "overvote":
                what = _OVER_POINTS
            yield _finding(what, value, translate)
        else:
            yield translate(_SENTENCES[value])
    if marking is Marking.AGREE_DISAGREE and rules.invalid_disagrees:
        yield translate(
            phrase(
                "An invalid ballot counts as disagree for everybody on it, unless it was not issued."
            )
        )
    if _has_strikes(marking):
        yield translate(phrase("Any other stroke: the committee decides."))


def _has_strikes(marking: Marking) -> bool:
    return "prescribed" in KEYS_OF_MARKING[marking]


def _finding(what: str, verdict: Verdict | RowVerdict, translate: Translate) -> str:
    return f"{translate(what)}: {translate(_VERDICTS[verdict])}."


def _of_paper(rules: VotingRules, translate: Translate) -> Iterator[str]:
    if rules.needs_seal:
        yield translate(phrase("A ballot on which no seal is found: the committee decides."))
    for key in ("writing", "several_inks"):
        yield _finding(_FINDINGS[key], getattr(rules, key), translate)
    yield translate(phrase("A mark that can be read in two ways: the committee decides."))


def _of_result(rules: VotingRules, translate: Translate) -> Iterator[str]:
    base = in_words(rules.base, translate)
    if rules.base is Base.COMMITTEE:
        base = translate(phrase("a number that the committee enters ('base')"))
    yield translate(phrase("Shares are taken of: {base}.")).format(base=base)
    if rules.markings == (Marking.ONE_OF_THREE,):
        return
    if rules.threshold is Threshold.MORE_THAN_HALF:
        yield translate(phrase("Elected is who has more than half of that, the highest first."))
    elif Marking.RANK in rules.markings:
        yield translate(
            phrase("In each round the last leaves; elected is who has more than half in a round.")
        )
    else:
        yield translate(phrase("The highest are elected; no share is needed."))
    if rules.turnout is Threshold.MORE_THAN_HALF:
        yield translate(
            phrase("The result counts only where more than half of those called up took part.")
        )
    yield translate(_TIES[rules.tie])


def _of_people(rules: VotingRules, translate: Translate) -> Iterator[str]:
    by_two: Mapping[bool, str] = {
        True: phrase(
            "Two people decide each ballot, each without the other's answer; where they differ, the"
            " whole committee decides."
        ),
        False: phrase("One person decides each ballot."),
    }
    yield translate(by_two[rules.two_people])
    if not rules.totals_while_waiting:
        yield translate(phrase("No totals are shown while a ballot waits for people."))
