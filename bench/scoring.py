"""The evaluator at full size against its peers, as a table: `python bench/scoring.py`.

Makes the contest (see `contest`), compiles it, and measures side by side: medians of the rounds,
and of the ratios within each round. `--write FILE` also writes the page docs/performance.md. Peers
that are not installed are named and left out.
"""

import argparse
import gc
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import box_matching
import contest
import naive
import numpy as np
from measure import median, process, ratio, rounds, seconds

from evaluator import levels, tasks
from evaluator.products.outcomes import OUTCOMES, TALLIES, levels_of
from evaluator.tasks.clips import judging

TASK = tasks.get("clips")
SETTINGS = TASK.settings({})
SHARES = (0.125, 0.25, 0.5, 1.0)
MATCHED = 20_000  # boxes that the box matchers get
WORKER = str(Path(__file__).with_name("worker.py"))


@dataclass
class Table:
    """The rows of the report."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, found: str, target: str = "") -> None:
        self.rows.append((what, found, target))
        print(f"{what:66} {found:44} {target}", flush=True)


def scored(truth: Any, submission: Any) -> list[float]:
    """The bare scores of both splits: no slices, no intervals."""
    outcomes = judging.judge(truth, submission, SETTINGS)
    found = []
    for number in range(len(truth.splits)):
        counts = np.bincount(outcomes[truth.unit_split == number], minlength=len(OUTCOMES))
        found.append(levels.score(levels_of((counts @ TALLIES).tolist()), SETTINGS.weights))
    return found


def check_counts(files: contest.Files, truth: Any, plain: dict[str, Any]) -> None:
    """The naive scorer counts the same, to the last one."""
    evaluation = TASK.evaluate(truth, TASK.read_submission(files.predictions, truth), SETTINGS)
    for name, expected in naive.judge(plain, json.loads(files.predictions.read_bytes())).items():
        found = evaluation.splits[name]
        counts = {one.name: {"tp": one.tp, "fp": one.fp, "fn": one.fn} for one in found.levels}
        assert (counts, found.score) == (expected["levels"], expected["score"]), name


def measure_reading(table: Table, files: contest.Files, truth: Any, count: int) -> None:
    data = files.predictions.read_bytes()

    def collector_off() -> None:
        gc.disable()
        json.loads(data)
        gc.enable()

    times = rounds(
        {
            "json.loads, collector off": collector_off,
            "json.loads, collector on": lambda: json.loads(data),
            "read": lambda: TASK.read_submission(files.predictions, truth),
        },
        count,
    )
    read = f"{median(times['read']):.3f} s"
    off = ratio(times, "json.loads, collector off", "read")
    on = ratio(times, "json.loads, collector on", "read")
    size = f"{len(data) / 1e6:.1f} MB"
    table.add(f"file ({size}) to validated columns", read)
    table.add("- json.loads of it, collector off", f"{off:.2f} times longer", "1 or more")
    table.add("- json.loads of it, collector on", f"{on:.2f} times longer", "3 or more")


def measure_scoring(
    table: Table, files: contest.Files, truth: Any, plain: dict[str, Any], count: int
) -> None:
    def read() -> Any:
        return TASK.read_submission(files.predictions, truth)

    submission = read()
    predictions = json.loads(files.predictions.read_bytes())
    times = rounds(
        {
            "naive": lambda: naive.judge(plain, json.loads(files.predictions.read_bytes())),
            "score": lambda: scored(truth, read()),
            "all": lambda: TASK.evaluate(truth, read(), SETTINGS),
            "naive judging": lambda: naive.judge(plain, predictions),
            "judging": lambda: scored(truth, submission),
            "judging, all": lambda: TASK.evaluate(truth, submission, SETTINGS),
        },
        count,
    )
    table.add("file to score, truth open", f"{median(times['score']):.3f} s")
    table.add(
        f"- naive, truth in memory, collector on ({median(times['naive']):.2f} s)",
        f"{ratio(times, 'naive', 'score'):.1f} times longer",
        "4 or more",
    )
    table.add("judging alone, columns to score", f"{median(times['judging']) * 1000:.1f} ms")
    table.add(
        f"- naive, from dictionaries ({median(times['naive judging']):.2f} s)",
        f"{ratio(times, 'naive judging', 'judging'):.1f} times longer",
        "30 or more",
    )
    table.add(
        "file to score, outcomes, slices and intervals",
        f"{median(times['all']):.3f} s",
        "under 0.6 s",
    )
    whole = ratio(times, "all", "score")
    judged = ratio(times, "judging, all", "judging")
    table.add("- against the score alone, both from the file", f"{whole:.2f} times", "1.6 at most")
    table.add("- against the score alone, both from columns", f"{judged:.2f} times", "1.6 at most")


def measure_processes(table: Table, files: contest.Files, compiled: Path, count: int) -> None:
    paths = (str(files.truth), str(files.predictions))
    command = ("-m", "evaluator", "score", str(compiled), str(files.predictions), "--json")
    times = rounds(
        {
            "naive": lambda: process("bench/naive.py", *paths),
            "ours": lambda: process(*command),
            "worker": lambda: process(WORKER, "score", str(compiled), str(files.predictions)),
        },
        count,
    )
    table.add("a fresh worker, file to score and report", f"{median(times['worker']):.2f} s")
    table.add(
        f"- naive with its JSON truth ({median(times['naive']):.1f} s)",
        f"{ratio(times, 'naive', 'worker'):.1f} times longer",
        "30 or more",
    )
    table.add("a fresh command line, which checks digests", f"{median(times['ours']):.2f} s")
    table.add("- naive", f"{ratio(times, 'naive', 'ours'):.1f} times longer")
    opened = process(WORKER, "open", str(compiled))
    peak = process(WORKER, "score", str(compiled), str(files.predictions))["peak"]
    table.add("opening a compiled truth", f"{opened['milliseconds']:.1f} ms", "under 10 ms")
    table.add("- private memory that it adds", f"{opened['private']:.2f} MiB", "under 5 MB")
    table.add("peak memory of a worker that scores", f"{peak:.0f} MiB", "under 150 MB")


def measure_growth(table: Table, folder: Path, whole: float, count: int) -> None:
    for share in (whole * part for part in SHARES):
        place = folder / f"share-{share}"
        place.mkdir()
        measure_share(table, contest.write(place, share=share), place / "t", share, count)


def measure_share(
    table: Table, files: contest.Files, compiled: Path, share: float, count: int
) -> None:
    took = seconds(lambda: TASK.compile_truth(files.truth, compiled))
    truth = TASK.open_truth(compiled)

    def report() -> object:
        return TASK.evaluate(truth, TASK.read_submission(files.predictions, truth), SETTINGS)

    times = median(rounds({"report": report}, count)["report"])
    table.add(
        f"{files.clips:,} clips ({share:g} of the whole): compiled, file to report",
        f"{took:.2f} s, {times:.3f} s",
        f"{times / files.clips * 1e6:.2f} µs a clip",
    )


def measure_matching(table: Table, count: int) -> None:
    given = box_matching.drawn(MATCHED)
    works: dict[str, Any] = {"ours": given.ours, "naive": given.naive}
    for name in box_matching.PEERS:
        try:
            works[name] = box_matching.peer(name, given)
        except ImportError:
            table.add(f"{name} is NOT INSTALLED and was not measured", "pip install " + name)
    times = rounds(works, count)
    hits = given.ours()
    assert hits == given.naive()
    table.add(f"matching {MATCHED:,} pairs of boxes", f"{median(times['ours']) * 1000:.2f} ms")
    for name in works:
        if name != "ours":
            if name != "naive":
                recall = float(works[name]().eval["recall"].ravel()[0])
                assert round(recall * MATCHED) == hits, name
            found = f"{ratio(times, name, 'ours'):,.0f} times longer"
            table.add(f"- {name} ({median(times[name]) * 1000:,.0f} ms)", found)


def page(table: Table, files: contest.Files, command: str, count: int) -> str:
    """The report as docs/performance.md."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "msgspec"))
    peers = [f"{name} {installed(name)}" for name in box_matching.PEERS]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    made = (
        f"Made by `{command}` on {time.strftime('%Y-%m-%d')}: {machine}, {versions}; "
        f"{', '.join(peers)}. Times are medians of {count} rounds; ratios are medians of "
        "the ratios within a round."
    )
    size = (
        f"The contest: {files.clips:,} clips, {files.items:,} items, {files.scenes:,} images and "
        f"frames, {files.boxes:,} boxes, 3 pairs a clip; the truth's JSON has "
        f"{files.truth.stat().st_size / 1e6:.0f} MB. The naive peer (`bench/naive.py`, "
        "dictionaries and loops, checking nothing) gave identical counts and scores before "
        "anything was timed."
    )
    lines = [
        "# How fast the evaluator is",
        "",
        made,
        "",
        size,
        "",
        "| what | measured | target |",
        "|---|---|---|",
        *(f"| {what} | {found} | {target} |" for what, found, target in table.rows),
        "",
        "## Against COCO evaluators",
        "",
        (box_matching.__doc__ or "").split("\n", 2)[2].strip(),
        "",
    ]
    return "\n".join(lines)


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--process-rounds", type=int, default=5)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--write", type=Path, help="also write the page, docs/performance.md")
    options = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as name:
        folder = Path(name)
        measure_matching(table, options.rounds)
        files = contest.write(folder, share=options.share)
        took = seconds(lambda: TASK.compile_truth(files.truth, folder / "truth"))
        table.add("compiling the truth", f"{took:.1f} s")
        measure_processes(table, files, folder / "truth", options.process_rounds)
        truth = TASK.open_truth(folder / "truth")
        measure_reading(table, files, truth, options.rounds)
        plain = json.loads(files.truth.read_bytes())
        check_counts(files, truth, plain)
        measure_scoring(table, files, truth, plain, options.rounds)
        del plain
        gc.collect()
        measure_growth(table, folder, options.share, options.rounds)
        if options.write:
            command = f"python bench/scoring.py --write {options.write}"
            options.write.write_text(page(table, files, command, options.rounds))


if __name__ == "__main__":
    main()
