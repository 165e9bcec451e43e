"""Outages on the real site: whatever is killed, an accepted file is scored once and counts once."""

import json
import os
import signal

import httpx
import psutil
import pytest
import redis
from celery import Celery

from evaluator import demo
from tests.e2e.conftest import Contest, Site, enter, make_contest, wait_until


@pytest.fixture(scope="module")
def contest(site: Site) -> Contest:
    """A contest whose files take a moment to score, so that there is a mid-score."""
    truth = demo.make_truth(clips=20_000, seed=5)
    return make_contest(site, "outages", json.dumps(truth).encode())


@pytest.fixture(scope="module")
def client(contest: Contest) -> httpx.Client:
    return enter(contest, "jun", "Survivors")


@pytest.fixture(scope="module")
def content() -> bytes:
    truth = demo.make_truth(clips=20_000, seed=5)
    return json.dumps(demo.make_predictions(truth, seed=6)).encode()


def submit(contest: Contest, client: httpx.Client, content: bytes) -> str:
    taken = contest.submit(client, content)
    assert taken.status_code == 201, taken.text
    submission: str = taken.json()["id"]
    return submission


def assert_scored_once(contest: Contest, client: httpx.Client, submission: str) -> None:
    done = contest.settled(client, submission, seconds=90)
    assert done["state"] == "scored", done
    ((evaluations,),) = contest.site.rows(
        "SELECT count(*) FROM submissions_evaluation WHERE submission_id = %s", submission
    )
    assert evaluations == 1
    events = contest.site.rows(
        "SELECT kind FROM submissions_submissionevent WHERE submission_id = %s", submission
    )
    assert [kind for (kind,) in events].count("scored") == 1


def scoring_child(site: Site) -> list[int]:
    return site.pids("podium.scoring.score_job")


def test_a_worker_killed_in_mid_score_loses_nothing(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    submission = submit(contest, client, content)
    wait_until(lambda: scoring_child(contest.site), "the scoring child", 30, 0.002)
    for pid in contest.site.pids("celery", "worker"):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    assert_scored_once(contest, client, submission)


def test_a_scoring_child_that_is_killed_is_tried_again(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    submission = submit(contest, client, content)
    (child, *_) = wait_until(lambda: scoring_child(contest.site), "the scoring child", 30, 0.002)
    os.kill(child, signal.SIGKILL)
    assert_scored_once(contest, client, submission)


def test_a_lost_message_is_found_by_the_sweep(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    site = contest.site
    workers = [psutil.Process(pid) for pid in site.pids("celery", "worker")]
    for worker in workers:
        worker.suspend()
    # The stopped worker's open request takes the first message from the queue; it dies with it.
    swallowed = submit(contest, client, content)
    purged = submit(contest, client, content)
    with redis.Redis(unix_socket_path=str(site.broker_socket)) as broker:
        wait_until(lambda: broker.llen("score"), "the second message to be in the queue", 20)
        broker.flushall()
    for worker in workers:
        worker.kill()
    for submission in (swallowed, purged):
        assert_scored_once(contest, client, submission)


def test_a_message_delivered_four_times_scores_once(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    submission = submit(contest, client, content)
    with Celery(broker=contest.site.broker_url) as sender:
        for _ in range(3):
            sender.send_task("podium.scoring.tasks.score", args=[submission], queue="score")
    assert_scored_once(contest, client, submission)
    with redis.Redis(unix_socket_path=str(contest.site.broker_socket)) as broker:
        wait_until(lambda: not broker.llen("score"), "the queue to be empty", 20)
    ((attempts,),) = contest.site.rows(
        "SELECT attempt FROM submissions_submission WHERE id = %s", submission
    )
    assert attempts == 1


def test_postgresql_restarting_in_mid_score_loses_nothing(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    site = contest.site
    submission = submit(contest, client, content)
    wait_until(lambda: scoring_child(site), "the scoring child", 30, 0.002)
    (pid_file,) = site.data.glob("postgres/**/postmaster.pid")
    postmaster = int(pid_file.read_text(encoding="utf-8").split("\n")[0])
    os.kill(postmaster, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(postmaster), "PostgreSQL to be gone", 20)
    assert_scored_once(contest, client, submission)


def test_a_broker_that_restarts_loses_nothing(
    contest: Contest, client: httpx.Client, content: bytes
) -> None:
    site = contest.site
    (valkey, *_) = site.pids("valkey-server")
    first = submit(contest, client, content)
    os.kill(valkey, signal.SIGKILL)
    second = submit(contest, client, content)  # while the broker is away
    for submission in (first, second):
        assert_scored_once(contest, client, submission)


def test_the_web_server_s_death_is_healed(contest: Contest) -> None:
    site = contest.site
    for pid in site.pids("gunicorn"):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue

    def answers() -> bool:
        try:
            return httpx.get(f"{site.address}/", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    wait_until(answers, "the site to answer again", 60)


def test_after_all_this_standings_and_evaluations_agree(
    contest: Contest, client: httpx.Client
) -> None:
    best = contest.site.rows(
        """
        SELECT max(score.score) FROM submissions_splitscore score
        JOIN submissions_evaluation evaluation ON evaluation.id = score.evaluation_id
        JOIN submissions_submission submission ON submission.id = evaluation.submission_id
        JOIN competitions_phase phase ON phase.id = submission.phase_id
        JOIN competitions_competition competition ON competition.id = phase.competition_id
        WHERE competition.slug = %s
        """,
        contest.slug,
    )
    own = client.get(f"{contest.path}/board/").json()["own"]
    assert [(own["score"],)] == best
    scored = client.get(f"{contest.path}/submissions/").json()["results"]
    assert {row["state"] for row in scored} == {"scored"}
    assert own["submissions"] == len(scored)
