"""REST: boards, their pages, their past, and 304 while nothing changed."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from podium.competitions.models import Phase
from podium.core import clock
from tests import real_way as make
from tests.api.test_submissions import address, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


@pytest.fixture
def phase() -> Phase:
    return make.make_phase(daily_limit=100, in_flight_limit=100)


def test_anyone_reads_a_published_board(phase: Phase) -> None:
    for name, score in [("Third", 0.1), ("First", 0.9), ("Second", 0.5)]:
        make.make_scored_submission(phase, make.make_team(phase.competition, name), score)
    board = APIClient().get(address(phase, "board/")).json()
    assert [(row["rank"], row["team"]) for row in board["rows"]] == [
        (1, "First"),
        (2, "Second"),
        (3, "Third"),
    ]
    assert board["rows"][0]["levels"] == [
        {"name": name, "f1": 0.9} for name in ("clip", "frame", "box")
    ]
    assert (board["total"], board["own"], board["next_offset"]) == (3, None, None)


def test_a_member_finds_the_own_row(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.5)
    board = client_of(team.captain).get(address(phase, "board/")).json()
    assert board["own"]["rank"] == 1
    assert board["rows"][0]["is_own"]


def test_an_unchanged_board_answers_304_with_few_queries(
    phase: Phase, django_assert_max_num_queries: Any
) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.5)
    client = APIClient()
    first = client.get(address(phase, "board/"))
    with django_assert_max_num_queries(2):
        again = client.get(address(phase, "board/"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for known in (f"W/{first['ETag']}", f'"x", {first["ETag"]}', "*"):
        weak = client.get(address(phase, "board/"), headers={"If-None-Match": known})
        assert weak.status_code == 304, "compression makes a tag weak"
    make.make_scored_submission(phase, team, 0.6)
    changed = client.get(address(phase, "board/"), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_board_as_it_stood_and_the_team_s_steps(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.2)
    between = clock.now()
    make.make_scored_submission(phase, team, 0.7)
    alice = client_of(team.captain)
    past = alice.get(address(phase, "board/"), {"at": between.isoformat()}).json()
    assert [row["score"] for row in past["rows"]] == [0.2]
    steps = alice.get(address(phase, "board/history/")).json()
    assert [step["score"] for step in steps] == [0.2, 0.7]
    assert steps[0]["until"] == steps[1]["since"]
    assert steps[1]["until"] is None
    assert steps[1]["levels"][0] == {"name": "clip", "f1": 0.7}
    found = alice.get(f"/api/v1/submissions/{steps[1]['submission']}/").json()
    assert found["number"] == 2


def test_the_future_can_t_be_read(phase: Phase) -> None:
    later = (clock.now() + timedelta(minutes=1)).isoformat()
    refused = APIClient().get(address(phase, "board/"), {"at": later})
    assert refused.status_code == 400
    assert "not as it will stand" in refused.json()["errors"]["at"][0]


def test_the_private_split_is_the_organizers(phase: Phase) -> None:
    hidden = APIClient().get(address(phase, "board/"), {"split": "B"})
    assert hidden.status_code == 403
    assert hidden.json()["code"] == "split_hidden"
    organizer = client_of(make.make_organizer())
    assert organizer.get(address(phase, "board/"), {"split": "B"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offset", "-1"),
        ("offset", "x"),
        ("offset", "9" * 30),
        ("offset", "٣"),
        ("at", "yesterday"),
        ("at", "2020-13-45T00:00:00Z"),
        ("at", "0001-01-01T00:00:00+23:59"),
        ("at", "9999-12-31T23:59:59-23:59"),
        ("split", "C"),
    ],
)
def test_odd_questions_are_refused_by_name_or_answered(phase: Phase, name: str, value: str) -> None:
    answer = APIClient().get(address(phase, "board/"), {name: value})
    if answer.status_code == 400:
        assert name in answer.json()["errors"]
    else:
        assert (answer.status_code, value) == (200, "٣"), "only a digit of another script is read"


def test_an_unpublished_contest_is_not_found_but_by_organizers(phase: Phase) -> None:
    phase.competition.is_published = False
    phase.competition.save()
    assert APIClient().get(address(phase, "board/")).status_code == 404
    assert client_of(make.make_organizer()).get(address(phase, "board/")).status_code == 200
