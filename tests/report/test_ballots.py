import json

from ballotscan.election.records import BallotStatus, PageFault, Reason, RowState
from ballotscan.report.ballots import ballot_data, list_ballots

A, D = RowState.AGREE, RowState.DISAGREE


def test_every_ballot_has_a_row_in_the_order_of_the_scans(canvass):
    rows = list_ballots(canvass).rows

    assert [row[0] for row in rows] == [record.record_id for record in canvass.records()]
    assert [row[2] for row in rows] == [1, 1, 2, 0]


def test_a_folder_is_written_once_for_all_its_scans(canvass):
    ballots = list_ballots(canvass)

    assert ballots.folders == ("scans/",)
    assert {row[5] for row in ballots.rows} == {"a.jpg", "b.pdf"}


def test_a_ballot_that_could_not_be_read_names_its_fault(canvass):
    last = list_ballots(canvass).rows[-1]

    assert last[1] is None
    assert list(PageFault)[last[7]] is PageFault.NO_FIT


def test_a_sheet_of_two_files_names_both(plan):
    front, back = (
        plan.make_ballot(at, (A, A, D), BallotStatus.VALID, source=f"scans/{at}.jpg")
        for at in (1, 2)
    )
    sheet = type(front)(
        front.record_id,
        front.ballot_id,
        front.pages + back.pages,
        front.status,
        front.reasons,
        front.contests,
    )

    row = list_ballots(plan.make_canvass(plan.make_election(), [sheet])).rows[0]

    assert row[4:7] == (0, "1.jpg + 2.jpg", "1 + 1")


def test_the_rows_that_people_must_look_at_are_named(plan):
    states = (RowState.UNCLEAR, A, RowState.UNCLEAR)
    ballot = plan.make_ballot(1, states, BallotStatus.REVIEW, Reason.UNCLEAR)

    row = list_ballots(plan.make_canvass(plan.make_election(), [ballot])).rows[0]

    assert row[8] == "1, 3"


def test_the_data_can_be_read_back(canvass):
    ballots = list_ballots(canvass)

    data = json.loads(ballot_data(ballots, "vi"))

    assert data["ballots"] == [list(row) for row in ballots.rows]
    assert data["titles"] == ["Bầu Ban Chấp hành"]
    assert [bit for bit, _ in data["reasons"]] == [Reason.OVERVOTE, Reason.UNREADABLE]
    assert len(data["faults"]) == len(PageFault)


def test_no_name_can_end_the_script_element(plan):
    source = "scans/</script><script>alert(1)</script>&\u2028.jpg"
    ballot = plan.make_ballot(1, (A, A, D), BallotStatus.VALID, source=source)
    canvass = plan.make_canvass(plan.make_election(), [ballot])

    text = ballot_data(list_ballots(canvass), "en")

    assert not set("<>&\u2028") & set(text)
    data = json.loads(text)
    assert data["folders"][0] + data["ballots"][0][5] == source


def test_ten_thousand_ballots_stay_light(plan):
    ballot = plan.make_ballot(1, (A, A, D), BallotStatus.VALID, source="scans/hop-1/00001.jpg")
    canvass = plan.make_canvass(plan.make_election(), [ballot] * 10_000)

    text = ballot_data(list_ballots(canvass), "vi")

    assert len(text.encode()) < 1_000_000
