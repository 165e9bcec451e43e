"""What every page's answer passes: refusals become pages, and a content security policy is sent."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from podium.core.refusals import Refusal

Next = Callable[[HttpRequest], HttpResponse]

# Everything comes from this site, nothing inline. Pico draws its small icons as data: images.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The API's documentation page brings an inline script of its own.
WITHOUT_POLICY = ("/api/docs/",)


class RefusalMiddleware:
    """Renders `Refusal` for pages; REST has its own handler and never gets here."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; only an exception is of interest here."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render a refusal; leave every other exception to Django."""
        if not isinstance(error, Refusal):
            return None
        return render(request, "web/refusal.html", {"refusal": error}, status=error.status)


class ContentSecurityPolicyMiddleware:
    """Sends the policy with every answer but the API's documentation."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy, unless the view has one of its own."""
        response = self.get_response(request)
        if not request.path.startswith(WITHOUT_POLICY):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
