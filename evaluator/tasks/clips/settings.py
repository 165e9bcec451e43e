"""The clips task's name, options and settings."""

from collections.abc import Mapping

from evaluator.products import settings
from evaluator.products.settings import ProductSettings

TASK = "clips"
OPTIONS = (settings.TAU, *settings.WEIGHTS, *settings.RULE_OPTIONS)


def parse(options: Mapping[str, object]) -> ProductSettings:
    """Make settings of a JSON-able mapping; InvalidSettings names every problem."""
    return settings.parse(TASK, options, timed=False)
