"""Competition, phase, truth, participant.

A phase names its task (`clips`, …) and keeps the task's settings as JSON: what they mean is known
to the evaluator's registry only.
"""

import uuid
from datetime import UTC, datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from podium.accounts.roles import AnyUser, is_organizer

MEGABYTE = 1024 * 1024
# Beyond these a wall clock somewhere on earth has no year to show.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
IN_RANGE = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
PAGES = {"join", "team"}  # of a competition, beside its phases


def check_time_zone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone; write one like “Asia/Shanghai”.")


def check_phase_slug(slug: str) -> None:
    """Refuse a slug whose address is another page of the competition."""
    if slug in PAGES:
        raise ValidationError(f"“{slug}” is the address of another page; choose another slug.")


class CompetitionQuerySet(models.QuerySet["Competition"]):
    """Competitions by who asks: the one place that decides who may see which."""

    def visible_to(self, user: AnyUser) -> "CompetitionQuerySet":
        """Published ones for everyone, all of them for organizers."""
        return self if is_organizer(user) else self.filter(is_published=True)


class Competition(models.Model):
    """A contest: its pages, its time zone and its phases."""

    slug = models.SlugField(
        max_length=60, unique=True, help_text="Its address on the site, after /c/."
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, help_text="One or two sentences for the list.")
    description = models.TextField(help_text="Plain text; an empty line begins a paragraph.")
    rules = models.TextField(help_text="What a participant accepts when joining.")
    rules_version = models.PositiveIntegerField(
        default=1, help_text="Raise it when the rules change: everyone accepts them anew."
    )
    time_zone = models.CharField(
        max_length=64,
        default="Asia/Shanghai",
        validators=[check_time_zone],
        help_text="Quota days begin at midnight here.",
    )
    max_team_size = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(1)])
    is_published = models.BooleanField(
        default=False, help_text="Unpublished: only organizers see it."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return its page, for the admin's "view on site"."""
        return reverse("web:competition", args=[self.slug])


class Participant(models.Model):
    """A user who joined a competition, with the version of the rules that was accepted."""

    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="participants"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations"
    )
    rules_version = models.PositiveIntegerField()
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "user"], name="participant_once_per_competition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.competition}"


class Phase(models.Model):
    """A stretch of a competition with its own task, truth, quotas and board."""

    class Selection(models.TextChoices):
        """Which of a team's evaluations stands on the board."""

        BEST = "best", "best score"
        LATEST = "latest", "latest submission"

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField(help_text="1 is the first phase.")
    slug = models.SlugField(max_length=60, validators=[check_phase_slug])
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    task = models.CharField(max_length=30, default="clips")
    task_settings = models.JSONField(default=dict, blank=True, editable=False)
    settings_digest = models.CharField(max_length=64, editable=False)
    opens_at = models.DateTimeField(
        validators=IN_RANGE, help_text="In UTC. Submissions are taken from this instant on."
    )
    closes_at = models.DateTimeField(
        validators=IN_RANGE, help_text="In UTC. … and up to, but not at, this one."
    )
    daily_limit = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)], help_text="Submissions a team a day."
    )
    total_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Submissions a team in the whole phase; empty: no limit.",
    )
    in_flight_limit = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Submissions of a team that may wait or be scored at one time.",
    )
    max_file_mb = models.PositiveIntegerField(
        "largest file (MB)",
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(2000)],
        help_text="As uploaded.",
    )
    max_unpacked_mb = models.PositiveIntegerField(
        "largest file unpacked (MB)",
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(4000)],
        help_text="After .gz or .zip is unpacked; a hostile file costs about 0.2 s a MB.",
    )
    selection = models.CharField(
        max_length=10,
        choices=Selection.choices,
        default=Selection.BEST,
        help_text="Which of a team's submissions counts on the board; fixed once one was scored.",
    )
    private_share = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.95)],
        help_text="Share of the truth put in the private split B, where the truth names no splits.",
    )
    split_seed = models.CharField(
        max_length=64, blank=True, help_text="Seed of that draw; the same seed, the same split."
    )
    current_truth = models.ForeignKey(
        "Truth", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["competition", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "slug"], name="phase_slug_once_per_competition"
            ),
            models.UniqueConstraint(
                fields=["competition", "position"], name="phase_position_once_per_competition"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="phase_opens_before_it_closes",
                violation_error_message="The phase must close after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__gte=EARLIEST, closes_at__lte=LATEST),
                name="phase_is_in_our_time",
                violation_error_message="Choose dates from 2000 to 2200.",
            ),
            models.CheckConstraint(
                condition=Q(max_unpacked_mb__gte=F("max_file_mb")),
                name="phase_unpacked_limit_holds_a_file",
                violation_error_message="The limit unpacked must be at least the limit of a file.",
            ),
            models.CheckConstraint(
                condition=Q(private_share__gte=0.0, private_share__lt=1.0),
                name="phase_private_share_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competition}: {self.title}"

    @property
    def max_file_bytes(self) -> int:
        """The size limit of an upload, in bytes."""
        return self.max_file_mb * MEGABYTE

    @property
    def max_unpacked_bytes(self) -> int:
        """The size limit of an unpacked upload, in bytes."""
        return self.max_unpacked_mb * MEGABYTE

    def is_open_at(self, instant: datetime) -> bool:
        """Whether submissions are taken at this instant."""
        return self.opens_at <= instant < self.closes_at


def truth_file_name(truth: "Truth", filename: str) -> str:
    """Return a name that can't be guessed; the uploaded name is kept in the row."""
    del filename
    return f"truths/{truth.phase_id}/{uuid.uuid4()}/source"


class Truth(models.Model):
    """One version of a phase's truth, as uploaded, and its compiled form once that stands."""

    class State(models.TextChoices):
        """Where a truth is on its way."""

        QUEUED = "queued", "waiting to be compiled"
        COMPILING = "compiling", "being compiled"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="truths")
    version = models.PositiveIntegerField(editable=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.QUEUED, editable=False
    )
    file = models.FileField(upload_to=truth_file_name, editable=False)
    file_name = models.CharField(max_length=200, editable=False)
    file_size = models.BigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    compiled_prefix = models.CharField(max_length=200, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    manifest = models.JSONField(default=dict, editable=False)
    problems = models.JSONField(default=list, editable=False)
    problem_count = models.PositiveIntegerField(default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["phase", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "version"], name="truth_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.phase}, truth {self.version}"
