"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Configuration of `podium.accounts`."""

    name = "podium.accounts"
    verbose_name = "People"
