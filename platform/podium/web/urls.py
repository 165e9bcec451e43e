"""Addresses of the pages. `join` and `team` come before the phases, whose slugs they shadow."""

from django.urls import path

from podium.web.views import boards, competitions, phases, submissions, submitting, tokens

app_name = "web"

PHASE = "c/<slug:slug>/<slug:phase_slug>/"

urlpatterns = [
    path("", competitions.home, name="home"),
    path("favicon.ico", competitions.favicon),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke_token"),
    path("c/<slug:slug>/", competitions.competition, name="competition"),
    path("c/<slug:slug>/join/", competitions.join, name="join"),
    path("c/<slug:slug>/team/", competitions.team, name="team"),
    path(PHASE, phases.phase, name="phase"),
    path(f"{PHASE}board/", boards.board, name="board"),
    path(f"{PHASE}submit/", submitting.submit, name="submit"),
    path(f"{PHASE}submissions/", submissions.submissions, name="submissions"),
    path(f"{PHASE}submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path(
        f"{PHASE}submissions/<uuid:submission_id>/state/",
        submissions.state,
        name="submission_state",
    ),
]
