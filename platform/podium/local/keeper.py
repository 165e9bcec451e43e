"""The outer process of a one-machine command: it outlives the inner one and leaves nothing behind.

`keep` forks. The inner process does the work. The outer one, which the terminal knows, passes
signals on and waits; when the inner process has ended, by SIGKILL too, it ends whatever is left. If
the outer process is killed, the inner one notices and stops in order. Both adopt orphans (Linux).
So it takes two SIGKILLs at the same instant to lose both, and then the kernel still ends their
direct children (see `lifeline`); without a kernel that can (macOS), the two are the guarantee.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

import psutil

from podium.local import lifeline, processes
from podium.local.stopping import SIGNALS, StopRequests, ignored_from_birth

GRACE = 2.0  # seconds for what is dying already, and for PostgreSQL to leave in order


def keep(work: Callable[[StopRequests], int], afterwards: Callable[[], None] = lambda: None) -> int:
    """Run `work` in an inner process and return its exit code; leave no process behind."""
    lifeline.adopt_orphans()
    if "MAKELEVEL" in os.environ:
        # `kill -9` of make must not leave the site running. From a shell we may outlive the shell.
        lifeline.die_with_parent(signal.SIGTERM)
    sys.stdout.flush()
    sys.stderr.flush()
    register, entries = os.pipe()
    # No signal may come between the fork and the moment when both sides know what to do with it.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    outer = os.getpid()
    inner = os.fork()
    if inner == 0:
        os.close(register)
        code = _work(work, entries, outer)
        if os.getppid() != outer:
            afterwards()
        os._exit(code)
    os.close(entries)
    _pass_signals_to(inner)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    code = _wait_for(inner)
    if code == 128 + signal.SIGKILL:
        sys.stderr.write("podium: the supervisor was killed; ending what it started\n")
    with open(register, encoding="ascii") as file:  # noqa: PTH123 - a descriptor
        _end_what_is_left(_open_sessions(file.read()))
    afterwards()
    return code


def _work(work: Callable[[StopRequests], int], entries: int, outer: int) -> int:
    """Be the inner process: register sessions, tie ourselves to the outer one, do the work."""
    os.setsid()
    lifeline.adopt_orphans()  # the outer process may be killed; then it is ours to end them
    os.set_blocking(entries, False)  # a full register must not stop the work

    def write(session: int, alive: bool) -> None:
        with contextlib.suppress(OSError):
            os.write(entries, f"{'+' if alive else '-'}{session}\n".encode())

    processes.listeners.append(write)
    try:
        with StopRequests() as stop:
            lifeline.die_with_parent(signal.SIGTERM, outer)
            return work(stop)
    except BaseException:  # noqa: BLE001 - os._exit follows: nobody else would show it
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()


def _pass_signals_to(inner: int) -> None:
    def forward(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(inner, number)

    for number in SIGNALS:
        if not ignored_from_birth(number):
            signal.signal(number, forward)


def _wait_for(inner: int) -> int:
    """Wait for the inner process, burying adopted orphans meanwhile; return its exit code."""
    while True:
        pid, status = os.wait()
        if pid == inner:
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code


def _open_sessions(register: str) -> set[int]:
    """Return the sessions that were begun and not reported as gone."""
    sessions: set[int] = set()
    for line in register.splitlines():
        if line.startswith("+"):
            sessions.add(int(line[1:]))
        else:
            sessions.discard(int(line[1:]))
    return sessions


def _left(sessions: set[int]) -> list[psutil.Process]:
    found = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for pid in psutil.pids() if sessions else ():
        if any(processes.in_session(pid, session) for session in sessions):
            with contextlib.suppress(psutil.Error):
                found.setdefault(pid, psutil.Process(pid))
    return list(found.values())


def _end_what_is_left(sessions: set[int]) -> None:
    """Ask once, then kill, until nothing of ours runs."""
    started, number = time.monotonic(), signal.SIGTERM
    told: set[int] = set()
    while left := _left(sessions):
        if time.monotonic() - started > GRACE:
            number, told = signal.SIGKILL, set()
        for process in left:
            if process.pid not in told:
                told.add(process.pid)
                with contextlib.suppress(psutil.Error):
                    process.send_signal(number)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(processes.TICK)
