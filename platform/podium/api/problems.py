"""Every refusal as RFC 9457 problem details: a stable code, what is wrong, what to do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from podium.core.refusals import QuotaExceeded, Refusal

REMEDIES = {
    "not_authenticated": "Send a token: `Authorization: Bearer pod_…`; make one on the site.",
    "authentication_failed": "Make a new token on the site, under “API tokens”.",
    "not_found": "Check the address; what you may not see is not found either.",
    "method_not_allowed": "The `Allow` header lists the methods of this address.",
    "unsupported_media_type": "The documentation at /api/docs/ says what this address takes.",
    "parse_error": "Send what the `Content-Type` header announces.",
}
MEDIA_TYPE = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an exception (DRF's EXCEPTION_HANDLER), or None to let it be a 500."""
    del context
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, Refusal):
        body = _body(error.status, error.code, error.message, remedy=error.remedy, **error.facts)
        headers = {}
        if isinstance(error, QuotaExceeded) and error.wait_seconds is not None:
            headers["Retry-After"] = str(error.wait_seconds)
        response = Response(body, status=error.status, headers=headers, content_type=MEDIA_TYPE)
    elif isinstance(error, exceptions.APIException):
        response = _framework_problem(error)
    else:
        return None
    set_rollback()
    return response


def _framework_problem(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        body = _body(
            status.HTTP_400_BAD_REQUEST,
            "invalid_request",
            "The request can't be understood as it stands.",
            remedy="See `errors` for each field.",
            errors=error.detail,
        )
    else:
        code = str(error.default_code)
        body = _body(error.status_code, code, str(error.detail), remedy=REMEDIES.get(code, ""))
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def _body(status_code: int, code: str, detail: str, **more: object) -> dict[str, object]:
    body: dict[str, object] = {
        "type": f"urn:podium:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status_code,
        "code": code,
        "detail": detail,
    }
    body.update({name: value for name, value in more.items() if value not in ("", None)})
    return body
