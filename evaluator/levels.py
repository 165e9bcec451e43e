"""Counts, precision, recall and F1 of one level, and the weighted score of all of them.

What makes a prediction correct at a level is for the tasks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level's counts, and its precision, recall and F1, each between 0 and 1."""

    name: str
    tp: int
    fp: int
    fn: int
    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, name: str, *, correct: int, predicted: int, expected: int) -> "LevelResult":
        """Make a level of `correct` among `predicted` predictions, where `expected` exist."""
        precision = correct / predicted if predicted else 0.0
        recall = correct / expected if expected else 0.0
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        return cls(name, correct, predicted - correct, expected - correct, precision, recall, f1)

    def as_dict(self) -> dict[str, int | float]:
        """Return the counts and ratios, without the name."""
        return {
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


def score(levels: Iterable[LevelResult], weights: Mapping[str, float]) -> float:
    """Return the weighted sum of the levels' F1, added in the levels' order, in float64."""
    total = 0.0
    for level in levels:
        total += weights[level.name] * level.f1
    return total
