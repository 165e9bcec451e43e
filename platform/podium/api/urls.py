"""Addresses of REST v1, its schema and its documentation."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from podium.api import board_views, views

app_name = "api"
PHASE = "v1/competitions/<slug:competition>/phases/<slug:phase>"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(api_version="v1"), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/competitions/", views.CompetitionList.as_view(), name="competitions"),
    path(
        "v1/competitions/<slug:competition>/",
        views.CompetitionDetail.as_view(),
        name="competition",
    ),
    path(
        "v1/competitions/<slug:competition>/participation/",
        views.Participation.as_view(),
        name="participation",
    ),
    path("v1/competitions/<slug:competition>/team/", views.OwnTeam.as_view(), name="team"),
    path(f"{PHASE}/quota/", views.QuotaView.as_view(), name="quota"),
    path(f"{PHASE}/submissions/", views.SubmissionList.as_view(), name="submissions"),
    path("v1/submissions/<uuid:submission>/", views.SubmissionDetail.as_view(), name="submission"),
    path(f"{PHASE}/board/", board_views.BoardView.as_view(), name="board"),
    path(f"{PHASE}/board/history/", board_views.HistoryView.as_view(), name="history"),
    path("<path:rest>", views.Nowhere.as_view()),
]
