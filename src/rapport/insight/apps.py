"""Insight as a Django app."""

from django.apps import AppConfig


class InsightApp(AppConfig):
    """Refreshes, the answers of the metrics, and the traits of people."""

    name = "rapport.insight"
    label = "insight"
