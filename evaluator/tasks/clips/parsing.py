"""A contestant's file to columns: fast where it is plain, careful where it is not.

The fast way splits the file into the bytes of each clip, decodes them some hundred at a time and
checks whole columns. A chunk that holds anything unusual is read again clip by clip, carefully; a
file that can't be split is read carefully from its start. Whether items and images exist is for
`submission`.
"""

from dataclasses import dataclass
from itertools import chain, islice

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluator import boxes, columns, strict_json
from evaluator.errors import InvalidSubmission, Problems, quoted
from evaluator.strict_json import NotJsonError
from evaluator.tasks.clips import prediction
from evaluator.tasks.clips.prediction import (
    MOST_PAIRS,
    PAIR_KEYS,
    PREDICTION_KEYS,
    Notes,
    Prediction,
)

CHUNK = 512  # clips decoded at once
LARGEST_CHUNK = 1 << 24  # bytes decoded at once
PLENTY = 64  # colons a clip, above which a file is streamed rather than split
MOST_PROBLEMS = 100_000  # counted before reading stops
UNKNOWN_CLIP = "no such clip in this phase; use the clip ids of its data"

_CHUNK_DECODER = msgspec.json.Decoder(list[Prediction])

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The columns of a valid file, in its order; ids are still text.

    `clip` is each prediction's row among the known clips, `pair_count` how many of the pairs are
    its own; `pair_box` is (pairs, 8): item box and frame box side by side, in pixels.
    """

    clip: Index
    item: list[str]
    frame: Index
    pair_count: Index
    image: list[str]
    pair_box: NDArray[np.float64]


class _Columns:
    """Collects predictions that passed, chunk by chunk."""

    def __init__(self) -> None:
        self.clip: list[Index] = []
        self.item: list[str] = []
        self.frame: list[Index] = []
        self.pair_count: list[Index] = []
        self.image: list[str] = []
        self.pair_box: list[NDArray[np.float64]] = []

    def add(self, clip: Index, found: list[Prediction]) -> bool:
        """Append a chunk if frames, boxes and numbers of pairs are good; else change nothing."""
        counts = [len(one.result) for one in found]
        frames = [prediction.frame_number(one.frame_index) for one in found]
        pairs = list(chain.from_iterable([one.result for one in found]))
        flat = chain.from_iterable(
            [side for one in pairs for side in (one.item_box, one.frame_box)]
        )
        both = np.fromiter(flat, np.float64, len(pairs) * 8).reshape(-1, 8)
        if max(counts, default=0) > MOST_PAIRS or min(frames, default=0) < 0:
            return False
        if not boxes.all_valid(both.reshape(-1, 4)):
            return False
        self.clip.append(clip)
        self.item += [one.item_id for one in found]
        self.frame.append(np.array(frames, dtype=np.int64))
        self.pair_count.append(np.array(counts, dtype=np.int64))
        self.image += [prediction.image_name(one.img_name) for one in pairs]
        self.pair_box.append(both)
        return True

    def parsed(self) -> Parsed:
        """Return all chunks as one."""
        return Parsed(
            clip=np.concatenate([np.empty(0, np.int64), *self.clip]),
            item=self.item,
            frame=np.concatenate([np.empty(0, np.int64), *self.frame]),
            pair_count=np.concatenate([np.empty(0, np.int64), *self.pair_count]),
            image=self.image,
            pair_box=np.concatenate([np.empty((0, 8)), *self.pair_box]),
        )


def parse(data: bytes, clips: columns.Ids, notes: Notes) -> Parsed:
    """Read a file's JSON against the known clips' ids; InvalidSubmission names every problem."""
    problems = Problems()
    try:
        data = strict_json.utf8(data)
    except NotJsonError as error:
        raise InvalidSubmission.because(str(error)) from error
    with strict_json.collector_off():
        parsed = _fast(data, clips, problems, notes)
        if parsed is None:
            problems = Problems()
            notes.clear()
            parsed = _careful(data, clips, problems, notes)
    if not problems.total and not len(parsed.clip):
        problems.add("", "the submission is empty; predict at least one clip")
    problems.refuse(InvalidSubmission)
    return parsed


def _fast(data: bytes, clips: columns.Ids, problems: Problems, notes: Notes) -> Parsed | None:
    """Read a file that can be split into its clips; None if it can't, or a clip stands twice."""
    colons = data.count(b":")
    if colons > PLENTY * (len(clips) + CHUNK):
        return None
    raws = strict_json.split(data)
    if raws is None or ":" in "".join(raws):
        return None
    found = _Columns()
    counted = len(raws)
    parts = iter(raws.items())
    while chunk := list(islice(parts, CHUNK)):
        counted += _chunk(chunk, clips, found, problems, notes)
    return found.parsed() if counted == colons else None


def _chunk(
    chunk: list[tuple[str, msgspec.Raw]],
    clips: columns.Ids,
    found: _Columns,
    problems: Problems,
    notes: Notes,
) -> int:
    """Read some clips; return how many colons they hold."""
    rows = columns.lookup(clips, [key for key, _ in chunk])
    raws = [bytes(raw) for _, raw in chunk]
    sizes = [len(raw) for raw in raws]
    usual = max(sizes) <= strict_json.LARGEST_MEMBER and sum(sizes) <= LARGEST_CHUNK
    if usual and (rows >= 0).all():
        blob = b"[" + b",".join(raws) + b"]"
        colons = blob.count(b":")
        if _plain(blob, colons, rows, found):
            return colons
    for (key, _), raw, row in zip(chunk, raws, rows.tolist(), strict=True):
        _one(key, raw, row, found, problems, notes)
    return sum([raw.count(b":") for raw in raws])


def _plain(blob: bytes, colons: int, rows: Index, found: _Columns) -> bool:
    """Take a chunk in if nothing in it is unusual: no problem, and no key that is not ours."""
    try:
        decoded = _CHUNK_DECODER.decode(blob)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    pairs = sum([len(one.result) for one in decoded])
    if colons != len(decoded) * len(PREDICTION_KEYS) + pairs * len(PAIR_KEYS):
        return False
    return found.add(rows, decoded)


def _one(
    key: str, data: bytes, row: int, found: _Columns, problems: Problems, notes: Notes
) -> None:
    """Read one clip's bytes carefully."""
    path = quoted(key)
    if len(data) > strict_json.LARGEST_MEMBER:
        problems.add(path, UNKNOWN_CLIP if row < 0 else _oversized(len(data)))
        return
    try:
        value = strict_json.loads(data)
    except NotJsonError as error:
        problems.add(path, str(error))
        return
    _value(key, value, row, found, problems, notes)


def _value(
    key: str, value: object, row: int, found: _Columns, problems: Problems, notes: Notes
) -> None:
    """Check one clip's value and take it in."""
    path = quoted(key)
    if row < 0:
        problems.add(path, UNKNOWN_CLIP)
    checked = prediction.check(value, path, problems, notes)
    if checked is not None and row >= 0:
        found.add(np.array([row], dtype=np.int64), [checked])


def _careful(data: bytes, clips: columns.Ids, problems: Problems, notes: Notes) -> Parsed:
    """Read a file from its start, one clip at a time, until it ends or is no JSON any more."""
    found = _Columns()
    rows = {clip.decode(): row for row, clip in enumerate(clips.tolist())}
    seen: set[str] = set()
    try:
        for key, value in strict_json.members(data):
            if key in seen:
                problems.add(quoted(key), "this clip is given twice; keep one")
            seen.add(key)
            _value(key, value, rows.get(key, -1), found, problems, notes)
            if problems.total > MOST_PROBLEMS:
                break
    except NotJsonError as error:
        problems.add(quoted(error.key), str(error))
    return found.parsed()


def _oversized(size: int) -> str:
    return (
        f"takes {size:,} bytes; give at most {MOST_PAIRS} pairs, "
        f"which fit in far less than {strict_json.LARGEST_MEMBER:,}"
    )
