"""Celery tasks of competitions: load, call, return."""

from podium.celery import app
from podium.competitions import compiling


@app.task
def compile_truth(truth_id: int) -> None:
    """Validate and compile an uploaded truth, unless somebody else is at it."""
    compiling.compile_truth(truth_id=truth_id)
