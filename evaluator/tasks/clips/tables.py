"""Boxes grouped by frame or image and by instance, in one order whatever order they came in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.tasks.clips.gathering import BoxRows

Index = NDArray[np.int64]
Classes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of (group, instance), sorted, each owning boxes box_start[i]:box_start[i + 1].

    `group` is the rank of the frame or image; `instance` is the id itself, above 0; `box` is
    (boxes, 4) pixels, and label, viewpoint and display are (boxes,).
    """

    group: Index
    instance: Index
    box_start: Index
    box: NDArray[np.float64]
    label: Classes
    viewpoint: Classes
    display: Classes


def of(rows: BoxRows, rank: Index, label_row: Index | None) -> Table:
    """Make a table of the boxes with an instance above 0.

    `rank` orders the groups; `label_row` gives each label's number in order, if labels matter.
    """
    instance = np.asarray(rows.instance, dtype=np.int64)
    kept = instance > 0
    instance = instance[kept]
    group = rank[np.asarray(rows.group, dtype=np.int64)[kept]]
    box = np.asarray(rows.corners, dtype=np.float64).reshape(-1, 4)[kept] + 0.0  # -0.0 to 0.0
    label = np.asarray(rows.label, dtype=np.int32)[kept]
    if label_row is not None and len(label_row):
        label = np.where(label >= 0, label_row[label], -1).astype(np.int32)
    viewpoint = np.asarray(rows.viewpoint, dtype=np.int32)[kept]
    display = np.asarray(rows.display, dtype=np.int32)[kept]
    order = np.lexsort((display, viewpoint, label, *box.T[::-1], instance, group))
    group, instance = group[order], instance[order]
    first = np.ones(len(group), dtype=np.bool_)
    first[1:] = (group[1:] != group[:-1]) | (instance[1:] != instance[:-1])
    owners = np.cumsum(first) - 1
    return Table(
        group=group[first],
        instance=instance[first],
        box_start=columns.starts(np.bincount(owners, minlength=int(first.sum()))),
        box=box[order],
        label=label[order],
        viewpoint=viewpoint[order],
        display=display[order],
    )
