"""No sentence that people read stands outside the catalogue.

A catalogue that marks each piece of a sentence it gives is put in place of the Vietnamese one; the
election's own words are Greek. What is left in Latin letters outside the marks was never translated.
"""

import json
import re
import string
import sys
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from ballotscan.audit import margin, overlay
from ballotscan.cli import minutes as minutes_command
from ballotscan.cli import review as review_command
from ballotscan.cli.app import main
from ballotscan.design.box_marks import MarkKind
from ballotscan.design.testdeck import make_deck
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.rules import load_rules
from ballotscan.election.template_files import load_template
from ballotscan.locale import catalogue
from ballotscan.review.app import build_app
from ballotscan.review.guard import Access

HOST = "127.0.0.1:8123"
DEFINITION = """\
id = "x1"
title = "Εκλογή"
organisation = "Σύλλογος"
place = "Αθήνα"
date = 2026-11-20
language = "vi"
rules = "{rules}"
paper = "a5"

[attendance]
convened = 8
issued = 8

[[contests]]
id = "x2"
title = "Συμβούλιο"
seats = 2
marking = "agree-disagree"
candidates = [ {{ name = "Αλέξης" }}, {{ name = "Βασίλης" }}, {{ name = "Γιώργος" }} ]
"""

# What is the same in every language: names of commands, options, files, keys and units.
SAME = re.compile(
    r"https?://\S+|--?[a-z][\w-]*|\S*[/\\]\S*|\S+\.(toml|csv|json|xlsx|pdf|html|jpg|png|py|sqlite3|log)\b"
    r"|(?:python -m pytest\.)?ballotscan(?: (?:count|design|check|rehearse|review|minutes|new|template|rules|explain|import))*"
    r"|\b(?:x[12]|scans|results|dpi|mm|MB|GB|KB|PDF|CSV|JSON|XLSX|TOML|UTF-8|Ctrl-C|collected|issued|convened|present|sha256|vn-\w+|vi|en)\b"
    r"|[0-9a-f]{7,}\S*|[0-9A-Z]{13,17}|\bngày \d+ tháng \d+ năm \d{4}|\bEnglish\b|\bEnter\b"
)
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
WORDS = re.compile(r"[A-Za-zÀ-ɏḀ-ỹ]{2,}")


RULES = load_rules("vn-dang")


class Marked(NullTranslations):
    """Gives each sentence with its own words in brackets, what is put into it outside of them."""

    def gettext(self, message):
        pieces = []
        for text, name, spec, conversion in string.Formatter().parse(message):
            if text:
                doubled = text.replace("{", "{{").replace("}", "}}")
                pieces.append(f"⟦{doubled}⟧" if "{" in message else f"⟦{text}⟧")
            if name is not None:
                pieces.append(
                    "{"
                    + name
                    + ((conversion and f"!{conversion}") or "")
                    + (spec and f":{spec}")
                    + "}"
                )
        return "".join(pieces)


class Shown(HTMLParser):
    """What a page shows and says to a screen reader, and where it leads."""

    def __init__(self, page):
        super().__init__()
        self.said, self.links, self.silent = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.silent += tag in {"style", "script"}
        self.said += [
            attributes[name]
            for name in ("aria-label", "title", "alt", "placeholder")
            if attributes.get(name)
        ]
        if tag == "input" and attributes.get("type") in {"submit", "button"}:
            self.said.append(attributes.get("value", ""))
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)


def untranslated(text, words=WORDS):
    """The words that stand outside of the brackets and are no names."""
    outside, depth = [], 0
    text = text.replace(RULES.title_vi, "").replace(RULES.source, "")
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        outside.append(letter if depth == 0 and letter != "⟧" else "")
    return [
        line.strip() for line in "".join(outside).splitlines() if words.search(SAME.sub(" ", line))
    ]


@pytest.fixture
def marking(monkeypatch):
    catalogue.load_translations.cache_clear()
    monkeypatch.setattr(catalogue, "load_translations", lambda _language: Marked())


@pytest.fixture
def election(tmp_path, monkeypatch, marking):  # noqa: ARG001
    folder = tmp_path / "x1"
    folder.mkdir()
    (folder / "election.toml").write_text(DEFINITION.format(rules="vn-dang"), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def say(capsys, monkeypatch):
    """Run a command as people do; gives what it says."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["ballotscan", *words])
        with pytest.raises(SystemExit):
            main()
        shown = capsys.readouterr()
        return shown.out + shown.err

    return run


def scan_pile(folder):
    """Ballots of all kinds of marks, an empty sheet, one without its corners, a broken file."""
    scans = folder / "scans"
    scans.mkdir()
    template = load_template(ElectionFolder(folder).ballot("x2"))
    pages = list(make_deck(template, 8, kinds=dict.fromkeys(MarkKind, 1.0)))
    for page in pages:
        cv2.imwrite(str(scans / f"{page.ballot:03}.png"), page.scan.pixels)
    covered = pages[0].scan.pixels.copy()
    covered[:, : covered.shape[1] // 4] = 255
    cv2.imwrite(str(scans / "x101.png"), covered)
    cv2.imwrite(str(scans / "x102.png"), np.full((1700, 1200), 250, np.uint8))
    cv2.imwrite(str(scans / "x103.png"), cv2.resize(pages[1].scan.pixels, None, fx=0.4, fy=0.4))
    (scans / "x104.jpg").write_bytes(b"\xff\xd8\xff broken")


def pages_of(client, start):
    """Every page that links lead to, with its address."""
    waiting, seen = [start], set()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        seen.add(urlsplit(path).path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = Shown(answer.text)
        yield path, page
        for link in page.links:
            target = urlsplit(urljoin(str(answer.url), link))
            if target.netloc == HOST and target.path not in seen:
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
                seen.add(target.path)


def test_the_check_itself_finds_a_sentence_that_is_not_translated():
    marked = Marked().gettext("Ballots: {number} of {file}").format(number=3, file="one two")

    assert untranslated(marked) == ["3one two"]
    assert untranslated(Marked().gettext("Only words")) == []


def test_every_sentence_of_an_election_is_in_the_catalogue(election, say, monkeypatch):
    pages, minutes, drawn = [], [], []
    monkeypatch.setattr(review_command, "serve", lambda parts, **_: visit(parts, pages))
    monkeypatch.setattr(
        minutes_command, "print_minutes", lambda one: minutes.append(one.document) or b""
    )
    for module in (margin, overlay):
        monkeypatch.setattr(module, "coverage", listening(module.coverage, drawn))
    said = [
        say(),
        say("check"),
        say("design"),
        say("check"),
        say("count"),
        say("count", "scans/x0"),
    ]
    scan_pile(election)
    said += [say("count", "--workers", "1"), say("check"), say()]
    said += [say("rehearse", "--workers", "1"), say("minutes"), say()]
    said += [say("review", "--no-browser"), say("rules", "explain", "vn-dang")]
    said.append("\n".join(drawn))
    said += [text for document in minutes for text in texts_of(document)]
    said += Shown((election / "results" / "index.html").read_text(encoding="utf-8")).said
    said += [
        f"{text} ON {path}" for path, page in pages for text in page.said if untranslated(text)
    ]

    assert {line for text in said for line in untranslated(text)} == set()
    assert len({path for path, _ in pages}) > 10
    assert (len(minutes), len(drawn) > 10) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        "cuont", "count --nonsense", "count --workers", "count --workers x", "count --workers -1",
        "count --quiet=1", "rules explain", "rules explain a b", "--language xx count",
        "rules explain x9", "new x9 --preset x9", "template import x9", "minutes", "review", "design x9",
    ],
)  # fmt: skip
def test_a_command_that_was_called_wrongly_is_explained_in_the_language_spoken(
    election, say, words
):
    assert election.is_dir()
    shown = say(*words.split())

    assert shown
    assert untranslated(shown, SENTENCE) == []


@pytest.mark.parametrize(
    "change",
    [
        {"format": "x9"}, {"round": 0}, {"ballot_id": "X 9"}, {"pages": []}, {"pages": 3}, {"x9": 1},
        {"election_id": None}, {"fingerprint": "x9"}, {"expected_mark": "x9"}, {"identity": "x9"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_template_is_said_in_the_language_spoken(election, say, change):
    say("design")
    (path,) = election.rglob("template.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | change), encoding="utf-8")

    shown = say("check")

    assert "⟦" in shown
    assert untranslated(shown, SENTENCE) == []


def listening(draw, heard):
    """The same function; what it writes is heard."""

    def write(text, *rest, **more):
        heard.append(text)
        return draw(text, *rest, **more)

    return write


def texts_of(value):
    """Every text in a document."""
    if isinstance(value, dict):
        value = [of_key for key, of_key in value.items() if key not in {"kind", "language"}]
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    return [value] if isinstance(value, str) else []


def visit(parts, pages):
    """Sit at the review of all that waits."""
    client = TestClient(
        build_app(
            parts, Access("secret", frozenset({HOST})), language="vi", log=Path("errors.log")
        ),
        base_url=f"http://{HOST}",
    )
    client.get("/?token=secret")
    pages += pages_of(client, "/")
    client.post("/sign-in", data={"name": "Δήμος"}, headers={"origin": f"http://{HOST}"})
    pages += pages_of(client, "/")
