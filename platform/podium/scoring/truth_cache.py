"""This machine's copies of compiled truths, by digest, for the scoring children to map."""

import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

import evaluator.tasks
from podium.competitions.models import Truth
from podium.core.storage import files

logger = logging.getLogger(__name__)


def folder_of(truth: Truth) -> Path:
    """Return the folder of the compiled truth, fetched and checked in full the first time.

    Raises evaluator.InvalidTruth if what is stored is damaged or of another format version.
    """
    folder = _place(truth)
    if not folder.is_dir():
        _fetch(truth, folder)
    return folder


def forget(truth: Truth) -> None:
    """Remove the copy, so that the next use fetches it again."""
    shutil.rmtree(_place(truth), ignore_errors=True)


def _place(truth: Truth) -> Path:
    return Path(settings.TRUTH_CACHE) / f"{truth.phase.task}-{truth.digest}"


def _fetch(truth: Truth, folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="fetching-", dir=folder.parent))
    try:
        _, names = files.listdir(truth.compiled_prefix)
        for name in names:
            with (
                files.open(f"{truth.compiled_prefix}/{name}") as source,
                (fresh / name).open("wb") as copy,
            ):
                shutil.copyfileobj(source, copy, 1024 * 1024)
        evaluator.tasks.get(truth.phase.task).open_truth(fresh, verify=True)
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():  # not a neighbour who was faster
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
