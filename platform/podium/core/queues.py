"""Telling the queue of work that the database already holds.

A lost message loses nothing: every row that waits is found by a sweep and sent again. So a broker
that is away is logged and otherwise ignored here.
"""

import functools
import logging

from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from podium.celery import app

logger = logging.getLogger(__name__)

SCORE = "score"
MAINTENANCE = "maintenance"
RESCORE = "rescore"


def send(task: str, *args: object, queue: str) -> None:
    """Send the task now; if there is no broker, say so in the log and leave it to the sweep."""
    try:
        app.send_task(task, args=args, queue=queue)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning(
            "The broker did not take %s%r (the sweep will send it): %s", task, args, error
        )


def send_on_commit(task: str, *args: object, queue: str) -> None:
    """Send the task once the transaction that made its row is committed."""
    transaction.on_commit(functools.partial(send, task, *args, queue=queue))
