"""Reads hostile files, each in a process of its own, and says what came of it and at what cost.

Run as `python -m tests.evaluator.hostile_child CLIPS STREAMS`, two compiled truths. Takes a line
`kind path` for each file and answers with a line of JSON: the refusal's text, and by how many bytes
resident memory rose at its peak. Each fork may use 2 GiB of address space more than it has.
"""

import contextlib
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from evaluator import InvalidFile, tasks

ROOM = 2 << 30


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def attempt(truths, kind, path):
    """Read one file; return the text of its refusal, or nothing if it was accepted."""
    try:
        if kind in truths:
            tasks.get(kind).read_submission(path, truths[kind])
        else:
            with tempfile.TemporaryDirectory() as folder:
                tasks.get(kind.removeprefix("truth-")).compile_truth(path, Path(folder) / "truth")
    except InvalidFile as error:
        return str(error)
    return ""


def answer(truths, kind, path):
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + ROOM, in_use + ROOM))
    before = peak()
    refusal = attempt(truths, kind, Path(path))
    print(json.dumps({"refusal": refusal, "peak": peak() - before}), flush=True)


def main():
    truths = {
        name: tasks.get(name).open_truth(Path(folder))
        for name, folder in zip(("clips", "streams"), sys.argv[1:], strict=True)
    }
    for line in sys.stdin:
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                answer(truths, *line.split())
                os._exit(0)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"died": status}), flush=True)


if __name__ == "__main__":
    main()
