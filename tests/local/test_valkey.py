"""The embedded valkey by itself: it keeps what was sent, and heals."""

import importlib.util
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from kombu import Connection

from podium.local import processes
from podium.local import valkey as module
from podium.local.errors import CannotStartError
from podium.local.valkey import Valkey
from tests.local.runs import eventually

Start = Callable[[], tuple[Valkey, processes.Child]]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    children = []

    def go() -> tuple[Valkey, processes.Child]:
        valkey = Valkey(folder / "valkey", folder, folder / "log")
        valkey.prepare()
        child = valkey.launch()
        children.append(child)
        eventually(lambda: valkey.ready(child) or not child.running())
        assert child.running(), child.last_words()
        return valkey, child

    yield go
    for child in children:
        child.stop(Valkey.ladder)


def test_kombu_understands_its_url_and_a_message_survives_kill_and_restart(start: Start):
    valkey, child = start()
    with Connection(valkey.url()) as connection, connection.SimpleQueue("score") as queue:
        queue.put({"submission": 7})
    with redis.Redis(unix_socket_path=str(valkey.socket)) as client:
        # While an fsync is under way the write is put off for up to two seconds.
        eventually(lambda: client.info("persistence")["aof_buffer_length"] == 0)
    child.tell(signal.SIGKILL)
    eventually(lambda: not child.running())
    valkey, _ = start()  # over the stale socket
    with Connection(valkey.url()) as connection, connection.SimpleQueue("score") as queue:
        message = queue.get(timeout=10)
        assert message.payload == {"submission": 7}
        message.ack()


def test_it_never_drops_a_task_and_listens_on_its_socket_only(start: Start):
    valkey, _ = start()
    with redis.Redis(unix_socket_path=str(valkey.socket)) as client:
        for name, value in {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "port": "0",
        }.items():
            assert client.config_get(name)[name] == value
    assert valkey.socket.stat().st_mode & 0o077 == 0


def test_a_dead_socket_is_replaced(start: Start, folder: Path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "valkey.sock"))
    start()


def test_a_living_one_is_not_replaced(start: Start):
    valkey, _ = start()
    with pytest.raises(CannotStartError, match="already answers"):
        valkey.launch()


def test_an_unreadable_append_only_file_is_put_aside(start: Start, folder: Path):
    valkey, child = start()
    child.stop(Valkey.ladder)
    (written,) = (folder / "valkey/appendonlydir").glob("*.incr.aof")
    written.write_bytes(b"*1\r\n$4\r\nnonsense\r\n" * 50)
    failed = valkey.launch()
    eventually(lambda: not failed.running())
    words = failed.last_words()
    failed.sweep()
    assert valkey.heal(words), words
    start()
    assert list((folder / "valkey").glob("unreadable-*"))


def test_a_healthy_file_is_left_where_it_is(start: Start):
    valkey, _ = start()
    assert not valkey.heal("Address already in use")


def test_without_any_valkey_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CannotStartError, match="BROKER_URL"):
        module.find_binary()
