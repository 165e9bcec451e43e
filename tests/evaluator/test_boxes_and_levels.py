"""The arithmetic: overlaps are plain ratios of areas, and empty denominators give zero."""

import numpy as np
import pytest

from evaluator import boxes
from evaluator.levels import LevelResult, score


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0, 0, 10, 10], [0, 0, 10, 10], 1.0),
        ([0, 0, 10, 10], [0, 0, 10, 5], 0.5),
        ([0, 0, 10, 10], [5, 5, 15, 15], 25 / 175),
        ([0, 0, 10, 10], [10, 0, 20, 10], 0.0),
        ([0, 0, 10, 10], [50, 50, 60, 60], 0.0),
    ],
)
def test_iou_is_the_plain_ratio_of_areas(first, second, expected):
    one, other = np.array([first], dtype=float), np.array([second], dtype=float)
    assert boxes.iou(one, other).tolist() == [expected]
    assert boxes.iou(other, one).tolist() == [expected]


def test_no_boxes_have_no_overlaps():
    assert boxes.iou(np.empty((0, 4)), np.empty((0, 4))).shape == (0,)


def test_a_level_counts_and_divides():
    level = LevelResult.of("clip", correct=3, predicted=4, expected=6)
    assert (level.tp, level.fp, level.fn) == (3, 1, 3)
    assert (level.precision, level.recall) == (0.75, 0.5)
    assert level.f1 == 2 * 0.75 * 0.5 / 1.25


def test_an_empty_denominator_gives_zero():
    nothing = LevelResult.of("clip", correct=0, predicted=0, expected=0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 0.0, 0.0)
    assert LevelResult.of("clip", correct=0, predicted=5, expected=0).f1 == 0.0


def test_the_score_is_the_weighted_sum_of_f1():
    levels = [
        LevelResult.of(name, correct=correct, predicted=10, expected=10)
        for name, correct in (("clip", 10), ("frame", 5), ("box", 0))
    ]
    assert score(levels, {"clip": 0.2, "frame": 0.6, "box": 0.2}) == 0.2 * 1.0 + 0.6 * 0.5
