"""An organizer's truth, checked as a whole and written as arrays: what all tasks do alike.

A truth is gathered, laid out, checked for what does not fit together, and written only if nothing
is wrong. What could be read is checked even where something else could not, so that one refusal
names as much as possible.
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator import compiled, files, splits
from evaluator.compiled import Arrays, TruthManifest
from evaluator.errors import InvalidFile, InvalidTruth, Notes, Problems
from evaluator.files import Limits
from evaluator.products import layout
from evaluator.products.gathering import Gathered
from evaluator.products.layout import Layout

LIMITS = Limits(compressed_bytes=1 << 30, decompressed_bytes=1 << 31)

GatheredT = TypeVar("GatheredT", bound=Gathered)


class Compiler(ABC, Generic[GatheredT]):
    """How one task reads, checks and lays out its truths."""

    task: str
    version: int

    @abstractmethod
    def gather(self, source: Path, problems: Problems, notes: Notes) -> GatheredT:
        """Read a truth; what is wrong with its form is added to `problems`."""

    @abstractmethod
    def check(self, gathered: GatheredT, laid: Layout) -> None:
        """Add to the gathered problems what does not fit together."""

    @abstractmethod
    def arrays(self, gathered: GatheredT, laid: Layout) -> Arrays:
        """Return the task's own arrays of a truth that was found good."""

    @abstractmethod
    def products(self, gathered: GatheredT) -> NDArray[np.int64]:
        """Return how many products each unit has: (units,)."""

    def compile_truth(
        self, source: Path, folder: Path, *, split_seed: str | None, private_share: float
    ) -> TruthManifest:
        """Check a truth and write it as arrays; InvalidTruth names its problems."""
        splits.check(split_seed, private_share)
        notes, problems = Notes(), Problems()
        try:
            gathered = self.gather(source, problems, notes)
        except InvalidFile as error:
            raise InvalidTruth(error.problems, error.total) from error
        if not gathered.units:
            if gathered.complete and not problems.total:
                problems.add("", f"the truth holds no {gathered.unit}; it needs at least one")
            problems.refuse(InvalidTruth)
        split = splits.assign(
            gathered.units, gathered.unit_split, seed=split_seed, private_share=private_share
        )
        if split.all():
            problems.add(
                "", f"no {gathered.unit} is in split A; the public board needs at least one"
            )
        laid = layout.of(gathered)
        if gathered.complete:
            self.check(gathered, laid)
        problems.refuse(InvalidTruth)
        return compiled.write(
            folder,
            {
                **laid.arrays,
                "unit_split": split[laid.in_order],
                **self.arrays(gathered, laid),
            },
            task=self.task,
            version=self.version,
            counts=_counts(gathered, self.products(gathered), split),
            splits=splits.NAMES if split.any() else splits.NAMES[:1],
            warnings=notes.sentences(),
        )


def source_bytes(source: Path) -> bytes:
    """Return the JSON bytes of a truth's file."""
    return files.read(source, LIMITS)


def _counts(
    gathered: Gathered, products: NDArray[np.int64], split: NDArray[np.uint8]
) -> dict[str, object]:
    """Count what the truth holds, in all and per split."""
    frame_unit = np.asarray(gathered.frame_unit, dtype=np.int64)
    box_frame = np.asarray(gathered.frame_boxes.group, dtype=np.int64)
    units = f"{gathered.unit}s"
    in_splits = {
        name: {
            units: int((split == number).sum()),
            "products": int(products[split == number].sum()),
            "frames": int((split[frame_unit] == number).sum()),
            "frame_boxes": int((split[frame_unit[box_frame]] == number).sum()),
        }
        for number, name in enumerate(splits.NAMES)
        if (split == number).any()
    }
    frame_boxes, image_boxes = len(box_frame), len(gathered.image_boxes.group)
    return {
        units: len(products),
        "products": int(products.sum()),
        "items": len(gathered.items),
        "images": len(gathered.image_item),
        "frames": len(gathered.frame_unit),
        "boxes": frame_boxes + image_boxes,
        "frame_boxes": frame_boxes,
        "image_boxes": image_boxes,
        "splits": in_splits,
    }
