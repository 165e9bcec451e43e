"""Teams in the admin."""

from django.contrib import admin

from podium.core.admin import NeverAddedAdmin, ReadOnlyInline
from podium.teams.models import Membership, Team


class MembershipInline(ReadOnlyInline[Membership, Team]):
    """Who is and was in the team."""

    model = Membership
    fields = ["user", "joined_at", "left_at"]
    readonly_fields = ["user", "joined_at", "left_at"]


@admin.register(Team)
class TeamAdmin(NeverAddedAdmin[Team]):
    """Teams with their members; captains make them on the site."""

    list_display = ["name", "competition", "captain", "created_at"]
    list_filter = ["competition"]
    list_select_related = ["competition", "captain"]
    search_fields = ["name", "captain__username"]
    fields = ["competition", "name", "captain", "created_at"]
    readonly_fields = ["competition", "name", "captain", "created_at"]
    inlines = [MembershipInline]
