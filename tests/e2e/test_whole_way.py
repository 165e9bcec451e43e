"""The whole way on the real site: organizer, contestant, API client, board."""

import hashlib
import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from evaluator import demo
from tests.e2e.conftest import Contest, Site, enter, make_contest

DAYS = {"10": "0.600880", "16": "0.657424", "23": "0.711360"}


def test_the_demo_s_five_teams_were_scored_by_the_worker(site: Site) -> None:
    board = httpx.get(f"{site.address}/api/v1/competitions/watch-and-buy/phases/preliminary/board/")
    rows = board.json()["rows"]
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert len({row["score"] for row in rows}) == 5
    claimed = site.rows(
        """
        SELECT count(*) FROM submissions_submission submission
        JOIN competitions_phase phase ON phase.id = submission.phase_id
        JOIN competitions_competition competition ON competition.id = phase.competition_id
        WHERE competition.slug = 'watch-and-buy' AND state = 'scored' AND attempt >= 1
        AND submission.note LIKE 'model %%'
        """
    )
    assert claimed == [(14,)]


def test_the_real_runs_are_scored_to_the_last_count(wab_contest: Contest, wab: Path) -> None:
    client = enter(wab_contest, "mei", "The real team")
    for day, score in DAYS.items():
        taken = wab_contest.submit(client, (wab / "runs" / f"2020-03-{day}.json").read_bytes())
        assert taken.status_code == 201, taken.text
        done = wab_contest.settled(client, taken.json()["id"])
        assert done["state"] == "scored", done
        assert f"{done['score']['score']:.6f}" == score
    counts = [(level["tp"], level["fp"], level["fn"]) for level in done["score"]["levels"]]
    assert counts == [(7309, 2691, 2691), (7088, 2912, 2912), (6995, 3005, 3005)]
    board = client.get(f"{wab_contest.path}/board/").json()
    assert f"{board['own']['score']:.6f}" == "0.711360"
    steps = client.get(f"{wab_contest.path}/board/history/").json()
    assert [f"{step['score']:.6f}" for step in steps] == list(DAYS.values())
    page = wab_contest.site.sign_in("mei").get(f"/c/{wab_contest.slug}/only/board/").text
    assert "0.711360" in page
    assert "The real team" in page


def test_thirty_at_once_under_a_quota_of_five_make_five(site: Site) -> None:
    contest = make_contest(site, "rush", _tiny_truth(), daily_limit="5", in_flight_limit="30")
    client = enter(contest, "mei", "Rush")
    token = client.headers["Authorization"]
    answers: list[httpx.Response] = []
    barrier = threading.Barrier(30)
    content = _tiny_predictions(0.5)

    def post() -> None:
        # A connection each, as thirty programs would have.
        with httpx.Client(
            base_url=client.base_url, headers={"Authorization": token}, timeout=60
        ) as own:
            barrier.wait(timeout=30)
            answers.append(contest.submit(own, content))

    threads = [threading.Thread(target=post) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert Counter(answer.status_code for answer in answers) == {201: 5, 429: 25}
    refusals = [answer.json() for answer in answers if answer.status_code == 429]
    assert {refusal["code"] for refusal in refusals} == {"daily_quota"}
    accepted = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    for submission in accepted:
        assert contest.settled(client, submission)["state"] == "scored"
    assert client.get(f"{contest.path}/quota/").json()["left_today"] == 0


def test_a_truth_never_leaves_by_any_door(site: Site) -> None:
    names = site.rows("SELECT file FROM competitions_truth")
    stranger = site.client(base_url=site.address)
    for (name,) in names:
        for door in ("", "media/", "files/", "static/", "data/files/"):
            assert stranger.get(f"/{door}{name}").status_code == 404
    source = site.data / "files" / names[0][0]
    assert source.is_file()
    assert source.stat().st_mode & 0o077 == 0
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert site.rows("SELECT count(*) FROM competitions_truth WHERE sha256 = %s", digest)[0][0] == 1


def _tiny_truth() -> bytes:
    return _json(demo.make_truth(clips=60, seed=1))


def _tiny_predictions(accuracy: float) -> bytes:
    truth = demo.make_truth(clips=60, seed=1)
    return _json(demo.make_predictions(truth, item_accuracy=accuracy, seed=2))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
