"""The last step of a submission, in one transaction that holds only while the lease is ours."""

import logging
from typing import Any
from uuid import UUID

from django.db import transaction

from podium.competitions.models import Phase
from podium.core import clock, queues
from podium.leaderboards import services as leaderboards
from podium.scoring.services import SCORE
from podium.submissions.models import (
    Evaluation,
    LevelScore,
    SplitScore,
    Submission,
    SubmissionEvent,
    SubmissionState,
)
from podium.submissions.quota import lock_entry

logger = logging.getLogger(__name__)


@transaction.atomic
def finish_scored(
    submission: Submission, token: UUID, answer: dict[str, Any], seconds: float
) -> bool:
    """Record the evaluation and put the team's standing right; return whether it was ours to do.

    A late result of a lost lease is dropped. A result by a truth or settings that are not the
    phase's any more sends the submission back to the queue.
    """
    # The same lock as intake's, taken first: a team's results come to the board one by one.
    lock_entry(phase=submission.phase, team=submission.team)
    # Locked, so that no other truth becomes current between this look and the commit.
    phase = Phase.objects.select_for_update(no_key=True).get(pk=submission.phase_id)
    now = clock.now()
    judged_by = (submission.phase.current_truth_id, submission.phase.settings_digest)
    if judged_by != (phase.current_truth_id, phase.settings_digest):
        return _move(submission, token, SubmissionState.QUEUED, "the phase's truth has changed")
    truth = submission.phase.current_truth
    assert truth is not None
    warnings = answer["warnings"]
    if not _move(submission, token, SubmissionState.SCORED, warnings=warnings, finished_at=now):
        return False
    evaluation, is_new = Evaluation.objects.get_or_create(
        submission=submission,
        truth=truth,
        settings_digest=phase.settings_digest,
        defaults={"settings": phase.task_settings, "created_at": now, "seconds": seconds},
    )
    if is_new:
        for split, result in answer["result"]["splits"].items():
            _keep_score(evaluation, split, result)
    leaderboards.refresh(phase=phase, team=submission.team, instant=now)
    return True


@transaction.atomic
def finish_rejected(submission: Submission, token: UUID, answer: dict[str, Any]) -> bool:
    """Record what is wrong with the file; its slot is free again by that alone."""
    count = int(answer["problem_count"])
    return _move(
        submission,
        token,
        SubmissionState.REJECTED,
        f"{count} problem{'' if count == 1 else 's'} in the file",
        problems=answer["problems"],
        problem_count=count,
        finished_at=clock.now(),
    )


def _move(
    submission: Submission, token: UUID, state: SubmissionState, detail: str = "", **fields: object
) -> bool:
    held = Submission.objects.filter(
        pk=submission.pk, state=SubmissionState.SCORING, lease_token=token
    )
    if not held.update(state=state, lease_token=None, lease_until=None, **fields):
        logger.warning("Submission %s: a late result of a lost lease is dropped", submission.pk)
        return False
    SubmissionEvent.objects.create(
        submission=submission, at=clock.now(), kind=str(state), detail=detail
    )
    if state == SubmissionState.QUEUED:
        queues.send_on_commit(SCORE, str(submission.pk), queue=queues.SCORE)
    return True


def _keep_score(evaluation: Evaluation, split: str, result: dict[str, Any]) -> None:
    score = SplitScore.objects.create(
        evaluation=evaluation, split=split, score=result["score"], outcomes=result["outcomes"]
    )
    LevelScore.objects.bulk_create(
        LevelScore(
            split_score=score,
            position=position,
            name=name,
            **{key: level[key] for key in ("tp", "fp", "fn", "precision", "recall", "f1")},
        )
        for position, (name, level) in enumerate(result["levels"].items())
    )
