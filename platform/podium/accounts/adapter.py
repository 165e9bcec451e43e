"""allauth's hooks: two sign-ups at the same moment with one name or address make one account."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from podium.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The default, with the database's word on what is unique."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save; whoever comes second is sent to sign in."""
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
        except IntegrityError as error:
            messages.error(
                request, "An account of this name or address was made just now: sign in."
            )
            raise ImmediateHttpResponse(redirect("account_login")) from error
        return saved
