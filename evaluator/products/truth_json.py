"""A truth as one JSON object of units and items, read into rows.

The fast way decodes some hundred units or items at a time into columns. A chunk that holds anything
unusual is read again one by one, carefully; a file that can't be split is read carefully as a
whole. What a unit holds besides frames is for the task's `UnitReader`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from evaluator import strict_json
from evaluator.errors import Notes, Problems, quoted
from evaluator.products.annotation import (
    AnnotatedBox,
    check_boxes,
    check_frame,
    check_id,
    is_id,
    keys_of,
    note_unknown,
)
from evaluator.products.gathering import Gathered
from evaluator.strict_json import NotJsonError, below, kind

ITEMS = "items"
ITEM_KEYS = ("images",)
SPLITS = ("A", "B")
CHUNK = 256  # units or items decoded at once
LARGEST_CHUNK = 1 << 25  # bytes decoded at once

Annotations = dict[str, list[AnnotatedBox]]
Member = Callable[[str, object], None]


class AnnotatedItem(msgspec.Struct, gc=False):
    """An item as the fast reader decodes it."""

    images: Annotations


_ITEMS = msgspec.json.Decoder(list[AnnotatedItem])


class UnitReader(ABC):
    """What a task's units are in JSON; `member` names the part of the file that holds them."""

    member: str
    gathered: Gathered
    notes: Notes

    @abstractmethod
    def read(self, unit: str, value: object) -> None:
        """Check one unit's value carefully and gather it."""

    @abstractmethod
    def take(self, units: list[str], blob: bytes) -> bool:
        """Gather a JSON list of units if nothing in it is unusual; else change nothing."""


def read(data: bytes, reader: UnitReader) -> None:
    """Read a truth's JSON; what is wrong with it is added to the reader's problems."""
    try:
        data = strict_json.utf8(data)
        with strict_json.collector_off():
            if not _in_parts(data, reader):
                _whole(data, reader)
    except NotJsonError as error:
        reader.gathered.problems.add(error.key, str(error))
        reader.gathered.complete = False


def read_frames(row: int, frames: object, path: str, gathered: Gathered, notes: Notes) -> None:
    """Gather a unit's annotated frames, carefully."""
    problems = gathered.problems
    if not isinstance(frames, dict):
        problems.add(path, "must be an object of frame numbers; {} if there is none")
        return
    for key, annotated in frames.items():
        here = below(path, key)
        frame = check_frame(key, here, problems)
        gathered.add_frame(row, frame, check_boxes(annotated, here, problems, notes), here)


def read_split(found: dict[str, object], path: str, problems: Problems) -> str | None:
    """Return a unit's split, if it says one."""
    split = found.get("split")
    if "split" in found and split not in SPLITS:
        problems.add(f"{path}.split", 'must be "A" or "B"')
    return split if isinstance(split, str) else None


def checked_member(
    key: str, value: object, path: str, keys: tuple[str, ...], problems: Problems, notes: Notes
) -> dict[str, object] | None:
    """Check what units and items have in common; return the object's members."""
    for place, message in strict_json.faults(value, path):
        problems.add(place, message)
    check_id(key, path, problems)
    if not isinstance(value, dict):
        problems.add(path, f"must be an object, not {kind(value)}")
        return None
    note_unknown(value, keys, path, notes)
    return value


def colons_of(annotations: list[Annotations]) -> int:
    """Count the colons of frames or images without strange text: one for each key."""
    return sum([len(one) + sum([keys_of(found) for found in one.values()]) for one in annotations])


def _in_parts(data: bytes, reader: UnitReader) -> bool:
    """Read unit by unit and item by item, to save memory; False if some key stands twice."""
    top = strict_json.split(data)
    if top is None or set(top) != {reader.member, ITEMS}:
        return False
    units, items = strict_json.split(top[reader.member]), strict_json.split(top[ITEMS])
    if units is None or items is None:
        return False
    parts = {reader.member: units, ITEMS: items}
    colons = len(parts) + sum(len(part) + _colons(part) for part in parts.values())
    if ":" in "".join(units) + "".join(items) or colons != data.count(b":"):
        return False
    for name, part in parts.items():
        one, many = _readers(name, reader)
        for chunk in _chunks(part):
            if not many(list(chunk), b"[" + b",".join(chunk.values()) + b"]"):
                for key, raw in chunk.items():
                    one(key, strict_json.loads(raw))
    return True


def _readers(name: str, reader: UnitReader) -> tuple[Member, Callable[[list[str], bytes], bool]]:
    if name == reader.member:
        return reader.read, reader.take

    def one(key: str, value: object) -> None:
        _item(key, value, reader.gathered, reader.notes)

    def many(keys: list[str], blob: bytes) -> bool:
        return _take_items(keys, blob, reader.gathered)

    return one, many


def _chunks(raws: dict[str, msgspec.Raw]) -> Iterator[dict[str, bytes]]:
    """Cut members into chunks of bounded number and, but for single large ones, of bytes."""
    parts = iter(raws.items())
    while found := {key: bytes(raw) for key, raw in islice(parts, CHUNK)}:
        if sum(map(len, found.values())) <= LARGEST_CHUNK:
            yield found
        else:
            yield from ({key: raw} for key, raw in found.items())


def _colons(parts: dict[str, msgspec.Raw]) -> int:
    return sum([bytes(raw).count(b":") for raw in parts.values()])


def _whole(data: bytes, reader: UnitReader) -> None:
    """Read all at once and say what is wrong."""
    problems = reader.gathered.problems
    value = strict_json.loads(data)
    if not isinstance(value, dict):
        problems.add(
            "", f"must be a JSON object with {reader.member} and {ITEMS}, not {kind(value)}"
        )
        reader.gathered.complete = False
        return
    note_unknown(value, (reader.member, ITEMS), "", reader.notes)
    if isinstance(value, strict_json.Repeating):
        for key in value.repeated:
            problems.add(quoted(key), "this key is given twice; keep one")
    for name in (reader.member, ITEMS):
        part = value.get(name)
        if not isinstance(part, dict):
            given = kind(part) if name in value else "nothing"
            problems.add(name, f"must be an object with a member for each id, not {given}")
            reader.gathered.complete = False
            continue
        if isinstance(part, strict_json.Repeating):
            for key in part.repeated:
                problems.add(below(name, key), "this key is given twice; keep one")
        read_one, _ = _readers(name, reader)
        for key, one in part.items():
            read_one(key, one)


def _item(item: str, value: object, gathered: Gathered, notes: Notes) -> None:
    problems, path = gathered.problems, gathered.item_path(item)
    before = problems.total
    row = gathered.add_item(item)
    found = checked_member(item, value, path, ITEM_KEYS, problems, notes) or {}
    images = found.get("images")
    if isinstance(images, dict):
        for name, annotated in images.items():
            here = below(f"{path}.images", name)
            check_id(name, here, problems)
            gathered.add_image(row, name, check_boxes(annotated, here, problems, notes), here)
    elif isinstance(value, dict):
        problems.add(f"{path}.images", "must be an object of image names; {} if there is none")
    if problems.total > before:
        gathered.doubtful.add(item)


def _take_items(items: list[str], blob: bytes, gathered: Gathered) -> bool:
    """Gather a JSON list of items if nothing in it is unusual; else change nothing."""
    try:
        found = _ITEMS.decode(blob)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    images = [one.images for one in found]
    names = {name for one in images for name in one}
    usual = blob.count(b":") == len(found) + colons_of(images)
    usual = usual and all(map(is_id, items)) and all(map(is_id, names))
    if not usual or not gathered.take_images(len(gathered.items), images):
        return False
    for item in items:
        gathered.add_item(item)
    return True
