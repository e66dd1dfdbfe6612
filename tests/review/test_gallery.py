"""All boxes of a contest in order, the thresholds among them, and one click to have one looked at."""

import re
import time

import numpy as np
import pytest

from ballotscan.count.reading import CanvassOptions
from ballotscan.election.records import Decision, Question
from ballotscan.marks.scoring import Feature
from ballotscan.review.gallery import Kind, make_gallery

BOXES = "/review/gallery/ban-chap-hanh/boxes"


def gallery_of(plan, scores):
    """The gallery of ballots whose boxes have these scores, one list a ballot."""
    reading = plan.plan_reading(["..."] * len(scores))
    stack = reading.stacks[plan.CONTEST]
    stack.features[:, :, Feature.SCORE] = scores
    return make_gallery(stack, plan.CONTEST, Kind.BOXES, CanvassOptions())


def test_boxes_stand_in_the_order_of_their_scores(plan):
    found = gallery_of(plan, [[0.4, 0.0, 0.3, 0.0, 0.1, 0.5], [0.2, 0.6, 0.0, 0.7, 0.8, 0.9]])

    assert np.all(np.diff(found.numbers) >= 0)
    assert (found.rows[-1], found.columns[-1]) == (1, 5)
    assert len(found.numbers) == 12


def test_a_threshold_stands_before_the_first_box_that_reaches_it(plan):
    found = gallery_of(plan, [[0.0, 0.05, 0.10, 0.2, 0.25, 0.5]])

    assert [(cut.value, cut.place) for cut in found.cuts] == [(0.10, 2), (0.25, 4)]


def test_boxes_that_were_not_read_are_counted_and_not_shown(plan):
    found = gallery_of(plan, [[np.nan, 0.05, 0.1, 0.2, 0.3, np.nan]])

    assert (len(found.numbers), found.unread) == (4, 2)


def test_the_curve_counts_every_box_once(plan):
    rng = np.random.default_rng(1)
    found = gallery_of(plan, rng.random((50, 6)))

    curve = found.curve()
    assert sum(bar.count for bar in curve) == 300
    assert [bar.place for bar in curve] == [
        sum(bar.count for bar in curve[:n]) for n in range(len(curve))
    ]


def test_one_click_has_a_row_looked_at_and_its_ballot_waits(open_hall):
    hall = open_hall(["aad", "daa"])
    ana = hall.sit("Ana")
    place = re.search(r'name="place" value="([^"]+)"', ana.get(BOXES).text)[1]

    page = ana.post("/review/gallery/ask", place=place, back=BOXES)

    record_id, contest_id, candidate = place.split("/")
    (made,) = hall.desk.decisions()
    assert (made.decision, made.person) == (Decision.ASK, "Ana")
    assert made.question == Question(record_id, contest_id, int(candidate))
    assert [item.question for item in hall.desk.items()] == [made.question]
    assert page.url.path == BOXES
    assert "waits" in page.text


@pytest.mark.parametrize(
    "place",
    [
        "",
        "../../etc/passwd",
        "nobody/ban-chap-hanh/1",
        "{record}/ban-chap-hanh/0",
        "{record}/ban-chap-hanh/99",
        "{record}/other/1",
        "{record}/ban-chap-hanh/²",
    ],
)
def test_a_row_that_is_not_there_is_not_asked_about(open_hall, plan, place):
    hall = open_hall(["aad"])
    ana = hall.sit("Ana")

    answer = ana.post("/review/gallery/ask", place=place.format(record=plan.record_id(0)))

    assert answer.status_code == 400
    assert hall.desk.decisions() == []


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/review/galleryx"])
def test_a_foreign_address_is_not_gone_back_to(open_hall, plan, back):
    hall = open_hall(["aad"])
    ana = hall.sit("Ana")
    place = f"{plan.record_id(0)}/ban-chap-hanh/1"

    assert ana.post("/review/gallery/ask", place=place, back=back).url.path == "/review/gallery"


def test_asking_with_a_link_changes_nothing(open_hall):
    hall = open_hall(["aad"])

    assert hall.sit("Ana").get("/review/gallery/ask").status_code in {404, 405}
    assert hall.desk.decisions() == []


@pytest.mark.parametrize("path", ["/review/gallery/none/boxes", "/review/gallery/ban-chap-hanh/x"])
def test_a_gallery_that_is_not_there_says_so(open_hall, path):
    assert open_hall(["aad"]).sit("Ana").get(path).status_code == 404


@pytest.mark.parametrize("path", ["{record}/-1", "{record}/99", "nobody/0", "..%2F..%2Fetc/0"])
def test_a_picture_that_is_not_there_says_so(open_hall, plan, path):
    ana = open_hall(["aad"]).sit("Ana")
    address = f"/picture/cell/{path.format(record=plan.record_id(0))}.jpg"

    assert ana.get(address).status_code == 404


def test_pages_lead_through_the_gallery_and_stay_at_one_candidate(open_hall):
    ana = open_hall(["aad"] * 60).sit("Ana")

    first, last = ana.get(BOXES).text, ana.get(f"{BOXES}?from=300&candidate=2").text
    assert "1 to 96 of 360" in first
    assert f'href="{BOXES}?from=96"' in first
    assert "97 to 120 of 120" in last
    assert "Lê Hoàng Ẩn, " not in last


@pytest.mark.parametrize(
    "query", ["from=-5", "from=x", "from=99999999999", "candidate=77", "from="]
)
def test_a_nonsense_place_shows_some_page(open_hall, query):
    assert open_hall(["aad"]).sit("Ana").get(f"{BOXES}?{query}").status_code == 200


@pytest.mark.slow
def test_a_page_among_a_hundred_thousand_boxes_answers_as_quickly_as_one_among_a_thousand(
    open_hall,
):
    def seconds(ballots):
        ana = open_hall(["aad"] * ballots).sit("Ana")
        ana.get(BOXES)  # sorts
        times = []
        for start in (0, 96, 480, 576, 192):
            begun = time.perf_counter()
            ana.get(f"{BOXES}?from={start}")
            times.append(time.perf_counter() - begun)
        return min(times)

    few, many = seconds(170), seconds(16_700)

    assert many < 5 * few + 0.05
