"""Intake: from a file that came in to a queued submission.

The way on from there (claim, score, finish, sweep) is `podium.scoring.farm`.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from podium.accounts.models import User
from podium.competitions.models import Participant, Phase, Truth
from podium.core import clock, queues
from podium.core.refusals import NotAllowed, Refusal
from podium.submissions.models import Submission, SubmissionEvent, SubmissionState, Upload
from podium.submissions.quota import lock_entry, quota_of
from podium.submissions.services import drop_upload, printable, store_upload
from podium.teams.models import Membership, Team

SCORE = "podium.scoring.tasks.score"
MAX_NOTE_LENGTH = 200


def receive(
    *,
    phase: Phase,
    team: Team,
    user: User,
    file: "File[bytes]",
    file_name: str,
    note: str = "",
    sha256: str = "",
) -> Submission:
    """Keep the file and submit it; a refusal leaves nothing behind.

    Raises Refusal (and its kinds) as `check_entry`, `store_upload` and `submit` do.
    """
    check_entry(phase=phase, team=team, user=user)  # before a byte is stored
    upload = store_upload(
        phase=phase, team=team, user=user, file=file, file_name=file_name, sha256=sha256
    )
    try:
        return submit(upload=upload, user=user, note=note)
    except Refusal:
        drop_upload(upload=upload)
        raise


def check_entry(*, phase: Phase, team: Team, user: User) -> None:
    """Raise the refusal that a submission of this team would meet now, if any.

    A look ahead for pages and for refusing early; only `submit` decides, under the entry's lock.
    """
    now = clock.now()
    _check_open(phase, now)
    _check_person(phase, team, user)
    quota_of(phase=phase, team=team, instant=now).check()


@transaction.atomic
def submit(*, upload: Upload, user: User, note: str = "") -> Submission:
    """Return the queued submission of an upload, all rules checked by the database's clock."""
    lock_entry(phase=upload.phase, team=upload.team)
    phase = Phase.objects.select_related("competition", "current_truth").get(pk=upload.phase_id)
    now = clock.now()
    _check_open(phase, now)
    _check_person(phase, upload.team, user)
    if Submission.objects.filter(upload=upload).exists():
        raise Refusal("upload_used", "This upload was submitted already.", "Upload it again.")
    quota_of(phase=phase, team=upload.team, instant=now).check()
    mine = Submission.objects.filter(phase=phase, team=upload.team)
    submission = Submission.objects.create(
        phase=phase,
        team=upload.team,
        user=user,
        upload=upload,
        number=(mine.aggregate(last=Max("number"))["last"] or 0) + 1,
        note=printable(" ".join(note.split()))[:MAX_NOTE_LENGTH],
        submitted_at=now,
        resend_at=now + timedelta(seconds=settings.RESEND_SECONDS),
    )
    SubmissionEvent.objects.create(submission=submission, at=now, kind="queued", by=user)
    queues.send_on_commit(SCORE, str(submission.pk), queue=queues.SCORE)
    return submission


def score_again(*, submission: Submission, by: User) -> bool:
    """Queue a submission that ended in an error of ours once more; return whether it was one.

    It counts against the quotas again while it waits and once it is scored.
    """
    with transaction.atomic():
        lock_entry(phase=submission.phase, team=submission.team)
        now = clock.now()
        ended = Submission.objects.filter(pk=submission.pk, state=SubmissionState.ERROR)
        moved = ended.update(
            state=SubmissionState.QUEUED,
            attempt=0,
            failures=0,
            finished_at=None,
            resend_at=now + timedelta(seconds=settings.RESEND_SECONDS),
        )
        if moved:
            SubmissionEvent.objects.create(submission=submission, at=now, kind="queued", by=by)
            queues.send_on_commit(SCORE, str(submission.pk), queue=queues.SCORE)
    return bool(moved)


def _check_open(phase: Phase, now: datetime) -> None:
    zone = phase.competition.time_zone
    if now < phase.opens_at:
        raise Refusal(
            "phase_not_open",
            f"{phase.title} has not opened yet.",
            f"It opens at {clock.spoken(phase.opens_at, zone)}.",
        )
    if now >= phase.closes_at:
        raise Refusal(
            "phase_closed", f"{phase.title} closed at {clock.spoken(phase.closes_at, zone)}."
        )
    truth = phase.current_truth
    if truth is None or truth.state == Truth.State.REFUSED:
        raise Refusal(
            "phase_not_ready",
            f"{phase.title} can't be scored yet: its truth is not in place.",
            "Try again later; the organizers see this on their desk.",
        )


def _check_person(phase: Phase, team: Team, user: User) -> None:
    if not Membership.objects.filter(team=team, user=user, left_at=None).exists():
        raise NotAllowed(
            "not_a_member", "You are not in this team.", "Submit with the team that you are in."
        )
    if team.competition_id != phase.competition_id:
        raise NotAllowed("other_competition", "This team is in another competition.")
    accepted = Participant.objects.filter(
        competition=phase.competition, user=user, rules_version=phase.competition.rules_version
    )
    if not accepted.exists():
        raise NotAllowed(
            "rules_not_accepted",
            "The rules have changed since you accepted them.",
            "Read and accept the present rules on the competition's page.",
        )
