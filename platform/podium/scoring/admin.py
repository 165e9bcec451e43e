"""Submissions with their events and scores in the admin; what can be done is a service's action."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from podium.accounts.models import User
from podium.core.admin import ReadOnlyAdmin, ReadOnlyInline, problem_list
from podium.scoring import services
from podium.submissions.models import Submission, SubmissionEvent, SubmissionState
from podium.submissions.queries import with_scores


class EventInline(ReadOnlyInline[SubmissionEvent, Submission]):
    """What happened to the submission, in order."""

    model = SubmissionEvent
    fields = ["at", "kind", "detail", "by"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin[Submission]):
    """All submissions, filtered by state and phase."""

    list_display = ["__str__", "phase", "state", "score", "submitted_at", "user"]
    list_filter = ["state", "phase"]
    list_select_related = ["phase__competition", "team", "user"]
    search_fields = ["id", "team__name", "user__username", "upload__sha256"]
    date_hierarchy = "submitted_at"
    list_per_page = 50
    inlines = [EventInline]
    actions = ["score_again"]
    fields = [
        "phase",
        "team",
        "number",
        "user",
        "state",
        "scores",
        "problem_list",
        "note",
        "file_name",
        "sha256",
        "submitted_at",
        "finished_at",
        "attempt",
        "failures",
        "error",
        "lease_until",
        "sent_count",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """Fetch the scores along."""
        return with_scores(super().get_queryset(request))

    @admin.display(description="score")
    def score(self, submission: Submission) -> str:
        """Return the scores of all splits, six decimals."""
        return ", ".join(
            f"{score.split} {score.score:.6f}"
            for evaluation in submission.evaluations.all()
            for score in evaluation.scores.all()
        )

    @admin.action(description="Score again (those that ended in an error)", permissions=["view"])
    def score_again(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        """Queue the chosen submissions that ended in an error once more."""
        assert isinstance(request.user, User)
        by = request.user
        rows = chosen.filter(state=SubmissionState.ERROR).select_related("phase", "team")
        done = sum(services.score_again(submission=row, by=by) for row in rows)
        self.message_user(
            request, f"{done} of {len(chosen)} queued again; the others had no error."
        )

    @admin.display(description="scores")
    def scores(self, submission: Submission) -> str:
        """Return every evaluation with the counts of its levels."""
        rows = [
            (
                f"truth {evaluation.truth.version}, split {score.split}: {score.score:.6f}",
                format_html_join(
                    "",
                    "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td>"
                    "<td>{}</td><td>{}</td><td>{}</td></tr>",
                    (
                        (
                            level.name,
                            level.tp,
                            level.fp,
                            level.fn,
                            f"{level.precision:.6f}",
                            f"{level.recall:.6f}",
                            f"{level.f1:.6f}",
                        )
                        for level in score.levels.all()
                    ),
                ),
            )
            for evaluation in submission.evaluations.all()
            for score in evaluation.scores.all()
        ]
        return (
            format_html_join(
                "",
                "<table><caption>{}</caption><thead><tr><th>level</th><th>TP</th><th>FP</th><th>FN</th>"
                "<th>P</th><th>R</th><th>F1</th></tr></thead><tbody>{}</tbody></table>",
                rows,
            )
            or "none yet"
        )

    @admin.display(description="problems")
    def problem_list(self, submission: Submission) -> str:
        """Return what was wrong with the file."""
        return problem_list(submission.problems, submission.problem_count)

    @admin.display(description="file")
    def file_name(self, submission: Submission) -> str:
        """Return the contestant's own name of the file."""
        return submission.upload.file_name

    @admin.display(description="SHA-256")
    def sha256(self, submission: Submission) -> str:
        """Return the uploaded file's digest."""
        return submission.upload.sha256
