"""Ceilings: what a page asks of the database, however many rows there are.

Two of the queries of a signed-in reader are the session and the user.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from podium.submissions.models import SubmissionState
from tests.factories import (
    make_competition,
    make_phase,
    make_scored_submission,
    make_submission,
    make_team,
)
from tests.web.conftest import Contest


@pytest.fixture
def crowded(contest: Contest) -> Contest:
    now = timezone.now()
    for number in range(4):
        make_phase(make_competition())
        team = make_team(contest.competition)
        for _ in range(2):
            make_scored_submission(contest.phase, team, right=(60 + number, 50, 40))
    for number in range(7):
        make_scored_submission(
            contest.phase,
            contest.team,
            right=(50 + number, 40, 30),
            at=now - timedelta(days=20 - number),
        )
    return contest


CEILINGS = {
    "/": 7,
    "/c/watch-and-buy/": 13,
    "/c/watch-and-buy/team/": 12,
    "/c/watch-and-buy/preliminary/": 19,
    "/c/watch-and-buy/preliminary/board/": 13,
    "/c/watch-and-buy/preliminary/submissions/": 10,
    "/account/tokens/": 4,
}


@pytest.mark.parametrize("path", CEILINGS)
def test_a_page_stays_under_its_ceiling(
    crowded: Contest, as_alice: Client, django_assert_max_num_queries: Any, path: str
) -> None:
    with django_assert_max_num_queries(CEILINGS[path]):
        assert as_alice.get(path).status_code == 200


def test_a_scored_submission_stays_under_its_ceiling(
    crowded: Contest, as_alice: Client, django_assert_max_num_queries: Any
) -> None:
    submission = crowded.team.submissions.first()
    assert submission is not None
    with django_assert_max_num_queries(13):
        as_alice.get(crowded.url(f"submissions/{submission.pk}/"))


def test_following_costs_one_query_beyond_the_session(
    crowded: Contest, as_alice: Client, django_assert_num_queries: Any
) -> None:
    submission = make_submission(crowded.phase, crowded.team, state=SubmissionState.QUEUED)
    url = crowded.url(f"submissions/{submission.pk}/state/?seen=queued-0")
    with django_assert_num_queries(3):
        assert as_alice.get(url).status_code == 204


def test_a_stranger_costs_no_session(
    crowded: Contest, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(7):
        client.get(crowded.url("board/"))
