"""Segments as a Django app."""

from django.apps import AppConfig


class SegmentsApp(AppConfig):
    """Groups of people by rule."""

    name = "rapport.segments"
    label = "segments"
