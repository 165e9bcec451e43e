"""Reading submissions: a submission with all that a page shows, a team's list."""

from django.db.models import Prefetch, QuerySet

from podium.competitions.models import Phase
from podium.submissions.models import Evaluation, SplitScore, Submission
from podium.teams.models import Team


def with_scores(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Fetch along what a list or a page shows, in a fixed number of queries."""
    scores = SplitScore.objects.prefetch_related("levels")
    return submissions.select_related(
        "phase__competition", "phase__current_truth", "team", "user", "upload"
    ).prefetch_related(
        Prefetch("evaluations", Evaluation.objects.select_related("truth").order_by("pk")),
        Prefetch("evaluations__scores", scores),
    )


def of_team(team: Team, phase: Phase | None = None) -> QuerySet[Submission]:
    """Return the team's submissions, newest first, with their scores."""
    mine = Submission.objects.filter(team=team)
    if phase is not None:
        mine = mine.filter(phase=phase)
    return with_scores(mine).order_by("-submitted_at", "-number")


def current_evaluation(submission: Submission) -> Evaluation | None:
    """Return the evaluation by the phase's present truth and settings, from what was fetched."""
    phase = submission.phase
    for evaluation in submission.evaluations.all():
        if (
            evaluation.truth_id == phase.current_truth_id
            and evaluation.settings_digest == phase.settings_digest
        ):
            return evaluation
    return None


def split_score(submission: Submission, split: str = "A") -> SplitScore | None:
    """Return the submission's present score on the split, from what was fetched."""
    evaluation = current_evaluation(submission)
    if evaluation is None:
        return None
    return next((score for score in evaluation.scores.all() if score.split == split), None)
