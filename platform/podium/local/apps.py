"""The local app: one-machine life and the demo contest."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    """Configuration of `podium.local`."""

    name = "podium.local"
