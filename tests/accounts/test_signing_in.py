"""Signing up and in: one account a name and address, one lock however a name is spelled."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from podium.accounts.lockout import LONGEST, locked_name
from podium.accounts.models import User
from tests.factories import PASSWORD, make_user


@pytest.mark.django_db
def test_the_lock_counts_every_spelling_of_a_name(client: Client, settings: Any) -> None:
    make_user("lan")
    spellings = ["lan", "LAN", "Lan", "lAn", " lan", "lan@example.org", "LAN@EXAMPLE.ORG"]
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        name = spellings[attempt % len(spellings)]
        client.post("/accounts/login/", {"login": name, "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "LaN", "password": PASSWORD})
    assert right.status_code == 429
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x" * 10_000, "a\x00b", "@" * 400])
def test_an_odd_name_is_just_wrong(client: Client, name: str) -> None:
    answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
    assert answer.status_code in (200, 400)
    assert len(locked_name(None, {"username": name})) <= LONGEST  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_database_holds_one_account_a_name_and_address() -> None:
    make_user("mei")
    for fields in ({"username": "MEI"}, {"username": "other", "email": "Mei@Example.org"}):
        with pytest.raises(IntegrityError, match="whatever_its_case"), transaction.atomic():
            User.objects.create(**fields)


@pytest.mark.django_db(transaction=True)
def test_signing_up_six_times_at_once_makes_one_account() -> None:
    barrier = threading.Barrier(6)
    statuses: list[int] = []
    form = {
        "username": "nora",
        "email": "nora@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    def sign_up() -> None:
        client = Client()
        barrier.wait(timeout=30)
        statuses.append(client.post("/accounts/signup/", form).status_code)
        connection.close()

    threads = [threading.Thread(target=sign_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert set(statuses) <= {200, 302, 429}, "no 500"
    assert User.objects.filter(email__iexact="nora@example.org").count() == 1
