"""Boxes `[x1, y1, x2, y2]` in pixels: what a valid one is, and how far two of them overlap.

Which boxes are compared is for the tasks.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from evaluator.strict_json import kind

FURTHEST = 1e6  # pixels; no coordinate may lie beyond, either way
CORNERS = 4
BLOCK = 1 << 14  # pairs of boxes compared at once

Corners = tuple[float, float, float, float]


def iou(first: NDArray[np.number], second: NDArray[np.number]) -> NDArray[np.float64]:
    """Intersection over union of boxes in pairs: two (n, 4) arrays give (n,), in float64.

    The plain ratio of areas, without the "+1" of some detection code.
    """
    a, b = (np.array(one.T, dtype=np.float64, order="C") for one in (first, second))
    width = np.minimum(a[2], b[2]) - np.maximum(a[0], b[0])
    height = np.minimum(a[3], b[3]) - np.maximum(a[1], b[1])
    intersection = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    union = areas(a.T) + areas(b.T) - intersection
    ratio: NDArray[np.float64] = intersection / union
    return ratio


def overlapping(
    first: NDArray[np.number],
    first_rows: NDArray[np.int64],
    second: NDArray[np.number],
    second_rows: NDArray[np.int64],
    tau: float,
) -> NDArray[np.bool_]:
    """Whether boxes, named by their rows in pairs (n,), have an IoU greater than tau: (n,).

    Done in blocks that fit in the processor's cache: quicker, and in little memory.
    """
    found = np.empty(len(first_rows), dtype=np.bool_)
    for at in range(0, len(first_rows), BLOCK):
        part = slice(at, at + BLOCK)
        found[part] = iou(first[first_rows[part]], second[second_rows[part]]) > tau
    return found


def areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Areas of (n, 4) boxes, in square pixels: (n,)."""
    found: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return found


def all_valid(boxes: NDArray[np.float64]) -> bool:
    """Whether `faults` would find nothing in any of (n, 4) boxes."""
    if not len(boxes):
        return True
    return bool(
        np.all(np.abs(boxes) <= FURTHEST)
        and np.all(boxes[:, 2] > boxes[:, 0])
        and np.all(boxes[:, 3] > boxes[:, 1])
        and np.all(areas(boxes) > 0.0)
    )


def faults(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and message of all that is wrong with a JSON value as a box.

    Numbers that are not finite make it invalid but are not named: the JSON reader does that.
    """
    if not isinstance(value, list) or len(value) != CORNERS:
        given = f"{len(value)} values" if isinstance(value, list) else kind(value)
        yield path, f"must be a list of four numbers x1, y1, x2, y2, not {given}"
        return
    broken = False
    for corner, number in enumerate(value):
        if isinstance(number, bool) or not isinstance(number, int | float):
            broken = True
            yield f"{path}[{corner}]", f"must be a number, not {kind(number)}"
        elif not math.isfinite(number):
            broken = True
        elif abs(number) > FURTHEST:
            broken = True
            yield f"{path}[{corner}]", "must lie between -1e6 and 1e6 pixels"
    if not broken:
        yield from ((path, message) for message in _shape_faults([float(n) for n in value]))


def is_box(value: object) -> bool:
    """Whether a JSON value is four finite numbers."""
    return (
        isinstance(value, list)
        and len(value) == CORNERS
        and all(isinstance(number, int | float) and math.isfinite(number) for number in value)
    )


def corners(value: object) -> Corners:
    """Return a JSON value that `faults` found nothing in as x1, y1, x2, y2."""
    if not isinstance(value, list):
        raise TypeError("not a box")
    x1, y1, x2, y2 = map(float, value)
    return x1, y1, x2, y2


def _shape_faults(box: list[float]) -> Iterator[str]:
    x1, y1, x2, y2 = box
    if not x2 > x1:
        yield "x2 must be greater than x1"
    if not y2 > y1:
        yield "y2 must be greater than y1"
    if x2 > x1 and y2 > y1 and not (x2 - x1) * (y2 - y1) > 0.0:
        yield "the box is too small to have an area"
