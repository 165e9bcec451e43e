"""The scoring app."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Configuration of `podium.scoring`."""

    name = "podium.scoring"
