import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ballotscan.report
from ballotscan.election.records import BallotStatus, RowState
from ballotscan.errors import OutputError
from ballotscan.report.results import render_results_page, write_results_page

A, D = RowState.AGREE, RowState.DISAGREE
FOLDER = Path(ballotscan.report.__file__).parent


class Elements(HTMLParser):
    """All elements of a page, and the text outside of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "input", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_the_page_is_written_where_it_was_asked_for(canvass, tmp_path):
    path = write_results_page(canvass, tmp_path / "kết quả")

    assert path == tmp_path / "kết quả" / "index.html"
    assert path.read_text("utf-8") == render_results_page(canvass)


def test_a_folder_that_cannot_be_written_is_an_output_error(canvass, tmp_path):
    (tmp_path / "results").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot be written"):
        write_results_page(canvass, tmp_path / "results")


def test_every_element_is_closed_in_its_place(canvass):
    assert Elements(render_results_page(canvass)).open == []


def test_the_same_count_gives_the_same_bytes(canvass):
    assert render_results_page(canvass) == render_results_page(canvass)


def test_the_page_asks_for_nothing_outside_of_its_folder(canvass):
    page = render_results_page(canvass)

    assert "http://" not in page
    assert "https://" not in page
    elements = Elements(page)
    sources = [
        attributes[name]
        for _, attributes in elements.found
        for name in ("src", "href", "action")
        if name in attributes
    ]
    assert all(source.startswith(("#", "data:")) for source in sources)


def test_a_name_with_markup_is_shown_as_text(plan):
    name = "<script>alert('x')</script> & <b>An</b>"
    election = plan.make_election(names=(name, "Bình", "Chi"), title="<i>Đại hội</i>")
    ballot = plan.make_ballot(1, (A, A, D), BallotStatus.VALID, source="<img src=x>.jpg")
    canvass = plan.make_canvass(election, [ballot])

    elements = Elements(render_results_page(canvass))

    assert name in elements.text
    assert len(elements.named("script")) == 2
    assert not elements.named("img")
    assert [tag for tag, _ in elements.found if tag == "b"] == ["b"] * sum(
        tag == "b" for tag, _ in Elements(render_results_page(plan.make_small_canvass())).found
    )


def test_only_the_pages_own_script_may_run(canvass):
    elements = Elements(render_results_page(canvass))

    policy = next(
        attributes["content"]
        for attributes in elements.named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    script = (FOLDER / "results.js").read_text("utf-8").encode()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    # No attribute of the page holds a script, which the policy would stop.
    assert not [name for _, found in elements.found for name in found if name.startswith("on")]


def test_the_list_of_ballots_is_data_and_not_markup(canvass):
    page = render_results_page(canvass)

    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert len(json.loads(block[1])["ballots"]) == 4
    assert page.count("<tr>") < 20


@pytest.mark.parametrize(("language", "words"), [("vi", "Kết quả kiểm phiếu"), ("en", "Result of")])
def test_the_page_speaks_the_language_of_the_election(plan, language, words):
    election = plan.make_election(language=language)
    canvass = plan.make_canvass(election, [plan.make_ballot(1, (A, A, D), BallotStatus.VALID)])

    elements = Elements(render_results_page(canvass))

    assert elements.named("html")[0]["lang"] == language
    assert any(words in text for text in elements.text)


def test_every_part_that_is_linked_to_is_there(canvass):
    elements = Elements(render_results_page(canvass))

    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = {attributes["href"] for attributes in elements.named("a") if "href" in attributes}
    assert {link[1:] for link in links} <= set(ids)
    labelled = {attributes["for"] for attributes in elements.named("label")}
    assert labelled <= set(ids)


def test_everything_that_the_script_looks_for_is_in_the_page(canvass):
    elements = Elements(render_results_page(canvass))
    script = (FOLDER / "results.js").read_text("utf-8")

    ids = {attributes.get("id") for _, attributes in elements.found}
    assert set(re.findall(r'getElementById\("(\w+)"\)', script)) <= ids
    block = json.loads(
        re.search(r'id="data">(.*?)</script>', render_results_page(canvass))[1],
    )
    assert set(re.findall(r"words\.(\w+)", script)) == set(block["words"])


def luminance(code):
    """Relative luminance of a colour (WCAG 2.2)."""
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "red-wash"),
        ("ink", "amber-wash"),
        ("ink", "green-wash"),
        ("quiet", "paper"),
        ("quiet", "faint"),
        ("navy", "paper"),
        ("navy", "faint"),
        ("blue", "paper"),
        ("amber", "paper"),
        ("amber", "amber-wash"),
    ],
)
def test_text_stands_out_from_its_ground(text, ground):
    css = (FOLDER / "results.css").read_text("utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))

    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5
