"""The JSON shape of predictions, and the careful checks that name each fault by its path.

The fast reader in `parsing` accepts a subset of what passes here, with equal values; whatever it
doubts comes here. Whether ids exist is for `submission`.
"""

import math
from typing import Annotated

import msgspec

from evaluator import boxes, strict_json
from evaluator.errors import Notes, Problems, quoted
from evaluator.strict_json import below, kind

MOST_PAIRS = 100
FRAMES = 2**31  # frame numbers lie below
JPG = ".jpg"
PREDICTION_KEYS = ("item_id", "frame_index", "result")
PAIR_KEYS = ("img_name", "item_box", "frame_box")
UNKNOWN_KEYS = "unknown keys were ignored"
FRAME_REMEDY = "must be a whole number from 0 on, or a string of its ASCII digits"

FrameNumber = Annotated[int, msgspec.Meta(ge=0, lt=FRAMES)]
FrameDigits = Annotated[str, msgspec.Meta(min_length=1, max_length=9)]


class Pair(msgspec.Struct, gc=False):
    """A box in a gallery image and a box in the frame, said to show the same piece."""

    img_name: str
    item_box: boxes.Corners
    frame_box: boxes.Corners


class Prediction(msgspec.Struct, gc=False):
    """The item, the frame and the pairs that a contestant gives for one product shown."""

    item_id: str
    frame_index: FrameNumber | FrameDigits
    result: list[Pair]


def check(value: object, path: str, problems: Problems, notes: Notes) -> Prediction | None:
    """Return a careful reader's value as a prediction; None, with problems added, if it is none."""
    before = problems.total
    for place, message in strict_json.faults(value, path):
        problems.add(place, message)
    found = keyed(value, path, PREDICTION_KEYS, problems, notes)
    item, frame, pairs = parts(found, path, problems, notes)
    if problems.total > before:
        return None
    return Prediction(item, frame, pairs)


def parts(
    found: dict[str, object], path: str, problems: Problems, notes: Notes
) -> tuple[str, int, list[Pair]]:
    """Return a prediction's item, frame and pairs, with a problem for each that is wrong."""
    item = _string(found, "item_id", path, problems)
    frame = _frame(found, path, problems)
    return item, frame, _pairs(found, path, problems, notes)


def frame_number(value: int | str) -> int:
    """Return a frame's number, or -1 if it is not one."""
    if isinstance(value, str):
        digits = value.isascii() and value.isdigit() and len(value) <= strict_json.LONGEST_INTEGER
        value = int(value) if digits else -1
    return value if 0 <= value < FRAMES else -1


def image_name(name: str) -> str:
    """Return an image's name without `.jpg`."""
    return name.removesuffix(JPG) or name


def keyed(
    value: object, path: str, keys: tuple[str, ...], problems: Problems, notes: Notes
) -> dict[str, object]:
    """Return an object's members; say which are missing, and note those that nobody knows."""
    if not isinstance(value, dict):
        needed = ", ".join(keys)
        problems.add(path, f"must be an object with {needed}, not {kind(value)}")
        return {}
    for key in keys:
        if key not in value:
            problems.add(below(path, key), "is missing; add it")
    for key in value:
        if key not in keys:
            notes.add(UNKNOWN_KEYS, below(path, key))
    return value


def given(value: object) -> str:
    """Show a wrong value in a message, cut short."""
    if isinstance(value, str):
        return f'"{quoted(value, 20)}"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return quoted(str(value), 20)
    return kind(value)


def _string(found: dict[str, object], key: str, path: str, problems: Problems) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        problems.add(below(path, key), f"must be a string in double quotes, not {kind(value)}")
        return ""
    return value


def _frame(found: dict[str, object], path: str, problems: Problems) -> int:
    value = found.get("frame_index", 0)
    if isinstance(value, bool) or not isinstance(value, int | str):
        if not isinstance(value, float) or math.isfinite(value):
            problems.add(below(path, "frame_index"), f"{FRAME_REMEDY}, not {given(value)}")
        return 0
    number = frame_number(value)
    if number < 0:
        problems.add(below(path, "frame_index"), f"{FRAME_REMEDY}, not {given(value)}")
    return number


def _pairs(found: dict[str, object], path: str, problems: Problems, notes: Notes) -> list[Pair]:
    here = below(path, "result")
    value = found.get("result", [])
    if not isinstance(value, list):
        problems.add(here, f"must be a list of pairs, not {kind(value)}")
        return []
    if len(value) > MOST_PAIRS:
        problems.add(here, f"holds {len(value):,} pairs; give at most {MOST_PAIRS}")
        return []
    pairs = [_pair(pair, f"{here}[{n}]", problems, notes) for n, pair in enumerate(value)]
    return [pair for pair in pairs if pair is not None]


def _pair(value: object, path: str, problems: Problems, notes: Notes) -> Pair | None:
    before = problems.total
    found = keyed(value, path, PAIR_KEYS, problems, notes)
    name = _string(found, "img_name", path, problems)
    for side in ("item_box", "frame_box"):
        if side in found:
            for place, message in boxes.faults(found[side], below(path, side)):
                problems.add(place, message)
    if problems.total > before:
        return None
    return Pair(name, boxes.corners(found["item_box"]), boxes.corners(found["frame_box"]))
