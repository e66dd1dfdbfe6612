"""A definition that is written out loads as the same definition."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.election.definition import (
    Attendance,
    Candidate,
    Contest,
    Election,
    Marking,
)
from ballotscan.election.loading import load_election
from ballotscan.election.writing import definition_text

LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=30,
).filter(str.strip)


def election(title="Đại hội", names=("Lê An", "Võ Chi"), language="vi"):
    contest = Contest(
        id="bi-thu",
        title=title,
        seats=1,
        marking=Marking.AGREE_DISAGREE,
        round=2,
        paper="a5",
        attendance=Attendance(issued=7),
        candidates=tuple(Candidate(name=name, birth_year=1970 + n) for n, name in enumerate(names)),
    )
    return Election(
        id="dai-hoi",
        title=title,
        organisation=title,
        place=title,
        date=dt.date(2026, 6, 29),
        language=language,
        attendance=Attendance(convened=9),
        contests=(contest,),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_written_loads_as_it_was(tmp_path, language):
    (tmp_path / "election.toml").write_text(
        definition_text(election(language=language)), encoding="utf-8"
    )

    assert load_election(tmp_path) == election(language=language)


@given(title=LINES)
def test_any_title_survives(tmp_path_factory, title):
    folder = tmp_path_factory.mktemp("any")
    written = election(title=title)
    (folder / "election.toml").write_text(definition_text(written), encoding="utf-8", newline="\n")

    loaded = load_election(folder)

    assert definition_text(loaded) == definition_text(election(title=loaded.title))
