"""The teams app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Configuration of `podium.teams`."""

    name = "podium.teams"
