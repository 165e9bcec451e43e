"""The api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Configuration of `podium.api`."""

    name = "podium.api"
