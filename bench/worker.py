"""Small jobs that `scoring` runs in processes of their own, to measure memory and opening times.

`score TRUTH FILE`: what a worker of the farm does. `open TRUTH`: opening a compiled truth.
"""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluator import tasks

TASK = tasks.get("clips")
MIB = 1 << 20


def memory() -> dict[str, int]:
    """Bytes of memory that only this process has (private), and of those that are no file's."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    found = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    return {
        "private": found["Private_Clean"] + found["Private_Dirty"],
        "anonymous": found["Anonymous"],
    }


def peak() -> int:
    """Bytes that were resident at most. Not by getrusage: it also counts what started us."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def score(truth: str, file: str) -> dict[str, object]:
    opened = TASK.open_truth(Path(truth))
    submission = TASK.read_submission(Path(file), opened)
    found = TASK.evaluate(opened, submission, TASK.settings({}))
    return {"peak": peak() / MIB, "score": found.splits["A"].score}


def open_(truth: str) -> dict[str, object]:
    TASK.open_truth(Path(truth))  # imports and the file system's cache
    before = memory()
    times = []
    for _ in range(15):
        began = time.perf_counter()
        kept = TASK.open_truth(Path(truth))
        times.append(time.perf_counter() - began)
    after = memory()
    grown = {name: max(0, after[name] - before[name]) / MIB for name in after}
    return {"milliseconds": statistics.median(times) * 1000, **grown, "clips": len(kept.unit_id)}


if __name__ == "__main__":
    print(json.dumps({"score": score, "open": open_}[sys.argv[1]](*sys.argv[2:])))
