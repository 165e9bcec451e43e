"""Columns of ids, and rows that own ranges of other rows, in numpy.

Ids lie in a sorted array of UTF-8 bytes of one width, so that a memory-mapped truth needs no
dictionary. A range column `starts` has one more entry than rows: row i owns starts[i]:starts[i+1].
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.bytes_]
Index = NDArray[np.int64]
Rows = NDArray[np.int64] | NDArray[np.int32]


def ranked(ids: Sequence[str]) -> tuple[Ids, Index]:
    """Return the distinct ids as sorted bytes, as wide as the longest, and each given id's row."""
    if not ids:
        return np.empty(0, dtype="S1"), np.empty(0, dtype=np.int64)
    encoded = np.array([one.encode("utf-8") for one in ids], dtype=np.bytes_)
    distinct, rows = np.unique(encoded, return_inverse=True)
    return distinct, rows.astype(np.int64)


def lookup(ids: Ids, wanted: Sequence[str]) -> Index:
    """Return each wanted id's row in sorted `ids`, or -1: (n,)."""
    if not len(ids) or not wanted:
        return np.full(len(wanted), -1, dtype=np.int64)
    keys = _keys(wanted, ids.itemsize)
    return find(ids, keys, keys != b"")


def find(
    ordered: np.ndarray[tuple[int], np.dtype[np.generic]],
    keys: np.ndarray[tuple[int], np.dtype[np.generic]],
    possible: NDArray[np.bool_] | None = None,
) -> Index:
    """Return each key's row in an ordered column, or -1 where it is absent or not possible."""
    if not len(ordered):
        return np.full(len(keys), -1, dtype=np.int64)
    rows = np.searchsorted(ordered, keys)
    rows[rows == len(ordered)] = 0
    found = ordered[rows] == keys
    if possible is not None:
        found &= possible
    return np.where(found, rows, -1)


def named(ids: Ids, rows: Index) -> Ids:
    """Return the id of each row, empty for row -1: (n,)."""
    known = np.append(ids, np.array([b""], dtype=ids.dtype))  # so that -1 is the empty one
    found: Ids = known[rows]
    return found


def starts(counts: NDArray[np.integer]) -> Index:
    """Turn (n,) counts into (n + 1,) starts."""
    found = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=found[1:])
    return found


def expand(first: Rows, counts: Rows) -> tuple[Index, Index]:
    """List the members of many ranges, one after another.

    Returns for each member the number of its range and its row: first[i], first[i] + 1, ...
    """
    if np.all(counts == 1):  # as often: most instances have one box
        return np.arange(len(counts), dtype=np.int64), first.astype(np.int64)
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    shift = first - (np.cumsum(counts, dtype=np.int64) - counts)
    return owner, np.arange(len(owner), dtype=np.int64) + shift[owner]


def _keys(wanted: Sequence[str], width: int) -> Ids:
    """Encode ids for comparison; what can't be an id of this width becomes empty."""
    joined = "".join(wanted)
    if joined.isascii() and "\0" not in joined:
        if set(map(len, wanted)) == {width}:  # the usual case, and the fastest
            return np.frombuffer(joined.encode("ascii"), dtype=f"S{width}")
        return np.array([one if len(one) <= width else "" for one in wanted], dtype=f"S{width}")
    encoded = [one.encode("utf-8", "surrogatepass") for one in wanted]
    fitting = [one if len(one) <= width and b"\0" not in one else b"" for one in encoded]
    return np.array(fitting, dtype=f"S{width}")
