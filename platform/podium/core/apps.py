"""The core app; it also makes sure that the Celery application is the one that is configured."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Configuration of `podium.core`."""

    name = "podium.core"

    def ready(self) -> None:
        """Load the Celery app, so that tasks sent from the web go to our broker."""
        import podium.celery  # noqa: F401
