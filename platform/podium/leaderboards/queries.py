"""Reading boards: a page at an instant, a team's own row, a team's history.

An instant of None means now, read through the live rows' index. A page costs a fixed number of
queries at any size of the contest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from podium.accounts.roles import AnyUser, is_organizer
from podium.competitions.models import Phase
from podium.competitions.queries import level_names
from podium.leaderboards.models import Board, Standing
from podium.submissions.models import Submission, SubmissionState
from podium.teams.models import Team

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One place on a board."""

    rank: int
    team_id: int
    team_name: str
    score: float
    level_f1s: Sequence[float]
    achieved_at: datetime
    submissions: int
    is_own: bool


@dataclass(frozen=True)
class BoardPage:
    """A page of a board, with the reader's own row wherever it stands."""

    phase: Phase
    split: str
    level_names: Sequence[str]
    version: int
    total: int
    offset: int
    rows: Sequence[Row]
    own: Row | None
    instant: datetime | None

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins, or None on the last."""
        end = self.offset + PAGE
        return end if end < self.total else None

    @property
    def previous_offset(self) -> int | None:
        """Where the page before begins, or None on the first."""
        return max(0, self.offset - PAGE) if self.offset else None

    @property
    def own_is_elsewhere(self) -> bool:
        """Whether the reader's row is on another page."""
        return self.own is not None and not any(row.is_own for row in self.rows)


def splits_visible_to(user: AnyUser) -> tuple[str, ...]:
    """Return the splits whose board this reader may see (B stays with the organizers)."""
    return ("A", "B") if is_organizer(user) else ("A",)


def board_version(phase: Phase, split: str = "A") -> int:
    """Return the board's version; 0 before anyone stood on it."""
    board = Board.objects.filter(phase=phase, split=split).first()
    return board.version if board else 0


def board_page(
    phase: Phase,
    *,
    split: str = "A",
    instant: datetime | None = None,
    offset: int = 0,
    own_team: Team | None = None,
) -> BoardPage:
    """Return `PAGE` rows of the board from `offset` on, as it stood at the instant."""
    version = board_version(phase, split)
    rows = standings_at(phase, split, instant)
    total = rows.count()
    page = list(in_order(rows).select_related("team")[offset : offset + PAGE])
    own = rows.filter(team=own_team).select_related("team").first() if own_team else None
    counts = _submission_counts(phase, {row.team_id for row in [*page, *([own] if own else [])]})

    def shown(standing: Standing, rank: int) -> Row:
        return _row(standing, rank, counts, own_team)

    return BoardPage(
        phase=phase,
        split=split,
        level_names=level_names(phase),
        version=version,
        total=total,
        offset=offset,
        rows=[shown(standing, offset + place) for place, standing in enumerate(page, 1)],
        own=shown(own, rank_of(own, rows)) if own else None,
        instant=instant,
    )


def standings_at(phase: Phase, split: str, instant: datetime | None) -> QuerySet[Standing]:
    """Return the standings that held at the instant, in no order."""
    rows = Standing.objects.filter(phase=phase, split=split)
    if instant is None:
        return rows.filter(during__upper_inf=True)
    return rows.filter(during__contains=instant)


def in_order(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Sort as `podium.leaderboards.ranking.order_key` says."""
    return rows.order_by(F("score").desc(), "achieved_at", "team")


def rank_of(standing: Standing, rows: QuerySet[Standing]) -> int:
    """Return the place of the standing among the rows; 1 is the first."""
    ahead = Q(score__gt=standing.score) | Q(score=standing.score) & (
        Q(achieved_at__lt=standing.achieved_at)
        | Q(achieved_at=standing.achieved_at, team_id__lt=standing.team_id)
    )
    return rows.filter(ahead).count() + 1


def own_place(phase: Phase, team: Team, split: str = "A") -> tuple[int, int] | None:
    """Return the team's place now and the number of teams, or None if it has no standing."""
    rows = standings_at(phase, split, None)
    own = rows.filter(team=team).first()
    return (rank_of(own, rows), rows.count()) if own else None


def team_history(phase: Phase, team: Team, split: str = "A") -> list[Standing]:
    """Return the team's standings in the order of time."""
    return list(
        Standing.objects.filter(phase=phase, split=split, team=team)
        .select_related("split_score__evaluation__submission")
        .order_by("during")
    )


def _submission_counts(phase: Phase, team_ids: Iterable[int]) -> dict[int, int]:
    counts = (
        Submission.objects.filter(phase=phase, team_id__in=team_ids, state=SubmissionState.SCORED)
        .order_by()
        .values("team_id")
        .annotate(count=Count("pk"))
    )
    return {row["team_id"]: row["count"] for row in counts}


def _row(standing: Standing, rank: int, counts: dict[int, int], own_team: Team | None) -> Row:
    return Row(
        rank=rank,
        team_id=standing.team_id,
        team_name=standing.team.name,
        score=standing.score,
        level_f1s=standing.level_f1s,
        achieved_at=standing.achieved_at,
        submissions=counts.get(standing.team_id, 0),
        is_own=own_team is not None and standing.team_id == own_team.pk,
    )
