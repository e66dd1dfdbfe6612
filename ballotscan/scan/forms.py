"""Which of several forms without codes is this page? Known for sure, or refused.

Coarse fits of all forms are tried, the most alike first; the first that passes the gate is taken,
and then held against every form that looks like it. Where two stay possible the page is refused:
a page read as its neighbour's form counts votes under the wrong names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ballotscan.election.records import PageFault
from ballotscan.scan.coarse import CoarseFit, feature_fit, quick_fits
from ballotscan.scan.gate import Verdict, judge
from ballotscan.scan.landmarks import (
    LandmarkOptions,
    PageFit,
    PageReference,
    ScanView,
    all_fits,
    passes_gate,
    refine_fit,
)
from ballotscan.scan.lookalikes import (
    FormDifference,
    LookalikeOptions,
    Side,
    difference_prints,
    tell_apart,
)


@dataclass(frozen=True, slots=True)
class FormOptions:
    """How a page's form is found."""

    landmarks: LandmarkOptions = field(default_factory=LandmarkOptions)
    lookalikes: LookalikeOptions = field(default_factory=LookalikeOptions)


@dataclass(frozen=True, slots=True, eq=False)
class FoundForm:
    """A page that surely is one of the forms.

    Attributes:
        form: Number of the form among those that were given.
        fit: Where it lies on the scan.
    """

    form: int
    fit: PageFit


@dataclass(frozen=True, slots=True, eq=False)
class NoForm:
    """A page that is none of the forms, or may be more than one.

    Attributes:
        fault: NO_FIT, OTHER_LAYOUT (the form's print is there, but not the names beside its boxes,
            or much more is printed) or TWO_FORMS.
        nearest: Numbers of the forms that come into question, best first; may be empty.
        lift: Of the best fit; 0 where there is none.
    """

    fault: PageFault
    nearest: tuple[int, ...]
    lift: float


class FormSet:
    """Forms that a page may be, and what distinguishes those that look alike.

    Differences are computed when the first page of a form is seen, and kept.

    Args:
        references: The forms.
        options: As they will be given to `find_form`.
    """

    def __init__(self, references: Sequence[PageReference], options: FormOptions) -> None:
        self.references = tuple(references)
        self._options = options
        self._differences: dict[int, dict[int, FormDifference]] = {}

    def lookalikes(self, form: int) -> dict[int, FormDifference]:
        """The other forms whose pages come near to passing as this one, by number."""
        if form not in self._differences:
            self._differences[form] = self._find_lookalikes(form)
        return self._differences[form]

    def _find_lookalikes(self, form: int) -> dict[int, FormDifference]:
        first, options = self.references[form], self._options.lookalikes
        found = {}
        for number, second in enumerate(self.references):
            fit = None if number == form else self._lay_on(second, first)
            if fit is None:
                continue
            difference = difference_prints(first.ink, fit.page_ink)
            # One other name has less print of its own than dirt has, lying across the first; but
            # a page of the second does not pass as the first where it stands beside a box.
            has_other_names = bool((fit.edition.row_lifts <= options.other_row_lift).any())
            if difference.tells(options) or not has_other_names:
                found[number] = difference
        return found

    def indistinct(self) -> list[tuple[int, int]]:
        """Pairs of forms that differ by too little print to be told apart."""
        return [
            (form, other)
            for form in range(len(self.references))
            for other, difference in self.lookalikes(form).items()
            if other > form and not difference.tells(self._options.lookalikes)
        ]

    def _lay_on(self, second: PageReference, first: PageReference) -> PageFit | None:
        """Lay a blank on another; None where it is no page that could pass as the other."""
        options = self._options.landmarks
        blank = ScanView(np.asarray(255 - second.ink, dtype=np.uint8))
        page = blank.for_form(first).page
        fits = (
            refine_fit(blank, coarse, first, options) for coarse in quick_fits(page, first.coarse)
        )
        good = [
            fit
            for fit in fits
            if fit is not None and judge(fit.recall, options.gate) is not Verdict.OTHER
        ]
        return max(good, key=lambda fit: fit.lift, default=None)


def find_form(scan: ScanView, forms: FormSet, options: FormOptions) -> FoundForm | NoForm:
    """Find which form a scanned page is, and where it lies.

    Args:
        scan: The page.
        forms: The forms it may be.
        options: When to be sure.
    """
    fits: dict[int, PageFit] = {}
    for found in (_by_likeness, _by_features):
        for form, coarse in found(scan, forms):
            fit = refine_fit(scan, coarse, forms.references[form], options.landmarks)
            if fit is None:
                continue
            if passes_gate(fit, options.landmarks):
                return _settle(scan, form, fit, forms, options)
            if form not in fits or fit.lift > fits[form].lift:
                fits[form] = fit
    nearest = sorted(fits, key=lambda form: -fits[form].lift)
    if not nearest:
        return NoForm(PageFault.NO_FIT, (), 0.0)
    best = fits[nearest[0]]
    is_near = judge(best.recall, options.landmarks.gate) is Verdict.FITS
    fault = PageFault.OTHER_LAYOUT if is_near else PageFault.NO_FIT
    return NoForm(fault, tuple(nearest[:1]), best.lift)


def _by_likeness(scan: ScanView, forms: FormSet) -> list[tuple[int, CoarseFit]]:
    fits = [
        (form, coarse)
        for form, reference in enumerate(forms.references)
        for coarse in quick_fits(scan.for_form(reference).page, reference.coarse)
    ]
    return sorted(fits, key=lambda fit: -fit[1].likeness)


def _by_features(scan: ScanView, forms: FormSet) -> list[tuple[int, CoarseFit]]:
    fits = (
        (form, feature_fit(scan.for_form(reference).page, reference.coarse))
        for form, reference in enumerate(forms.references)
    )
    return [(form, coarse) for form, coarse in fits if coarse is not None]


def _settle(
    scan: ScanView, form: int, fit: PageFit, forms: FormSet, options: FormOptions
) -> FoundForm | NoForm:
    """Hold a page that passed as a form against all that look like it."""
    seen = [form]
    while True:
        rivals = forms.lookalikes(form)
        sides = {
            other: tell_apart(fit.page_ink, difference, options.lookalikes)
            for other, difference in rivals.items()
        }
        against = [other for other, side in sides.items() if side is not Side.FIRST]
        if not against:
            return FoundForm(form, fit)
        doubt = NoForm(PageFault.TWO_FORMS, (form, *against), fit.lift)
        better = [other for other in against if sides[other] is Side.SECOND]
        if len(better) != len(against) or len(better) != 1 or better[0] in seen:
            return doubt
        form = better[0]
        seen.append(form)
        fits = (
            refine_fit(scan, coarse, forms.references[form], options.landmarks)
            for coarse in all_fits(scan, forms.references[form])
        )
        other_fit = next(
            (f for f in fits if f is not None and passes_gate(f, options.landmarks)), None
        )
        if other_fit is None:
            return doubt
        fit = other_fit
