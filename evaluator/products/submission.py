"""A submission's columns, read against a truth; and a file checked by the ids of units alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from evaluator import columns, files
from evaluator.errors import InvalidFile, InvalidSubmission, Notes
from evaluator.evaluation import Validation
from evaluator.files import Limits
from evaluator.products.parsing import PredictionT, Shape, parse
from evaluator.products.truth import ProductTruth

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ProductSubmission:
    """Predictions as columns, in the file's order.

    (n,): `unit` and `item` are rows of the truth's tables (-1: no such item), `frame` a number.
    `span` is (n, 2), start and end in frame numbers, or (n, 0) in a task without segments.
    `pair_start` is (n + 1,). (pairs,): `pair_image` is a row of the truth's images, of the item
    that was named (-1: none). `item_box` and `frame_box` are (pairs, 4) float64 pixels.
    """

    truth_digest: str
    unit: Index
    item: Index
    frame: Index
    span: Index
    pair_start: Index
    pair_image: Index
    item_box: NDArray[np.float64]
    frame_box: NDArray[np.float64]
    warnings: tuple[str, ...]

    @property
    def predictions(self) -> int:
        """How many predictions the file holds."""
        return len(self.unit)


class AnyGallery:
    """Knows no item and finds them all, where there is no truth to look into."""

    def items(self, wanted: list[str]) -> Index:
        """Return a row for each item."""
        return np.zeros(len(wanted), dtype=np.int64)

    def images(self, item: Index, wanted: list[str]) -> Index:
        """Return a row for each image."""
        del item
        return np.zeros(len(wanted), dtype=np.int64)


def read(
    source: Path | BinaryIO, truth: ProductTruth, shape: Shape[PredictionT], limits: Limits
) -> ProductSubmission:
    """Read and check a file against a truth; InvalidSubmission names every problem."""
    notes = Notes()
    found = parse(_bytes(source, limits), truth.unit_id, shape, truth, notes).joined()
    return ProductSubmission(
        truth_digest=truth.digest,
        unit=found.unit,
        item=found.item,
        frame=found.frame,
        span=found.span,
        pair_start=columns.starts(found.pair_count),
        pair_image=found.pair_image,
        item_box=found.pair_box[:, :4],
        frame_box=found.pair_box[:, 4:],
        warnings=notes.sentences(),
    )


def validate(
    source: Path | BinaryIO, units: columns.Ids, shape: Shape[PredictionT], limits: Limits
) -> Validation:
    """Check a file by the units' ids alone; InvalidSubmission names every problem."""
    notes = Notes()
    found = parse(_bytes(source, limits), units, shape, AnyGallery(), notes)
    return Validation(found.predictions, notes.sentences())


def _bytes(source: Path | BinaryIO, limits: Limits) -> bytes:
    try:
        return files.read(source, limits)
    except InvalidFile as error:
        raise InvalidSubmission(error.problems, error.total) from error
