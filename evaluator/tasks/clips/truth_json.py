"""What a clip is in a truth's JSON, read into rows."""

import msgspec

from evaluator.errors import Notes
from evaluator.products import truth_json
from evaluator.products.annotation import check_id, is_id
from evaluator.products.truth_json import Annotations, UnitReader
from evaluator.tasks.clips.gathering import ClipsGathered

CLIP_KEYS = ("item_id", "split", "frames")


class AnnotatedClip(msgspec.Struct, gc=False):
    """A clip as the fast reader decodes it."""

    item_id: str | None
    frames: Annotations
    split: str | msgspec.UnsetType = msgspec.UNSET


_CLIPS = msgspec.json.Decoder(list[AnnotatedClip])


class ClipReader(UnitReader):
    """`{"066212": {"item_id": "066212", "split": "A", "frames": {...}}}`."""

    member = "clips"

    def __init__(self, gathered: ClipsGathered, notes: Notes) -> None:
        self.gathered: ClipsGathered = gathered
        self.notes = notes

    def read(self, unit: str, value: object) -> None:
        """Check one clip's value carefully and gather it."""
        gathered, problems = self.gathered, self.gathered.problems
        path = gathered.unit_path(unit)
        found = truth_json.checked_member(unit, value, path, CLIP_KEYS, problems, self.notes)
        if found is None:
            return
        item = None
        if found.get("item_id", "") is not None:
            item = check_id(found.get("item_id"), f"{path}.item_id", problems)
        split = truth_json.read_split(found, path, problems)
        row = gathered.add_clip(unit, item, split)
        truth_json.read_frames(row, found.get("frames"), f"{path}.frames", gathered, self.notes)

    def take(self, units: list[str], blob: bytes) -> bool:
        """Gather a JSON list of clips if nothing in it is unusual; else change nothing."""
        try:
            found = _CLIPS.decode(blob)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        frames = [one.frames for one in found]
        splits = [one.split if isinstance(one.split, str) else None for one in found]
        stated = [split for split in splits if split is not None]
        usual = blob.count(b":") == 2 * len(found) + len(stated) + truth_json.colons_of(frames)
        usual = usual and set(stated) <= set(truth_json.SPLITS) and all(map(is_id, units))
        usual = usual and all(one.item_id is None or is_id(one.item_id) for one in found)
        gathered = self.gathered
        if not usual or not gathered.take_frames(len(gathered.unit_split), frames):
            return False
        for unit, one, split in zip(units, found, splits, strict=True):
            gathered.add_clip(unit, one.item_id, split)
        return True
