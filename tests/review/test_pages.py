"""People decide on the pages, one after another, alone or in two."""

import itertools

import pytest

from ballotscan.election.records import BallotStatus, Decision, MarkStatus, Reason

AGREE, DISAGREE, NEITHER = "marks-31", "marks-13", "marks-11"


def statuses(hall):
    return [record.status for record in hall.desk.canvass().records()]


def test_one_key_decides_and_the_next_question_is_there_at_once(open_hall):
    hall = open_hall(["a?d", "??d"])
    ana = hall.sit("Ana")
    first = ana.next()
    answer = ana.post(first, choice=AGREE)

    assert answer.url.path.startswith("/review/item/")
    assert answer.url.path != first
    assert "Recorded: Agree" in answer.text


def test_the_queue_is_emptied_and_the_ballots_count(open_hall):
    hall = open_hall(["a?d", "?ad", "aad"])
    ana = hall.sit("Ana")
    while path := ana.next():
        ana.post(path, choice=AGREE)

    assert statuses(hall) == [BallotStatus.VALID] * 3
    assert hall.desk.canvass().contests[0].tally.votes == (3, 3, 0)
    assert hall.desk.items() == []


def test_nobody_decides_without_a_name(open_hall):
    hall = open_hall(["a?d"])
    nobody = hall.sit("")

    assert nobody.get("/review/next").url.path == "/sign-in"
    path = hall.sit("Ana").next()
    assert nobody.post(path, choice=AGREE).url.path == "/sign-in"
    assert hall.desk.decisions() == []


def test_the_name_the_time_and_the_reading_stand_with_a_decision(open_hall):
    hall = open_hall(["a?d"])
    ana = hall.sit("Lê Văn Ất")
    ana.post(ana.next(), choice=NEITHER)
    (made,) = hall.desk.decisions()

    assert (made.person, made.decision) == ("Lê Văn Ất", Decision.MARKS)
    assert made.marks == (MarkStatus.EMPTY, MarkStatus.EMPTY)
    assert made.made_at
    assert made.reading


def test_an_answer_that_was_not_offered_is_refused(open_hall):
    hall = open_hall(["a?d"])
    ana = hall.sit("Ana")
    path = ana.next()

    for choice in ("valid", "marks-99", "", "invalid-NOT_ISSUED"):
        assert ana.post(path, choice=choice).status_code == 400
    assert hall.desk.decisions() == []


def test_two_people_decide_apart_and_do_not_see_each_other(open_hall):
    hall = open_hall(["a?d"], two_people=True)
    ana, binh = hall.sit("Ana"), hall.sit("Bính")
    path = ana.next()
    ana.post(path, choice=AGREE)

    assert ana.next() == ""
    assert binh.next() == path
    assert "Ana" not in binh.get(path).text
    assert "Ana" not in binh.get("/review/decided").text
    binh.post(path, choice=AGREE)
    assert statuses(hall) == [BallotStatus.VALID]


def test_the_same_person_at_two_machines_is_one_person(open_hall):
    hall = open_hall(["a?d"], two_people=True)
    ana, again = hall.sit("Ana"), hall.sit("  ANA ")
    path = ana.next()
    ana.post(path, choice=AGREE)

    assert again.next() == ""
    again.post(path, choice=AGREE)
    assert len(hall.desk.decisions()) == 1


def test_where_two_people_differ_the_whole_committee_decides(open_hall):
    hall = open_hall(["a?d"], two_people=True)
    ana, binh = hall.sit("Ana"), hall.sit("Bính")
    path = ana.next()
    ana.post(path, choice=AGREE)
    binh.post(path, choice=DISAGREE)

    assert (ana.next(), binh.next()) == ("", "")
    listed = ana.get("/review/committee").text
    assert "Ana" in listed
    assert "Bính" in listed
    assert ana.post(path, choice=AGREE, names="", words="").status_code == 400
    ana.post(path, choice=AGREE, names="Ana, Bính, Đinh", words="the cross is clear")
    (made,) = [one for one in hall.desk.decisions() if one.is_committee]
    assert (made.person, made.words) == ("Ana, Bính, Đinh", "the cross is clear")
    assert statuses(hall) == [BallotStatus.VALID]


def test_the_names_of_a_large_committee_are_all_on_record(open_hall):
    hall = open_hall(["a?d"])
    ana = hall.sit("Ana")
    path = ana.next()
    names = ", ".join(f"Nguyễn Thị Hồng Ánh {number}" for number in range(15))
    ana.post(path, choice="committee")
    ana.post(path, choice=AGREE, names=names, words="clear " * 30)

    assert hall.desk.decisions()[-1].person == names


def test_a_question_can_be_left_to_the_whole_committee(open_hall):
    hall = open_hall(["a?d"])
    ana = hall.sit("Ana")
    ana.post(ana.next(), choice="committee")

    assert ana.next() == ""
    assert len(hall.desk.left_to_committee()) == 1


def test_the_last_decision_is_taken_back_and_asked_again(open_hall):
    hall = open_hall(["a?d", "?ad"])
    ana = hall.sit("Ana")
    path = ana.next()
    ana.post(path, choice=DISAGREE)
    answer = ana.post("/review/undo")

    assert answer.url.path == path
    assert [one.decision for one in hall.desk.decisions()] == [Decision.MARKS, Decision.WITHDRAWN]
    ana.post(path, choice=AGREE)
    assert statuses(hall)[0] is BallotStatus.VALID


def test_nobody_takes_back_what_somebody_else_decided(open_hall):
    hall = open_hall(["a?d"])
    ana, binh = hall.sit("Ana"), hall.sit("Bính")
    ana.post(ana.next(), choice=AGREE)
    binh.post("/review/undo")

    assert [one.decision for one in hall.desk.decisions()] == [Decision.MARKS]


def test_two_stations_are_given_different_questions(open_hall):
    hall = open_hall(["a?d", "?ad"])

    assert hall.sit("Ana").next() != hall.sit("Bính").next()


def test_a_question_that_somebody_has_is_not_shown_to_others(open_hall):
    hall = open_hall(["a?d"])
    path = hall.sit("Ana").next()
    answer = hall.sit("Bính").get(path)

    assert answer.url.path == "/review"
    assert "Somebody else is looking at it" in answer.text


def test_a_question_that_somebody_left_lying_is_handed_out_again(open_hall):
    hall = open_hall(["a?d"], seconds=itertools.count(0.0, 121.0))
    path = hall.sit("Ana").next()

    assert hall.sit("Bính").next() == path


def test_an_answer_to_what_was_decided_meanwhile_is_not_taken(open_hall):
    hall = open_hall(["a?d"], seconds=itertools.count(0.0, 121.0))
    ana, binh = hall.sit("Ana"), hall.sit("Bính")
    path = ana.next()
    binh.next()
    binh.post(path, choice=AGREE)
    answer = ana.post(path, choice=DISAGREE)

    assert "not taken" in answer.text
    assert [one.person for one in hall.desk.decisions()] == ["Bính"]


def test_what_is_wanted_later_comes_last(open_hall):
    hall = open_hall(["a?d", "?ad"])
    ana = hall.sit("Ana")
    first = ana.next()
    second = ana.post(first.replace("/item/", "/later/")).url.path

    assert second != first
    ana.post(second, choice=AGREE)
    assert ana.next() == first


def test_an_invalid_ballot_is_confirmed_with_its_reason(open_hall):
    hall = open_hall(["aaa"])
    ana = hall.sit("Ana")
    path = ana.next()
    page = ana.get(path).text

    assert "More people chosen than there are seats" in page
    assert 'value="valid"' not in page
    ana.post(path, choice="invalid-OVERVOTE")
    assert hall.desk.canvass().contests[0].people.unconfirmed == 0


def test_like_invalid_ballots_are_confirmed_together_but_for_those_without_a_tick(open_hall, plan):
    hall = open_hall(["aaa", "aaa", "aaa"])
    ana = hall.sit("Ana")
    pile = f"{plan.CONTEST}.{int(Reason.OVERVOTE)}"
    ana.post("/review/invalid", pile=pile, ballot=[plan.record_id(0), plan.record_id(2)])

    assert hall.desk.canvass().contests[0].people.unconfirmed == 1
    assert [one.question.record_id for one in hall.desk.decisions()] == [plan.record_id(0), plan.record_id(2)]  # fmt: skip


def test_a_row_is_judged_with_the_whole_ballot_where_somebody_wants_that(open_hall):
    hall = open_hall(["a?d"])
    ana = hall.sit("Ana")
    whole = ana.next().rsplit("/", 1)[0] + "/-"
    ana.post(whole, choice="invalid-ID_MARK")

    assert statuses(hall) == [BallotStatus.INVALID]
    assert ana.next() == ""


def test_a_row_the_machine_was_sure_of_can_be_doubted(open_hall, plan):
    hall = open_hall(["aad"])
    ana = hall.sit("Ana")
    place = f"{plan.record_id(0)}/{plan.CONTEST}"
    assert "Nguyễn Văn An" in ana.get(f"/review/rows/{place}/-").text
    answer = ana.post(f"/review/doubt/{place}/1", words="")

    assert answer.url.path == f"/review/item/{place}/1"
    assert statuses(hall) == [BallotStatus.REVIEW]


def test_what_was_decided_is_decided_again_only_with_a_reason(open_hall, plan):
    hall = open_hall(["a?d"])
    ana = hall.sit("Ana")
    ana.post(ana.next(), choice=AGREE)
    doubt = f"/review/doubt/{plan.record_id(0)}/{plan.CONTEST}/2"

    assert ana.post(doubt, words="").status_code == 400
    assert ana.post(doubt, words="looked too quickly").url.path.endswith("/2")
    assert statuses(hall) == [BallotStatus.REVIEW]


def test_a_sheet_nobody_could_read_is_set_aside_or_read_by_people(open_hall, plan):
    hall = open_hall([], unknown=2)
    ana = hall.sit("Ana")
    ana.post(ana.next(), choice="rescan")
    ana.post(ana.next(), choice=f"valid-{plan.CONTEST}")
    for choice in (AGREE, AGREE, DISAGREE):
        ana.post(ana.next(), choice=choice)

    assert statuses(hall) == [BallotStatus.SET_ASIDE, BallotStatus.VALID]
    assert hall.desk.canvass().contests[0].tally.votes == (1, 1, 0)


def test_only_the_wanted_questions_are_shown(open_hall, plan):
    hall = open_hall(["aad", "a?d"], beside=[Reason.ADDED_TEXT])
    path = hall.sit("Ana").next("?reason=ADDED_TEXT")

    assert path == f"/review/item/{plan.record_id(0)}/{plan.CONTEST}/-"


def test_what_is_closest_comes_first_and_confirmations_last(open_hall):
    hall = open_hall(["aaa", "a?d", "aad"])

    assert [item.kind.value for item in hall.desk.items()] == ["row", "confirm"]


def test_a_name_with_a_script_is_text(open_hall):
    script = "<script>alert(1)</script>"
    hall = open_hall(["a?d"], names=(script, f'"{script}', "Lê Hoàng Ẩn"))
    ana = hall.sit(script)
    path = ana.next()
    texts = [ana.get(path).text, ana.get("/review").text]
    ana.post(path, choice=AGREE)
    texts += [ana.get("/review/decided").text, ana.get("/review/finish").text]

    assert all("<script>alert" not in text for text in texts)
    assert any("&lt;script&gt;" in text for text in texts)


@pytest.mark.parametrize(
    "path",
    [
        "/picture/sheet/../../etc/passwd/1.jpg",
        "/picture/sheet/..%2f..%2fetc%2fpasswd/1.jpg",
        "/picture/sheet/%2e%2e/1.jpg",
        "/picture/row/..%2fledger.sqlite3/-/1.jpg",
        "/picture/boxes/x/y/z.jpg",
    ],
)
def test_no_part_of_a_pictures_address_is_a_path(open_hall, path):
    assert open_hall(["a?d"]).sit("Ana").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/review/undo", "/review/later/a/b/1", "/review/doubt/a/b/1"])
def test_what_changes_something_is_not_done_by_looking(open_hall, path):
    assert open_hall(["a?d"]).sit("Ana").get(path).status_code == 405


def test_looking_at_every_page_changes_nothing(open_hall):
    hall = open_hall(["a?d", "aaa"], unknown=1)
    ana = hall.sit("Ana")
    for path in ("", "/next", "/invalid", "/committee", "/decided", "/finish"):
        ana.get(f"/review{path}?choice={AGREE}")
    ana.get(f"{ana.next()}?choice={AGREE}")

    assert hall.desk.decisions() == []
    assert hall.written == []


def test_no_totals_are_shown_while_anything_waits(open_hall):
    hall = open_hall(["a?d", "aad"])
    ana = hall.sit("Ana")
    assert "no totals are shown" in ana.get("/review/finish").text
    ana.post(ana.next(), choice=AGREE)
    page = ana.post("/review/finish").text

    assert "Nguyễn Văn An" in page
    assert "results/index.html" in page.replace("\\", "/")
    assert len(hall.written) == 1


def test_the_pages_speak_vietnamese_too(open_hall):
    ana = open_hall(["a?d"]).sit("Ana")
    ana.post("/language", language="vi", back="/review")

    assert "Đồng ý" in ana.get(ana.next()).text
