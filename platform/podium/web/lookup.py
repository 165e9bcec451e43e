"""What an address names, for those who may see it; 404 for everyone else.

Whether somebody may do something with it is the services' decision.
"""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from podium.accounts.models import User
from podium.competitions.models import Competition, Phase
from podium.core.refusals import Refusal


class Unreadable(Refusal):
    """An address whose query can't be understood."""

    status = 400


def visible_competition(request: HttpRequest, slug: str) -> Competition:
    """Return the competition of this address."""
    return get_object_or_404(Competition.objects.visible_to(request.user), slug=slug)


def visible_phase(request: HttpRequest, slug: str, phase_slug: str) -> Phase:
    """Return the phase of this address, its competition fetched along."""
    competitions = Competition.objects.visible_to(request.user).filter(slug=slug)
    return get_object_or_404(
        Phase.objects.select_related("competition"),
        competition__in=competitions,
        slug=phase_slug,
    )


def signed_in(request: HttpRequest) -> User:
    """Return the user of a request that `login_required` let through."""
    assert isinstance(request.user, User)
    return request.user
