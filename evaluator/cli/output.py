"""What the command line prints: tables for people, JSON for programs, refusals for both."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator import presentation
from evaluator.comparison import SplitComparison
from evaluator.errors import InvalidFile, InvalidSettings
from evaluator.evaluation import Evaluation, SplitResult


class UsageProblem(Exception):  # noqa: N818 -- not an error of the program
    """A wish that can't be met; its text is for the person who typed it."""


def print_json(found: object) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def print_lines(*lines: str) -> None:
    """Print plain lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def print_warnings(warnings: Iterable[str]) -> None:
    """Print what is odd but not refused."""
    print_lines(*(f"warning: {warning}" for warning in warnings))


def print_evaluation(evaluation: Evaluation, *, slices: bool) -> None:
    """Print each split's score, levels and outcomes as tables."""
    console = Console(highlight=False)
    for name, split in evaluation.splits.items():
        low, high = split.intervals["score"]
        console.print(_levels(f"split {name}: {split.score:.6f}", split))
        parts = [f"{outcome} {count:,}" for outcome, count in split.outcomes.items()]
        print_lines(f"95 % of resamples: {low:.6f} to {high:.6f}", ", ".join(parts))
        for extra, value in split.extras.items():
            print_lines(f"{extra}: {'none' if value is None else f'{value:.6f}'}")
        if slices:
            _print_slices(console, split, evaluation.outcome_names)
    print_warnings(evaluation.warnings)


def print_comparison(found: Mapping[str, SplitComparison]) -> None:
    """Print the second submission's lead over the first, split by split."""
    console = Console(highlight=False)
    for name, split in found.items():
        low, high = split.interval
        title = f"split {name}: {split.scores[0]:.6f} to {split.scores[1]:.6f}"
        table = Table(title=title, title_justify="left")
        table.add_column("level")
        for column in ("F1 of A", "F1 of B", "B - A", "won", "lost", "McNemar p"):
            table.add_column(column, justify="right")
        for level in split.levels:
            one, other = level.f1
            ratios = (f"{one:.6f}", f"{other:.6f}", f"{other - one:+.6f}")
            counts = (f"{level.won:,}", f"{level.lost:,}", f"{level.p_value:.3g}")
            table.add_row(level.name, *ratios, *counts)
        console.print(table)
        print_lines(
            f"B - A: {split.difference:+.6f}, 95 % of paired resamples: {low:+.6f} to {high:+.6f}"
        )


def write_outcomes(evaluation: Evaluation, out: Path | None, form: str) -> None:
    """Write one row for each clip or segment as CSV or Parquet; CSV to standard output if no file.

    Raises UsageProblem where Parquet can't be written.
    """
    if form == "parquet":
        _write_parquet(evaluation, out)
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(presentation.columns(evaluation))
    writer.writerows(presentation.rows(evaluation))
    if out is None:
        sys.stdout.write(text.getvalue())
    else:
        out.write_text(text.getvalue(), encoding="utf-8", newline="")


def refuse(error: InvalidFile, headline: str, *, as_json: bool) -> None:
    """Say what is wrong with a file."""
    if as_json:
        problems = [{"path": one.path, "message": one.message} for one in error.problems]
        print_json({"ok": False, "total": error.total, "problems": problems})
    else:
        count = "1 problem" if error.total == 1 else f"{error.total:,} problems"
        sys.stderr.write(f"{headline}: {count}\n{error}\n")


def fail(error: Exception, *, as_json: bool) -> None:
    """Say what else went wrong."""
    message = str(error)
    if isinstance(error, InvalidSettings):
        message = f"--options: {message}"
    elif isinstance(error, OSError) and error.strerror:
        message = f"{error.filename or 'file'}: {error.strerror}"
    if as_json:
        print_json({"ok": False, "total": 1, "problems": [{"path": "", "message": message}]})
    else:
        sys.stderr.write(f"error: {message}\n")


def _levels(title: str, split: SplitResult) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("level")
    for column in ("TP", "FP", "FN", "P", "R", "F1", "F1 low", "F1 high"):
        table.add_column(column, justify="right")
    for level in split.levels:
        counts = (f"{count:,}" for count in (level.tp, level.fp, level.fn))
        ratios = (level.precision, level.recall, level.f1, *split.intervals[level.name])
        table.add_row(level.name, *counts, *(f"{ratio:.6f}" for ratio in ratios))
    return table


def _print_slices(console: Console, split: SplitResult, outcomes: tuple[str, ...]) -> None:
    for kind, values in split.slices.items():
        table = Table(title=f"by {kind}", title_justify="left")
        table.add_column(kind)
        for outcome in outcomes:
            table.add_column(outcome, justify="right")
        for value, counts in values.items():
            table.add_row(Text(value), *(f"{counts[outcome]:,}" for outcome in outcomes))
        console.print(table)


def _write_parquet(evaluation: Evaluation, out: Path | None) -> None:
    if out is None:
        raise UsageProblem("--format parquet needs --out FILE")
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise UsageProblem(
            "--format parquet needs pyarrow: pip install pyarrow, or take --format csv"
        ) from None
    parquet.write_table(arrow.table(presentation.columns(evaluation)), out)
