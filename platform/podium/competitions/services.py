"""Writing competitions: joining, task settings, truths from upload to "current"."""

import hashlib
from collections.abc import Mapping
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

import evaluator.tasks
from evaluator.tasks.base import Settings
from podium.accounts.models import User
from podium.competitions.compiling import COMPILE
from podium.competitions.models import Competition, Participant, Phase, Truth
from podium.core import queues
from podium.core.refusals import NotAllowed, Refusal


def join(*, competition: Competition, user: User, accepted_rules_version: int) -> Participant:
    """Make the user a participant who accepted the present rules, or renew the acceptance."""
    if not competition.is_published:
        raise NotAllowed("not_published", "This competition is not published yet.")
    if accepted_rules_version != competition.rules_version:
        raise Refusal(
            "rules_changed",
            "The rules have changed since you read them.",
            "Read them again and accept the present version.",
            rules_version=competition.rules_version,
        )
    participant, _ = Participant.objects.update_or_create(
        competition=competition,
        user=user,
        defaults={"rules_version": accepted_rules_version},
    )
    return participant


def check_task_settings(*, task: str, options: Mapping[str, object]) -> Settings:
    """Return the settings that the options mean to the task.

    Raises evaluator.InvalidSettings naming every problem by its place in the options.
    """
    judged: Settings = evaluator.tasks.get(task).settings(options)
    return judged


def set_task_settings(*, phase: Phase, options: Mapping[str, object]) -> None:
    """Put the task's settings on the phase (not saved) in their canonical form, with a digest."""
    judged = check_task_settings(task=phase.task, options=options)
    phase.task_settings = judged.as_dict()
    phase.settings_digest = judged.digest


@transaction.atomic
def add_truth(*, phase: Phase, file: "File[bytes]", file_name: str, by: User) -> Truth:
    """Keep an uploaded truth as the phase's next version and have it compiled."""
    # The phase's row is locked, so that two uploads at once get two versions.
    Phase.objects.select_for_update().get(pk=phase.pk)
    last = Truth.objects.filter(phase=phase).aggregate(last=Max("version"))["last"] or 0
    truth = Truth(
        phase=phase,
        version=last + 1,
        file_name=file_name[-200:],
        file_size=file.size,
        sha256=_digest(file),
        uploaded_by=by,
    )
    truth.file.save("source", file, save=False)
    truth.save()
    queues.send_on_commit(COMPILE, truth.pk, queue=queues.MAINTENANCE)
    return truth


def _digest(file: "File[bytes] | BinaryIO") -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
    file.seek(0)
    return digest.hexdigest()


@transaction.atomic
def recompile_truth(*, phase: Phase) -> None:
    """Compile the phase's current truth anew under its present split; none is current meanwhile.

    Only while nothing was judged by it: afterwards that would be a rescore.
    """
    locked = Phase.objects.select_for_update().get(pk=phase.pk)
    truth = locked.current_truth
    if truth is None:
        return
    if truth.evaluations.exists():
        raise Refusal(
            "already_judged",
            "Submissions were scored by this truth already; its split can't change any more.",
        )
    locked.current_truth = None
    locked.save(update_fields=["current_truth"])
    Truth.objects.filter(pk=truth.pk).update(state=Truth.State.QUEUED, attempt=0)
    queues.send_on_commit(COMPILE, truth.pk, queue=queues.MAINTENANCE)
