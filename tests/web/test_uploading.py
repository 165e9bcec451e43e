"""Taking a file on the page: what is refused, when, and how it is said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from podium.submissions.models import Submission, SubmissionState, Upload
from tests.factories import make_submission
from tests.web.conftest import Contest

JSON = {"Accept": "application/json"}


def a_file(size: int = 2) -> SimpleUploadedFile:
    return SimpleUploadedFile("run.json", b"{}".ljust(size), content_type="application/json")


@pytest.fixture
def unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test as soon as anything begins to parse a body."""

    def parse(*args: object, **rest: object) -> None:
        pytest.fail("the body was parsed")

    monkeypatch.setattr("django.http.request.MultiPartParser", parse)


def test_a_file_becomes_a_queued_submission(contest: Contest, as_bob: Client) -> None:
    answer = as_bob.post(contest.url("submit/"), {"file": a_file(), "note": "first try"})
    submission = Submission.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == contest.url(f"submissions/{submission.pk}/")
    assert submission.state == SubmissionState.QUEUED
    assert submission.user == contest.bob
    assert submission.note == "first try"
    assert submission.upload.file_name == "run.json"
    assert "waits for a worker" in as_bob.get(answer["Location"]).content.decode()


def test_the_script_gets_the_address_as_json(contest: Contest, as_alice: Client) -> None:
    answer = as_alice.post(contest.url("submit/"), {"file": a_file()}, headers=JSON)
    assert answer.status_code == 201
    url = contest.url(f"submissions/{Submission.objects.get().pk}/")
    assert answer.json() == {"url": url}


def test_a_used_up_quota_is_said_with_its_remedy(contest: Contest, as_alice: Client) -> None:
    for _ in range(contest.phase.daily_limit):
        make_submission(contest.phase, contest.team, state=SubmissionState.SCORED)
    answer = as_alice.post(contest.url("submit/"), {"file": a_file()}, headers=JSON)
    assert answer.status_code == 429
    assert answer.json()["code"] == "daily_quota"
    assert "next slot opens" in answer.json()["remedy"]
    page = as_alice.post(contest.url("submit/"), {"file": a_file()})
    assert page.status_code == 429
    assert "has used its 5 submissions of today" in page.content.decode()
    assert not Upload.objects.exclude(submission__isnull=False).exists()


def test_the_page_says_beforehand_that_nothing_is_left(contest: Contest, as_alice: Client) -> None:
    assert 'id="upload-form"' in as_alice.get(contest.url()).content.decode()
    for _ in range(contest.phase.daily_limit):
        make_submission(contest.phase, contest.team, state=SubmissionState.SCORED)
    page = as_alice.get(contest.url()).content.decode()
    assert 'id="upload-form"' not in page
    assert "The next slot opens" in page


def test_a_rejected_file_costs_nothing(contest: Contest, as_alice: Client) -> None:
    make_submission(contest.phase, contest.team, state=SubmissionState.REJECTED)
    assert '<p class="figure">5 <small>of 5' in as_alice.get(contest.url()).content.decode()


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [(1, 2, "phase_not_open"), (-2, -1, "phase_closed")],
)
def test_a_phase_that_is_not_open_takes_nothing(
    contest: Contest, as_alice: Client, opens: int, closes: int, code: str
) -> None:
    now = timezone.now()
    contest.phase.opens_at = now + timedelta(days=opens)
    contest.phase.closes_at = now + timedelta(days=closes)
    contest.phase.save()
    answer = as_alice.post(contest.url("submit/"), {"file": a_file()}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json()["code"] == code
    assert not Upload.objects.exists()


def test_too_large_a_body_is_refused_unparsed(
    contest: Contest, as_alice: Client, unparsed: None
) -> None:
    answer = as_alice.post(contest.url("submit/"), {"file": a_file(3_000_000)}, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["code"] == "file_too_large"
    assert "takes at most 1,048,576" in answer.json()["message"]


def test_without_the_script_too_large_is_said_on_the_page(
    contest: Contest, as_alice: Client, unparsed: None
) -> None:
    answer = as_alice.post(contest.url("submit/"), {"file": a_file(3_000_000)})
    assert answer.status_code == 413
    assert "takes at most 1,048,576" in answer.content.decode()
    assert 'id="upload-form"' in answer.content.decode()


def test_a_file_just_over_the_limit_is_refused_after_parsing(
    contest: Contest, as_alice: Client
) -> None:
    answer = as_alice.post(contest.url("submit/"), {"file": a_file(1_048_577)}, headers=JSON)
    assert answer.status_code == 413
    assert "1,048,577 bytes" in answer.json()["message"]


def test_who_is_not_signed_in_is_refused_unparsed(
    contest: Contest, client: Client, unparsed: None
) -> None:
    answer = client.post(contest.url("submit/"), {"file": a_file()}, headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    page = client.post(contest.url("submit/"), {"file": a_file()})
    assert page["Location"] == f"/accounts/login/?next={contest.url()}"


def test_a_refused_body_is_read_to_its_end(
    contest: Contest, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the sender is cut off and never sees the answer."""
    read = 0
    original: Callable[..., bytes] = __import__(
        "django.core.handlers.wsgi", fromlist=["WSGIRequest"]
    ).WSGIRequest.read

    def counted(self: Any, *args: Any) -> bytes:
        nonlocal read
        chunk = original(self, *args)
        read += len(chunk)
        return chunk

    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest.read", counted)
    answer = client.post(contest.url("submit/"), {"file": a_file(3_000_000)}, headers=JSON)
    assert read == int(answer.request["CONTENT_LENGTH"])


def test_a_stranger_is_told_to_make_a_team(contest: Contest, as_charlie: Client) -> None:
    answer = as_charlie.post(contest.url("submit/"), {"file": a_file()}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json()["code"] == "no_team"
    page = as_charlie.post(contest.url("submit/"), {"file": a_file()})
    assert page.status_code == 409
    assert "You are in no team of this competition." in page.content.decode()


def test_a_form_without_a_file_keeps_the_note(contest: Contest, as_alice: Client) -> None:
    page = as_alice.post(contest.url("submit/"), {"note": "kept"})
    assert page.status_code == 409
    assert "No file came in." in page.content.decode()
    assert 'value="kept"' in page.content.decode()


def test_another_sites_form_is_refused(contest: Contest) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(contest.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(contest.url("submit/"), {"file": a_file()}).status_code == 403
    client.get(contest.url())
    token = client.cookies["csrftoken"].value
    answer = client.post(contest.url("submit/"), {"file": a_file(), "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/c/watch-and-buy/preliminary/submit/", "/c/watch-and-buy/preliminary/"),
        ("/c/watch-and-buy/join/", "/c/watch-and-buy/"),
        ("/account/tokens/1/revoke/", "/account/tokens/"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(
    contest: Contest, as_alice: Client, path: str, page: str
) -> None:
    assert as_alice.get(path)["Location"] == page
