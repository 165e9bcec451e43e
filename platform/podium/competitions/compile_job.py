"""The child that validates and compiles a truth: `python -m podium.competitions.compile_job`.

Runs without Django, without credentials. Job: `task`, `source` (a path), `folder` (where the
compiled arrays go), `split_seed`, `private_share`. Answer: `manifest` or `problems`.
"""

from pathlib import Path
from typing import Any

import evaluator.tasks
from podium.core.job import main


def compile_truth(job: dict[str, Any]) -> dict[str, object]:
    """Compile the truth at `source` into `folder`; name every problem if it can't be."""
    task = evaluator.tasks.get(job["task"])
    try:
        manifest = task.compile_truth(
            Path(job["source"]),
            Path(job["folder"]),
            split_seed=job["split_seed"] or None,
            private_share=job["private_share"],
        )
    except evaluator.InvalidTruth as error:
        return {
            "problems": [[problem.path, problem.message] for problem in error.problems],
            "problem_count": error.total,
        }
    return {"manifest": manifest.as_dict()}


if __name__ == "__main__":
    main(compile_truth)
