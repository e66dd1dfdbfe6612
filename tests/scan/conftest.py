"""A small ballot drawn with nothing but OpenCV and segno, and a scanner whose truth is known."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from ballotscan.election.code import PageCode
from ballotscan.election.records import BoxRole, ExpectedMark, PageRef
from ballotscan.election.template import (
    PX_PER_MM,
    BallotTemplate,
    Fiducial,
    Identity,
    MarkBox,
    Rect,
    TemplatePage,
)
from ballotscan.scan.mapping import template_px
from ballotscan.scan.reader import Page
from ballotscan.scan.references import RegistrationOptions, prepare_references

# As in a worker: OpenCV's threads wait for each other ten times as long where all cores are busy.
cv2.setNumThreads(1)

WIDTH_MM, HEIGHT_MM = 148.0, 210.0  # A5
CODE = PageCode("dai-hoi-2020", "ban-chap-hanh", 1, 1, "7F3KQ2M9XA4T")
FIDUCIALS = ((140, 9), (8, 66), (140, 80), (8, 140), (8, 202), (80, 202), (140, 202))
SUB = 4  # bits of sub-pixel in OpenCV's drawing


def _template(code):
    boxes = [
        MarkBox(
            f"{row}/{role}",
            Rect(98 + 24 * column, 60 + 12 * row, 5, 5),
            "ban-chap-hanh",
            row + 1,
            role,
        )
        for row in range(10)
        for column, role in enumerate((BoxRole.AGREE, BoxRole.DISAGREE))
    ]
    page = TemplatePage(
        number=code.page,
        width_mm=WIDTH_MM,
        height_mm=HEIGHT_MM,
        blank="page-1.png",
        blank_sha256="0" * 64,
        fiducials=tuple(Fiducial(x, y, 4.5) for x, y in FIDUCIALS),
        codes=(Rect(112, 8, 14, 14), Rect(22, 188, 14, 14)),
        boxes=tuple(boxes),
    )
    return BallotTemplate(
        ballot_id=code.ballot_id,
        election_id=code.election_id,
        round=code.round,
        identity=Identity.CODE,
        expected_mark=ExpectedMark.CROSS,
        is_photo=False,
        pages=(page,),
        fingerprint=code.fingerprint,
        folder=Path(),
    )


def _draw_code(image, rect, text, dpi):
    modules = np.array([list(row) for row in segno.make(text, error="m", micro=False).matrix])
    size = round(rect.width_mm * dpi / 25.4)
    symbol = cv2.resize(
        255 * (1 - modules).astype(np.uint8), (size, size), interpolation=cv2.INTER_NEAREST
    )
    left, top = round(rect.left_mm * dpi / 25.4), round(rect.top_mm * dpi / 25.4)
    image[top : top + size, left : left + size] = symbol


def _draw_page(page, text, dpi):
    """The page at `dpi`, a multiple of 200, grey."""
    times = dpi // 200
    rows, columns = (times * round(mm * PX_PER_MM) for mm in (page.height_mm, page.width_mm))
    image = np.full((rows, columns), 255, dtype=np.uint8)

    def at(mm):
        return round((mm * dpi / 25.4 - 0.5) * (1 << SUB))

    for disc in page.fiducials:
        radius = round(disc.diameter_mm / 2 * dpi / 25.4 * (1 << SUB))
        cv2.circle(image, (at(disc.x_mm), at(disc.y_mm)), radius, (0,), -1, cv2.LINE_AA, SUB)
    for rect in page.codes:
        _draw_code(image, rect, text, dpi)
    for box in page.boxes:
        rect = box.rect
        for inset in np.linspace(0.05, 0.25, 5):
            near = (at(rect.left_mm + inset), at(rect.top_mm + inset))
            far = (
                at(rect.left_mm + rect.width_mm - inset),
                at(rect.top_mm + rect.height_mm - inset),
            )
            cv2.rectangle(image, near, far, (0,), 1, cv2.LINE_AA, SUB)
        if box.role is BoxRole.AGREE:
            place = (round(20 * dpi / 25.4), round((rect.top_mm + 4) * dpi / 25.4))
            name = f"NGUYEN VAN {'ABCDEHKLMN'[(box.candidate or 1) - 1] * 3}"
            cv2.putText(
                image, name, place, cv2.FONT_HERSHEY_SIMPLEX, dpi / 200, (0,), 2, cv2.LINE_AA
            )
    cv2.putText(
        image,
        "PHIEU BAU CU",
        (round(20 * dpi / 25.4), round(48 * dpi / 25.4)),
        cv2.FONT_HERSHEY_SIMPLEX,
        dpi / 130,
        (0,),
        4,
        cv2.LINE_AA,
    )
    return image


def scaled_up(times):
    """Matrix from pixels to the pixels of the same picture `times` as large."""
    middle = (times - 1) / 2
    return np.array([[times, 0, middle], [0, times, middle], [0, 0, 1.0]])


def pose(  # noqa: PLR0913 - each is one thing that a scan may have
    dpi=200, *, angle_deg=0.0, scale=1.0, shift_px=(0.0, 0.0), quarters=0, canvas_px=None
):
    """Where the page lies on a scan: the true matrix, and the scan's size in pixels."""
    columns, rows = WIDTH_MM * PX_PER_MM, HEIGHT_MM * PX_PER_MM
    if canvas_px is None:
        sides = (columns, rows) if quarters % 2 == 0 else (rows, columns)
        canvas_px = tuple(round(side * dpi / 200) for side in sides)
    turn = np.deg2rad(angle_deg + 90 * quarters)
    size = dpi / 200 * scale
    matrix = np.array(
        [
            [size * np.cos(turn), -size * np.sin(turn), 0],
            [size * np.sin(turn), size * np.cos(turn), 0],
            [0, 0, 1],
        ]
    )
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    matrix[:2, 2] = (np.array(canvas_px) - 1) / 2 + shift_px - matrix[:2, :2] @ middle
    return matrix, canvas_px


@dataclass(frozen=True, repr=False)
class DrawnBallot:
    """A drawn ballot page, and everything a test wants of it."""

    template: BallotTemplate
    fine: np.ndarray  # 400 dpi
    blank: np.ndarray  # 200 dpi

    @property
    def page(self):
        return self.template.pages[0]

    @property
    def box_centres(self):
        return np.array(
            [template_px(box.rect.left_mm + 2.5, box.rect.top_mm + 2.5) for box in self.page.boxes]
        )

    def references(self, options=None):
        return prepare_references(
            [(self.template, {self.page.number: self.blank})], options or RegistrationOptions()
        )

    def with_fine(self, fine):
        return replace(self, fine=fine)

    def scan(self, matrix, canvas_px, *, noise=3.0, seed=0, background=255):
        """Scan the page, lying where `matrix` says."""
        times = 2 if np.sqrt(abs(np.linalg.det(matrix[:2, :2]))) > 1.2 else 1
        paper = self.fine if times == 2 else cv2.resize(self.fine, None, fx=0.5, fy=0.5)
        scan = cv2.warpPerspective(
            paper,
            matrix @ np.linalg.inv(scaled_up(times)),
            canvas_px,
            flags=cv2.INTER_LINEAR,
            borderValue=(background,),
        )
        return _noisy(scan, noise, seed)

    def scan_wobbly(self, matrix, canvas_px, *, amplitude_mm, period_mm, noise=3.0):
        """Scan the page on a feed that slips to and fro; the truth is `wobbled`."""
        columns, rows = canvas_px
        x, y = np.meshgrid(np.arange(columns, dtype=float), np.arange(rows, dtype=float))
        flat = cv2.perspectiveTransform(
            np.stack([x, y], axis=-1).reshape(1, -1, 2), np.linalg.inv(matrix)
        )[0]
        places = flat + _wobble(flat, amplitude_mm, period_mm)
        where = (places * 2 + 0.5).astype(np.float32).reshape(rows, columns, 2)
        scan = cv2.remap(self.fine, where, None, cv2.INTER_LINEAR, borderValue=(255,))
        return _noisy(scan, noise, 0)


def wobbled(matrix, points, *, amplitude_mm, period_mm):
    """Where template points really lie on the scan of `scan_wobbly`."""
    flat = points.copy()
    for _ in range(30):
        flat = points - _wobble(flat, amplitude_mm, period_mm)
    return cv2.perspectiveTransform(flat[None], matrix)[0]


def _wobble(points, amplitude_mm, period_mm):
    phase = points[:, 1] / (period_mm * PX_PER_MM) * 2 * np.pi
    along = amplitude_mm * PX_PER_MM * np.sin(phase + 0.5)
    across = 0.55 * amplitude_mm * PX_PER_MM * np.sin(0.7 * phase)
    return np.stack([across, along], axis=1)


def _noisy(scan, noise, seed):
    if noise == 0:
        return scan
    grain = np.random.default_rng(seed).normal(0, noise, (257, 263))
    times = (scan.shape[0] // 257 + 1, scan.shape[1] // 263 + 1)
    grain = np.tile(grain, times)[: scan.shape[0], : scan.shape[1]]
    return np.clip(scan + grain, 0, 255).astype(np.uint8)


def draw_ballot(code=CODE, text=None):
    """A drawn ballot whose code says `code`, or on whose paper stands `text`."""
    template = _template(code)
    fine = _draw_page(template.pages[0], text or code.to_text(), 400)
    return DrawnBallot(template, fine, cv2.resize(fine, None, fx=0.5, fy=0.5))


NAMES = (
    "Tran Quoc Dat", "Le Huu Phuoc", "Pham Thuy Giang", "Nguyen Thi Anh", "Hoang Van Minh",
    "Vo Thi Kim Lien", "Dang Xuan Bach", "Bui Ngoc Son", "Do Thanh Huong", "Ngo Duc Thinh",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class DrawnForm(DrawnBallot):
    """A drawn page of existing paper: names and boxes, no code and no discs."""

    boxes: np.ndarray = ()  # (P, 4) left, top, width, height in template pixels

    @property
    def page(self):
        raise NotImplementedError

    @property
    def box_centres(self):
        return self.boxes[:, :2] + self.boxes[:, 2:] / 2

    def write(self, text, x_mm, y_mm, size_mm=3.0):
        """The same form with more on it."""
        fine = self.fine.copy()
        _write(fine, text, x_mm, y_mm, size_mm)
        return replace(self, fine=fine, blank=cv2.resize(fine, None, fx=0.5, fy=0.5))


def _write(image, text, x_mm, y_mm, size_mm=3.0):
    place = (round(x_mm * 400 / 25.4), round(y_mm * 400 / 25.4))
    height = size_mm * 400 / 25.4 / 22
    cv2.putText(
        image,
        text,
        place,
        cv2.FONT_HERSHEY_COMPLEX,
        height,
        (0,),
        max(1, round(height * 2.2)),
        cv2.LINE_AA,
    )


def draw_form(names=NAMES, title="PHIEU BAU BAN CHAP HANH"):
    """A drawn form: a title, three lines of instructions, rows of a name and two boxes, rulings."""
    rows, columns = (2 * round(mm * PX_PER_MM) for mm in (HEIGHT_MM, WIDTH_MM))
    fine = np.full((rows, columns), 255, dtype=np.uint8)

    def at(mm):
        return round(mm * 400 / 25.4)

    _write(fine, title, 16, 20, 4.5)
    for line in range(3):
        _write(fine, "Danh dau vao o ben phai ten nguoi duoc chon " * 2, 14, 32 + 5 * line, 2.2)
    boxes = []
    for row, name in enumerate(names):
        top = 58 + 13 * row
        _write(fine, f"{row + 1}. {name}", 14, top + 4)
        cv2.line(fine, (at(10), at(top + 9)), (at(138), at(top + 9)), (0,), 4)
        for left in (96, 120):
            cv2.rectangle(fine, (at(left), at(top)), (at(left + 5), at(top + 5)), (0,), 5)
            boxes.append((left, top, 5, 5))
    blank = cv2.resize(fine, None, fx=0.5, fy=0.5)
    return DrawnForm(None, fine, blank, np.array(boxes, dtype=float) * PX_PER_MM)


def as_page(pixels, dpi=None):
    """A scan as the reader gives it."""
    return Page(pixels, dpi, PageRef("0" * 64, 1))


@dataclass(frozen=True)
class Tools:
    """The functions of this file, for tests that cannot import it."""

    draw = staticmethod(draw_ballot)
    draw_form = staticmethod(draw_form)
    names = NAMES
    pose = staticmethod(pose)
    wobbled = staticmethod(wobbled)
    page = staticmethod(as_page)
    code = CODE


@pytest.fixture(scope="session")
def ballot():
    return draw_ballot()


@pytest.fixture(scope="session")
def form():
    return draw_form()


@pytest.fixture(scope="session")
def references(ballot):
    return ballot.references()


@pytest.fixture(scope="session")
def scanner():
    return Tools()
