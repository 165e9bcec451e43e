"""Reading competitions: which phase is open, what a task's levels are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import evaluator.tasks
from podium.accounts.roles import Reader
from podium.competitions.models import Competition, Participant, Phase


@dataclass(frozen=True)
class PhaseTimes:
    """A competition's phases as they stand at one instant."""

    phases: Sequence[Phase]
    open: Phase | None
    next: Phase | None
    last: Phase | None

    @property
    def shown(self) -> Phase | None:
        """The phase that a reader most likely wants: the open one, else the last, else the next."""
        return self.open or self.last or self.next


def phase_times(competition: Competition, instant: datetime) -> PhaseTimes:
    """Return the phases, and which one is open, comes next and was last."""
    phases = list(competition.phases.order_by("position"))
    for phase in phases:
        phase.competition = competition
    is_open = [phase for phase in phases if phase.is_open_at(instant)]
    coming = [phase for phase in phases if phase.opens_at > instant]
    past = [phase for phase in phases if phase.closes_at <= instant]
    return PhaseTimes(
        phases=phases,
        open=is_open[0] if is_open else None,
        next=min(coming, key=lambda phase: phase.opens_at, default=None),
        last=max(past, key=lambda phase: phase.closes_at, default=None),
    )


def participation(competition: Competition, user: Reader) -> Participant | None:
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
