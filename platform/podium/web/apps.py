"""The web app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Configuration of `podium.web`."""

    name = "podium.web"
