"""API tokens on the account's page."""

import re

from django.test import Client

from podium.accounts.models import ApiToken
from podium.accounts.services import authenticate_api_token, create_api_token
from tests.web.conftest import Contest

URL = "/account/tokens/"


def test_a_new_token_is_shown_this_one_time(contest: Contest, as_alice: Client) -> None:
    answer = as_alice.post(URL, {"name": "training server"})
    found = re.search(r'id="token-text">([^<]+)<', answer.content.decode())
    assert found is not None
    token = authenticate_api_token(text=found[1])
    assert token is not None
    assert token.user == contest.alice
    assert "no-store" in answer["Cache-Control"]
    later = as_alice.get(URL).content.decode()
    assert found[1] not in later
    assert "training server" in later


def test_a_token_needs_a_name(contest: Contest, as_alice: Client) -> None:
    answer = as_alice.post(URL, {"name": " "})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_lets_nobody_in(contest: Contest, as_alice: Client) -> None:
    token, text = create_api_token(user=contest.alice, name="CI")
    answer = as_alice.post(f"{URL}{token.pk}/revoke/", follow=True)
    assert "The token is revoked" in answer.content.decode()
    assert authenticate_api_token(text=text) is None


def test_nobody_revokes_anothers_token(contest: Contest, as_charlie: Client) -> None:
    token, text = create_api_token(user=contest.alice, name="CI")
    as_charlie.post(f"{URL}{token.pk}/revoke/")
    assert authenticate_api_token(text=text) is not None
    assert "CI" not in as_charlie.get(URL).content.decode()
