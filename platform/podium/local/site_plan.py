"""What `make run` runs: migrations, then web, worker and beat, then the demo.

Only says what: commands, environment, how each is seen to be ready and how it is stopped.
"""

import errno
import http.client
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podium.local import folders
from podium.local.errors import CannotStartError
from podium.local.processes import Launch
from podium.local.supervisor import Program

# The short regular tasks first, or a long queue would starve the sweep; bulk work waits for all.
QUEUES = "maintenance,score,rescore"
WORKER_PROCESSES = 2
READY_FILE = "PODIUM_WORKER_READY_FILE"  # as in farm_hooks, which imports Celery


@dataclass(frozen=True)
class Plan:
    """What to run besides the database and the broker."""

    setup: tuple[Launch, ...] = ()  # each to its end, before the programs
    programs: tuple[Program, ...] = ()  # together, kept alive; stopped from the last to the first
    later: tuple[Program, ...] = ()  # started when those are ready: there are only two cores
    web: str = ""  # which of them answers at the address
    address: str = ""
    last: Launch | None = None  # once, when all programs are ready


@dataclass(frozen=True)
class Address:
    """Where the site listens."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """Read PODIUM_HOST and PODIUM_PORT."""
        host = os.environ.get("PODIUM_HOST", "").strip() or "127.0.0.1"
        text = os.environ.get("PODIUM_PORT", "").strip() or "8000"
        if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004 - TCP's ports
            raise CannotStartError(
                f"PODIUM_PORT must be a number from 1 to 65535, not {text!r}: "
                "PODIUM_PORT=8001 make run"
            )
        return cls(host, int(text))

    @property
    def bind(self) -> str:
        """Return it as gunicorn wants it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return what to open in a browser on this machine."""
        every = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
        host = every.get(self.host, f"[{self.host}]" if ":" in self.host else self.host)
        return f"http://{host}:{self.port}/"

    def require_free(self) -> None:
        """Raise with the remedy unless we can listen here."""
        try:
            family, kind, _, _, where = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM
            )[0]
            with socket.socket(family, kind) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind(where)
                tried.listen(1)  # on Linux only this fails where another one listens with REUSEADDR
        except OSError as error:
            raise CannotStartError(self._remedy(error)) from error

    def _remedy(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {self.port} on {self.host} is in use by another program. Choose another "
                f"one: PODIUM_PORT={self.port + 1 if self.port < 65535 else 8001} make run"  # noqa: PLR2004
            )
        if error.errno == errno.EACCES:
            return f"Port {self.port} needs root. Choose one above 1023: PODIUM_PORT=8001 make run"
        return f"Cannot listen on {self.host}:{self.port}: {error}. Check PODIUM_HOST."

    def answers(self) -> bool:
        """Return whether the site answers, be it with an error page."""
        connection = http.client.HTTPConnection(
            self.url.removeprefix("http://").rstrip("/"), timeout=2
        )
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def environment(data: Path, urls: Mapping[str, str], address: Address) -> dict[str, str]:
    """Return the environment of the site's programs."""
    # libpq reads PG* where DATABASE_URL is silent: somebody's PGSERVICE is not our database.
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return {
        **(kept if "DATABASE_URL" in urls else os.environ),
        **urls,
        "DJANGO_SETTINGS_MODULE": "podium.settings",
        "PODIUM_BIND": address.bind,
        "PODIUM_DATA": str(data),
        "PODIUM_LOCAL": "1",
        "PODIUM_SECRET_KEY_FILE": str(folders.secret_key_file(data)),
        "PYTHONPATH": os.pathsep.join([str(folders.ROOT / "platform"), str(folders.ROOT)]),
        "PYTHONUNBUFFERED": "1",
        READY_FILE: str(data / "worker-ready"),
        # Beside the files: an upload is moved into place instead of copied, and what a killed
        # worker leaves is gone at the next start.
        "TMPDIR": str(data / "tmp"),
    }


def site_plan(data: Path, urls: Mapping[str, str], address: Address) -> Plan:
    """Return the plan of the real site."""
    variables = environment(data, urls, address)
    python = sys.executable

    def launch(name: str, *command: str, shown: bool = False) -> Launch:
        log = None if shown else folders.log_file(data, name)
        return Launch(name, (python, *command), log, variables, folders.ROOT)

    ready_file = Path(variables[READY_FILE])
    ready_file.unlink(missing_ok=True)
    (data / "beat").mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(data / "tmp", ignore_errors=True)
    (data / "tmp").mkdir(mode=0o700)
    celery = ("-m", "celery", "-A", "podium")
    pool = ("--pool", "prefork", "--concurrency", str(WORKER_PROCESSES), "-Q", QUEUES)
    # One worker: there is nobody to gossip with, and asking takes a second at the start.
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    hooks = ("--include", "podium.local.farm_hooks")
    worker = launch("worker", *celery, "worker", *pool, *alone, *hooks, "-l", "INFO")
    beat = launch("beat", *celery, "beat", "-s", str(data / "beat" / "schedule"), "-l", "INFO")
    config = str(Path(__file__).with_name("gunicorn_config.py"))
    web = launch("web", "-m", "gunicorn", "--config", config, "podium.wsgi:application")
    return Plan(
        setup=(launch("migrate", "manage.py", "migrate", "--noinput"),),
        programs=(
            # Warm: what is being scored is finished if it can be. Else the lease runs out, and
            # the sweep of the next run sends it again.
            Program(worker, ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 3.0)), ready_file.exists),
            Program(web, ((signal.SIGTERM, 7.0),), address.answers),
        ),
        later=(Program(beat, ((signal.SIGTERM, 3.0),)),),
        web="web",
        address=address.url,
        last=launch("demo", "manage.py", "demo", shown=True),
    )
