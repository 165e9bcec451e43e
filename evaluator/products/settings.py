"""Scoring settings of tasks about products, refused when they make no sense."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evaluator.errors import InvalidSettings, Problems, quoted
from evaluator.options import Option

LEVELS = ("clip", "frame", "box")
RULES = ("all", "any")
SIDES = ("both", "item")
FEEDBACK = ("counts", "full")
DEFAULT_THRESHOLD = 0.5
DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType({"clip": 0.2, "frame": 0.6, "box": 0.2})
LOWEST_THRESHOLD, ABOVE_THRESHOLD = 0.5, 1.0
SUM_TOLERANCE = 1e-9

TAU = Option(
    path=("tau",),
    label="IoU threshold τ",
    help="A box is right when its IoU is greater than this; at least 0.5, below 1.",
    default=DEFAULT_THRESHOLD,
)
THETA = Option(
    path=("theta",),
    label="Temporal IoU threshold θ",
    help="Segments match when their temporal IoU is greater than this; at least 0.5, below 1.",
    default=DEFAULT_THRESHOLD,
)
WEIGHTS = tuple(
    Option(
        path=("weights", level),
        label=f"Weight of the {level} level",
        help="0 or more; the weights of all levels add up to 1.",
        default=DEFAULT_WEIGHTS[level],
    )
    for level in LEVELS
)
RULE_OPTIONS = (
    Option(
        path=("frame_rule",),
        label="Frame rule",
        help="Whether all of a frame's instances must be named, or any.",
        default=RULES[0],
        choices=RULES,
    ),
    Option(
        path=("box_rule",),
        label="Box rule",
        help="Whether all of a frame's annotated boxes must be placed, or any.",
        default=RULES[0],
        choices=RULES,
    ),
    Option(
        path=("box_sides",),
        label="Box sides",
        help="Whether both boxes of a pair are tested, or the gallery image's only.",
        default=SIDES[0],
        choices=SIDES,
    ),
    Option(
        path=("feedback",),
        label="Feedback",
        help="What contestants see of why points were lost: counts, or every single outcome.",
        default=FEEDBACK[0],
        choices=FEEDBACK,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSettings:
    """How predictions are judged and weighted; make it with `parse`, which checks.

    `tau` is the IoU that a box must exceed, `theta` the temporal IoU that a segment must exceed
    (None in a task without segments). `frame_rule` and `box_rule` say whether all of a frame's
    instances must be named, and all of its annotated boxes placed, or any; `box_sides` whether both
    boxes of a pair are tested or the gallery image's only; `feedback` what contestants see.
    """

    task: str
    tau: float
    theta: float | None = None
    weights: Mapping[str, float]
    frame_rule: str
    box_rule: str
    box_sides: str
    feedback: str

    def as_dict(self) -> dict[str, object]:
        """Return the full canonical mapping, JSON-able."""
        return {**self._judging(), "feedback": self.feedback}

    @property
    def digest(self) -> str:
        """SHA-256 hex of the task's name and of all settings that a score depends on.

        `feedback` changes no score, so it may change without a rescore: it is not in the digest.
        """
        text = json.dumps([self.task, self._judging()], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _judging(self) -> dict[str, object]:
        return {
            "tau": self.tau,
            **({} if self.theta is None else {"theta": self.theta}),
            "weights": {level: self.weights[level] for level in LEVELS},
            "frame_rule": self.frame_rule,
            "box_rule": self.box_rule,
            "box_sides": self.box_sides,
        }


def parse(task: str, options: Mapping[str, object], *, timed: bool) -> ProductSettings:
    """Make settings of a JSON-able mapping, with a theta if `timed`.

    InvalidSettings names every problem.
    """
    problems = Problems()
    checks: dict[str, tuple[Callable[[object], object], object]] = {
        "tau": (_threshold, DEFAULT_THRESHOLD),
        **({"theta": (_threshold, DEFAULT_THRESHOLD)} if timed else {}),
        "weights": (_weights, DEFAULT_WEIGHTS),
        "frame_rule": (_one_of(RULES), RULES[0]),
        "box_rule": (_one_of(RULES), RULES[0]),
        "box_sides": (_one_of(SIDES), SIDES[0]),
        "feedback": (_one_of(FEEDBACK), FEEDBACK[0]),
    }
    found: dict[str, object] = {}
    for name, (check, default) in checks.items():
        try:
            found[name] = check(options.get(name, default))
        except ValueError as error:
            problems.add(name, str(error))
    for name in options:
        if name not in checks:
            problems.add(quoted(str(name)), f"unknown; there are {', '.join(checks)}")
    if problems.total:
        raise InvalidSettings(problems.listed)
    return ProductSettings(task=task, **found)  # type: ignore[arg-type]


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise ValueError("must be a finite number")


def _threshold(value: object) -> float:
    threshold = _number(value)
    if not LOWEST_THRESHOLD <= threshold < ABOVE_THRESHOLD:
        raise ValueError("must be at least 0.5 and below 1")
    return threshold


def _weights(value: object) -> Mapping[str, float]:
    if not isinstance(value, Mapping) or set(value) != set(LEVELS):
        raise ValueError(f"must give exactly one weight each to {', '.join(LEVELS)}")
    weights = {}
    for level in LEVELS:
        try:
            weights[level] = _number(value[level])
        except ValueError as error:
            raise ValueError(f"of {level} {error}") from None
    if min(weights.values()) < 0.0:
        raise ValueError("must each be 0 or more")
    if abs(math.fsum(weights.values()) - 1.0) > SUM_TOLERANCE:
        raise ValueError(f"must add up to 1, not {math.fsum(weights.values()):.9g}")
    return MappingProxyType(weights)


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return check
