"""Boxes grouped by frame or image and by instance, in one order whatever order they came in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.products.gathering import BoxRows

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of (group, instance), sorted, each owning boxes box_start[i]:box_start[i + 1].

    `group` is the rank of the frame or image; `instance` is the id itself, above 0; `box` is
    (boxes, 4) pixels.
    """

    group: Index
    instance: Index
    box_start: Index
    box: NDArray[np.float64]


def of(rows: BoxRows, rank: Index) -> Table:
    """Make a table of the boxes with an instance above 0; `rank` orders the groups."""
    instance = np.asarray(rows.instance, dtype=np.int64)
    kept = instance > 0
    instance = instance[kept]
    group = rank[np.asarray(rows.group, dtype=np.int64)[kept]]
    box = np.asarray(rows.corners, dtype=np.float64).reshape(-1, 4)[kept] + 0.0  # -0.0 to 0.0
    order = np.lexsort((*box.T[::-1], instance, group))
    group, instance = group[order], instance[order]
    first = np.ones(len(group), dtype=np.bool_)
    first[1:] = (group[1:] != group[:-1]) | (instance[1:] != instance[:-1])
    owners = np.cumsum(first) - 1
    return Table(
        group=group[first],
        instance=instance[first],
        box_start=columns.starts(np.bincount(owners, minlength=int(first.sum()))),
        box=box[order],
    )
