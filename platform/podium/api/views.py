"""REST v1: each view parses, authorises through the object, calls one service, renders."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.files.base import File
from django.db import DataError
from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from podium.accounts.models import User
from podium.api import serializers as shapes
from podium.competitions import services as competitions
from podium.competitions.models import Competition, Phase
from podium.core import bodies, clock
from podium.scoring import services as scoring
from podium.submissions.models import Submission
from podium.submissions.queries import of_team, with_scores
from podium.submissions.quota import quota_of
from podium.submissions.services import too_large
from podium.teams import services as teams
from podium.teams.queries import require_team

PROBLEM = OpenApiResponse(shapes.ProblemSerializer, description="Problem details (RFC 9457).")


class SubmissionPagination(CursorPagination):
    """Newest first; stable while new ones come in."""

    page_size = 50
    ordering = ("-submitted_at", "-id")


def visible_competition(request: Request, slug: str) -> Competition:
    """Return the competition if the caller may see it, or answer 404."""
    return get_object_or_404(Competition.objects.visible_to(request.user), slug=slug)


def visible_phase(request: Request, competition: str, phase: str) -> Phase:
    """Return the phase if the caller may see its competition, or answer 404."""
    return get_object_or_404(
        Phase.objects.select_related("competition").filter(
            competition__in=Competition.objects.visible_to(request.user)
        ),
        competition__slug=competition,
        slug=phase,
    )


def caller(request: Request) -> User:
    """Return the signed-in caller (views that need one are behind IsAuthenticated)."""
    assert isinstance(request.user, User)
    return request.user


class CompetitionList(APIView):
    """All competitions that the caller may see."""

    @extend_schema(responses=shapes.CompetitionSerializer(many=True), tags=["competitions"])
    def get(self, request: Request) -> Response:
        """List competitions with their phases."""
        shown = Competition.objects.visible_to(request.user).prefetch_related(_phases())
        return Response(
            shapes.CompetitionSerializer(shown, many=True, context={"now": clock.now()}).data
        )


class CompetitionDetail(APIView):
    """One competition."""

    @extend_schema(
        responses={200: shapes.CompetitionSerializer, 404: PROBLEM}, tags=["competitions"]
    )
    def get(self, request: Request, competition: str) -> Response:
        """Show a competition with its phases and rules."""
        shown = visible_competition(request, competition)
        return Response(shapes.CompetitionSerializer(shown, context={"now": clock.now()}).data)


class Participation(APIView):
    """The caller's participation in a competition."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        request=shapes.JoinSerializer,
        responses={204: None, 400: PROBLEM, 401: PROBLEM, 404: PROBLEM, 409: PROBLEM},
        tags=["competitions"],
    )
    def post(self, request: Request, competition: str) -> Response:
        """Join by accepting the rules; doing it again changes nothing."""
        joined = visible_competition(request, competition)
        given = shapes.JoinSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        competitions.join(
            competition=joined,
            user=caller(request),
            accepted_rules_version=given.validated_data["rules_version"],
        )
        return Response(status=204)


class OwnTeam(APIView):
    """The caller's team in a competition."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses={200: shapes.TeamSerializer, 401: PROBLEM, 404: PROBLEM, 409: PROBLEM},
        tags=["teams"],
    )
    def get(self, request: Request, competition: str) -> Response:
        """Show the caller's team."""
        entered = visible_competition(request, competition)
        return Response(shapes.TeamSerializer(require_team(request.user, entered)).data)

    @extend_schema(
        request=shapes.TeamCreateSerializer,
        responses={
            201: shapes.TeamSerializer,
            400: PROBLEM,
            401: PROBLEM,
            403: PROBLEM,
            404: PROBLEM,
            409: PROBLEM,
        },
        tags=["teams"],
    )
    def post(self, request: Request, competition: str) -> Response:
        """Create a team with the caller as its captain."""
        entered = visible_competition(request, competition)
        given = shapes.TeamCreateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        team = teams.create_team(
            competition=entered, captain=caller(request), name=given.validated_data["name"]
        )
        return Response(shapes.TeamSerializer(team).data, status=201)


class QuotaView(APIView):
    """What the caller's team may still submit in a phase."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses={200: shapes.QuotaSerializer, 401: PROBLEM, 404: PROBLEM, 409: PROBLEM},
        tags=["submissions"],
    )
    def get(self, request: Request, competition: str, phase: str) -> Response:
        """Show the team's quotas as they stand now."""
        entered = visible_phase(request, competition, phase)
        team = require_team(request.user, entered.competition)
        quota = quota_of(phase=entered, team=team, instant=clock.now())
        return Response(shapes.QuotaSerializer(quota).data)


class SubmissionList(APIView):
    """The caller's team's submissions in a phase."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser, FormParser]

    @extend_schema(
        responses={200: shapes.SubmissionPageSerializer, 401: PROBLEM, 404: PROBLEM, 409: PROBLEM},
        parameters=[OpenApiParameter("cursor", str)],
        tags=["submissions"],
    )
    def get(self, request: Request, competition: str, phase: str) -> Response:
        """List the team's submissions, newest first, fifty a page."""
        entered = visible_phase(request, competition, phase)
        team = require_team(request.user, entered.competition)
        pages = SubmissionPagination()
        try:
            page = pages.paginate_queryset(of_team(team, entered), request, view=self)
        except (DjangoValidationError, ValueError, OverflowError, DataError) as error:
            raise NotFound("This cursor is none of ours.") from error
        return pages.get_paginated_response(shapes.SubmissionSerializer(page, many=True).data)

    @extend_schema(
        request={"multipart/form-data": shapes.SubmitSerializer},
        responses={
            201: shapes.SubmissionSerializer,
            400: PROBLEM,
            401: PROBLEM,
            403: PROBLEM,
            404: PROBLEM,
            409: PROBLEM,
            413: PROBLEM,
            429: PROBLEM,
        },
        tags=["submissions"],
    )
    def post(self, request: Request, competition: str, phase: str) -> Response:
        """Submit a file; the answer's `Location` is where to poll its state."""
        entered = visible_phase(request, competition, phase)
        _refuse_large(request._request, entered)  # noqa: SLF001 - before DRF parses the body
        team = require_team(request.user, entered.competition)
        given = shapes.SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        assert isinstance(file, File)
        submission = scoring.receive(
            phase=entered,
            team=team,
            user=caller(request),
            file=file,
            file_name=str(file.name),
            note=given.validated_data["note"],
            sha256=given.validated_data["sha256"],
        )
        shown = shapes.SubmissionSerializer(_submission(request, submission.pk)).data
        location = request.build_absolute_uri(f"/api/v1/submissions/{submission.pk}/")
        return Response(shown, status=201, headers={"Location": location})


class SubmissionDetail(APIView):
    """One submission."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        responses={200: shapes.SubmissionSerializer, 401: PROBLEM, 404: PROBLEM},
        tags=["submissions"],
    )
    def get(self, request: Request, submission: UUID) -> Response:
        """Show a submission's state and, once there is one, its score."""
        return Response(shapes.SubmissionSerializer(_submission(request, submission)).data)


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Every other address below /api/: not found, as problem details."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer 404 whatever the method."""
        del request, args, kwargs
        raise NotFound


def _phases() -> "Prefetch[Any]":
    return Prefetch("phases", Phase.objects.order_by("position"))


def _submission(request: Request, submission_id: UUID) -> Submission:
    return get_object_or_404(
        with_scores(Submission.objects.visible_to(request.user)), pk=submission_id
    )


def _refuse_large(request: HttpRequest, phase: Phase) -> None:
    if bodies.is_too_large(request, phase.max_file_bytes):
        bodies.drain(request)
        raise too_large(phase, bodies.announced_length(request))
