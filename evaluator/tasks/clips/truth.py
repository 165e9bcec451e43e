"""The compiled truth of the clips task: which arrays there are, and how they are opened.

Tables, each sorted, rows of one owning ranges of the next:
clips -> frames -> pieces (an instance above 0 in a frame) -> frame boxes;
items -> images -> showings (an instance above 0 in an image) -> image boxes.
Garments of instance 0 are counted in the manifest and not kept. Checking and filling them is in
`compiling`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator import compiled
from evaluator.compiled import TruthManifest
from evaluator.errors import InvalidTruth
from evaluator.tasks.clips.settings import TASK

VERSION = 1
FRAME_BITS = 32

SCHEMA = {
    "clip_id": ("S", 1),
    "clip_item": ("i8", 1),
    "clip_split": ("u1", 1),
    "item_id": ("S", 1),
    "image_name": ("S", 1),
    "image_key": ("i8", 1),
    "instance_id": ("i8", 1),
    "frame_key": ("i8", 1),
    "frame_piece_start": ("i8", 1),
    "piece_instance": ("i8", 1),
    "piece_box_start": ("i8", 1),
    "frame_box": ("f8", 2),
    "frame_box_label": ("i4", 1),
    "frame_box_viewpoint": ("i4", 1),
    "frame_box_display": ("i4", 1),
    "label_name": ("S", 1),
    "showing_key": ("i8", 1),
    "showing_box_start": ("i8", 1),
    "image_box": ("f8", 2),
}

Ids = NDArray[np.bytes_]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClipsTruth:
    """A truth's memory-mapped arrays; names are as in SCHEMA.

    `clip_id`, `item_id`, `image_name` (all image names, each once), `label_name`: sorted bytes.
    `clip_item`: row of the item, -1 for a missing product. `clip_split`: 0 is A, 1 is B.
    `image_key`: item row * names + name row. `instance_id`: the gallery's ids above 0.
    `frame_key`: clip row << 32 | frame number. `piece_instance`: row of `instance_id`, -1 for a
    missing product's. `showing_key`: image row * instances + instance row.
    Boxes are (n, 4) float64 pixels; labels are rows of `label_name`; -1 where nothing was given.
    """

    manifest: TruthManifest
    clip_id: Ids
    clip_item: Index
    clip_split: NDArray[np.uint8]
    item_id: Ids
    image_name: Ids
    image_key: Index
    instance_id: Index
    frame_key: Index
    frame_piece_start: Index
    piece_instance: Index
    piece_box_start: Index
    frame_box: NDArray[np.float64]
    frame_box_label: NDArray[np.int32]
    frame_box_viewpoint: NDArray[np.int32]
    frame_box_display: NDArray[np.int32]
    label_name: Ids
    showing_key: Index
    showing_box_start: Index
    image_box: NDArray[np.float64]

    @property
    def digest(self) -> str:
        """The content's digest, as in the manifest."""
        return self.manifest.digest

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have clips: ("A",) or ("A", "B")."""
        return self.manifest.splits

    def frame_keys(self, clip: Index, frame: Index) -> Index:
        """Return the keys of frames, to find in `frame_key`: (n,)."""
        return (clip << FRAME_BITS) | frame

    def image_keys(self, item: Index, name: Index) -> Index:
        """Return the keys of images, to find in `image_key`: (n,)."""
        return item * len(self.image_name) + name

    def showing_keys(self, image: Index, instance: Index) -> Index:
        """Return the keys of instances in images, to find in `showing_key`: (n,).

        Image -1 gives keys below 0, which are never found.
        """
        return image * len(self.instance_id) + instance


def open_truth(folder: Path, *, verify: bool) -> ClipsTruth:
    """Open a compiled truth; InvalidTruth if it is damaged or not one of this task and version."""
    manifest = compiled.read_manifest(folder)
    if manifest.task != TASK or manifest.version != VERSION:
        raise InvalidTruth.because(
            f"this truth is of task {manifest.task!r}, format {manifest.version}; needed is "
            f"{TASK!r}, format {VERSION}: compile the truth again"
        )
    arrays: dict[str, Any] = dict(
        compiled.open_arrays(folder, manifest, SCHEMA, verify=verify).items()
    )
    return ClipsTruth(manifest=manifest, **arrays)
