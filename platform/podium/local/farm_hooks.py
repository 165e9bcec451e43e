"""Hooks that `make run` adds to the Celery worker (`--include`): say when it takes tasks.

Celery itself ties its pool processes to the main one (PR_SET_PDEATHSIG in its prefork pool).
"""

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready

READY_FILE = "PODIUM_WORKER_READY_FILE"


@worker_ready.connect
def say_that_we_are_ready(**_details: Any) -> None:
    """Touch the file that the supervisor waits for."""
    if file := os.environ.get(READY_FILE):
        Path(file).touch()
