"""Home and its icon, a competition, joining it, and one's team in it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from podium.competitions import services as competition_services
from podium.competitions.models import Competition
from podium.competitions.timeline import Timeline, timeline
from podium.core import clock
from podium.core.refusals import Refusal
from podium.leaderboards.queries import board_page
from podium.submissions.queries import of_team
from podium.teams.models import Membership, Team
from podium.teams.services import create_team
from podium.web.forms import JoinForm, TeamForm
from podium.web.lookup import signed_in, visible_competition
from podium.web.reader import reader_of

COMPETITIONS_A_PAGE = 20
TOP = 10
RECENT = 5


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers to the icon from pages that do not name it: the admin, the API's documents."""
    del request
    return redirect(static("podium/favicon.svg"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this site is and list its competitions."""
    competitions = Competition.objects.visible_to(request.user).prefetch_related("phases")
    page = Paginator(competitions, COMPETITIONS_A_PAGE).get_page(request.GET.get("page"))
    teams = Team.objects.filter(competition__in=list(page)).order_by().values_list("competition")
    team_counts = dict(teams.annotate(Count("pk")))
    now = clock.now()
    listed = []
    for competition in page:
        times = timeline(competition.phases.all(), now)
        teams_in = team_counts.get(competition.pk, 0)
        listed.append({"competition": competition, "teams": teams_in, "times": times})
    return render(request, "web/home.html", {"listed": listed, "page": page})


@require_safe
def competition(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a competition, and the step that this reader can take next."""
    competition = visible_competition(request, slug)
    return _competition_page(request, competition, JoinForm())


def _competition_page(
    request: HttpRequest, competition: Competition, form: JoinForm, status: int = 200
) -> HttpResponse:
    now = clock.now()
    times = _timeline(competition, now)
    reader = reader_of(request.user, competition)
    board = board_page(times.shown, own_team=reader.team) if times.shown else None
    context = {
        "competition": competition,
        "times": times,
        "now": now,
        "reader": reader,
        "form": form,
        "board": board,
        "top": board.rows[:TOP] if board else [],
    }
    return render(request, "web/competition.html", context, status=status)


@login_required
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Join under the rules that the reader saw; whoever has no team goes on to make one."""
    if request.method != "POST":  # back from signing in: the rules and the box are on the page
        return redirect("web:competition", slug=slug)
    competition = visible_competition(request, slug)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _competition_page(request, competition, form, status=400)
    user = signed_in(request)
    try:
        competition_services.join(
            competition=competition,
            user=user,
            accepted_rules_version=form.cleaned_data["rules_version"],
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _competition_page(request, competition, form, status=refusal.status)
    messages.success(request, f"You have joined {competition.title}.")
    if reader_of(user, competition).team is None:
        return redirect("web:team", slug=slug)
    return redirect("web:competition", slug=slug)


@login_required
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one's team with its members, or make one."""
    competition = visible_competition(request, slug)
    reader = reader_of(request.user, competition)
    if reader.team is not None:
        return _team_page(request, competition, reader.team)
    form = TeamForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = create_team(
                    competition=competition,
                    captain=signed_in(request),
                    name=form.cleaned_data["name"],
                )
            except Refusal as refusal:
                status = refusal.status
                form.add_error("name", str(refusal))
            else:
                messages.success(request, f"Your team {made.name} is ready.")
                return redirect("web:team", slug=slug)
    context = {"competition": competition, "reader": reader, "form": form}
    return render(request, "web/team_form.html", context, status=status)


def _timeline(competition: Competition, instant: datetime) -> Timeline:
    # With the competition along: its time zone and levels are asked for by each phase.
    return timeline(competition.phases.select_related("competition"), instant)


def _team_page(request: HttpRequest, competition: Competition, team: Team) -> HttpResponse:
    members = Membership.objects.filter(team=team, left_at=None).select_related("user")
    times = _timeline(competition, clock.now())
    context = {
        "competition": competition,
        "team": team,
        "members": members,
        "times": times,
        "recent": of_team(team)[:RECENT],
    }
    return render(request, "web/team.html", context)
