"""A truth as one JSON object of clips and items, read into rows."""

import msgspec

from evaluator import strict_json
from evaluator.errors import Problems, quoted
from evaluator.strict_json import NotJsonError, below, kind
from evaluator.tasks.clips.annotation import check_boxes, check_frame, check_id, note_unknown
from evaluator.tasks.clips.gathering import Gathered
from evaluator.tasks.clips.prediction import Notes

TRUTH_KEYS = ("clips", "items")
CLIP_KEYS = ("item_id", "split", "frames")
ITEM_KEYS = ("images",)
SPLITS = ("A", "B")


def read(data: bytes, problems: Problems, notes: Notes) -> Gathered:
    """Read a truth's JSON; what is wrong with it is added to `problems`."""
    gathered = Gathered(
        problems,
        clip_path=lambda clip: f"clips.{quoted(clip)}",
        item_path=lambda item: f"items.{quoted(item)}",
    )
    try:
        data = strict_json.utf8(data)
        if not _in_parts(data, gathered, notes):
            _whole(data, gathered, notes)
    except NotJsonError as error:
        problems.add(error.key, str(error))
    return gathered


def _in_parts(data: bytes, gathered: Gathered, notes: Notes) -> bool:
    """Read clip by clip and item by item, to save memory; False if some key stands twice."""
    top = strict_json.split(data)
    if top is None or set(top) != set(TRUTH_KEYS):
        return False
    parts = {key: strict_json.split(top[key]) for key in TRUTH_KEYS}
    clips, items = parts["clips"], parts["items"]
    if clips is None or items is None:
        return False
    keys = "".join(clips) + "".join(items)
    colons = len(TRUTH_KEYS) + len(clips) + len(items) + _colons(clips) + _colons(items)
    if ":" in keys or colons != data.count(b":"):
        return False
    for clip, raw in clips.items():
        _clip(clip, strict_json.loads(bytes(raw)), gathered, notes)
    for item, raw in items.items():
        _item(item, strict_json.loads(bytes(raw)), gathered, notes)
    return True


def _colons(parts: dict[str, msgspec.Raw]) -> int:
    return sum(bytes(raw).count(b":") for raw in parts.values())


def _whole(data: bytes, gathered: Gathered, notes: Notes) -> None:
    """Read all at once and say what is wrong."""
    problems = gathered.problems
    with strict_json.collector_off():
        value = strict_json.loads(data)
    if not isinstance(value, dict):
        problems.add("", f"must be a JSON object with clips and items, not {kind(value)}")
        return
    note_unknown(value, TRUTH_KEYS, "", notes)
    if isinstance(value, strict_json.Repeating):
        for key in value.repeated:
            problems.add(quoted(key), "this key is given twice; keep one")
    for name, read_one in (("clips", _clip), ("items", _item)):
        part = value.get(name)
        if not isinstance(part, dict):
            given = kind(part) if name in value else "nothing"
            problems.add(name, f"must be an object with a member for each id, not {given}")
            continue
        if isinstance(part, strict_json.Repeating):
            for key in part.repeated:
                problems.add(below(name, key), "this key is given twice; keep one")
        for key, one in part.items():
            read_one(key, one, gathered, notes)


def _clip(clip: str, value: object, gathered: Gathered, notes: Notes) -> None:
    problems, path = gathered.problems, gathered.clip_path(clip)
    found = _member(clip, value, path, CLIP_KEYS, problems, notes)
    if found is None:
        return
    item = None
    if found.get("item_id", "") is not None:
        item = check_id(found.get("item_id"), f"{path}.item_id", problems)
    split = found.get("split")
    if "split" in found and split not in SPLITS:
        problems.add(f"{path}.split", 'must be "A" or "B"')
    row = gathered.add_clip(clip, item, split if isinstance(split, str) else None)
    frames = found.get("frames")
    if not isinstance(frames, dict):
        problems.add(f"{path}.frames", "must be an object of frame numbers; {} if there is none")
        return
    for key, annotated in frames.items():
        here = below(f"{path}.frames", key)
        frame = check_frame(key, here, problems)
        gathered.add_frame(row, frame, check_boxes(annotated, here, problems, notes), here)


def _item(item: str, value: object, gathered: Gathered, notes: Notes) -> None:
    problems, path = gathered.problems, gathered.item_path(item)
    found = _member(item, value, path, ITEM_KEYS, problems, notes)
    if found is None:
        return
    row = gathered.add_item(item)
    images = found.get("images")
    if not isinstance(images, dict):
        problems.add(f"{path}.images", "must be an object of image names; {} if there is none")
        return
    for name, annotated in images.items():
        here = below(f"{path}.images", name)
        check_id(name, here, problems)
        gathered.add_image(row, name, check_boxes(annotated, here, problems, notes), here)


def _member(
    key: str,
    value: object,
    path: str,
    keys: tuple[str, ...],
    problems: Problems,
    notes: Notes,
) -> dict[str, object] | None:
    """Check what clips and items have in common; return the object's members."""
    for place, message in strict_json.faults(value, path):
        problems.add(place, message)
    check_id(key, path, problems)
    if not isinstance(value, dict):
        problems.add(path, f"must be an object, not {kind(value)}")
        return None
    note_unknown(value, keys, path, notes)
    return value
