"""Measuring side by side: medians of several rounds, ratios within a round, processes of their own.

Two things are compared by running them one after the other in each round, so that a busy machine
slows both; the ratio's median is over the rounds.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

Work = Callable[[], object]


def seconds(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rounds(works: Mapping[str, Work], count: int) -> dict[str, list[float]]:
    """Seconds of each piece of work in each round, after one round to warm up."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(count + 1):
        for name, work in works.items():
            took = seconds(work)
            if number:
                found[name].append(took)
    return found


def median(times: list[float]) -> float:
    return statistics.median(times)


def ratio(times: Mapping[str, list[float]], slow: str, fast: str) -> float:
    """How many times longer one takes than the other: the median of the rounds' ratios."""
    pairs = zip(times[slow], times[fast], strict=True)
    return statistics.median(one / other for one, other in pairs)


def process(*command: str) -> Any:
    """Run Python with these arguments in a process of its own; return the JSON it prints last."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout[done.stdout.index("{") :])
