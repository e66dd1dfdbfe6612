"""All sheets of one ballot as arrays: measured, classified, interpreted.

The columns (P) are, page by page, the boxes of the template page and then its names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.findings import (
    FindingThresholds,
    bound_fields,
    count_unsealed,
    hidden_columns,
    suggest_reasons,
)
from ballotscan.count.residue import Residue, doubt_residue, find_beside
from ballotscan.election.definition import Contest, Election
from ballotscan.election.findings import Finding
from ballotscan.election.records import (
    BallotStatus,
    MarkStatus,
    PageFault,
    Reason,
)
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import BallotTemplate, NameField, Rect, TemplatePage
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import FEATURES
from ballotscan.marks.strikes import classify_strikes, find_forms
from ballotscan.marks.strikethresholds import StrikeThresholds
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.interpretation import (
    Interpretation,
    interpret_contest,
    put_to_people,
)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredPage:
    """What was measured on one page.

    Attributes:
        number: Template page, from 1.
        features: (boxes + names, F) float32: `marks.scoring.Feature` of the boxes and then
            `marks.strokes.StrokeFeature` of the names.
        outline: (boxes + names,) float32.
        findings: What is on it beside its marks.
    """

    number: int
    features: NDArray[np.float32]
    outline: NDArray[np.float32]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class BallotStack:
    """All sheets of one ballot.

    Attributes:
        features: (B, P, F) float32, NaN where a page, or a name, was not read.
        statuses: (B, P) int8 MarkStatus.
        certainty: (B, P) float32, how far the machine was from asking about each box; see
            `marks.classification.Reading`. NaN for names and where nothing was read.
        contests: The contests on the ballot.
        columns: Where the boxes of each contest stand among the P columns, by contest id.
        interpretations: What each contest is worth on each ballot, by contest id.
        worth: (B,) BallotStatus of each ballot, what its pages alone say apart.
        beside: (B,) Reason flags of what is on each ballot beside its marks.
        outline: (B, P) correlation of the print around each column with the page; NaN where unread.
        residue: Ink that most of them have at one place, and the template has not.
        unsealed: How many they are where not one shows the seal that space is left for.
    """

    template: BallotTemplate
    features: NDArray[np.float32]
    statuses: NDArray[np.int8]
    certainty: NDArray[np.float32]
    contests: tuple[Contest, ...]
    columns: Mapping[str, ContestColumns]
    interpretations: Mapping[str, Interpretation]
    worth: NDArray[np.int8]
    beside: NDArray[np.int32]
    outline: NDArray[np.float32]
    residue: tuple[Residue, ...] = ()
    unsealed: int = 0


# What a page that was refused suggests about its sheet; people decide.
_SUGGESTED = {
    PageFault.OTHER_ELECTION: Reason.NOT_ISSUED,
    PageFault.OTHER_LAYOUT: Reason.NOT_ISSUED,
}


def reason_of_fault(fault: PageFault | None) -> Reason:
    """What the fault of a page says about its ballot; no reason where there is no fault."""
    if fault is None:
        return Reason(0)
    return _SUGGESTED.get(fault, Reason.UNREADABLE)


def stack_ballots(  # noqa: PLR0913 - all that an interpretation rests on, each by its name
    sheets: Sequence[Sequence[MeasuredPage]],
    *,
    template: BallotTemplate,
    election: Election,
    rules: VotingRules,
    columns: Mapping[str, ContestColumns],
    thresholds: MarkThresholds,
    strikes: StrikeThresholds,
    findings: FindingThresholds,
) -> BallotStack:
    """Lay the measured pages of every sheet into arrays, classify and interpret them.

    Args:
        sheets: The pages of each sheet that could be read; one that is missing stays NaN.
        template: The ballot that they all are.
        election: The definition.
        rules: How marks become votes.
        columns: From `contest_columns`.
        thresholds: From marks to statuses.
        strikes: From strokes on names to statuses.
        findings: From what is beside the marks to questions.
    """
    places = _page_starts(template)
    width = len(template.columns)
    is_name = np.array([isinstance(column, NameField) for column in template.columns], dtype=bool)
    numbers = feature_count(has_names=bool(is_name.any()))
    features = np.full((len(sheets), width, numbers), np.nan, dtype=np.float32)
    outline = np.full((len(sheets), width), np.nan, dtype=np.float32)
    for row, pages in enumerate(sheets):
        for page in pages:
            boxes = slice(places[page.number], places[page.number] + len(page.features))
            features[row, boxes, : page.features.shape[1]] = page.features
            outline[row, boxes] = page.outline
    of_boxes = keep_boxes(features, template)
    reading = classify_marks(of_boxes, outline, thresholds, template.expected_mark)
    statuses = reading.statuses
    if is_name.any():
        of_names = features[:, is_name, : len(StrokeFeature)]
        forms = find_forms(of_names, outline[:, is_name], strikes)
        statuses[:, is_name] = classify_strikes(forms, rules)
    _doubt_hidden(statuses, sheets, template, places)
    residue = doubt_residue(statuses, of_boxes, template)
    residue += find_beside([{p.number: p.findings for p in pages} for pages in sheets], template)
    contests = tuple(c for c in election.contests if c.ballot_id == template.ballot_id)
    found = [
        suggest_reasons([(p.number, p.findings) for p in pages], template, rules, findings)
        for pages in sheets
    ]
    beside = np.array([int(reason) for reason in found], dtype=np.int32)
    interpretations = {
        contest.id: judge_contest(statuses, beside, columns[contest.id], rules)
        for contest in contests
    }
    return BallotStack(
        template,
        features,
        statuses,
        np.where(statuses == MarkStatus.MARGINAL, np.float32(0), reading.certainty),
        contests,
        columns,
        interpretations,
        worth_of(interpretations.values()),
        beside,
        outline,
        residue,
        count_unsealed([[(p.number, p.findings) for p in pages] for pages in sheets], template),
    )


def take_ballots(stack: BallotStack, rows: Sequence[int]) -> BallotStack:
    """Some of the ballots of a stack."""
    picked = np.asarray(rows, dtype=np.intp)
    return replace(
        stack,
        features=stack.features[picked],
        statuses=stack.statuses[picked],
        interpretations={
            contest_id: take_rows(what, picked)
            for contest_id, what in stack.interpretations.items()
        },
        certainty=stack.certainty[picked],
        worth=stack.worth[picked],
        beside=stack.beside[picked],
        outline=stack.outline[picked],
    )


def take_rows(
    interpretation: Interpretation, rows: NDArray[np.intp] | NDArray[np.bool_]
) -> Interpretation:
    """Some of the ballots of an interpretation; all of its arrays have ballots along their first axis."""
    arrays = {
        field.name: getattr(interpretation, field.name)[rows] for field in fields(interpretation)
    }
    return replace(interpretation, **arrays)


def judge_contest(
    statuses: NDArray[np.int8],
    asked: NDArray[np.int32],
    columns: ContestColumns,
    rules: VotingRules,
) -> Interpretation:
    """What one contest is worth on some ballots.

    Args:
        statuses: (B, P) `MarkStatus`.
        asked: (B,) `Reason` flags for which people must look, whatever the marks say.
        columns: Of the contest.
        rules: How marks become votes.
    """
    return put_to_people(interpret_contest(statuses, columns, rules), asked, rules)


def _doubt_hidden(
    statuses: NDArray[np.int8],
    sheets: Sequence[Sequence[MeasuredPage]],
    template: BallotTemplate,
    places: Mapping[int, int],
) -> None:
    """Ask about marks that may be the ink of a seal, or a fold or streak through a name."""
    by_number: dict[int, tuple[TemplatePage, Rect]] = {}
    for row, pages in enumerate(sheets):
        for page in pages:
            if not page.findings:
                continue
            if page.number not in by_number:
                of_page = next(each for each in template.pages if each.number == page.number)
                by_number[page.number] = of_page, bound_fields(of_page)
            for column in hidden_columns(*by_number[page.number], page.findings):
                place = places[page.number] + column
                if statuses[row, place] == MarkStatus.MARKED:
                    statuses[row, place] = MarkStatus.MARGINAL


def worth_of(interpretations: Iterable[Interpretation]) -> NDArray[np.int8]:
    """A ballot waits while any contest on it waits, and is invalid where every contest is."""
    of_contests = np.stack([what.statuses for what in interpretations])
    return np.where(
        (of_contests == BallotStatus.REVIEW).any(axis=0),
        np.int8(BallotStatus.REVIEW),
        np.where(
            (of_contests == BallotStatus.INVALID).all(axis=0),
            np.int8(BallotStatus.INVALID),
            np.int8(BallotStatus.VALID),
        ),
    )


def feature_count(*, has_names: bool) -> int:
    """How many numbers a column of a ballot has: as many as a box, or a name, needs."""
    return max(len(FEATURES), len(StrokeFeature)) if has_names else len(FEATURES)


def keep_boxes(features: NDArray[np.float32], template: BallotTemplate) -> NDArray[np.float32]:
    """What was measured about the boxes of ballots, NaN where a column is a name.

    Args:
        features: (..., P, F) of all columns.
        template: Of these ballots.
    """
    of_boxes = features[..., : len(FEATURES)]
    is_name = np.array([isinstance(column, NameField) for column in template.columns], dtype=bool)
    return np.where(is_name[:, None], np.float32(np.nan), of_boxes) if is_name.any() else of_boxes


def join_features(
    of_boxes: NDArray[np.float32], of_names: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The numbers of a page that has names: (boxes + names, F), NaN where a column has fewer."""
    joined = np.full(
        (len(of_boxes) + len(of_names), feature_count(has_names=True)), np.nan, dtype=np.float32
    )
    joined[: len(of_boxes), : of_boxes.shape[1]] = of_boxes
    joined[len(of_boxes) :, : of_names.shape[1]] = of_names
    return joined


def _page_starts(template: BallotTemplate) -> dict[int, int]:
    """The first column of each template page, by its number."""
    starts = {}
    start = 0
    for page in template.pages:
        starts[page.number] = start
        start += len(page.boxes) + len(page.names)
    return starts


def page_statuses(stack: BallotStack, row: int, number: int) -> NDArray[np.int8]:
    """The statuses of one page of one ballot: its boxes and then its names."""
    page = next(page for page in stack.template.pages if page.number == number)
    start = _page_starts(stack.template)[number]
    statuses: NDArray[np.int8] = stack.statuses[
        row, start : start + len(page.boxes) + len(page.names)
    ]
    return statuses
