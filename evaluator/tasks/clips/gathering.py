"""A truth's rows as a reader finds them, whatever its layout; `compiling` turns them to arrays."""

from array import array
from collections.abc import Callable, Iterable

from evaluator.errors import Problems, quoted
from evaluator.tasks.clips import prediction
from evaluator.tasks.clips.annotation import TruthBox

Group = tuple[int, str]


class BoxRows:
    """Boxes in columns; `group` is the row of the frame or image that each belongs to."""

    def __init__(self) -> None:
        self.group = array("q")
        self.instance = array("q")
        self.corners = array("d")
        self.label = array("i")
        self.viewpoint = array("i")
        self.display = array("i")
        self.labels: dict[str, int] = {}

    def add(self, group: int, found: Iterable[TruthBox]) -> None:
        """Append the boxes of one frame or image."""
        for box in found:
            self.group.append(group)
            self.instance.append(box.instance)
            self.corners.extend(box.corners)
            self.label.append(self._label(box.label))
            self.viewpoint.append(box.viewpoint)
            self.display.append(box.display)

    def _label(self, label: str) -> int:
        return self.labels.setdefault(label, len(self.labels)) if label else -1


class Gathered:
    """Clips with their frames and items with their images, each in the order of reading.

    `clip_path` and `item_path` say where in the source a clip or an item stands.
    """

    def __init__(
        self,
        problems: Problems,
        clip_path: Callable[[str], str],
        item_path: Callable[[str], str],
    ) -> None:
        self.problems = problems
        self.clip_path = clip_path
        self.item_path = item_path
        self.clips: dict[str, int] = {}
        self.clip_item: list[str | None] = []
        self.clip_split: list[str | None] = []
        self.items: dict[str, int] = {}
        self.frames: dict[tuple[int, int], int] = {}
        self.images: dict[tuple[int, str], int] = {}
        self.frame_boxes = BoxRows()
        self.image_boxes = BoxRows()

    def add_clip(self, clip: str, item: str | None, split: str | None = None) -> int:
        """Append a clip and return its row."""
        if clip in self.clips:
            self.problems.add(self.clip_path(clip), "this clip is given twice; keep one")
        row = self.clips[clip] = len(self.clip_item)
        self.clip_item.append(item)
        self.clip_split.append(split)
        return row

    def add_item(self, item: str) -> int:
        """Return an item's row, appending it if it is new."""
        return self.items.setdefault(item, len(self.items))

    def add_frame(self, clip: int, frame: int, found: list[TruthBox], path: str) -> None:
        """Append an annotated frame of a clip."""
        if (clip, frame) in self.frames:
            self.problems.add(path, f"frame {frame} is given twice; put its boxes together")
            return
        self.frames[clip, frame] = len(self.frames)
        self.frame_boxes.add(self.frames[clip, frame], found)

    def add_image(self, item: int, name: str, found: list[TruthBox], path: str) -> None:
        """Append a gallery image of an item; `5` and `5.jpg` are the same image."""
        name = prediction.image_name(name)
        if (item, name) in self.images:
            self.problems.add(path, f"image {quoted(name)} is given twice; put its boxes together")
            return
        self.images[item, name] = len(self.images)
        self.image_boxes.add(self.images[item, name], found)
