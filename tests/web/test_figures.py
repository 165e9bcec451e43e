"""How figures and times are written."""

from datetime import UTC, datetime

import pytest

from podium.web.templatetags import podium


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (112, "112th"),
        (1001, "1,001st"),
        (1945, "1,945th"),
    ],
)
def test_ordinals(value: int, text: str) -> None:
    assert podium.ordinal(value) == text


def test_scores_have_six_decimals_and_percents_four() -> None:
    assert podium.score(0.71136) == "0.711360"
    assert podium.percent(0.7309) == "73.0900%"
    assert podium.thousands(1234567) == "1,234,567"
    assert podium.words("false_alarm") == "False alarm"


def test_a_width_stays_on_its_scale() -> None:
    assert podium.width(0.5) == "50.000"
    assert podium.width(1.2) == "100.000"
    assert podium.width(-0.1) == "0.000"


def test_an_instant_is_written_in_the_contests_zone_and_kept_in_utc() -> None:
    at = datetime(2020, 3, 10, 16, 30, 5, tzinfo=UTC)
    full = podium.instant(at, "Asia/Shanghai")
    assert 'datetime="2020-03-10T16:30:05+00:00"' in full
    assert ">11 Mar 2020, 00:30 CST<" in full
    assert ">2020-03-11 00:30<" in podium.instant(at, "Asia/Shanghai", "short")
    assert ">2020-03-11 00:30:05<" in podium.instant(at, "Asia/Shanghai", "seconds")


def test_outcomes_come_the_most_frequent_first() -> None:
    assert podium.entries({"b": 1, "a": 1, "c": 7}) == [("c", 7), ("a", 1), ("b", 1)]
