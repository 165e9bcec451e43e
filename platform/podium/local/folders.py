"""The data folder: one per installation, marked as ours, locked by whoever runs on it.

Holds the secret key, the logs and the place for sockets. What PostgreSQL, valkey and the site put
into their own subfolders is theirs.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from podium.local.errors import CannotStartError

ROOT = Path(__file__).resolve().parents[3]
MARKER = ".podium-data"
MARKER_TEXT = "Podium's data folder: `make clean-data` removes it with all that is in it.\n"
SOCKET_FOLDER_LIMIT = 80  # a socket's path has 104 bytes on macOS; PostgreSQL's own name takes 16
# dj-database-url lower-cases the host, libpq splits it at commas: so only such folders.
SAFE_FOR_URLS = re.compile(r"[a-z0-9/._-]+")


def data_folder() -> Path:
    """Return the folder that PODIUM_DATA names, or `data/` beside manage.py."""
    return Path(os.environ.get("PODIUM_DATA", "").strip() or ROOT / "data").absolute()


def prepare(folder: Path) -> None:
    """Make the folder, or see that it is ours; raise with the remedy if it is neither."""
    if folder.exists() and not folder.is_dir():
        raise CannotStartError(f"{folder} is a file. Name a folder: PODIUM_DATA=… make run")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker = folder / MARKER
        # A marker lets `clean` remove everything, so it never goes into a folder with other things
        # in it. The default folder is ours by its place: it may hold files before the first run.
        names = {entry.name for entry in folder.iterdir()} - {"lost+found"}
        if names and MARKER not in names and folder != ROOT / "data":
            raise CannotStartError(
                f"{folder} holds other things than Podium's. Name an empty or a new folder: "
                "PODIUM_DATA=… make run"
            )
        marker.write_text(MARKER_TEXT, encoding="utf-8")
        (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise CannotStartError(
            f"{error.filename} may not be written by this user. Run as the user who owns {folder}, "
            "or name another folder: PODIUM_DATA=… make run"
        ) from error


@contextlib.contextmanager
def locked(folder: Path, holder: int) -> Iterator[None]:
    """Hold the folder: one command at a time runs on it. The kernel lets go if we die.

    `holder` is the process to name to whoever comes second.
    """
    with (folder / ".lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip() or "unknown"
            raise CannotStartError(
                f"Podium already runs on {folder} (process {other}). Stop that one first "
                "(Ctrl-C there), or run a second site: PODIUM_DATA=… PODIUM_PORT=8001 make run"
            ) from None
        file.truncate(0)
        file.write(f"{holder}\n")
        file.flush()
        yield


def secret_key_file(folder: Path) -> Path:
    """Return the file with the site's secret key, made once and readable by its owner only."""
    file = folder / "secret_key"
    if not file.exists():
        draft = folder / "secret_key.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(50) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        draft.rename(file)  # never half a key, whenever we are killed
    return file


def log_file(folder: Path, name: str) -> Path:
    """Return the log of a program for this run; the run before is kept as `NAME.log.1`."""
    file = folder / "logs" / f"{name}.log"
    if file.exists() and file.stat().st_size:
        file.replace(file.with_suffix(".log.1"))
    return file


def _socket_places(folder: Path) -> list[Path]:
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    places = [folder.resolve() / "run"]
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        places.append(Path(runtime) / f"podium-{digest}")
    return [*places, Path("/tmp").resolve() / f"podium-{os.geteuid()}-{digest}"]  # noqa: S108 - checked below


def socket_folder(folder: Path) -> Path:
    """Return a folder for the sockets that only we may enter: always the same for the same data.

    In the data folder if its path is short and the file system knows sockets, else elsewhere.
    """
    for place in _socket_places(folder):
        name = str(place)
        if len(name) > SOCKET_FOLDER_LIMIT or not SAFE_FOR_URLS.fullmatch(name):
            continue
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            found = place.lstat()
            mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            if not mine or stat.S_IMODE(found.st_mode) & 0o077:
                continue  # in /tmp somebody else may have been there first
            _try_a_socket(place)
        except OSError:
            continue
        return place
    raise CannotStartError(
        f"No folder for sockets: tried {', '.join(map(str, _socket_places(folder)))}. One of them "
        "must be short, lower-case, and yours alone (mode 0700); PODIUM_DATA=… names another place."
    )


def _try_a_socket(place: Path) -> None:
    probe = place / "probe"
    probe.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as tried:
        tried.bind(str(probe))
    probe.unlink()


def clean(folder: Path) -> str:
    """Remove the data folder if it is ours and nothing runs on it; return what was done."""
    if not folder.exists():
        return f"{folder} does not exist: nothing to remove."
    if not (folder / MARKER).is_file():
        raise CannotStartError(
            f"{folder} is not a data folder of Podium (it has no {MARKER}): left as it is."
        )
    with locked(folder, os.getpid()):
        for place in _socket_places(folder)[1:]:
            if place.is_dir() and place.lstat().st_uid == os.geteuid():
                shutil.rmtree(place)
        for entry in folder.iterdir():
            # The marker goes last: what is killed half-way can be cleaned again.
            if entry.name in {MARKER, ".lock"}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        shutil.rmtree(folder)
    return f"Removed {folder}."
