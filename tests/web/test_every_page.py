"""What each page keeps: nothing inline, nothing from elsewhere, a policy, labels."""

import re
from typing import Any

import pytest
from django.test import Client

from podium.submissions.models import SubmissionState
from tests.factories import PASSWORD, make_scored_submission, make_submission
from tests.web.conftest import Contest

ACCOUNT_PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
]
OWN_ACCOUNT_PAGES = [
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/account/tokens/",
]
INLINE = re.compile(
    r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""", re.IGNORECASE)


def check(page: str, policy: str | None) -> None:
    """Assert what every page keeps."""
    assert policy is not None
    assert "default-src 'self'" in policy
    assert not INLINE.findall(page)
    assert not ELSEWHERE.findall(page)
    assert '<a class="skip" href="#content">' in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "an id stands twice"
    labels = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', page))
    for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
        if 'type="hidden"' not in field:
            name = re.search(r'\sid="([^"]+)"', field)
            assert name is not None, field
            assert name[1] in labels, field


@pytest.mark.parametrize("path", ["/", "/c/watch-and-buy/", *ACCOUNT_PAGES])
def test_for_anyone(contest: Contest, client: Client, path: str) -> None:
    answer = client.get(path)
    check(answer.content.decode(), answer["Content-Security-Policy"])


@pytest.mark.parametrize(
    "path", ["/", "/c/watch-and-buy/", "/c/watch-and-buy/team/", *OWN_ACCOUNT_PAGES]
)
def test_for_a_member(contest: Contest, as_alice: Client, path: str) -> None:
    answer = as_alice.get(path)
    assert answer.status_code == 200
    check(answer.content.decode(), answer["Content-Security-Policy"])


def test_for_a_stranger_making_a_team(contest: Contest, as_charlie: Client) -> None:
    answer = as_charlie.get("/c/watch-and-buy/")
    check(answer.content.decode(), answer["Content-Security-Policy"])
    as_charlie.post("/c/watch-and-buy/join/", {"rules_version": 1, "accepted": "on"})
    answer = as_charlie.get("/c/watch-and-buy/team/")
    check(answer.content.decode(), answer["Content-Security-Policy"])


@pytest.mark.parametrize("rest", ["", "board/", "submissions/", "board/?at=2020-01-01T00:00Z"])
def test_below_a_phase(contest: Contest, as_alice: Client, rest: str) -> None:
    make_scored_submission(contest.phase, contest.team, splits=("A", "B"))
    answer = as_alice.get(contest.url(rest))
    assert answer.status_code == 200
    check(answer.content.decode(), answer["Content-Security-Policy"])


@pytest.mark.parametrize("state", [state for state in SubmissionState if state != "scoring"])
def test_a_submission(contest: Contest, as_olga: Client, state: SubmissionState) -> None:
    if state == SubmissionState.SCORED:
        submission = make_scored_submission(contest.phase, contest.team, splits=("A", "B"))
    else:
        submission = make_submission(contest.phase, contest.team, state=state)
    answer = as_olga.get(contest.url(f"submissions/{submission.pk}/"))
    check(answer.content.decode(), answer["Content-Security-Policy"])


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere/", 404), ("/c/watch-and-buy/preliminary/board/?at=x", 400)]
)
def test_an_error(contest: Contest, client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    check(answer.content.decode(), answer["Content-Security-Policy"])


def test_a_breakdown_renders_without_a_request(
    contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **rest: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("podium.web.views.boards.board_page", broken)
    answer = Client(raise_request_exception=False).get(contest.url("board/"))
    assert answer.status_code == 500
    check(answer.content.decode(), answer["Content-Security-Policy"])
    assert "Something broke on our side" in answer.content.decode()


def test_an_expired_form_says_so(contest: Contest) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()
    check(answer.content.decode(), answer["Content-Security-Policy"])


def test_errors_of_a_form_are_tied_to_their_fields(contest: Contest, client: Client) -> None:
    page = client.post("/accounts/signup/", {"username": "alice", "email": "x"}).content.decode()
    for field in ("username", "email", "password1", "password2"):
        tag = re.search(rf'<input[^>]*\sname="{field}"[^>]*>', page)
        assert tag is not None
        assert 'aria-invalid="true"' in tag[0]
        described = re.search(r'aria-describedby="([^"]+)"', tag[0])
        assert described is not None
        for name in described[1].split():
            assert f'id="{name}"' in page


def test_too_many_wrong_passwords_get_the_lockout_page(
    contest: Contest, client: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # allauth's own brake comes earlier and is short
    for _ in range(10):
        answer = client.post("/accounts/login/", {"login": "alice", "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    right = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert right.status_code == 429
