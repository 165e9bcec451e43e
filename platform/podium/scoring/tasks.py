"""Celery tasks of the farm: load, call, return. A message is a hint; the row decides."""

from uuid import UUID

from podium.celery import app
from podium.competitions import compiling
from podium.scoring import farm


@app.task
def score(submission_id: str) -> None:
    """Score the submission, unless it is done or somebody else is at it."""
    farm.score(submission_id=UUID(submission_id))


@app.task
def sweep() -> None:
    """Send again what was lost on the way: submissions and truths."""
    farm.sweep()
    compiling.sweep_truths()
