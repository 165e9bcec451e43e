"""The parts that truths in every layout share: annotated boxes and ids, checked by path."""

from typing import Annotated, NamedTuple

import msgspec

from evaluator import boxes
from evaluator.errors import Notes, Problems, quoted
from evaluator.products import prediction
from evaluator.products.prediction import UNKNOWN_KEYS
from evaluator.strict_json import below, kind

BOX_KEYS = ("instance_id", "box", "label", "viewpoint", "display")
HIGHEST_INSTANCE = 2**53
HIGHEST_CLASS = 2**31
LONGEST_ID = 200
NOT_GIVEN = -1
NO_AREA: boxes.Corners = (0.0, 0.0, 1.0, 1.0)  # in place of a faulty box, in a truth to be refused

Label = Annotated[str, msgspec.Meta(max_length=LONGEST_ID)]
Class = Annotated[int, msgspec.Meta(ge=0, lt=HIGHEST_CLASS)]


class TruthBox(NamedTuple):
    """A box and whose it is: instance 0 is any other garment. -1 and "": not given."""

    instance: int
    corners: boxes.Corners
    label: str
    viewpoint: int
    display: int


class AnnotatedBox(msgspec.Struct, gc=False):
    """A box as the fast readers decode it; the careful ones accept no less."""

    instance_id: Annotated[int, msgspec.Meta(ge=0, lt=HIGHEST_INSTANCE)]
    box: boxes.Corners
    label: Label | msgspec.UnsetType | None = msgspec.UNSET
    viewpoint: Class | msgspec.UnsetType | None = msgspec.UNSET
    display: Class | msgspec.UnsetType | None = msgspec.UNSET


def keys_of(found: list[AnnotatedBox]) -> int:
    """Count the keys that boxes were given with."""
    given = [
        (box.label is not msgspec.UNSET)
        + (box.viewpoint is not msgspec.UNSET)
        + (box.display is not msgspec.UNSET)
        for box in found
    ]
    return 2 * len(found) + sum(given)


def check_boxes(value: object, path: str, problems: Problems, notes: Notes) -> list[TruthBox]:
    """Return the boxes of a list whose instance can be read, and name what is wrong with any."""
    if not isinstance(value, list):
        problems.add(path, f"must be a list of boxes, not {kind(value)}")
        return []
    found = [_box(one, f"{path}[{n}]", problems, notes) for n, one in enumerate(value)]
    return [box for box in found if box is not None]


def check_id(value: object, path: str, problems: Problems) -> str:
    """Return a unit's, item's or image's id; name the problem if it can't be one."""
    if not isinstance(value, str):
        problems.add(path, f"must be a string in double quotes, not {kind(value)}")
    elif not is_id(value):
        problems.add(path, f"an id has 1 to {LONGEST_ID} printable characters")
    else:
        return value
    return ""


def is_id(text: str) -> bool:
    """Whether text can be an id."""
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


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
    note_unknown(value, BOX_KEYS, path, notes)
    instance = _number(value, "instance_id", HIGHEST_INSTANCE, path, problems)
    before = problems.total
    for place, message in boxes.faults(value.get("box"), f"{path}.box"):
        problems.add(place, message)
    corners = NO_AREA
    if problems.total == before and boxes.is_box(value.get("box")):
        corners = boxes.corners(value["box"])
    label = value.get("label")
    if not (label is None or (isinstance(label, str) and len(label) <= LONGEST_ID)):
        problems.add(f"{path}.label", f"must be a string of at most {LONGEST_ID} characters")
    viewpoint = display = NOT_GIVEN
    if value.get("viewpoint") is not None:
        viewpoint = _number(value, "viewpoint", HIGHEST_CLASS, path, problems)
    if value.get("display") is not None:
        display = _number(value, "display", HIGHEST_CLASS, path, problems)
    if instance == NOT_GIVEN:
        return None
    label = label if isinstance(label, str) else ""
    return TruthBox(instance, corners, label, viewpoint, display)


def _number(value: dict[str, object], key: str, limit: int, path: str, problems: Problems) -> int:
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < limit:
        problems.add(f"{path}.{key}", f"must be a whole number from 0 to {limit - 1:,}")
        return NOT_GIVEN
    return number
