"""Why something is asked, and which rule applies, in words."""

from collections.abc import Iterator

import numpy as np

from ballotscan.count.ballots import BallotStack, keep_boxes
from ballotscan.count.cast_records import columns_of_rows
from ballotscan.count.reading import CanvassOptions, MachineReading
from ballotscan.election.definition import Contest, Marking
from ballotscan.election.records import BoxRole, MarkStatus, Reason
from ballotscan.election.rules import RowVerdict, StrikeForm, Verdict, VotingRules
from ballotscan.locale.catalogue import Translate, phrase
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.marks.doubts import Doubt, doubt_of_box, doubt_of_name
from ballotscan.marks.strikes import find_forms
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.review.items import Item, Kind

_DOUBTS = {
    Doubt.UNREAD: phrase("this place of the page could not be read"),
    Doubt.LINE_THROUGH: phrase("a fold or a streak of the scanner runs through the box"),
    Doubt.SCRIBBLED: phrase("so much ink that it may be a cross that was scribbled out"),
    Doubt.ONE_STROKE: phrase("one stroke, not a cross"),
    Doubt.SMALL: phrase("something smaller than a cross"),
    Doubt.REACHES_OUT: phrase("a mark that lies across the edge of the box"),
    Doubt.PALE: phrase("little ink: more than in an empty box, less than in a marked one"),
    Doubt.DOT: phrase("a dot"),
    Doubt.FAINT: phrase("something very pale"),
    Doubt.BESIDE: phrase("ink beside the box, none in it"),
    Doubt.TRACE: phrase("a thin trace, as if of a stroke that the scanner lost"),
    Doubt.MANY_STROKES: phrase("more strokes than a cross has"),
    Doubt.SPECKS: phrase("many specks, no stroke"),
    Doubt.GHOST: phrase("the form's own print once more, a little beside its place"),
    Doubt.STRUCK_OUT: phrase("filled in, with strokes far beyond the box: it may be struck out"),
    Doubt.OFF_CENTRE: phrase("a mark whose middle lies at or beyond the edge of the box"),
    Doubt.PRINT_BURNT: phrase("the print at the box is so pale that a pen may be lost, too"),
    Doubt.NO_PEN: phrase(
        "scanned in black and white, or too white; this voter's pen may not be seen at all"
    ),
    Doubt.NO_PLAIN_MARK: phrase("ink that is no plain mark"),
    Doubt.BOX_NOT_FOUND: phrase("the printed box was not surely found"),
    Doubt.HIDDEN: phrase("a seal, a fold or a streak lies over it, or somebody asked"),
    Doubt.NAME_UNCLEAR: phrase("ink on or near the name that is no clear line"),
    Doubt.NAME_MIDDLE: phrase("a line through the middle of the name"),
    Doubt.NAME_ACROSS: phrase("lines across the name"),
    Doubt.NAME_COVERED: phrase("the name is covered with strokes"),
    Doubt.NAME_CANCELLED: phrase("the name is scribbled over; a line may have been taken back"),
    Doubt.NAME_NOT_GIVEN: phrase("a stroke through other words, not through the given name"),
    Doubt.NAME_BELOW: phrase("a stroke under the name, not through it"),
}
_FORMS = {
    StrikeForm.MIDDLE: phrase("a line through the middle"),
    StrikeForm.ACROSS: phrase("slanted or crossed lines over all of it"),
    StrikeForm.COVERED: phrase("many strokes over all of it"),
    StrikeForm.NOT_GIVEN: phrase("a line through other words than the given name"),
    StrikeForm.BELOW: phrase("a line below the name"),
}
_VERDICTS: dict[Verdict | RowVerdict, str] = {
    Verdict.VALID: phrase("the ballot counts"),
    Verdict.INVALID: phrase("the ballot is invalid"),
    Verdict.COMMITTEE: phrase("people decide"),
    RowVerdict.ROW_NOT_COUNTED: phrase("not counted for this person; the ballot stays valid"),
    RowVerdict.DISAGREE: phrase("counts as “disagree”"),
    RowVerdict.INVALID: phrase("the ballot is invalid"),
    RowVerdict.COMMITTEE: phrase("people decide"),
}


def explain_item(
    item: Item, reading: MachineReading, options: CanvassOptions, translate: Translate
) -> list[str]:
    """What the machine saw, sentence by sentence."""
    if item.kind is Kind.ROW and item.ballot_id is not None:
        sheet = reading.sheets[reading.places[item.question.record_id]]
        if sheet.ballot_id is None:
            return [translate(phrase("The machine could not read this sheet; look at the paper."))]
        return list(
            _explain_row(item, reading.stacks[item.ballot_id], sheet.row, options, translate)
        )
    if item.kind is Kind.SHEET:
        sheet = reading.sheets[reading.places[item.question.record_id]]
        faults = {page.fault for page in sheet.pages if page.fault is not None}
        return [in_words(fault, translate) for fault in sorted(faults)] or list(
            reasons_in_words(item.reasons, translate)
        )
    return list(reasons_in_words(item.reasons, translate))


def _explain_row(
    item: Item, stack: BallotStack, row: int, options: CanvassOptions, translate: Translate
) -> Iterator[str]:
    columns = stack.columns[item.question.contest_id or ""]
    for role, number, place in columns_of_rows(columns)[(item.question.candidate or 1) - 1]:
        status = MarkStatus(int(stack.statuses[row, place]))
        features = stack.features[row, place]
        outline = float(stack.outline[row, place])
        if role is None:
            strokes = features[: len(StrokeFeature)][None]
            form = find_forms(strokes, np.array([outline]), options.strikes)[0]
            doubt = doubt_of_name(int(form))
        else:
            doubt = doubt_of_box(
                keep_boxes(stack.features[row], stack.template),
                stack.outline[row],
                place,
                options.thresholds,
                stack.template.expected_mark,
            )
        what = in_words(status, translate)
        if status in {MarkStatus.MARGINAL, MarkStatus.UNREAD, MarkStatus.CANCELLED}:
            what = translate(_DOUBTS[doubt])
        if role is None or role is BoxRole.CHOOSE:
            yield what
        else:
            which = in_words(role, translate) + ("" if number is None else f" {number}")
            yield f"{which}: {what}"


def explain_rule(item: Item, reading: MachineReading, translate: Translate) -> list[str]:
    """The rules that apply, sentence by sentence."""
    rules, contest_id = reading.rules, item.question.contest_id
    if contest_id is None:
        return [
            translate(
                phrase(
                    "A sheet is never left out in silence: it is scanned again, read by people, or"
                    " set aside with its reason."
                )
            )
        ]
    contest = reading.election.contest(contest_id)
    if item.kind is Kind.ROW:
        return list(_row_rules(contest, rules, translate))
    found = [
        sentence
        for one in item.reasons
        for sentence in _reason_rule(one, contest, rules, translate)
    ]
    return found or [translate(phrase("People decide; the program only suggests."))]


def _row_rules(contest: Contest, rules: VotingRules, translate: Translate) -> Iterator[str]:
    if contest.marking is Marking.AGREE_DISAGREE:
        yield translate(phrase("A mark in one of the two boxes counts."))
        for reason in (Reason.ROW_BOTH, Reason.ROW_NEITHER):
            yield from _reason_rule(reason, contest, rules, translate)
    elif contest.marking is Marking.STRIKE_OUT:
        for words, forms in (
            (phrase("Struck out: {forms}"), (*rules.prescribed, *rules.acceptable)),
            (phrase("Not struck out: {forms}"), rules.not_struck),
        ):
            if forms:
                named = "; ".join(translate(_FORMS[form]) for form in forms)
                yield translate(words).format(forms=named)
    yield from _reason_rule(Reason.OVERVOTE, contest, rules, translate)


def _reason_rule(
    reason: Reason, contest: Contest, rules: VotingRules, translate: Translate
) -> Iterator[str]:
    is_single = len(contest.candidates) == 1
    verdicts: dict[Reason, Verdict | RowVerdict] = {
        Reason.OVERVOTE: rules.overvote,
        Reason.UNTOUCHED: rules.overvote,
        Reason.NONE_CHOSEN: rules.none_agreed
        if contest.marking is Marking.AGREE_DISAGREE
        else (rules.single_struck if is_single else rules.none_chosen),
        Reason.SINGLE_BOTH: rules.single_both,
        Reason.SINGLE_NEITHER: rules.single_neither,
        Reason.ROW_BOTH: rules.single_both if is_single else rules.row_both,
        Reason.ROW_NEITHER: rules.single_neither if is_single else rules.row_neither,
        Reason.ALL_ROWS_VOID: rules.all_rows_void,
        Reason.WRITE_IN: rules.writing,
        Reason.ADDED_TEXT: rules.writing,
        Reason.ID_MARK: rules.writing,
        Reason.MULTI_INK: rules.several_inks,
        Reason.NO_SEAL: Verdict.COMMITTEE,
    }
    if reason not in verdicts or reason not in Reason:
        return
    words = in_words(reason, translate)
    if reason is Reason.OVERVOTE:
        words = translate(phrase("More than {seats} chosen")).format(seats=contest.seats)
    yield f"{words}: {translate(_VERDICTS[verdicts[reason]])}"
