"""Imports as a Django app."""

from django.apps import AppConfig


class ImportsApp(AppConfig):
    """Imports, saved mappings, and what an import changed."""

    name = "rapport.imports"
    label = "imports"
