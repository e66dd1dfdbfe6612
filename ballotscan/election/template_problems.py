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

FILE_NAME = "template.json"
MAX_PAGES = 2  # front and back of one sheet

# Kinds of boxes that stand in one contest.
_TOGETHER = [frozenset(roles) for roles in ROLES.values()]
_TOGETHER.append(frozenset({*ROLES[Marking.POINTS], BoxRole.LIST, None}))

_EDGE_MM = 0.05  # how far a printed line may stand out over the edge of the page by rounding
_MAX_SHARED = 0.25  # share of the smaller box; neighbours touch, but one stroke must not fill two
_MIN_FIDUCIALS = 3  # fewer do not fix a plane


def find_problems(template: BallotTemplate) -> list[str]:
    """All that no template may be, in words; empty where it is sound. Opens the blanks."""
    problems: list[str] = []
    if not re.fullmatch(ID_PATTERN, template.ballot_id) or len(template.ballot_id) > MAX_ID:
        problems.append(
            f"'ballot_id' is {template.ballot_id!r}; use at most {MAX_ID} small letters, digits and single hyphens"
        )
    if not 1 <= template.round <= MAX_ROUND:
        problems.append(f"'round' is {template.round}; rounds are counted from 1 to {MAX_ROUND}")
    numbers = [page.number for page in template.pages]
    if not numbers or len(numbers) > MAX_PAGES or numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"'pages' have the numbers {numbers}; a sheet has page 1, or pages 1 and 2")
    for page in template.pages:
        where = f"page {page.number}"
        problems += [f"{where}: {text}" for text in _page_problems(page, template.folder)]
        if template.identity is Identity.CODE:
            problems += [f"{where}: {text}" for text in _code_problems(page)]
    if template.identity is Identity.CODE and template.election_id is None:
        problems.append("'election_id' is missing; a printed code names the election")
    return problems + _naming_problems(template)


def _page_problems(page: TemplatePage, folder: Path) -> list[str]:
    if not (page.width_mm > 0 and page.height_mm > 0):
        return [f"is {page.width_mm:g} x {page.height_mm:g} mm; give it its printed size"]
    printed = [(f"box {box.position!r}", box.rect) for box in page.boxes]
    printed += [(f"name {name.position!r}", line) for name in page.names for line in name.lines]
    printed += [(f"code {number}", rect) for number, rect in enumerate(page.codes, start=1)]
    printed += [("the seal", page.seal)] if page.seal else []
    for number, disc in enumerate(page.fiducials, start=1):
        printed.append((f"registration mark {number}", disc.rect))
    problems = [
        f"{what} is {rect.width_mm:g} x {rect.height_mm:g} mm; it must have a size"
        for what, rect in printed
        if not (rect.width_mm > 0 and rect.height_mm > 0)
    ]
    problems += [
        f"{what} reaches out of the page (left {rect.left_mm:.2f}, top {rect.top_mm:.2f}, right "
        f"{rect.left_mm + rect.width_mm:.2f}, bottom {rect.top_mm + rect.height_mm:.2f} mm on a page "
        f"of {page.width_mm:g} x {page.height_mm:g} mm); correct its place or the size of the page"
        for what, rect in printed
        if not _is_inside(rect, page)
    ]
    problems += [
        f"the boxes {one.position!r} and {other.position!r} lie on one another; take one away"
        for one, other in itertools.combinations(page.boxes, 2)
        if _shared_share(one.rect, other.rect) > _MAX_SHARED
    ]
    problems += [
        f"name {name.position!r} has no lines; give the extent of its letters"
        for name in page.names
        if not name.lines
    ]
    return problems + _blank_problems(page, folder)


def _blank_problems(page: TemplatePage, folder: Path) -> list[str]:
    if not page.blank or Path(page.blank).name != page.blank or "\\" in page.blank:
        return [
            f"'blank' is {page.blank!r}; it must be the plain name of a file beside {FILE_NAME}"
        ]
    try:
        found = hashlib.sha256((folder / page.blank).read_bytes()).hexdigest()
    except OSError as error:
        return [
            (
                f"the blank page {page.blank} cannot be read ({error.strerror}); put it back beside "
                f"{FILE_NAME}, or make the template again"
            )
        ]
    if found != page.blank_sha256:
        return [
            (
                f"the blank page {page.blank} is not the one this template was made with (sha256 "
                f"{found[:12]}..., expected {page.blank_sha256[:12]}...); take it from a backup, or make "
                "the template again"
            )
        ]
    return []


def _code_problems(page: TemplatePage) -> list[str]:
    problems = []
    if not page.codes:
        problems.append("has no code, but pages of this template are known by their code")
    if len(page.fiducials) < _MIN_FIDUCIALS:
        problems.append(f"has {len(page.fiducials)} registration marks; at least 3 are needed")
    if any(box.contest_id is None for box in page.boxes):
        problems.append("has boxes that belong to no contest; our own paper always names it")
    return problems


def _naming_problems(template: BallotTemplate) -> list[str]:
    boxes = [box for page in template.pages for box in page.boxes]
    names = [name for page in template.pages for name in page.names]
    positions = [box.position for box in boxes] + [name.position for name in names]
    problems = [
        f"the position {position!r} stands twice; give each box and name one of its own"
        for position, times in Counter(positions).items()
        if times > 1
    ]
    problems += [f"a box or name has no position ({n} of them)" for n in [positions.count("")] if n]
    for box in boxes:
        bound = [value is not None for value in (box.contest_id, box.candidate, box.role)]
        if any(bound) and not all(bound):
            problems.append(
                f"box {box.position!r} must have all of 'contest_id', 'candidate' and 'role', or none"
            )
        if box.candidate is not None and box.candidate < 1:
            problems.append(f"box {box.position!r}: candidates are counted from 1")
    problems += [
        f"name {name.position!r}: candidates are counted from 1"
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
        f"contest {contest!r} has the {key} twice; each box and each name stands once"
        for (contest, key), times in meanings.items()
        if times > 1
    ]
    roles: dict[str, set[BoxRole | None]] = {}
    for contest, key in meanings:
        roles.setdefault(contest, set()).add(key.role)
    problems += [
        f"contest {contest!r} has boxes or names of different kinds; all rows are marked one way"
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
