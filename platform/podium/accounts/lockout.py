"""Whom a failed login counts against, however the name was written."""

from collections.abc import Mapping

from django.http import HttpRequest

from podium.accounts.models import User

LONGEST = 150


def locked_name(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """Return the name that axes counts by: lower case, bounded, an e-mail's user's own.

    allauth looks names up whatever their case, so every spelling must be one name here too.
    """
    given = credentials or request.POST
    typed = given.get("username") or given.get("login") or given.get("email") or ""
    name = str(typed).strip().replace("\x00", "").lower()
    if "@" in name:
        owner = User.objects.filter(email__iexact=name).values_list("username", flat=True).first()
        name = (owner or name).lower()
    return name[:LONGEST]
