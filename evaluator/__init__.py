"""Podium's scoring engine: compile a truth, read a submission, judge it. No Django, no network.

from evaluator import tasks
task = tasks.get("clips")
task.compile_truth(Path("truth.json"), Path("truth"))
truth = task.open_truth(Path("truth"))
submission = task.read_submission(Path("result.json"), truth)
print(task.evaluate(truth, submission, task.settings({})).as_dict())
"""

from evaluator.compiled import TruthManifest
from evaluator.errors import (
    InvalidFile,
    InvalidSettings,
    InvalidSubmission,
    InvalidTruth,
    Problem,
)
from evaluator.evaluation import Evaluation, SplitResult
from evaluator.files import Limits
from evaluator.levels import LevelResult

__all__ = [
    "Evaluation",
    "InvalidFile",
    "InvalidSettings",
    "InvalidSubmission",
    "InvalidTruth",
    "LevelResult",
    "Limits",
    "Problem",
    "SplitResult",
    "TruthManifest",
]
