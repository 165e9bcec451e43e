"""The Python API: load a truth, load a submission, evaluate, look at the result.

    import evaluator

    truth = evaluator.load_truth("truth.json")
    submission = evaluator.load_submission("result.json", truth)
    result = evaluator.evaluate(truth, submission, tau=0.6)
    result.splits["A"].score, result.to_pandas()

Source of every rule: EVALUATION.md, "How a submission is scored".
"""

import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from evaluator import comparison, compiled, files, strict_json, tasks
from evaluator.comparison import SplitComparison
from evaluator.errors import InvalidFile
from evaluator.evaluation import Evaluation
from evaluator.files import Limits
from evaluator.products.compiling import LIMITS


def task_of(source: Path) -> str:
    """Return the name of the task that a truth is of: compiled, JSON, or the contest's own layout.

    What can't be told is taken for the first task; compiling it says what is wrong.
    """
    if compiled.is_compiled(source):
        return compiled.read_manifest(source).task
    if source.is_dir():
        return tasks.names()[0]
    try:
        top = strict_json.split(strict_json.utf8(files.read(source, LIMITS)))
    except (InvalidFile, strict_json.NotJsonError):
        top = None
    return next((name for name in tasks.names() if tasks.get(name).units in (top or ())), "clips")


def load_truth(
    source: str | Path,
    *,
    task: str | None = None,
    split_seed: str | None = None,
    private_share: float = 0.0,
) -> Any:
    """Open a truth: a compiled folder, a truth's JSON (plain, .gz, .zip), or the contest's layout.

    What is not compiled is compiled on the fly, with `split_seed` and `private_share` as in
    EVALUATION.md. The result holds sorted numpy columns, memory-mapped and read only (see
    `ClipsTruth` and `StreamsTruth`): ids as bytes, rows as int64, boxes as (n, 4) float64 pixels.

    Raises InvalidTruth naming every problem, InvalidSettings for a share without a seed, KeyError
    for an unknown task, OSError if the source can't be read.
    """
    source = Path(source)
    if not source.exists():
        raise FileNotFoundError(2, "no such file or folder", str(source))
    kind = tasks.get(task or task_of(source))
    if compiled.is_compiled(source):
        return kind.open_truth(source, verify=True)
    with tempfile.TemporaryDirectory(prefix="podium-truth-", ignore_cleanup_errors=True) as folder:
        kind.compile_truth(
            source, Path(folder) / "truth", split_seed=split_seed, private_share=private_share
        )
        return kind.open_truth(Path(folder) / "truth")  # what is mapped stays readable


def load_submission(
    source: str | Path | BinaryIO, truth: Any, *, limits: Limits | None = None
) -> Any:
    """Read and check a prediction file (.json, .gz, .zip, or a binary stream) against a truth.

    The result holds a column for each property of a prediction, in the file's order (see
    `ProductSubmission`); `warnings` says what is odd but not refused.

    Raises InvalidSubmission naming every problem, OSError if the file can't be read.
    """
    path = Path(source) if isinstance(source, str) else source
    return tasks.get(truth.manifest.task).read_submission(path, truth, limits=limits)


def evaluate(truth: Any, submission: Any, /, **options: object) -> Evaluation:
    """Judge a submission; options are the phase's: tau, theta, weights, frame_rule...

    The result has scores and F1s between 0 and 1, unrounded, per split; `unit_outcomes` is
    (clips or segments,) uint8 into `outcome_names`, and `unit_tallies` is (clips or streams, 2 +
    levels) int64: predictions made, products there are, correct at each level.

    Raises InvalidSettings naming every problem, ValueError if the submission was read against
    another truth.
    """
    task = tasks.get(truth.manifest.task)
    return task.evaluate(truth, submission, task.settings(options))


def compare(first: Evaluation, second: Evaluation) -> dict[str, SplitComparison]:
    """Compare two results of the same truth and settings, by split; ValueError if they are not."""
    return comparison.compare(first, second, tasks.get(first.task).correct_at)
