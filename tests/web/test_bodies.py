"""Bodies without a file are small, whoever sends them and wherever to."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from podium.web.body_limit import LARGEST
from tests.web.conftest import Contest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/admin/competitions/truth/add/"]
)
def test_a_large_body_is_refused_before_the_form_is_parsed(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*args: object) -> None:
        raise AssertionError("the body was parsed")

    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", parse)
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    file = SimpleUploadedFile("large", b" " * (LARGEST + 1))
    answer = client.post(address, {"x": file})
    assert answer.status_code == 413
    assert "at most 3,145,728 bytes" in answer.content.decode()


def test_organizers_upload_large_truths(contest: Contest, as_olga: Client, sent: list[Any]) -> None:
    type(contest.olga).objects.filter(pk=contest.olga.pk).update(is_superuser=True)
    file = SimpleUploadedFile("truth.json", b" " * (LARGEST + 1))
    answer = as_olga.post(
        "/admin/competitions/truth/add/", {"phase": contest.phase.pk, "upload": file}
    )
    assert answer.status_code == 302
