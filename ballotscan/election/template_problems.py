"""What can be wrong with a ballot template that is well formed."""

import hashlib
import itertools
import re
from collections import Counter
from pathlib import Path

from ballotscan.election.definition import ID_PATTERN, MAX_ID, MAX_ROUND, Marking
from ballotscan.election.markings import ROLES, ColumnKey
from ballotscan.election.records import BoxRole
from ballotscan.election.template import BallotTemplate, Identity, Rect, TemplatePage
from ballotscan.locale.message import Message, Words, message

FILE_NAME = "template.json"
MAX_PAGES = 2  # front and back of one sheet

# Kinds of boxes that stand in one contest.
_TOGETHER = [frozenset(roles) for roles in ROLES.values()]
_TOGETHER.append(frozenset({*ROLES[Marking.POINTS], BoxRole.LIST, None}))

_EDGE_MM = 0.05  # how far a printed line may stand out over the edge of the page by rounding
_MAX_SHARED = 0.25  # share of the smaller box; neighbours touch, but one stroke must not fill two
_MIN_FIDUCIALS = 3  # fewer do not fix a plane


def find_problems(template: BallotTemplate) -> list[Words]:
    """All that no template may be, in words; empty where it is sound. Opens the blanks."""
    problems: list[Words] = []
    if not re.fullmatch(ID_PATTERN, template.ballot_id) or len(template.ballot_id) > MAX_ID:
        problems.append(
            message(
                "'ballot_id' is {ballot!r}; use at most {most} small letters, digits and single hyphens",
                ballot=template.ballot_id,
                most=MAX_ID,
            )
        )
    if not 1 <= template.round <= MAX_ROUND:
        problems.append(
            message(
                "'round' is {round}; rounds are counted from 1 to {last}",
                round=template.round,
                last=MAX_ROUND,
            )
        )
    numbers = [page.number for page in template.pages]
    if not numbers or len(numbers) > MAX_PAGES or numbers != list(range(1, len(numbers) + 1)):
        problems.append(
            message(
                "'pages' have the numbers {numbers}; a sheet has page 1, or pages 1 and 2",
                numbers=numbers,
            )
        )
    for page in template.pages:
        of_page = _page_problems(page, template.folder)
        if template.identity is Identity.CODE:
            of_page += _code_problems(page)
        problems += [
            message("page {page}: {problem}", page=page.number, problem=problem)
            for problem in of_page
        ]
    if template.identity is Identity.CODE and template.election_id is None:
        problems.append(message("'election_id' is missing; a printed code names the election"))
    return problems + _naming_problems(template)


def _page_problems(page: TemplatePage, folder: Path) -> list[Message]:
    if not (page.width_mm > 0 and page.height_mm > 0):
        return [
            message(
                "is {width:g} x {height:g} mm; give it its printed size",
                width=page.width_mm,
                height=page.height_mm,
            )
        ]
    printed = _printed(page)
    problems = [
        message(
            "{what} is {width:g} x {height:g} mm; it must have a size",
            what=what,
            width=rect.width_mm,
            height=rect.height_mm,
        )
        for what, rect in printed
        if not (rect.width_mm > 0 and rect.height_mm > 0)
    ]
    problems += [
        message(
            "{what} reaches out of the page (left {left:.2f}, top {top:.2f}, right {right:.2f}, bottom {bottom:.2f} mm on a page of {width:g} x {height:g} mm); correct its place or the size of the page",
            what=what,
            left=rect.left_mm,
            top=rect.top_mm,
            right=rect.left_mm + rect.width_mm,
            bottom=rect.top_mm + rect.height_mm,
            width=page.width_mm,
            height=page.height_mm,
        )
        for what, rect in printed
        if not _is_inside(rect, page)
    ]
    problems += [
        message(
            "the boxes {one!r} and {other!r} lie on one another; take one away",
            one=one.position,
            other=other.position,
        )
        for one, other in itertools.combinations(page.boxes, 2)
        if _shared_share(one.rect, other.rect) > _MAX_SHARED
    ]
    problems += [
        message("name {name!r} has no lines; give the extent of its letters", name=name.position)
        for name in page.names
        if not name.lines
    ]
    return problems + _blank_problems(page, folder)


def _printed(page: TemplatePage) -> list[tuple[Message, Rect]]:
    """What stands on a page, by name, and where."""
    printed = [(message("box {name!r}", name=box.position), box.rect) for box in page.boxes]
    for name in page.names:
        printed += [(message("name {name!r}", name=name.position), line) for line in name.lines]
    for number, code in enumerate(page.codes, start=1):
        printed.append((message("code {number}", number=number), code))
    for number, rect in enumerate(page.varying, start=1):
        printed.append((message("what varies, {number}", number=number), rect))
    if page.seal:
        printed.append((message("the seal"), page.seal))
    for number, disc in enumerate(page.fiducials, start=1):
        printed.append((message("registration mark {number}", number=number), disc.rect))
    return printed


def _blank_problems(page: TemplatePage, folder: Path) -> list[Message]:
    if not page.blank or Path(page.blank).name != page.blank or "\\" in page.blank:
        return [
            message(
                "'blank' is {blank!r}; it must be the plain name of a file beside {file}",
                blank=page.blank,
                file=FILE_NAME,
            )
        ]
    try:
        found = hashlib.sha256((folder / page.blank).read_bytes()).hexdigest()
    except OSError as error:
        return [
            message(
                "the blank page {blank} cannot be read ({reason}); put it back beside {file}, or make the template again",
                blank=page.blank,
                reason=error.strerror,
                file=FILE_NAME,
            )
        ]
    if found != page.blank_sha256:
        return [
            message(
                "the blank page {blank} is not the one this template was made with (sha256 {found}..., expected {expected}...); take it from a backup, or make the template again",
                blank=page.blank,
                found=found[:12],
                expected=page.blank_sha256[:12],
            )
        ]
    return []


def _code_problems(page: TemplatePage) -> list[Message]:
    problems = []
    if not page.codes:
        problems.append(message("has no code, but pages of this template are known by their code"))
    if len(page.fiducials) < _MIN_FIDUCIALS:
        problems.append(
            message(
                "has {number} registration marks; at least {least} are needed",
                number=len(page.fiducials),
                least=_MIN_FIDUCIALS,
            )
        )
    if any(box.contest_id is None for box in page.boxes):
        problems.append(
            message("has boxes that belong to no contest; our own paper always names it")
        )
    return problems


def _naming_problems(template: BallotTemplate) -> list[Message]:
    boxes = [box for page in template.pages for box in page.boxes]
    names = [name for page in template.pages for name in page.names]
    positions = [box.position for box in boxes] + [name.position for name in names]
    problems = [
        message(
            "the position {position!r} stands twice; give each box and name one of its own",
            position=position,
        )
        for position, times in Counter(positions).items()
        if times > 1
    ]
    nameless = positions.count("")
    if nameless:
        problems.append(message("boxes and names without a position: {number}", number=nameless))
    for box in boxes:
        bound = [value is not None for value in (box.contest_id, box.candidate, box.role)]
        if any(bound) and not all(bound):
            problems.append(
                message(
                    "box {box!r} must have all of 'contest_id', 'candidate' and 'role', or none",
                    box=box.position,
                )
            )
        if box.candidate is not None and box.candidate < 1:
            problems.append(message("box {box!r}: candidates are counted from 1", box=box.position))
    problems += [
        message("name {name!r}: candidates are counted from 1", name=name.position)
        for name in names
        if name.candidate < 1
    ]
    meanings = Counter(
        [
            (box.contest_id, ColumnKey(box.candidate, box.role, box.number))
            for box in boxes
            if box.contest_id is not None and box.candidate is not None
        ]
        + [(name.contest_id, ColumnKey(name.candidate, None)) for name in names]
    )
    problems += [
        message(
            "contest {contest!r} has the {key} twice; each box and each name stands once",
            contest=contest,
            key=key.words,
        )
        for (contest, key), times in meanings.items()
        if times > 1
    ]
    roles: dict[str, set[BoxRole | None]] = {}
    for contest, key in meanings:
        roles.setdefault(contest, set()).add(key.role)
    problems += [
        message(
            "contest {contest!r} has boxes or names of different kinds; all rows are marked one way",
            contest=contest,
        )
        for contest, found in roles.items()
        if not any(found <= kinds for kinds in _TOGETHER)
    ]
    return problems


def _is_inside(rect: Rect, page: TemplatePage) -> bool:
    return (
        min(rect.left_mm, rect.top_mm) >= -_EDGE_MM
        and rect.left_mm + rect.width_mm <= page.width_mm + _EDGE_MM
        and rect.top_mm + rect.height_mm <= page.height_mm + _EDGE_MM
    )


def _shared_share(one: Rect, other: Rect) -> float:
    """Common area as a share of the smaller rectangle."""
    across = min(one.left_mm + one.width_mm, other.left_mm + other.width_mm) - max(
        one.left_mm, other.left_mm
    )
    down = min(one.top_mm + one.height_mm, other.top_mm + other.height_mm) - max(
        one.top_mm, other.top_mm
    )
    smaller = min(one.width_mm * one.height_mm, other.width_mm * other.height_mm)
    return max(across, 0.0) * max(down, 0.0) / smaller if smaller > 0 else 0.0
