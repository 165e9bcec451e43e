"""Reading competitions: who takes part, what a task's levels are called."""

import evaluator.tasks
from podium.accounts.roles import AnyUser
from podium.competitions.models import Competition, Participant, Phase


def participation(competition: Competition, user: AnyUser) -> Participant | None:
    """Return the user's participation, or None."""
    if not user.is_authenticated:
        return None
    return Participant.objects.filter(competition=competition, user_id=user.pk).first()


def level_names(phase: Phase) -> tuple[str, ...]:
    """Return the names of the task's levels, in their order."""
    return evaluator.tasks.get(phase.task).levels


def task_title(phase: Phase) -> str:
    """Return the task's name as a reader sees it."""
    return evaluator.tasks.get(phase.task).title
