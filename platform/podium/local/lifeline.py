"""Become another program that cannot outlive its parent, perhaps as another user.

`processes.start` runs this file as a script (`python -I -S lifeline.py PARENT SIGNAL IDENTITY --
COMMAND…`), so it imports nothing of Podium and replaces itself by the command: the process keeps
its id. It ends at exec; who starts, watches and stops children is `processes` and `supervisor`.

Why a script instead of `preexec_fn`: Python code between fork and exec may deadlock as soon as
anything in the parent has a thread (pytest-timeout does).
"""

import ctypes
import os
import signal
import struct
import sys
from pathlib import Path

LINUX = sys.platform.startswith("linux")
SAME = "same"  # the identity that changes nothing

_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library; raise OSError where it returns -1."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, *values: int) -> None:
    padded = (*values, 0, 0, 0, 0)[:4]
    _call("prctl", option, *(ctypes.c_ulong(value) for value in padded))


def die_with_parent(death_signal: int, parent: int | None = None) -> None:
    """Ask the kernel to send us `death_signal` when our parent (the thread that made us) ends.

    Only Linux can. Elsewhere the keeper ends what is left (see `keeper`).
    `parent` is who should still be there: it may have ended before we could ask.
    """
    if LINUX:
        _prctl(_PR_SET_PDEATHSIG, death_signal)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends (Linux only)."""
    if LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _enter_namespace(uid: int, gid: int) -> None:
    """Be `uid` in our own eyes, and still the owner of our files in the file system's."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")
    (own / "uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")


def _become_user(uid: int, gid: int, capability: int) -> None:
    """Be `uid` for good, keeping one capability: to pass folders that only root may enter."""
    # Without this bit access(2) disregards capabilities, and initdb asks it for its binaries.
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    mask = 1 << capability
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _call("capset", header, struct.pack("6I", mask, mask, mask, 0, 0, 0))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)  # survives the exec


def take_identity(identity: str) -> None:
    """Become `same`, `namespace:UID:GID` or `user:UID:GID:CAPABILITY`."""
    kind, *parts = identity.split(":")
    numbers = [int(part) for part in parts]
    if kind == "namespace":
        _enter_namespace(numbers[0], numbers[1])
    elif kind == "user":
        _become_user(numbers[0], numbers[1], numbers[2])


def main(arguments: list[str]) -> None:
    """Take the identity, tie the line, become the command."""
    parent, death_signal, identity, _, *command = arguments
    # A shell starts its background jobs with SIGINT ignored, and that would be inherited.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    try:
        take_identity(identity)
        # Last, because a change of user or of capabilities clears it.
        die_with_parent(int(death_signal), int(parent))
        os.execvp(command[0], command)  # noqa: S606 - the caller's own command, no shell
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error}\n")
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
