"""A made-up clips contest in the shape of the real one, from a seed: truth and prediction files.

Frames 0 to 400 by 20, one or two pieces an item, six images an item, 800-pixel images, 540 x 960
frames. The same seed gives the same files on every machine: only `random.Random.random` is used.
Nothing here is read by the scorer.
"""

import json
import random
import zipfile
from pathlib import Path
from typing import TypedDict

from evaluator import splits

FRAME_NUMBERS = range(0, 401, 20)
IMAGES = 6
IMAGE_SIZE = (800, 800)
FRAME_SIZE = (540, 960)
HIGHEST_ID = 120_000
DISTRACTORS = 0.174  # items without a clip, for each clip
TWO_PIECES = 0.35
OTHER_GARMENT = 0.2
FRAME_SHOWN = 0.38
PIECE_SHOWN = 0.8
STRING_FRAMES = 0.5  # of files that write every frame_index as a string
SHIFT = 0.03  # of a box's size, where it is right
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
LABELS = ("短袖上衣", "长袖上衣", "短袖连衣裙", "长袖连衣裙", "背心上衣", "短裤", "长裤", "半身裙")


class Box(TypedDict):
    """An annotated box."""

    instance_id: int
    box: list[int]
    label: str
    viewpoint: int
    display: int


class Clip(TypedDict):
    """A clip of the truth."""

    item_id: str | None
    split: str
    frames: dict[str, list[Box]]


class Item(TypedDict):
    """An item of the gallery."""

    images: dict[str, list[Box]]


class Truth(TypedDict):
    """A truth as organizers upload it."""

    clips: dict[str, Clip]
    items: dict[str, Item]


class Pair(TypedDict):
    """A pair of boxes in a prediction."""

    img_name: str
    item_box: list[int]
    frame_box: list[int]


class Prediction(TypedDict):
    """One clip's prediction."""

    item_id: str
    frame_index: int | str
    result: list[Pair]


def make_truth(
    *, clips: int = 2000, missing_share: float = 0.0, private_share: float = 0.0, seed: int = 0
) -> Truth:
    """Make a truth; `missing_share` of the clips have no product in the gallery.

    `private_share` of the clips are in split B, chosen by hash. ValueError if there can't be as
    many ids as clips and distractors need.
    """
    chance = random.Random(f"podium truth {seed}")  # noqa: S311 -- a demo, not a secret
    distractors = int(clips * DISTRACTORS)
    ids = _ids(chance, clips + distractors)
    truth: Truth = {"clips": {}, "items": {}}
    for clip in ids[:clips]:
        pieces = _pieces(chance, clip)
        missing = chance.random() < missing_share
        private = splits.is_private(str(seed), clip, private_share)
        truth["clips"][clip] = {
            "item_id": None if missing else clip,
            "split": splits.NAMES[private],
            "frames": _frames(chance, pieces),
        }
        if not missing:
            truth["items"][clip] = _item(chance, pieces)
    for item in ids[clips:]:
        truth["items"][item] = _item(chance, _pieces(chance, item))
    return truth


def make_predictions(
    truth: Truth,
    *,
    item_accuracy: float = 0.75,
    frame_accuracy: float = 0.95,
    box_accuracy: float = 0.95,
    silence: float = 0.0,
    seed: int = 0,
) -> dict[str, Prediction]:
    """Make a team's predictions, each accuracy the chance to be right where the level before is.

    `silence` is the share of clips left out; a missing product gets some item all the same.
    """
    chance = random.Random(f"podium predictions {seed}")  # noqa: S311 -- a demo, not a secret
    items = list(truth["items"])
    as_string = chance.random() < STRING_FRAMES
    found: dict[str, Prediction] = {}
    for clip, true in truth["clips"].items():
        if chance.random() < silence:
            continue
        item = true["item_id"]
        right = item is not None and chance.random() < item_accuracy
        if item is None or not right:
            item = _other(chance, items, item)
        frame, pairs = _aim(chance, true, truth["items"][item], right, frame_accuracy, box_accuracy)
        found[clip] = {
            "item_id": item,
            "frame_index": str(frame) if as_string else frame,
            "result": pairs,
        }
    return found


def make_native_zip(truth: Truth, path: Path) -> None:
    """Write a truth in the contest's own layout; splits have no place in it and are lost.

    ValueError if a clip's item has another id than the clip: the layout can't say so.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for clip, one in truth["clips"].items():
            if one["item_id"] not in {None, clip} or (
                not one["item_id"] and clip in truth["items"]
            ):
                raise ValueError(f"clip {clip} has another item: the contest's layout can't say so")
            frames = [
                {"frame_index": int(frame), "annotations": boxes}
                for frame, boxes in one["frames"].items()
            ]
            _add(archive, f"video_annotation/{clip}.json", {"video_id": clip, "frames": frames})
        for item, gallery in truth["items"].items():
            for name, boxes in gallery["images"].items():
                content = {"item_id": item, "img_name": f"{name}.jpg", "annotations": boxes}
                _add(archive, f"image_annotation/{item}/{name}.json", content)


def _add(archive: zipfile.ZipFile, name: str, content: object) -> None:
    member = zipfile.ZipInfo(name, ZIP_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, json.dumps(content, ensure_ascii=False))


def _ids(chance: random.Random, count: int) -> list[str]:
    """Return distinct ids of six digits, in no order."""
    highest = max(HIGHEST_ID, 2 * count)
    if highest > 1_000_000:  # noqa: PLR2004 -- six digits
        raise ValueError("at most about 425,000 clips fit in ids of six digits")
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{int(chance.random() * highest):06d}"] = None
    return list(found)


def _pieces(chance: random.Random, item: str) -> list[Box]:
    """Return an item's pieces, boxes yet to be set; ids like 2xxxxxyy."""
    count = 2 if chance.random() < TWO_PIECES else 1
    return [
        {
            "instance_id": 20_000_000 + int(item) * 100 + number,
            "box": [],
            "label": LABELS[int(chance.random() * len(LABELS))],
            "viewpoint": 0,
            "display": 0,
        }
        for number in range(1, count + 1)
    ]


def _item(chance: random.Random, pieces: list[Box]) -> Item:
    """Return an item's gallery: every piece is in the first image, most are in the others."""
    return {
        "images": {
            str(n): _scene(chance, pieces, IMAGE_SIZE, 1.0 if n == 0 else PIECE_SHOWN)
            for n in range(IMAGES)
        }
    }


def _frames(chance: random.Random, pieces: list[Box]) -> dict[str, list[Box]]:
    numbers = [number for number in FRAME_NUMBERS if chance.random() < FRAME_SHOWN]
    return {str(number): _scene(chance, pieces, FRAME_SIZE, PIECE_SHOWN) for number in numbers}


def _scene(
    chance: random.Random, pieces: list[Box], size: tuple[int, int], shown: float
) -> list[Box]:
    """Place pieces, and sometimes other garments, in an image: one above the other."""
    found: list[Box] = []
    height = size[1] / len(pieces)
    for n, piece in enumerate(pieces):
        if chance.random() < shown:
            found.append(_placed(chance, piece, _box(chance, size[0], n * height, height)))
    if chance.random() < OTHER_GARMENT or not found:
        other: Box = {**pieces[0], "instance_id": 0}
        found.append(_placed(chance, other, _box(chance, size[0], 0, size[1])))
    return found


def _placed(chance: random.Random, piece: Box, box: list[int]) -> Box:
    viewpoint, display = int(chance.random() * 3), int(chance.random() * 2)
    return {**piece, "box": box, "viewpoint": viewpoint, "display": display}


def _box(chance: random.Random, width: float, top: float, height: float) -> list[int]:
    """Return a box that takes a good part of a band of the image."""
    x1 = int(width * 0.4 * chance.random())
    y1 = int(top + height * 0.25 * chance.random())
    x2 = int(width * (0.6 + 0.4 * chance.random()))
    y2 = int(top + height * (0.7 + 0.3 * chance.random()))
    return [x1, y1, x2, y2]


def _other(chance: random.Random, items: list[str], item: str | None) -> str:
    """Return another item than the true one, if there is another."""
    at = int(chance.random() * len(items))
    return items[(at + 1) % len(items)] if items[at] == item else items[at]


def _aim(
    chance: random.Random,
    clip: Clip,
    item: Item,
    right: bool,
    frame_accuracy: float,
    box_accuracy: float,
) -> tuple[int, list[Pair]]:
    """Choose a frame and its pairs; right with the accuracies' chances where the item is right."""
    shown = {frame: _wanted(boxes) for frame, boxes in clip["frames"].items() if _wanted(boxes)}
    frame_right = right and chance.random() < frame_accuracy
    box_right = chance.random() < box_accuracy
    if frame_right and shown:
        frame = list(shown)[int(chance.random() * len(shown))]
        pairs = [
            _pair(chance, item, box["instance_id"], box["box"], box_right) for box in shown[frame]
        ]
        if chance.random() < OTHER_GARMENT:
            pairs.append(pairs[0])
        return int(frame), pairs
    numbers = [number for number in FRAME_NUMBERS if str(number) not in shown]
    number = numbers[int(chance.random() * len(numbers))] if numbers else FRAME_NUMBERS[-1] + 20
    box = _box(chance, FRAME_SIZE[0], 0, FRAME_SIZE[1])
    return number, [_pair(chance, item, 0, box, right=True)]


def _wanted(boxes: list[Box]) -> list[Box]:
    return [box for box in boxes if box["instance_id"] > 0]


def _pair(chance: random.Random, item: Item, instance: int, box: list[int], right: bool) -> Pair:
    """Pair a frame's box with an image that shows the instance, if there is one."""
    showing = [
        (name, one["box"])
        for name, boxes in item["images"].items()
        for one in boxes
        if one["instance_id"] == instance
    ]
    if not showing:
        showing = [(name, one["box"]) for name, boxes in item["images"].items() for one in boxes]
    name, item_box = showing[int(chance.random() * len(showing))]
    return {
        "img_name": name,
        "item_box": _shifted(chance, item_box, right),
        "frame_box": _shifted(chance, box, right),
    }


def _shifted(chance: random.Random, box: list[int], right: bool) -> list[int]:
    """Return a box near the given one, or clearly beside it."""
    x1, y1, x2, y2 = box
    share = SHIFT * chance.random() if right else 0.6 + 0.3 * chance.random()
    dx, dy = int((x2 - x1) * share), int((y2 - y1) * share)
    return [x1 + dx, y1 + dy, x2 + dx, y2 + dy]
