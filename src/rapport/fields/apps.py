"""Custom fields as a Django app."""

from django.apps import AppConfig


class FieldsApp(AppConfig):
    """Fields that a company adds of its own."""

    name = "rapport.fields"
    label = "fields"
