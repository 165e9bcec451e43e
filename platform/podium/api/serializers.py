"""What REST takes and gives: one serializer per role, so that no caller may set another's field."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from podium.competitions.models import Competition, Phase
from podium.submissions.models import LevelScore, SplitScore, Submission, SubmissionState
from podium.submissions.queries import split_score
from podium.teams.models import Team

ModelOf = serializers.ModelSerializer


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="What is wrong and where.")
    remedy = serializers.CharField(required=False, help_text="What to do about it.")


class PhaseSerializer(ModelOf[Phase]):
    """A phase with its limits and the settings it is judged by."""

    is_open = serializers.SerializerMethodField()
    max_file_bytes = serializers.IntegerField(read_only=True)
    max_unpacked_bytes = serializers.IntegerField(read_only=True)

    class Meta:
        model = Phase
        fields = [
            "slug",
            "title",
            "position",
            "description",
            "task",
            "task_settings",
            "opens_at",
            "closes_at",
            "is_open",
            "daily_limit",
            "total_limit",
            "in_flight_limit",
            "max_file_bytes",
            "max_unpacked_bytes",
            "selection",
        ]
        read_only_fields = fields

    def get_is_open(self, phase: Phase) -> bool:
        """Whether it takes submissions now."""
        return phase.is_open_at(self.context["now"])


class CompetitionSerializer(ModelOf[Competition]):
    """A competition with its phases."""

    phases = PhaseSerializer(many=True, read_only=True)

    class Meta:
        model = Competition
        fields = [
            "slug",
            "title",
            "summary",
            "description",
            "rules",
            "rules_version",
            "time_zone",
            "max_team_size",
            "phases",
        ]
        read_only_fields = fields


class JoinSerializer(serializers.Serializer[Any]):
    """Accepting the rules."""

    rules_version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version of the rules that you read."
    )


class TeamSerializer(ModelOf[Team]):
    """A team as its members see it."""

    captain = serializers.CharField(source="captain.username", read_only=True)

    class Meta:
        model = Team
        fields = ["id", "name", "captain", "created_at"]
        read_only_fields = fields


class TeamCreateSerializer(serializers.Serializer[Any]):
    """Making a team."""

    name = serializers.CharField(max_length=60)


class QuotaSerializer(serializers.Serializer[Any]):
    """What the team may still submit."""

    daily_limit = serializers.IntegerField()
    used_today = serializers.IntegerField()
    left_today = serializers.IntegerField()
    day_ends_at = serializers.DateTimeField()
    total_limit = serializers.IntegerField(allow_null=True)
    used_total = serializers.IntegerField()
    left_total = serializers.IntegerField(allow_null=True)
    in_flight_limit = serializers.IntegerField()
    in_flight = serializers.IntegerField()
    left_now = serializers.IntegerField(help_text="How many may be submitted this instant.")


class FileProblemSerializer(serializers.Serializer[Any]):
    """One thing that is wrong in a file."""

    path = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class LevelSerializer(ModelOf[LevelScore]):
    """One level: counts, precision, recall, F1."""

    class Meta:
        model = LevelScore
        fields = ["name", "tp", "fp", "fn", "precision", "recall", "f1"]
        read_only_fields = fields


class ScoreSerializer(ModelOf[SplitScore]):
    """The score on the public split, unrounded, with its levels and outcome counts."""

    levels = LevelSerializer(many=True, read_only=True)
    outcomes = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = SplitScore
        fields = ["score", "levels", "outcomes"]
        read_only_fields = fields


class SubmissionSerializer(ModelOf[Submission]):
    """A submission as its team sees it."""

    competition = serializers.CharField(source="phase.competition.slug", read_only=True)
    phase = serializers.CharField(source="phase.slug", read_only=True)
    team = serializers.CharField(source="team.name", read_only=True)
    submitted_by = serializers.CharField(source="user.username", read_only=True)
    file_name = serializers.CharField(source="upload.file_name", read_only=True)
    file_size = serializers.IntegerField(source="upload.size", read_only=True)
    sha256 = serializers.CharField(source="upload.sha256", read_only=True)
    state = serializers.ChoiceField(choices=SubmissionState.choices, read_only=True)
    is_final = serializers.BooleanField(read_only=True)
    score = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Submission
        fields = [
            "id",
            "competition",
            "phase",
            "team",
            "number",
            "submitted_by",
            "note",
            "file_name",
            "file_size",
            "sha256",
            "state",
            "is_final",
            "submitted_at",
            "finished_at",
            "score",
            "problems",
            "problem_count",
            "warnings",
        ]
        read_only_fields = fields

    @extend_schema_field(ScoreSerializer(allow_null=True))
    def get_score(self, submission: Submission) -> dict[str, Any] | None:
        """The score on the public split, once there is one."""
        score = split_score(submission)
        return dict(ScoreSerializer(score).data) if score else None

    @extend_schema_field(FileProblemSerializer(many=True))
    def get_problems(self, submission: Submission) -> list[dict[str, str]]:
        """The first fifty problems of a rejected file."""
        return [{"path": path, "message": message} for path, message in submission.problems]


class SubmissionPageSerializer(serializers.Serializer[Any]):
    """A page of submissions, and where the pages beside it are."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SubmissionSerializer(many=True)


class SubmitSerializer(serializers.Serializer[Any]):
    """A file to submit, as one multipart form."""

    file = serializers.FileField(
        allow_empty_file=True, max_length=None, help_text="JSON, plain or as .gz or .zip."
    )
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$",
        required=False,
        default="",
        help_text="In hex; if given, the file that comes in must have it.",
    )


class SplitQuerySerializer(serializers.Serializer[Any]):
    """Which board is asked for."""

    split = serializers.ChoiceField(
        choices=["A", "B"], default="A", help_text="Organizers may ask for B."
    )


class BoardQuerySerializer(SplitQuerySerializer):
    """Which rows of a board are asked for, and as of when."""

    offset = serializers.IntegerField(
        min_value=0, max_value=10_000_000, default=0, help_text="Rows to skip; a page has 50."
    )
    at = serializers.DateTimeField(
        default=None, help_text="The board as it stood at this instant; without it, as of now."
    )


class LevelF1Serializer(serializers.Serializer[Any]):
    """A level's F1 on a board."""

    name = serializers.CharField()
    f1 = serializers.FloatField()


class PlacedSerializer(serializers.Serializer[Any]):
    """What stands on a board: a score with its level F1s, and when it was achieved."""

    score = serializers.FloatField()
    levels = serializers.SerializerMethodField()
    achieved_at = serializers.DateTimeField()

    @extend_schema_field(LevelF1Serializer(many=True))
    def get_levels(self, row: Any) -> list[dict[str, object]]:
        """The level F1s, in the task's order."""
        names = self.context["level_names"]
        return [{"name": name, "f1": f1} for name, f1 in zip(names, row.level_f1s, strict=True)]


class BoardRowSerializer(PlacedSerializer):
    """One place on a board."""

    rank = serializers.IntegerField()
    team_id = serializers.IntegerField()
    team = serializers.CharField(source="team_name")
    submissions = serializers.IntegerField()
    is_own = serializers.BooleanField()


class BoardSerializer(serializers.Serializer[Any]):
    """A page of a board."""

    split = serializers.CharField()
    total = serializers.IntegerField(help_text="Teams on the board.")
    offset = serializers.IntegerField()
    next_offset = serializers.IntegerField(allow_null=True)
    rows = BoardRowSerializer(many=True)
    own = BoardRowSerializer(allow_null=True, help_text="Your team's row, wherever it stands.")


class StandingSerializer(PlacedSerializer):
    """A step of a team's history on a board."""

    since = serializers.DateTimeField(source="during.lower")
    until = serializers.DateTimeField(source="during.upper", allow_null=True)
    submission = serializers.UUIDField(source="split_score.evaluation.submission_id")
