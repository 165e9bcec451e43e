"""Children that end when we do: start them, wait for them, stop them with all that they started.

Every child leads a session of its own, so that Ctrl-C reaches the supervisor alone and what a child
leaves behind can be found by its session. Which children there are, and when one is started again,
is decided in `supervisor`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from podium.local import lifeline
from podium.local.errors import CannotStartError

Ladder = Sequence[tuple[signal.Signals, float]]
Check = Callable[[], None]

LIFELINE = str(Path(lifeline.__file__).resolve())
TICK = 0.02
UNKILLABLE = 10.0  # seconds; a process stuck in the kernel must not hold us for ever

own: set[int] = set()  # the ids of our children whose exit codes nobody has read yet
# Called with (session, alive) when a child's session begins and when nothing of it is left.
listeners: list[Callable[[int, bool], None]] = []


def unchecked() -> None:
    """Check nothing while waiting."""


@dataclass(frozen=True)
class Launch:
    """How to start a child."""

    name: str
    command: Sequence[str]
    log: Path | None = None  # None: our own output
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    identity: str = lifeline.SAME
    death_signal: signal.Signals = signal.SIGKILL


class Child:
    """One running program and its session."""

    def __init__(self, launch: Launch, feed: bytes | None = None) -> None:
        self.name = launch.name
        self.log = launch.log
        self.started = time.monotonic()
        line = [str(os.getpid()), str(int(launch.death_signal)), launch.identity, "--"]
        arguments = [sys.executable, "-I", "-S", LIFELINE, *line, *launch.command]
        with contextlib.ExitStack() as stack:
            output: IO[bytes] | None = None
            if launch.log is not None:
                output = stack.enter_context(launch.log.open("ab"))
                self.log_start = output.tell()
            source: IO[bytes] | int | None = None if output is None else subprocess.DEVNULL
            if feed is not None:
                source = stack.enter_context(tempfile.TemporaryFile())
                source.write(feed)
                source.seek(0)
            self.process = subprocess.Popen(  # noqa: S603 - our own list, no shell
                arguments,
                stdin=source,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                env=None if launch.environment is None else dict(launch.environment),
                cwd=launch.folder,
                start_new_session=True,
            )
        own.add(self.pid)
        self._announce(alive=True)

    @property
    def pid(self) -> int:
        """Return the process id, which is the session's too."""
        return self.process.pid

    def running(self) -> bool:
        """Return whether the program itself still runs."""
        return self.process.poll() is None

    def age(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def last_words(self, lines: int = 15) -> str:
        """Return the end of what it wrote to its log since this start."""
        if self.log is None or not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self.log_start, end - 16_000))
            text = file.read().decode("utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def tell(self, number: signal.Signals) -> None:
        """Send a signal, if the program is still there."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def stop(self, ladder: Ladder, patience: Callable[[], float] = lambda: 3600.0) -> None:
        """Climb the ladder of (signal, seconds) until it has ended; at the top is SIGKILL.

        `patience` caps the seconds of the step under way: it may shrink while we wait.
        """
        for number, seconds in ladder:
            if not self.running():
                break
            self.tell(number)
            asked = time.monotonic()
            while self.running() and time.monotonic() - asked < min(seconds, patience()):
                time.sleep(TICK)
        self.sweep()

    def sweep(self) -> None:
        """Kill whatever is left of the session, and wait until it is gone."""
        wait_until(self._nothing_left, UNKILLABLE)
        self.process.wait()
        own.discard(self.pid)
        self._announce(alive=False)

    def _nothing_left(self) -> bool:
        left = [pid for pid in psutil.pids() if in_session(pid, self.pid)]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.poll()
        return not left

    def _announce(self, *, alive: bool) -> None:
        for listener in listeners:
            listener(self.pid, alive)


def start(launch: Launch, feed: bytes | None = None) -> Child:
    """Start a child that ends when we do; `feed` is what it reads.

    Call it from the main thread: the kernel ties a child to the thread that made it.
    """
    return Child(launch, feed)


def bury_orphans() -> None:
    """Bury adopted processes that have ended (see `lifeline.adopt_orphans`).

    Our own children are only looked at: their exit codes belong to `Child`.
    """
    if lifeline.LINUX:
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in own:
                    break
                os.waitpid(ended.si_pid, 0)


def end(family: Sequence[psutil.Process]) -> None:
    """Kill those of the family that still run, and what was adopted since, until none is left."""

    def none_left() -> bool:
        bury_orphans()
        left = [*family, *psutil.Process().children(recursive=True)]
        left = [process for process in left if still_runs(process)]
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        return not left

    wait_until(none_left, UNKILLABLE)


def still_runs(process: psutil.Process) -> bool:
    """Return whether this very process (not another one of the same id) still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def in_session(pid: int, session: int) -> bool:
    """Return whether the process belongs to the session and still runs."""
    try:
        return os.getsid(pid) == session and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error):
        return False


def wait_until(condition: Callable[[], bool], seconds: float, check: Check = unchecked) -> bool:
    """Wait until the condition holds; return False when the seconds are over."""
    deadline = time.monotonic() + seconds
    while not condition():
        check()
        if time.monotonic() > deadline:
            return False
        time.sleep(TICK)
    return True


def run(launch: Launch, seconds: float, check: Check = unchecked, feed: bytes | None = None) -> str:
    """Run a program to its end and return its last words; raise with them if it fails."""
    child = start(launch, feed)
    try:
        ended = wait_until(lambda: not child.running(), seconds, check)
    finally:
        child.sweep()
    if not ended:
        raise CannotStartError(f"{launch.name} did not end within {seconds:.0f} seconds.")
    if child.process.returncode != 0:
        raise CannotStartError(describe_failure(child))
    return child.last_words()


def describe_failure(child: Child) -> str:
    """Say how a child ended, what it said last, and where the rest stands."""
    code = child.process.returncode
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    if child.log is None:
        return f"{child.name} failed ({how})."
    words = child.last_words() or "(it wrote nothing)"
    indented = "\n".join(f"    {line}" for line in words.splitlines())
    return f"{child.name} failed ({how}). Its last lines, from {child.log}:\n{indented}"
