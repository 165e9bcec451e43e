"""The judging rules of the streams task: one outcome for each true segment, and figures of time.

A segment with a product is `correct`, `box_missed` or `frame_missed` where a prediction matches it;
else `wrong_item` where a wrong prediction overlaps it enough, else `not_found`. A missing product's
segment is a `false_alarm` where a prediction overlaps it enough, else `rightly_silent`. Counted as
`false_alarm` are all wrong predictions but one for each `wrong_item`, wherever they are.
"""

from dataclasses import dataclass

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
from evaluator.tasks.streams import matching
from evaluator.tasks.streams.matching import Pairs
from evaluator.tasks.streams.truth import StreamsTruth

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """(segments,) outcomes, (streams, 2 + levels) tallies as in TALLIES, and the matches."""

    outcomes: NDArray[np.uint8]
    tallies: Index
    matched: Pairs


def judge(
    truth: StreamsTruth, submission: ProductSubmission, settings: ProductSettings
) -> Judgement:
    """Match and judge all predictions."""
    theta = settings.theta if settings.theta is not None else 1.0
    matched = matching.matches(truth, submission, theta)
    outcomes = np.where(truth.segment_item >= 0, NOT_FOUND, RIGHTLY_SILENT).astype(np.uint8)
    segment_of = np.full(submission.predictions, -1, dtype=np.int64)
    segment_of[matched.prediction] = matched.segment
    wrong = np.flatnonzero(segment_of < 0)
    lost = np.flatnonzero(np.isin(np.arange(len(outcomes)), matched.segment, invert=True))
    confused = matching.confusions(truth, submission, theta, lost, wrong)
    known = truth.segment_item[confused.segment] >= 0
    outcomes[confused.segment] = np.where(known, WRONG_ITEM, FALSE_ALARM)
    span = truth.segment_span[matched.segment]
    frame = submission.frame[matched.prediction]
    inside = (span[:, 0] <= frame) & (frame < span[:, 1])
    frame_right, box_right = frames_and_boxes(
        truth, submission, matched.prediction[inside], settings
    )
    outcomes[matched.segment] = FRAME_MISSED
    outcomes[segment_of[frame_right]] = BOX_MISSED
    outcomes[segment_of[box_right]] = CORRECT
    return Judgement(outcomes, _tallies(truth, submission, outcomes), matched)


def _tallies(
    truth: StreamsTruth, submission: ProductSubmission, outcomes: NDArray[np.uint8]
) -> Index:
    """Add up what each stream's predictions and segments count."""
    tallies = np.zeros((len(truth.unit_id), TALLIES.shape[1]), dtype=np.int64)
    np.add.at(tallies, truth.segment_stream, TALLIES[outcomes])
    tallies[:, 0] = np.bincount(submission.unit, minlength=len(tallies))
    return tallies


def split_results(
    truth: StreamsTruth,
    submission: ProductSubmission,
    judged: Judgement,
    settings: ProductSettings,
) -> dict[str, SplitResult]:
    """Count each split that the truth has."""
    return {
        name: _split_result(truth, submission, judged, truth.unit_split == number, settings)
        for number, name in enumerate(splits.NAMES)
        if name in truth.splits
    }


def _split_result(
    truth: StreamsTruth,
    submission: ProductSubmission,
    judged: Judgement,
    streams: NDArray[np.bool_],
    settings: ProductSettings,
) -> SplitResult:
    included = streams[truth.segment_stream]
    tallies = judged.tallies[streams]
    total = tallies.sum(axis=0).tolist()
    results = levels_of(total)
    counts = np.bincount(judged.outcomes[included], minlength=len(OUTCOMES))
    counts[FALSE_ALARM] = total[0] - int(results[0].tp) - int(counts[WRONG_ITEM])
    return SplitResult(
        score=levels.score(results, settings.weights),
        levels=results,
        outcomes=dict(zip(OUTCOMES, counts.tolist(), strict=True)),
        intervals=bootstrap.intervals(*bootstrap.kinds(tallies), LEVELS, settings.weights),
        slices=slices.count(
            truth.slice_name,
            truth.slice_start,
            truth.slice_target,
            judged.outcomes,
            included,
            OUTCOMES,
        ),
        extras=_extras(truth, submission, judged.matched, included),
    )


def _extras(
    truth: StreamsTruth,
    submission: ProductSubmission,
    matched: Pairs,
    included: NDArray[np.bool_],
) -> dict[str, float | None]:
    """Figures of time, of the matches in the included segments (segments,).

    `mean_temporal_iou`; `time_covered`, the share of the true segments' seconds that their matches
    cover; `mean_delay_seconds`, from a true segment's start to its match's, early counting as 0.
    None where there is nothing to measure.
    """
    kept = included[matched.segment]
    segment, prediction = matched.segment[kept], matched.prediction[kept]
    true, given = truth.segment_span[segment], submission.span[prediction]
    both = np.minimum(true[:, 1], given[:, 1]) - np.maximum(true[:, 0], given[:, 0])
    fps = truth.stream_fps[truth.segment_stream]
    lengths = (truth.segment_span[:, 1] - truth.segment_span[:, 0]) / fps
    whole = float(lengths[included & (truth.segment_item >= 0)].sum())
    delay = np.maximum(given[:, 0] - true[:, 0], 0) / fps[segment]
    some = len(segment) > 0
    return {
        "mean_temporal_iou": float(matched.overlap[kept].mean()) if some else None,
        "time_covered": float((both / fps[segment]).sum()) / whole if whole else None,
        "mean_delay_seconds": float(delay.mean()) if some else None,
    }
