"""Making the demo contest through the real services; the worker compiles and scores.

Every step is done only if it is not done yet, so a demo that was interrupted is finished by the
next run, and a finished one is left alone.
"""

import gzip
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from evaluator import demo as generator
from podium.accounts.models import ApiToken, User
from podium.accounts.services import create_api_token
from podium.competitions import services as competitions
from podium.competitions.models import Competition, Participant, Phase, Truth
from podium.core.refusals import Refusal
from podium.local import demo_contest as plan
from podium.scoring import services as scoring
from podium.submissions.models import IN_FLIGHT, Submission
from podium.teams import services as teams
from podium.teams.models import Team
from podium.teams.queries import team_of

WAIT_SECONDS = 300
CLIPS_A_STREAM = 40
TOKEN_NAME = "demo"  # noqa: S105 - a token's name, not a token


class DemoError(Exception):
    """The demo can't be made; the text says why and what to do."""


def make_demo(*, password: str, token_file: Path, say: Callable[[str], None]) -> None:
    """Make what is missing of the demo contest and wait until all of it is scored."""
    organizer = _user(plan.ORGANIZER, password, is_organizer=True)
    competition, _ = Competition.objects.get_or_create(
        slug=plan.SLUG,
        defaults={
            "title": plan.TITLE,
            "summary": plan.SUMMARY,
            "description": plan.DESCRIPTION,
            "rules": plan.RULES,
            "is_published": True,
        },
    )
    phases = [_phase(competition, position, phase) for position, phase in enumerate(plan.PHASES, 1)]
    for phase, planned in zip(phases, plan.PHASES, strict=True):
        if not phase.truths.exists():
            say(f"uploading the truth of {phase.title}")
            content = ContentFile(json.dumps(_source_of(planned)).encode())
            competitions.add_truth(phase=phase, file=content, file_name="truth.json", by=organizer)
    _wait(_truths_unready, say, "the truths to be checked")
    truth = _truth_of(plan.PHASES[0])
    entered = Phase.objects.select_related("competition").get(pk=phases[0].pk)
    for team_plan in plan.TEAMS:
        _submit_all(entered, team_plan, truth, password)
    _wait(_submissions_in_flight, say, "the submissions to be scored")
    _token(User.objects.get(username=plan.CONTESTANT), token_file)


def is_made() -> bool:
    """Whether the demo stands whole."""
    planned = sum(len(team.item_accuracies) for team in plan.TEAMS)
    made = Submission.objects.filter(phase__competition__slug=plan.SLUG)
    return made.count() >= planned and not made.filter(state__in=IN_FLIGHT).exists()


def write_demo_files(folder: Path) -> list[Path]:
    """Write a truth and prediction files for the demo's first phase, to upload by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = _truth_of(plan.PHASES[0])
    written = [
        _write(folder / "truth.json", json.dumps(truth)),
        _write(folder / "predictions-70.json", _predictions(truth, 0.70, seed=1)),
        _write(folder / "predictions-85.json", _predictions(truth, 0.85, seed=2)),
        _write(folder / "predictions-broken.json", _broken(_predictions(truth, 0.70, seed=1))),
    ]
    packed = folder / "predictions-85.json.gz"
    packed.write_bytes(gzip.compress(written[2].read_bytes(), mtime=0))
    native = folder / "truth-native.zip"
    generator.make_native_zip(truth, native)
    return [*written, packed, native]


def _source_of(phase: plan.PhasePlan) -> generator.Truth | generator.StreamsTruth:
    """Return the truth of a phase, as its task wants it."""
    if phase.task == "streams":
        return generator.make_streams_truth(
            streams=phase.clips // CLIPS_A_STREAM,
            clips_per_stream=CLIPS_A_STREAM,
            missing_share=phase.missing_share,
            private_share=phase.private_share,
            seed=phase.seed,
        )
    return _truth_of(phase)


def _truth_of(phase: plan.PhasePlan) -> generator.Truth:
    return generator.make_truth(
        clips=phase.clips,
        missing_share=phase.missing_share,
        private_share=phase.private_share,
        seed=phase.seed,
    )


def _predictions(truth: generator.Truth, item_accuracy: float, *, seed: int) -> str:
    return json.dumps(
        generator.make_predictions(
            truth,
            item_accuracy=item_accuracy,
            frame_accuracy=plan.FRAME_ACCURACY,
            box_accuracy=plan.BOX_ACCURACY,
            seed=seed,
        )
    )


def _broken(text: str) -> str:
    """Return the predictions with three mistakes that real files had."""
    predictions = json.loads(text)
    first, second, third = list(predictions)[:3]
    predictions[first]["frame_index"] = -20
    predictions[second]["result"][0]["item_box"] = [300, 10, 300, 200]
    predictions["999999x"] = predictions.pop(third)
    return json.dumps(predictions)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _user(name: str, password: str, *, is_organizer: bool = False) -> User:
    user = User.objects.filter(username=name).first()
    if user is not None:
        return user
    make = User.objects.create_superuser if is_organizer else User.objects.create_user
    return make(name, f"{name}@demo.invalid", password)


def _phase(competition: Competition, position: int, planned: plan.PhasePlan) -> Phase:
    phase = Phase.objects.filter(competition=competition, slug=planned.slug).first()
    if phase is None:
        midnight = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)
        phase = Phase(
            competition=competition,
            position=position,
            slug=planned.slug,
            title=planned.title,
            task=planned.task,
            description=planned.description,
            opens_at=midnight + planned.opens,
            closes_at=midnight + planned.closes,
            private_share=planned.private_share,
            split_seed=str(planned.seed) if planned.private_share else "",
        )
        competitions.set_task_settings(phase=phase, options={})
        phase.save()
    return phase


def _submit_all(
    phase: Phase, planned: plan.TeamPlan, truth: generator.Truth, password: str
) -> None:
    captain = _user(planned.captain, password)
    if not Participant.objects.filter(competition=phase.competition, user=captain).exists():
        competitions.join(
            competition=phase.competition,
            user=captain,
            accepted_rules_version=phase.competition.rules_version,
        )
    team = team_of(captain, phase.competition) or teams.create_team(
        competition=phase.competition, captain=captain, name=planned.name
    )
    done = Submission.objects.filter(phase=phase, team=team).count()
    for number, accuracy in list(enumerate(planned.item_accuracies, 1))[done:]:
        _submit(phase, team, captain, truth, number=number, accuracy=accuracy)


def _submit(
    phase: Phase,
    team: Team,
    captain: User,
    truth: generator.Truth,
    *,
    number: int,
    accuracy: float,
) -> None:
    text = _predictions(truth, accuracy, seed=team.pk * 1000 + number)
    file = ContentFile(text.encode())
    try:
        scoring.receive(
            phase=phase,
            team=team,
            user=captain,
            file=file,
            file_name=f"model-{number}.json",
            note=f"model {number}",
        )
    except Refusal as refusal:
        raise DemoError(f"{team.name} could not submit: {refusal}") from refusal


def _truths_unready() -> int:
    mine = Truth.objects.filter(phase__competition__slug=plan.SLUG)
    if refused := mine.filter(state=Truth.State.REFUSED).first():
        raise DemoError(f"The truth of {refused.phase.title} was refused: {refused.problems}")
    return mine.exclude(state=Truth.State.READY).count()


def _submissions_in_flight() -> int:
    return Submission.objects.filter(
        phase__competition__slug=plan.SLUG, state__in=IN_FLIGHT
    ).count()


def _wait(unfinished: Callable[[], int], say: Callable[[str], None], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    told = -1
    while left := unfinished():
        if time.monotonic() > deadline:
            raise DemoError(
                f"Waited {WAIT_SECONDS} s for {what}; {left} are left. Is a worker running?"
            )
        if left != told:
            say(f"waiting for {what}: {left} left")
            told = left
        time.sleep(0.2)


def _token(user: User, token_file: Path) -> None:
    """Keep a live token of the demo contestant in a file, for the README's curl lines."""
    if token_file.is_file():
        return
    ApiToken.objects.filter(user=user, name=TOKEN_NAME).delete()
    _, text = create_api_token(user=user, name=TOKEN_NAME)
    token_file.touch(mode=0o600)
    token_file.write_text(text + "\n", encoding="utf-8")


def new_password() -> str:
    """Return a password that nobody guesses."""
    return secrets.token_urlsafe(9)
