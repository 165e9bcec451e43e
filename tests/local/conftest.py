"""Fixtures of the tests of one-machine life.

No Django here: these tests start real processes, and ask the operating system what is left.
"""

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from podium.local.postgres import Postgres
from tests.local.runs import Run, eventually
from tests.local.servers import Started, make


@pytest.fixture(autouse=True)
def own_files() -> None:
    """Take the place of the fixture for all tests, which needs Django."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder of our own, for sockets have short names."""
    made = Path(tempfile.mkdtemp(prefix="podium-test-", dir="/tmp")).resolve()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def new_run(folder: Path) -> Iterator[Callable[..., Run]]:
    """Make runs; whatever a failed test leaves of them is ended."""
    runs: list[Run] = []

    def make(data: Path | None = None) -> Run:
        runs.append(Run(data or folder / "data"))
        return runs[-1]

    yield make
    for run in runs:
        run.end()


@pytest.fixture
def run(new_run: Callable[..., Run]) -> Run:
    return new_run()


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Started]]:
    children = []

    def go() -> Started:
        postgres = make(folder)
        postgres.prepare()
        child = postgres.launch()
        children.append(child)
        eventually(lambda: postgres.ready(child) or not child.running())
        assert child.running(), child.last_words()
        return Started(postgres, child)

    yield go
    for child in children:
        child.stop(Postgres.ladder)


@pytest.fixture(autouse=True, scope="session")
def hangups_are_heard() -> None:
    """Started under nohup we would hand an ignored SIGHUP on to every program that we start."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
