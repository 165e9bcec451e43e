"""Request bodies that are too large: refused by their announced length, before they are parsed."""

from django.http import HttpRequest

SLACK = 1024 * 1024  # the multipart frame and the other fields
DRAIN = 32 * 1024 * 1024


def announced_length(request: HttpRequest) -> int:
    """Return the body's announced length in bytes; 0 if none is announced (Django reads none)."""
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def is_too_large(request: HttpRequest, max_file_bytes: int) -> bool:
    """Whether the body can't be a form with a file within the limit."""
    return announced_length(request) > max_file_bytes + SLACK


def drain(request: HttpRequest) -> None:
    """Read and forget the body's beginning: a client that still sends would miss the answer."""
    left = min(DRAIN, announced_length(request))
    while left > 0:
        chunk = request.read(min(left, 1024 * 1024))
        if not chunk:
            return
        left -= len(chunk)
