"""Standings in the admin: they follow from the evaluations and are never edited."""

from django.contrib import admin

from podium.core.admin import ReadOnlyAdmin
from podium.leaderboards.models import Standing


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin[Standing]):
    """What counted for whom, and when."""

    list_display = ["phase", "split", "team", "score", "achieved_at", "during"]
    list_filter = ["phase", "split"]
    list_select_related = ["phase__competition", "team"]
    search_fields = ["team__name"]
    fields = ["phase", "split", "team", "score", "level_f1s", "achieved_at", "during"]
