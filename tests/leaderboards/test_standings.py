"""Standings keep time: one row a team at any instant, boards of every instant readable."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from podium.competitions.models import Phase
from podium.core import clock
from podium.leaderboards import queries as boards
from podium.leaderboards.models import Board, Standing
from podium.leaderboards.ranking import order_key
from podium.leaderboards.services import refresh
from podium.submissions.models import Evaluation, SplitScore
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


@pytest.fixture
def phase() -> Phase:
    return make.make_phase(daily_limit=500, in_flight_limit=500)


def test_a_better_score_closes_the_row_and_opens_another(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.4)
    between = clock.now()
    make.make_scored_submission(phase, team, 0.6)
    old, new = boards.team_history(phase, team)
    assert (old.score, new.score) == (0.4, 0.6)
    assert old.during.upper == new.during.lower
    assert new.during.upper is None
    assert [row.score for row in boards.board_page(phase, instant=between).rows] == [0.4]
    assert [row.score for row in boards.board_page(phase).rows] == [0.6]


def test_a_worse_score_changes_nothing_but_the_count(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.6)
    version = boards.board_version(phase)
    make.make_scored_submission(phase, team, 0.5)
    assert len(boards.team_history(phase, team)) == 1
    (row,) = boards.board_page(phase).rows
    assert (row.score, row.submissions) == (0.6, 2)
    assert boards.board_version(phase) > version, "the page shows another count"


def test_an_equal_score_does_not_move_the_time_it_was_achieved(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    first = make.make_scored_submission(phase, team, 0.6)
    make.make_scored_submission(phase, team, 0.6)
    (standing,) = boards.team_history(phase, team)
    assert standing.achieved_at == first.submitted_at


def test_under_the_latest_rule_a_worse_score_counts() -> None:
    phase = make.make_phase(selection=Phase.Selection.LATEST)
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.6)
    make.make_scored_submission(phase, team, 0.2)
    assert [row.score for row in boards.board_page(phase).rows] == [0.2]


def test_ties_go_to_who_was_earlier(phase: Phase) -> None:
    late, early = make.make_team(phase.competition), make.make_team(phase.competition)
    now = clock.now()
    make.make_scored_submission(phase, late, 0.5, submitted_at=now - timedelta(hours=1))
    make.make_scored_submission(phase, early, 0.5, submitted_at=now - timedelta(hours=2))
    assert [row.team_id for row in boards.board_page(phase).rows] == [early.pk, late.pk]


def test_the_board_of_the_database_is_the_pure_order(phase: Phase) -> None:
    chance = random.Random(7)
    competition = phase.competition
    teams = [make.make_team(competition) for _ in range(60)]
    for team in teams:
        make.make_scored_submission(phase, team, chance.choice([0.1, 0.2, 0.3]))
    first, second = boards.board_page(phase), boards.board_page(phase, offset=boards.PAGE)
    shown = [*first.rows, *second.rows]
    expected = sorted(shown, key=lambda row: order_key(row.score, row.achieved_at, row.team_id))
    assert shown == expected
    assert [row.rank for row in shown] == list(range(1, 61))
    assert (first.total, first.next_offset, second.next_offset) == (60, boards.PAGE, None)


def test_a_reader_s_own_row_is_there_wherever_it_stands(phase: Phase) -> None:
    for score in range(boards.PAGE + 2):
        make.make_scored_submission(phase, make.make_team(phase.competition), 0.3 + score / 100)
    mine = make.make_team(phase.competition)
    make.make_scored_submission(phase, mine, 0.1)
    page = boards.board_page(phase, own_team=mine)
    assert page.own is not None
    assert page.own.rank == page.total == boards.PAGE + 3
    assert page.own_is_elsewhere
    assert boards.own_place(phase, mine) == (boards.PAGE + 3, boards.PAGE + 3)


def test_both_splits_stand_and_the_choice_is_made_on_a(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    for a, b in [(0.5, 0.9), (0.6, 0.1)]:
        submission = make.make_scored_submission(phase, team, a)
        evaluation = Evaluation.objects.get(submission=submission)
        make.add_scores(evaluation, b, "B")
        refresh(phase=phase, team=team, instant=clock.now())
    assert [row.score for row in boards.board_page(phase, split="A").rows] == [0.6]
    assert [row.score for row in boards.board_page(phase, split="B").rows] == [0.1]


def test_a_team_that_nothing_counts_for_any_more_leaves_the_board(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.5)
    before = clock.now()
    Evaluation.objects.update(settings_digest="other settings")
    assert refresh(phase=phase, team=team, instant=clock.now()) == ["A"]
    assert boards.board_page(phase).total == 0
    assert boards.board_page(phase, instant=before).total == 1


def test_a_clock_that_was_set_back_makes_no_overlap(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.4)
    submission = make.make_scored_submission(phase, team, 0.3)
    SplitScore.objects.filter(evaluation__submission=submission).update(score=0.9)
    refresh(phase=phase, team=team, instant=clock.now() - timedelta(hours=1))
    old, new = boards.team_history(phase, team)
    assert old.during.lower < old.during.upper == new.during.lower


def test_the_database_refuses_two_standings_at_one_instant(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    make.make_scored_submission(phase, team, 0.4)
    row = Standing.objects.get(team=team)
    row.pk = None
    row.during = DateTimeTZRange(clock.now() + timedelta(hours=1), None, "[)")
    with (
        pytest.raises(IntegrityError, match="one_standing_a_team_at_any_instant"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.1, 1.5])
def test_the_database_refuses_a_score_that_is_none(phase: Phase, score: float) -> None:
    make.make_scored_submission(phase, make.make_team(phase.competition), 0.4)
    with pytest.raises(IntegrityError, match="score_is_finite"), transaction.atomic():
        SplitScore.objects.update(score=score)


def test_a_page_costs_six_queries_at_any_size(
    phase: Phase, django_assert_max_num_queries: object
) -> None:
    mine = make.make_team(phase.competition)
    make.make_scored_submission(phase, mine, 0.1)
    for _ in range(12):
        make.make_scored_submission(phase, make.make_team(phase.competition), 0.3)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        boards.board_page(phase, own_team=mine)


def test_a_board_nobody_stands_on_is_empty(phase: Phase) -> None:
    assert not Board.objects.exists()
    page = boards.board_page(phase)
    assert (page.total, page.version, list(page.rows), page.own) == (0, 0, [], None)
