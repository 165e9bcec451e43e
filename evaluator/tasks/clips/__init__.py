"""The clips task: name the product, show its frame, place its boxes, for each clip of a stream.

This package knows what clips, frames and boxes are; the rest of Podium does not. Judging is in
`judging`, a submission's way in is `parsing` then `submission`, a truth's is `compiling`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from evaluator.compiled import TruthManifest
from evaluator.evaluation import Evaluation
from evaluator.files import Limits
from evaluator.tasks.base import Task, Validation
from evaluator.tasks.clips import compiling, judging, settings, submission, truth
from evaluator.tasks.clips.settings import ClipsSettings
from evaluator.tasks.clips.submission import ClipsSubmission
from evaluator.tasks.clips.truth import ClipsTruth


class ClipsTask(Task[ClipsTruth, ClipsSubmission, ClipsSettings]):
    """Single clips, each with one product or none (preliminary and semifinal)."""

    name = settings.TASK
    title = "Clips: which product, which frame, which boxes"
    levels = settings.LEVELS
    outcomes = judging.OUTCOMES
    options = settings.OPTIONS

    def settings(self, options: Mapping[str, object]) -> ClipsSettings:
        """Make settings from a JSON-able mapping; missing keys take their defaults."""
        return settings.parse(options)

    def compile_truth(
        self,
        source: Path,
        folder: Path,
        *,
        split_seed: str | None = None,
        private_share: float = 0.0,
    ) -> TruthManifest:
        """Check a truth (JSON, or the contest's folder or zip) and write it as arrays."""
        return compiling.compile_truth(
            source, folder, split_seed=split_seed, private_share=private_share
        )

    def open_truth(self, folder: Path, *, verify: bool = False) -> ClipsTruth:
        """Memory-map a compiled truth."""
        return truth.open_truth(folder, verify=verify)

    def read_submission(
        self, source: Path | BinaryIO, truth: ClipsTruth, *, limits: Limits | None = None
    ) -> ClipsSubmission:
        """Read and check a contestant's file against a truth."""
        return submission.read(source, truth, limits or Limits())

    def validate(
        self, source: Path | BinaryIO, ids: Sequence[str], *, limits: Limits | None = None
    ) -> Validation:
        """Check a contestant's file by the clips' ids alone."""
        return submission.validate(source, ids, limits or Limits())

    def evaluate(
        self, truth: ClipsTruth, submission: ClipsSubmission, settings: ClipsSettings
    ) -> Evaluation:
        """Judge a submission; ValueError if it was read against another truth."""
        if submission.truth_digest != truth.digest:
            raise ValueError("the submission was read against another truth; read it again")
        outcomes = judging.judge(truth, submission, settings)
        return Evaluation(
            task=self.name,
            truth_digest=truth.digest,
            settings=settings.as_dict(),
            predictions=submission.predictions,
            warnings=submission.warnings,
            splits=judging.split_results(truth, outcomes, settings),
            unit_outcomes=outcomes,
        )
