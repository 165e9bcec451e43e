"""Finding the interval that holds a point, among intervals that do not overlap within a group.

A segment that overlaps another by more than half of their union holds the other's middle, so the
only candidate for a match is found by one search, however many segments there are. Points and ends
are doubled, to keep middles whole.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
TIME_BITS = 33  # of a doubled frame number


def layers(group: Index, span: Index) -> NDArray[np.uint32]:
    """Give each interval (n,) the first layer in which none of its group overlaps it: (n,).

    Most truths have one layer. Intervals that only touch (one's end is the other's start) do not
    overlap.
    """
    start, end = span[:, 0], span[:, 1]
    found = np.zeros(len(group), dtype=np.uint32)
    ends: list[int] = []
    last = None
    for row in np.lexsort((end, start, group)).tolist():
        if group[row] != last:
            ends, last = [], group[row]
        begins = int(start[row])
        free = next((n for n, until in enumerate(ends) if until <= begins), len(ends))
        if free == len(ends):
            ends.append(0)
        ends[free] = int(end[row])
        found[row] = free
    return found


def holding(group: Index, span: Index, at_group: Index, at_double: Index) -> Index:
    """Return the row of the interval that holds each point, -1 where none does: (points,).

    Intervals, a group and a span (n, 2) of start and exclusive end, must not overlap within their
    group. Points are a group and a doubled frame number.
    """
    if not len(group):
        return np.full(len(at_group), -1, dtype=np.int64)
    start, end = span[:, 0], span[:, 1]
    groups = np.unique(group)
    order = np.lexsort((start, group))
    keys = (np.searchsorted(groups, group[order]) << TIME_BITS) | (2 * start[order])
    rank = np.searchsorted(groups, at_group)
    rank[rank == len(groups)] = 0
    known = groups[rank] == at_group
    before = np.searchsorted(keys, (rank << TIME_BITS) | at_double, side="right") - 1
    row = order[before]
    held = known & (before >= 0) & (group[row] == at_group) & (at_double < 2 * end[row])
    return np.where(held, row, -1)


def each_layer(layer: NDArray[np.uint32]) -> Iterator[Index]:
    """Yield the rows of each layer."""
    for number in range(int(layer.max(initial=0)) + 1):
        yield np.flatnonzero(layer == number)


def iou(first: Index, second: Index) -> NDArray[np.float64]:
    """Temporal IoU of intervals in pairs: two (n, 2) arrays of start and end give (n,)."""
    both = np.minimum(first[:, 1], second[:, 1]) - np.maximum(first[:, 0], second[:, 0])
    both = np.maximum(both, 0)
    either = (first[:, 1] - first[:, 0]) + (second[:, 1] - second[:, 0]) - both
    ratio: NDArray[np.float64] = both / either
    return ratio
