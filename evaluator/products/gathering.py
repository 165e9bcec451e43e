"""A truth's rows as a reader finds them, whatever its layout; `layout` turns them to arrays.

Boxes come one by one from the careful readers (`add_...`), or many units at a time as columns
(`take_...`), which accept only what the careful ones would find no fault in.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluator import boxes
from evaluator.errors import Problems, quoted
from evaluator.products import prediction
from evaluator.products.annotation import NOT_GIVEN, AnnotatedBox, TruthBox

FRAME_BITS = 32
UNIT = "unit"


class BoxRows:
    """Boxes in columns; `group` is the row of the frame or image that each belongs to."""

    def __init__(self) -> None:
        self.group = array("q")
        self.instance = array("q")
        self.corners = array("d")
        self.label = array("i")
        self.viewpoint = array("i")
        self.display = array("i")
        self.labels: dict[str, int] = {"": NOT_GIVEN}

    def add(self, group: int, found: Iterable[TruthBox]) -> None:
        """Append the boxes of one frame or image."""
        for box in found:
            self.group.append(group)
            self.instance.append(box.instance)
            self.corners.extend(box.corners)
            self.label.append(self.labels.setdefault(box.label, len(self.labels) - 1))
            self.viewpoint.append(box.viewpoint)
            self.display.append(box.display)

    def take(self, group: NDArray[np.int64], found: Sequence[AnnotatedBox]) -> None:
        """Append boxes whose `group` is given for each."""
        self.group.frombytes(group.tobytes())
        self.instance.extend([box.instance_id for box in found])
        for box in found:
            self.corners.extend(box.box)
        labels = [box.label or "" for box in found]
        for label in set(labels) - self.labels.keys():
            self.labels[label] = len(self.labels) - 1
        self.label.extend([self.labels[label] for label in labels])
        self.viewpoint.extend([_class(box.viewpoint) for box in found])
        self.display.extend([_class(box.display) for box in found])


class Gathered:
    """Units with their frames and items with their images, each in the order of reading.

    `unit` is what the task calls a unit; `unit_path` and `item_path` say where in the source a unit
    or an item stands. `doubtful` are items of which not all could be read; `complete` says whether
    both parts of the truth, units and items, were there.
    """

    unit = UNIT

    def __init__(
        self,
        problems: Problems,
        unit_path: Callable[[str], str],
        item_path: Callable[[str], str],
    ) -> None:
        self.problems = problems
        self.unit_path = unit_path
        self.item_path = item_path
        self.units: dict[str, int] = {}
        self.unit_split: list[str | None] = []
        self.items: dict[str, int] = {}
        self.doubtful: set[str] = set()
        self.complete = True
        self.frame_unit = array("q")
        self.frame_number = array("q")
        self.image_item = array("q")
        self.image_name = array("q")
        self.names: dict[str, int] = {}
        self.frame_boxes = BoxRows()
        self.image_boxes = BoxRows()
        self._frames: set[int] = set()
        self._images: set[tuple[int, int]] = set()

    def add_unit(self, unit: str, split: str | None = None) -> int:
        """Append a unit and return its row; -1, with a problem, if there is one of its id."""
        if unit in self.units:
            self.problems.add(self.unit_path(unit), f"this {self.unit} is given twice; keep one")
            return -1
        row = self.units[unit] = len(self.unit_split)
        self.unit_split.append(split)
        return row

    def add_item(self, item: str) -> int:
        """Return an item's row, appending it if it is new."""
        return self.items.setdefault(item, len(self.items))

    def add_frame(self, unit: int, frame: int, found: list[TruthBox], path: str) -> None:
        """Append an annotated frame of a unit; one with an impossible number is left out."""
        key = unit << FRAME_BITS | frame
        if frame < 0:
            return
        if key in self._frames:
            self.problems.add(path, f"frame {frame} is given twice; put its boxes together")
            return
        self._frames.add(key)
        self.frame_boxes.add(len(self.frame_unit), found)
        self.frame_unit.append(unit)
        self.frame_number.append(frame)

    def add_image(self, item: int, name: str, found: list[TruthBox], path: str) -> None:
        """Append a gallery image of an item; `5` and `5.jpg` are the same image."""
        name = prediction.image_name(name)
        key = item, self.names.setdefault(name, len(self.names))
        if key in self._images:
            self.problems.add(path, f"image {quoted(name)} is given twice; put its boxes together")
            return
        self._images.add(key)
        self.image_boxes.add(len(self.image_item), found)
        self.image_item.append(item)
        self.image_name.append(key[1])

    def take_frames(self, unit: int, found: Sequence[dict[str, list[AnnotatedBox]]]) -> bool:
        """Append the frames of units that will have the rows from `unit` on; False if any is odd.

        These units must not have frames yet, and get none from `add_frame` later.
        """
        numbers = [prediction.frame_number(key) for frames in found for key in frames]
        groups = [group for frames in found for group in frames.values()]
        owner = np.repeat(np.arange(len(found)), [len(frames) for frames in found]) + unit
        keys = owner << FRAME_BITS | np.array(numbers, dtype=np.int64)
        if min(numbers, default=0) < 0 or len(np.unique(keys)) != len(keys) or not _valid(groups):
            return False
        _take(self.frame_boxes, groups, len(self.frame_unit))
        self.frame_unit.frombytes(owner.astype(np.int64).tobytes())
        self.frame_number.extend(numbers)
        return True

    def take_images(self, item: int, found: Sequence[dict[str, list[AnnotatedBox]]]) -> bool:
        """Append the images of items that will have the rows from `item` on; False if any is odd.

        These items must not have images yet, and get none from `add_image` later.
        """
        names = [[prediction.image_name(key) for key in images] for images in found]
        groups = [group for images in found for group in images.values()]
        if any(len(set(one)) != len(one) for one in names) or not _valid(groups):
            return False
        for name in {name for one in names for name in one} - self.names.keys():
            self.names[name] = len(self.names)
        owner = np.repeat(np.arange(len(found)), [len(one) for one in names]) + item
        _take(self.image_boxes, groups, len(self.image_item))
        self.image_item.frombytes(owner.astype(np.int64).tobytes())
        self.image_name.extend([self.names[name] for one in names for name in one])
        return True


def _valid(groups: Collection[list[AnnotatedBox]]) -> bool:
    """Whether the careful readers would find no fault in any box."""
    corners = [corner for group in groups for box in group for corner in box.box]
    return boxes.all_valid(np.array(corners, dtype=np.float64).reshape(-1, 4))


def _take(rows: BoxRows, groups: Sequence[list[AnnotatedBox]], first: int) -> None:
    """Append the boxes of groups that have the rows from `first` on."""
    group = np.repeat(np.arange(len(groups)), [len(one) for one in groups]) + first
    rows.take(group.astype(np.int64), [box for one in groups for box in one])


def _class(value: object) -> int:
    return value if isinstance(value, int) else NOT_GIVEN
