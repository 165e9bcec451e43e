"""The parts that truths in every layout share: annotated boxes and ids, checked by path."""

from typing import NamedTuple

from evaluator import boxes
from evaluator.errors import Problems, quoted
from evaluator.strict_json import below, kind
from evaluator.tasks.clips import prediction
from evaluator.tasks.clips.prediction import UNKNOWN_KEYS, Notes

BOX_KEYS = ("instance_id", "box", "label", "viewpoint", "display")
HIGHEST_INSTANCE = 2**53
HIGHEST_CLASS = 2**31
LONGEST_ID = 200
NOT_GIVEN = -1


class TruthBox(NamedTuple):
    """A box and whose it is: instance 0 is any other garment. -1 and "": not given."""

    instance: int
    corners: boxes.Corners
    label: str
    viewpoint: int
    display: int


def check_boxes(value: object, path: str, problems: Problems, notes: Notes) -> list[TruthBox]:
    """Return the valid boxes of a list, and name what is wrong with the others."""
    if not isinstance(value, list):
        problems.add(path, f"must be a list of boxes, not {kind(value)}")
        return []
    found = [_box(one, f"{path}[{n}]", problems, notes) for n, one in enumerate(value)]
    return [box for box in found if box is not None]


def check_id(value: object, path: str, problems: Problems) -> str:
    """Return a clip's, item's or image's id; name the problem if it can't be one."""
    if not isinstance(value, str):
        problems.add(path, f"must be a string in double quotes, not {kind(value)}")
    elif not value or len(value) > LONGEST_ID or not value.isprintable():
        problems.add(path, f"an id has 1 to {LONGEST_ID} printable characters")
    else:
        return value
    return ""


def check_frame(value: object, path: str, problems: Problems) -> int:
    """Return a frame's number, given as a number or as digits."""
    number = -1
    if isinstance(value, int | str) and not isinstance(value, bool):
        number = prediction.frame_number(value)
    if number < 0:
        problems.add(path, f"{prediction.FRAME_REMEDY}, not {quoted(str(value), 20)}")
    return number


def note_unknown(found: dict[str, object], keys: tuple[str, ...], path: str, notes: Notes) -> None:
    """Note the keys that the format does not know."""
    for key in found.keys() - set(keys):
        notes.add(UNKNOWN_KEYS, below(path, key))


def _box(value: object, path: str, problems: Problems, notes: Notes) -> TruthBox | None:
    if not isinstance(value, dict):
        problems.add(path, f"must be an object with instance_id and box, not {kind(value)}")
        return None
    before = problems.total
    note_unknown(value, BOX_KEYS, path, notes)
    instance = _number(value, "instance_id", HIGHEST_INSTANCE, path, problems)
    for place, message in boxes.faults(value.get("box"), f"{path}.box"):
        problems.add(place, message)
    label = value.get("label")
    if not (label is None or (isinstance(label, str) and len(label) <= LONGEST_ID)):
        problems.add(f"{path}.label", f"must be a string of at most {LONGEST_ID} characters")
    viewpoint = display = NOT_GIVEN
    if value.get("viewpoint") is not None:
        viewpoint = _number(value, "viewpoint", HIGHEST_CLASS, path, problems)
    if value.get("display") is not None:
        display = _number(value, "display", HIGHEST_CLASS, path, problems)
    if problems.total > before:
        return None
    return TruthBox(instance, boxes.corners(value["box"]), str(label or ""), viewpoint, display)


def _number(value: dict[str, object], key: str, limit: int, path: str, problems: Problems) -> int:
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < limit:
        problems.add(f"{path}.{key}", f"must be a whole number from 0 to {limit - 1:,}")
        return NOT_GIVEN
    return number
