"""The compiled truth of the clips task: products' arrays, and each clip's item."""

from dataclasses import dataclass
from pathlib import Path

from evaluator.products import truth
from evaluator.products.truth import Index, ProductTruth
from evaluator.tasks.clips.settings import TASK

VERSION = 3
SCHEMA = {**truth.SCHEMA, "clip_item": ("i8", 1)}


@dataclass(frozen=True, slots=True, eq=False)
class ClipsTruth(ProductTruth):
    """A truth's memory-mapped arrays; units are clips.

    `clip_item`: row of each clip's item, -1 for a missing product.
    """

    clip_item: Index


def open_truth(folder: Path, *, verify: bool) -> ClipsTruth:
    """Open a compiled truth; InvalidTruth if it is damaged or not one of this task and version."""
    return truth.open_truth(ClipsTruth, folder, TASK, VERSION, SCHEMA, verify=verify)
