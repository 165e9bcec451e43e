"""Reading teams: whose is whose, now."""

from podium.accounts.roles import Reader
from podium.competitions.models import Competition
from podium.teams.models import Team


def team_of(user: Reader, competition: Competition) -> Team | None:
    """Return the team that the user is in now, or None."""
    if not user.is_authenticated:
        return None
    return Team.objects.filter(
        competition=competition, memberships__user_id=user.pk, memberships__left_at=None
    ).first()
