"""A submission's columns against a truth's gallery: which items and images are known.

What is not in the gallery is no fault: it is counted in the warnings and scores as wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from evaluator import columns, files
from evaluator.errors import InvalidFile, InvalidSubmission, quoted
from evaluator.files import Limits
from evaluator.tasks.base import Validation
from evaluator.tasks.clips.parsing import Parsed, parse
from evaluator.tasks.clips.prediction import Notes
from evaluator.tasks.clips.truth import ClipsTruth

NO_ITEM = "predictions name an item that is not in the gallery and score as wrong"
NO_IMAGE = "pairs name an image that the item's gallery does not have and score as wrong"
NO_PAIRS = "predictions have no pair, so that their frame and boxes can't be right"

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClipsSubmission:
    """Predictions as columns, in the file's order.

    (n,): `clip` and `item` are rows of the truth's tables (-1: no such item), `frame` a number;
    `pair_start` is (n + 1,). (pairs,): `pair_image` is a row of the truth's images, of the item
    that was named (-1: none). `item_box` and `frame_box` are (pairs, 4) float64 pixels.
    """

    truth_digest: str
    clip: Index
    item: Index
    frame: Index
    pair_start: Index
    pair_image: Index
    item_box: NDArray[np.float64]
    frame_box: NDArray[np.float64]
    warnings: tuple[str, ...]

    @property
    def predictions(self) -> int:
        """How many predictions the file holds."""
        return len(self.clip)


def read(source: Path | BinaryIO, truth: ClipsTruth, limits: Limits) -> ClipsSubmission:
    """Read and check a file against a truth; InvalidSubmission names every problem."""
    notes = Notes()
    parsed = parse(_bytes(source, limits), truth.clip_id, notes)
    item = columns.lookup(truth.item_id, parsed.item)
    pair_item = np.repeat(item, parsed.pair_count)
    name = columns.lookup(truth.image_name, parsed.image)
    pair_image = columns.find(
        truth.image_key, truth.image_keys(pair_item, name), (pair_item >= 0) & (name >= 0)
    )
    pair_start = columns.starts(parsed.pair_count)
    _note_unknown(parsed, item, pair_item, pair_image, pair_start, truth, notes)
    return ClipsSubmission(
        truth_digest=truth.digest,
        clip=parsed.clip,
        item=item,
        frame=parsed.frame,
        pair_start=pair_start,
        pair_image=pair_image,
        item_box=parsed.pair_box[:, :4],
        frame_box=parsed.pair_box[:, 4:],
        warnings=notes.sentences(),
    )


def validate(source: Path | BinaryIO, clips: Sequence[str], limits: Limits) -> Validation:
    """Check a file by the clips' ids alone; InvalidSubmission names every problem."""
    notes = Notes()
    parsed = parse(_bytes(source, limits), columns.ranked(clips)[0], notes)
    return Validation(len(parsed.clip), notes.sentences())


def _bytes(source: Path | BinaryIO, limits: Limits) -> bytes:
    try:
        return files.read(source, limits)
    except InvalidFile as error:
        raise InvalidSubmission(error.problems, error.total) from error


def _note_unknown(
    parsed: Parsed,
    item: Index,
    pair_item: Index,
    pair_image: Index,
    pair_start: Index,
    truth: ClipsTruth,
    notes: Notes,
) -> None:
    """Count what is not in the gallery, and predictions without pairs."""

    def clip_of(prediction: int) -> str:
        return quoted(truth.clip_id[parsed.clip[prediction]].decode())

    strange = np.flatnonzero(item < 0)
    if len(strange):
        first = int(strange[0])
        place = f'{clip_of(first)}.item_id, "{quoted(parsed.item[first])}"'
        notes.add(NO_ITEM, place, len(strange))
    strange = np.flatnonzero((pair_item >= 0) & (pair_image < 0))
    if len(strange):
        first = int(strange[0])
        owner = int(np.searchsorted(pair_start, first, side="right")) - 1
        place = f"{clip_of(owner)}.result[{first - int(pair_start[owner])}].img_name"
        notes.add(NO_IMAGE, f'{place}, "{quoted(parsed.image[first])}"', len(strange))
    strange = np.flatnonzero(parsed.pair_count == 0)
    if len(strange):
        notes.add(NO_PAIRS, f"{clip_of(int(strange[0]))}.result", len(strange))
