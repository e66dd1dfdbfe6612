"""All review pages as one group."""

from ballotscan.locale.catalogue import phrase
from ballotscan.review.app import Part
from ballotscan.review.finish_page import finish_routes
from ballotscan.review.list_pages import list_routes
from ballotscan.review.picture_pages import picture_routes
from ballotscan.review.queue_pages import ENTRY, queue_routes
from ballotscan.review.workplace import Workplace


def review_part(workplace: Workplace) -> Part:
    """The pages on which people decide."""
    routes = [
        *queue_routes(workplace),
        *list_routes(workplace),
        *finish_routes(workplace),
        *picture_routes(workplace),
    ]
    return Part(phrase("Review"), ENTRY, routes)
