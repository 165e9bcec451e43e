"""Which targets (clips, segments) a label, viewpoint or display applies to, to count outcomes by.

A target is in the slice of every value that one of its annotated boxes has, so slices overlap.
They only report: no score depends on them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.compiled import Arrays

KINDS = ("label", "viewpoint", "display")
MOST_VALUES = 100  # of each kind; the commonest are kept

SCHEMA = {"slice_name": ("S", 1), "slice_start": ("i8", 1), "slice_target": ("i4", 1)}

Index = NDArray[np.int64]
Counts = dict[str, dict[str, dict[str, int]]]


def arrays(target: Index, values: Mapping[str, tuple[Index, Sequence[str]]]) -> Arrays:
    """Make the arrays of SCHEMA.

    `target` (n,) is each box's target. `values` has for each kind the boxes' values as rows (-1:
    not given) and the names of the rows. A slice is named `label=coat`, and owns the rows
    slice_target[slice_start[i]:slice_start[i + 1]].
    """
    names: list[str] = []
    members: list[Index] = []
    for kind in KINDS:
        row, texts = values[kind]
        given = row >= 0
        width = int(target.max(initial=0)) + 1
        keys = np.unique(row[given] * width + target[given])
        rows, sizes = np.unique(keys // width, return_counts=True)
        commonest = np.argsort(-sizes, kind="stable")[:MOST_VALUES]
        for value in sorted(rows[commonest].tolist()):
            names.append(f"{kind}={texts[value]}")
            members.append(keys[keys // width == value] % width)
    sizes = np.array([len(member) for member in members], dtype=np.int64)
    encoded = [name.encode() for name in names]
    return {
        "slice_name": np.array(encoded, dtype=np.bytes_) if names else np.empty(0, dtype="S1"),
        "slice_start": columns.starts(sizes),
        "slice_target": np.concatenate([np.empty(0, np.int64), *members]).astype(np.int32),
    }


def count(
    name: NDArray[np.bytes_],
    start: Index,
    target: NDArray[np.int32],
    outcome: NDArray[np.uint8],
    included: NDArray[np.bool_],
    outcomes: tuple[str, ...],
) -> Counts:
    """Count the outcomes of the included targets: by kind, value and outcome.

    `outcome` and `included` are (targets,). Values that no included target has are left out.
    """
    row = np.repeat(np.arange(len(name)), np.diff(start))
    kept = included[target]
    keys = row[kept] * len(outcomes) + outcome[target[kept]]
    counts = np.bincount(keys, minlength=len(name) * len(outcomes)).reshape(-1, len(outcomes))
    found: Counts = {}
    for one, numbers in zip(name.tolist(), counts.tolist(), strict=True):
        kind, _, value = one.decode().partition("=")
        if any(numbers):
            found.setdefault(kind, {})[value] = dict(zip(outcomes, numbers, strict=True))
    return found
