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
    """Return the clip's outcome; `literal` as in `judge_frame`."""
    if prediction is None:
        return "rightly_silent" if clip["item_id"] is None else "not_found"
    if clip["item_id"] is None:
        return "false_alarm"
    if prediction["item_id"] != clip["item_id"]:
        return "wrong_item"
    return judge_frame(clip, prediction, items, options, literal=literal)


def judge_frame(unit, prediction, items, options, *, literal=False):
    """Return the outcome of a prediction of the right item.

    Each annotated box of an instance is to be placed. EVALUATION.md taken `literal`ly would be
    content with any box of an instance; expected.json is not.
    """
    annotated = unit["frames"].get(str(int(prediction["frame_index"])), [])
    annotated = [one for one in annotated if one["instance_id"] > 0]
    if not annotated:
        return "frame_missed"
    images = {
        name.removesuffix(".jpg"): by_instance(found)
        for name, found in items[prediction["item_id"]]["images"].items()
    }
    rules = {"all": all, "any": any}
    pairs = prediction["result"]
    named = [
        any(one["instance_id"] in images.get(image_of(pair), {}) for pair in pairs)
        for one in annotated
    ]
    if not rules[options.get("frame_rule", "all")](named):
        return "frame_missed"
    placed = [
        any(places(pair, one["instance_id"], one["box"], images, options) for pair in pairs)
        for one in annotated
    ]
    if literal:
        by: dict[int, bool] = {}
        for one, good in zip(annotated, placed, strict=True):
            by[one["instance_id"]] = by.get(one["instance_id"], False) or good
        placed = list(by.values())
    return "correct" if rules[options.get("box_rule", "all")](placed) else "box_missed"


def image_of(pair):
    return pair["img_name"].removesuffix(".jpg")


def places(pair, instance, frame_box, images, options):
    """Whether a pair places one annotated box of an instance."""
    tau = options.get("tau", 0.5)
    item_boxes = images.get(image_of(pair), {}).get(instance, [])
    if not any(iou(pair["item_box"], box) > tau for box in item_boxes):
        return False
    if options.get("box_sides", "both") == "item":
        return True
    return iou(pair["frame_box"], frame_box) > tau


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
    return weighed([found[clip] for clip in inside], made, exist, weights)


def weighed(found, made, exist, weights):
    """Return levels and score of outcomes, of so many predictions and products."""
    good = {"clip": {"correct", "box_missed", "frame_missed"}, "frame": {"correct", "box_missed"}}
    levels, total = {}, 0.0
    for level in LEVELS:
        tp = sum(1 for one in found if one in good.get(level, {"correct"}))
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


def temporal_iou(a, b):
    both = max(0, min(a["end"], b["end"]) - max(a["start"], b["start"]))
    return both / (a["end"] - a["start"] + b["end"] - b["start"] - both)


def match_stream(stream, predictions, theta):
    """Return each segment's matching prediction (a number, or None), by the segment's number."""
    matched = {}
    for number, segment in enumerate(stream["segments"]):
        best, found = theta, None
        for n, one in enumerate(predictions):
            if segment["item_id"] is not None and one["item_id"] == segment["item_id"]:
                overlap = temporal_iou(segment, one)
                if overlap > best:
                    best, found = overlap, n
        matched[number] = found
    return matched


def judge_stream(stream, predictions, items, options):
    """Return each segment's outcome, and how many wrong predictions explain none of them."""
    theta = options.get("theta", 0.5)
    matched = match_stream(stream, predictions, theta)
    wrong = [n for n in range(len(predictions)) if n not in matched.values()]
    outcomes: dict[int, str] = {}
    chosen: dict[int, list[tuple[float, int]]] = {}
    lost = [n for n, found in matched.items() if found is None]
    for n in wrong:
        overlaps = [(temporal_iou(stream["segments"][s], predictions[n]), -s) for s in lost]
        best, segment = max(overlaps, default=(0, 0))
        if best > theta:
            chosen.setdefault(-segment, []).append((best, -n))
    explained = 0
    for number, segment in enumerate(stream["segments"]):
        if matched[number] is not None:
            one = predictions[matched[number]]
            inside = segment["start"] <= int(one["frame_index"]) < segment["end"]
            found = judge_frame(stream, one, items, options) if inside else "frame_missed"
        elif segment["item_id"] is None:
            found = "false_alarm" if number in chosen else "rightly_silent"
        else:
            found = "wrong_item" if number in chosen else "not_found"
            explained += number in chosen
        outcomes[number] = found
    return outcomes, len(wrong) - explained


def score_streams(truth, predictions, options, split):
    """Return {"levels", "score", "outcomes", "extras"} of one split; segments in time's order."""
    weights = options.get("weights", {"clip": 0.2, "frame": 0.6, "box": 0.2})
    found, made, exist, alarms = [], 0, 0, 0
    overlaps, delays, covered, whole = [], [], 0.0, 0.0
    for name, stream in truth["streams"].items():
        if stream.get("split", "A") != split:
            continue
        given = predictions.get(name, [])
        outcomes, more = judge_stream(stream, given, truth["items"], options)
        found += outcomes.values()
        alarms += more
        made += len(given)
        matched = match_stream(stream, given, options.get("theta", 0.5))
        for number, segment in enumerate(stream["segments"]):
            if segment["item_id"] is None:
                continue
            exist += 1
            whole += (segment["end"] - segment["start"]) / stream["fps"]
            if matched[number] is not None:
                one = given[matched[number]]
                overlaps.append(temporal_iou(segment, one))
                both = min(segment["end"], one["end"]) - max(segment["start"], one["start"])
                covered += both / stream["fps"]
                delays.append(max(0, one["start"] - segment["start"]) / stream["fps"])
    counts = {name: found.count(name) for name in set(found)} | {"false_alarm": alarms}
    extras = {
        "mean_temporal_iou": sum(overlaps) / len(overlaps) if overlaps else None,
        "time_covered": covered / whole if whole else None,
        "mean_delay_seconds": sum(delays) / len(delays) if delays else None,
    }
    return {**weighed(found, made, exist, weights), "outcomes": counts, "extras": extras}
