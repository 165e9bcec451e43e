"""How a submission of the clips task holds predictions: one object for each clip."""

import re
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluator import json_cursor, strict_json
from evaluator.errors import Notes, Problems
from evaluator.json_cursor import Cursor
from evaluator.products import prediction
from evaluator.products.parsing import Raws, Shape
from evaluator.products.prediction import MOST_PAIRS, PREDICTION_KEYS, Prediction

PLENTY = 64  # colons a clip, above which a file is streamed rather than split

SPARE = 512  # clips more than there are, before there are too many

_CHUNK = msgspec.json.Decoder(dict[str, Prediction])


class ClipsShape(Shape[Prediction]):
    """`{"066212": {"item_id", "frame_index", "result"}}`."""

    unit = "clip"
    keys = PREDICTION_KEYS
    boundary = re.compile(rb'[\]\d"]\s*\}\s*(,)\s*"[^"\\]*"\s*:\s*\{')

    def __init__(self, clips: int) -> None:
        self._most_colons = PLENTY * (clips + SPARE)

    def split(self, data: bytes, colons: int) -> Raws | None:
        """Return the bytes of each clip, unless there are too many members."""
        return None if colons > self._most_colons else strict_json.split(data)

    def decode(self, blob: bytes) -> tuple[list[str], list[Prediction], Sequence[int] | None]:
        """Decode a JSON object of clips."""
        found = _CHUNK.decode(blob)
        return list(found), list(found.values()), None

    def values(self, cursor: Cursor) -> Iterator[tuple[str, object]]:
        """Read a clip's only prediction."""
        yield "", cursor.value()

    def check(
        self, value: object, path: str, row: int, problems: Problems, notes: Notes
    ) -> Prediction | None:
        """Return a careful reader's value as a prediction, or name its problems."""
        del row
        return prediction.check(value, path, problems, notes)

    def spans(self, rows: NDArray[np.int64], found: list[Prediction]) -> NDArray[np.int64]:
        """Clips say nothing of time: (n, 0)."""
        del rows
        return np.empty((len(found), 0), dtype=np.int64)

    def oversized(self, size: int) -> str:
        """Return what is wrong with a clip of so many bytes, if anything is."""
        if size <= json_cursor.LARGEST:
            return ""
        return (
            f"takes {size:,} bytes; give at most {MOST_PAIRS} pairs, "
            f"which fit in far less than {json_cursor.LARGEST:,}"
        )
