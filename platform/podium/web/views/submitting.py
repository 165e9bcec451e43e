"""Taking a file. What can be refused is refused before a byte of the body is parsed.

The CSRF check reads the form, so Django would store a body of any size before a view saw it.
Therefore the outer view is exempt and looks at the headers alone; the inner one is protected.
"""

from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from podium.competitions.models import Phase
from podium.core import bodies
from podium.core.refusals import Refusal
from podium.scoring.services import receive
from podium.submissions.services import too_large
from podium.teams.queries import require_team
from podium.web.lookup import signed_in, visible_phase
from podium.web.views.phases import Refused, show_phase


@csrf_exempt
def submit(request: HttpRequest, slug: str, phase_slug: str) -> HttpResponse:
    """Refuse by the headers what can be; hand the rest to the protected view."""
    if request.method != "POST":  # somebody came back to the address of a form
        return redirect("web:phase", slug=slug, phase_slug=phase_slug)
    try:
        phase = visible_phase(request, slug, phase_slug)
    except Http404:
        bodies.drain(request)
        raise
    if not request.user.is_authenticated:
        bodies.drain(request)
        return _not_signed_in(request, phase)
    if bodies.is_too_large(request, phase.max_file_bytes):
        bodies.drain(request)
        return _refused(request, phase, too_large(phase, bodies.announced_length(request)))
    return _receive(request, phase)


@csrf_protect
def _receive(request: HttpRequest, phase: Phase) -> HttpResponse:
    note = request.POST.get("note", "")
    try:
        team, file = require_team(request.user, phase.competition), _file(request)
        submission = receive(
            phase=phase,
            team=team,
            user=signed_in(request),
            file=file,
            file_name=file.name or "",
            note=note,
        )
    except Refusal as refusal:
        return _refused(request, phase, refusal, note)
    url = reverse("web:submission", args=[phase.competition.slug, phase.slug, submission.pk])
    if _wants_json(request):
        return JsonResponse({"url": url}, status=HTTPStatus.CREATED)
    return redirect(url)


def _file(request: HttpRequest) -> "UploadedFile[bytes]":
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("no_file", "No file came in.", "Choose a file and submit it again.")
    return file


def _refused(request: HttpRequest, phase: Phase, refusal: Refusal, note: str = "") -> HttpResponse:
    if _wants_json(request):
        said = {"code": refusal.code, "message": refusal.message, "remedy": refusal.remedy}
        return JsonResponse(said, status=refusal.status)
    return show_phase(request, phase, Refused(refusal, note))


def _not_signed_in(request: HttpRequest, phase: Phase) -> HttpResponse:
    page = reverse("web:phase", args=[phase.competition.slug, phase.slug])
    if _wants_json(request):
        said = {
            "code": "not_signed_in",
            "message": "You are not signed in any more.",
            "remedy": "Sign in in another tab, then submit again.",
        }
        return JsonResponse(said, status=HTTPStatus.UNAUTHORIZED)
    return redirect_to_login(page)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
