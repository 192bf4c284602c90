"""The timeline as a Django app."""

from django.apps import AppConfig


class TimelineApp(AppConfig):
    """Interactions and tasks."""

    name = "rapport.timeline"
    label = "timeline"
