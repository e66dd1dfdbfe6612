"""What a count noticed about its scans and its paper as a whole, as finished sentences."""

from collections.abc import Iterator

from ballotscan.count.canvass import Canvass
from ballotscan.locale.message import Message, message

_MOST = 10  # places that are named one by one; all of them are in totals.json


def scan_notes(canvass: Canvass) -> Iterator[Message]:
    """Say once what concerns many sheets: print that the template lacks, scans without grey or red."""
    for one in canvass.residue[:_MOST]:
        if one.position is not None:
            yield message(
                "{sheets} of {of_sheets} sheets have the same ink in or beside box {position} on"
                " page {page}: another edition of the form, or a printing flaw. It is not counted"
                " as a mark; compare the paper with the template",
                sheets=one.sheets,
                of_sheets=one.of_sheets,
                position=one.position,
                page=one.page,
            )
        elif one.is_print:
            yield message(
                "{sheets} of {of_sheets} sheets are printed otherwise than the template on page"
                " {page}, {left} mm from the left and {top} mm from the top, and wait for people:"
                " another form, or another edition. If it is your form, make the template from a"
                " scan of a blank sheet of this very edition; paint over what differs from sheet"
                " to sheet, such as a number",
                sheets=one.sheets,
                of_sheets=one.of_sheets,
                page=one.page,
                left=round(one.rect.left_mm),
                top=round(one.rect.top_mm),
            )
        else:
            yield message(
                "{sheets} of {of_sheets} sheets have the same ink on page {page}, {left} mm from"
                " the left and {top} mm from the top: another edition of the form, or a printing"
                " flaw; compare the paper with the template",
                sheets=one.sheets,
                of_sheets=one.of_sheets,
                page=one.page,
                left=round(one.rect.left_mm),
                top=round(one.rect.top_mm),
            )
    if len(canvass.residue) > _MOST:
        yield message(
            "and at {number} more places; all are in totals.json",
            number=len(canvass.residue) - _MOST,
        )
    if canvass.bilevel_sheets:
        yield message(
            "{number} sheets were scanned in black and white. Such a scan can lose thin and pale"
            " pens; where it may have, people are asked. Scan in grey or colour",
            number=canvass.bilevel_sheets,
        )
    if canvass.unsealed_sheets:
        yield message(
            "None of {number} sheets shows a seal in the space that is left for it. If the paper has"
            " one, the scanner drops red, and red pens are lost, too: scan all of them again in"
            " colour",
            number=canvass.unsealed_sheets,
        )
