"""Intake: who may submit what and when, decided under the entry's lock by the database's clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from podium.competitions.models import Competition, Phase
from podium.core import clock
from podium.core.refusals import NotAllowed, QuotaExceeded, Refusal, TooLarge
from podium.scoring import services as scoring
from podium.submissions.models import Submission, SubmissionState, Upload
from podium.submissions.quota import quota_of
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


def stored_files() -> int:
    """How many files of uploads there are, whatever the database says."""
    try:
        folders, _ = default_storage.listdir("uploads")
    except FileNotFoundError:
        return 0
    return sum(len(default_storage.listdir(f"uploads/{folder}")[1]) for folder in folders)


def test_a_submission_is_queued_with_an_event_and_a_message(
    sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    with django_capture_on_commit_callbacks(execute=True):
        submission = make.submit(phase, team, note="  first \n try ")
    assert submission.state == SubmissionState.QUEUED
    assert submission.number == 1
    assert submission.note == "first try"
    assert make.submit(phase, team, note="a\x00b\ud800c").note == "abc"
    assert [event.kind for event in submission.events.all()] == ["queued"]
    assert sent[-1] == ("podium.scoring.tasks.score", (str(submission.pk),), "score")


def test_the_daily_quota_refuses_with_the_time_of_the_next_slot() -> None:
    phase = make.make_phase(daily_limit=2, in_flight_limit=9)
    team = make.make_team(phase.competition)
    make.submit(phase, team)
    make.submit(phase, team)
    with pytest.raises(QuotaExceeded, match="2 submissions of today") as refused:
        make.submit(phase, team)
    assert refused.value.code == "daily_quota"
    assert "next slot opens" in refused.value.remedy
    assert stored_files() == Upload.objects.count() == 2, "a refused file leaves nothing behind"


def test_yesterday_s_submissions_do_not_count_today() -> None:
    phase = make.make_phase(daily_limit=1, in_flight_limit=9)
    team = make.make_team(phase.competition)
    old = make.submit(phase, team)
    day_starts, _ = clock.day_around(clock.now(), phase.competition.time_zone)
    Submission.objects.filter(pk=old.pk).update(submitted_at=day_starts - timedelta(seconds=1))
    assert make.submit(phase, team).number == 2


@pytest.mark.parametrize("state", ["rejected", "error", "cancelled"])
def test_a_refunded_submission_costs_nothing(state: str) -> None:
    phase = make.make_phase(daily_limit=1, total_limit=1)
    team = make.make_team(phase.competition)
    first = make.submit(phase, team)
    Submission.objects.filter(pk=first.pk).update(state=state)
    assert quota_of(phase=phase, team=team, instant=clock.now()).left_now == 1
    assert make.submit(phase, team).number == 2


def test_the_total_quota_refuses_for_good() -> None:
    phase = make.make_phase(total_limit=1)
    team = make.make_team(phase.competition)
    make.submit(phase, team)
    with pytest.raises(QuotaExceeded) as refused:
        make.submit(phase, team)
    assert refused.value.code == "total_quota"


def test_only_so_many_may_be_in_flight() -> None:
    phase = make.make_phase(in_flight_limit=1)
    team = make.make_team(phase.competition)
    first = make.submit(phase, team)
    with pytest.raises(QuotaExceeded) as refused:
        make.submit(phase, team)
    assert refused.value.code == "in_flight_quota"
    Submission.objects.filter(pk=first.pk).update(state=SubmissionState.SCORED)
    assert make.submit(phase, team).number == 2


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        ({"opens_at": timedelta(hours=1), "closes_at": timedelta(hours=2)}, "phase_not_open"),
        ({"opens_at": timedelta(hours=-2), "closes_at": timedelta(hours=-1)}, "phase_closed"),
    ],
)
def test_a_phase_takes_nothing_outside_its_times(shift: dict[str, timedelta], code: str) -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    Phase.objects.filter(pk=phase.pk).update(
        **{name: clock.now() + delta for name, delta in shift.items()}
    )
    phase.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        make.submit(phase, team)
    assert refused.value.code == code
    assert stored_files() == 0


def test_a_phase_without_a_truth_takes_nothing() -> None:
    phase = make.make_phase(truth=None)
    with pytest.raises(Refusal) as refused:
        make.submit(phase, make.make_team(phase.competition))
    assert refused.value.code == "phase_not_ready"


def test_strangers_former_members_and_other_contests_teams_are_refused() -> None:
    phase = make.make_phase()
    bob = make.make_user()
    team = make.make_team(phase.competition, members=[bob])
    stranger = make.make_user()
    make.join(phase.competition, stranger)
    with pytest.raises(NotAllowed) as refused:
        make.submit(phase, team, user=stranger)
    assert refused.value.code == "not_a_member"

    make.submit(phase, team, user=bob)
    team.memberships.filter(user=bob).update(left_at=clock.now())
    with pytest.raises(NotAllowed):
        make.submit(phase, team, user=bob)

    elsewhere = make.make_team(make.make_competition())
    with pytest.raises(NotAllowed) as refused:
        make.submit(phase, elsewhere)
    assert refused.value.code == "other_competition"


def test_changed_rules_must_be_accepted_first() -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    Competition.objects.filter(pk=phase.competition_id).update(rules_version=2)
    phase.competition.refresh_from_db()
    with pytest.raises(NotAllowed) as refused:
        make.submit(phase, team)
    assert refused.value.code == "rules_not_accepted"
    make.join(phase.competition, team.captain)
    assert make.submit(phase, team).number == 1


def test_a_file_over_the_limit_or_empty_or_damaged_is_refused() -> None:
    phase = make.make_phase(max_file_mb=1)
    team = make.make_team(phase.competition)
    with pytest.raises(TooLarge, match="1,048,577 bytes"):
        make.submit(phase, team, b"x" * (1024 * 1024 + 1))
    with pytest.raises(Refusal) as refused:
        make.submit(phase, team, b"")
    assert refused.value.code == "empty_file"
    with pytest.raises(Refusal) as refused:
        scoring.receive(
            phase=phase,
            team=team,
            user=team.captain,
            file=ContentFile(b"{}"),
            file_name="a.json",
            sha256="0" * 64,
        )
    assert refused.value.code == "digest_differs"
    assert stored_files() == Upload.objects.count() == 0


def test_an_upload_is_submitted_once() -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    upload = make.submit(phase, team).upload
    with pytest.raises(Refusal) as refused:
        scoring.submit(upload=upload, user=team.captain)
    assert refused.value.code == "upload_used"


def test_hostile_file_names_are_kept_printable() -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    submission = scoring.receive(
        phase=phase,
        team=team,
        user=team.captain,
        file=ContentFile(b"{}"),
        file_name="../../etc/pass\x00wd\n\u202e.json" + "x" * 300,
    )
    name = submission.upload.file_name
    assert name.isprintable()
    assert "/" not in name
    assert len(name) == 200
