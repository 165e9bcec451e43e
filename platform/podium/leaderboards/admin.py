"""Standings in the admin: they follow from the evaluations and are never edited."""

from datetime import datetime

from django.contrib import admin

from podium.core.admin import ReadOnlyAdmin
from podium.leaderboards.models import Standing


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin[Standing]):
    """What counted for whom, and when."""

    list_display = ["team", "phase", "split", "six_decimals", "since", "until"]
    list_filter = ["phase", "split"]
    list_select_related = ["phase__competition", "team"]
    search_fields = ["team__name"]
    ordering = ["-during"]
    fields = ["phase", "split", "team", "score", "level_f1s", "achieved_at", "during"]

    @admin.display(description="score", ordering="score")
    def six_decimals(self, standing: Standing) -> str:
        """Return the score as everyone sees it."""
        return f"{standing.score:.6f}"

    @admin.display(description="since", ordering="during")
    def since(self, standing: Standing) -> datetime:
        """Return from when on it counted."""
        start: datetime = standing.during.lower
        return start

    @admin.display(description="until", empty_value="now")
    def until(self, standing: Standing) -> datetime | None:
        """Return until when it counted."""
        end: datetime | None = standing.during.upper
        return end
