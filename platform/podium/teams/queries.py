"""Reading teams: whose is whose, now."""

from podium.accounts.roles import AnyUser
from podium.competitions.models import Competition
from podium.core.refusals import Refusal
from podium.teams.models import Team


def team_of(user: AnyUser, competition: Competition) -> Team | None:
    """Return the team that the user is in now, or None."""
    if not user.is_authenticated:
        return None
    return Team.objects.filter(
        competition=competition, memberships__user_id=user.pk, memberships__left_at=None
    ).first()


def require_team(user: AnyUser, competition: Competition) -> Team:
    """Return the team that the user is in now; refuse, saying what to do, if there is none."""
    team = team_of(user, competition)
    if team is None:
        raise Refusal(
            "no_team",
            "You are in no team of this competition.",
            "Join the competition and create a team first.",
        )
    return team
