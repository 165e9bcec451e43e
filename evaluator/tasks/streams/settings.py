"""The streams task's name, options and settings."""

from collections.abc import Mapping

from evaluator.products import settings
from evaluator.products.settings import ProductSettings

TASK = "streams"
OPTIONS = (settings.TAU, settings.THETA, *settings.WEIGHTS, *settings.RULE_OPTIONS)


def parse(options: Mapping[str, object]) -> ProductSettings:
    """Make settings of a JSON-able mapping; InvalidSettings names every problem."""
    return settings.parse(TASK, options, timed=True)
