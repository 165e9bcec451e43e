"""The clips task's settings: threshold, weights and rules, refused when they make no sense."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evaluator.errors import InvalidSettings, Problems, quoted
from evaluator.tasks.base import Option

TASK = "clips"
LEVELS = ("clip", "frame", "box")
RULES = ("all", "any")
SIDES = ("both", "item")
DEFAULT_TAU = 0.5
DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType({"clip": 0.2, "frame": 0.6, "box": 0.2})
LOWEST_TAU, ABOVE_TAU = 0.5, 1.0
SUM_TOLERANCE = 1e-9


OPTIONS = (
    Option(
        path=("tau",),
        label="IoU threshold τ",
        help="A box is right when its IoU is greater than this; at least 0.5, below 1.",
        default=DEFAULT_TAU,
    ),
    *(
        Option(
            path=("weights", level),
            label=f"Weight of the {level} level",
            help="0 or more; the weights of all levels add up to 1.",
            default=DEFAULT_WEIGHTS[level],
        )
        for level in LEVELS
    ),
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
        help="Whether all of a frame's instances must be placed, or any.",
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
)


@dataclass(frozen=True, slots=True)
class ClipsSettings:
    """How predictions are judged and weighted; make it with `parse`, which checks.

    `tau` is the IoU that a box must exceed. `frame_rule` and `box_rule` say whether all of a
    frame's instances must be named and placed or any; `box_sides` whether both boxes of a pair are
    tested or the gallery image's only.
    """

    tau: float
    weights: Mapping[str, float]
    frame_rule: str
    box_rule: str
    box_sides: str

    def as_dict(self) -> dict[str, object]:
        """Return the full canonical mapping, JSON-able."""
        return {
            "tau": self.tau,
            "weights": {level: self.weights[level] for level in LEVELS},
            "frame_rule": self.frame_rule,
            "box_rule": self.box_rule,
            "box_sides": self.box_sides,
        }

    @property
    def digest(self) -> str:
        """SHA-256 hex of the canonical mapping and the task's name."""
        text = json.dumps([TASK, self.as_dict()], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def parse(options: Mapping[str, object]) -> ClipsSettings:
    """Make settings of a JSON-able mapping; InvalidSettings names every problem."""
    problems = Problems()
    checks: dict[str, tuple[Callable[[object], object], object]] = {
        "tau": (_tau, DEFAULT_TAU),
        "weights": (_weights, DEFAULT_WEIGHTS),
        "frame_rule": (_one_of(RULES), RULES[0]),
        "box_rule": (_one_of(RULES), RULES[0]),
        "box_sides": (_one_of(SIDES), SIDES[0]),
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
    return ClipsSettings(**found)  # type: ignore[arg-type]


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise ValueError("must be a finite number")


def _tau(value: object) -> float:
    tau = _number(value)
    if not LOWEST_TAU <= tau < ABOVE_TAU:
        raise ValueError("must be at least 0.5 and below 1")
    return tau


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
