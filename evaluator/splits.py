"""Which units of a truth are public (split A) and which are private (split B).

A truth may say so itself; else a seed and a share decide by each id's hash, the same everywhere.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import InvalidSettings, Problem

NAMES = ("A", "B")
A, B = 0, 1
WHOLE = 2**256


def is_private(seed: str, unit: str, share: float) -> bool:
    """Whether the unit (a clip, a stream) falls in split B; exact, as ints and floats compare."""
    return int(hashlib.sha256(f"{seed}:{unit}".encode()).hexdigest(), 16) < share * WHOLE


def assign(
    units: Iterable[str],
    given: Iterable[str | None],
    *,
    seed: str | None,
    private_share: float,
) -> NDArray[np.uint8]:
    """Return 0 (A) or 1 (B) for each unit.

    One `given` split anywhere makes the file's word final: units without one are then in A.
    """
    stated = list(given)
    if seed is None or any(name is not None for name in stated):
        return np.array([B if name == "B" else A for name in stated], dtype=np.uint8)
    return np.array([is_private(seed, unit, private_share) for unit in units], dtype=np.uint8)


def check(seed: str | None, private_share: float) -> None:
    """Raise InvalidSettings if seed and share can't split anything."""
    if not 0.0 <= private_share <= 1.0:
        problem = Problem("private_share", "must be between 0 and 1")
    elif private_share > 0.0 and seed is None:
        problem = Problem("split_seed", "give a seed, or a private share of 0")
    else:
        return
    raise InvalidSettings((problem,))
