"""Deals as a Django app."""

from django.apps import AppConfig


class DealsApp(AppConfig):
    """Pipelines, stages, deals, stage changes."""

    name = "rapport.deals"
    label = "deals"
