"""Files go when nobody needs them: unused uploads, and what was rejected, after a day."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from podium.core import clock
from podium.core.refusals import QuotaExceeded
from podium.scoring import farm
from podium.submissions.models import Submission, SubmissionState, Upload
from podium.submissions.services import sweep_uploads
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]


def test_rejected_bytes_go_after_a_day_and_scored_ones_stay() -> None:
    phase = make.make_phase()
    team = make.make_team(phase.competition)
    rejected, scored = make.submit(phase, team, b"[]"), make.submit(phase, team)
    for submission in (rejected, scored):
        farm.score(submission_id=submission.pk)
    name = str(rejected.upload.file)
    assert sweep_uploads() == 0
    Submission.objects.update(finished_at=clock.now() - timedelta(days=2))
    assert sweep_uploads() == 1
    assert not default_storage.exists(name)
    assert default_storage.exists(str(scored.upload.file))
    rejected.refresh_from_db()
    assert rejected.problems
    assert sweep_uploads() == 0


def test_an_upload_that_nobody_submitted_goes_after_a_day() -> None:
    phase = make.make_phase()
    submission = make.submit(phase, make.make_team(phase.competition))
    name = str(submission.upload.file)
    submission.delete()
    assert sweep_uploads() == 0
    Upload.objects.update(created_at=clock.now() - timedelta(days=2))
    assert sweep_uploads() == 1
    assert not Upload.objects.exists()
    assert not default_storage.exists(name)


def test_free_rejections_have_an_end() -> None:
    phase = make.make_phase(daily_limit=1)
    team = make.make_team(phase.competition)
    for _ in range(20):
        row = make.submit(phase, team, b"[]")
        Submission.objects.filter(pk=row.pk).update(state=SubmissionState.REJECTED)
    with pytest.raises(QuotaExceeded) as refused:
        make.submit(phase, team)
    assert refused.value.code == "rejected_quota"
