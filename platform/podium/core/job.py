"""The child's side of `podium.core.child`: read the job, do it, write the answer."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any


def main(work: Callable[[dict[str, Any]], dict[str, object]]) -> None:
    """Do the job on standard input; the answer goes to the real standard output, prints do not."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    result = work(json.loads(sys.stdin.buffer.read()))
    answer.write(json.dumps(result, allow_nan=False).encode())
    answer.close()
