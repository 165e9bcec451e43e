"""What every page needs."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name for the header and titles."""
    del request
    return {"site_name": settings.SITE_NAME}
