"""Bodies that are too large for anything but a file, refused before the first byte is stored.

Django's CSRF check parses the form of any address, and so would store a body of any size for
anyone. The addresses that take files look at the length themselves, by their phase's limit.
"""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from podium.accounts.roles import is_organizer
from podium.core import bodies
from podium.core.refusals import TooLarge

LARGEST = 3 * 1024 * 1024  # bytes of a body without a file
TAKE_FILES = {"web:submit", "api:submissions"}
TAKE_FILES_OF_ORGANIZERS = {"admin:competitions_truth_add"}


class BodyLimitMiddleware:
    """Answers 413 to a body that is announced too long for its address; before the CSRF check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; the address is known in `process_view` only."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: Sequence[object],
        kwargs: Mapping[str, object],
    ) -> HttpResponse | None:
        """Refuse by the announced length."""
        del view, args, kwargs
        if bodies.announced_length(request) <= LARGEST or _takes_files(request):
            return None
        bodies.drain(request)
        refusal = TooLarge(
            "body_too_large",
            f"A request to this address has at most {LARGEST:,} bytes.",
            "Files are taken on a phase's page.",
        )
        return render(request, "web/refusal.html", {"refusal": refusal}, status=TooLarge.status)


def _takes_files(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in TAKE_FILES or (name in TAKE_FILES_OF_ORGANIZERS and is_organizer(request.user))
