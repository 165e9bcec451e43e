"""How a submission of the streams task holds predictions: a list of segments for each stream."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluator import columns, strict_json
from evaluator.errors import Notes, Problems
from evaluator.json_cursor import Cursor
from evaluator.products.parsing import Raws, Shape
from evaluator.strict_json import kind
from evaluator.tasks.streams import prediction
from evaluator.tasks.streams.prediction import SEGMENT_KEYS, PredictedSegment

Index = NDArray[np.int64]

_CHUNK = msgspec.json.Decoder(dict[str, list[PredictedSegment]])


class StreamsShape(Shape[PredictedSegment]):
    """`{"S0001": [{"item_id", "start", "end", "frame_index", "result"}]}`.

    `frame_count` (streams,) is how many frames each stream has.
    """

    unit = "stream"
    keys = SEGMENT_KEYS
    boundary = re.compile(rb'[}\[]\s*\]\s*(,)\s*"[^"\\]*"\s*:\s*\[\s*[{\]]')

    def __init__(self, streams: columns.Ids, frame_count: Index) -> None:
        self._frame_count = frame_count
        self._splitter = strict_json.splitter([one.decode() for one in streams.tolist()])

    def split(self, data: bytes, colons: int) -> Raws | None:
        """Return the bytes of each stream; None if one of them is not known."""
        del colons
        return strict_json.split(data, self._splitter)

    def decode(self, blob: bytes) -> tuple[list[str], list[PredictedSegment], Sequence[int] | None]:
        """Decode a JSON object of streams."""
        streams = _CHUNK.decode(blob)
        segments = list(chain.from_iterable(streams.values()))
        return list(streams), segments, [len(one) for one in streams.values()]

    def values(self, cursor: Cursor) -> Iterator[tuple[str, object]]:
        """Read a stream's segments one by one."""
        if not cursor.at_list():
            yield "", cursor.value()
            return
        for number in cursor.elements():
            yield f"[{number}]", cursor.value()

    def check(
        self, value: object, path: str, row: int, problems: Problems, notes: Notes
    ) -> PredictedSegment | None:
        """Return a careful reader's value as a segment, or name its problems."""
        if not path.endswith("]"):
            problems.add(path, f"must be a list of segments, not {kind(value)}")
            return None
        frame_count = int(self._frame_count[row]) if row >= 0 else prediction.UNBOUNDED
        return prediction.check(value, path, frame_count, problems, notes)

    def spans(self, rows: Index, found: list[PredictedSegment]) -> Index | None:
        """Return start and end of each segment (n, 2); None if one is not inside its stream."""
        span = np.array([(one.start, one.end) for one in found], dtype=np.int64).reshape(-1, 2)
        inside = (span[:, 0] < span[:, 1]) & (span[:, 1] <= self._frame_count[rows])
        return span if inside.all() else None
