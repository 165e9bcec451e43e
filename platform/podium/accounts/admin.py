"""Users and tokens in the admin; a token's secret is nowhere to be seen."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group

from podium.accounts.models import ApiToken, User
from podium.core.admin import NeverAddedAdmin

admin.site.register(User, UserAdmin)
# Roles are a contest's affair, not Django's groups.
admin.site.unregister(Group)


@admin.register(ApiToken)
class ApiTokenAdmin(NeverAddedAdmin[ApiToken]):
    """Tokens can be looked at and deleted; their owners make them on the site."""

    list_display = ["prefix", "name", "user", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["prefix", "name", "user__username"]
    fields = ["user", "name", "prefix", "created_at", "last_used_at", "revoked_at"]
    readonly_fields = ["user", "name", "prefix", "created_at", "last_used_at", "revoked_at"]
