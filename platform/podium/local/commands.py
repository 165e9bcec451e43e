"""The one-machine commands: `run` the site, `exec` a command beside throw-away servers, `clean`.

Here the parts meet; the command line itself is in `__main__`.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from podium.local import folders, processes
from podium.local.errors import CannotStartError, StopAskedError
from podium.local.keeper import keep
from podium.local.postgres import Postgres
from podium.local.site_plan import Address, Plan, site_plan
from podium.local.stopping import StopRequests
from podium.local.supervisor import Store, Supervisor, say
from podium.local.valkey import Valkey

Planner = Callable[[Path, Mapping[str, str], Address], Plan]
SETUP_SECONDS = 600.0
EXEC_PREFIX = "podium-exec-"
EXEC_PATIENCE = 10.0  # seconds for the command of `exec` to end after SIGTERM
ENOUGH = 3  # so many Ctrl-C end the command of `exec` for good


def guarded(work: Callable[[], int], stopped: int = 0) -> int:
    """Run `work`; turn what is in the way into a plain message and an exit code.

    `stopped` is the code for a person's wish to stop.
    """
    try:
        return work()
    except StopAskedError:
        say("stopped.")
        return stopped
    except CannotStartError as error:
        say(str(error))
        return 1


def embedded(
    folder: Path, taken: Mapping[str, str], log: Callable[[str], Path], *, throw_away: bool = False
) -> tuple[list[Store], dict[str, str]]:
    """Return the servers that `taken` does not name already, and where programs find them."""
    sockets = folders.socket_folder(folder)
    stores: list[Store] = []
    urls = {}
    if not taken.get("BROKER_URL", "").strip():
        valkey = Valkey(folder / "valkey", sockets, log("valkey"))
        stores.append(valkey)
        urls["BROKER_URL"] = valkey.url()
    if not taken.get("DATABASE_URL", "").strip():
        postgres = Postgres(folder / "postgres", sockets, log("postgres"), throw_away=throw_away)
        stores.append(postgres)
        urls["DATABASE_URL"] = postgres.url()
    return stores, urls


def run(planner: Planner = site_plan) -> int:
    """Run the site in the foreground until somebody asks it to stop."""
    return keep(lambda stop: guarded(lambda: _run(stop, planner)))


def _run(stop: StopRequests, planner: Planner) -> int:
    data = folders.data_folder()
    address = Address.from_environment()
    folders.prepare(data)
    with folders.locked(data, holder=os.getppid()):
        address.require_free()
        supervisor = Supervisor(stop)
        try:
            _serve(supervisor, data, address, planner)
        finally:
            if stop.asked:
                say("stopping… (Ctrl-C again: at once)")
            supervisor.stop()
    return 0


def _serve(supervisor: Supervisor, data: Path, address: Address, planner: Planner) -> None:
    began = time.monotonic()
    stores, urls = embedded(data, os.environ, lambda name: folders.log_file(data, name))
    if stores:
        say(f"starting {' and '.join(store.name for store in stores)} in {data}")
    supervisor.start_stores(stores)
    plan = planner(data, urls, address)
    for step in plan.setup:
        say(f"{step.name}…")
        processes.run(step, SETUP_SECONDS, supervisor.requests.check)
    say(f"starting {', '.join(program.name for program in plan.programs + plan.later)}")
    kept = supervisor.start(*plan.programs)
    for program in kept:
        if program.service.name == plan.web:
            supervisor.keep_until(program.ready)
            say(f"the site answers after {time.monotonic() - began:.1f} s: {plan.address}")
    supervisor.keep_until(lambda: all(program.ready() for program in kept))
    supervisor.start(*plan.later)
    if plan.last is not None:
        _run_beside(supervisor, plan.last)
    say(f"ready after {time.monotonic() - began:.1f} s: {plan.address} (Ctrl-C stops it)")
    supervisor.keep_until(lambda: False)


def _run_beside(supervisor: Supervisor, launch: processes.Launch) -> None:
    """Run a program to its end while the site is kept alive; its failure is told, not fatal."""
    child = processes.start(launch)
    try:
        supervisor.keep_until(lambda: not child.running())
    finally:
        child.stop(((signal.SIGTERM, 5.0),), supervisor.requests.patience)
    if child.process.returncode != 0:
        say(f"{processes.describe_failure(child)} The site runs on without it.")


def execute(command: Sequence[str], *, fresh: bool) -> int:
    """Run a command beside throw-away servers; return its exit code, leave nothing behind."""
    place = _temporary_place()
    _remove_forgotten(place)
    folder = Path(tempfile.mkdtemp(prefix=EXEC_PREFIX, dir=place))
    # Both processes of the keeper hold this lock: while one of them lives, nobody removes it.
    with (folder / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return keep(
            lambda stop: guarded(lambda: _execute(stop, folder, command, fresh=fresh), 130),
            afterwards=lambda: shutil.rmtree(folder, ignore_errors=True),
        )


def _temporary_place() -> Path:
    """Return where to make the folder: TMPDIR if sockets can lie there, else /tmp."""
    place = tempfile.gettempdir()
    fits = folders.SAFE_FOR_URLS.fullmatch(place) and len(place) < folders.SOCKET_FOLDER_LIMIT // 2
    return Path(place if fits else "/tmp")  # noqa: S108 - mkdtemp makes it ours


def _remove_forgotten(place: Path) -> None:
    """Remove the folders of runs whose both processes were killed at once."""
    for folder in place.glob(f"{EXEC_PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.geteuid():
                continue
            with (folder / ".lock").open("r+", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # held, or made this very moment, or gone
            continue


def _execute(stop: StopRequests, folder: Path, command: Sequence[str], *, fresh: bool) -> int:
    taken = {} if fresh else os.environ
    stores, urls = embedded(folder, taken, lambda name: folder / f"{name}.log", throw_away=True)
    supervisor = Supervisor(stop)
    try:
        supervisor.start_stores(stores)
        foreign = "PG" if "DATABASE_URL" in urls else "\0"  # libpq's own variables
        kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
        launch = processes.Launch(command[0], command, environment={**kept, **urls})
        return _follow(supervisor, processes.start(launch))
    finally:
        supervisor.stop()


def _follow(supervisor: Supervisor, child: processes.Child) -> int:
    """Wait for the command, passing on what we are asked; return its exit code."""
    requests, heard, deadline = supervisor.requests, 0, float("inf")
    try:
        while child.running() and time.monotonic() < deadline:
            supervisor.tend()
            news, heard = requests.count > heard, requests.count
            if heard and heard < ENOUGH and requests.last == signal.SIGINT:
                if news:
                    child.tell(signal.SIGINT)  # as a terminal would: what follows is its choice
            elif requests.asked and deadline == float("inf"):
                child.tell(signal.SIGTERM)
                deadline = time.monotonic() + EXEC_PATIENCE
            time.sleep(processes.TICK)
    finally:
        child.sweep()
    code = child.process.returncode
    return 128 - code if code < 0 else code


def clean() -> int:
    """Remove the data folder."""

    def work() -> int:
        say(folders.clean(folders.data_folder()))
        return 0

    return guarded(work)
