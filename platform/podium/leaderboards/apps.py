"""The leaderboards app."""

from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    """Configuration of `podium.leaderboards`."""

    name = "podium.leaderboards"
