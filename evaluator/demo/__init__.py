"""A made-up contest in the shape of the real one, from a seed: truth and prediction files.

`clips` makes the preliminary and the semifinal, `streams` lays clips on whole streams.
"""

from evaluator.demo.clips import (
    DISTRACTORS,
    Prediction,
    Truth,
    make_native_zip,
    make_predictions,
    make_truth,
)
from evaluator.demo.streams import (
    StreamsTruth,
    make_streams_predictions,
    make_streams_truth,
)

__all__ = [
    "DISTRACTORS",
    "Prediction",
    "StreamsTruth",
    "Truth",
    "make_native_zip",
    "make_predictions",
    "make_streams_predictions",
    "make_streams_truth",
    "make_truth",
]
