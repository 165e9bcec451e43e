"""The outcomes that tasks about products have, and what their numbers add up to.

Counts of outcomes say everything about a split: its levels follow from them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluator.levels import LevelResult
from evaluator.products.settings import LEVELS

OUTCOMES = (
    "correct",
    "box_missed",
    "frame_missed",
    "wrong_item",
    "false_alarm",
    "not_found",
    "rightly_silent",
)
CORRECT, BOX_MISSED, FRAME_MISSED, WRONG_ITEM, FALSE_ALARM, NOT_FOUND, RIGHTLY_SILENT = range(7)
CORRECT_AT = {
    "clip": (CORRECT, BOX_MISSED, FRAME_MISSED),
    "frame": (CORRECT, BOX_MISSED),
    "box": (CORRECT,),
}
PREDICTED = (CORRECT, BOX_MISSED, FRAME_MISSED, WRONG_ITEM, FALSE_ALARM)
EXPECTED = (CORRECT, BOX_MISSED, FRAME_MISSED, WRONG_ITEM, NOT_FOUND)

# (outcomes, 2 + levels): how each outcome adds to predictions made, to products there are, and to
# what is correct at each level.
TALLIES: NDArray[np.int64] = np.array(
    [
        [outcome in made for made in (PREDICTED, EXPECTED, *(CORRECT_AT[name] for name in LEVELS))]
        for outcome in range(len(OUTCOMES))
    ],
    dtype=np.int64,
)


def levels_of(tally: Sequence[int]) -> tuple[LevelResult, ...]:
    """Turn a sum of rows of TALLIES into the levels."""
    predicted, expected, *correct = tally
    return tuple(
        LevelResult.of(name, correct=right, predicted=predicted, expected=expected)
        for name, right in zip(LEVELS, correct, strict=True)
    )
