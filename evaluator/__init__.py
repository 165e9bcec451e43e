"""Podium's scoring engine: compile a truth, read a submission, judge it. No Django, no network.

The few names for everyday use, documented in `api`:

    truth = evaluator.load_truth("truth.json")
    submission = evaluator.load_submission("result.json", truth)
    result = evaluator.evaluate(truth, submission)

`evaluator.tasks` is the registry of kinds of contests, for a platform; `python -m evaluator` is the
command line.
"""

from evaluator.api import compare, evaluate, load_submission, load_truth
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
    "compare",
    "evaluate",
    "load_submission",
    "load_truth",
]
