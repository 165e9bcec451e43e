"""A submission's page: what it says in each state, and the fragment that follows it."""

from django.test import Client

from podium.competitions import services as competitions
from podium.submissions.models import SubmissionState
from tests.factories import make_scored_submission, make_submission, make_team
from tests.web.conftest import Contest

OUTCOMES = {"correct": 6995, "box_missed": 93, "frame_missed": 221, "wrong_item": 2691}


def test_a_waiting_page_asks_again_every_second(contest: Contest, as_alice: Client) -> None:
    submission = make_submission(contest.phase, contest.team)
    page = as_alice.get(contest.url(f"submissions/{submission.pk}/")).content.decode()
    state = contest.url(f"submissions/{submission.pk}/state/?seen=queued-0")
    assert f'hx-get="{state}" hx-trigger="every 1s"' in page
    assert "htmx.min.js" in page
    assert '<meta http-equiv="refresh"' in page.split("<noscript>")[1]


def test_nothing_is_sent_while_nothing_changes(contest: Contest, as_alice: Client) -> None:
    submission = make_submission(contest.phase, contest.team)
    url = contest.url(f"submissions/{submission.pk}/state/")
    assert as_alice.get(f"{url}?seen=queued-0").status_code == 204
    answer = as_alice.get(f"{url}?seen=scoring-1")
    assert answer.status_code == 200
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_final_state_ends_the_asking_and_is_said_aloud(
    contest: Contest, as_alice: Client
) -> None:
    submission = make_scored_submission(contest.phase, contest.team, right=(70, 60, 50))
    url = contest.url(f"submissions/{submission.pk}/state/")
    fragment = as_alice.get(f"{url}?seen=scoring-1").content.decode()
    assert "hx-trigger" not in fragment
    assert 'hx-swap-oob="innerHTML">Scored: 0.600000, 1st of 1.' in fragment


def test_a_scored_page_says_score_levels_outcomes_and_place(
    contest: Contest, as_alice: Client
) -> None:
    make_scored_submission(contest.phase, make_team(contest.competition), right=(99, 99, 99))
    submission = make_scored_submission(
        contest.phase, contest.team, right=(7309, 7088, 6995), asked=10000, outcomes=OUTCOMES
    )
    page = as_alice.get(contest.url(f"submissions/{submission.pk}/")).content.decode()
    assert "0.711360" in page
    assert "2nd <small>of 2" in page
    assert "This submission counts on the board." in page
    for figure in ("73.0900%", "70.8800%", "69.9500%", "0.730900", "7,309", "2,912", "3,005"):
        assert f'">{figure}</td>' in page
    assert "221 lost here" in page
    assert "<dd>2,691</dd>" in page


def test_a_lower_score_names_the_submission_that_counts(contest: Contest, as_alice: Client) -> None:
    best = make_scored_submission(contest.phase, contest.team, right=(90, 90, 90))
    lower = make_scored_submission(contest.phase, contest.team, right=(10, 10, 10))
    page = as_alice.get(contest.url(f"submissions/{lower.pk}/")).content.decode()
    assert "This submission counts" not in page
    assert "It does not count on the board" in page
    assert "stays 1st of 1 with" in page
    assert f'{best.pk}/">submission 1</a>' in page


def test_a_score_by_other_settings_is_not_shown_as_the_present_one(
    contest: Contest, as_alice: Client
) -> None:
    submission = make_scored_submission(contest.phase, contest.team, right=(70, 60, 50))
    competitions.set_task_settings(phase=contest.phase, options={"tau": 0.75})
    contest.phase.save()
    answer = as_alice.get(contest.url(f"submissions/{submission.pk}/"))
    assert answer.status_code == 200
    assert "Its score is being renewed." in answer.content.decode()
    assert "0.600000" not in answer.content.decode()


def test_a_rejected_page_lists_the_problems_and_what_it_cost(
    contest: Contest, as_alice: Client
) -> None:
    submission = make_submission(
        contest.phase,
        contest.team,
        state=SubmissionState.REJECTED,
        problems=[
            [f"{n:06d}.result[0].item_box", "x2 must be greater than <x1>"] for n in range(50)
        ],
        problem_count=1234,
    )
    page = as_alice.get(contest.url(f"submissions/{submission.pk}/")).content.decode()
    assert "first 50 of 1,234" in page
    assert "<code>000049.result[0].item_box</code>" in page
    assert "greater than &lt;x1&gt;" in page
    assert "It cost you nothing" in page
    assert "Submit a corrected file" in page


def test_an_error_of_ours_says_so(contest: Contest, as_alice: Client) -> None:
    submission = make_submission(contest.phase, contest.team, state=SubmissionState.ERROR)
    page = as_alice.get(contest.url(f"submissions/{submission.pk}/")).content.decode()
    assert "a reason of ours" in page


def test_warnings_are_listed(contest: Contest, as_alice: Client) -> None:
    submission = make_scored_submission(
        contest.phase, contest.team, warnings=["12 predictions name an unknown item."]
    )
    page = as_alice.get(contest.url(f"submissions/{submission.pk}/")).content.decode()
    assert "12 predictions name an unknown item." in page


def test_the_list_is_paginated_newest_first(contest: Contest, as_alice: Client) -> None:
    for _ in range(21):
        make_submission(contest.phase, contest.team, state=SubmissionState.REJECTED)
    first = as_alice.get(contest.url("submissions/")).content.decode()
    assert "Page 1 of 2" in first
    assert ">21</a>" in first
    assert ">1</a>" not in first
    assert ">1</a>" in as_alice.get(contest.url("submissions/?page=2")).content.decode()
