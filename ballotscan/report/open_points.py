"""What is still open in a contest: while anything is, its minutes are only a draft."""

from collections.abc import Iterator

from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.locale.words import in_words
from ballotscan.report.speaker import Speaker
from ballotscan.tabulation.outcome import DiscrepancyKind, Remark

# What is said in sentences of its own.
_TOLD_APART = {DiscrepancyKind.BALLOTS_IN_REVIEW, DiscrepancyKind.NOT_ENTERED}


def list_open(
    result: ContestResult, canvass: Canvass, unread_files: int, speaker: Speaker
) -> Iterator[str]:
    """Every reason why the minutes of a contest must not be signed yet; one may come twice.

    Args:
        result: One of `canvass.contests`.
        canvass: The whole count.
        unread_files: Scan files of the last count that could not be read.
        speaker: Says it in the language of the election.
    """
    _, number = speaker.translate, speaker.number
    outcome, tally, unconfirmed = result.outcome, result.tally, result.people.unconfirmed
    unknown = canvass.counts.unidentified
    if not tally.ballots:
        yield _("No ballot of this contest has been counted.")
    if tally.review:
        yield _("Ballots that wait for the committee: {count}").format(count=number(tally.review))
    if unknown:
        yield _("Sheets that could not be identified: {count}").format(count=number(unknown))
    if unread_files:
        yield _("Scan files that could not be read: {count}").format(count=number(unread_files))
    if unconfirmed:
        yield _("Invalid ballots that no person has confirmed yet: {count}").format(
            count=number(unconfirmed)
        )
    if Remark.BASE_NOT_ENTERED in outcome.remarks:
        yield _("The number that shares are taken of is not entered: {base}").format(
            base=in_words(outcome.base_kind, _)
        )
    for one in canvass.discrepancies:
        if one.contest_id == result.contest.id and one.stops and one.kind not in _TOLD_APART:
            yield in_words(one.kind, _).format(
                found=number(one.found or 0),
                expected=number(one.expected or 0),
                unknown=number(unknown),
            )
