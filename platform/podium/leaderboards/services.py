"""Putting standings right: always recomputed from the evaluations, never by adding a delta."""

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from podium.competitions.models import Phase
from podium.leaderboards.models import Board, Standing
from podium.leaderboards.ranking import Candidate, chosen
from podium.submissions.models import SplitScore, Submission, SubmissionState
from podium.teams.models import Team

TICK = timedelta(microseconds=1)  # PostgreSQL's grain: two standings never share an instant


def refresh(*, phase: Phase, team: Team, instant: datetime) -> list[str]:
    """Make the team's standings in the phase what its evaluations say, from `instant` on.

    The caller holds the entry's lock (`podium.submissions.quota.lock_entry`). Returns the splits
    whose board changed.
    """
    wanted = _wanted(phase, team)
    live = {
        standing.split: standing
        for standing in Standing.objects.filter(
            phase=phase, team=team, during__upper_inf=True
        ).order_by("split")
    }
    changed = []
    for split in sorted(wanted.keys() | live.keys()):
        old, new = live.get(split), wanted.get(split)
        if old is not None and new is not None and old.split_score_id == new.pk:
            continue
        _replace(phase, team, old, new, instant)
        changed.append(split)
    # Raised for every split that the team is on: a board also shows how often a team was scored.
    for split in sorted(wanted.keys() | live.keys()):
        _raise_version(phase, split)
    return changed


def _wanted(phase: Phase, team: Team) -> dict[str, SplitScore]:
    scores = list(
        SplitScore.objects.filter(
            evaluation__submission__phase=phase,
            evaluation__submission__team=team,
            evaluation__submission__state=SubmissionState.SCORED,
            evaluation__truth=phase.current_truth_id,
            evaluation__settings_digest=phase.settings_digest,
        )
        .select_related("evaluation__submission")
        .prefetch_related("levels")
    )
    best = chosen(
        (
            _candidate(score.evaluation_id, score.score, score.evaluation.submission)
            for score in scores
            if score.split == "A"
        ),
        phase.selection,
    )
    if best is None:
        return {}
    return {score.split: score for score in scores if score.evaluation_id == best.evaluation_id}


def _candidate(evaluation_id: int, score: float, submission: Submission) -> Candidate:
    return Candidate(evaluation_id, score, submission.submitted_at, submission.number)


def _replace(
    phase: Phase,
    team: Team,
    old: Standing | None,
    new: SplitScore | None,
    instant: datetime,
) -> None:
    if old is not None:
        # A clock that was set back must not make an empty or overlapping stretch.
        instant = max(instant, old.during.lower + TICK)
        Standing.objects.filter(pk=old.pk).update(
            during=DateTimeTZRange(old.during.lower, instant, "[)")
        )
    if new is not None:
        Standing.objects.create(
            phase=phase,
            split=new.split,
            team=team,
            split_score=new,
            score=new.score,
            level_f1s=[level.f1 for level in new.levels.all()],
            achieved_at=new.evaluation.submission.submitted_at,
            during=DateTimeTZRange(instant, None, "[)"),
        )


def _raise_version(phase: Phase, split: str) -> None:
    Board.objects.bulk_create([Board(phase=phase, split=split)], ignore_conflicts=True)
    Board.objects.filter(phase=phase, split=split).update(version=F("version") + 1)
