"""The pure rules of a board."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.leaderboards.ranking import Candidate, chosen, order_key

START = datetime(2020, 3, 1, tzinfo=UTC)


def candidate(number: int, score: float, minute: int) -> Candidate:
    return Candidate(number, score, START + timedelta(minutes=minute), number)


def test_the_best_score_counts_and_among_equals_the_first() -> None:
    rows = [candidate(1, 0.5, 0), candidate(2, 0.7, 1), candidate(3, 0.7, 2)]
    assert chosen(rows, "best") == rows[1]


def test_the_latest_counts_even_if_it_is_worse() -> None:
    rows = [candidate(1, 0.9, 0), candidate(2, 0.1, 1)]
    assert chosen(rows, "latest") == rows[1]


def test_nothing_counts_for_a_team_without_evaluations() -> None:
    assert chosen([], "best") is None


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="no selection rule 'worst'"):
        chosen([candidate(1, 0.5, 0)], "worst")


candidates = st.lists(
    st.builds(
        candidate, st.integers(1, 999), st.sampled_from([0.1, 0.5, 0.5000001]), st.integers(0, 5)
    ),
    min_size=1,
    unique_by=lambda row: row.number,
)


@given(candidates, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_the_rows(
    rows: list[Candidate], chance: object
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    for rule in ("best", "latest"):
        assert chosen(rows, rule) == chosen(shuffled, rule)
    best = chosen(rows, "best")
    assert best is not None
    assert all(best.score >= row.score for row in rows)


@given(candidates)
def test_the_order_of_a_board_is_total(rows: list[Candidate]) -> None:
    keys = [order_key(row.score, row.submitted_at, row.number) for row in rows]
    assert len(set(keys)) == len(keys)
