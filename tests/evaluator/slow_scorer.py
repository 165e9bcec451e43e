"""The judging rules again, with dictionaries and loops, sharing no code with the evaluator.

The oracle for the fast path. It takes files that are valid and says nothing about others.
"""

LEVELS = ("clip", "frame", "box")


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def by_instance(annotations):
    found: dict[int, list[list[float]]] = {}
    for one in annotations:
        if one["instance_id"] > 0:
            found.setdefault(one["instance_id"], []).append(one["box"])
    return found


def judge_clip(clip, prediction, items, options, *, literal=False):
    """Return the clip's outcome.

    A frame may show one instance in several boxes. `expected.json` counts it as placed when all
    of them are overlapped; EVALUATION.md, taken `literal`ly, when any is.
    """
    if prediction is None:
        return "rightly_silent" if clip["item_id"] is None else "not_found"
    if clip["item_id"] is None:
        return "false_alarm"
    if prediction["item_id"] != clip["item_id"]:
        return "wrong_item"
    shown = by_instance(clip["frames"].get(str(int(prediction["frame_index"])), []))
    if not shown:
        return "frame_missed"
    images = {
        name.removesuffix(".jpg"): by_instance(found)
        for name, found in items[clip["item_id"]]["images"].items()
    }
    verdicts = [
        judge_instance(instance, frame_boxes, images, prediction["result"], options, literal)
        for instance, frame_boxes in shown.items()
    ]
    rules = {"all": all, "any": any}
    if not rules[options.get("frame_rule", "all")](named for named, _ in verdicts):
        return "frame_missed"
    good = rules[options.get("box_rule", "all")](placed for _, placed in verdicts)
    return "correct" if good else "box_missed"


def judge_instance(instance, frame_boxes, images, pairs, options, literal):
    """Return whether the instance is named, and whether it is placed."""
    tau = options.get("tau", 0.5)
    named, good = False, []
    for pair in pairs:
        item_boxes = images.get(pair["img_name"].removesuffix(".jpg"), {}).get(instance)
        if not item_boxes:
            continue
        named = True
        if any(iou(pair["item_box"], box) > tau for box in item_boxes):
            good.append(pair["frame_box"])
    if options.get("box_sides", "both") == "item":
        return named, bool(good)
    hit = [any(iou(given, box) > tau for given in good) for box in frame_boxes]
    return named, (any if literal else all)(hit)


def outcomes(truth, predictions, options, *, literal=False):
    """Return each clip's outcome, by clip id."""
    return {
        clip: judge_clip(one, predictions.get(clip), truth["items"], options, literal=literal)
        for clip, one in truth["clips"].items()
    }


def score(truth, predictions, options, split, *, literal=False):
    """Return {"levels": {name: counts}, "score": float} of one split."""
    weights = options.get("weights", {"clip": 0.2, "frame": 0.6, "box": 0.2})
    found = outcomes(truth, predictions, options, literal=literal)
    inside = [c for c, one in truth["clips"].items() if one.get("split", "A") == split]
    made = sum(1 for clip in inside if clip in predictions)
    exist = sum(1 for clip in inside if truth["clips"][clip]["item_id"] is not None)
    good = {"clip": {"correct", "box_missed", "frame_missed"}, "frame": {"correct", "box_missed"}}
    levels, total = {}, 0.0
    for level in LEVELS:
        tp = sum(1 for clip in inside if found[clip] in good.get(level, {"correct"}))
        precision = tp / made if made else 0.0
        recall = tp / exist if exist else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        levels[level] = {
            "tp": tp,
            "fp": made - tp,
            "fn": exist - tp,
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
        total += weights[level] * f1
    return {"levels": levels, "score": total}
