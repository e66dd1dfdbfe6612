"""All review pages as one group."""

from pathlib import Path

from ballotscan.locale.catalogue import phrase
from ballotscan.review.app import Part
from ballotscan.review.finish_page import finish_routes
from ballotscan.review.gallery_pages import gallery_routes
from ballotscan.review.list_pages import list_routes
from ballotscan.review.overlay_pages import overlay_routes
from ballotscan.review.picture_pages import picture_routes
from ballotscan.review.queue_pages import ENTRY, queue_routes
from ballotscan.review.workplace import Workplace


def review_part(workplace: Workplace, kept: Path) -> Part:
    """The pages on which people decide.

    Args:
        workplace: What they work on.
        kept: Where pictures are kept that take long to make.
    """
    routes = [
        *queue_routes(workplace),
        *list_routes(workplace),
        *gallery_routes(workplace),
        *overlay_routes(workplace, kept / "overlays"),
        *finish_routes(workplace),
        *picture_routes(workplace),
    ]
    return Part(phrase("Review"), ENTRY, routes)
