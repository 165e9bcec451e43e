"""A contest with three people: Alice owns a team, Bob is its member, Charlie is a stranger."""

from dataclasses import dataclass

import pytest
from django.test import Client

from podium.accounts.models import User
from podium.competitions.models import Competition, Phase
from podium.teams.models import Team
from tests.factories import make_competition, make_phase, make_team, make_user


@dataclass(frozen=True)
class Contest:
    """The people, their team and the phase that is open."""

    competition: Competition
    phase: Phase
    team: Team
    alice: User
    bob: User
    charlie: User
    olga: User

    def url(self, rest: str = "") -> str:
        """Return an address below the phase's."""
        return f"/c/{self.competition.slug}/{self.phase.slug}/{rest}"


@pytest.fixture
def contest(db: None) -> Contest:
    competition = make_competition(slug="watch-and-buy", title="Watch and Buy")
    alice, bob = make_user("alice"), make_user("bob")
    return Contest(
        competition=competition,
        phase=make_phase(competition, slug="preliminary", title="Preliminary", max_file_mb=1),
        team=make_team(competition, "Frameland", captain=alice, members=[bob]),
        alice=alice,
        bob=bob,
        charlie=make_user("charlie"),
        olga=make_user("olga", is_staff=True),
    )


@pytest.fixture
def as_alice(contest: Contest) -> Client:
    return signed_in(contest.alice)


@pytest.fixture
def as_bob(contest: Contest) -> Client:
    return signed_in(contest.bob)


@pytest.fixture
def as_charlie(contest: Contest) -> Client:
    return signed_in(contest.charlie)


@pytest.fixture
def as_olga(contest: Contest) -> Client:
    return signed_in(contest.olga)


def signed_in(user: User) -> Client:
    """Return a client in which this user is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
