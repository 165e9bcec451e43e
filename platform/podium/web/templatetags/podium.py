"""How figures, times and lists are written on a page; nothing here decides anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from podium.submissions.models import LevelScore, SplitScore, Submission
from podium.submissions.queries import split_score

register = template.Library()

TEENS = range(11, 14)
ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@register.filter
def score(value: float) -> str:
    """Write a score as the contest does: six decimals."""
    return f"{value:.6f}"


@register.filter
def percent(value: float) -> str:
    """Write a ratio as a percentage with four decimals."""
    return f"{value * 100:.4f}%"


@register.filter
def width(value: float) -> str:
    """Write a ratio as a length on a scale of 100, for drawings."""
    return f"{min(1.0, max(0.0, value)) * 100:.3f}"


@register.filter
def thousands(value: int) -> str:
    """Write a whole number with commas between the thousands."""
    return f"{value:,}"


@register.filter
def ordinal(value: int) -> str:
    """Write 1st, 2nd, 3rd, 4th, 11th, 1,001st."""
    ending = "th" if value % 100 in TEENS else ENDINGS.get(value % 10, "th")
    return f"{value:,}{ending}"


@register.filter
def words(name: str) -> str:
    """Write a name from the data (`false_alarm`) as words (`False alarm`)."""
    return name.replace("_", " ").capitalize()


@register.filter
def score_of(submission: Submission) -> SplitScore | None:
    """Return the submission's present public score, from what was fetched along."""
    return split_score(submission)


@register.filter
def entries(outcomes: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the counts by name, the most frequent first."""
    return sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))


@register.simple_tag
def instant(at: datetime, zone: str = "UTC", style: str = "full") -> SafeString:
    """Write an instant in a time zone; `podium.js` adds the reader's own time.

    `full` names the zone; `short` and `seconds` leave that to a caption.
    """
    local = at.astimezone(ZoneInfo(zone))
    text = f"{local.day} {local:%b %Y, %H:%M}"
    if style != "full":
        text = f"{local:%Y-%m-%d %H:%M:%S}" if style == "seconds" else f"{local:%Y-%m-%d %H:%M}"
    return format_html(
        '<time datetime="{}" data-zone="{}" data-style="{}">{}{}</time>',
        at.astimezone(timezone.get_default_timezone()).isoformat(),
        zone,
        style,
        text,
        f" {local:%Z}" if style == "full" else "",
    )


@register.inclusion_tag("web/_funnel.html")
def funnel(levels: Iterable[LevelScore]) -> dict[str, object]:
    """Draw how many of the asked-for answers were right, level after level."""
    steps: list[dict[str, object]] = []
    rows = list(levels)
    asked = rows[0].tp + rows[0].fn if rows else 0
    before = asked
    for level in rows:
        steps.append(
            {
                "name": level.name,
                "right": level.tp,
                "lost": before - level.tp,
                "share": level.tp / asked if asked else 0.0,
            }
        )
        before = level.tp
    return {"asked": asked, "steps": steps}
