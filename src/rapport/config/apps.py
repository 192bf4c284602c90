"""The last app to be ready: it ties events to jobs."""

from importlib import import_module

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Connects the outbox to the jobs of `wiring.py` once every model is loaded."""

    name = "rapport.config"
    label = "config"

    def ready(self) -> None:
        """Read the one list of who hears what, which names models."""
        import_module("rapport.config.wiring").connect()
