"""Standings over time, and a version per board.

A board at an instant is the standings whose `during` holds it: live, frozen and "as it stood on
Friday" are the same query with another instant.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from podium.competitions.models import Phase
from podium.submissions.models import SplitScore
from podium.teams.models import Team


class Standing(models.Model):
    """What counted for a team on one split of a phase, for a stretch of time."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="standings")
    split = models.CharField(max_length=1)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="standings")
    split_score = models.ForeignKey(SplitScore, on_delete=models.PROTECT, related_name="standings")
    score = models.FloatField()
    level_f1s = ArrayField(models.FloatField(), help_text="In the order of the task's levels.")
    achieved_at = models.DateTimeField(help_text="When the submission that counts came in.")
    during = DateTimeRangeField(help_text="Start inclusive, end exclusive, no end: until now.")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_standing_a_team_at_any_instant",
                expressions=[
                    ("phase", RangeOperators.EQUAL),
                    ("split", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False), name="standing_lasts_a_while"
            ),
        ]
        indexes = [
            models.Index(
                "phase",
                "split",
                F("score").desc(),
                "achieved_at",
                "team",
                condition=Q(during__upper_inf=True),
                name="standing_live_order",
            ),
            GistIndex(fields=["phase", "split", "during"], name="standing_at_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.score:.6f} ({self.split})"


class Board(models.Model):
    """The version of a board: raised by every change, so that readers can ask "is it new?"."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="boards")
    split = models.CharField(max_length=1)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phase", "split"], name="board_once_per_split")
        ]

    def __str__(self) -> str:
        return f"{self.phase} ({self.split}), version {self.version}"
