"""Bootstrap intervals: how far a score may be chance, by drawing the units again and again.

A resample draws as many units as there are, with replacement. Units that count the same are alike,
so a resample is one multinomial draw of how often each kind of unit comes; its tallies are a matrix
product. The same units always give the same interval: the generator is numpy's frozen RandomState.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
CONFIDENCE = 0.95
SEED = 231_772
CELLS = 1 << 20  # of a drawn matrix held at once

Tallies = NDArray[np.int64]
Scores = NDArray[np.float64]
Interval = tuple[float, float]


def resampled(tallies: Tallies, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Draw the units again: (kinds, k) tallies of kinds of units, `times` (kinds,) how many each.

    Returns (RESAMPLES, k): the sum of the tallies of each resample.
    """
    units = int(times.sum())
    chance = times / max(1, units)
    random = np.random.RandomState(SEED)
    step = max(1, CELLS // max(1, len(times)))
    return np.concatenate(
        [
            random.multinomial(units, chance, min(step, RESAMPLES - done)).astype(np.float64)
            @ tallies.astype(np.float64)
            for done in range(0, RESAMPLES, step)
        ]
    )


def kinds(tallies: Tallies) -> tuple[Tallies, NDArray[np.int64]]:
    """Put units that count the same together: their tallies, and how many there are of each."""
    found, times = np.unique(tallies, axis=0, return_counts=True)
    return found, times


def f1s(tallies: NDArray[np.float64]) -> Scores:
    """Return each level's F1 by tallies (n, 2 + levels) of predicted, expected, correct...

    (n, levels); 2 TP / (N + G), which is 2 P R / (P + R).
    """
    both = tallies[:, :1] + tallies[:, 1:2]
    return np.divide(
        2.0 * tallies[:, 2:],
        both,
        out=np.zeros((len(tallies), tallies.shape[1] - 2)),
        where=both > 0,
    )


def scores(level_f1s: Scores, names: Sequence[str], weights: Mapping[str, float]) -> Scores:
    """Weight (n, levels) F1s into (n,) scores, added in the levels' order."""
    total = np.zeros(len(level_f1s))
    for column, name in enumerate(names):
        total += weights[name] * level_f1s[:, column]
    return total


def interval(values: Scores) -> Interval:
    """Return the percentile interval of resampled values (n,)."""
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail]).tolist()
    return low, high


def intervals(
    tallies: Tallies,
    times: NDArray[np.int64],
    names: Sequence[str],
    weights: Mapping[str, float],
) -> dict[str, Interval]:
    """Return the intervals of the score and of each level's F1, under "score" and the names."""
    level_f1s = f1s(resampled(tallies, times))
    found = {"score": interval(scores(level_f1s, names, weights))}
    for column, name in enumerate(names):
        found[name] = interval(level_f1s[:, column])
    return found
