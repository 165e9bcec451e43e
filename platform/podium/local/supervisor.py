"""Keep a set of services alive together, and stop them together.

A service is PostgreSQL, valkey or a `Program`; the supervisor knows only the protocol below. Which
programs make up the site is said in `site_plan`; that nothing outlives us is `keeper`'s promise.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import psutil

from podium.local import processes
from podium.local.errors import CannotStartError
from podium.local.stopping import StopRequests

QUICK = 10.0  # seconds; who ends sooner has failed to start
TRIES = 5  # quick failures in a row before we give up
LONGEST_PAUSE = 8.0
START = 60.0  # seconds for a database or a broker to be ready, recovery included
WATCH = 0.1


class Service(Protocol):
    """Something that is started, watched, started again, stopped."""

    @property
    def name(self) -> str:
        """What logs and messages call it."""

    @property
    def ladder(self) -> processes.Ladder:
        """The signals that stop it, each with its seconds."""

    def launch(self) -> processes.Child:
        """Start it."""

    def ready(self, child: processes.Child) -> bool:
        """Return whether it does its work."""

    def heal(self, last_words: str) -> bool:
        """Mend what ended it, if that can be; return whether it is worth another try at once."""


class Store(Service, Protocol):
    """A database or a broker: it has something to prepare, and an address."""

    def prepare(self, check: processes.Check) -> None:
        """Do what is needed before the first start."""

    def url(self) -> str:
        """Return where programs find it."""


@dataclass(frozen=True)
class Program:
    """A program of the site, as a service."""

    launched: processes.Launch
    ladder: processes.Ladder
    is_ready: Callable[[], bool] = lambda: True

    @property
    def name(self) -> str:
        """Return its name."""
        return self.launched.name

    def launch(self) -> processes.Child:
        """Start it."""
        return processes.start(self.launched)

    def ready(self, child: processes.Child) -> bool:
        """Return whether it does its work."""
        return child.running() and self.is_ready()

    def heal(self, _last_words: str) -> bool:
        """Mend nothing."""
        return False


def say(text: str) -> None:
    """Write a line for the person at the terminal, who may be gone."""
    try:
        sys.stderr.write(f"podium: {text}\n")
        sys.stderr.flush()
    except OSError:
        pass


class Kept:
    """A service being kept alive: its child, and how often it failed lately."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.child: processes.Child | None = None
        self.failures = 0
        self.next_try = 0.0

    def start(self) -> None:
        """Start it for the first time."""
        self.child = self.service.launch()

    def ready(self) -> bool:
        """Return whether it does its work."""
        return self.child is not None and self.service.ready(self.child)

    def tend(self) -> None:
        """Look after it once: start it again if it ended, give up if that keeps happening."""
        if self.child is not None and self.child.running():
            if self.failures and self.child.age() > QUICK:
                self.failures = 0
            return
        if self.child is not None:
            self._bury(self.child)
        elif time.monotonic() >= self.next_try:
            self.child = self.service.launch()

    def _bury(self, child: processes.Child) -> None:
        """Take the ended child away with what it left, and set the time of the next try."""
        child.sweep()  # the workers of a dead master would hold its port
        self.child = None
        self.failures = self.failures + 1 if child.age() < QUICK else 1
        told = processes.describe_failure(child)
        if self.failures >= TRIES:
            raise CannotStartError(f"{told}\nIt failed {TRIES} times in a row: stopping.")
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.failures - 1))
        if self.service.heal(child.last_words()):
            pause = processes.TICK
        self.next_try = time.monotonic() + pause
        say(f"{told}\nStarting it again.")

    def stop(self, stop: StopRequests) -> None:
        """Stop it, as patiently as the person is."""
        if self.child is not None:
            self.child.stop(self.service.ladder, stop.patience)
            self.child = None


class Supervisor:
    """Starts services in order, keeps them alive, stops them in the opposite order."""

    def __init__(self, stop: StopRequests) -> None:
        self.requests = stop
        self.kept: list[Kept] = []

    def start(self, *services: Service) -> list[Kept]:
        """Start services without waiting for them; return how they are kept."""
        started = []
        for service in services:
            kept = Kept(service)
            self.kept.append(kept)  # before the start: what is half started is stopped as well
            kept.start()
            started.append(kept)
        return started

    def start_stores(self, stores: Sequence[Store]) -> None:
        """Prepare and start databases and brokers, side by side; return when all are ready."""
        # The broker is up while initdb still runs: the slow one should be named last.
        started = []
        for store in stores:
            store.prepare(self.requests.check)
            started += self.start(store)
        self.kept.reverse()  # stopped in the order in which they were started
        for kept in started:
            self._wait_for(kept)

    def _wait_for(self, kept: Kept) -> None:
        def ready_or_ended() -> bool:
            return kept.ready() or kept.child is None or not kept.child.running()

        deadline = time.monotonic() + START
        while True:
            left = max(0.0, deadline - time.monotonic())
            over = not processes.wait_until(ready_or_ended, left, self.requests.check)
            child = kept.child
            if kept.ready() or child is None:
                return
            if over:
                raise CannotStartError(
                    f"{kept.service.name} was not ready within {START:.0f} seconds; see {child.log}"
                )
            child.sweep()
            if not kept.service.heal(child.last_words()):
                kept.child = None
                raise CannotStartError(processes.describe_failure(child))
            time.sleep(processes.TICK)
            kept.start()

    def tend(self) -> None:
        """Look after all services once."""
        processes.bury_orphans()
        for kept in self.kept:
            kept.tend()

    def keep_until(self, condition: Callable[[], bool]) -> None:
        """Look after all services until the condition holds; raise if somebody asks us to stop."""
        while not condition():
            self.requests.check()
            self.tend()
            time.sleep(WATCH)

    def stop(self) -> None:
        """Stop all services, the last one first, and all that they started."""
        family = psutil.Process().children(recursive=True)
        for kept in reversed(self.kept):
            kept.stop(self.requests)
        self.kept.clear()
        processes.end(family)
