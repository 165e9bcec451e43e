"""Celery tasks of submissions: load, call, return."""

from podium.celery import app
from podium.submissions import services


@app.task
def sweep_uploads() -> None:
    """Delete the uploads that nobody used."""
    services.sweep_uploads()
