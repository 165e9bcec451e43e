"""The submissions app."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Configuration of `podium.submissions`."""

    name = "podium.submissions"
