"""The command line: score a file against a truth, or check a file before sending it.

Exit codes: 0 good; 2 the file is refused, its problems on standard error (or in --json); 1 any
other error (a wrong option, a missing or unusable truth, a file that can't be opened).
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.table import Table

from evaluator import compiled, files, strict_json, tasks
from evaluator.errors import InvalidFile, InvalidSettings, InvalidSubmission, InvalidTruth
from evaluator.evaluation import Evaluation
from evaluator.files import Limits
from evaluator.tasks import AnyTask

REFUSED, FAILED = 2, 1
HELP = """Score prediction files as the site does.

Exit codes: 0 good, 2 the file is refused, 1 any other error.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

TruthArgument = Annotated[
    Path,
    typer.Argument(
        metavar="TRUTH",
        help="Truth: JSON (plain, .gz, .zip), the contest's folder or zip, or a compiled folder.",
    ),
]
ResultArgument = Annotated[
    str, typer.Argument(metavar="RESULT", help="Predictions: .json, .gz or .zip; - is stdin.")
]
TaskOption = Annotated[
    str, typer.Option("--task", help=f"Kind of contest: {', '.join(tasks.names())}.")
]
OptionsOption = Annotated[
    str,
    typer.Option(
        "--options",
        help='Phase options as a JSON object, e.g. \'{"tau": 0.6, "frame_rule": "any"}\'.',
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class UsageProblem(Exception):  # noqa: N818 -- not an error of the program
    """A wish that can't be met; its text is for the person who typed it."""


@app.command()
def score(
    truth: TruthArgument,
    result: ResultArgument,
    options: OptionsOption = "{}",
    task: TaskOption = "clips",
    as_json: JsonOption = False,
) -> None:
    """Score RESULT against TRUTH and print the levels of each split."""
    kind = _task(task)
    settings = kind.settings(_json_object(options, "--options"))
    with _opened(kind, truth) as opened:
        submission = kind.read_submission(_source(result), opened)
        evaluation = kind.evaluate(opened, submission, settings)
    if as_json:
        _print_json({"ok": True, **evaluation.as_dict()})
    else:
        _print_evaluation(evaluation, kind)


@app.command()
def validate(
    result: ResultArgument,
    truth: Annotated[
        Path | None, typer.Option("--truth", help="Check against this truth (as for score).")
    ] = None,
    ids: Annotated[
        Path | None,
        typer.Option(
            "--ids", help="Check against ids only: one a line, a JSON list, or a truth's JSON."
        ),
    ] = None,
    task: TaskOption = "clips",
    as_json: JsonOption = False,
) -> None:
    """Check RESULT by every rule of the format; the site would refuse what this refuses."""
    kind = _task(task)
    if (truth is None) == (ids is None):
        raise UsageProblem("give one of --truth and --ids")
    if ids is not None:
        found = kind.validate(_source(result), _read_ids(ids))
        predictions, warnings = found.predictions, found.warnings
    elif truth is not None:
        with _opened(kind, truth) as opened:
            submission = kind.read_submission(_source(result), opened)
        predictions, warnings = submission.predictions, submission.warnings
    if as_json:
        _print_json({"ok": True, "predictions": predictions, "warnings": list(warnings)})
        return
    console = Console(highlight=False)
    console.print(f"good: {predictions:,} predictions", markup=False)
    _print_warnings(console, warnings)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return int(app(given, prog_name="podium-evaluate", standalone_mode=False) or 0)
    except InvalidSubmission as error:
        return _refuse(error, "refused", REFUSED, given)
    except InvalidTruth as error:
        return _refuse(error, "the truth can't be used", FAILED, given)
    except (typer.TyperException, typer.Abort) as error:
        if hasattr(error, "show"):
            error.show()
        return FAILED
    except (InvalidSettings, UsageProblem, InvalidFile, OSError) as error:
        return _fail(error, given)


def _task(name: str) -> AnyTask:
    try:
        return tasks.get(name)
    except KeyError as error:
        raise UsageProblem(f"--task: {error.args[0]}") from None


@contextmanager
def _opened(kind: AnyTask, truth: Path) -> Iterator[Any]:
    """Open a truth, compiling it first where it is not compiled."""
    if not truth.exists():
        raise FileNotFoundError(2, "no such file or folder", str(truth))
    if compiled.is_compiled(truth):
        yield kind.open_truth(truth, verify=True)
        return
    with tempfile.TemporaryDirectory(prefix="podium-truth-") as folder:
        kind.compile_truth(truth, Path(folder) / "truth")
        yield kind.open_truth(Path(folder) / "truth")


def _source(result: str) -> Path | BinaryIO:
    return sys.stdin.buffer if result == "-" else Path(result)


def _json_object(text: str, where: str) -> dict[str, object]:
    try:
        found = strict_json.loads(text.encode("utf-8", "replace"))
    except strict_json.NotJsonError as error:
        raise UsageProblem(f"{where}: {error}") from None
    if not isinstance(found, dict):
        raise UsageProblem(f"{where}: must be a JSON object")
    return found


def _read_ids(path: Path) -> list[str]:
    """Return the ids in a file: one a line, a JSON list, or the members of a truth's first part."""
    data = files.read(path, Limits())
    try:
        data = strict_json.utf8(data)
        if data.lstrip()[:1] not in {b"[", b"{"}:
            return [line.strip() for line in data.decode("utf-8").splitlines() if line.strip()]
        found = strict_json.loads(data)
    except strict_json.NotJsonError as error:
        raise UsageProblem(f"--ids: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("clips"), dict):
        found = list(found["clips"])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UsageProblem("--ids: must hold ids one a line, a JSON list of strings, or a truth")
    return found


def _print_json(found: object) -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def _print_evaluation(evaluation: Evaluation, kind: AnyTask) -> None:
    console = Console(highlight=False)
    for name, split in evaluation.splits.items():
        table = Table(title=f"split {name}: {split.score:.6f}", title_justify="left")
        table.add_column("level")
        for column in ("TP", "FP", "FN", "P", "R", "F1"):
            table.add_column(column, justify="right")
        for level in split.levels:
            counts = (f"{count:,}" for count in (level.tp, level.fp, level.fn))
            ratios = (f"{ratio:.6f}" for ratio in (level.precision, level.recall, level.f1))
            table.add_row(level.name, *counts, *ratios)
        console.print(table)
        parts = [f"{name} {split.outcomes[name]:,}" for name in kind.outcomes]
        console.print(", ".join(parts), markup=False)
    _print_warnings(console, evaluation.warnings)


def _print_warnings(console: Console, warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        console.print(f"warning: {warning}", markup=False, soft_wrap=True)


def _refuse(error: InvalidFile, headline: str, code: int, given: list[str]) -> int:
    if "--json" in given:
        problems = [{"path": one.path, "message": one.message} for one in error.problems]
        _print_json({"ok": False, "total": error.total, "problems": problems})
    else:
        count = "1 problem" if error.total == 1 else f"{error.total:,} problems"
        sys.stderr.write(f"{headline}: {count}\n{error}\n")
    return code


def _fail(error: Exception, given: list[str]) -> int:
    message = str(error)
    if isinstance(error, InvalidSettings):
        message = f"--options: {message}"
    elif isinstance(error, OSError):
        message = f"{error.filename or 'file'}: {error.strerror or error}"
    if "--json" in given:
        _print_json({"ok": False, "total": 1, "problems": [{"path": "", "message": message}]})
    else:
        sys.stderr.write(f"error: {message}\n")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
