"""What a stream is in a truth's JSON, read into rows.

There are few streams, each with many frames: they are read with the fast decoder one by one, and
carefully where it finds anything unusual.
"""

from typing import Annotated

import msgspec

from evaluator.errors import Notes
from evaluator.products import truth_json
from evaluator.products.annotation import check_id, is_id, note_unknown
from evaluator.products.prediction import FRAMES, given
from evaluator.products.truth_json import Annotations, UnitReader
from evaluator.strict_json import kind
from evaluator.tasks.streams.gathering import StreamsGathered

STREAM_KEYS = ("frame_count", "fps", "segments", "frames", "split")
SEGMENT_KEYS = ("item_id", "start", "end")
HIGHEST_FPS = 1e6

FrameCount = Annotated[int, msgspec.Meta(ge=1, le=FRAMES)]


class TrueSegment(msgspec.Struct, gc=False):
    """A segment as the fast reader decodes it."""

    item_id: str | None
    start: Annotated[int, msgspec.Meta(ge=0)]
    end: FrameCount


class AnnotatedStream(msgspec.Struct, gc=False):
    """A stream as the fast reader decodes it."""

    frame_count: FrameCount
    fps: Annotated[float, msgspec.Meta(gt=0, le=HIGHEST_FPS)]
    segments: list[TrueSegment]
    frames: Annotations
    split: str | msgspec.UnsetType = msgspec.UNSET


_STREAMS = msgspec.json.Decoder(list[AnnotatedStream])


class StreamReader(UnitReader):
    """`{"S0001": {"frame_count": 16000, "fps": 25, "segments": [...], "frames": {...}}}`."""

    member = "streams"

    def __init__(self, gathered: StreamsGathered, notes: Notes) -> None:
        self.gathered: StreamsGathered = gathered
        self.notes = notes

    def read(self, unit: str, value: object) -> None:
        """Check one stream's value carefully and gather it."""
        gathered, problems = self.gathered, self.gathered.problems
        path = gathered.unit_path(unit)
        found = truth_json.checked_member(unit, value, path, STREAM_KEYS, problems, self.notes)
        if found is None:
            return
        frame_count = self._whole(found, "frame_count", 1, FRAMES, path)
        fps = self._fps(found, path)
        split = truth_json.read_split(found, path, problems)
        row = gathered.add_stream(unit, split, frame_count, fps)
        self._segments(row, found, path)
        truth_json.read_frames(row, found.get("frames"), f"{path}.frames", gathered, self.notes)

    def take(self, units: list[str], blob: bytes) -> bool:
        """Gather a JSON list of streams if nothing in it is unusual; else change nothing."""
        try:
            found = _STREAMS.decode(blob)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        splits = [one.split if isinstance(one.split, str) else None for one in found]
        stated = [split for split in splits if split is not None]
        segments = sum([len(one.segments) for one in found])
        colons = 4 * len(found) + len(stated) + 3 * segments
        usual = blob.count(b":") == colons + truth_json.colons_of([one.frames for one in found])
        usual = usual and set(stated) <= set(truth_json.SPLITS) and all(map(is_id, units))
        usual = usual and all(_sound(one) for stream in found for one in stream.segments)
        gathered = self.gathered
        first = len(gathered.unit_split)
        if not usual or not gathered.take_frames(first, [one.frames for one in found]):
            return False
        for unit, one, split in zip(units, found, splits, strict=True):
            row = gathered.add_stream(unit, split, one.frame_count, one.fps)
            for number, segment in enumerate(one.segments):
                gathered.add_segment(row, number, segment.item_id, segment.start, segment.end)
        return True

    def _segments(self, row: int, found: dict[str, object], path: str) -> None:
        """Gather a stream's segments, carefully."""
        problems = self.gathered.problems
        segments = found.get("segments")
        if not isinstance(segments, list):
            problems.add(f"{path}.segments", "must be a list of segments; [] if there is none")
            return
        for number, segment in enumerate(segments):
            here = f"{path}.segments[{number}]"
            if not isinstance(segment, dict):
                problems.add(here, f"must be an object, not {kind(segment)}")
                continue
            before = problems.total
            note_unknown(segment, SEGMENT_KEYS, here, self.notes)
            item = None
            if segment.get("item_id", "") is not None:
                item = check_id(segment.get("item_id"), f"{here}.item_id", problems)
            start = self._whole(segment, "start", 0, FRAMES, here)
            end = self._whole(segment, "end", 0, FRAMES, here)
            if problems.total == before and end <= start:
                problems.add(here, "end must be greater than start")
            if problems.total == before:
                self.gathered.add_segment(row, number, item, start, end)

    def _whole(self, found: dict[str, object], key: str, low: int, high: int, path: str) -> int:
        value = found.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            shown = given(value) if key in found else "nothing"
            self.gathered.problems.add(
                f"{path}.{key}", f"must be a whole number from {low} to {high:,}, not {shown}"
            )
            return FRAMES
        return value

    def _fps(self, found: dict[str, object], path: str) -> float:
        value = found.get("fps")
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = 0
        if 0 < value <= HIGHEST_FPS:
            return float(value)
        self.gathered.problems.add(f"{path}.fps", "must be a number of frames a second, above 0")
        return 1.0


def _sound(segment: TrueSegment) -> bool:
    return segment.start < segment.end and (segment.item_id is None or is_id(segment.item_id))
