"""Entry, upload, submission and its events, evaluation with its scores.

States are moved by conditional UPDATEs in `podium.scoring.services` only; each move is an event.
A score is one row per split with one row per level; which levels there are is the task's affair.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from podium.accounts.roles import AnyUser, is_organizer
from podium.competitions.models import Phase, Truth
from podium.teams.models import Team


class Entry(models.Model):
    """A team in a phase: the row that intake and finishing lock, so that quotas hold."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="entries")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="entries")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["phase", "team"], name="entry_once_per_phase")
        ]

    def __str__(self) -> str:
        return f"{self.team} in {self.phase}"


def upload_file_name(upload: "Upload", filename: str) -> str:
    """Return a name that can't be guessed; the contestant's name is kept in the row."""
    del filename
    return f"uploads/{upload.phase_id}/{upload.id}"


class Upload(models.Model):
    """A file that came in whole: its size and digest are known; a submission may use it once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="uploads")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to=upload_file_name, blank=True)
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.file_name


class SubmissionState(models.TextChoices):
    """Where a submission is on its way; the last four are final."""

    QUEUED = "queued", "queued"
    SCORING = "scoring", "scoring"
    SCORED = "scored", "scored"
    REJECTED = "rejected", "rejected"
    ERROR = "error", "error"
    CANCELLED = "cancelled", "cancelled"


IN_FLIGHT = (SubmissionState.QUEUED, SubmissionState.SCORING)
# These cost nothing: the file's fault is refunded as ours is.
REFUNDED = (SubmissionState.REJECTED, SubmissionState.ERROR, SubmissionState.CANCELLED)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions by who asks: the one place that decides who may see which."""

    def visible_to(self, user: AnyUser) -> "SubmissionQuerySet":
        """Those of the teams that the user is in now; all of them for organizers."""
        if is_organizer(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(team__memberships__user_id=user.pk, team__memberships__left_at=None)


class Submission(models.Model):
    """A team's file in a phase, from intake to its score."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="submissions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="submissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="submission")
    number = models.PositiveIntegerField(help_text="The team's count in this phase, from 1.")
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=10, choices=SubmissionState.choices, default=SubmissionState.QUEUED
    )
    submitted_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0, help_text="How often it was claimed.")
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="How often scoring broke down for a reason of ours."
    )
    resend_at = models.DateTimeField(help_text="When the sweep may tell the queue of it again.")
    sent_count = models.PositiveSmallIntegerField(default=1)
    problems = models.JSONField(default=list, help_text="Of a rejected file: path and message.")
    problem_count = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    error = models.TextField(
        blank=True, help_text="Why scoring broke down; for organizers, never for contestants."
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "team", "number"], name="submission_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=SubmissionState.values), name="submission_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SubmissionState.SCORING, lease_token__isnull=False)
                | (~Q(state=SubmissionState.SCORING) & Q(lease_token__isnull=True)),
                name="submission_lease_exactly_while_scoring",
            ),
        ]
        indexes = [
            models.Index(fields=["phase", "team", "-submitted_at"], name="submission_of_team"),
            models.Index(
                fields=["resend_at"],
                condition=Q(state__in=IN_FLIGHT),
                name="submission_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} #{self.number}"

    @property
    def is_final(self) -> bool:
        """Whether its state will not change by itself any more."""
        return self.state not in IN_FLIGHT


class SubmissionEvent(models.Model):
    """One move of a submission, written in the same transaction as the move."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    detail = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}".strip()


class Evaluation(models.Model):
    """A submission judged by one truth under one set of settings, once."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evaluations")
    truth = models.ForeignKey(Truth, on_delete=models.PROTECT, related_name="evaluations")
    settings = models.JSONField()
    settings_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    seconds = models.FloatField(help_text="Wall time of the scoring child.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "truth", "settings_digest"], name="evaluation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} by truth {self.truth.version}"


class SplitScore(models.Model):
    """An evaluation's score on one split (A is public, B private)."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="scores")
    split = models.CharField(max_length=1)
    score = models.FloatField()
    outcomes = models.JSONField(default=dict)

    class Meta:
        ordering = ["split"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "split"], name="score_once_per_split"),
            # NaN is greater than every number in PostgreSQL, so this refuses it as well.
            models.CheckConstraint(
                condition=Q(score__gte=0.0, score__lte=1.0), name="score_is_finite"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score:.6f} ({self.split})"


class LevelScore(models.Model):
    """One level of a split's score: counts, precision, recall and F1."""

    split_score = models.ForeignKey(SplitScore, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)
    tp = models.PositiveIntegerField()
    fp = models.PositiveIntegerField()
    fn = models.PositiveIntegerField()
    precision = models.FloatField()
    recall = models.FloatField()
    f1 = models.FloatField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["split_score", "name"], name="level_once_per_score"),
            models.CheckConstraint(
                condition=Q(precision__gte=0.0, precision__lte=1.0)
                & Q(recall__gte=0.0, recall__lte=1.0)
                & Q(f1__gte=0.0, f1__lte=1.0),
                name="level_figures_are_finite",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.f1:.6f}"
