"""The wish to stop: Ctrl-C, SIGTERM, SIGHUP, or the outer process gone.

Signal handlers only count; whoever waits asks here. How things are then stopped is `supervisor`'s.
"""

import os
import signal
import time
from types import FrameType, TracebackType
from typing import Self

from podium.local.errors import StopAskedError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HARD = 1.0  # seconds for each step of a stop once a person has asked twice
# `kill -TERM -GROUP` reaches us twice, from the sender and through make: that is one request.
SAME_REQUEST = 0.5


def ignored_from_birth(number: signal.Signals) -> bool:
    """Return whether whoever started us wants the signal ignored: SIGHUP, by nohup.

    SIGINT is different: shells start background jobs with it ignored, without meaning it.
    """
    return number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN


class StopRequests:
    """Counts what asks us to stop, as long as it is entered."""

    def __init__(self) -> None:
        self.count = 0
        self.last = signal.SIGTERM
        self._when = 0.0
        self._parent = os.getppid()

    def __enter__(self) -> Self:
        self._before = {
            number: signal.signal(number, self._note)
            for number in SIGNALS
            if not ignored_from_birth(number)
        }
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.count == 0 or now - self._when > SAME_REQUEST:
            self.count += 1
            self._when = now
            self.last = signal.Signals(number)

    @property
    def asked(self) -> bool:
        """Return whether somebody asked, or our parent ended without a word."""
        return self.count > 0 or os.getppid() != self._parent

    def check(self) -> None:
        """Raise if somebody asked."""
        if self.asked:
            raise StopAskedError

    def patience(self) -> float:
        """Return how long one step of the stop may last: short once asked twice."""
        return HARD if self.count > 1 else 3600.0
