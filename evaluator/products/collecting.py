"""Predictions as columns, collected chunk by chunk, items and images as rows of a gallery.

What is not in the gallery is no fault: it is noted, and scores as wrong. What a chunk's JSON looked
like is for `parsing`.
"""

import struct
from collections.abc import Callable
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator import boxes
from evaluator.errors import Notes, quoted
from evaluator.products.prediction import (
    MOST_PAIRS,
    Pair,
    Prediction,
    frame_number,
    image_name,
)

NO_ITEM = "predictions name an item that is not in the gallery and score as wrong"
NO_IMAGE = "pairs name an image that the item's gallery does not have and score as wrong"
NO_PAIRS = "predictions have no pair, so that their frame and boxes can't be right"

PredictionT = TypeVar("PredictionT", bound=Prediction)
Index = NDArray[np.int64]
Path = Callable[[int], str]


class Lookup(Protocol):
    """Finds items and images by their names; -1 where there is none."""

    def items(self, wanted: list[str]) -> Index:
        """Return the rows of items."""

    def images(self, item: Index, wanted: list[str]) -> Index:
        """Return the rows of images, with or without `.jpg`, each of the item in that row."""


class Chunk(NamedTuple):
    """Columns of some predictions; `Collected.chunks` joins them."""

    unit: Index
    item: Index
    frame: Index
    span: Index
    pair_count: Index
    pair_image: Index
    pair_box: NDArray[np.float64]


class Collected(Generic[PredictionT]):
    """Collects the predictions that passed."""

    def __init__(
        self,
        spans: Callable[[Index, list[PredictionT]], Index | None],
        lookup: Lookup,
        notes: Notes,
    ) -> None:
        self.chunks: list[Chunk] = []
        self.predictions = 0
        self._spans = spans
        self._lookup = lookup
        self._notes = notes

    def add(self, unit: Index, found: list[PredictionT], path: Path) -> bool:
        """Append a chunk if frames, times, boxes and numbers of pairs are good; else do nothing.

        `path` gives the place of the nth of the predictions, for the notes.
        """
        counts = [len(one.result) for one in found]
        frames = [frame_number(one.frame_index) for one in found]
        pairs = list(chain.from_iterable([one.result for one in found]))
        span = self._spans(unit, found)
        if span is None or max(counts, default=0) > MOST_PAIRS or min(frames, default=0) < 0:
            return False
        flat = chain.from_iterable([side for p in pairs for side in (p.item_box, p.frame_box)])
        # struct takes half the time of np.fromiter.
        box = np.frombuffer(struct.pack(f"{len(pairs) * 8}d", *flat)).reshape(-1, 8)
        if not boxes.all_valid(box.reshape(-1, 4)):
            return False
        item = self._lookup.items([one.item_id for one in found])
        pair_count = np.array(counts, dtype=np.int64)
        pair_item = np.repeat(item, pair_count)
        image = self._lookup.images(pair_item, [one.img_name for one in pairs])
        self._note(found, pairs, item, pair_item, image, pair_count, path)
        frame = np.array(frames, dtype=np.int64)
        self.chunks.append(Chunk(unit, item, frame, span, pair_count, image, box))
        self.predictions += len(found)
        return True

    def joined(self) -> Chunk:
        """Return all chunks as one, and forget them; there must be one."""
        parts = list(zip(*self.chunks, strict=True))
        self.chunks.clear()
        return Chunk(*(np.concatenate(part) for part in parts))

    def _note(
        self,
        found: list[PredictionT],
        pairs: list[Pair],
        item: Index,
        pair_item: Index,
        image: Index,
        pair_count: Index,
        path: Path,
    ) -> None:
        """Count what is not in the gallery, and predictions without pairs."""
        strange = np.flatnonzero(item < 0)
        if len(strange):
            first = int(strange[0])
            place = f'{path(first)}.item_id, "{quoted(found[first].item_id)}"'
            self._notes.add(NO_ITEM, place, len(strange))
        strange = np.flatnonzero((pair_item >= 0) & (image < 0))
        if len(strange):
            first = int(strange[0])
            ends = np.cumsum(pair_count)
            owner = int(np.searchsorted(ends, first, side="right"))
            number = first - int(ends[owner]) + int(pair_count[owner])
            place = f"{path(owner)}.result[{number}].img_name"
            name = quoted(image_name(pairs[first].img_name))
            self._notes.add(NO_IMAGE, f'{place}, "{name}"', len(strange))
        strange = np.flatnonzero(pair_count == 0)
        if len(strange):
            self._notes.add(NO_PAIRS, f"{path(int(strange[0]))}.result", len(strange))
