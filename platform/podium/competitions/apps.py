"""The competitions app."""

from django.apps import AppConfig


class CompetitionsConfig(AppConfig):
    """Configuration of `podium.competitions`."""

    name = "podium.competitions"
