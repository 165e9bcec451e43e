"""Whether predictions of the right product show it in the right frame, in the right boxes.

Who named the right product is for the tasks; these rules are the same in all of them.

The unit of the box level is each ANNOTATED BOX of an instance above 0 in the frame. It is placed
when some pair's item_box overlaps any of that instance's boxes in the pair's gallery image, and the
same pair's frame_box overlaps that annotated box. `box_rule` "all" wants every such box placed,
"any" at least one. EVALUATION.md's sentence that any box of an instance will do holds for gallery
images: where a frame shows an instance in several boxes, each of them counts. `expected.json`
was made so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator import boxes, columns
from evaluator.products.settings import ProductSettings
from evaluator.products.submission import ProductSubmission
from evaluator.products.truth import ProductTruth

Flags = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Slots:
    """One row for each instance that each prediction should name and place.

    `predictions` are those whose frame shows an instance; `owner` is a slot's prediction by its
    number among them, `piece` the row of the truth's (frame, instance) table, `first` each
    prediction's first slot.
    """

    predictions: Index
    owner: Index
    piece: Index
    first: Index


def frames_and_boxes(
    truth: ProductTruth, submission: ProductSubmission, right: Index, settings: ProductSettings
) -> tuple[Index, Index]:
    """Return which of the right predictions are right in the frame, and in its boxes too.

    `right` are rows of predictions that named the right product; so are both results.
    """
    slots = _slots(truth, submission, right)
    if not len(slots.owner):
        return slots.predictions, slots.predictions
    named, slot, pair = _tried(truth, submission, slots, settings.tau)
    frame_right = _per_prediction(named, slots.first, settings.frame_rule)
    placed, first = _placed(truth, submission, slots, slot, pair, settings)
    box_right = frame_right & _per_prediction(placed, first, settings.box_rule)
    return slots.predictions[frame_right], slots.predictions[box_right]


def _slots(truth: ProductTruth, submission: ProductSubmission, right: Index) -> _Slots:
    """Find the frames that right predictions point at, and the instances these show."""
    keys = truth.frame_keys(submission.unit[right], submission.frame[right])
    frames = columns.find(truth.frame_key, keys)
    predictions, frames = right[frames >= 0], frames[frames >= 0]
    first_piece = truth.frame_piece_start[frames]
    counts = truth.frame_piece_start[frames + 1] - first_piece
    shown = counts > 0
    owner, piece = columns.expand(first_piece[shown], counts[shown])
    return _Slots(predictions[shown], owner, piece, columns.starts(counts[shown])[:-1])


def _tried(
    truth: ProductTruth, submission: ProductSubmission, slots: _Slots, tau: float
) -> tuple[Flags, Index, Index]:
    """Try each pair of a prediction on each of its slots.

    Returns which slots are named, and slot and pair of each trial whose item box fits.
    """
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
    fits = _fits_image(truth, submission, pair, showing, tau)
    return named, slot[fits], pair[fits]


def _fits_image(
    truth: ProductTruth, submission: ProductSubmission, pair: Index, showing: Index, tau: float
) -> Flags:
    """Whether each pair's item box overlaps any box of its instance in its gallery image: (n,)."""
    first = truth.showing_box_start[showing]
    owner, box = columns.expand(first, truth.showing_box_start[showing + 1] - first)
    good = boxes.overlapping(submission.item_box, pair[owner], truth.image_box, box, tau)
    found = np.zeros(len(showing), dtype=np.bool_)
    found[owner[good]] = True
    return found


def _placed(
    truth: ProductTruth,
    submission: ProductSubmission,
    slots: _Slots,
    slot: Index,
    pair: Index,
    settings: ProductSettings,
) -> tuple[Flags, Index]:
    """Whether each annotated box of each slot is placed; and each prediction's first one.

    `slot` and `pair` list the trials whose item box fits.
    """
    first_box = truth.piece_box_start[slots.piece]
    counts = truth.piece_box_start[slots.piece + 1] - first_box
    first = columns.starts(counts)
    owner, box = columns.expand(first_box[slot], counts[slot])
    at = first[slot[owner]] + box - first_box[slot[owner]]
    if settings.box_sides == "both":
        given = pair[owner]
        at = at[boxes.overlapping(submission.frame_box, given, truth.frame_box, box, settings.tau)]
    placed = np.zeros(first[-1], dtype=np.bool_)
    placed[at] = True
    return placed, first[slots.first]


def _per_prediction(flags: Flags, first: Index, rule: str) -> Flags:
    """Reduce the flags of each prediction, which begin at `first`, by its rule, all or any."""
    operation = np.logical_and if rule == "all" else np.logical_or
    found: Flags = operation.reduceat(flags, first)
    return found
