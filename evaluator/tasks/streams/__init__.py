"""The streams task: find the segments of whole live streams in which a product is explained.

Which prediction belongs to which true segment is in `matching`; what it is worth in `judging`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from evaluator import columns
from evaluator.compiled import TruthManifest
from evaluator.evaluation import Evaluation, Targets, Validation
from evaluator.files import Limits
from evaluator.products import submission
from evaluator.products.outcomes import CORRECT_AT, OUTCOMES
from evaluator.products.settings import LEVELS, ProductSettings
from evaluator.products.submission import ProductSubmission
from evaluator.tasks.base import Task
from evaluator.tasks.streams import judging, settings, truth
from evaluator.tasks.streams.compiling import StreamsCompiler
from evaluator.tasks.streams.prediction import UNBOUNDED
from evaluator.tasks.streams.shape import StreamsShape
from evaluator.tasks.streams.truth import StreamsTruth


class StreamsTask(Task[StreamsTruth, ProductSubmission, ProductSettings]):
    """Whole live streams with segments of products (final)."""

    name = settings.TASK
    title = "Streams: which product when, which frame, which boxes"
    levels = LEVELS
    outcomes = OUTCOMES
    correct_at = CORRECT_AT
    options = settings.OPTIONS
    units = "streams"

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
        """Check a truth's JSON and write it as arrays."""
        return StreamsCompiler().compile_truth(
            source, folder, split_seed=split_seed, private_share=private_share
        )

    def open_truth(self, folder: Path, *, verify: bool = False) -> StreamsTruth:
        """Memory-map a compiled truth."""
        return truth.open_truth(folder, verify=verify)

    def read_submission(
        self, source: Path | BinaryIO, truth: StreamsTruth, *, limits: Limits | None = None
    ) -> ProductSubmission:
        """Read and check a contestant's file against a truth."""
        shape = StreamsShape(truth.unit_id, truth.stream_frames)
        return submission.read(source, truth, shape, limits or Limits())

    def validate(
        self, source: Path | BinaryIO, ids: Sequence[str], *, limits: Limits | None = None
    ) -> Validation:
        """Check a contestant's file by the streams' ids alone: their lengths are not known."""
        streams, _ = columns.ranked(ids)
        shape = StreamsShape(streams, np.full(len(streams), UNBOUNDED, dtype=np.int64))
        return submission.validate(source, streams, shape, limits or Limits())

    def evaluate(
        self, truth: StreamsTruth, submission: ProductSubmission, settings: ProductSettings
    ) -> Evaluation:
        """Judge a submission; ValueError if it was read against another truth."""
        if submission.truth_digest != truth.digest:
            raise ValueError("the submission was read against another truth; read it again")
        judged = judging.judge(truth, submission, settings)
        stream = truth.segment_stream
        return Evaluation(
            task=self.name,
            truth_digest=truth.digest,
            settings=settings.as_dict(),
            predictions=submission.predictions,
            warnings=submission.warnings,
            splits=judging.split_results(truth, submission, judged, settings),
            outcome_names=OUTCOMES,
            targets=Targets(
                {
                    "unit": truth.unit_id[stream],
                    "split": truth.unit_split[stream],
                    "item": columns.named(truth.item_id, truth.segment_item),
                    "start": truth.segment_span[:, 0],
                    "end": truth.segment_span[:, 1],
                }
            ),
            unit_split=truth.unit_split,
            unit_outcomes=judged.outcomes,
            unit_tallies=judged.tallies,
        )
