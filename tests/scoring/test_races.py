"""Races on two and more connections: quotas hold, a claim is won once, a result counts once."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from podium.core.refusals import QuotaExceeded, Refusal
from podium.leaderboards.models import Standing
from podium.scoring import farm
from podium.submissions.models import Submission, SubmissionState, Upload
from podium.teams.models import Membership
from podium.teams.services import create_team
from tests import real_way as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sent")]


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment, each on a connection of its own; return results or exceptions."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_twenty_at_once_under_a_daily_quota_of_five_make_five() -> None:
    phase = make.make_phase(daily_limit=5, in_flight_limit=30)
    team = make.make_team(phase.competition)
    results = together(*[lambda: make.submit(phase, team)] * 20)
    kinds = Counter(type(result) for result in results)
    assert kinds == {Submission: 5, QuotaExceeded: 15}
    assert sorted(Submission.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Upload.objects.count() == 5, "refused uploads are gone"


def test_two_workers_claim_one_submission_once() -> None:
    phase = make.make_phase()
    submission = make.submit(phase, make.make_team(phase.competition))
    results = together(*[lambda: farm.claim(submission.pk)] * 4)
    assert sum(result is not None for result in results) == 1


def test_results_of_one_team_that_come_together_leave_one_standing() -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    contents = [make.HALF, make.PERFECT, make.HALF]
    submissions = [make.submit(phase, team, content) for content in contents]
    results = together(*[lambda row=row: farm.score(submission_id=row.pk) for row in submissions])
    assert results == [None, None, None]
    states = set(Submission.objects.values_list("state", flat=True))
    assert states == {SubmissionState.SCORED}
    live = Standing.objects.get(team=team, during__upper_inf=True)
    assert live.score == 1.0


def test_a_person_who_makes_two_teams_at_once_gets_one() -> None:
    competition = make.make_competition()
    captain = make.make_user()
    make.join(competition, captain)

    def create(name: str) -> Callable[[], Any]:
        return lambda: create_team(competition=competition, captain=captain, name=name)

    results = together(create("One"), create("Two"))
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refused] == ["already_in_a_team"]
    assert Membership.objects.filter(user=captain, left_at=None).count() == 1
