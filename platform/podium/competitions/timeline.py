"""A competition's phases at one instant: what is over, open now, next. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from podium.competitions.models import Phase

State = Literal["past", "open", "next", "coming"]


@dataclass(frozen=True)
class Stage:
    """A phase and where it stands; of the coming ones only the first is `next`."""

    phase: Phase
    state: State


@dataclass(frozen=True)
class Timeline:
    """All phases of a competition, in their order."""

    stages: Sequence[Stage]

    @property
    def phases(self) -> list[Phase]:
        """The phases themselves."""
        return [stage.phase for stage in self.stages]

    @property
    def open(self) -> Phase | None:
        """The phase that takes submissions, the first if there are several."""
        return self._first("open")

    @property
    def next(self) -> Phase | None:
        """The phase that opens next."""
        return self._first("next")

    @property
    def last(self) -> Phase | None:
        """The phase that closed last."""
        past = [stage.phase for stage in self.stages if stage.state == "past"]
        return max(past, key=lambda phase: phase.closes_at, default=None)

    @property
    def shown(self) -> Phase | None:
        """The phase that a reader most likely wants: the open one, else the last, else the next."""
        return self.open or self.last or self.next

    def _first(self, state: State) -> Phase | None:
        return next((stage.phase for stage in self.stages if stage.state == state), None)


def timeline(phases: Iterable[Phase], instant: datetime) -> Timeline:
    """Return where each phase stands at the instant."""
    ordered = sorted(phases, key=lambda phase: phase.position)
    coming = [phase for phase in ordered if phase.opens_at > instant]
    first = min(coming, key=lambda phase: phase.opens_at, default=None)
    return Timeline([Stage(phase, _state(phase, instant, first)) for phase in ordered])


def stage(phase: Phase, instant: datetime) -> Stage:
    """Return where one phase stands, looked at alone."""
    return timeline([phase], instant).stages[0]


def _state(phase: Phase, instant: datetime, first: Phase | None) -> State:
    if phase.closes_at <= instant:
        return "past"
    if phase.is_open_at(instant):
        return "open"
    return "next" if phase is first else "coming"
