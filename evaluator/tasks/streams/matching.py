"""Which predicted segment matches which true one, and which wrong one explains a loss."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.products.submission import ProductSubmission
from evaluator.tasks.streams import intervals
from evaluator.tasks.streams.truth import StreamsTruth

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Predictions and true segments one to one: rows and temporal IoU, (n,) each."""

    prediction: Index
    segment: Index
    overlap: NDArray[np.float64]


def matches(truth: StreamsTruth, submission: ProductSubmission, theta: float) -> Pairs:
    """Match predictions to true segments of the same stream and item that they overlap enough.

    A true segment takes its best-overlapping prediction, the earlier in the file on a tie.
    """
    items = max(1, len(truth.item_id))
    segments = np.flatnonzero(truth.segment_item >= 0)
    predictions = np.flatnonzero(submission.item >= 0)
    pairs = _overlapping(
        truth,
        submission,
        segments,
        truth.segment_stream[segments] * items + truth.segment_item[segments],
        predictions,
        submission.unit[predictions] * items + submission.item[predictions],
    )
    return _best_of_each(pairs, pairs.overlap > theta)


def confusions(
    truth: StreamsTruth,
    submission: ProductSubmission,
    theta: float,
    segments: Index,
    predictions: Index,
) -> Pairs:
    """Pair segments and predictions, whatever their items are, that overlap by more than theta.

    Each prediction goes to the segment that it overlaps best, each segment takes the best of these.
    """
    parts = []
    for rows in intervals.each_layer(truth.segment_layer[segments]):
        layer = segments[rows]
        group, at = truth.segment_stream[layer], submission.unit[predictions]
        parts.append(_overlapping(truth, submission, layer, group, predictions, at))
    pairs = Pairs(
        np.concatenate([part.prediction for part in parts]),
        np.concatenate([part.segment for part in parts]),
        np.concatenate([part.overlap for part in parts]),
    )
    enough = np.flatnonzero(pairs.overlap > theta)
    order = enough[
        np.lexsort((pairs.segment[enough], -pairs.overlap[enough], pairs.prediction[enough]))
    ]
    _, first = np.unique(pairs.prediction[order], return_index=True)
    kept = np.zeros(len(pairs.overlap), dtype=np.bool_)
    kept[order[first]] = True
    return _best_of_each(pairs, kept)


def _overlapping(
    truth: StreamsTruth,
    submission: ProductSubmission,
    segments: Index,
    group: Index,
    predictions: Index,
    at_group: Index,
) -> Pairs:
    """Pair each prediction with the segment of its group that holds its middle."""
    span = truth.segment_span[segments]
    middle = submission.span[predictions].sum(axis=1)
    row = intervals.holding(group, span, at_group, middle)
    predictions, row = predictions[row >= 0], row[row >= 0]
    overlap = intervals.iou(submission.span[predictions], span[row])
    return Pairs(predictions, segments[row], overlap)


def _best_of_each(pairs: Pairs, possible: NDArray[np.bool_]) -> Pairs:
    """Keep the best possible prediction of each segment, the earlier in the file on a tie."""
    rows = np.flatnonzero(possible)
    order = rows[np.lexsort((pairs.prediction[rows], -pairs.overlap[rows], pairs.segment[rows]))]
    _, first = np.unique(pairs.segment[order], return_index=True)
    best = order[first]
    return Pairs(pairs.prediction[best], pairs.segment[best], pairs.overlap[best])
