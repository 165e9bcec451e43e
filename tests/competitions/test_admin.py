"""The organizer's desk: contests, phases with their task's settings, truths."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import evaluator.tasks
from evaluator import demo
from podium.competitions import compiling
from podium.competitions.models import Competition, Phase, Truth
from podium.scoring import farm
from tests import real_way as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent")]

PHASE = {
    "position": "1",
    "title": "Preliminary",
    "slug": "preliminary",
    "description": "",
    "task": "clips",
    "opens_at_0": "2020-03-01",
    "opens_at_1": "00:00:00",
    "closes_at_0": "2099-03-01",
    "closes_at_1": "00:00:00",
    "daily_limit": "5",
    "in_flight_limit": "5",
    "max_file_mb": "100",
    "max_unpacked_mb": "400",
    "selection": "best",
    "private_share": "0",
    "split_seed": "",
}
SETTINGS = {
    "option__" + "__".join(option.path): str(option.default)
    for option in evaluator.tasks.get("clips").options
}


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make.make_organizer())
    return client


def add_phase(desk: Client, competition: Competition, **changes: str) -> Any:
    return desk.post(
        reverse("admin:competitions_phase_add"),
        {**PHASE, "competition": str(competition.pk), **changes},
    )


def change_phase(desk: Client, phase: Phase, **changes: str) -> Any:
    return desk.post(
        reverse("admin:competitions_phase_change", args=[phase.pk]),
        {**PHASE, **SETTINGS, "competition": str(phase.competition_id), **changes},
    )


def test_every_page_of_the_desk_opens(desk: Client) -> None:
    phase = make.make_phase()
    submission = make.submit(phase, make.make_team(phase.competition), make.HALF)
    farm.score(submission_id=submission.pk)
    rows = {
        "accounts_user": submission.user_id,
        "competitions_competition": phase.competition_id,
        "competitions_phase": phase.pk,
        "competitions_truth": phase.current_truth_id,
        "competitions_participant": phase.competition.participants.get().pk,
        "teams_team": submission.team_id,
        "submissions_submission": submission.pk,
        "leaderboards_standing": submission.team.standings.get().pk,
    }
    assert desk.get("/admin/").status_code == 200
    for name, key in rows.items():
        listed = desk.get(reverse(f"admin:{name}_changelist"), {"q": "x"})
        assert listed.status_code == 200, name
        assert desk.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
        shown = desk.get(reverse(f"admin:{name}_change", args=[key]))
        assert shown.status_code == 200, name
    for name in ("competitions_competition", "competitions_phase", "competitions_truth"):
        assert desk.get(reverse(f"admin:{name}_add")).status_code == 200, name


def test_contestants_do_not_enter(client: Client) -> None:
    client.force_login(make.make_user())
    assert client.get("/admin/competitions/truth/").status_code == 302


def test_a_phase_is_made_then_shows_its_task_s_settings(desk: Client) -> None:
    answer = add_phase(desk, make.make_competition())
    phase = Phase.objects.get()
    assert answer["Location"] == reverse("admin:competitions_phase_change", args=[phase.pk])
    assert phase.task_settings["weights"] == {"clip": 0.2, "frame": 0.6, "box": 0.2}
    assert len(phase.settings_digest) == 64
    page = desk.get(answer["Location"]).content.decode()
    for name in SETTINGS:
        assert f'name="{name}"' in page


def test_settings_are_kept_in_their_canonical_form(desk: Client) -> None:
    phase = make.make_phase(truth=None)
    before = phase.settings_digest
    answer = change_phase(desk, phase, option__tau="0.75", option__frame_rule="any")
    assert answer.status_code == 302, answer.content
    phase.refresh_from_db()
    assert phase.task_settings["tau"] == 0.75
    assert phase.task_settings["frame_rule"] == "any"
    assert phase.settings_digest != before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"option__tau": "0.4"}, "Must be at least 0.5"),
        ({"option__tau": "1"}, "below 1"),
        ({"option__weights__clip": "0.5"}, "Must add up to 1"),
        ({"option__weights__clip": "-0.2", "option__weights__box": "0.6"}, "0 or more"),
        ({"option__tau": "nan"}, "Enter a number"),
        ({"closes_at_0": "2019-01-01"}, "must close after it opens"),
        ({"closes_at_0": "9999-12-31"}, "less than or equal to 2200"),
        ({"opens_at_0": "0001-01-01"}, "greater than or equal to 2000"),
        ({"max_file_mb": "500", "max_unpacked_mb": "10"}, "at least the limit of a file"),
        ({"total_limit": "0"}, "greater than or equal to 1"),
        ({"slug": "team"}, "address of another page"),
        ({"daily_limit": "0"}, "greater than or equal to 1"),
        ({"private_share": "1"}, "less than or equal to 0.95"),
    ],
)
def test_impossible_settings_are_refused_where_they_are_made(
    desk: Client, changes: dict[str, str], message: str
) -> None:
    phase = make.make_phase(truth=None)
    answer = change_phase(desk, phase, **changes)
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert Phase.objects.get().task_settings == phase.task_settings


def test_settings_of_a_judged_phase_can_t_be_changed(desk: Client) -> None:
    phase = make.make_phase()
    submission = make.submit(phase, make.make_team(phase.competition))
    farm.score(submission_id=submission.pk)
    answer = change_phase(desk, phase, option__tau="0.75")
    assert "would need all of them to be scored again" in answer.content.decode()
    assert change_phase(desk, phase, title="Round one", selection="latest").status_code == 302
    phase.refresh_from_db()
    assert (phase.title, phase.selection) == ("Round one", "best")


def test_a_private_share_without_a_seed_is_refused(desk: Client) -> None:
    phase = make.make_phase(truth=None)
    answer = change_phase(desk, phase, private_share="0.5")
    assert "seed" in answer.content.decode()
    assert answer.status_code == 200


def test_a_truth_is_uploaded_checked_and_becomes_current(desk: Client, sent: list[Any]) -> None:
    phase = make.make_phase(truth=None)
    file = SimpleUploadedFile("t.json", json.dumps(make.TINY_TRUTH).encode())
    answer = desk.post(reverse("admin:competitions_truth_add"), {"phase": phase.pk, "upload": file})
    truth = Truth.objects.get()
    assert answer["Location"] == reverse("admin:competitions_truth_change", args=[truth.pk])
    assert desk.get(answer["Location"])["Refresh"] == "2"
    compiling.compile_truth(truth_id=truth.pk)
    phase.refresh_from_db()
    assert phase.current_truth == truth
    page = desk.get(answer["Location"])
    assert not page.has_header("Refresh")
    assert "2 clips" in page.content.decode()


@pytest.mark.parametrize(
    ("clip", "wrong", "place"),
    [
        ("000001", {"item_id": "999999"}, "clips.000001.item_id"),
        (
            "000002",
            {"frames": {"80": [{"instance_id": 21, "box": [9, 9, 9, 9]}]}},
            "clips.000002.frames.80[0].box",
        ),
    ],
)
def test_a_bad_truth_shows_its_problems_and_never_becomes_current(
    desk: Client, clip: str, wrong: dict[str, Any], place: str
) -> None:
    phase = make.make_phase()
    good = phase.current_truth
    clips = make.TINY_TRUTH["clips"]
    bad = {**make.TINY_TRUTH, "clips": {**clips, clip: {**clips[clip], **wrong}}}
    row = make.make_truth(phase, bad)
    assert row.state == Truth.State.REFUSED
    phase.refresh_from_db()
    assert phase.current_truth == good
    page = desk.get(reverse("admin:competitions_truth_change", args=[row.pk])).content.decode()
    assert place in page


def test_the_contest_s_own_layout_is_taken_as_a_zip(tmp_path: Path) -> None:
    truth = demo.make_truth(clips=30, missing_share=0.2, seed=3)
    demo.make_native_zip(truth, tmp_path / "native.zip")
    phase = make.make_phase(truth=None)
    row = make.make_truth(phase, (tmp_path / "native.zip").read_bytes())
    assert row.state == Truth.State.READY, row.problems
    assert row.manifest["counts"]["clips"] == 30


def test_a_second_truth_does_not_replace_the_one_that_judged() -> None:
    phase = make.make_phase()
    submission = make.submit(phase, make.make_team(phase.competition))
    farm.score(submission_id=submission.pk)
    first = phase.current_truth
    second = make.make_truth(phase, make.TINY_TRUTH)
    phase.refresh_from_db()
    assert second.state == Truth.State.READY
    assert phase.current_truth == first


def test_another_split_has_the_truth_compiled_again(desk: Client, sent: list[Any]) -> None:
    phase = make.make_phase()
    truth = phase.current_truth
    assert truth is not None
    assert truth.manifest["counts"]["splits"].keys() == {"A"}
    answer = change_phase(desk, phase, private_share="0.5", split_seed="s2")
    assert answer.status_code == 302
    undecided = Phase.objects.get()
    assert undecided.current_truth is None, "nothing is taken while the split is undecided"
    compiling.compile_truth(truth_id=truth.pk)
    assert Phase.objects.get().current_truth == truth
    truth.refresh_from_db()
    assert sum(split["clips"] for split in truth.manifest["counts"]["splits"].values()) == 2
