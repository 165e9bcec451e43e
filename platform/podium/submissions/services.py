"""Keeping uploaded files, and sweeping those that no submission used."""

import hashlib
from datetime import timedelta

from django.core.files.base import File
from django.db import transaction

from podium.accounts.models import User
from podium.competitions.models import Phase
from podium.core import clock
from podium.core.refusals import Refusal, TooLarge
from podium.core.storage import files
from podium.submissions.models import SubmissionState, Upload
from podium.teams.models import Team

UNUSED_FOR = timedelta(days=1)


def store_upload(
    *, phase: Phase, team: Team, user: User, file: "File[bytes]", file_name: str, sha256: str = ""
) -> Upload:
    """Keep a file that came in whole, and return its row.

    Raises TooLarge, or Refusal if the file is empty or is not the one that `sha256` (in hex,
    optional) announces.
    """
    if file.size > phase.max_file_bytes:
        raise too_large(phase, file.size)
    if file.size == 0:
        raise Refusal("empty_file", "The file is empty.", "Upload your predictions as JSON.")
    digest = hashlib.sha256()
    for chunk in file.chunks(1024 * 1024):
        digest.update(chunk)
    if sha256 and sha256.lower() != digest.hexdigest():
        raise Refusal(
            "digest_differs",
            f"The file that came in has the SHA-256 {digest.hexdigest()}, not {sha256[:64]}.",
            "It was damaged on its way: upload it again.",
        )
    upload = Upload(
        phase=phase,
        team=team,
        user=user,
        file_name=printable_name(file_name),
        size=file.size,
        sha256=digest.hexdigest(),
    )
    file.seek(0)
    # The row comes first: a file without a row would never be swept.
    upload.file.name = upload.file.field.generate_filename(upload, file_name)
    upload.save()
    stored = files.save(upload.file.name, file)
    assert stored == upload.file.name, "an upload's name is never taken"
    return upload


def too_large(phase: Phase, size: int) -> TooLarge:
    """Return the refusal of a file of `size` bytes."""
    return TooLarge(
        "file_too_large",
        f"The file has {size:,} bytes; this phase takes at most {phase.max_file_bytes:,}.",
        "Compress it as .gz or .zip, or leave out what the format does not ask for.",
    )


def printable_name(name: str) -> str:
    """Return the file's name as it may be shown: its last part, printable, at most 200 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return printable(last)[-200:] or "predictions.json"


def printable(text: str) -> str:
    """Return the text without what can't be shown or kept (NUL, controls, lone surrogates)."""
    return "".join(letter for letter in text if letter.isprintable())


def drop_upload(*, upload: Upload) -> None:
    """Delete an upload that no submission uses, file first (its row finds it if that fails)."""
    with transaction.atomic():
        unused = Upload.objects.filter(pk=upload.pk, submission=None)
        held = unused.select_for_update(of=("self",)).first()
        if held is None:
            return
        files.delete(str(held.file))
        held.delete()


def sweep_uploads() -> int:
    """Delete the uploads that nobody used for a day, and the bytes of files rejected before it.

    Returns how many. What was wrong with a rejected file stays in its submission.
    """
    before = clock.now() - UNUSED_FOR
    stale = list(Upload.objects.filter(submission=None, created_at__lt=before)[:1000])
    for upload in stale:
        drop_upload(upload=upload)
    rejected = Upload.objects.filter(
        submission__state=SubmissionState.REJECTED, submission__finished_at__lt=before
    )
    spent = list(rejected.exclude(file="")[:1000])
    for upload in spent:
        files.delete(str(upload.file))
        Upload.objects.filter(pk=upload.pk).update(file="")
    return len(stale) + len(spent)
