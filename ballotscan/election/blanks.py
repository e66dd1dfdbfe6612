"""The pictures of the blank pages: what the template printed."""

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, BallotTemplate
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message

_SIZE_SLACK_PX = 2  # rounding of a length in mm, once at each edge


def load_blank(template: BallotTemplate, page_number: int) -> NDArray[np.uint8]:
    """Open the picture of one blank page.

    Args:
        template: A loaded template.
        page_number: Number of the page, from 1.

    Returns:
        (rows, columns) grey, in template pixels: 0 black, 255 white.

    Raises:
        TemplateError: The file is missing, changed, no picture, or of another size than the page.
    """
    page = next(page for page in template.pages if page.number == page_number)
    path = template.folder / page.blank
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = message(
            "{path}: cannot be read ({reason}); put the blank page back",
            path=path,
            reason=error.strerror,
        )
        raise TemplateError(msg) from error
    if hashlib.sha256(content).hexdigest() != page.blank_sha256:
        msg = message(
            "{path}: is not the blank page this template was made with; take it from a backup",
            path=path,
        )
        raise TemplateError(msg)
    # Decoded from memory: OpenCV cannot open every path that Windows allows.
    image = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        msg = message(
            "{path}: is not a picture that can be read; make the template again", path=path
        )
        raise TemplateError(msg)
    rows, columns = image.shape
    wanted = (round(page.height_mm * PX_PER_MM), round(page.width_mm * PX_PER_MM))
    if max(abs(rows - wanted[0]), abs(columns - wanted[1])) > _SIZE_SLACK_PX:
        msg = message(
            "{path}: has {columns} x {rows} pixels, but page {page_number} of {width_mm:g} x {height_mm:g} mm needs {wide} x {high}; make the template again",
            path=path,
            columns=columns,
            rows=rows,
            page_number=page_number,
            width_mm=page.width_mm,
            height_mm=page.height_mm,
            wide=wanted[1],
            high=wanted[0],
        )
        raise TemplateError(msg)
    return image.astype(np.uint8, copy=False)
