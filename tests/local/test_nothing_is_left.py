"""However a run ends, no process of it is left: real servers, stand-in programs, real farm."""

import os
import shutil
import signal
import socket
import sys
from pathlib import Path

import pytest
from celery import Celery

from podium.local import processes
from tests.local.runs import Run, eventually

LINUX_ONLY = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux ends children with both parents"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_asked_stop_ends_everything_in_order(run: Run, number: signal.Signals):
    run.site("small").until_said("ready after")
    run.tell(number)
    assert run.code() == 0
    assert run.members() == []
    stopped = (run.data / "logs/postgres.log", run.data / "logs/valkey.log")
    assert "database system is shut down" in stopped[0].read_text()
    assert "ready to exit" in stopped[1].read_text()
    assert stopped[1].stat().st_mtime <= stopped[0].stat().st_mtime  # the database goes last


def test_a_killed_outer_process_is_survived_by_nothing(run: Run):
    run.site("small").until_said("ready after")
    run.tell(signal.SIGKILL)
    run.all_gone()
    assert "database system is shut down" in (run.data / "logs/postgres.log").read_text()


def test_a_killed_inner_process_is_survived_by_nothing(run: Run):
    run.site("small").until_said("ready after")
    os.kill(run.inner, signal.SIGKILL)
    assert run.code() == 128 + signal.SIGKILL
    assert run.members() == []
    assert "the supervisor was killed" in run.text()


def test_a_run_killed_while_it_makes_the_database_leaves_nothing(run: Run):
    run.site("small")
    eventually((run.data / "postgres/cluster.new").exists)
    run.tell(signal.SIGKILL)
    run.all_gone()
    run.site("small").until_said("ready after")


def test_a_stop_while_the_database_is_made_is_obeyed_at_once(run: Run):
    run.site("small")
    eventually((run.data / "postgres/cluster.new").exists)
    run.tell(signal.SIGINT)
    assert run.code() == 0
    assert run.members() == []
    assert not (run.data / "postgres/cluster").exists()


def test_a_second_interrupt_ends_a_stubborn_program_at_once(run: Run):
    run.site("stubborn").until_said("ready after")
    run.tell(signal.SIGINT)
    run.until_said("stopping")
    with pytest.raises(Exception, match="timed out"):
        run.outer.wait(timeout=1)  # it is patient: sixty seconds for this program
    run.tell(signal.SIGINT)
    run.outer.wait(timeout=10)
    assert run.members() == []


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@LINUX_ONLY
def test_killing_make_stops_the_run(run: Run):
    makefile = run.data.parent / "Makefile"
    stand_in = Path(__file__).with_name("stand_in.py")
    makefile.write_text(f".PHONY: run\nrun:\n\t@{sys.executable} {stand_in} small\n")
    run.start("-c", f"import os; os.execvp('make', ['make', '-f', '{makefile}', 'run'])")
    run.until_said("ready after")
    run.tell(signal.SIGKILL)
    run.all_gone()


def make_busy(run: Run) -> socket.socket:
    """Let a web worker and a pool process work without end; return the client's connection."""
    run.site("farm").until_said("ready after")
    task, request = run.data / "task", run.data / "request"
    with Celery(broker=f"redis+socket://{run.data / 'run/valkey.sock'}?virtual_host=0") as app:
        app.send_task("busy_farm.be_busy", [str(task)])
    client = socket.create_connection(("127.0.0.1", run.port))
    client.sendall(f"GET /busy?{request} HTTP/1.0\r\n\r\n".encode())
    eventually(lambda: task.exists() and request.exists())
    return client


def test_a_stop_ends_busy_web_workers_and_pool_processes(run: Run):
    with make_busy(run):
        run.tell(signal.SIGTERM)
        assert run.code() == 0
        assert run.members() == []


@LINUX_ONLY
def test_busy_farms_end_even_when_both_processes_are_killed_at_once(run: Run):
    with make_busy(run):
        inner = run.inner
        run.tell(signal.SIGKILL)
        os.kill(inner, signal.SIGKILL)
        run.all_gone()


@pytest.mark.parametrize(("master", "child"), [("gunicorn", "web"), ("celery", "worker")])
def test_a_killed_master_takes_its_busy_children_along_and_comes_back(
    run: Run, master: str, child: str
):
    with make_busy(run):
        main = run.member(master)
        children = main.children()
        assert len(children) >= 2
        main.kill()
        eventually(lambda: not any(processes.still_runs(one) for one in children), 5)
        run.until_said(f"{child} failed (signal 9)")
        eventually(lambda: run.having(master) and len(run.member(master).children()) >= 2)
