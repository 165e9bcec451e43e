"""REST v1: boards and their history."""

from typing import Any

from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from podium.api import serializers as shapes
from podium.api.views import PROBLEM, visible_phase
from podium.competitions.queries import level_names
from podium.core import clock
from podium.core.refusals import NotAllowed
from podium.leaderboards import queries as boards
from podium.teams.queries import require_team, team_of


class BoardView(APIView):
    """A phase's board."""

    @extend_schema(
        parameters=[shapes.BoardQuerySerializer],
        responses={
            200: shapes.BoardSerializer,
            304: None,
            400: PROBLEM,
            401: PROBLEM,
            403: PROBLEM,
            404: PROBLEM,
        },
        tags=["boards"],
    )
    def get(self, request: Request, competition: str, phase: str) -> Response:
        """Show fifty rows of the board, and the caller's own row wherever it stands."""
        entered = visible_phase(request, competition, phase)
        asked = _asked(request)
        split, instant = asked["split"], asked["at"]
        etag = f'"{entered.pk}-{split}-{boards.board_version(entered, split)}-{request.user.pk}"'
        fresh_until = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if instant is None and _knows(request, etag):
            return Response(status=304, headers=fresh_until)
        page = boards.board_page(
            entered,
            split=split,
            instant=instant,
            offset=asked["offset"],
            own_team=team_of(request.user, entered.competition),
        )
        shown = shapes.BoardSerializer(page, context={"level_names": page.level_names})
        return Response(shown.data, headers=fresh_until if instant is None else None)


class HistoryView(APIView):
    """The caller's team's history on a board."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[shapes.SplitQuerySerializer],
        responses={
            200: shapes.StandingSerializer(many=True),
            400: PROBLEM,
            401: PROBLEM,
            403: PROBLEM,
            404: PROBLEM,
            409: PROBLEM,
        },
        tags=["boards"],
    )
    def get(self, request: Request, competition: str, phase: str) -> Response:
        """List what counted for the caller's team, and from when until when."""
        entered = visible_phase(request, competition, phase)
        team = require_team(request.user, entered.competition)
        steps = boards.team_history(entered, team, _asked(request)["split"])
        names = {"level_names": level_names(entered)}
        return Response(shapes.StandingSerializer(steps, many=True, context=names).data)


def _knows(request: Request, etag: str) -> bool:
    """Whether the caller has this version; compared weakly, for compression makes a tag weak."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or etag in {tag.removeprefix("W/") for tag in known}


def _asked(request: Request) -> dict[str, Any]:
    query = shapes.BoardQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked: dict[str, Any] = query.validated_data
    if asked["split"] not in boards.splits_visible_to(request.user):
        raise NotAllowed("split_hidden", "This split is not revealed.")
    if asked["at"] is not None and asked["at"] > clock.now():
        raise ValidationError({"at": ["A board can be shown as it stood, not as it will stand."]})
    return asked
