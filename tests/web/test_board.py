"""The board's page: order, the own row, pages, and the board of an earlier instant."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_scored_submission, make_team
from tests.web.conftest import Contest

NOON = datetime(2020, 3, 10, 12, tzinfo=UTC)


def names(page: str) -> list[str]:
    """Return the teams on the page in their order."""
    return re.findall(r'<th scope="row" class="wrap">([^<]+?) ?<', page)


def board(client: Client, contest: Contest, query: str = "") -> str:
    answer = client.get(contest.url(f"board/{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_higher_scores_first_and_of_equals_the_earlier(contest: Contest, client: Client) -> None:
    for name, right, hours in (("Late", 80, 2), ("Early", 80, 1), ("Best", 90, 3), ("Last", 5, 0)):
        make_scored_submission(
            contest.phase,
            make_team(contest.competition, name),
            right=(right, right, right),
            at=NOON + timedelta(hours=hours),
        )
    page = board(client, contest)
    assert names(page) == ["Best", "Early", "Late", "Last"]
    assert "0.900000" in page
    assert "90.0000%" in page
    assert "the one achieved earlier stands first" in page


def test_the_levels_names_come_from_the_data(contest: Contest, client: Client) -> None:
    make_scored_submission(contest.phase, contest.team)
    page = board(client, contest)
    for heading in ("Clip F1", "Frame F1", "Box F1"):
        assert heading in page


def test_the_own_row_is_marked_for_the_team_only(
    contest: Contest, as_bob: Client, as_charlie: Client
) -> None:
    make_scored_submission(contest.phase, contest.team)
    assert '<tr class="own podium-1" id="own">' in board(as_bob, contest)
    assert 'class="own' not in board(as_charlie, contest)


def test_the_own_row_is_in_reach_from_every_page(contest: Contest, as_alice: Client) -> None:
    for number in range(50):
        make_scored_submission(
            contest.phase, make_team(contest.competition), right=(90, 80, 70 - number)
        )
    make_scored_submission(contest.phase, contest.team, right=(3, 2, 1))
    for _ in range(20):
        make_scored_submission(contest.phase, make_team(contest.competition), right=(1, 1, 1))
    first = board(as_alice, contest)
    assert 'id="own"' not in first
    assert "<strong>51st</strong>" in first
    assert 'href="?from=50#own">Go to your row' in first
    assert 'href="?from=50">Places after' in first
    second = board(as_alice, contest, "?from=50")
    assert names(second)[0] == "Frameland"
    assert 'href="#own">Go to your row' in second
    assert "51 to 71 of 71" in second


def test_past_the_end_the_page_says_where_the_board_ends(contest: Contest, client: Client) -> None:
    make_scored_submission(contest.phase, contest.team)
    assert "The board ends at place 1." in board(client, contest, "?from=9999999")


def test_an_empty_board_says_what_to_do(contest: Contest, client: Client) -> None:
    assert "Nobody stands here yet." in board(client, contest)


@pytest.mark.parametrize(
    "instant",
    [
        "2020-03-10T13:30:00Z",
        "2020-03-10T21:30:00%2B08:00",
        "2020-03-10T21:30:00+08:00",
        "2020-03-10T21:30",
    ],
)
def test_the_board_as_it_stood(contest: Contest, client: Client, instant: str) -> None:
    """An instant without an offset is the contest's own time; a bare + is forgiven."""
    early, late = make_team(contest.competition, "Early"), make_team(contest.competition, "Late")
    make_scored_submission(contest.phase, early, right=(50, 50, 50), at=NOON + timedelta(hours=1))
    make_scored_submission(contest.phase, late, right=(90, 90, 90), at=NOON + timedelta(hours=2))
    assert names(board(client, contest)) == ["Late", "Early"]
    page = board(client, contest, f"?at={instant}")
    assert names(page) == ["Early"]
    assert "The board as it stood at" in page


@pytest.mark.parametrize(
    "instant",
    [
        "yesterday",
        "2020-13-45T00:00",
        "0001-01-01T00:00%2B23:00",
        "99999-01-01",
        "2020-03-10T12:00:00%2B99:99",
        "%00",
    ],
)
def test_an_unreadable_instant_gets_a_clear_message(
    contest: Contest, client: Client, instant: str
) -> None:
    answer = client.get(contest.url(f"board/?at={instant}"))
    assert answer.status_code == 400
    assert "Write it like ?at=2020-03-23T13:00:00Z." in answer.content.decode()


def test_nobody_sees_the_future(contest: Contest, as_alice: Client) -> None:
    instant = (timezone.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = as_alice.get(contest.url(f"board/?at={instant}"))
    assert answer.status_code == 400
    assert "not as it will stand" in answer.content.decode()


@pytest.mark.parametrize("offset", ["-1", "x", "1.5", "9" * 30, "²"])
def test_an_unreadable_place_gets_a_clear_message(
    contest: Contest, client: Client, offset: str
) -> None:
    answer = client.get(contest.url("board/"), {"from": offset})
    assert answer.status_code == 400
    assert "takes a whole number from 0" in answer.content.decode()


def test_the_teams_way_is_a_table_of_its_steps(contest: Contest, as_alice: Client) -> None:
    for hours, right in ((1, 50), (2, 40), (3, 60)):
        make_scored_submission(
            contest.phase, contest.team, right=(right,) * 3, at=NOON + timedelta(hours=hours)
        )
    page = board(as_alice, contest)
    assert re.findall(r'<tr data-score="([\d.]+)">', page) == ["0.500000", "0.600000"]
    assert "uPlot.iife.min.js" in page
