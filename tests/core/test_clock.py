"""The one clock, and the day around an instant."""

from datetime import UTC, datetime

import pytest

from podium.core import clock


@pytest.mark.django_db
def test_the_clock_moves_within_a_transaction() -> None:
    first = clock.now()
    assert first.tzinfo is not None
    assert clock.now() > first


def test_a_quota_day_is_the_calendar_day_of_the_contest_s_time_zone() -> None:
    start, end = clock.day_around(datetime(2020, 3, 16, 15, 59, tzinfo=UTC), "Asia/Shanghai")
    assert start == datetime(2020, 3, 15, 16, tzinfo=UTC)
    assert end == datetime(2020, 3, 16, 16, tzinfo=UTC)


def test_a_day_of_a_clock_change_is_as_long_as_it_is() -> None:
    start, end = clock.day_around(datetime(2024, 3, 31, 12, tzinfo=UTC), "Europe/Berlin")
    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == 23 * 3600
