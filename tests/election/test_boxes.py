import unicodedata

import pytest

from ballotscan.election.boxes import import_boxes, import_varying
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.records import BoxRole
from ballotscan.election.template import PX_PER_MM
from ballotscan.errors import TemplateError


def a_contest(contest_id, title, marking, *names):
    return Contest(
        id=contest_id,
        title=title,
        seats=1,
        marking=marking,
        candidates=tuple(Candidate(name=name) for name in names),
    )


ELECTION = Election(
    id="e",
    title="E",
    organisation="O",
    place="P",
    date="2020-06-29",
    contests=(
        a_contest("board", "School Board", Marking.CHOOSE, "Peters", "Choate", "3"),
        a_contest("bi-thu", "Bầu Bí thư", Marking.AGREE_DISAGREE, "Nguyễn Văn Ánh", "Lê A/B"),
        a_contest("bch", "Ban Chấp hành", Marking.STRIKE_OUT, "An", "Bình"),
        a_contest("twins", "Twins", Marking.CHOOSE, "An", "An"),
        a_contest("numbers", "Numbers", Marking.CHOOSE, "2", "1"),
        a_contest("ranks", "Ranks", Marking.RANK, "An", "Bình"),
        a_contest("trust", "Trust", Marking.ONE_OF_THREE, "An"),
        a_contest("rat", "Rat", Marking.POINTS, "An", "Bình").model_copy(
            update={"list_cross": True}
        ),
    ),
)
HEAD = "position_id,x,y,w,h\n"


def boxes_of(tmp_path, text, **options):
    path = tmp_path / "boxes.csv"
    path.write_text(text, "utf-8", newline="")
    return import_boxes(path, **({"election": ELECTION} | options))


def bindings(tmp_path, *positions):
    text = HEAD + "".join(f"{name},{100 + 50 * i},100,20,20\n" for i, name in enumerate(positions))
    return [(box.contest_id, box.candidate, box.role) for box in boxes_of(tmp_path, text)]


def message(tmp_path, text, **options):
    with pytest.raises(TemplateError) as caught:
        boxes_of(tmp_path, text, **options)
    return str(caught.value)


def test_centre_and_size_in_pixels_become_an_outline_in_millimetres(tmp_path):
    (box,) = boxes_of(tmp_path, HEAD + "o01,158.0,1532.5,40,25\n")

    assert box.position == "o01"
    assert box.rect.left_mm == pytest.approx(138 / PX_PER_MM)
    assert box.rect.top_mm == pytest.approx(1520 / PX_PER_MM)
    assert (box.rect.width_mm, box.rect.height_mm) == pytest.approx(
        (40 / PX_PER_MM, 25 / PX_PER_MM)
    )


def test_a_blank_of_another_scale_is_measured_in_its_own_pixels(tmp_path):
    (box,) = boxes_of(tmp_path, HEAD + "o01,300,600,60,60\n", px_per_mm=300 / 25.4)

    assert box.rect.width_mm == pytest.approx(5.08)


@pytest.mark.parametrize(
    ("position", "binding"),
    [
        ("board/1", ("board", 1, BoxRole.CHOOSE)),
        ("School Board/Choate", ("board", 2, BoxRole.CHOOSE)),
        ("SCHOOL  board/peters", ("board", 1, BoxRole.CHOOSE)),
        ("School Board/3", ("board", 3, BoxRole.CHOOSE)),
        ("bi-thu/1/agree", ("bi-thu", 1, BoxRole.AGREE)),
        ("Bầu Bí thư/nguyễn văn ánh/Không đồng ý", ("bi-thu", 1, BoxRole.DISAGREE)),
        ("bi-thu/Lê A/B/agree", ("bi-thu", 2, BoxRole.AGREE)),
        ("o01", (None, None, None)),
        ("Mayor/Smith", (None, None, None)),
    ],
)
def test_a_position_binds_to_a_contest_and_a_candidate(tmp_path, position, binding):
    assert bindings(tmp_path, position) == [binding]
    assert bindings(tmp_path, unicodedata.normalize("NFD", position)) == [binding]


def test_columns_bind_where_they_are_filled(tmp_path):
    text = (
        "position_id;x;y;w;h;contest;candidate;role\n"
        "o01;10,5;20;4;4;bi-thu;1;disagree\n"
        "board/2;20;20;4;4;;;\n"
        "o03;30;20;4;4;School Board;Peters;\n"
    )

    boxes = boxes_of(tmp_path, text)

    assert [(box.contest_id, box.candidate, box.role) for box in boxes] == [
        ("bi-thu", 1, BoxRole.DISAGREE),
        ("board", 2, BoxRole.CHOOSE),
        ("board", 1, BoxRole.CHOOSE),
    ]
    assert boxes[0].rect.left_mm == pytest.approx(8.5 / PX_PER_MM)


def test_a_number_in_the_candidate_column_is_the_place_on_the_ballot(tmp_path):
    head = "position_id,x,y,w,h,contest,candidate\n"

    (box,) = boxes_of(tmp_path, head + "o01,10,10,4,4,numbers,1\n")

    assert (box.contest_id, box.candidate) == ("numbers", 1)


def test_without_an_election_all_boxes_are_loose(tmp_path):
    (box,) = boxes_of(tmp_path, HEAD + "board/1,10,10,4,4\n", election=None)

    assert box.contest_id is None


def test_only_contests_of_the_ballot_are_asked(tmp_path):
    (box,) = boxes_of(tmp_path, HEAD + "board/1,10,10,4,4\n", ballot_id="bi-thu")

    assert box.contest_id is None


@pytest.mark.parametrize(
    "text", ["\ufeff" + HEAD, HEAD.replace("\n", "\r\n"), "\n" + HEAD, HEAD.upper()]
)
def test_how_the_file_was_saved_makes_no_difference(tmp_path, text):
    assert len(boxes_of(tmp_path, text + "o01,10,10,4,4\n\n")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (HEAD, "has no box"),
        ("position,x,y,w,h\no,1,1,1,1\n", "line 1: unknown heading 'position'; did you mean 'position_id'?"),
        ("position_id,x,y,w\no,1,1,1\n", "line 1: the heading 'h' is missing"),
        ("position_id,x,y,w,h,x\no,1,1,1,1,1\n", "line 1: the heading 'x' stands twice"),
        (HEAD + "o,1,1,1\n", "line 2 has 4 cells under 5 headings"),
        (HEAD + ",1,1,1,1\n", "line 2: 'position_id' is empty"),
        (HEAD + "o,1,x,1,1\n", "line 2: 'y' is 'x'; write a number"),
        (HEAD + "o,1,1,0,1\n", "line 2: 'w' is '0'"),
        (HEAD + "o,1,1,inf,1\n", "line 2: 'w' is 'inf'"),
        (HEAD + "o,1,1,1,1\n\no,9,9,1,1\n", "line 4: the position 'o' stands in line 2 already"),
        (HEAD + "board/1,1,1,1,1\nboard/Peters,9,9,1,1\n", "line 3: the box 'choose' of candidate 1"),
        (HEAD + "board/Petrs,1,1,1,1\n", "no candidate 'Petrs' among 3; did you mean 'Peters'?"),
        (HEAD + "board/4,1,1,1,1\n", "has no candidate '4' among 3"),
        (HEAD + "bi-thu/1,1,1,1,1\n", "is for one of: 'agree', 'disagree'; not for '1'"),
        (HEAD + "bi-thu/1/choose,1,1,1,1\n", "is for one of: 'agree', 'disagree'; not for 'choose'"),
        (HEAD + "bch/1,1,1,1,1\n", "it has no boxes"),
        (HEAD + "twins/An,1,1,1,1\n", "may be candidate 1 or 2 of 'twins'"),
        (HEAD + "numbers/1,1,1,1,1\n", "may be candidate 1 or 2 of 'numbers'"),
        ("position_id,x,y,w,h,contest,candidate\no,1,1,1,1,bord,1\n", "no contest 'bord'; did you mean 'board'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, words):
    assert words in message(tmp_path, text)


def test_all_wrong_lines_are_named(tmp_path):
    text = message(tmp_path, HEAD + "a,0,1,1,1\nb,1,1,1,1\nc,1,1,1,-1\n")

    assert "line 2" in text
    assert "line 4" in text


def test_a_list_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "boxes.csv").write_bytes(HEAD.encode() + b"B\xec,1,1,1,1\n")

    with pytest.raises(TemplateError, match="UTF-8"):
        import_boxes(tmp_path / "boxes.csv")


def test_boxes_of_every_way_of_marking_are_bound(tmp_path):
    text = HEAD + "".join(
        f"{name},{100 + 50 * at},100,20,20\n"
        for at, name in enumerate(
            ["ranks/Bình/rank/2", "trust/An/tín nhiệm cao", "rat/An/point/3", "rat/1/list"]
        )
    )

    found = [(b.contest_id, b.candidate, b.role, b.number) for b in boxes_of(tmp_path, text)]

    assert found == [
        ("ranks", 2, BoxRole.RANK, 2),
        ("trust", 1, BoxRole.HIGH, None),
        ("rat", 1, BoxRole.POINT, 3),
        ("rat", 1, BoxRole.LIST, None),
    ]


def test_a_number_may_stand_behind_the_role_in_a_column(tmp_path):
    head = "position_id,x,y,w,h,contest,candidate,role\n"

    (box,) = boxes_of(tmp_path, head + "o1,100,100,20,20,ranks,An,rank 1\n")

    assert (box.candidate, box.role, box.number) == (1, BoxRole.RANK, 1)


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("ranks/An/rank/9", "is for one of: 'rank 1', 'rank 2'; not for 'rank 9'"),
        ("ranks/An/rank", "is for one of: 'rank 1', 'rank 2'; not for 'rank'"),
        ("trust/An/agree", "is for one of: 'high', 'confidence', 'low'"),
        ("rat/4/list", "has no list '4' among 1"),
    ],
)
def test_a_box_that_its_way_of_marking_does_not_have_is_named(tmp_path, position, words):
    assert words in message(tmp_path, HEAD + f"{position},100,100,20,20\n")


def test_lines_that_vary_are_no_boxes(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text(
        "position_id,x,y,w,h\nvaries/number,160,40,80,20\na,80,200,20,20\nVaries,320,400,40,40\n",
        encoding="utf-8",
    )

    (box,) = import_boxes(path)
    number, code = import_varying(path)

    assert box.position == "a"
    assert number.left_mm * PX_PER_MM == pytest.approx(120)
    assert number.height_mm * PX_PER_MM == pytest.approx(20)
    assert code.top_mm * PX_PER_MM == pytest.approx(380)


def test_a_place_that_varies_needs_a_size(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text("position_id,x,y,w,h\na,80,200,20,20\nvaries,160,40,0,20\n", encoding="utf-8")

    with pytest.raises(TemplateError, match="line 3"):
        import_varying(path)
