"""The child process: no credentials, hard limits, an answer or a reason."""

import os
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from podium.core import child

LIMITS = child.Limits(memory_bytes=512 * 1024**2, wall_seconds=10)


@pytest.fixture
def module(tmp_path: Path, settings: Any) -> Any:
    """Write a module that the child can run, and return its name."""
    root = tmp_path / "root"
    (root / "platform").mkdir(parents=True)
    real = settings.ROOT
    (root / "platform" / "podium").symlink_to(real / "platform" / "podium")
    settings.ROOT = root

    def write(body: str) -> str:
        text = textwrap.dedent(body)
        (root / "job_of_this_test.py").write_text(
            f"from podium.core.job import main\n\n{text}\n\nmain(work)\n", encoding="utf-8"
        )
        return "job_of_this_test"

    return write


def test_the_answer_comes_back_and_prints_do_not_spoil_it(module: Any) -> None:
    name = module("def work(job):\n    print('noise')\n    return {'twice': job['n'] * 2}")
    assert child.run(name, {"n": 21}, limits=LIMITS) == {"twice": 42}


def test_the_child_has_no_credentials_in_its_environment(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret@nowhere/x")
    monkeypatch.setenv("PODIUM_SECRET_KEY", "secret")
    name = module("import os\n\ndef work(job):\n    return {'names': sorted(os.environ)}")
    names = child.run(name, {}, limits=LIMITS)["names"]
    assert "DATABASE_URL" not in names
    assert not [each for each in names if "SECRET" in each or "BROKER" in each]


def test_too_much_memory_is_a_limit_with_a_reason(module: Any) -> None:
    name = module("def work(job):\n    return {'n': len(bytearray(1024 ** 3))}")
    with pytest.raises(child.OverLimitError, match="512 MB of memory"):
        child.run(name, {}, limits=LIMITS)


def test_too_much_time_is_a_limit_with_a_reason(module: Any) -> None:
    name = module("import time\n\ndef work(job):\n    time.sleep(60)")
    limits = child.Limits(memory_bytes=512 * 1024**2, wall_seconds=0.5)
    with pytest.raises(child.OverLimitError, match=r"longer than 0\.5 seconds"):
        child.run(name, {}, limits=limits)


def test_a_breakdown_tells_what_the_child_said(module: Any) -> None:
    name = module("def work(job):\n    raise RuntimeError('the reason')")
    with pytest.raises(child.ChildError, match="the reason"):
        child.run(name, {}, limits=LIMITS)


def test_an_abandoned_child_is_killed(module: Any, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    name = module(
        f"""
        import os, pathlib, time

        def work(job):
            pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
            time.sleep(60)
        """
    )
    with pytest.raises(child.AbandonedError):
        child.run(name, {}, limits=LIMITS, tick=lambda: not pid_file.exists())
    assert not psutil.pid_exists(int(pid_file.read_text()))


def test_the_child_dies_with_its_parent(module: Any, tmp_path: Path, settings: Any) -> None:
    if sys.platform != "linux":
        pytest.skip("the parent-death signal is Linux's")
    pid_file = tmp_path / "pid"
    name = module(
        f"""
        import os, pathlib, time

        def work(job):
            pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
            time.sleep(60)
        """
    )
    parent = os.fork()
    if parent == 0:  # the worker that is killed
        child.run(name, {}, limits=child.Limits(memory_bytes=512 * 1024**2, wall_seconds=30))
        os._exit(0)
    wait_until(lambda: pid_file.exists() and bool(pid_file.read_text()))
    os.kill(parent, 9)
    os.waitpid(parent, 0)
    pid = int(pid_file.read_text())
    wait_until(lambda: not psutil.pid_exists(pid) or is_zombie(pid))


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Any, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
