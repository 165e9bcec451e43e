"""The farm's work on one submission: claim, score in a child, finish; and the sweep.

Every move is a conditional UPDATE with an event in the same transaction. A message that comes
twice, late or never changes nothing: the claim finds the row free or not, the finish finds the
lease token ours or not, and the sweep finds what waits too long.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

import evaluator.tasks
from podium.competitions.compiling import compile_again
from podium.competitions.models import Truth
from podium.core import child, clock, queues
from podium.core.leases import Lease, duration
from podium.core.storage import local_copy
from podium.scoring import truth_cache
from podium.scoring.finishing import finish_rejected, finish_scored
from podium.scoring.services import SCORE
from podium.submissions.models import Submission, SubmissionEvent, SubmissionState
from podium.submissions.services import printable

logger = logging.getLogger(__name__)

MAX_CLAIMS = 20  # a file that takes whole workers down with it stops here
FINISH_SECONDS = 60  # how long a result waits for a database that restarts
SWEEP_BATCH = 500


def score(*, submission_id: uuid.UUID) -> None:
    """Claim the submission, judge its file, and record what came of it."""
    token = claim(submission_id)
    if token is None:
        return
    submission = Submission.objects.select_related(
        "phase__competition", "phase__current_truth", "upload", "team"
    ).get(pk=submission_id)
    started = time.monotonic()
    try:
        answer = _judge(submission, token)
    except child.AbandonedError:
        logger.warning("Submission %s: the lease was lost, its result is dropped", submission_id)
        return
    except child.OverLimitError as limit:
        problem = ["", f"Scoring was stopped because {limit}; make the file smaller."]
        answer = {"problems": [problem], "problem_count": 1}
    except TruthNotReadyError as wait:
        reason = str(wait)
        _persist(lambda: put_off(submission, token, reason))
        return
    except (child.ChildError, OSError) as error:
        logger.exception("Submission %s: scoring broke down", submission_id)
        reason = f"{type(error).__name__}: {error}"
        _persist(lambda: give_back(submission, token, reason))
        return
    seconds = time.monotonic() - started
    if "problems" in answer:
        _persist(lambda: finish_rejected(submission, token, answer))
    else:
        _persist(lambda: finish_scored(submission, token, answer, seconds))


class TruthNotReadyError(Exception):
    """The truth is being compiled again; what waits for it goes back to the queue meanwhile."""


def claim(submission_id: uuid.UUID) -> uuid.UUID | None:
    """Take the submission if it is free; return the lease's token, or None: no row, no work."""
    token = uuid.uuid4()
    with transaction.atomic():
        now = clock.now()
        free = Q(state=SubmissionState.QUEUED) | Q(
            state=SubmissionState.SCORING, lease_until__lt=now
        )
        claimed = Submission.objects.filter(free, pk=submission_id).update(
            state=SubmissionState.SCORING,
            lease_token=token,
            lease_until=now + duration(),
            attempt=F("attempt") + 1,
        )
        if not claimed:
            return None
        SubmissionEvent.objects.create(submission_id=submission_id, at=now, kind="scoring")
    return token


def give_back(submission: Submission, token: uuid.UUID, reason: str) -> None:
    """After a failure of ours: queue the submission again; at the last try, end it as an error.

    The sweep sends it when `resend_at` has come: what fails at once may work in a while.
    """
    last = submission.failures + 1 >= settings.SCORING_TRIES
    state = SubmissionState.ERROR if last else SubmissionState.QUEUED
    with transaction.atomic():
        now = clock.now()
        held = Submission.objects.filter(
            pk=submission.pk, state=SubmissionState.SCORING, lease_token=token
        )
        moved = held.update(
            state=state,
            lease_token=None,
            lease_until=None,
            failures=F("failures") + 1,
            error=printable(reason)[-2000:],
            finished_at=now if last else None,
            resend_at=now + timedelta(seconds=settings.RESEND_SECONDS),
        )
        if moved:
            # The reason is the organizers': it may quote the truth.
            SubmissionEvent.objects.create(
                submission=submission, at=now, kind=str(state), detail="scoring broke down"
            )


def put_off(submission: Submission, token: uuid.UUID, reason: str) -> None:
    """Queue the submission again without a failure; the sweep sends it when it is time."""
    with transaction.atomic():
        now = clock.now()
        held = Submission.objects.filter(
            pk=submission.pk, state=SubmissionState.SCORING, lease_token=token
        )
        moved = held.update(
            state=SubmissionState.QUEUED,
            lease_token=None,
            lease_until=None,
            resend_at=now + timedelta(seconds=settings.RESEND_SECONDS),
        )
        if moved:
            SubmissionEvent.objects.create(
                submission=submission, at=now, kind="queued", detail=reason
            )


def sweep() -> int:
    """Send again what waits without a message or a living worker; return how many."""
    now = clock.now()
    dropped = Q(state=SubmissionState.QUEUED) | Q(
        state=SubmissionState.SCORING, lease_until__lt=now
    )
    waiting = list(
        Submission.objects.filter(dropped, resend_at__lt=now)
        .order_by("resend_at")
        .values_list("pk", "attempt", "sent_count", named=True)[:SWEEP_BATCH]
    )
    for row in waiting:
        if row.attempt >= MAX_CLAIMS:
            _end_hopeless(row.pk)
            continue
        pause = settings.RESEND_SECONDS * 2 ** min(row.sent_count, 5)
        Submission.objects.filter(pk=row.pk).update(
            resend_at=now + timedelta(seconds=pause), sent_count=F("sent_count") + 1
        )
        queues.send(SCORE, str(row.pk), queue=queues.SCORE)
    return len(waiting)


def _judge(submission: Submission, token: uuid.UUID) -> dict[str, Any]:
    phase, truth = submission.phase, submission.phase.current_truth
    if truth is None:  # its split was changed while this file waited
        raise TruthNotReadyError("the truth is being compiled again")
    truth.phase = phase
    folder = _truth_folder(truth)
    lease = Lease(Submission.objects.filter(pk=submission.pk, lease_token=token))
    with local_copy(str(submission.upload.file)) as path:
        answer = child.run(
            "podium.scoring.score_job",
            {
                "task": phase.task,
                "settings": phase.task_settings,
                "truth": str(folder),
                "file": str(path),
                "max_file_bytes": phase.max_file_bytes,
                "max_unpacked_bytes": phase.max_unpacked_bytes,
            },
            limits=child.Limits(
                memory_bytes=settings.SCORING_MEMORY_BYTES,
                wall_seconds=settings.SCORING_WALL_SECONDS,
            ),
            tick=lease.tick,
        )
    if "damaged" in answer:
        truth_cache.forget(truth)
        raise child.ChildError(f"The copy of truth {truth.pk} is damaged: {answer['damaged']}")
    return answer


def _truth_folder(truth: Truth) -> Path:
    """Return the compiled truth; one that can't be read is compiled again, and waited for."""
    if truth.state == Truth.State.READY:
        try:
            return truth_cache.folder_of(truth)
        except evaluator.InvalidTruth:
            compile_again(truth_id=truth.pk)
    raise TruthNotReadyError("the truth is being compiled again")


def _persist(write: Callable[[], object]) -> None:
    """Do the write, again and again while the database restarts; the lease token guards it."""
    deadline = time.monotonic() + FINISH_SECONDS
    while True:
        try:
            write()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline:
                raise
            logger.warning("The database did not take a result, trying again: %s", error)
            connection.close()
            time.sleep(0.5)
        else:
            return


def _end_hopeless(submission_id: uuid.UUID) -> None:
    with transaction.atomic():
        now = clock.now()
        ended = Submission.objects.filter(
            Q(state=SubmissionState.QUEUED) | Q(state=SubmissionState.SCORING, lease_until__lt=now),
            pk=submission_id,
        ).update(state=SubmissionState.ERROR, lease_token=None, lease_until=None, finished_at=now)
        if ended:
            SubmissionEvent.objects.create(
                submission_id=submission_id,
                at=now,
                kind="error",
                detail=f"its worker died {MAX_CLAIMS} times",
            )
