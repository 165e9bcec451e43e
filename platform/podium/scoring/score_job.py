"""The child that scores a file: `python -m podium.scoring.score_job`.

Runs without Django, without credentials. Job: `task`, `settings`, `truth` (the compiled folder),
`file` (a path) and its size limits. Answer: `result` and `warnings`, or `problems` (the file's
fault), or `damaged` (the truth's copy is not what its manifest says).
"""

from pathlib import Path
from typing import Any

import evaluator.tasks
from podium.core.job import main


def score(job: dict[str, Any]) -> dict[str, object]:
    """Judge the file by the truth."""
    task = evaluator.tasks.get(job["task"])
    try:
        truth = task.open_truth(Path(job["truth"]))
    except evaluator.InvalidTruth as error:
        return {"damaged": str(error)}
    limits = evaluator.Limits(
        compressed_bytes=job["max_file_bytes"], decompressed_bytes=job["max_unpacked_bytes"]
    )
    try:
        submission = task.read_submission(Path(job["file"]), truth, limits=limits)
    except evaluator.InvalidSubmission as error:
        return {
            "problems": [[problem.path, problem.message] for problem in error.problems],
            "problem_count": error.total,
        }
    result = task.evaluate(truth, submission, task.settings(job["settings"]))
    return {"result": result.as_dict(), "warnings": list(submission.warnings)}


if __name__ == "__main__":
    main(score)
