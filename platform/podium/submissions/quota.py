"""What a team may still submit: a day, in total, and in flight.

A quota is counted from the submissions themselves, never kept as a number that could drift: those
that were rejected, broken by us or cancelled cost nothing. Who decides on it must hold the entry's
lock (`lock_entry`), or two requests could take the same slot.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from podium.competitions.models import Phase
from podium.core import clock
from podium.core.refusals import QuotaExceeded
from podium.submissions.models import (
    IN_FLIGHT,
    REFUNDED,
    Entry,
    Submission,
    SubmissionState,
)
from podium.teams.models import Team


@dataclass(frozen=True)
class Quota:
    """A team's quotas in a phase at one instant; limits of None are none."""

    instant: datetime
    time_zone: str
    daily_limit: int
    used_today: int
    day_ends_at: datetime
    total_limit: int | None
    used_total: int
    in_flight_limit: int
    in_flight: int
    rejected_today: int

    @property
    def rejected_limit(self) -> int:
        """How many rejected files of a day are free: without an end they could flood us."""
        return max(20, 4 * self.daily_limit)

    @property
    def left_today(self) -> int:
        """How many more the day's quota allows, whatever the others say."""
        return max(0, self.daily_limit - self.used_today)

    @property
    def left_total(self) -> int | None:
        """How many more the whole phase allows, or None."""
        return None if self.total_limit is None else max(0, self.total_limit - self.used_total)

    @property
    def left_now(self) -> int:
        """How many may be submitted this instant."""
        free = max(0, self.in_flight_limit - self.in_flight)
        total = self.left_total
        return min(self.left_today, free, self.left_today if total is None else total)

    @property
    def _wait_seconds(self) -> int:
        return math.ceil((self.day_ends_at - self.instant).total_seconds())

    def check(self) -> None:
        """Raise QuotaExceeded, saying which quota and when there will be room."""
        if self.left_total == 0:
            raise QuotaExceeded(
                "total_quota",
                f"Your team has used all {self.total_limit} submissions of this phase.",
            )
        if self.left_today == 0:
            raise QuotaExceeded(
                "daily_quota",
                f"Your team has used its {self.daily_limit} submissions of today.",
                f"The next slot opens at {clock.spoken(self.day_ends_at, self.time_zone)}.",
                wait_seconds=self._wait_seconds,
                retry_at=self.day_ends_at.isoformat(),
            )
        if self.rejected_today >= self.rejected_limit:
            raise QuotaExceeded(
                "rejected_quota",
                f"{self.rejected_today} files of your team were rejected today.",
                "Check a file with `python -m evaluator validate` first; the next slot opens at "
                f"{clock.spoken(self.day_ends_at, self.time_zone)}.",
                wait_seconds=self._wait_seconds,
                retry_at=self.day_ends_at.isoformat(),
            )
        if self.in_flight >= self.in_flight_limit:
            raise QuotaExceeded(
                "in_flight_quota",
                f"{self.in_flight} submissions of your team are still waiting or being scored; "
                f"at most {self.in_flight_limit} may be.",
                "Wait until one is done.",
                wait_seconds=2,
            )


def quota_of(*, phase: Phase, team: Team, instant: datetime) -> Quota:
    """Return the team's quota at the instant; one query."""
    day_starts_at, day_ends_at = clock.day_around(instant, phase.competition.time_zone)
    charged = ~Q(state__in=REFUNDED)
    today = Q(submitted_at__gte=day_starts_at, submitted_at__lt=day_ends_at)
    counts = Submission.objects.filter(phase=phase, team=team).aggregate(
        total=Count("pk", filter=charged),
        today=Count("pk", filter=charged & today),
        rejected=Count("pk", filter=today & Q(state=SubmissionState.REJECTED)),
        in_flight=Count("pk", filter=Q(state__in=IN_FLIGHT)),
    )
    return Quota(
        instant=instant,
        time_zone=phase.competition.time_zone,
        daily_limit=phase.daily_limit,
        used_today=counts["today"],
        day_ends_at=day_ends_at,
        total_limit=phase.total_limit,
        used_total=counts["total"],
        in_flight_limit=phase.in_flight_limit,
        in_flight=counts["in_flight"],
        rejected_today=counts["rejected"],
    )


def lock_entry(*, phase: Phase, team: Team) -> Entry:
    """Lock the team's row in the phase until the transaction ends, making it the first time."""
    Entry.objects.bulk_create([Entry(phase=phase, team=team)], ignore_conflicts=True)
    return Entry.objects.select_for_update().get(phase=phase, team=team)
