"""The judging rules of the clips task, on columns: one outcome for each clip of the truth."""

import numpy as np
from numpy.typing import NDArray

from evaluator import bootstrap, levels, splits
from evaluator.evaluation import SplitResult
from evaluator.products import slices
from evaluator.products.judging import frames_and_boxes
from evaluator.products.outcomes import (
    BOX_MISSED,
    CORRECT,
    FALSE_ALARM,
    FRAME_MISSED,
    NOT_FOUND,
    OUTCOMES,
    RIGHTLY_SILENT,
    TALLIES,
    WRONG_ITEM,
    levels_of,
)
from evaluator.products.settings import LEVELS, ProductSettings
from evaluator.products.submission import ProductSubmission
from evaluator.tasks.clips.truth import ClipsTruth

Outcomes = NDArray[np.uint8]


def judge(truth: ClipsTruth, submission: ProductSubmission, settings: ProductSettings) -> Outcomes:
    """Return the number of each clip's outcome: (clips,)."""
    outcomes = np.where(truth.clip_item >= 0, NOT_FOUND, RIGHTLY_SILENT).astype(np.uint8)
    expected = truth.clip_item[submission.unit]
    right = np.flatnonzero((expected >= 0) & (submission.item == expected))
    frame_right, box_right = frames_and_boxes(truth, submission, right, settings)
    outcomes[submission.unit] = np.where(expected < 0, FALSE_ALARM, WRONG_ITEM)
    outcomes[submission.unit[right]] = FRAME_MISSED
    outcomes[submission.unit[frame_right]] = BOX_MISSED
    outcomes[submission.unit[box_right]] = CORRECT
    return outcomes


def split_results(
    truth: ClipsTruth, outcomes: Outcomes, settings: ProductSettings
) -> dict[str, SplitResult]:
    """Count the outcomes of each split that the truth has."""
    return {
        name: _split_result(truth, outcomes, truth.unit_split == number, settings)
        for number, name in enumerate(splits.NAMES)
        if name in truth.splits
    }


def _split_result(
    truth: ClipsTruth,
    outcomes: Outcomes,
    included: NDArray[np.bool_],
    settings: ProductSettings,
) -> SplitResult:
    counts = np.bincount(outcomes[included], minlength=len(OUTCOMES))
    results = levels_of((counts @ TALLIES).tolist())
    return SplitResult(
        score=levels.score(results, settings.weights),
        levels=results,
        outcomes=dict(zip(OUTCOMES, counts.tolist(), strict=True)),
        intervals=bootstrap.intervals(TALLIES, counts, LEVELS, settings.weights),
        slices=slices.count(
            truth.slice_name,
            truth.slice_start,
            truth.slice_target,
            outcomes,
            included,
            OUTCOMES,
        ),
    )
