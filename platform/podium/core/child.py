"""A child process for work on other people's files: no credentials, hard limits.

The child is `python -m MODULE`, its job one JSON object on standard input, its answer one JSON
object on standard output. It gets an environment made from nothing, so no password, no key and no
address of the database, and limits on memory, CPU, files and processes' sizes; it dies with its
parent. What the work is lies in the module; this file knows nothing of it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

MAX_ANSWER_BYTES = 16 * 1024 * 1024
TICK_SECONDS = 0.25
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a child may use: bytes of address space, seconds of wall time (CPU: the same), bytes
    of a file that it writes."""

    memory_bytes: int
    wall_seconds: float
    file_bytes: int = 0


class ChildError(Exception):
    """The child gave no answer for a reason that is ours (it could not start, it broke down)."""


class OverLimitError(Exception):
    """The child was stopped at a limit; the text says which, for the contestant."""


class AbandonedError(Exception):
    """The caller's tick said that nobody wants the answer any more."""


def run(
    module: str,
    job: Mapping[str, object],
    *,
    limits: Limits,
    tick: Callable[[], bool] = lambda: True,
) -> dict[str, Any]:
    """Run the module on the job and return its answer.

    `tick` is called several times a second while the child works; once it returns False the child
    is killed and `AbandonedError` raised. Raises `OverLimitError` and `ChildError` as they say.
    """
    with (
        tempfile.TemporaryFile() as question,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        question.write(json.dumps(job).encode())
        question.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module],
            stdin=question,
            stdout=answer,
            stderr=complaint,
            env=_environment(),
            cwd=settings.ROOT,
            start_new_session=True,
            close_fds=True,
            preexec_fn=_limiter(limits, os.getpid()),  # noqa: PLW1509 - only system calls in it
        )
        try:
            _wait(process, limits, tick)
        finally:
            _kill(process)
        return _answer(process.returncode, answer, complaint, limits)


def _environment() -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join([str(settings.ROOT / "platform"), str(settings.ROOT)]),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        "PYTHONDONTWRITEBYTECODE": "1",
        # One thread a child: the farm's parallelism is its number of children.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _limiter(limits: Limits, parent: int) -> Callable[[], None]:
    cpu = int(limits.wall_seconds) + 1
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def limit() -> None:
        if libc is not None:  # macOS knows the limit but refuses to set it
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_file_bytes(limits), _file_bytes(limits)))
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # the parent died before the call above
                os._exit(1)

    return limit


def _file_bytes(limits: Limits) -> int:
    return max(limits.file_bytes, MAX_ANSWER_BYTES)


def _wait(process: subprocess.Popen[bytes], limits: Limits, tick: Callable[[], bool]) -> None:
    deadline = time.monotonic() + limits.wall_seconds
    while process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise OverLimitError(f"it took longer than {limits.wall_seconds:g} seconds")
        try:
            process.wait(timeout=min(TICK_SECONDS, left))
        except subprocess.TimeoutExpired:
            if not tick():
                raise AbandonedError from None


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def _answer(
    returncode: int, answer: IO[bytes], complaint: IO[bytes], limits: Limits
) -> dict[str, Any]:
    answer.seek(0)
    text = answer.read(MAX_ANSWER_BYTES + 1)
    if returncode == 0 and len(text) <= MAX_ANSWER_BYTES:
        value = json.loads(text)
        assert isinstance(value, dict)
        return value
    complaint.seek(0, os.SEEK_END)
    complaint.seek(max(0, complaint.tell() - 4000))
    said = complaint.read().decode(errors="replace").strip()
    if returncode == -signal.SIGXCPU:
        raise OverLimitError(f"it took longer than {limits.wall_seconds:g} seconds of computing")
    if "MemoryError" in said:
        raise OverLimitError(f"it needed more than {limits.memory_bytes // 1024**2} MB of memory")
    raise ChildError(f"The child ended with {returncode}: {said[-2000:] or '(it said nothing)'}")
