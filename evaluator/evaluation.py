"""What an evaluation says: per split a score, its levels and the count of each outcome.

The same shape for every task. How it came about is for the tasks, what to show for the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evaluator.levels import LevelResult


@dataclass(frozen=True, slots=True)
class SplitResult:
    """One split, scored as if no other existed."""

    score: float
    levels: tuple[LevelResult, ...]
    outcomes: Mapping[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values."""
        return {
            "score": self.score,
            "levels": {level.name: level.as_dict() for level in self.levels},
            "outcomes": dict(self.outcomes),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A submission's result under one truth and one set of settings.

    `unit_outcomes` is (units of the truth,) uint8: for each clip, in the truth's order of ids, the
    number of its outcome in the task's `outcomes`. It is the organizer's, and not in `as_dict`.
    """

    task: str
    truth_digest: str
    settings: Mapping[str, object]
    predictions: int
    warnings: tuple[str, ...]
    splits: Mapping[str, SplitResult]
    unit_outcomes: NDArray[np.uint8] = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values, counts only."""
        return {
            "task": self.task,
            "truth": self.truth_digest,
            "settings": dict(self.settings),
            "predictions": self.predictions,
            "warnings": list(self.warnings),
            "splits": {name: split.as_dict() for name, split in self.splits.items()},
        }
