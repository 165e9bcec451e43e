"""The commands, and their exit codes.

0 good; 2 the file is refused, its problems on standard error (or in --json); 1 any other error (a
wrong option, a missing or unusable truth, a file that can't be opened).
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from evaluator import api, demo, files, strict_json, tasks
from evaluator.cli import output, progress
from evaluator.cli.output import UsageProblem
from evaluator.errors import InvalidFile, InvalidSettings, InvalidSubmission, InvalidTruth
from evaluator.evaluation import Evaluation
from evaluator.files import Limits

REFUSED, FAILED = 2, 1
HELP = """Score prediction files as the site does.

Exit codes: 0 good, 2 the file is refused, 1 any other error.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


class Form(StrEnum):
    """Formats of `explain`."""

    CSV = "csv"
    PARQUET = "parquet"


TruthArgument = Annotated[
    Path,
    typer.Argument(
        metavar="TRUTH",
        help="Truth: JSON (plain, .gz, .zip), the contest's folder or zip, or a compiled folder.",
    ),
]
RESULT_HELP = "Predictions: .json, .gz or .zip; - is standard input."
ResultArgument = Annotated[str, typer.Argument(metavar="RESULT", help=RESULT_HELP)]
TaskOption = Annotated[
    str | None,
    typer.Option(
        "--task", help=f"Kind of contest: {', '.join(tasks.names())}; else told by the truth."
    ),
]
OptionsOption = Annotated[
    str,
    typer.Option(
        "--options",
        help='Phase options as a JSON object, e.g. \'{"tau": 0.6, "frame_rule": "any"}\'.',
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
SeedOption = Annotated[
    str | None, typer.Option("--split-seed", help="Seed of the public and private split.")
]
ShareOption = Annotated[
    float, typer.Option("--private-share", help="Share of split B, from 0 to 1.")
]


@app.command()
def score(
    truth: TruthArgument,
    result: ResultArgument,
    options: OptionsOption = "{}",
    task: TaskOption = None,
    slices: Annotated[
        bool, typer.Option("--slices", help="Also by label, viewpoint and display.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Score RESULT against TRUTH: the levels of each split, and why points were lost."""
    (evaluation,) = _evaluations(truth, [result], options, task)
    if as_json:
        output.print_json({"ok": True, **evaluation.as_dict()})
    else:
        output.print_evaluation(evaluation, slices=slices)


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
    task: TaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check RESULT by every rule of the format; the site would refuse what this refuses.

    With --ids alone, what depends on the truth (a segment outside its stream) is not checked.
    """
    if (truth is None) == (ids is None):
        raise UsageProblem("give one of --truth and --ids")
    if ids is not None:
        found: Any = tasks.get(_known(task) or "clips").validate(_source(result), _read_ids(ids))
    elif truth is not None:
        found = api.load_submission(_source(result), api.load_truth(truth, task=_known(task)))
    predictions, warnings = found.predictions, found.warnings
    if as_json:
        output.print_json({"ok": True, "predictions": predictions, "warnings": list(warnings)})
    else:
        output.print_lines(f"good: {predictions:,} predictions")
        output.print_warnings(warnings)


@app.command(name="compile")
def compile_(
    truth: TruthArgument,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    task: TaskOption = None,
    split_seed: SeedOption = None,
    private_share: ShareOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Check TRUTH and write it as arrays to FOLDER, which opens in milliseconds."""
    if not truth.exists():
        raise FileNotFoundError(2, "no such file or folder", str(truth))
    with progress.steps(1) as steps:
        steps.begin("compiling the truth")
        manifest = tasks.get(_known(task) or api.task_of(truth)).compile_truth(
            truth, folder, split_seed=split_seed, private_share=private_share
        )
    if as_json:
        output.print_json({"ok": True, **manifest.as_dict()})
        return
    counts = [f"{name} {n:,}" for name, n in manifest.counts.items() if isinstance(n, int)]
    output.print_lines(f"{manifest.task} {manifest.digest}", ", ".join(counts))
    output.print_warnings(manifest.warnings)


@app.command()
def compare(
    truth: TruthArgument,
    a: Annotated[str, typer.Argument(metavar="A", help=RESULT_HELP)],
    b: Annotated[str, typer.Argument(metavar="B", help=RESULT_HELP)],
    options: OptionsOption = "{}",
    task: TaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare results A and B on TRUTH: clips won and lost, and whether it could be chance."""
    found = api.compare(*_evaluations(truth, [a, b], options, task))
    if as_json:
        splits = {name: split.as_dict() for name, split in found.items()}
        output.print_json({"ok": True, "splits": splits})
    else:
        output.print_comparison(found)


@app.command()
def explain(
    truth: TruthArgument,
    result: ResultArgument,
    out: Annotated[Path | None, typer.Option("--out", help="File; else standard output.")] = None,
    form: Annotated[Form, typer.Option("--format", help="Parquet needs pyarrow.")] = Form.CSV,
    options: OptionsOption = "{}",
    task: TaskOption = None,
) -> None:
    """Write the outcome of every clip or segment of TRUTH."""
    (evaluation,) = _evaluations(truth, [result], options, task)
    output.write_outcomes(evaluation, out, form)


@app.command()
def make_demo(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    task: Annotated[str, typer.Option("--task", help="clips or streams.")] = "clips",
    size: Annotated[int, typer.Option("--size", help="Clips, or streams of 40.", min=1)] = 200,
    missing_share: Annotated[
        float, typer.Option("--missing-share", help="Share of clips without a product.")
    ] = 0.0,
    private_share: ShareOption = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another contest.")] = 0,
) -> None:
    """Write a made-up contest to FOLDER: truth.json and predictions.json."""
    _known(task)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(17, "is not empty; name a new folder", str(folder))
    shares: dict[str, Any] = {"missing_share": missing_share, "private_share": private_share}
    made: tuple[Any, Any]
    if task == "streams":
        streams = demo.make_streams_truth(streams=size, seed=seed, **shares)
        made = streams, demo.make_streams_predictions(streams, seed=seed)
    else:
        clips = demo.make_truth(clips=size, seed=seed, **shares)
        made = clips, demo.make_predictions(clips, seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in zip(("truth.json", "predictions.json"), made, strict=True):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        output.print_lines(str(folder / name))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        return int(app(given, prog_name="podium-evaluate", standalone_mode=False) or 0)
    except InvalidSubmission as error:
        output.refuse(error, "refused", as_json=as_json)
        return REFUSED
    except InvalidTruth as error:
        output.refuse(error, "the truth can't be used", as_json=as_json)
    except (typer.TyperException, typer.Abort) as error:
        if hasattr(error, "show"):
            error.show()
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us went away: nothing to say
    except (InvalidSettings, UsageProblem, InvalidFile, OSError) as error:
        output.fail(error, as_json=as_json)
    return FAILED


def _evaluations(
    truth: Path, results: list[str], options: str, task: str | None
) -> list[Evaluation]:
    """Judge results against a truth."""
    wanted = _json_object(options, "--options")
    if results.count("-") > 1:
        raise UsageProblem("only one result can come from standard input")
    with progress.steps(1 + len(results)) as steps:
        steps.begin("opening the truth")
        name = _known(task)
        if name is not None:
            tasks.get(name).settings(wanted)  # refused before anything is read
        opened = api.load_truth(truth, task=name)
        found = []
        for result in results:
            steps.begin("judging" if result == "-" else f"judging {Path(result).name}")
            submission = api.load_submission(_source(result), opened)
            found.append(api.evaluate(opened, submission, **wanted))
    return found


def _known(task: str | None) -> str | None:
    if task is not None and task not in tasks.names():
        raise UsageProblem(f"--task: no task {task!r}; there are: {', '.join(tasks.names())}")
    return task


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
    if isinstance(found, dict):
        parts = (found.get(tasks.get(name).units) for name in tasks.names())
        found = next((list(part) for part in parts if isinstance(part, dict)), None)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UsageProblem("--ids: must hold ids one a line, a JSON list of strings, or a truth")
    return found
