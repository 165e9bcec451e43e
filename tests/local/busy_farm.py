"""A site and a task that are busy as long as a test wants: imported by gunicorn and Celery."""

import os
import time
from pathlib import Path

from celery import Celery

app = Celery("busy_farm", broker=os.environ["BROKER_URL"])
app.conf.task_ignore_result = True
app.conf.worker_prefetch_multiplier = 1


@app.task
def be_busy(sign: str) -> None:
    Path(sign).touch()
    while True:
        time.sleep(0.01)


def application(environ, start_response):
    if environ["PATH_INFO"] == "/busy":
        Path(environ["QUERY_STRING"]).touch()
        while True:
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"calm"]
