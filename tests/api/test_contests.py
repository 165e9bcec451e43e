"""REST: contests, joining, teams; the schema and its page."""

from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from podium.competitions.models import Participant
from podium.teams.models import Team
from tests import real_way as make
from tests.api.test_submissions import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


def test_contests_are_listed_with_their_phases_and_settings(
    django_assert_max_num_queries: Any,
) -> None:
    phase = make.make_phase(truth=None)
    make.make_phase(phase.competition, truth=None)
    make.make_competition(is_published=False)
    with django_assert_max_num_queries(3):
        (listed,) = APIClient().get("/api/v1/competitions/").json()
    first, second = listed["phases"]
    assert (first["slug"], first["is_open"], second["position"]) == ("phase-1", True, 2)
    assert first["task_settings"]["tau"] == 0.5
    assert first["max_file_bytes"] == 50 * 1024 * 1024


def test_joining_creating_a_team_and_seeing_it() -> None:
    competition = make.make_competition()
    user = make.make_user()
    client = client_of(user)
    base = f"/api/v1/competitions/{competition.slug}"
    early = client.post(f"{base}/team/", {"name": "Early"})
    assert (early.status_code, early.json()["code"]) == (403, "not_joined")
    assert client.post(f"{base}/participation/", {"rules_version": 1}).status_code == 204
    assert client.post(f"{base}/participation/", {"rules_version": 1}).status_code == 204
    assert Participant.objects.count() == 1
    made = client.post(f"{base}/team/", {"name": "  Night   Market "})
    assert (made.status_code, made.json()["name"]) == (201, "Night Market")
    assert client.get(f"{base}/team/").json() == made.json()
    again = client.post(f"{base}/team/", {"name": "Second"})
    assert (again.status_code, again.json()["code"]) == (409, "already_in_a_team")
    assert Team.objects.count() == 1


def test_a_taken_name_is_refused_whatever_its_case() -> None:
    competition = make.make_competition()
    make.make_team(competition, "Koi Vision")
    user = make.make_user()
    make.join(competition, user)
    refused = client_of(user).post(
        f"/api/v1/competitions/{competition.slug}/team/", {"name": "KOI vision"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "team_name_taken")


@pytest.mark.parametrize("version", [2, 0, -1, "x", 10**20])
def test_only_the_present_rules_can_be_accepted(version: object) -> None:
    competition = make.make_competition()
    refused = client_of(make.make_user()).post(
        f"/api/v1/competitions/{competition.slug}/participation/", {"rules_version": version}
    )
    assert refused.status_code in (400, 409)
    assert not Participant.objects.exists()


def test_the_schema_is_valid_and_its_page_asks_nobody_else(capsys: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    page = APIClient().get("/api/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "swagger" in text
    assert "//cdn" not in text
    assert "https://" not in text.replace("https://github.com", "")


def test_an_unknown_address_is_a_problem_too() -> None:
    for address in ("/api/v1/competitions/none/", "/api/v1/nope/", "/api/x"):
        for ask in (APIClient().get, APIClient().post):
            answer = ask(address)
            if (answer.status_code, address) == (405, "/api/v1/competitions/none/"):
                continue
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), address


def test_a_body_that_is_no_json_is_a_problem() -> None:
    competition = make.make_competition()
    answer = client_of(make.make_user()).post(
        f"/api/v1/competitions/{competition.slug}/team/",
        b"{nonsense",
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
