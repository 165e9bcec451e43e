"""A truth's way from "uploaded" to "ready" or "refused", in a child process, under a lease.

The rules are a submission's: a conditional UPDATE claims, the lease token must still be ours at the
end, and a sweep finds what was dropped. A refused truth never becomes current; a ready one becomes
current by itself only while nothing was judged by another.
"""

import logging
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q

from podium.competitions.models import Phase, Truth
from podium.core import child, clock, queues
from podium.core.leases import Lease, duration
from podium.core.storage import files, local_copy

logger = logging.getLogger(__name__)

COMPILE = "podium.competitions.tasks.compile_truth"
TRIES = 3
UNFINISHED = (Truth.State.QUEUED, Truth.State.COMPILING)


def compile_truth(*, truth_id: int) -> None:
    """Claim the truth, compile it in a child, and record what came of it."""
    token = _claim(truth_id)
    if token is None:
        return
    truth = Truth.objects.select_related("phase").get(pk=truth_id)
    lease = Lease(Truth.objects.filter(pk=truth_id, lease_token=token))
    with tempfile.TemporaryDirectory(prefix="podium-truth-") as folder:
        try:
            answer = _compile(truth, Path(folder), lease)
        except child.AbandonedError:
            return
        except child.OverLimitError as limit:
            answer = _problem(f"Compiling this truth was stopped because {limit}.")
        except child.ChildError as error:
            logger.error("Compiling truth %s broke: %s", truth_id, error)  # noqa: TRY400
            if truth.attempt < TRIES:
                return  # the lease runs out and the sweep sends it again
            answer = _problem(
                "The compiler broke down on this file, three times; the log has the reason."
            )
        prefix = _keep(truth, Path(folder)) if "manifest" in answer else ""
    _finish(truth, token, answer, prefix)


def _claim(truth_id: int) -> uuid.UUID | None:
    now, token = clock.now(), uuid.uuid4()
    free = Q(state=Truth.State.QUEUED) | Q(state=Truth.State.COMPILING, lease_until__lt=now)
    claimed = Truth.objects.filter(free, pk=truth_id).update(
        state=Truth.State.COMPILING,
        lease_token=token,
        lease_until=now + duration(),
        attempt=F("attempt") + 1,
    )
    return token if claimed else None


def _compile(truth: Truth, folder: Path, lease: Lease) -> dict[str, object]:
    with local_copy(str(truth.file)) as source:
        return child.run(
            "podium.competitions.compile_job",
            {
                "task": truth.phase.task,
                "source": str(source),
                "folder": str(folder / "compiled"),
                "split_seed": truth.phase.split_seed,
                "private_share": truth.phase.private_share,
            },
            limits=child.Limits(
                memory_bytes=settings.COMPILE_MEMORY_BYTES,
                wall_seconds=settings.COMPILE_WALL_SECONDS,
                file_bytes=settings.TRUTH_MAX_BYTES,
            ),
            tick=lease.tick,
        )


def _problem(message: str) -> dict[str, object]:
    return {"problems": [["", message]], "problem_count": 1}


def _keep(truth: Truth, folder: Path) -> str:
    """Store the compiled files; a name of its own per attempt, so that none is overwritten."""
    prefix = f"truths/{truth.phase_id}/{truth.pk}-{uuid.uuid4()}"
    compiled = folder / "compiled"
    for path in sorted(compiled.rglob("*")):
        if path.is_file():
            with path.open("rb") as content:
                files.save(f"{prefix}/{path.relative_to(compiled).as_posix()}", File(content))
    return prefix


@transaction.atomic
def _finish(truth: Truth, token: uuid.UUID, answer: dict[str, object], prefix: str) -> None:
    ready = "manifest" in answer
    manifest = answer.get("manifest") or {}
    assert isinstance(manifest, dict)
    phase = Phase.objects.select_for_update().get(pk=truth.phase_id)
    held = Truth.objects.filter(pk=truth.pk, lease_token=token, state=Truth.State.COMPILING)
    done = held.update(
        state=Truth.State.READY if ready else Truth.State.REFUSED,
        lease_token=None,
        lease_until=None,
        compiled_prefix=prefix,
        digest=manifest.get("digest", ""),
        manifest=manifest,
        problems=answer.get("problems", []),
        problem_count=answer.get("problem_count", 0),
        finished_at=clock.now(),
    )
    if done and ready and _may_become_current(phase):
        phase.current_truth_id = truth.pk
        phase.save(update_fields=["current_truth"])


def _may_become_current(phase: Phase) -> bool:
    """Whether nothing was judged yet: a change after that is a rescore, not an upload."""
    if phase.current_truth_id is None:
        return True
    current = Truth.objects.get(pk=phase.current_truth_id)
    return not current.evaluations.exists()


def compile_again(*, truth_id: int) -> bool:
    """Compile a ready truth anew from its kept source: its compiled form can't be read any more.

    So it is after an upgrade that changed the form, or when the stored arrays are damaged. The
    truth stays current; what waits for it waits on. Returns whether this call asked for it.
    """
    ready = Truth.objects.filter(pk=truth_id, state=Truth.State.READY)
    asked = ready.update(state=Truth.State.QUEUED, attempt=0) == 1
    if asked:
        logger.warning("The compiled form of truth %s can't be read: compiling it again", truth_id)
        queues.send(COMPILE, truth_id, queue=queues.MAINTENANCE)
    return asked


def sweep_truths() -> int:
    """Send the waiting and the dropped truths again; return how many."""
    now = clock.now()
    waiting = Truth.objects.filter(
        Q(state=Truth.State.QUEUED, uploaded_at__lt=now - timedelta(seconds=30))
        | Q(state=Truth.State.COMPILING, lease_until__lt=now)
    )
    sent = 0
    for truth_id in waiting.values_list("pk", flat=True)[:20]:
        queues.send(COMPILE, truth_id, queue=queues.MAINTENANCE)
        sent += 1
    return sent
