"""The farm on one submission: claimed once, scored once, finished only under its lease."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from podium.competitions import compiling
from podium.competitions.models import Phase, Truth
from podium.core import child, clock
from podium.leaderboards.models import Standing
from podium.scoring import farm, truth_cache
from podium.scoring import services as scoring
from podium.scoring.finishing import finish_rejected, finish_scored
from podium.submissions.models import Evaluation, Submission, SubmissionState
from podium.submissions.quota import quota_of
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


@pytest.fixture
def phase() -> Phase:
    return make.make_phase()


@pytest.fixture
def submission(phase: Phase) -> Submission:
    return make.submit(phase, make.make_team(phase.competition), make.HALF)


def kinds(submission: Submission) -> list[str]:
    return [event.kind for event in submission.events.all()]


def test_a_file_is_scored_and_stands_on_the_board(submission: Submission) -> None:
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SCORED
    assert kinds(submission) == ["queued", "scoring", "scored"]
    score = Evaluation.objects.get(submission=submission).scores.get()
    assert score.score == 0.5
    levels = [(level.name, level.tp, level.fp, level.fn) for level in score.levels.all()]
    assert levels == [("clip", 1, 1, 1), ("frame", 1, 1, 1), ("box", 1, 1, 1)]
    assert score.outcomes["correct"] == score.outcomes["wrong_item"] == 1
    standing = Standing.objects.get(team=submission.team)
    assert standing.score == 0.5
    assert standing.achieved_at == submission.submitted_at


def test_a_message_that_comes_twice_scores_once(submission: Submission) -> None:
    farm.score(submission_id=submission.pk)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.attempt == 1
    assert Evaluation.objects.filter(submission=submission).count() == 1


def test_a_message_of_an_unknown_submission_does_nothing() -> None:
    farm.score(submission_id=uuid.uuid4())


def test_a_claimed_submission_is_not_claimed_again_before_its_lease_ends(
    submission: Submission,
) -> None:
    assert farm.claim(submission.pk) is not None
    assert farm.claim(submission.pk) is None
    Submission.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert farm.claim(submission.pk) is not None


def test_a_late_result_of_a_lost_lease_is_dropped(submission: Submission) -> None:
    lost = farm.claim(submission.pk)
    assert lost is not None
    Submission.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    ours = farm.claim(submission.pk)
    submission.refresh_from_db()
    late: dict[str, Any] = {"problems": [["", "late"]], "problem_count": 1}
    assert not finish_rejected(submission, lost, late)
    assert not finish_scored(submission, lost, {"result": {"splits": {}}, "warnings": []}, 1.0)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SCORING
    assert submission.lease_token == ours
    assert not Evaluation.objects.exists()


def test_a_file_at_fault_is_rejected_with_its_problems_and_refunded(phase: Phase) -> None:
    team = make.make_team(phase.competition)
    content: Any = {"000001": {**make.PERFECT["000001"], "frame_index": -1}, "000003": {}}
    submission = make.submit(phase, team, content)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.REJECTED
    paths = [path for path, _ in submission.problems]
    assert "000001.frame_index" in paths
    assert submission.problem_count == len(submission.problems) >= 2
    assert quota_of(phase=phase, team=team, instant=clock.now()).used_today == 0
    assert not Standing.objects.exists()


@pytest.mark.parametrize("content", [b"{", b"\x00\xff", b"PK\x03\x04", b"\x1f\x8b\x08", b"[]"])
def test_broken_files_are_the_files_fault(phase: Phase, content: bytes) -> None:
    submission = make.submit(phase, make.make_team(phase.competition), content)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.REJECTED
    assert submission.problems[0][1]


def test_a_file_that_takes_too_long_is_rejected_with_the_reason(
    submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: object, **rest: object) -> dict[str, Any]:
        raise child.OverLimitError("it took longer than 120 seconds")

    monkeypatch.setattr(child, "run", slow)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.REJECTED
    assert "longer than 120 seconds" in submission.problems[0][1]


def test_a_breakdown_of_ours_is_tried_three_times_then_refunded(
    submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **rest: object) -> dict[str, Any]:
        raise child.ChildError("out of luck")

    monkeypatch.setattr(child, "run", broken)
    for tries in (1, 2, 3):
        farm.score(submission_id=submission.pk)
        submission.refresh_from_db()
        assert submission.failures == tries
    assert submission.state == SubmissionState.ERROR
    assert kinds(submission) == ["queued", *["scoring", "queued"] * 2, "scoring", "error"]
    assert (
        quota_of(phase=submission.phase, team=submission.team, instant=clock.now()).used_total == 0
    )


def test_a_damaged_copy_of_the_truth_is_fetched_again(submission: Submission) -> None:
    truth = submission.phase.current_truth
    assert truth is not None
    folder = truth_cache.folder_of(truth)
    for file in folder.iterdir():
        file.chmod(0o600)
        file.write_bytes(b"damaged")
    farm.score(submission_id=submission.pk)  # finds the damage, forgets the copy
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SCORED
    assert submission.failures == 1


def test_the_sweep_sends_what_waits_and_what_a_dead_worker_held(
    phase: Phase, sent: list[Any]
) -> None:
    team = make.make_team(phase.competition)
    fresh, lost, held, dropped = (make.submit(phase, team) for _ in range(4))
    past = clock.now() - timedelta(seconds=1)
    Submission.objects.filter(pk__in=[lost.pk, held.pk, dropped.pk]).update(resend_at=past)
    farm.claim(held.pk)
    farm.claim(dropped.pk)
    Submission.objects.filter(pk=dropped.pk).update(lease_until=past)
    sent.clear()
    assert farm.sweep() == 2
    assert {args[0] for _, args, _ in sent} == {str(lost.pk), str(dropped.pk)}
    assert farm.sweep() == 0, "what was just sent again waits longer before the next time"
    assert fresh.sent_count == 1


def test_a_file_that_takes_whole_workers_with_it_ends_as_an_error(submission: Submission) -> None:
    past = clock.now() - timedelta(seconds=1)
    farm.claim(submission.pk)
    Submission.objects.update(attempt=farm.MAX_CLAIMS, lease_until=past, resend_at=past)
    farm.sweep()
    submission.refresh_from_db()
    assert submission.state == SubmissionState.ERROR
    assert kinds(submission)[-1] == "error"


def test_a_truth_that_changed_meanwhile_sends_the_submission_back(submission: Submission) -> None:
    token = farm.claim(submission.pk)
    assert token is not None
    loaded = Submission.objects.select_related("phase__current_truth", "team").get(pk=submission.pk)
    other = make.make_truth(loaded.phase, make.TINY_TRUTH)
    Phase.objects.filter(pk=loaded.phase_id).update(current_truth=other)
    answer: dict[str, Any] = {"result": {"splits": {}}, "warnings": []}
    assert finish_scored(loaded, token, answer, 1.0)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.QUEUED
    assert not Evaluation.objects.exists()


@pytest.mark.wab
def test_the_real_team_s_three_runs_make_three_steps_on_the_board(wab: Path) -> None:
    phase = make.make_phase(truth=None)
    make.make_truth(phase, (wab / "truth.json").read_bytes())
    phase.refresh_from_db()
    team = make.make_team(phase.competition)
    for day in ("10", "16", "23"):
        submission = make.submit(phase, team, wab / "runs" / f"2020-03-{day}.json")
        farm.score(submission_id=submission.pk)
    score = Evaluation.objects.get(submission=submission).scores.get()
    assert f"{score.score:.6f}" == "0.711360"
    counts = [(level.tp, level.fp, level.fn) for level in score.levels.all()]
    assert counts == [(7309, 2691, 2691), (7088, 2912, 2912), (6995, 3005, 3005)]
    steps = Standing.objects.filter(team=team).order_by("during")
    assert [f"{step.score:.6f}" for step in steps] == ["0.600880", "0.657424", "0.711360"]
    assert [step.during.upper is None for step in steps] == [False, False, True]


def test_a_truth_whose_compiled_form_can_t_be_read_is_compiled_again(
    submission: Submission, sent: list[Any], own_files: Path
) -> None:
    truth = submission.phase.current_truth
    assert truth is not None
    for manifest in (own_files / "files" / truth.compiled_prefix).glob("manifest.json"):
        manifest.write_text("of an older version", encoding="utf-8")
    truth_cache.forget(truth)
    sent.clear()
    farm.score(submission_id=submission.pk)
    truth.refresh_from_db()
    submission.refresh_from_db()
    assert truth.state == Truth.State.QUEUED
    assert [task for task, _, _ in sent] == [compiling.COMPILE]
    assert (submission.state, submission.failures) == (SubmissionState.QUEUED, 0)
    compiling.compile_truth(truth_id=truth.pk)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SCORED
    assert Phase.objects.get(pk=submission.phase_id).current_truth_id == truth.pk


def test_an_error_of_ours_keeps_its_reason_for_organizers_and_is_scored_again(
    submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **rest: object) -> dict[str, Any]:
        raise child.ChildError("the child said: out\x00 of luck")

    with monkeypatch.context() as patch:
        patch.setattr(child, "run", broken)
        for _ in range(3):
            farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.error == "ChildError: the child said: out of luck"
    assert not [event for event in submission.events.all() if "luck" in event.detail]
    organizer = make.make_organizer()
    assert scoring.score_again(submission=submission, by=organizer)
    assert not scoring.score_again(submission=submission, by=organizer)
    farm.score(submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SCORED
    assert submission.events.filter(by=organizer).exists()


@pytest.mark.wab
@pytest.mark.parametrize(
    ("task", "truth", "run"),
    [
        ("clips", "truth-semifinal.json", "2020-03-16.json"),
        ("streams", "truth-final.json", "2020-03-23-final.json"),
    ],
)
def test_every_phase_s_real_files_are_scored_to_the_last_count(
    wab: Path, task: str, truth: str, run: str
) -> None:
    phase = make.make_phase(truth=None, task=task)
    make.make_truth(phase, (wab / truth).read_bytes())
    phase.refresh_from_db()
    submission = make.submit(phase, make.make_team(phase.competition), wab / "runs" / run)
    farm.score(submission_id=submission.pk)
    expected = json.loads((wab / "expected.json").read_text())[f"{truth} {run}"]
    score = Evaluation.objects.get(submission=submission).scores.get()
    assert score.score == pytest.approx(expected["score"], abs=1e-12)
    for level in score.levels.all():
        wanted = expected[level.name]
        assert (level.tp, level.fp, level.fn) == (wanted["tp"], wanted["fp"], wanted["fn"])
