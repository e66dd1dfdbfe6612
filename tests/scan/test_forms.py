import numpy as np
import pytest

from ballotscan.election.records import PageFault
from ballotscan.scan.forms import FormOptions, FormSet, FoundForm, NoForm, find_form
from ballotscan.scan.landmarks import ScanView, prepare_reference

OPTIONS = FormOptions()


@pytest.fixture(scope="module")
def wards(scanner):
    """Three ballots of one election: a title in common, and names of their own."""
    names = scanner.names
    return (
        scanner.draw_form(names),
        scanner.draw_form(names[5:] + names[:5]),
        scanner.draw_form(names[:6], "PHIEU BAU BI THU"),
    )


def set_of(forms):
    return FormSet([prepare_reference(form.blank, form.boxes) for form in forms], OPTIONS)


@pytest.fixture(scope="module")
def form_set(wards):
    return set_of(wards)


def scan_of(form, scanner, **lies):
    matrix, canvas_px = scanner.pose(**lies)
    return ScanView(form.scan(matrix, canvas_px))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("lies", [{"angle_deg": 0.8}, {"quarters": 2, "dpi": 300}], ids=str)
def test_each_ballot_is_known_among_its_relatives(wards, form_set, scanner, number, lies):
    found = find_form(scan_of(wards[number], scanner, **lies), form_set, OPTIONS)

    assert isinstance(found, FoundForm)
    assert found.form == number


def test_a_ballot_of_another_ward_is_not_read_as_one_of_ours(form_set, scanner):
    other = scanner.draw_form(tuple(name[::-1].title() for name in scanner.names))

    found = find_form(scan_of(other, scanner), form_set, OPTIONS)

    assert isinstance(found, NoForm)
    assert found.fault in {PageFault.OTHER_LAYOUT, PageFault.NO_FIT}


def test_a_ballot_with_one_other_name_is_another_edition(wards, scanner):
    names = [*scanner.names]
    names[2] = "Kim Bich Ngoc"
    ours = set_of(wards[:1])

    found = find_form(scan_of(scanner.draw_form(names), scanner), ours, OPTIONS)

    assert isinstance(found, NoForm)
    assert found.fault is PageFault.OTHER_LAYOUT
    assert found.nearest == (0,)


def test_a_sheet_that_is_no_ballot_fits_none(form_set):
    page = np.full((1654, 1165), 255, dtype=np.uint8)
    page[200:1500:40, 100:1000] = 30

    found = find_form(ScanView(page), form_set, OPTIONS)

    assert isinstance(found, NoForm)
    assert found.fault is PageFault.NO_FIT


def test_between_two_forms_that_look_the_same_nothing_is_chosen(form, scanner):
    numbered = form.write("2", 130, 203)
    twins = set_of((form, numbered))

    found = find_form(scan_of(numbered, scanner), twins, OPTIONS)

    assert isinstance(found, NoForm)
    assert found.fault is PageFault.TWO_FORMS
    assert set(found.nearest) == {0, 1}


def test_forms_that_look_the_same_are_named_before_the_count(form, wards):
    numbered = form.write("2", 130, 203)

    assert set_of((wards[0], wards[2], numbered)).indistinct() == [(0, 2)]


def test_forms_that_can_be_told_apart_are_not_named(form_set):
    assert form_set.indistinct() == []


def test_one_other_name_beside_a_box_tells_two_forms_apart(scanner):
    names = [*scanner.names]
    names[2] = "Kim Bich Ngoc"
    pages = (scanner.draw_form(scanner.names), scanner.draw_form(names))
    family = set_of(pages)

    found = [find_form(scan_of(page, scanner, angle_deg=0.5), family, OPTIONS) for page in pages]

    assert family.indistinct() == []
    assert [page.form for page in found] == [0, 1]


def test_a_form_with_more_print_is_told_from_the_form_it_contains(form, scanner):
    more = form.write("and for the council of the ward vote for two", 20, 198, 4)
    family = set_of((form, more))

    found = [find_form(scan_of(page, scanner), family, OPTIONS) for page in (form, more)]

    assert [page.form for page in found] == [0, 1]


def test_without_forms_nothing_is_found(form, scanner):
    found = find_form(scan_of(form, scanner), FormSet([], OPTIONS), OPTIONS)

    assert isinstance(found, NoForm)
    assert found.nearest == ()
