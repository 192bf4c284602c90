"""The history as a Django app."""

from django.apps import AppConfig


class HistoryApp(AppConfig):
    """The log of changes."""

    name = "rapport.history"
    label = "history"
