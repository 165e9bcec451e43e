"""A team's submissions: the list, one of them, and the fragment that follows its state."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import select_template
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from podium.accounts.roles import is_organizer
from podium.competitions.models import Competition
from podium.leaderboards.queries import PAGE, rank_of, splits_visible_to, standings_at
from podium.submissions.models import Submission, SubmissionState
from podium.submissions.queries import current_evaluation, of_team, with_scores
from podium.web.lookup import visible_phase
from podium.web.reader import reader_of

SUBMISSIONS_A_PAGE = 20


@login_required
@require_safe
def submissions(request: HttpRequest, slug: str, phase_slug: str) -> HttpResponse:
    """List the own team's submissions in the phase; to an organizer without a team, everyone's."""
    phase = visible_phase(request, slug, phase_slug)
    reader = reader_of(request.user, phase.competition)
    if reader.team is not None:
        rows = of_team(reader.team, phase)
    else:
        seen = Submission.objects.visible_to(request.user).filter(phase=phase)
        rows = with_scores(seen)
    context = {
        "phase": phase,
        "competition": phase.competition,
        "reader": reader,
        "is_everyones": reader.team is None and is_organizer(request.user),
        "page": Paginator(rows, SUBMISSIONS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "web/submissions.html", context)


@never_cache
@login_required
@require_safe
def submission(
    request: HttpRequest, slug: str, phase_slug: str, submission_id: UUID
) -> HttpResponse:
    """Show a submission; while it is on its way, the page follows it by itself."""
    found = _find(request, slug, phase_slug, submission_id)
    return render(request, "web/submission.html", _context(request, found))


@never_cache
@require_safe
def state(request: HttpRequest, slug: str, phase_slug: str, submission_id: UUID) -> HttpResponse:
    """Render the part of the page that changes; 204 while nothing did since `seen`."""
    found = _find(request, slug, phase_slug, submission_id)
    if request.GET.get("seen") == seen(found):
        return HttpResponse(status=204)
    context = _context(request, found) | {"is_update": True}
    return render(request, "web/_submission.html", context)


def seen(submission: Submission) -> str:
    """Return what a page knows a submission's state by."""
    return f"{submission.state}-{submission.attempt}"


def _find(request: HttpRequest, slug: str, phase_slug: str, submission_id: UUID) -> Submission:
    """Return the submission in one query, or answer 404 if this reader may not see it."""
    return get_object_or_404(
        Submission.objects.visible_to(request.user).select_related(
            "phase__competition", "team", "user", "upload"
        ),
        phase__competition__in=Competition.objects.visible_to(request.user),
        phase__competition__slug=slug,
        phase__slug=phase_slug,
        pk=submission_id,
    )


def _context(request: HttpRequest, submission: Submission) -> dict[str, object]:
    context: dict[str, object] = {
        "submission": submission,
        "phase": submission.phase,
        "competition": submission.phase.competition,
        "events": submission.events.select_related("by"),
        "seen": seen(submission),
        "is_own": reader_of(request.user, submission.phase.competition).team == submission.team,
    }
    if submission.state == SubmissionState.SCORED:
        context |= _result(request, submission)
    return context


def _result(request: HttpRequest, submission: Submission) -> dict[str, object]:
    """Return the scores and the place, read once the submission is scored."""
    phase = submission.phase
    (fetched,) = with_scores(Submission.objects.filter(pk=submission.pk))
    evaluation = current_evaluation(fetched)
    visible = splits_visible_to(request.user)
    scores = [
        score for score in (evaluation.scores.all() if evaluation else ()) if score.split in visible
    ]
    rows = standings_at(phase, "A", None)
    standing = (
        rows.filter(team=submission.team)
        .select_related("split_score__evaluation__submission")
        .first()
    )
    rank = rank_of(standing, rows) if standing else None
    return {
        "scores": scores,
        "score": next((score for score in scores if score.split == "A"), None),
        "counting": standing.split_score.evaluation.submission if standing else None,
        "rank": rank,
        "own_offset": (rank - 1) // PAGE * PAGE if rank else 0,
        "team_total": rows.count() if standing else 0,
        "outcomes_template": select_template(
            [f"tasks/{phase.task}/outcomes.html", "tasks/any/outcomes.html"]
        ),
    }
