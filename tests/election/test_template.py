import dataclasses
import json

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from ballotscan.election.records import BoxRole
from ballotscan.election.template import Identity, MarkBox, NameField, Rect
from ballotscan.election.template_files import layout_fingerprint, load_template, save_template
from ballotscan.election.template_problems import FILE_NAME
from ballotscan.errors import TemplateError


def with_page(template, **changes):
    page = dataclasses.replace(template.pages[0], **changes)
    return dataclasses.replace(template, pages=(page,))


def edit(path, change):
    """Change the JSON of a saved template."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_saved_template_loads_as_it_was(template, tmp_path):
    saved = save_template(template, tmp_path)

    assert load_template(tmp_path) == saved
    assert dataclasses.replace(saved, fingerprint="") == template


def test_a_template_is_found_by_its_file_too(template, tmp_path):
    saved = save_template(template, tmp_path)

    assert load_template(tmp_path / FILE_NAME) == saved


def test_saving_twice_writes_the_same_bytes(template, tmp_path):
    save_template(template, tmp_path)
    first = (tmp_path / FILE_NAME).read_bytes()
    save_template(load_template(tmp_path), tmp_path)

    assert (tmp_path / FILE_NAME).read_bytes() == first


def test_a_fingerprint_is_twelve_letters_that_are_not_confused(template):
    fingerprint = layout_fingerprint(template)

    assert len(fingerprint) == 12
    assert set(fingerprint) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_fingerprint_of_this_layout_stays_the_same_for_ever(template):
    # It is printed on paper: a new edition of the program must find the same one. The picture of
    # the blank is not part of it, so this figure depends on no library.
    assert layout_fingerprint(template) == "JXBDGBCR4Y3R"


@pytest.mark.parametrize(
    "change",
    [
        {"seal": None},
        {"width_mm": 148.002},
        {"codes": (Rect(60.0, 8.0, 18.0, 18.002),)},
        {"number": 2},
    ],
)
def test_another_layout_has_another_fingerprint(template, change):
    assert layout_fingerprint(with_page(template, **change)) != layout_fingerprint(template)


def test_the_text_of_a_name_is_part_of_the_fingerprint(template):
    (name,) = template.pages[0].names
    other = with_page(template, names=(dataclasses.replace(name, text="Nguyễn Thị Anh"),))

    assert layout_fingerprint(other) != layout_fingerprint(template)


def test_a_last_digit_of_a_sum_is_not_part_of_the_fingerprint(template):
    other = with_page(template, width_mm=148.0 + 1e-9)

    assert layout_fingerprint(other) == layout_fingerprint(template)


def test_a_length_without_decimals_is_the_same_length(template):
    other = with_page(template, width_mm=148, height_mm=210)

    assert layout_fingerprint(other) == layout_fingerprint(template)


def test_the_blank_of_our_own_paper_is_not_part_of_the_fingerprint(template):
    other = with_page(template, blank_sha256="0" * 64, blank="other.png")

    assert layout_fingerprint(other) == layout_fingerprint(template)


def test_the_blank_of_existing_paper_is_part_of_the_fingerprint(template):
    template = dataclasses.replace(template, identity=Identity.LANDMARKS)
    other = with_page(template, blank_sha256="0" * 64)

    assert layout_fingerprint(other) != layout_fingerprint(template)


def test_a_printed_fingerprint_that_does_not_fit_is_refused_on_saving(template, tmp_path):
    template = dataclasses.replace(template, fingerprint="0" * 12)

    with pytest.raises(TemplateError, match="print it again"):
        save_template(template, tmp_path)

    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda c: c.update(format="ballotscan-template/9"),
            "'format' says 'ballotscan-template/9'",
        ),
        (lambda c: c.update(balot_id="x"), r"'balot_id' unknown key; did you mean 'ballot_id'\?"),
        (lambda c: c.pop("round"), "'round' is missing"),
        (lambda c: c.update(round="1"), "'round' must be a valid integer"),
        (lambda c: c.update(round=0), "rounds are counted from 1"),
        (lambda c: c.update(ballot_id="../x"), "small letters"),
        (lambda c: c.update(is_photo=1), "'is_photo' must be a valid boolean"),
        (lambda c: c.update(identity="codes"), "did you mean 'code'"),
        (lambda c: c.update(pages=[]), "a sheet has page 1"),
        (lambda c: c.update(election_id=None), "'election_id' is missing"),
        (lambda c: c["pages"][0].update(number=2), "a sheet has page 1"),
        (lambda c: c["pages"][0].update(width_mm=100.0), "page 1: box 'bch/1/agree' reaches out"),
        (lambda c: c["pages"][0].update(width_mm=0), "printed size"),
        (lambda c: c["pages"][0].update(blank="../page-1.png"), "plain name"),
        (lambda c: c["pages"][0].update(blank="page-9.png"), "page-9.png cannot be read"),
        (lambda c: c["pages"][0].update(blank_sha256="0" * 64), "is not the one"),
        (lambda c: c["pages"][0].update(fiducials=[]), "registration marks"),
        (lambda c: c["pages"][0].update(codes=[]), "has no code"),
        (
            lambda c: c["pages"][0]["boxes"][0]["rect"].update(left_mm="4"),
            r"boxes\[0\].rect.left_mm",
        ),
        (
            lambda c: c["pages"][0]["boxes"][0]["rect"].update(x=4),
            "unknown key; write one of: left_mm",
        ),
        (lambda c: c["pages"][0]["boxes"][0]["rect"].update(width_mm=-1), "must have a size"),
        (lambda c: c["pages"][0]["boxes"][0].update(candidate=None), "or none"),
        (lambda c: c["pages"][0]["boxes"][0].update(candidate=0), "counted from 1"),
        (
            lambda c: c["pages"][0]["boxes"][0].update(candidate=2),
            "has the box 'agree' of candidate 2 twice",
        ),
        (lambda c: c["pages"][0]["boxes"][0].update(role="choose"), "different kinds"),
        (lambda c: c["pages"][0]["boxes"][0].update(position="uy/1"), "'uy/1' stands twice"),
        (lambda c: c["pages"][0]["names"][0].update(lines=[]), "no lines"),
        (lambda c: c["pages"][0]["names"][0].update(text="Lê Văn A"), "changed after it was made"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(template, tmp_path, change, words):
    save_template(template, tmp_path)
    edit(tmp_path / FILE_NAME, change)

    with pytest.raises(TemplateError, match=words) as caught:
        load_template(tmp_path)

    assert str(tmp_path / FILE_NAME) in str(caught.value)


def test_not_a_number_is_refused(template, tmp_path):
    save_template(template, tmp_path)
    edit(tmp_path / FILE_NAME, lambda c: c["pages"][0].update(width_mm=float("nan")))

    with pytest.raises(TemplateError, match="finite"):
        load_template(tmp_path)


def test_a_doubled_key_is_refused(template, tmp_path):
    save_template(template, tmp_path)
    path = tmp_path / FILE_NAME
    path.write_text(
        path.read_text("utf-8").replace('"round": 1', '"round": 1, "round": 2'), "utf-8"
    )

    with pytest.raises(TemplateError, match="'round' stands twice"):
        load_template(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe{", b'"format"'])
def test_a_file_that_is_no_template_is_refused(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(TemplateError, match=FILE_NAME):
        load_template(tmp_path)


def test_a_missing_template_is_refused(tmp_path):
    with pytest.raises(TemplateError, match="cannot be read"):
        load_template(tmp_path)


def test_two_boxes_on_one_another_are_refused(template, tmp_path):
    twin = MarkBox("twin", Rect(101.0, 51.0, 7.0, 7.0), "other", 1, BoxRole.CHOOSE)
    template = with_page(template, boxes=(*template.pages[0].boxes, twin))

    with pytest.raises(TemplateError, match="lie on one another"):
        save_template(template, tmp_path)


def test_boxes_that_touch_are_not_refused(template, tmp_path):
    neighbour = MarkBox("next", Rect(93.0, 50.0, 7.0, 7.0), "other", 1, BoxRole.CHOOSE)
    template = with_page(template, boxes=(*template.pages[0].boxes, neighbour))

    assert save_template(template, tmp_path).pages == template.pages


def test_boxes_of_existing_paper_may_belong_to_no_contest(template, tmp_path):
    loose = tuple(MarkBox(box.position, box.rect) for box in template.pages[0].boxes)
    template = dataclasses.replace(
        with_page(template, boxes=loose, fiducials=(), codes=()),
        identity=Identity.LANDMARKS,
        election_id=None,
    )
    save_template(template, tmp_path)

    assert load_template(tmp_path).pages[0].boxes == loose


@given(left_mm=st.floats(0, 80), top_mm=st.floats(130, 200), text=st.text(min_size=1, max_size=30))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_length_and_any_name_come_back(template, left_mm, top_mm, text):
    name = NameField("uy/1", (Rect(left_mm, top_mm, 60.1, 4.0),), text, "uy", 1)
    saved = save_template(with_page(template, names=(name,)), template.folder)

    assert load_template(template.folder) == saved
    assert saved.pages[0].names == (name,)
