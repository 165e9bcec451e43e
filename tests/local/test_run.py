"""`make run`: what it says when something is in the way, and how it keeps the site alive."""

import http.client
import os
import signal
import socket
import stat

import psycopg
import pytest

from podium.local import folders
from podium.local.postgres import Postgres
from tests.local.runs import Run, eventually


def test_it_says_in_order_what_it_does_and_where_the_site_is(run: Run):
    run.site("small").until_said("ready after")
    said = run.text()
    words = [
        "starting valkey and postgres",
        "migrate…",
        "the site answers after",
        "demo made",
        "ready",
    ]
    places = [said.index(word) for word in words]
    assert places == sorted(places)
    assert f"http://127.0.0.1:{run.port}/" in said


def test_a_second_run_keeps_the_key_and_the_data(run: Run):
    run.site("small").until_said("ready after")
    key = (run.data / "secret_key").read_text()
    with psycopg.connect(database(run)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    run.tell(signal.SIGINT)
    run.code()
    run.site("small").until_said("ready after")
    assert (run.data / "secret_key").read_text() == key
    assert stat.S_IMODE((run.data / "secret_key").stat().st_mode) == 0o600
    with psycopg.connect(database(run)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def database(run: Run) -> str:
    logs = run.data / "logs/postgres.log"
    return Postgres(run.data / "postgres", folders.socket_folder(run.data), logs).url()


def test_a_port_in_use_is_named_with_the_remedy(run: Run):
    with socket.create_server(("127.0.0.1", run.port)):
        run.site("small")
        assert run.code() == 1
    assert f"Port {run.port} on 127.0.0.1 is in use" in run.text()
    assert f"PODIUM_PORT={run.port + 1} make run" in run.text()
    assert "Traceback" not in run.text()


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_refused(run: Run, port: str):
    run.site("small", PODIUM_PORT=port)
    assert run.code() == 1
    assert f"not '{port}'" in run.text()


def test_two_runs_on_one_folder_are_refused_naming_the_first(run: Run, new_run):
    run.site("small").until_said("ready after")
    second = new_run(run.data).site("small")
    assert second.code() == 1
    assert f"already runs on {run.data} (process {run.outer.pid})" in second.text()
    assert run.having("http.server"), "the first one was disturbed"


def test_a_folder_with_other_things_is_not_taken(run: Run):
    run.data.mkdir()
    (run.data / "thesis.txt").write_text("mine")
    run.site("small")
    assert run.code() == 1
    assert "holds other things than Podium's" in run.text()
    assert [entry.name for entry in run.data.iterdir()] == ["thesis.txt"]


def test_a_failed_migration_is_shown_and_stops_everything(run: Run):
    run.site("broken")
    assert run.code() == 1
    assert "no such table: anything" in run.text()
    assert str(run.data / "logs/migrate.log") in run.text()
    assert run.members() == []


def test_a_program_that_cannot_live_stops_the_run_after_some_tries(run: Run):
    run.site("dying")
    assert run.code() == 1
    assert run.text().count("I cannot live") == 5
    assert "5 times in a row" in run.text()
    assert run.members() == []


def test_a_killed_database_comes_back_with_its_data(run: Run):
    run.site("small").until_said("ready after")
    with psycopg.connect(database(run)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    run.member("bin/postgres").kill()
    run.until_said("postgres failed (signal 9)")
    eventually(lambda: answers(database(run)))
    with psycopg.connect(database(run)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_killed_broker_and_a_killed_web_server_come_back(run: Run):
    run.site("small").until_said("ready after")
    first = {words: run.member(words) for words in ("valkey-server", "http.server")}
    for process in first.values():
        process.kill()

    def others_run(words: str) -> bool:
        return any(one.pid != first[words].pid for one in run.having(words))

    eventually(lambda: all(others_run(words) for words in first))
    eventually(lambda: get(run) == 200)


def get(run: Run) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_named_servers_are_used_instead_of_embedded_ones(run: Run):
    run.site("small", DATABASE_URL="postgresql://elsewhere/podium", BROKER_URL="redis://elsewhere")
    run.until_said("ready after")
    assert not run.having("postgres -D")
    assert not run.having("valkey-server")
    worker = run.member("worker-ready").environ()
    assert worker["DATABASE_URL"] == "postgresql://elsewhere/podium"
    assert worker["BROKER_URL"] == "redis://elsewhere"


def test_a_log_of_the_run_before_is_kept_beside(folder):
    (folder / "logs").mkdir()
    folders.log_file(folder, "web").write_text("first")
    assert folders.log_file(folder, "web") == folder / "logs/web.log"
    assert (folder / "logs/web.log.1").read_text() == "first"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named_with_the_remedy(run: Run):
    run.data.mkdir(mode=0o500)
    run.site("small")
    assert run.code() == 1
    assert f"{run.data}/.podium-data may not be written by this user" in run.text()
