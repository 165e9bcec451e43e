"""Rows for tests, made by the services where there is one.

What only the farm makes (a compiled truth, an evaluation) is written here as the farm writes it.
"""

import functools
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from podium.accounts.models import User
from podium.competitions import services as competitions
from podium.competitions.models import Competition, Phase, Truth
from podium.leaderboards import services as leaderboards
from podium.submissions.models import (
    Evaluation,
    LevelScore,
    SplitScore,
    Submission,
    SubmissionEvent,
    SubmissionState,
    Upload,
)
from podium.submissions.quota import lock_entry
from podium.teams.models import Membership, Team
from podium.teams.services import create_team

PASSWORD = "correct horse battery staple"
LEVELS = ("clip", "frame", "box")
WEIGHTS = (0.2, 0.6, 0.2)
_count = itertools.count(1)


def make_user(username: str = "", **fields: object) -> User:
    """Make a user who can sign in with `PASSWORD`."""
    username = username or f"user{next(_count)}"
    return User.objects.create(
        username=username,
        email=f"{username}@example.org",
        password=_hashed_password(),
        **fields,
    )


@functools.cache
def _hashed_password() -> str:
    """Hash `PASSWORD` once: it is slow on purpose."""
    return make_password(PASSWORD)


def make_competition(**fields: object) -> Competition:
    """Make a published competition."""
    number = next(_count)
    defaults: dict[str, object] = {
        "slug": f"contest-{number}",
        "title": f"Contest {number}",
        "summary": "Which product is the streamer showing?",
        "description": "First paragraph.\n\nSecond paragraph.",
        "rules": "Play fair.",
        "time_zone": "Asia/Shanghai",
        "is_published": True,
    }
    return Competition.objects.create(**(defaults | fields))


def make_phase(
    competition: Competition | None = None, *, with_truth: bool = True, **fields: object
) -> Phase:
    """Make a phase that is open now and, unless told otherwise, has a truth in place."""
    competition = competition or make_competition()
    number = competition.phases.count() + 1
    now = timezone.now()
    defaults: dict[str, object] = {
        "position": number,
        "slug": f"phase-{number}",
        "title": f"Phase {number}",
        "task": "clips",
        "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=7),
    }
    phase = Phase(competition=competition, **(defaults | fields))
    competitions.set_task_settings(phase=phase, options={})
    phase.save()
    if with_truth:
        phase.current_truth = make_truth(phase)
        phase.save(update_fields=["current_truth"])
    return phase


def make_truth(phase: Phase) -> Truth:
    """Make a truth that counts as compiled; its arrays are not there."""
    return Truth.objects.create(
        phase=phase,
        version=phase.truths.count() + 1,
        state=Truth.State.READY,
        file="truths/none",
        file_name="truth.json",
        file_size=1,
        sha256="0" * 64,
        digest=f"{next(_count):064x}",
        uploaded_by=make_user(is_staff=True),
        finished_at=timezone.now(),
    )


def make_team(
    competition: Competition,
    name: str = "",
    *,
    captain: User | None = None,
    members: Sequence[User] = (),
) -> Team:
    """Make a team; its captain and members join the competition."""
    captain = captain or make_user()
    for user in (captain, *members):
        competitions.join(
            competition=competition, user=user, accepted_rules_version=competition.rules_version
        )
    team = create_team(
        competition=competition, captain=captain, name=name or f"Team {next(_count)}"
    )
    for user in members:
        Membership.objects.create(team=team, competition=competition, user=user)
    return team


def make_submission(
    phase: Phase,
    team: Team,
    *,
    state: SubmissionState = SubmissionState.QUEUED,
    at: datetime | None = None,
    **fields: object,
) -> Submission:
    """Make a submission in a state that needs no lease, with the events that led there."""
    at = at or timezone.now()
    upload = Upload(
        phase=phase,
        team=team,
        user=team.captain,
        file_name="predictions.json",
        size=2,
        sha256="0" * 64,
    )
    upload.file.save("predictions.json", ContentFile(b"{}"), save=True)
    final = state not in (SubmissionState.QUEUED, SubmissionState.SCORING)
    defaults: dict[str, object] = {
        "number": Submission.objects.filter(phase=phase, team=team).count() + 1,
        "submitted_at": at,
        "resend_at": at,
        "finished_at": at if final else None,
        "attempt": 1 if final else 0,
    }
    submission = Submission.objects.create(
        phase=phase,
        team=team,
        user=team.captain,
        upload=upload,
        state=state,
        **(defaults | fields),
    )
    SubmissionEvent.objects.create(submission=submission, at=at, kind="queued", by=team.captain)
    if final:
        SubmissionEvent.objects.create(submission=submission, at=at, kind="scoring")
        SubmissionEvent.objects.create(submission=submission, at=at, kind=str(state))
    return submission


def make_scored_submission(
    phase: Phase,
    team: Team,
    *,
    right: Sequence[int] = (70, 60, 50),
    asked: int = 100,
    at: datetime | None = None,
    outcomes: Mapping[str, int] | None = None,
    splits: Sequence[str] = ("A",),
    scored: Submission | None = None,
    **fields: object,
) -> Submission:
    """Make a submission scored, `right` of `asked` at each level, and put the board right.

    A new one, or `scored`, which is on its way.
    """
    at = at or timezone.now()
    submission = scored or make_submission(
        phase, team, state=SubmissionState.SCORED, at=at, **fields
    )
    assert phase.current_truth is not None
    evaluation = Evaluation.objects.create(
        submission=submission,
        truth=phase.current_truth,
        settings=phase.task_settings,
        settings_digest=phase.settings_digest,
        created_at=at,
        seconds=0.1,
    )
    shares = [count / asked for count in right]
    for split in splits:
        score = SplitScore.objects.create(
            evaluation=evaluation,
            split=split,
            score=sum(weight * share for weight, share in zip(WEIGHTS, shares, strict=True)),
            outcomes=dict(outcomes or {"correct": right[-1], "wrong_item": asked - right[0]}),
        )
        for position, (name, count, share) in enumerate(zip(LEVELS, right, shares, strict=True)):
            LevelScore.objects.create(
                split_score=score,
                position=position,
                name=name,
                tp=count,
                fp=asked - count,
                fn=asked - count,
                precision=share,
                recall=share,
                f1=share,
            )
    with transaction.atomic():  # as the farm does: nobody sees the state without the standing
        lock_entry(phase=phase, team=team)
        Submission.objects.filter(pk=submission.pk).update(
            state=SubmissionState.SCORED, lease_token=None, lease_until=None
        )
        leaderboards.refresh(phase=phase, team=team, instant=at)
    return submission
