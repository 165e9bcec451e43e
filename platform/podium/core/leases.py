"""A lease: a worker's hold on a row, proven by a token and renewed while the work goes on."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from podium.core import clock

logger = logging.getLogger(__name__)


def duration() -> timedelta:
    """Return how long a lease lasts if it is not renewed."""
    return timedelta(seconds=settings.LEASE_SECONDS)


class Lease:
    """Renews `lease_until` of the one row that `held` selects by its primary key and token."""

    def __init__(self, held: "QuerySet[Any]") -> None:
        self.held = held
        self.kept_at = clock.monotonic()

    def tick(self) -> bool:
        """Renew once a third of the lease has passed; return whether the row is still ours.

        While the database is away the lease is believed until it has run out.
        """
        age = clock.monotonic() - self.kept_at
        if age < settings.LEASE_SECONDS / 3:
            return True
        try:
            kept = self.held.update(lease_until=clock.now() + duration()) == 1
        except (OperationalError, InterfaceError) as error:
            logger.warning("A lease could not be renewed yet: %s", error)
            connection.close()
            return age < settings.LEASE_SECONDS
        self.kept_at = clock.monotonic()
        return kept
