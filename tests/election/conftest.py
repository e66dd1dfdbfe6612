import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.election.template import (
    PX_PER_MM,
    BallotTemplate,
    Fiducial,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)

WIDTH_MM, HEIGHT_MM = 148.0, 210.0


def write_blank(folder: Path, grey: int = 255, name: str = "page-1.png") -> str:
    """Write a plain blank page and give its sha256."""
    shape = (round(HEIGHT_MM * PX_PER_MM), round(WIDTH_MM * PX_PER_MM))
    content = cv2.imencode(".png", np.full(shape, grey, dtype=np.uint8))[1].tobytes()
    (folder / name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def template(tmp_path):
    """A ballot of our own paper: two candidates with two boxes each, and one name of two lines."""
    boxes = tuple(
        MarkBox(
            f"bch/{candidate}/{role}",
            Rect(100.0 + 15 * column, 40.0 + 10 * candidate, 7.0, 7.0),
            "bch",
            candidate,
            role,
        )
        for candidate in (1, 2)
        for column, role in enumerate((BoxRole.AGREE, BoxRole.DISAGREE))
    )
    name = NameField(
        "uy/1",
        (Rect(20.0, 120.0, 60.1, 4.0), Rect(20.0, 125.0, 30.0, 4.0)),
        "Nguyễn Thị Ánh (Thích nữ Diệu Tâm)",
        "uy",
        1,
    )
    page = TemplatePage(
        1,
        WIDTH_MM,
        HEIGHT_MM,
        "page-1.png",
        write_blank(tmp_path),
        fiducials=tuple(
            Fiducial(x, y, 4.0) for x, y in ((10.0, 10.0), (138.0, 10.0), (10.0, 200.0))
        ),
        codes=(Rect(60.0, 8.0, 18.0, 18.0),),
        seal=Rect(10.0, 15.0, 40.0, 20.0),
        boxes=boxes,
        names=(name,),
    )
    return BallotTemplate(
        "bch",
        "dai-hoi",
        1,
        Identity.CODE,
        ExpectedMark.CROSS,
        is_photo=False,
        pages=(page,),
        fingerprint="",
        folder=tmp_path,
    )
