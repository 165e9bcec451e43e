"""What an evaluation says: per split a score, its levels, and why points were lost.

The same shape for every task. How it came about is for the tasks, what to show for the caller;
turning it into a data frame or a notebook's table is in `presentation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator import presentation
from evaluator.bootstrap import Interval
from evaluator.levels import LevelResult

FULL = "full"

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Validation:
    """What can be said of a submission without its truth."""

    predictions: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitResult:
    """One split, scored as if no other existed.

    `outcomes` counts each outcome; `slices` does so by kind ("label"...) and value. `intervals`
    are 95 % bootstrap intervals of the score and of each level's F1. `extras` are figures that are
    reported beside the score (None where there is nothing to measure).
    """

    score: float
    levels: tuple[LevelResult, ...]
    outcomes: Mapping[str, int]
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    slices: Counts = field(default_factory=dict)
    extras: Mapping[str, float | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values."""
        return {
            "score": self.score,
            "levels": {level.name: level.as_dict() for level in self.levels},
            "outcomes": dict(self.outcomes),
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "slices": {
                kind: {value: dict(counts) for value, counts in values.items()}
                for kind, values in self.slices.items()
            },
            "extras": dict(self.extras),
        }


@dataclass(frozen=True, slots=True)
class Targets:
    """What has one outcome each: the truth's clips, or its segments; (n,) columns in its order.

    `columns` has "unit" (ids as bytes), "item" (ids as bytes, empty for none), "split" (0 is A,
    1 is B) and, for segments, "start" and "end" in frame numbers.
    """

    columns: Mapping[str, NDArray[np.generic]]

    def ids(self) -> list[str]:
        """Return a name for each target: a clip's id, or `stream[start:end]`."""
        units = [unit.decode() for unit in self.columns["unit"].tolist()]
        if "start" not in self.columns:
            return units
        spans = zip(self.columns["start"].tolist(), self.columns["end"].tolist(), strict=True)
        return [f"{unit}[{start}:{end}]" for unit, (start, end) in zip(units, spans, strict=True)]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A submission's result under one truth and one set of settings.

    `unit_outcomes` is (targets,) uint8: for each clip or segment, in the truth's order, the number
    of its outcome in `outcome_names`. `unit_tallies` is (units, 2 + levels): how much each clip or
    stream adds to predictions made, products there are, and what is correct at each level. Both are
    the organizer's, and not in `as_dict`, unless the settings say `feedback: full`.
    """

    task: str
    truth_digest: str
    settings: Mapping[str, object]
    predictions: int
    warnings: tuple[str, ...]
    splits: Mapping[str, SplitResult]
    outcome_names: tuple[str, ...]
    targets: Targets = field(repr=False, compare=False)
    unit_split: NDArray[np.uint8] = field(repr=False, compare=False)
    unit_outcomes: NDArray[np.uint8] = field(repr=False, compare=False)
    unit_tallies: NDArray[np.int64] = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values: counts, and single outcomes where feedback is full."""
        found: dict[str, object] = {
            "task": self.task,
            "truth": self.truth_digest,
            "settings": dict(self.settings),
            "predictions": self.predictions,
            "warnings": list(self.warnings),
            "splits": {name: split.as_dict() for name, split in self.splits.items()},
        }
        if self.settings.get("feedback") == FULL:
            found["units"] = self.outcomes_by_id()
        return found

    def outcomes_by_id(self) -> dict[str, str]:
        """Return each clip's or segment's outcome, by its id (`stream[start:end]` for segments)."""
        names = [self.outcome_names[number] for number in self.unit_outcomes.tolist()]
        return dict(zip(self.targets.ids(), names, strict=True))

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame, one row a clip or segment; ImportError without pandas."""
        return presentation.data_frame(self)

    def _repr_html_(self) -> str:
        """Show the splits as tables in a notebook."""
        return presentation.html(self)
