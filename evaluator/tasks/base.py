"""What a task is to the rest: compile a truth, read a submission, judge it, report.

A task names its own levels, outcomes and settings; callers know it by this interface and the
registry only. What a clip, a frame or a box is stays inside the task's own package.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar

from evaluator.compiled import TruthManifest
from evaluator.evaluation import Evaluation, Validation
from evaluator.files import Limits
from evaluator.options import Option


class Settings(Protocol):
    """Frozen scoring settings of a phase."""

    @property
    def digest(self) -> str:
        """SHA-256 hex of the canonical mapping and the task's name."""

    def as_dict(self) -> dict[str, object]:
        """Return the full canonical mapping, JSON-able."""


class Truth(Protocol):
    """An opened compiled truth."""

    @property
    def digest(self) -> str:
        """The content's digest, as in the manifest."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have units: ("A",) or ("A", "B")."""

    @property
    def manifest(self) -> TruthManifest:
        """Counts and digests of what was opened."""


class Submission(Protocol):
    """A read and checked submission."""

    @property
    def predictions(self) -> int:
        """How many predictions it holds."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd but not refused, one sentence a kind, with counts."""


TruthT = TypeVar("TruthT", bound=Truth)
SubmissionT = TypeVar("SubmissionT", bound=Submission)
SettingsT = TypeVar("SettingsT", bound=Settings)


class Task(ABC, Generic[TruthT, SubmissionT, SettingsT]):
    """A kind of contest.

    `correct_at` has for each level the numbers of the outcomes that are right there; `units` names
    the part of a truth's JSON whose ids a file predicts.
    """

    name: str
    title: str
    levels: tuple[str, ...]
    outcomes: tuple[str, ...]
    correct_at: Mapping[str, tuple[int, ...]]
    options: tuple[Option, ...]
    units: str

    @abstractmethod
    def settings(self, options: Mapping[str, object]) -> SettingsT:
        """Make settings from a JSON-able mapping; missing keys take their defaults.

        Raises InvalidSettings naming every problem.
        """

    @abstractmethod
    def compile_truth(
        self,
        source: Path,
        folder: Path,
        *,
        split_seed: str | None = None,
        private_share: float = 0.0,
    ) -> TruthManifest:
        """Check an organizer's truth and write it to a new folder of arrays.

        Raises InvalidTruth naming the problems (nothing is written then), InvalidSettings for a
        share outside [0, 1] or without a seed, FileExistsError for a folder in use.
        """

    @abstractmethod
    def open_truth(self, folder: Path, *, verify: bool = False) -> TruthT:
        """Memory-map a compiled truth, read only; `verify` also checks every byte's digest.

        Raises InvalidTruth if it is damaged, or no truth of this task and format version.
        """

    @abstractmethod
    def read_submission(
        self, source: Path | BinaryIO, truth: TruthT, *, limits: Limits | None = None
    ) -> SubmissionT:
        """Read and check a contestant's file against a truth.

        Raises InvalidSubmission naming the problems.
        """

    @abstractmethod
    def validate(
        self, source: Path | BinaryIO, ids: Sequence[str], *, limits: Limits | None = None
    ) -> Validation:
        """Check a contestant's file by the ids of the units alone, without a truth.

        Raises InvalidSubmission naming the problems.
        """

    @abstractmethod
    def evaluate(self, truth: TruthT, submission: SubmissionT, settings: SettingsT) -> Evaluation:
        """Judge a submission. Raises ValueError if it was read against another truth."""
