"""A run of the small site, or of `exec`, and how to find every process that belongs to it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

from podium.local import folders, processes

HERE = Path(__file__).parent
MARK = "PODIUM_TEST_RUN"


def eventually(condition: Callable[[], object], seconds: float = 30.0) -> None:
    assert processes.wait_until(lambda: bool(condition()), seconds), "it did not happen in time"


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def works_in(process: psutil.Process, folder: Path, mark: str) -> bool:
    """PostgreSQL's processes overwrite their environment, but they work in the cluster."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(MARK) == mark:
            return True
    except psutil.Error:
        pass
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except psutil.Error:
        return False


class Run:
    """One `run` or `exec`: its outer process, and everything that belongs to it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.mark = uuid.uuid4().hex
        self.port = free_port()
        self.said = data.with_name(f"{data.name}-{self.mark}.txt")
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **extra: str) -> "Run":
        environment = {
            **{name: text for name, text in os.environ.items() if name != "MAKELEVEL"},
            "PODIUM_DATA": str(self.data),
            "PODIUM_PORT": str(self.port),
            "PYTHONPATH": f"{folders.ROOT / 'platform'}:{folders.ROOT}",
            MARK: self.mark,
            **extra,
        }
        for name in {"DATABASE_URL", "BROKER_URL"} - set(extra):
            environment.pop(name, None)
        for earlier in self.started:
            earlier.wait(timeout=30)
        with self.said.open("wb") as said:
            outer = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        self.started.append(outer)
        return self

    @property
    def outer(self) -> subprocess.Popen[bytes]:
        return self.started[-1]

    def site(self, kind: str, **extra: str) -> "Run":
        return self.start(str(HERE / "stand_in.py"), kind, **extra)

    def until_said(self, words: str) -> "Run":
        eventually(lambda: words in self.text() or self.ended(), 120)
        assert words in self.text(), self.text()
        return self

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace")

    def ended(self) -> bool:
        return self.outer.poll() is not None

    def code(self) -> int:
        return self.outer.wait(timeout=60)

    def tell(self, number: signal.Signals) -> None:
        self.outer.send_signal(number)

    @property
    def inner(self) -> int:
        (inner,) = psutil.Process(self.outer.pid).children()
        return inner.pid

    def members(self) -> list[psutil.Process]:
        found = psutil.process_iter()
        return [process for process in found if works_in(process, self.data, self.mark)]

    def having(self, words: str) -> list[psutil.Process]:
        found = []
        for one in self.members():
            with contextlib.suppress(psutil.Error):
                if words in " ".join(one.cmdline()):
                    found.append(one)
        return found

    def member(self, words: str) -> psutil.Process:
        """Return the eldest of its processes with these words in its command line."""
        return min(self.having(words), key=lambda one: (one.create_time(), one.pid))

    def all_gone(self, seconds: float = 10.0) -> None:
        assert processes.wait_until(lambda: not self.members(), seconds), self.members()

    def end(self) -> None:
        for process in self.members():
            if process.is_running():
                process.kill()
        for earlier in self.started:
            earlier.wait(timeout=30)
