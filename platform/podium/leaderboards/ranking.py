"""The rules of a board as pure functions: which evaluation counts, who stands before whom.

No database here: services and queries do the same in SQL or on rows, and tests hold them to this.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Candidate:
    """One evaluated submission of a team: its score on split A decides."""

    evaluation_id: int
    score: float
    submitted_at: datetime
    number: int


def chosen(candidates: Iterable[Candidate], selection: str) -> Candidate | None:
    """Return the candidate that counts under the selection rule, or None if there is none.

    `best`: the highest score on split A; among equals the one that came in first.
    `latest`: the one that came in last.
    """
    rows = list(candidates)
    if not rows:
        return None
    if selection == "latest":
        return max(rows, key=lambda row: (row.submitted_at, row.number))
    if selection == "best":
        return min(rows, key=lambda row: (-row.score, row.submitted_at, row.number))
    raise ValueError(f"There is no selection rule {selection!r}.")


def order_key(score: float, achieved_at: datetime, team_id: int) -> tuple[float, datetime, int]:
    """Return what a board is sorted by: score descending, then who was earlier, then id."""
    return (-score, achieved_at, team_id)
