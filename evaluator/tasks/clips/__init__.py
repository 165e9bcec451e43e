"""The clips task: name the product, show its frame, place its boxes, for each clip of a stream.

Judging is in `judging` on top of the products' rules; a truth's way in is `compiling`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from evaluator import columns
from evaluator.compiled import TruthManifest
from evaluator.evaluation import Evaluation, Targets, Validation
from evaluator.files import Limits
from evaluator.products import submission
from evaluator.products.outcomes import CORRECT_AT, OUTCOMES, TALLIES
from evaluator.products.settings import LEVELS, ProductSettings
from evaluator.products.submission import ProductSubmission
from evaluator.tasks.base import Task
from evaluator.tasks.clips import judging, settings, truth
from evaluator.tasks.clips.compiling import ClipsCompiler
from evaluator.tasks.clips.shape import ClipsShape
from evaluator.tasks.clips.truth import ClipsTruth


class ClipsTask(Task[ClipsTruth, ProductSubmission, ProductSettings]):
    """Single clips, each with one product or none (preliminary and semifinal)."""

    name = settings.TASK
    title = "Clips: which product, which frame, which boxes"
    levels = LEVELS
    outcomes = OUTCOMES
    correct_at = CORRECT_AT
    options = settings.OPTIONS
    units = "clips"

    def settings(self, options: Mapping[str, object]) -> ProductSettings:
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
        return ClipsCompiler().compile_truth(
            source, folder, split_seed=split_seed, private_share=private_share
        )

    def open_truth(self, folder: Path, *, verify: bool = False) -> ClipsTruth:
        """Memory-map a compiled truth."""
        return truth.open_truth(folder, verify=verify)

    def read_submission(
        self, source: Path | BinaryIO, truth: ClipsTruth, *, limits: Limits | None = None
    ) -> ProductSubmission:
        """Read and check a contestant's file against a truth."""
        return submission.read(source, truth, ClipsShape(len(truth.unit_id)), limits or Limits())

    def validate(
        self, source: Path | BinaryIO, ids: Sequence[str], *, limits: Limits | None = None
    ) -> Validation:
        """Check a contestant's file by the clips' ids alone."""
        clips, _ = columns.ranked(ids)
        return submission.validate(source, clips, ClipsShape(len(clips)), limits or Limits())

    def evaluate(
        self, truth: ClipsTruth, submission: ProductSubmission, settings: ProductSettings
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
            outcome_names=OUTCOMES,
            targets=Targets(
                {
                    "unit": truth.unit_id,
                    "split": truth.unit_split,
                    "item": columns.named(truth.item_id, truth.clip_item),
                }
            ),
            unit_split=truth.unit_split,
            unit_outcomes=outcomes,
            unit_tallies=TALLIES[outcomes],
        )
