"""Two submissions against one truth: who won which clip, and whether chance could explain it.

McNemar's exact test asks, of the targets (clips, segments) that only one of the two has right at a
level, whether both have as many. The bootstrap draws the units (clips, streams) again, the same for
both submissions.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluator import bootstrap, splits
from evaluator.bootstrap import Interval
from evaluator.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class LevelComparison:
    """One level: the F1s, the targets that only one has right, and McNemar's exact p-value.

    `won` counts targets that the second submission alone has right, `lost` those that the first
    alone has.
    """

    name: str
    f1: tuple[float, float]
    won: int
    lost: int
    p_value: float

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values."""
        first, second = self.f1
        return {
            "f1": list(self.f1),
            "difference": second - first,
            "won": self.won,
            "lost": self.lost,
            "p_value": self.p_value,
        }


@dataclass(frozen=True, slots=True)
class SplitComparison:
    """One split: the scores, the second's lead with its 95 % interval, and the levels."""

    scores: tuple[float, float]
    difference: float
    interval: Interval
    levels: tuple[LevelComparison, ...]

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON-able values."""
        return {
            "scores": list(self.scores),
            "difference": self.difference,
            "interval": list(self.interval),
            "levels": {level.name: level.as_dict() for level in self.levels},
        }


def compare(
    first: Evaluation, second: Evaluation, correct_at: Mapping[str, tuple[int, ...]]
) -> dict[str, SplitComparison]:
    """Compare two evaluations; `correct_at` is the task's: the outcomes that are right at a level.

    ValueError if they are not of the same truth and settings.
    """
    if first.truth_digest != second.truth_digest or first.settings != second.settings:
        raise ValueError("only results of the same truth and settings can be compared")
    return {name: _split(first, second, correct_at, name) for name in first.splits}


def mcnemar(won: int, lost: int) -> float:
    """Return the two-sided p-value of McNemar's exact test: a fair coin thrown won + lost times."""
    throws, fewer = won + lost, min(won, lost)
    logs = np.array(
        [
            math.lgamma(throws + 1) - math.lgamma(heads + 1) - math.lgamma(throws - heads + 1)
            for heads in range(fewer + 1)
        ]
    )
    return min(1.0, 2.0 * float(np.exp(logs - throws * math.log(2.0)).sum()))


def _split(
    first: Evaluation,
    second: Evaluation,
    correct_at: Mapping[str, tuple[int, ...]],
    name: str,
) -> SplitComparison:
    number = splits.NAMES.index(name)
    inside = first.targets.columns["split"] == number
    levels = []
    for one, other in zip(first.splits[name].levels, second.splits[name].levels, strict=True):
        right = [
            np.isin(found.unit_outcomes[inside], correct_at[one.name]) for found in (first, second)
        ]
        won, lost = int((right[1] & ~right[0]).sum()), int((right[0] & ~right[1]).sum())
        levels.append(LevelComparison(one.name, (one.f1, other.f1), won, lost, mcnemar(won, lost)))
    scores = first.splits[name].score, second.splits[name].score
    return SplitComparison(
        scores=scores,
        difference=scores[1] - scores[0],
        interval=_difference_interval(first, second, number),
        levels=tuple(levels),
    )


def _difference_interval(first: Evaluation, second: Evaluation, number: int) -> Interval:
    """Return the interval of the second's lead over the first, in units drawn for both."""
    inside = first.unit_split == number
    both = np.hstack([first.unit_tallies[inside], second.unit_tallies[inside]])
    drawn = bootstrap.resampled(*bootstrap.kinds(both))
    width = first.unit_tallies.shape[1]
    weights: Any = first.settings["weights"]
    names = list(weights)
    one, other = (
        bootstrap.scores(bootstrap.f1s(part), names, weights)
        for part in (drawn[:, :width], drawn[:, width:])
    )
    return bootstrap.interval(other - one)
