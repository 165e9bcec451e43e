"""Where the reader stands in a competition, and so what they can do next.

Reads only; whether a step is granted is decided by the service that takes it.
"""

from dataclasses import dataclass
from typing import Literal

from podium.accounts.roles import AnyUser
from podium.competitions.models import Competition, Participant
from podium.competitions.queries import participation
from podium.teams.models import Team
from podium.teams.queries import team_of

Step = Literal["sign_in", "join", "accept_again", "make_team", "submit"]


@dataclass(frozen=True)
class Reader:
    """A person as one competition knows them."""

    competition: Competition
    is_signed_in: bool
    participant: Participant | None
    team: Team | None

    @property
    def next_step(self) -> Step:
        """What stands between this person and a submission, or `submit`."""
        if not self.is_signed_in:
            return "sign_in"
        if self.participant is None:
            return "join"
        if self.participant.rules_version != self.competition.rules_version:
            return "accept_again"
        return "submit" if self.team else "make_team"


def reader_of(user: AnyUser, competition: Competition) -> Reader:
    """Return what the competition knows of this user; two queries, none for a stranger."""
    return Reader(
        competition=competition,
        is_signed_in=user.is_authenticated,
        participant=participation(competition, user),
        team=team_of(user, competition),
    )
