"""The plain peer: dictionaries and loops, as a contest's organizer would write it first.

It checks nothing and keeps nothing but counts; it must count the same as the evaluator.
"""

import json
import sys
from pathlib import Path
from typing import Any

LEVELS = ("clip", "frame", "box")
WEIGHTS = (0.2, 0.6, 0.2)
TAU = 0.5


def iou(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def depth(clip: dict[str, Any], prediction: dict[str, Any], items: dict[str, Any]) -> int:
    """At how many levels, from the clip on, a prediction is right."""
    item = prediction["item_id"]
    if clip["item_id"] is None or item != clip["item_id"]:
        return 0
    boxes = clip["frames"].get(str(int(prediction["frame_index"])), [])
    boxes = [box for box in boxes if box["instance_id"] > 0]
    if not boxes:
        return 1
    images = items[item]["images"]
    named, placed = set(), set()
    for pair in prediction["result"]:
        for shown in images.get(pair["img_name"].removesuffix(".jpg"), []):
            for number, box in enumerate(boxes):
                if box["instance_id"] == shown["instance_id"]:
                    named.add(number)
                    fits = iou(pair["item_box"], shown["box"]) > TAU
                    if fits and iou(pair["frame_box"], box["box"]) > TAU:
                        placed.add(number)
    if len(named) < len(boxes):
        return 1
    return 3 if len(placed) == len(boxes) else 2


def judge(truth: dict[str, Any], predictions: dict[str, Any]) -> dict[str, Any]:
    """Counts and score of each split."""
    found: dict[str, Any] = {}
    counts = {name: {"made": 0, "exist": 0, "right": [0, 0, 0]} for name in "AB"}
    for name, clip in truth["clips"].items():
        count = counts[clip.get("split", "A")]
        count["exist"] += clip["item_id"] is not None
        prediction = predictions.get(name)
        if prediction is None:
            continue
        count["made"] += 1
        for level in range(depth(clip, prediction, truth["items"])):
            count["right"][level] += 1
    for name, count in counts.items():
        made, exist = count["made"], count["exist"]
        score, levels = 0.0, {}
        for level, weight, right in zip(LEVELS, WEIGHTS, count["right"], strict=True):
            precision, recall = right / made if made else 0.0, right / exist if exist else 0.0
            both = precision + recall
            f1 = 2 * precision * recall / both if both else 0.0
            levels[level] = {"tp": right, "fp": made - right, "fn": exist - right}
            score += weight * f1
        found[name] = {"score": score, "levels": levels}
    return found


def main() -> None:
    """Print the result of two files, as a process of its own."""
    truth, predictions = (json.loads(Path(path).read_bytes()) for path in sys.argv[1:])
    print(json.dumps(judge(truth, predictions)))


if __name__ == "__main__":
    main()
