"""Rows made the real way: a truth compiled by a child, a file through intake, for the farm's tests.

`tests.factories` makes the same rows without the farm, faster; what is made alike is taken from it.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from podium.accounts.models import User
from podium.competitions import compiling
from podium.competitions import services as competitions
from podium.competitions.models import Competition, Phase, Truth
from podium.core import clock
from podium.leaderboards.services import refresh
from podium.scoring import services as scoring
from podium.submissions.models import (
    Evaluation,
    LevelScore,
    SplitScore,
    Submission,
    SubmissionState,
)
from podium.submissions.quota import lock_entry
from podium.teams.models import Team
from tests.factories import LEVELS, PASSWORD, make_competition, make_team, make_user

__all__ = ["PASSWORD", "make_competition", "make_team", "make_user"]

# Two clips, two items of one piece each: small enough to reason about, large enough to be wrong on.
TINY_TRUTH: dict[str, Any] = {
    "clips": {
        "000001": {
            "item_id": "000001",
            "frames": {"40": [{"instance_id": 11, "box": [100, 100, 300, 500]}]},
        },
        "000002": {
            "item_id": "000002",
            "frames": {"80": [{"instance_id": 21, "box": [50, 60, 250, 460]}]},
        },
    },
    "items": {
        "000001": {"images": {"0": [{"instance_id": 11, "box": [10, 10, 400, 700]}]}},
        "000002": {"images": {"0": [{"instance_id": 21, "box": [20, 30, 500, 760]}]}},
    },
}
_RIGHT_FIRST: dict[str, Any] = {
    "item_id": "000001",
    "frame_index": 40,
    "result": [
        {"img_name": "0", "item_box": [10, 10, 400, 700], "frame_box": [100, 100, 300, 500]}
    ],
}
_RIGHT_SECOND: dict[str, Any] = {
    "item_id": "000002",
    "frame_index": "80",
    "result": [
        {"img_name": "0.jpg", "item_box": [20, 30, 500, 760], "frame_box": [50, 60, 250, 460]}
    ],
}
PERFECT: dict[str, dict[str, Any]] = {"000001": _RIGHT_FIRST, "000002": _RIGHT_SECOND}  # scores 1
HALF: dict[str, dict[str, Any]] = {
    "000001": _RIGHT_FIRST,
    "000002": {**_RIGHT_SECOND, "item_id": "000001"},
}  # scores 0.5


def make_organizer() -> User:
    """A person who works in the admin."""
    return make_user(is_staff=True, is_superuser=True)


def make_phase(
    competition: Competition | None = None,
    *,
    truth: dict[str, Any] | None = TINY_TRUTH,
    options: dict[str, Any] | None = None,
    **fields: Any,
) -> Phase:
    """A phase that is open now; with a compiled truth, unless `truth` is None."""
    competition = competition or make_competition()
    now = clock.now()
    position = competition.phases.count() + 1
    given: dict[str, Any] = {
        "position": position,
        "slug": f"phase-{position}",
        "title": f"Phase {position}",
        "opens_at": now - timedelta(days=3),
        "closes_at": now + timedelta(days=3),
        **fields,
    }
    phase = Phase(competition=competition, **given)
    competitions.set_task_settings(phase=phase, options=options or {})
    phase.save()
    if truth is not None:
        make_truth(phase, truth)
        phase.refresh_from_db()
    return phase


def make_truth(phase: Phase, truth: dict[str, Any] | bytes) -> Truth:
    """A truth, uploaded and compiled (or refused) by a real child process."""
    content = truth if isinstance(truth, bytes) else json.dumps(truth).encode()
    row = competitions.add_truth(
        phase=phase, file=ContentFile(content), file_name="truth.json", by=make_organizer()
    )
    compiling.compile_truth(truth_id=row.pk)
    row.refresh_from_db()
    return row


def join(competition: Competition, user: User) -> None:
    """Let the person accept the present rules."""
    competitions.join(
        competition=competition, user=user, accepted_rules_version=competition.rules_version
    )


def submit(
    phase: Phase, team: Team, content: object = PERFECT, *, user: User | None = None, note: str = ""
) -> Submission:
    """A queued submission, through the real intake; `content` is JSON-able, bytes or a path."""
    if isinstance(content, Path):
        data = content.read_bytes()
    else:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return scoring.receive(
        phase=phase,
        team=team,
        user=user or team.captain,
        file=ContentFile(data),
        file_name="result.json",
        note=note,
    )


def make_scored_submission(
    phase: Phase, team: Team, score: float = 0.5, **fields: Any
) -> Submission:
    """A submission through intake, with a score of any value, as finishing would leave it."""
    submission = submit(phase, team)
    now = clock.now()
    changes = {"state": SubmissionState.SCORED, "finished_at": now, "attempt": 1, **fields}
    truth = phase.current_truth
    assert truth is not None
    with transaction.atomic():
        lock_entry(phase=phase, team=team)
        Submission.objects.filter(pk=submission.pk).update(**changes)
        evaluation = Evaluation.objects.create(
            submission=submission,
            truth=truth,
            settings=phase.task_settings,
            settings_digest=phase.settings_digest,
            created_at=now,
            seconds=0.3,
        )
        add_scores(evaluation, score, "A")
        refresh(phase=phase, team=team, instant=now)
    submission.refresh_from_db()
    return submission


def add_scores(evaluation: Evaluation, score: float, split: str) -> SplitScore:
    """The score of a split with three levels that are all as good as the score."""
    row = SplitScore.objects.create(evaluation=evaluation, split=split, score=score)
    right = round(score * 1000)
    figures = {"tp": right, "fp": 1000 - right, "fn": 1000 - right}
    shares = dict.fromkeys(("precision", "recall", "f1"), score)
    LevelScore.objects.bulk_create(
        LevelScore(split_score=row, position=position, name=name, **figures, **shares)
        for position, name in enumerate(LEVELS)
    )
    return row
