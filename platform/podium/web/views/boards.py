"""The board: who stands where, now or as it stood at an instant, and one's own way there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from podium.competitions.models import Phase
from podium.competitions.timeline import stage
from podium.core import clock
from podium.leaderboards.queries import (
    PAGE,
    board_page,
    splits_visible_to,
    team_history,
)
from podium.web.lookup import Unreadable, visible_phase
from podium.web.reader import reader_of

FARTHEST = 10_000_000
MINUTE = timedelta(seconds=59, microseconds=999_999)
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


@require_safe
def board(request: HttpRequest, slug: str, phase_slug: str) -> HttpResponse:
    """Show a page of the board with the reader's own row in reach."""
    phase = visible_phase(request, slug, phase_slug)
    splits = splits_visible_to(request.user)
    split = request.GET.get("split", "A")
    if split not in splits:
        raise Http404
    now = clock.now()
    instant = _instant(request.GET.get("at", ""), phase, now)
    reader = reader_of(request.user, phase.competition)
    page = board_page(
        phase,
        split=split,
        instant=instant,
        offset=_offset(request.GET.get("from", "")),
        own_team=reader.team,
    )
    context = {
        "phase": phase,
        "competition": phase.competition,
        "reader": reader,
        "stage": stage(phase, now),
        "page": page,
        "splits": splits,
        "first_rank": page.offset + 1,
        "last_rank": page.offset + len(page.rows),
        "own_offset": (page.own.rank - 1) // PAGE * PAGE if page.own else 0,
        "last_offset": max(0, page.total - 1) // PAGE * PAGE,
        "history": team_history(phase, reader.team, split) if reader.team else [],
        "plot_until": min(now, phase.closes_at),
        "at": request.GET.get("at", ""),
        "at_local": _local(instant, phase),
    }
    return render(request, "web/board.html", context)


def _offset(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > len(str(FARTHEST)):
        raise Unreadable(
            "bad_from",
            f"“{text[:40]}” is no place on a board: ?from= takes a whole number from 0.",
            "Open the board without it to begin at the first place.",
        )
    return int(text)


def _instant(text: str, phase: Phase, now: datetime) -> datetime | None:
    """Return the instant that the reader asked for; one without an offset is the contest's time."""
    if not text:
        return None
    found = _parse(text)
    if found is not None and found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(phase.competition.time_zone))
    if found is None or not EARLIEST < found < LATEST:
        raise Unreadable(
            "bad_instant",
            f"“{text[:40]}” is no instant that a board can be shown at.",
            "Write it like ?at=2020-03-23T13:00:00Z.",
        )
    if is_minute(text):  # the form's field: the whole minute that the reader sees
        found = min(found + MINUTE, now) if found <= now else found
    if found > now:
        raise Unreadable(
            "future_instant",
            "A board can be shown as it stood, not as it will stand.",
            "Choose an instant that has passed.",
        )
    return found


def is_minute(text: str) -> bool:
    """Whether the instant was written without seconds, as a browser's field does."""
    return len(text) == len("2020-03-23T13:00") and text[-3] == ":"


def _local(instant: datetime | None, phase: Phase) -> str:
    """Write the instant as the form's field does: the contest's wall clock, to the minute."""
    if instant is None:
        return ""
    return f"{instant.astimezone(ZoneInfo(phase.competition.time_zone)):%Y-%m-%dT%H:%M}"


def _parse(text: str) -> datetime | None:
    """Read an ISO instant; a `+` that the address turned into a space is put back."""
    for reading in (text, "+".join(text.rsplit(" ", 1))):
        try:
            found = parse_datetime(reading)
        except ValueError:
            continue
        if found is not None:
            return found
    return None
