"""A phase: its dates, task, rules and quotas, and the form that takes a file."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import select_template
from django.views.decorators.http import require_safe

from podium.accounts.models import User
from podium.competitions.models import Phase
from podium.competitions.queries import level_names, task_title
from podium.competitions.timeline import stage
from podium.core import clock
from podium.core.refusals import Refusal
from podium.leaderboards.queries import own_place
from podium.scoring.services import check_entry
from podium.submissions.queries import of_team
from podium.submissions.quota import quota_of
from podium.web.forms import NoteForm
from podium.web.lookup import visible_phase
from podium.web.reader import Reader, reader_of

RECENT = 5


@dataclass(frozen=True)
class Refused:
    """An upload that was not taken, shown above the form it came from."""

    refusal: Refusal
    note: str


@require_safe
def phase(request: HttpRequest, slug: str, phase_slug: str) -> HttpResponse:
    """Show the phase."""
    return show_phase(request, visible_phase(request, slug, phase_slug))


def show_phase(request: HttpRequest, phase: Phase, refused: Refused | None = None) -> HttpResponse:
    """Render the phase's page, with the refusal of an upload if there was one."""
    now = clock.now()
    reader = reader_of(request.user, phase.competition)
    context: dict[str, object] = {
        "phase": phase,
        "competition": phase.competition,
        "stage": stage(phase, now),
        "reader": reader,
        "levels": level_names(phase),
        "task_title": task_title(phase),
        "settings": phase.task_settings,
        "settings_template": _template(phase, "settings.html"),
        "format_template": _template(phase, "format.html"),
        "form": NoteForm(initial={"note": refused.note if refused else ""}),
        "refusal": refused.refusal if refused else None,
    }
    if reader.team is not None:
        context |= {
            "quota": quota_of(phase=phase, team=reader.team, instant=now),
            "obstacle": _obstacle(request, phase, reader),
            "place": own_place(phase, reader.team),
            "recent": of_team(reader.team, phase)[:RECENT],
        }
    status = refused.refusal.status if refused else 200
    return render(request, "web/phase.html", context, status=status)


def _obstacle(request: HttpRequest, phase: Phase, reader: Reader) -> Refusal | None:
    """Return the refusal that an upload would meet now, to be said before anyone tries."""
    assert reader.team is not None
    assert isinstance(request.user, User)
    try:
        check_entry(phase=phase, team=reader.team, user=request.user)
    except Refusal as refusal:
        return refusal
    return None


def _template(phase: Phase, name: str) -> object:
    """Return the task's own template of this name, or the one for any task."""
    return select_template([f"tasks/{phase.task}/{name}", f"tasks/any/{name}"])
