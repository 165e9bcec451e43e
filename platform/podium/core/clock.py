"""One clock for all machines: the database's.

Workers' and web servers' clocks differ; every time that decides something (a phase's end, a quota's
day, a lease) is read here, in the transaction that uses it.
"""

import time as time_module
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection


def now() -> datetime:
    """Return the database's wall clock (not its transaction's start), aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    assert isinstance(instant, datetime)
    return instant


def day_around(instant: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the start and the end of the calendar day that holds `instant` in the time zone."""
    tz = ZoneInfo(zone)
    today = instant.astimezone(tz).date()
    midnight = datetime.combine(today, time.min, tz)
    return midnight, datetime.combine(today + timedelta(days=1), time.min, tz)


def spoken(instant: datetime, zone: str) -> str:
    """Return the instant as a sentence says it, on the wall clock of the time zone."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def monotonic() -> float:
    """Return seconds of this process's own steady clock: for waiting, never for deciding."""
    return time_module.monotonic()
