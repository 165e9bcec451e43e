"""The comparable part of the work against COCO evaluators: does a box overlap the true one enough?

The same: per image, boxes of one category are compared with the true ones of that category, by the
plain IoU against one threshold. Here each annotated box of a frame is an image with one truth, and
each pair's frame box a detection in it, so all count the same hits.
What differs: COCO evaluators rank detections by score, match greedily one to one, at ten thresholds
and four area ranges by default (here one of each), and accumulate a precision curve; they start
from dictionaries in memory. Ours also looks up the gallery, tests a second box, and starts from
columns. The times are of evaluating, with everything loaded.
"""

import contextlib
import importlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from evaluator import boxes

PEERS = {
    "pycocotools": ("pycocotools.coco", "pycocotools.cocoeval", "COCO", "COCOeval"),
    "faster-coco-eval": ("faster_coco_eval", "faster_coco_eval", "COCO", "COCOeval_faster"),
    "hotcoco": ("hotcoco", "hotcoco", "COCO", "COCOeval"),
}
TAU = 0.5


class Boxes:
    """True boxes, and the detections in their images: (n, 4) each, pairwise."""

    def __init__(self, true: Any, found: Any) -> None:
        self.true, self.found = true, found

    def ours(self) -> int:
        return int((boxes.iou(self.found, self.true) > TAU).sum())

    def naive(self) -> int:
        from naive import iou

        pairs = zip(self.found.tolist(), self.true.tolist(), strict=True)
        return sum(iou(one, other) > TAU for one, other in pairs)

    def dataset(self) -> dict[str, Any]:
        return {
            "info": {},
            "images": [{"id": n + 1, "width": 540, "height": 960} for n in range(len(self.true))],
            "categories": [{"id": 1, "name": "piece"}],
            "annotations": [
                {"id": n + 1, "image_id": n + 1, "category_id": 1, "iscrowd": 0, **coco(box)}
                for n, box in enumerate(self.true.tolist())
            ],
        }

    def detections(self) -> list[dict[str, Any]]:
        return [
            {"image_id": n + 1, "category_id": 1, "score": 1.0, **coco(box)}
            for n, box in enumerate(self.found.tolist())
        ]


def coco(box: list[float]) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    return {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}


def drawn(count: int) -> Boxes:
    """True boxes, with detections a little or far off."""
    random = np.random.default_rng(1)
    low = random.integers(0, 200, (count, 2))
    true = np.hstack([low, low + random.integers(50, 300, (count, 2))]).astype(np.float64)
    return Boxes(true, true + random.integers(0, 90, (count, 1)))


def peer(name: str, given: Boxes) -> Callable[[], object]:
    """Return the peer's evaluation as work to be timed; ImportError if it is not installed."""
    module, eval_module, coco_name, eval_name = PEERS[name]
    coco_class = getattr(importlib.import_module(module), coco_name)
    eval_class = getattr(importlib.import_module(eval_module), eval_name)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco_class()
        truth.dataset = given.dataset()
        truth.createIndex()
        found = truth.loadRes(given.detections())

    def work() -> object:
        with contextlib.redirect_stdout(io.StringIO()):
            evaluator = eval_class(truth, found, "bbox")
            evaluator.params.iouThrs = np.array([TAU])
            evaluator.params.areaRng = [[0, 1e10]]
            evaluator.params.areaRngLbl = ["all"]
            evaluator.params.maxDets = [1]
            evaluator.evaluate()
            evaluator.accumulate()
        return evaluator

    return work
