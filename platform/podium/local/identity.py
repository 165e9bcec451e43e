"""As whom PostgreSQL runs: it refuses root, so root lends it another user.

Two ways, tried in the order of what they ask of the machine. A user namespace gives the server
another user id in its own eyes while its files stay root's: it works under folders that only root
may enter (HOME=$(mktemp -d)). Where containers forbid namespaces, the server becomes `nobody` and
keeps the one capability that lets it pass such folders. Neither is a wall: who may reach the
server is decided by its socket's folder.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from podium.local import lifeline
from podium.local.errors import CannotStartError
from podium.local.processes import LIFELINE

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True)
class Identity:
    """What `lifeline` understands, and who owns the server's files in the file system."""

    spec: str
    owner: int


def _lent_user() -> pwd.struct_passwd | None:
    """Return a user who owns nothing; it needs a name, initdb insists."""
    others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    preferred = {"nobody": 0, "daemon": 1}
    return min(others, key=lambda entry: preferred.get(entry.pw_name, 2), default=None)


def candidates() -> Iterator[Identity]:
    """Yield the identities that root may try."""
    user = _lent_user()
    if user is None or not lifeline.LINUX:
        return
    ids = f"{user.pw_uid}:{user.pw_gid}"
    yield Identity(f"namespace:{ids}", os.geteuid())
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):  # Docker grants only the second
        yield Identity(f"user:{ids}:{capability}", user.pw_uid)


def _works(identity: Identity, home: Path, postgres: Path) -> bool:
    """Return whether, under this identity, the folder can be written and the program run."""
    os.chown(home, identity.owner, -1)
    line = [str(os.getpid()), "9", identity.spec, "--"]
    script = 'cd "$1" && test -w . && exec "$2" -V'
    probe = ["/bin/sh", "-c", script, "sh", str(home), str(postgres)]
    command = [sys.executable, "-I", "-S", LIFELINE, *line, *probe]
    done = subprocess.run(command, capture_output=True, check=False, cwd="/", timeout=20)  # noqa: S603
    return done.returncode == 0


def choose(home: Path, postgres: Path) -> Identity:
    """Return as whom the server in `home` runs, after giving it the folder."""
    owner = home.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise CannotStartError(
                f"{home} belongs to another user ({owner}). Run as that user, or give it to "
                f"yourself: sudo chown -R $(id -u) {home.parent}"
            )
        return Identity(lifeline.SAME, owner)
    # Who owns the folder already comes first, so that the files do not change hands at every start.
    for identity in sorted(candidates(), key=lambda candidate: candidate.owner != owner):
        if _works(identity, home, postgres):
            _give(home, identity.owner)
            return identity
    os.chown(home, owner, -1)
    raise CannotStartError(
        "PostgreSQL refuses to run as root, and no other user can be lent to it here (neither a "
        "user namespace nor `nobody` may run it). Run `make run` as an ordinary user, or set "
        "DATABASE_URL to a PostgreSQL that runs already."
    )


def _give(home: Path, owner: int) -> None:
    cluster = home / "cluster"
    if not cluster.exists() or cluster.stat().st_uid == owner:
        return
    # The cluster itself last: its owner says that the rest is done.
    for folder, _folders, files in os.walk(home, topdown=False):
        for name in files:
            os.chown(Path(folder) / name, owner, -1, follow_symlinks=False)
        os.chown(folder, owner, -1)
