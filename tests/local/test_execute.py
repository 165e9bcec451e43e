"""`exec -- COMMAND`: throw-away servers around a command, and nothing of them afterwards."""

import os
import signal
import sys
from pathlib import Path

import pytest

from podium.local import commands
from tests.local.runs import Run, eventually

SERVERS = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("CREATE DATABASE another")
    print("fsync", connection.execute("SHOW fsync").fetchone()[0])
path = os.environ["BROKER_URL"].removeprefix("redis+socket://").split("?")[0]
with redis.Redis(unix_socket_path=path) as client:
    print("ping", client.ping())
print("folder", os.path.dirname(os.path.dirname(path)))
"""


def execute(run: Run, *words: str, **extra: str) -> Run:
    return run.start("-m", "podium.local", "exec", *words, **extra)


def folder_of(run: Run) -> Path:
    (line,) = [line for line in run.text().splitlines() if line.startswith("folder ")]
    return Path(line.removeprefix("folder "))


def test_the_command_finds_both_servers_and_may_create_databases(run: Run):
    execute(run, "--", sys.executable, "-c", SERVERS)
    assert run.code() == 0, run.text()
    assert "fsync off" in run.text()
    assert "ping True" in run.text()
    assert folder_of(run).name.startswith(commands.EXEC_PREFIX)
    assert not folder_of(run).exists()
    run.all_gone(0)


@pytest.mark.parametrize(
    ("script", "code"), [("exit 7", 7), ("kill -9 $$", 137), ("exec /no/such", 127)]
)
def test_its_exit_code_is_the_commands(run: Run, script: str, code: int):
    execute(run, "--", "sh", "-c", script)
    assert run.code() == code


def test_a_command_that_does_not_exist_is_said(run: Run):
    execute(run, "--", "/no/such/program")
    assert run.code() == 127
    assert "cannot run /no/such/program" in run.text()


def test_named_servers_are_respected_unless_fresh(run: Run, new_run):
    named = {"DATABASE_URL": "postgresql://elsewhere/podium", "BROKER_URL": "redis://elsewhere"}
    show = ("--", "sh", "-c", "echo $DATABASE_URL $BROKER_URL")
    execute(run, *show, **named)
    assert run.code() == 0
    assert run.text() == "postgresql://elsewhere/podium redis://elsewhere\n"
    fresh = execute(new_run(), "--fresh", *show, **named)
    assert fresh.code() == 0
    assert "elsewhere" not in fresh.text()


WAITING = "echo folder $(dirname $(dirname ${BROKER_URL#redis+socket://})); sleep 600"


@pytest.mark.parametrize("whom", ["outer", "inner"])
def test_killed_it_leaves_neither_processes_nor_its_folder(run: Run, whom: str):
    execute(run, "--", "sh", "-c", f"(setsid sleep 600 &); {WAITING}")
    run.until_said("folder ")
    os.kill(run.inner if whom == "inner" else run.outer.pid, signal.SIGKILL)
    eventually(lambda: not folder_of(run).exists())
    run.all_gone()


def test_a_folder_forgotten_by_a_double_kill_is_removed_by_the_next_run(run: Run, new_run):
    execute(run, "--", "sh", "-c", WAITING)
    run.until_said("folder ")
    inner = run.inner
    run.tell(signal.SIGKILL)
    os.kill(inner, signal.SIGKILL)
    eventually(lambda: not run.having("podium.local"))
    assert folder_of(run).exists()
    assert execute(new_run(), "--", "true").code() == 0
    assert not folder_of(run).exists()


def test_a_folder_in_use_is_not_removed_by_another_run(run: Run, new_run):
    execute(run, "--", "sh", "-c", WAITING)
    run.until_said("folder ")
    assert execute(new_run(), "--", "true").code() == 0
    assert folder_of(run).exists()


def test_an_interrupt_reaches_the_command_which_decides(run: Run):
    execute(run, "--", "sh", "-c", "trap 'echo caught; exit 5' INT; echo up; sleep 600 & wait")
    run.until_said("up")
    run.tell(signal.SIGINT)
    assert run.code() == 5
    assert "caught" in run.text()
    run.all_gone(0)


def test_a_term_ends_the_command_and_all_it_started(run: Run):
    execute(run, "--", "sh", "-c", "sleep 600 & echo up; wait")
    run.until_said("up")
    run.tell(signal.SIGTERM)
    assert run.code() == 128 + signal.SIGTERM
    run.all_gone(0)


WITH_A_DATABASE_THAT_DIES = """
import os, psycopg, time
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    (folder,) = connection.execute("SHOW data_directory").fetchone()
os.kill(int(open(folder + "/postmaster.pid").readline()), 9)
while True:
    try:
        psycopg.connect(os.environ["DATABASE_URL"]).close()
    except psycopg.OperationalError:
        time.sleep(0.05)
    else:
        break
"""


def test_a_killed_throw_away_database_comes_back(run: Run):
    execute(run, "--", sys.executable, "-W", "ignore", "-c", WITH_A_DATABASE_THAT_DIES)
    assert run.code() == 0
    assert "postgres failed (signal 9)" in run.text()
