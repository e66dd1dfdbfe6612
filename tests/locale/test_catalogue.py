import runpy
import string
from pathlib import Path

import pytest

from ballotscan.locale.catalogue import load_translations, phrase, translator

CATALOGUE = Path(__file__).parents[2] / "ballotscan/locale/vi/LC_MESSAGES/ballotscan.po"


@pytest.fixture(scope="module")
def vietnamese():
    pofile = pytest.importorskip("babel.messages.pofile")
    with CATALOGUE.open("rb") as stream:
        return pofile.read_po(stream, locale="vi")


def test_english_sentences_are_their_own_keys():
    assert translator("en")("Valid") == "Valid"


def test_vietnamese_sentences_come_from_the_catalogue():
    assert translator("vi")("Valid") == "Hợp lệ"


def test_a_sentence_without_translation_appears_in_english():
    assert translator("vi")("Nobody has translated this.") == "Nobody has translated this."


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no sentences in the language 'fr'; choose one of vi, en"):
        load_translations("fr")


def test_marking_a_sentence_leaves_it_as_it_is():
    assert phrase("Valid") == "Valid"


def test_the_compiled_catalogue_says_what_the_written_one_says(vietnamese):
    compiled = load_translations("vi")

    for message in vietnamese:
        if message.id:
            assert compiled.gettext(message.id) == message.string


def test_no_translation_is_empty_or_doubtful(vietnamese):
    unfinished = [m.id for m in vietnamese if m.id and (not m.string or m.fuzzy)]

    assert unfinished == []


def test_every_translation_keeps_the_names_of_its_blanks(vietnamese):
    def blanks(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)

    changed = [m.id for m in vietnamese if m.id and blanks(m.id) != blanks(m.string)]

    assert changed == []


def test_every_sentence_of_the_program_is_in_the_catalogue(vietnamese):
    script = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "translations.py"))

    sentences = {message.id for message in script["extract"]() if message.id}

    assert sentences <= {message.id for message in vietnamese}
