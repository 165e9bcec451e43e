"""What compiled truths of products share: the arrays of units, gallery and frames.

Tables, each sorted, rows of one owning ranges of the next:
units -> frames -> pieces (an instance above 0 in a frame) -> frame boxes;
items -> images -> showings (an instance above 0 in an image) -> image boxes.
Garments of instance 0 are counted in the manifest and not kept. Checking and filling them is in
`layout` and in the tasks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator import columns, compiled
from evaluator.compiled import TruthManifest
from evaluator.errors import InvalidTruth
from evaluator.products import slices
from evaluator.products.gathering import FRAME_BITS
from evaluator.products.prediction import image_name

SCHEMA = {
    "unit_id": ("S", 1),
    "unit_split": ("u1", 1),
    "item_id": ("S", 1),
    "image_name": ("S", 1),
    "image_key": ("i8", 1),
    "instance_id": ("i8", 1),
    "frame_key": ("i8", 1),
    "frame_piece_start": ("i4", 1),
    "piece_instance": ("i4", 1),
    "piece_box_start": ("i4", 1),
    "frame_box": ("i2 f8", 2),
    "showing_key": ("i8", 1),
    "showing_box_start": ("i4", 1),
    "image_box": ("i2 f8", 2),
    **slices.SCHEMA,
}

Ids = NDArray[np.bytes_]
Index = NDArray[np.int64]
Rows = NDArray[np.int32]
Pixels = NDArray[np.int16] | NDArray[np.float64]
TruthT = TypeVar("TruthT", bound="ProductTruth")


@dataclass(frozen=True, slots=True, eq=False)
class ProductTruth:
    """A truth's memory-mapped arrays; names are as in SCHEMA.

    `unit_id`, `item_id`, `image_name` (all image names, each once): sorted bytes. `unit_split`: 0
    is A, 1 is B. `image_key`: item row * names + name row. `instance_id`: the gallery's ids above
    0. `frame_key`: unit row << 32 | frame number. `piece_instance`: row of `instance_id`, -1 for
    what no image shows. `showing_key`: image row * instances + instance row. Boxes are (n, 4)
    pixels, int16 where all are whole and small, else float64. Slices are as in `slices`.
    """

    manifest: TruthManifest
    unit_id: Ids
    unit_split: NDArray[np.uint8]
    item_id: Ids
    image_name: Ids
    image_key: Index
    instance_id: Index
    frame_key: Index
    frame_piece_start: Rows
    piece_instance: Rows
    piece_box_start: Rows
    frame_box: Pixels
    showing_key: Index
    showing_box_start: Rows
    image_box: Pixels
    slice_name: Ids
    slice_start: Index
    slice_target: NDArray[np.int32]

    @property
    def digest(self) -> str:
        """The content's digest, as in the manifest."""
        return self.manifest.digest

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have units: ("A",) or ("A", "B")."""
        return self.manifest.splits

    def frame_keys(self, unit: Index, frame: Index) -> Index:
        """Return the keys of frames, to find in `frame_key`: (n,)."""
        return (unit << FRAME_BITS) | frame

    def showing_keys(self, image: Index, instance: Rows) -> Index:
        """Return the keys of instances in images, to find in `showing_key`: (n,).

        Image or instance -1 gives -1, which is never found.
        """
        keys: Index = image * len(self.instance_id) + instance
        return np.where((image >= 0) & (instance >= 0), keys, -1)

    def items(self, wanted: list[str]) -> Index:
        """Return the rows of items by their ids, -1 where there is none."""
        return columns.lookup(self.item_id, wanted)

    def images(self, item: Index, wanted: list[str]) -> Index:
        """Return the rows of images by item row and name, -1 where there is none.

        Names may end in `.jpg`. They are looked up once each: most galleries have few.
        """
        distinct = list(set(wanted))
        found = columns.lookup(self.image_name, [image_name(one) for one in distinct])
        rows = dict(zip(distinct, found.tolist(), strict=True))
        name = np.array([rows[one] for one in wanted], dtype=np.int64)
        keys = item * len(self.image_name) + name
        return columns.find(self.image_key, keys, (item >= 0) & (name >= 0))


def open_truth(
    kind: type[TruthT],
    folder: Path,
    task: str,
    version: int,
    schema: Mapping[str, tuple[str, int]],
    *,
    verify: bool,
) -> TruthT:
    """Open a compiled truth; InvalidTruth if it is damaged or not one of this task and version."""
    manifest = compiled.read_manifest(folder)
    if manifest.task != task or manifest.version != version:
        raise InvalidTruth.because(
            f"this truth is of task {manifest.task!r}, format {manifest.version}; needed is "
            f"{task!r}, format {version}: compile the truth again"
        )
    arrays: dict[str, Any] = dict(
        compiled.open_arrays(folder, manifest, schema, verify=verify).items()
    )
    return kind(manifest=manifest, **arrays)
