"""REST: submit a file, poll its state; refusals as problem details with a code and a remedy."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from podium.accounts.models import User
from podium.accounts.services import create_api_token, revoke_api_token
from podium.competitions.models import Phase
from podium.scoring import farm
from podium.submissions.models import Submission
from podium.teams.models import Team
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        _, text = create_api_token(user=user, name="test")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def phase() -> Phase:
    return make.make_phase()


@pytest.fixture
def team(phase: Phase) -> Team:
    return make.make_team(phase.competition, "Alice's")


def address(phase: Phase, rest: str = "submissions/") -> str:
    return f"/api/v1/competitions/{phase.competition.slug}/phases/{phase.slug}/{rest}"


def post(client: APIClient, phase: Phase, content: Any = make.PERFECT, **fields: str) -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = SimpleUploadedFile("result.json", data)
    return client.post(address(phase), {"file": file, **fields}, format="multipart")


def test_a_file_is_taken_scored_and_polled(phase: Phase, team: Team) -> None:
    alice = client_of(team.captain)
    taken = post(alice, phase, make.HALF, note="first")
    assert taken.status_code == 201, taken.content
    body = taken.json()
    assert (body["state"], body["number"], body["note"]) == ("queued", 1, "first")
    assert (body["score"], body["problems"]) == (None, [])
    assert taken["Location"].endswith(f"/api/v1/submissions/{body['id']}/")
    farm.score(submission_id=Submission.objects.get().pk)
    done = alice.get(taken["Location"]).json()
    assert (done["state"], done["is_final"], done["score"]["score"]) == ("scored", True, 0.5)
    assert [level["name"] for level in done["score"]["levels"]] == ["clip", "frame", "box"]
    assert done["score"]["levels"][0] == {
        "name": "clip",
        "tp": 1,
        "fp": 1,
        "fn": 1,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
    }
    listed = alice.get(address(phase)).json()
    assert [row["id"] for row in listed["results"]] == [body["id"]]


def test_a_rejected_file_lists_its_problems(phase: Phase, team: Team) -> None:
    alice = client_of(team.captain)
    taken = post(alice, phase, {"nobody": make.PERFECT["000001"]})
    farm.score(submission_id=Submission.objects.get().pk)
    done = alice.get(taken["Location"]).json()
    assert done["state"] == "rejected"
    assert done["problem_count"] == len(done["problems"]) == 1
    assert done["problems"][0]["path"] == "nobody"


def test_without_a_token_nothing_is_taken(phase: Phase, team: Team) -> None:
    refused = post(client_of(None), phase)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "not_authenticated"
    assert not Submission.objects.exists()


@pytest.mark.parametrize("text", ["nonsense", "pod_", "pod_00000000_x", "pod_é_x", ""])
def test_a_token_that_is_none_is_refused(text: str, phase: Phase) -> None:
    client = APIClient(raise_request_exception=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get(address(phase, "quota/")).status_code == 401


def test_a_revoked_token_is_refused_at_once(phase: Phase, team: Team) -> None:
    token, text = create_api_token(user=team.captain, name="old")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get(address(phase, "quota/")).status_code == 200
    assert revoke_api_token(user=team.captain, token_id=token.pk)
    assert client.get(address(phase, "quota/")).status_code == 401


def test_a_session_cookie_does_not_open_rest(phase: Phase, team: Team) -> None:
    client = APIClient()
    client.force_login(team.captain)
    assert client.get(address(phase, "quota/")).status_code == 401


def test_another_team_s_submission_is_not_found(phase: Phase, team: Team) -> None:
    theirs = make.submit(phase, team)
    charlie = make.make_team(phase.competition).captain
    found = client_of(charlie).get(f"/api/v1/submissions/{theirs.pk}/")
    assert found.status_code == 404
    assert found.json()["code"] == "not_found"


def test_a_quota_refusal_says_when_there_is_room(phase: Phase, team: Team) -> None:
    Phase.objects.update(daily_limit=1)
    alice = client_of(team.captain)
    assert post(alice, phase).status_code == 201
    refused = post(alice, phase)
    assert refused.status_code == 429
    problem = refused.json()
    assert problem["code"] == "daily_quota"
    assert problem["retry_at"]
    assert problem["remedy"]
    assert int(refused["Retry-After"]) > 0
    quota = alice.get(address(phase, "quota/")).json()
    assert (quota["used_today"], quota["left_now"]) == (1, 0)


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(
    phase: Phase, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    Phase.objects.update(max_file_mb=1)

    def parse(*args: object) -> None:
        raise AssertionError("the body was parsed")

    monkeypatch.setattr("rest_framework.parsers.MultiPartParser.parse", parse)
    refused = post(client_of(team.captain), phase, b"x" * (3 * 1024 * 1024))
    assert refused.status_code == 413
    assert refused.json()["code"] == "file_too_large"


def test_a_form_without_a_file_is_told_so(phase: Phase, team: Team) -> None:
    refused = client_of(team.captain).post(address(phase), {"note": "x"}, format="multipart")
    assert refused.status_code == 400
    assert refused.json()["errors"] == {"file": ["No file was submitted."]}


def test_a_person_without_a_team_is_told_what_to_do(phase: Phase) -> None:
    refused = post(client_of(make.make_user()), phase)
    assert refused.status_code == 409
    assert refused.json()["code"] == "no_team"
    assert "create a team" in refused.json()["remedy"]


def test_contestants_set_no_state_and_no_time(phase: Phase, team: Team) -> None:
    taken = post(
        client_of(team.captain), phase, state="scored", submitted_at="2001-01-01T00:00:00Z"
    )
    assert taken.json()["state"] == "queued"
    assert not taken.json()["submitted_at"].startswith("2001")


def test_pages_and_polls_cost_a_fixed_number_of_queries(
    phase: Phase, team: Team, django_assert_max_num_queries: Any
) -> None:
    Phase.objects.update(daily_limit=100, in_flight_limit=100)
    phase.refresh_from_db()
    for _ in range(6):
        make.make_scored_submission(phase, team, 0.5)
    alice = client_of(team.captain)
    alice.get(address(phase, "quota/"))  # the token's last use is written once a minute
    with django_assert_max_num_queries(9):
        assert len(alice.get(address(phase)).json()["results"]) == 6
    with django_assert_max_num_queries(7):
        alice.get(f"/api/v1/submissions/{Submission.objects.first().pk}/")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "cursor", ["cD1ub3RhZGF0ZQ==", "cD0wAA==", "%00", "x", "cD05OTk5OS0wMS0wMQ=="]
)
def test_a_cursor_of_somebody_else_is_not_found(phase: Phase, team: Team, cursor: str) -> None:
    answer = client_of(team.captain).get(address(phase), {"cursor": cursor})
    assert answer.status_code == 404, answer.content


def test_json_that_is_nested_too_deep_is_a_problem(phase: Phase, team: Team) -> None:
    answer = client_of(team.captain).post(
        f"/api/v1/competitions/{phase.competition.slug}/team/",
        b"[" * 100_000,
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
