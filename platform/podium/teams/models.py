"""A team of a competition and its memberships; a membership is ended, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from podium.competitions.models import Competition


class Team(models.Model):
    """A team; its name is unique in its competition, whatever the case."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=60)
    captain = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="captained_teams"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "competition", Lower("name"), name="team_name_once_per_competition"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's time in a team; while `left_at` is empty, the only one in the competition."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    # The team's own competition again, so that the database can hold "one team a person".
    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "user"],
                condition=Q(left_at=None),
                name="one_team_a_person_in_a_competition",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
