"""The JSON shape of a predicted segment, and the careful check that names each fault by path."""

from typing import Annotated

import msgspec

from evaluator import strict_json
from evaluator.errors import Notes, Problems
from evaluator.products.prediction import FRAMES, Prediction, given, keyed, parts
from evaluator.strict_json import below

SEGMENT_KEYS = ("item_id", "start", "end", "frame_index", "result")
TIME_REMEDY = "must be a whole number of frames from 0 on"
UNBOUNDED = FRAMES  # frames of a stream of which only the id is known

FrameTime = Annotated[int, msgspec.Meta(ge=0, le=FRAMES)]


class PredictedSegment(Prediction, gc=False, kw_only=True):
    """A prediction of a product and of the time during which it is shown, `end` exclusive."""

    start: FrameTime
    end: FrameTime


def check(
    value: object, path: str, frame_count: int, problems: Problems, notes: Notes
) -> PredictedSegment | None:
    """Return a careful reader's value as a segment of a stream of so many frames.

    None, with problems added, if it is none.
    """
    before = problems.total
    for place, message in strict_json.faults(value, path):
        problems.add(place, message)
    found = keyed(value, path, SEGMENT_KEYS, problems, notes)
    start, end = (_time(found, key, path, problems) for key in ("start", "end"))
    if problems.total == before:
        _check_span(start, end, path, frame_count, problems)
    item, frame, pairs = parts(found, path, problems, notes)
    if problems.total > before:
        return None
    return PredictedSegment(item, frame, pairs, start=start, end=end)


def _time(found: dict[str, object], key: str, path: str, problems: Problems) -> int:
    value = found.get(key, 0)
    if isinstance(value, float):
        problems.add(below(path, key), f"{TIME_REMEDY}, not {given(value)}")
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= FRAMES:
        problems.add(below(path, key), f"{TIME_REMEDY}, not {given(value)}")
        return 0
    return value


def _check_span(start: int, end: int, path: str, frame_count: int, problems: Problems) -> None:
    if end <= start:
        problems.add(path, f"end must be greater than start, {end} is not greater than {start}")
    if end > frame_count:
        problems.add(
            below(path, "end"), f"lies outside the stream, which has {frame_count:,} frames"
        )
