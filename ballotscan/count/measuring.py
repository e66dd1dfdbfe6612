"""A page that lies on its template, measured: its boxes, its names, and what is beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.ballots import MeasuredPage, join_features
from ballotscan.count.findings import is_seen_through, lies_over, rects_of
from ballotscan.count.names import score_page_names
from ballotscan.count.plan import CountContext
from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import BoxReference
from ballotscan.marks.foreign import ScanFrame, find_foreign
from ballotscan.marks.glass import name_streaks
from ballotscan.marks.inkcolours import RedLight, measure_red_light
from ballotscan.marks.scoring import score_boxes
from ballotscan.marks.sharpness import is_bilevel
from ballotscan.scan.registration import RegisteredPage, sample_boxes
from ballotscan.tone.paper import darkest_channel

_BESIDE_MM = 2.5  # what is around a box or a name is measured too


def measure_registered(context: CountContext, registered: RegisteredPage) -> MeasuredPage:
    """Measure the boxes and then the names of a page, and what is beside them."""
    where = registered.ballot_id, registered.number
    rows, columns = registered.pixels.shape[:2]
    frame = ScanFrame(registered.mapping.matrix, (columns, rows))
    findings = find_foreign(
        registered.half_page, context.foreign[where], frame, paper=registered.paper
    )
    findings = name_streaks(
        findings, registered.pixels, frame.matrix, frame.px_per_mm, context.foreign[where]
    )
    lights = find_red_lights(registered, findings)
    features = score_page(registered, context.boxes[where], lights)
    findings += tuple(
        Finding(
            FindingKind.PRINT,
            rect.left_mm,
            rect.top_mm,
            rect.width_mm,
            rect.height_mm,
            area_mm2=rect.width_mm * rect.height_mm,
        )
        for rect in registered.other_print
    )
    outline = registered.outline
    if where in context.names:
        of_names, match = score_page_names(
            registered,
            context.names[where],
            {
                place - len(features): light
                for place, light in lights.items()
                if place >= len(features)
            },
            findings,
        )
        features = join_features(features, of_names)
        outline = np.concatenate([outline, match])
    return MeasuredPage(registered.number, features, outline, findings)


def score_page(
    registered: RegisteredPage, boxes: BoxReference, lights: Mapping[int, RedLight] | None = None
) -> NDArray[np.float32]:
    """Measure the ink in and beside every box of a page that lies on its template.

    Args:
        registered: The page.
        boxes: What the blank says about its boxes.
        lights: How to see the boxes that lie under a red seal, by their place.

    Returns:
        (P, F) features; NaN for a box of which it is not sure where it is.
    """
    # The level of bare paper changes slowly: the page laid flat at half size is enough to see it.
    centres = (boxes.corners_px + registered.box_shifts + boxes.sizes_px / 2 - 0.5) / 2
    patches = sample_boxes(registered, boxes.corners_px, boxes.sizes_px)
    lights = lights or {}
    grey = [
        lights[place].see(patch) if place in lights else darkest_channel(patch)
        for place, patch in enumerate(patches)
    ]
    levels = registered.paper.at(centres)
    features = score_boxes(grey, levels, boxes, is_bilevel=is_bilevel(registered.pixels))
    features[registered.is_box_lost] = np.nan
    return features


def find_red_lights(registered: RegisteredPage, findings: Sequence[Finding]) -> dict[int, RedLight]:
    """How boxes and names under a red seal are seen without it, by their place on the page."""
    lights: dict[int, RedLight] = {}
    for seal in findings:
        is_seal = seal.kind is FindingKind.SEAL and is_seen_through(seal, findings)
        under = [
            place
            for place, column in enumerate(registered.page.columns if is_seal else ())
            if any(lies_over(seal, rect, _BESIDE_MM) for rect in rects_of(column))
        ]
        if under:
            radius_px = seal.width_mm / 2 * PX_PER_MM / 2
            x_px, y_px = (mm * PX_PER_MM / 2 for mm in (seal.left_mm, seal.top_mm))
            light = measure_red_light(
                registered.half_page, x_px + radius_px, y_px + radius_px, radius_px
            )
            lights |= dict.fromkeys(under, light)
    return lights
